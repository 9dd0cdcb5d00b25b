//! What people wrote, made fit for an e-mail: it is shown, and it does nothing.

/// The invisible character that keeps a mail program from making a link of what only looks like one.
const WORD_JOINER: char = '\u{2060}';

/// One line of at most `chars_max` characters, without control characters and without what turns the direction of
/// writing around.
pub(super) fn one_line(text: &str, chars_max: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain: String = spaced.chars().filter(|c| !turns(*c)).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    shortened(&words.join(" "), chars_max)
}

/// Several lines, of at most `chars_max` characters in all, with no control characters but the ends of lines.
pub(super) fn lines(text: &str, chars_max: usize) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let plain: String = text
        .chars()
        .filter(|c| !turns(*c))
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    shortened(plain.trim_end(), chars_max)
}

/// Text in which no mail program finds an address to link: dots, colons and at signs inside words are followed by
/// something invisible.
pub(super) fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        out.push(c);
        let joins =
            matches!(c, '.' | ':' | '@' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{ff20}' | '\u{ff1a}');
        if joins && rest.peek().is_some_and(|next| !next.is_whitespace()) {
            out.push(WORD_JOINER);
        }
    }
    out
}

/// A header's text in which no mail program finds an encoded word (RFC 2047 §2): `=?` is taken apart. Such a word is
/// itself harmless letters, and may hold everything once it is decoded.
pub(super) fn unencoded(text: &str) -> String {
    text.replace("=?", "= ?")
}

/// Text as HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Characters that turn the direction of what follows them around, or isolate it (Unicode UAX #9 §2).
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
