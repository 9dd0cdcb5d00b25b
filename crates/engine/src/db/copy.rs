//! Copies a whole database into an empty one, of either kind, and proves that both hold the same.

use sha2::{Digest, Sha256};

use super::growing::Growing;
use super::table::{self, Pages, Record, Table};
use super::value::Value;
use super::{Address, Conn, Tuning, Use, migrate};
use crate::{Error, Result, Time};

/// From where to where.
pub struct Copy<'a> {
    /// What is copied: one unchanging state of it. Nothing is written there.
    pub from: &'a Address,
    /// Where it goes: a PostgreSQL database that holds nothing, or a SQLite file that is not there.
    pub to: &'a Address,
    /// When; recorded beside the schema.
    pub now: Time,
}

/// How far a long work on a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being done: `copying` or `comparing` or `checking`.
    pub doing: &'static str,
    /// To which table.
    pub table: &'a str,
    /// How many rows of all tables this has been done to.
    pub rows_done: u64,
    /// How many there are.
    pub rows_total: u64,
}

/// Hears how far it is, after every few hundred rows.
pub type Watch<'w> = &'w mut dyn FnMut(Progress<'_>);

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The number of its schema.
    pub schema: i64,
    /// Its tables by name, without those that each database keeps about itself.
    pub tables: Vec<Sum>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over its columns' names and all rows in the order of their key, in 64 hex digits.
    pub sha256: String,
}

/// Copies, then reads both sides again and compares them value by value. All of it is one transaction of the
/// target, which commits only what was found equal: after any error the target is as it was.
///
/// # Errors
/// [`Error::Conflict`] when the target holds something, or the source does not have this program's schema.
pub fn copy(job: &Copy<'_>, watch: Watch<'_>) -> Result<Contents> {
    let growing = match job.to {
        Address::Sqlite(path) => Some(Growing::begin(path)?),
        Address::Postgres(_) => None,
    };
    let to = growing.as_ref().map_or_else(|| job.to.clone(), Growing::address);
    let contents = fill(&Copy { to: &to, ..*job }, watch)?;
    growing.map_or(Ok(()), Growing::finish)?;
    Ok(contents)
}

/// [`Error::Conflict`] unless `to` can take a copy. Nothing is left there.
pub fn expect_vacant(to: &Address, now: Time) -> Result<()> {
    if let Address::Sqlite(path) = to {
        return Growing::begin(path).map(drop);
    }
    let mut target = Conn::open(to, Use::Fill, Tuning::default())?;
    migrate::begin(&mut target, now)?;
    let outcome = expect_empty(&mut target, &table::of_newest_schema()?);
    target.rollback()?;
    outcome
}

/// [`Error::Conflict`] when a Parlance has a connection to this PostgreSQL database: what it writes after the
/// copying began would stay behind. With SQLite there is a lock beside the file.
pub fn expect_idle(address: &Address) -> Result<()> {
    if let Address::Sqlite(_) = address {
        return Ok(());
    }
    match Conn::open(address, Use::Read, Tuning::default())?.neighbours()? {
        0 => Ok(()),
        count => Err(Error::Conflict(format!(
            "A Parlance has {count} connections to this database: stop it first, on every node."
        ))),
    }
}

fn fill(job: &Copy<'_>, watch: Watch<'_>) -> Result<Contents> {
    let tables = table::of_newest_schema()?;
    let mut source = Conn::open(job.from, Use::Read, Tuning::default())?;
    source.begin_read()?;
    let schema = expect_newest(&mut source)?;
    let mut target = Conn::open(job.to, Use::Fill, Tuning::default())?;
    // The lock of the migrations is held until the end, so no server can start on half a copy.
    migrate::begin(&mut target, job.now)?;
    expect_empty(&mut target, &tables)?;
    let total = tables.iter().map(|table| table.count(&mut source)).sum::<Result<u64>>()?;
    let mut meter = Meter::new("copying", total, watch);
    tables.iter().try_for_each(|table| transfer(table, &mut source, &mut target, &mut meter))?;
    let mut meter = Meter::new("comparing", total, meter.watch);
    let sums = tables.iter().map(|table| compare(table, &mut source, &mut target, &mut meter));
    let tables = sums.collect::<Result<_>>()?;
    target.commit()?;
    Ok(Contents { schema, tables })
}

fn expect_newest(source: &mut Conn) -> Result<i64> {
    let (applied, known) = source.schema()?;
    match applied == known {
        true => Ok(applied),
        false => Err(Error::Conflict(format!(
            "The database has schema {applied}, this program has {known}: start the server once with this program, \
             which brings the database up to date, or use the program that wrote it."
        ))),
    }
}

fn expect_empty(target: &mut Conn, tables: &[Table]) -> Result<()> {
    for table in tables {
        if !table.is_empty(target)? {
            return Err(Error::Conflict(format!(
                "The database to copy into is in use: its table {} has rows. Name an empty one.",
                table.name
            )));
        }
    }
    Ok(())
}

fn transfer(table: &Table, source: &mut Conn, target: &mut Conn, meter: &mut Meter<'_>) -> Result<()> {
    let mut pages = Pages::of(table);
    loop {
        let rows = pages.next(source)?;
        if rows.is_empty() {
            return target.analyze(&table.name);
        }
        table.insert(target, &rows)?;
        meter.advance(table, rows.len());
    }
}

fn compare(table: &Table, source: &mut Conn, target: &mut Conn, meter: &mut Meter<'_>) -> Result<Sum> {
    let (mut sent, mut arrived) = (Pages::of(table), Pages::of(table));
    let mut summing = Summing::of(table);
    loop {
        let rows = sent.next(source)?;
        if rows != arrived.next(target)? {
            let from = summing.rows + 1;
            return Err(Error::Internal(format!("the copy of {} differs from row {from} on", table.name)));
        }
        if rows.is_empty() {
            return Ok(summing.finish());
        }
        summing.add(&rows);
        meter.advance(table, rows.len());
    }
}

/// What a SQLite file holds, table by table.
pub(super) fn sums(conn: &mut Conn, watch: Watch<'_>) -> Result<Vec<Sum>> {
    let tables = table::of(conn)?;
    let total = tables.iter().map(|table| table.count(conn)).sum::<Result<u64>>()?;
    let mut meter = Meter::new("checking", total, watch);
    tables.iter().map(|table| sum(table, conn, &mut meter)).collect()
}

fn sum(table: &Table, conn: &mut Conn, meter: &mut Meter<'_>) -> Result<Sum> {
    let (mut pages, mut summing) = (Pages::of(table), Summing::of(table));
    loop {
        let rows = pages.next(conn)?;
        if rows.is_empty() {
            return Ok(summing.finish());
        }
        summing.add(&rows);
        meter.advance(table, rows.len());
    }
}

/// Counts rows for somebody who watches.
struct Meter<'w> {
    doing: &'static str,
    done: u64,
    total: u64,
    watch: Watch<'w>,
}

impl<'w> Meter<'w> {
    fn new(doing: &'static str, total: u64, watch: Watch<'w>) -> Meter<'w> {
        Meter { doing, done: 0, total, watch }
    }

    fn advance(&mut self, table: &Table, rows: usize) {
        self.done += rows as u64;
        let Meter { doing, done, total, .. } = *self;
        (self.watch)(Progress { doing, table: &table.name, rows_done: done, rows_total: total });
    }
}

/// The sum of a table on its way.
struct Summing<'t> {
    table: &'t Table,
    rows: u64,
    hash: Sha256,
}

impl<'t> Summing<'t> {
    fn of(table: &'t Table) -> Summing<'t> {
        let hash = Sha256::new_with_prefix(table.columns.join(",") + "\n");
        Summing { table, rows: 0, hash }
    }

    /// Every value says its kind, and a text its length, so that different rows are never the same bytes.
    fn add(&mut self, rows: &[Record]) {
        self.rows += rows.len() as u64;
        for value in rows.iter().flatten() {
            match value {
                Value::Null => self.hash.update([0]),
                Value::Int(value) => {
                    self.hash.update([1]);
                    self.hash.update(value.to_be_bytes());
                }
                Value::Text(text) => {
                    self.hash.update([2]);
                    self.hash.update((text.len() as u64).to_be_bytes());
                    self.hash.update(text);
                }
            }
        }
    }

    fn finish(self) -> Sum {
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Sum { table: self.table.name.clone(), rows: self.rows, sha256 }
    }
}
