//! Databases with the generated data in them. A SQLite file is made once for each schema and kept.

use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

use crate::bare::Bare;
use crate::data::{self, Size, World};
use crate::seed::database::{Database, Result};
use crate::seed::{self, found::found};

/// A prepared database and the workspace in it.
#[derive(Clone)]
pub(crate) struct Prepared {
    /// `sqlite:…` or `postgres://…`.
    pub(crate) url: String,
    /// The workspace that holds the data.
    pub(crate) workspace: i64,
}

impl Prepared {
    /// A bare connection.
    pub(crate) fn bare(&self) -> Result<Bare> {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => Bare::sqlite(Path::new(file)),
            None => Bare::postgres(&self.url),
        }
    }

    /// Fails when the data contradict themselves.
    pub(crate) fn check(&self) -> Result<()> {
        seed::check::check(&mut Database::open(&self.url)?, self.workspace)
    }

    /// A copy in `file` to write to, with its index, on the disk already, else the first commits would pay for it.
    /// This one must be a SQLite file that nobody has open.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<Self> {
        let copy = Self { url: sqlite_url(file), workspace: self.workspace };
        copy.remove();
        for (from, to) in self.files()?.iter().zip(copy.files()?) {
            fs::copy(from, &to)?;
            fs::File::open(to)?.sync_all()?;
        }
        Ok(copy)
    }

    /// Reads its files through, so that what is measured is the server and not a disk that nobody has asked before.
    /// PostgreSQL has filled its memory while it was filled.
    pub(crate) fn warm(&self) -> Result<()> {
        if self.url.starts_with("sqlite:") {
            for file in self.files()? {
                io::copy(&mut fs::File::open(file)?, &mut io::sink())?;
            }
        }
        Ok(())
    }

    /// Removes the files of a copy, and what was left beside them.
    pub(crate) fn remove(&self) {
        for file in self.files().into_iter().flatten() {
            for ending in ["", "-wal", "-shm"] {
                // Most of them are not there.
                let _ = fs::remove_file(format!("{}{ending}", file.display()));
            }
        }
    }

    /// The database and its index.
    fn files(&self) -> Result<[PathBuf; 2]> {
        let file = Path::new(self.url.strip_prefix("sqlite:").ok_or("only SQLite keeps its data in files")?);
        Ok([file.to_owned(), file.with_extension("search.db")])
    }
}

impl Prepared {
    /// The SQLite file of this world in `folder`; made now unless this schema has one already.
    pub(crate) fn sqlite(folder: &Path, world: &World) -> Result<Self> {
        let fresh = tempfile::tempdir_in(folder)?;
        let new_file = fresh.path().join("parlance.db");
        let workspace = found(&sqlite_url(&new_file))?;
        let file = folder.join(file_name(&new_file, world.size)?);
        if !file.exists() {
            eprintln!("bench: filling {} with {}", file.display(), world.size);
            fill_sqlite(&new_file, workspace, world)?;
            fs::rename(new_file, &file)?;
        }
        Ok(Self { url: sqlite_url(&file), workspace })
    }

    /// Fills an empty PostgreSQL database.
    pub(crate) fn postgres(url: String, world: &World) -> Result<Self> {
        eprintln!("bench: filling PostgreSQL with {}", world.size);
        let filled = Self { workspace: found(&url)?, url };
        let mut database = Database::open(&filled.url)?;
        seed::fill(&mut database, filled.workspace, world)?;
        database.run("VACUUM ANALYZE")?;
        Ok(filled)
    }

    /// Fills a SQLite file in `folder` with lines, in place of what was there.
    pub(crate) fn sqlite_lines(folder: &Path, count: usize) -> Result<Self> {
        let lines = Self { url: sqlite_url(&folder.join("lines.db")), workspace: 0 };
        lines.remove();
        lines.filled_with_lines(count, "PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Fills an empty PostgreSQL database with lines.
    pub(crate) fn postgres_lines(url: String, count: usize) -> Result<Self> {
        Self { url, workspace: 0 }.filled_with_lines(count, "VACUUM ANALYZE")
    }

    fn filled_with_lines(self, count: usize, at_last: &str) -> Result<Self> {
        eprintln!("bench: filling {} with {count} lines", self.url);
        let filled = Self { workspace: found(&self.url)?, url: self.url };
        let mut database = Database::open(&filled.url)?;
        seed::fill_lines(&mut database, filled.workspace, count)?;
        database.run(at_last)?;
        Ok(filled)
    }
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Names a file after its schema, the generator and the size: another of any of them is another file.
fn file_name(fresh: &Path, size: Size) -> Result<String> {
    let mut database = Database::open(&sqlite_url(fresh))?;
    let schema =
        database.text("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)")?;
    let hash = Sha256::digest(format!("{} {schema}", data::VERSION));
    let key: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{}-{}-{key}.db", size.people, size.conversations, size.messages))
}

fn fill_sqlite(file: &Path, workspace: i64, world: &World) -> Result<()> {
    let mut database = Database::open(&sqlite_url(file))?;
    // Nothing is lost when this is interrupted: the file has no name yet.
    database.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;")?;
    seed::fill(&mut database, workspace, world)?;
    seed::check::check(&mut database, workspace)?;
    database.run("PRAGMA journal_mode = WAL")
}
