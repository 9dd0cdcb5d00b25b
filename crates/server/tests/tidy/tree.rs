//! The files of the repository, as they are on disk, and what a test plants among them.

use std::cell::OnceCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use crate::sql::{self, Statement};
use crate::tokens::{self, Token};

/// A text file of the repository.
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
    tokens: OnceCell<Vec<Token>>,
    statements: OnceCell<Vec<Statement>>,
}

/// Every text file of the repository.
#[derive(Clone)]
pub struct Tree(Vec<Rc<File>>);

/// Folders that are built or filled, not written.
const NOT_OURS: [&str; 3] = ["target", "data", "inbox/node_modules"];

impl File {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> File {
        File { path: path.into(), text: text.into(), tokens: OnceCell::new(), statements: OnceCell::new() }
    }

    /// Whether it is one of these, by the beginning of its path.
    pub fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The tokens of a Rust file.
    pub fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| {
            tokens::of(&self.text).unwrap_or_else(|problem| panic!("{} is not Rust: {problem}", self.path))
        })
    }

    /// The statements in a Rust file; of a migration, its lines.
    pub fn statements(&self) -> &[Statement] {
        self.statements.get_or_init(|| match self.path.ends_with(".sql") {
            true => self.lines().map(|(number, line)| Statement::new(line, number)).collect(),
            false => sql::statements(self.tokens()),
        })
    }

    /// Whether it is nothing but tests.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The lines, each with its number.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

impl Tree {
    /// Reads the repository this test was built from.
    pub fn read() -> Tree {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        read_folder(&root, "", &mut files);
        assert!(files.len() > 100, "only {} files: this is not the repository", files.len());
        Tree(files)
    }

    /// The same with `files` added, each in the place of the one at its path.
    pub fn with(&self, files: Vec<File>) -> Tree {
        let stays = |old: &&Rc<File>| files.iter().all(|new| new.path != old.path);
        let old: Vec<Rc<File>> = self.0.iter().filter(stays).cloned().collect();
        Tree(old.into_iter().chain(files.into_iter().map(Rc::new)).collect())
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The Rust files in these folders.
    pub fn rust(&self, folders: &'static [&'static str]) -> impl Iterator<Item = &File> {
        self.files().filter(move |file| file.path.ends_with(".rs") && file.is_in(folders))
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<Rc<File>>) {
    for entry in fs::read_dir(folder).expect("the repository can be read") {
        let entry = entry.expect("the repository can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let hidden = name.starts_with('.') && name != ".ci" && name != ".config";
        if hidden || NOT_OURS.contains(&path.as_str()) {
            continue;
        }
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.push(Rc::new(File::new(path, text)));
        }
    }
}
