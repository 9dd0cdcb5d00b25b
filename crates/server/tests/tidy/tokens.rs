//! Rust as a flat list of tokens: enough to see paths, names, functions and texts, in macros as well as outside them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token, and where it is.
pub struct Token {
    /// As it is written; a text without its quotes and escapes.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// On which line it begins.
    pub line: usize,
    /// On which line it ends.
    pub last_line: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    /// A text in quotes.
    Text,
    /// A number or another literal.
    Literal,
    /// A single character, or one side of a pair of brackets.
    Mark,
}

/// The tokens of a file, or why it has none.
pub fn of(text: &str) -> Result<Vec<Token>, String> {
    let stream: TokenStream = text.parse().map_err(|e| format!("{e}"))?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    Ok(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let span = tree.span();
        let (line, last_line) = (span.start().line, span.end().line);
        let mut push = |text: String, kind| tokens.push(Token { text, kind, line, last_line });
        match tree {
            TokenTree::Ident(word) => push(word.to_string(), Kind::Word),
            TokenTree::Punct(mark) => push(mark.as_char().to_string(), Kind::Mark),
            TokenTree::Literal(literal) => {
                let written = literal.to_string();
                match syn::parse_str::<syn::LitStr>(&written) {
                    Ok(text) => push(text.value(), Kind::Text),
                    Err(_) => push(written, Kind::Literal),
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                let (first, last) = (group.span_open().start().line, group.span_close().end().line);
                tokens.push(mark(open, first));
                flatten(group.stream(), tokens);
                tokens.push(mark(close, last));
            }
        }
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

fn mark(text: &str, line: usize) -> Token {
    Token { text: text.to_owned(), kind: Kind::Mark, line, last_line: line }
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// Whether `tokens` go on with these at `at`.
pub fn follow(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    texts.iter().enumerate().all(|(i, text)| tokens.get(at + i).is_some_and(|token| token.is(text)))
}

/// The index after the bracket that closes the one at `open`.
pub fn past(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "{" | "[" if token.kind == Kind::Mark => depth += 1,
            ")" | "}" | "]" if token.kind == Kind::Mark => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Without the modules that are compiled for tests alone.
pub fn without_tests(tokens: &[Token]) -> Vec<&Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if follow(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]", "mod"]) {
            let open = (at..tokens.len()).find(|i| tokens[*i].is("{") || tokens[*i].is(";"));
            at = open
                .map_or(tokens.len(), |open| if tokens[open].is("{") { past(tokens, open) } else { open });
            continue;
        }
        kept.push(&tokens[at]);
        at += 1;
    }
    kept
}

/// A function: its name, its first and its last line, without attributes and comments before it.
pub struct Function<'t> {
    pub name: &'t str,
    pub first: usize,
    pub last: usize,
}

/// Every function that has a body, those in macros included.
pub fn functions(tokens: &[Token]) -> Vec<Function<'_>> {
    let begins = |at: &usize| tokens[*at].is("fn") && tokens.get(at + 1).is_some_and(Token::is_word);
    (0..tokens.len()).filter(begins).filter_map(|at| function(tokens, at)).collect()
}

fn function(tokens: &[Token], at: usize) -> Option<Function<'_>> {
    let mut next = at + 2;
    loop {
        match tokens.get(next)? {
            token if token.is(";") => return None,
            token if token.is("{") => break,
            token if token.is("(") || token.is("[") => next = past(tokens, next),
            _ => next += 1,
        }
    }
    let end = tokens.get(past(tokens, next) - 1)?;
    Some(Function { name: &tokens[at + 1].text, first: tokens[at].line, last: end.last_line })
}

/// A path such as `crate::message::store`, with `self`, `super` and groups of a `use` resolved.
pub struct Path {
    pub segments: Vec<String>,
    pub line: usize,
}

/// Every path of at least one word in a file of the module `here`.
pub fn paths(tokens: &[Token], here: &[String]) -> Vec<Path> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let goes_on = at >= 3 && follow(tokens, at - 2, &[":", ":"]) && tokens[at - 3].is_word();
        if tokens[at].is_word() && !goes_on {
            path(tokens, at, here.to_vec(), true, &mut found);
        }
    }
    found
}

fn path(tokens: &[Token], at: usize, mut before: Vec<String>, first: bool, found: &mut Vec<Path>) {
    match tokens[at].text.as_str() {
        "crate" if first => before = vec!["crate".to_owned()],
        "self" if first => {}
        "super" => drop(before.pop()),
        name if first => before = vec![name.to_owned()],
        name => before.push(name.to_owned()),
    }
    if !follow(tokens, at + 1, &[":", ":"]) {
        found.push(Path { segments: before, line: tokens[at].line });
        return;
    }
    match tokens.get(at + 3) {
        Some(next) if next.is_word() => path(tokens, at + 3, before, false, found),
        Some(next) if next.is("{") => group(tokens, at + 3, &before, found),
        _ => found.push(Path { segments: before, line: tokens[at].line }),
    }
}

fn group(tokens: &[Token], open: usize, before: &[String], found: &mut Vec<Path>) {
    let end = past(tokens, open) - 1;
    let mut at = open + 1;
    while at < end {
        let begins = tokens[at - 1].is("{") || tokens[at - 1].is(",");
        if begins && tokens[at].is_word() {
            path(tokens, at, before.to_vec(), false, found);
        }
        at = if tokens[at].is("{") { past(tokens, at) } else { at + 1 };
    }
}

/// The module that a file of a crate's `src` is: `crates/engine/src/message/store.rs` is `crate::message::store`.
pub fn module(path: &str) -> Vec<String> {
    let inside = path.split_once("/src/").map_or("", |(_, inside)| inside);
    let parts = inside.trim_end_matches(".rs").split('/');
    let named = parts.filter(|part| !matches!(*part, "mod" | "lib" | "main" | ""));
    ["crate"].into_iter().chain(named).map(str::to_owned).collect()
}
