//! A list of any length on its way to standard output. Nothing is printed before all of it is there, so that an error
//! in the middle leaves no half list; what does not fit in memory waits in a temporary file.

use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};

use serde_json::Value;
use tempfile::SpooledTempFile;

use super::cell::cell;
use super::{Failure, Result};

/// How much of a list stays in memory.
const MEMORY_BYTES_MAX: usize = 4 << 20;

/// The items so far, one JSON object on each line, and the table that they will fill.
pub(super) struct List {
    items: BufWriter<SpooledTempFile>,
    columns: Vec<String>,
    widths: Vec<usize>,
}

impl Default for List {
    fn default() -> List {
        let items = BufWriter::new(SpooledTempFile::new(MEMORY_BYTES_MAX));
        List { items, columns: Vec::new(), widths: Vec::new() }
    }
}

impl List {
    /// Adds a part.
    pub(super) fn extend(&mut self, columns: Vec<String>, items: &[Value]) -> Result<()> {
        if self.columns.is_empty() {
            self.widths = columns.iter().map(|column| column.chars().count()).collect();
            self.columns = columns;
        }
        for item in items {
            for (width, column) in self.widths.iter_mut().zip(&self.columns) {
                *width = (*width).max(cell(&item[column]).chars().count());
            }
            writeln!(self.items, "{item}").map_err(|problem| {
                Failure::unavailable(format!("no room for the list in a temporary file: {problem}"))
            })?;
        }
        Ok(())
    }

    /// All of it as one JSON array.
    pub(super) fn write_json(self, to: &mut impl Write) -> io::Result<()> {
        let mut separator = "[";
        for item in self.lines()? {
            write!(to, "{separator}{}", item?)?;
            separator = ",\n";
        }
        // An empty list has not been opened yet.
        writeln!(to, "{}]", if separator == "[" { "[" } else { "" })
    }

    /// All of it as a table with a line of headings.
    pub(super) fn write_table(self, to: &mut impl Write) -> io::Result<()> {
        let (columns, widths) = (self.columns.clone(), self.widths.clone());
        row(to, &columns, &widths)?;
        for item in self.lines()? {
            let item: Value = serde_json::from_str(&item?)?;
            let cells: Vec<String> = columns.iter().map(|column| cell(&item[column])).collect();
            row(to, &cells, &widths)?;
        }
        Ok(())
    }

    fn lines(self) -> io::Result<io::Lines<BufReader<SpooledTempFile>>> {
        let mut items = self.items.into_inner()?;
        items.rewind()?;
        Ok(BufReader::new(items).lines())
    }
}

fn row(to: &mut impl Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        line.push_str(&format!("{cell:width$}  "));
    }
    writeln!(to, "{}", line.trim_end())
}
