//! What a rule is.

use crate::{File, Tree};

/// A rule of the house.
pub struct Rule {
    /// What it is called.
    pub name: &'static str,
    /// Why it is there, as a sentence.
    pub because: &'static str,
    /// What to do when it is broken, as a sentence.
    pub instead: &'static str,
    /// Finds everything in the tree that breaks it.
    pub check: fn(&Tree) -> Vec<Finding>,
    /// Violations: files that break it when they are added to the tree.
    pub planted: fn() -> Vec<Vec<File>>,
    /// Files that look like it and are allowed.
    pub innocent: fn() -> Vec<File>,
}

/// A place where a rule is broken.
pub struct Finding {
    /// Where, from the root of the repository.
    pub path: String,
    /// On which line; the first is 1.
    pub line: usize,
    /// What stands there.
    pub problem: String,
}

impl Finding {
    pub fn new(file: &File, line: usize, problem: impl Into<String>) -> Finding {
        Finding { path: file.path.clone(), line, problem: problem.into() }
    }
}

/// Violations of one file each.
pub fn each(files: impl IntoIterator<Item = File>) -> Vec<Vec<File>> {
    files.into_iter().map(|file| vec![file]).collect()
}

/// For a rule that nothing innocent resembles.
pub fn nothing() -> Vec<File> {
    Vec::new()
}
