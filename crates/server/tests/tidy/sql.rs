//! The statements in a Rust file, and the tables they speak of.

use crate::tokens::{Kind, Token, follow, past};

/// A statement, or a piece of one that is put together elsewhere.
pub struct Statement {
    /// Its words and marks, in small letters; texts in it are `'…'`.
    pub words: Vec<String>,
    /// On which line it begins.
    pub line: usize,
    /// Whether it begins as a statement does, so that it can be judged as a whole.
    pub is_whole: bool,
}

/// A table in a statement.
pub struct Table {
    /// What it is called.
    pub name: String,
    /// Under which name the statement speaks of it.
    pub alias: String,
    /// Whether the statement changes it.
    pub written: bool,
    /// Where in the words its name stands.
    pub at: usize,
}

/// What statements begin with.
const BEGINNINGS: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP"];

/// What gives a piece of a statement away, as it is written.
const SIGNS: [&str; 8] = ["WHERE ", "FROM ", "ORDER BY", " DESC", "JOIN ", "VALUES", " SET ", " AND "];

/// Words that may stand behind a table's name and are not its alias.
const NO_ALIAS: [&str; 17] = [
    "where",
    "set",
    "on",
    "join",
    "left",
    "inner",
    "cross",
    "order",
    "group",
    "limit",
    "values",
    "union",
    "returning",
    "for",
    "using",
    "select",
    "having",
];

impl Statement {
    pub fn new(text: &str, line: usize) -> Statement {
        Statement { words: words(text), line, is_whole: begins_one(text) }
    }

    /// Whether these words follow one another in it.
    pub fn has(&self, words: &[&str]) -> bool {
        self.words.windows(words.len()).any(|window| window.iter().zip(words).all(|(a, b)| a == b))
    }

    /// The tables it reads and writes.
    pub fn tables(&self) -> Vec<Table> {
        (1..self.words.len()).filter_map(|at| self.table(at)).collect()
    }

    fn table(&self, at: usize) -> Option<Table> {
        let word = |at: usize| self.words.get(at).map_or("", String::as_str);
        let (name, before) = (word(at), word(at - 1));
        let introduced = matches!(before, "from" | "join" | "into" | "update");
        if !introduced || !is_name(name) || name == "set" {
            return None;
        }
        let next = if word(at + 1) == "as" { word(at + 2) } else { word(at + 1) };
        let alias = if is_name(next) && !NO_ALIAS.contains(&next) { next } else { name };
        let deleted = before == "from" && at >= 2 && word(at - 2) == "delete";
        let written = deleted || matches!(before, "into" | "update");
        Some(Table { name: name.to_owned(), alias: alias.to_owned(), written, at })
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Every statement and piece of one among these tokens.
pub fn statements(tokens: &[Token]) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (text, end) = match () {
            () if follow(tokens, at, &["concat", "!", "("]) => joined(tokens, at + 2),
            () if tokens[at].kind == Kind::Text => (tokens[at].text.clone(), at + 1),
            () => (String::new(), at + 1),
        };
        if begins_one(&text) || SIGNS.iter().any(|sign| text.contains(sign)) {
            found.push(Statement::new(&text, tokens[at].line));
        }
        at = end;
    }
    found
}

/// SQL is written with its keywords in capitals; a sentence that begins with "Select" is none.
fn begins_one(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| BEGINNINGS.contains(&word))
}

/// The texts of a `concat!`; a macro among them stands for columns.
fn joined(tokens: &[Token], open: usize) -> (String, usize) {
    let end = past(tokens, open);
    let mut text = String::new();
    let mut at = open + 1;
    while at < end {
        if tokens[at].is("!") && tokens[at + 1].kind == Kind::Mark {
            text.push_str(" columns_of_a_macro ");
            at = past(tokens, at + 1);
            continue;
        }
        if tokens[at].kind == Kind::Text {
            text.push_str(&tokens[at].text);
        }
        at += 1;
    }
    (text, end)
}

/// Cuts SQL into words, `$1`, numbers and marks, without comments and in small letters.
pub fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = without_comments(sql);
    while let Some(first) = rest.trim_start().chars().next() {
        let text = rest.trim_start();
        let length = match first {
            '\'' => text[1..].find('\'').map_or(text.len(), |end| end + 2),
            c if c.is_alphanumeric() || matches!(c, '_' | '$') => {
                let end = text[1..].find(|c: char| !c.is_alphanumeric() && c != '_');
                end.map_or(text.len(), |end| end + 1)
            }
            c => ["->>", "->", "::", "@>", "||", "<>", "<=", ">="]
                .into_iter()
                .find(|mark| text.starts_with(mark))
                .map_or(c.len_utf8(), str::len),
        };
        words.push(if first == '\'' { "'…'".to_owned() } else { text[..length].to_lowercase() });
        rest = text[length..].to_owned();
    }
    words
}

fn without_comments(sql: &str) -> String {
    let lines: Vec<&str> =
        sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code)).collect();
    let mut text = lines.join("\n");
    while let Some((start, end)) = text.find("/*").and_then(|s| text[s..].find("*/").map(|e| (s, s + e + 2)))
    {
        text.replace_range(start..end, " ");
    }
    text
}
