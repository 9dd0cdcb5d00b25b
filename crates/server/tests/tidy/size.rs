//! How long a function and a file may be.

use crate::rule::{Finding, Rule, each};
use crate::tokens::functions;
use crate::{File, Tree};

/// No function has more lines.
const FUNCTION_LINES_MAX: usize = 60;
/// Nine of ten have fewer.
const FUNCTION_LINES: usize = 50;
/// No file has more lines.
const FILE_LINES_MAX: usize = 400;
/// Nine of ten have fewer.
const FILE_LINES: usize = 300;

const RUST: &[&str] = &["crates/", "bench/"];
const SPLIT: &str = "give a part of it a name and a place of its own";

pub const FUNCTION_MAX: Rule = Rule {
    name: "no function is longer than 60 lines",
    because: "what does not fit on a screen does not fit in a head",
    instead: SPLIT,
    check: |tree| {
        all_functions(tree).into_iter().filter(|f| f.lines > FUNCTION_LINES_MAX).map(Long::finding).collect()
    },
    planted: || {
        let body = "    let _ = 1;\n".repeat(59);
        let in_macro = format!("on_both! {{\n    fn long(house: &House) {{\n{body}}}\n}}");
        let method =
            format!("impl A {{\n    /// Says.\n    fn long<T>(self)\n    where T: Fn() {{\n{body}}}\n}}");
        each([planted(&format!("fn long() {{\n{body}}}")), planted(&in_macro), planted(&method)])
    },
    innocent: || {
        let body = "    let _ = 1;\n".repeat(58);
        vec![planted(&format!("/// Says\n/// a lot\n/// about itself.\nfn long() {{\n{body}}}"))]
    },
};

pub const FUNCTION_SHARE: Rule = Rule {
    name: "nine of ten functions have fewer than 50 lines",
    because: "an exception must stay one",
    instead: SPLIT,
    check: |tree| too_many(all_functions(tree), FUNCTION_LINES),
    planted: || {
        let body = "    let _ = 1;\n".repeat(48);
        each([planted(&(0..2_000).map(|n| format!("fn f{n}() {{\n{body}}}\n")).collect::<String>())])
    },
    innocent: || vec![planted(&format!("fn f() {{\n{}}}\n", "    let _ = 1;\n".repeat(48)))],
};

pub const FILE_MAX: Rule = Rule {
    name: "no file is longer than 400 lines",
    because: "a reader looks for one thing in one file",
    instead: "make a folder of it, with a file for each thing",
    check: |tree| {
        all_files(tree).into_iter().filter(|file| file.lines > FILE_LINES_MAX).map(Long::finding).collect()
    },
    planted: || each([planted(&"// a line\n".repeat(401))]),
    innocent: || vec![planted(&"// a line\n".repeat(400))],
};

pub const FILE_SHARE: Rule = Rule {
    name: "nine of ten files have fewer than 300 lines",
    because: "an exception must stay one",
    instead: "make a folder of the longest, with a file for each thing",
    check: |tree| too_many(all_files(tree), FILE_LINES),
    planted: || {
        let many =
            (0..300).map(|n| File::new(format!("crates/engine/src/note/n{n}.rs"), "// a line\n".repeat(300)));
        vec![many.collect()]
    },
    innocent: || vec![planted(&"// a line\n".repeat(399))],
};

/// Something with lines.
struct Long<'t> {
    file: &'t File,
    line: usize,
    name: String,
    lines: usize,
}

impl Long<'_> {
    fn finding(self) -> Finding {
        Finding::new(self.file, self.line, format!("{} has {} lines", self.name, self.lines))
    }
}

fn planted(text: &str) -> File {
    File::new("crates/engine/src/note.rs", text)
}

fn all_functions(tree: &Tree) -> Vec<Long<'_>> {
    let of_file = |file| {
        let lines = |f: &crate::tokens::Function<'_>| f.last + 1 - f.first;
        functions(File::tokens(file)).into_iter().map(move |f| Long {
            file,
            line: f.first,
            name: f.name.to_owned(),
            lines: lines(&f),
        })
    };
    tree.rust(RUST).flat_map(of_file).collect()
}

fn all_files(tree: &Tree) -> Vec<Long<'_>> {
    let of_file =
        |file| Long { file, line: 1, name: "the file".to_owned(), lines: File::lines(file).count() };
    tree.rust(RUST).map(of_file).collect()
}

/// The long ones, if they are more than one of ten.
fn too_many(all: Vec<Long<'_>>, lines: usize) -> Vec<Finding> {
    let count = all.len();
    let long: Vec<Long<'_>> = all.into_iter().filter(|one| one.lines >= lines).collect();
    if long.len() * 10 > count { long.into_iter().map(Long::finding).collect() } else { Vec::new() }
}
