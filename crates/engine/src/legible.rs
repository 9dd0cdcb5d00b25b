//! What others say, fit to be stored and shown.

/// `text` on one line: without control characters, and of so many characters at most.
pub(crate) fn line(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(chars_max).collect()
}
