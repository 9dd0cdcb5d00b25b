//! How one value looks to people.

use serde_json::Value;

/// The value on one line: nothing as `-`, flags as yes and no, and no character that would command a terminal.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => printable(text),
        other => printable(&other.to_string()),
    }
}

/// Names come from strangers; an escape sequence in one must not reach the operator's terminal.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_control() {
            true => shown.extend(char.escape_default()),
            false => shown.push(char),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_one_line_that_commands_no_terminal() {
        assert_eq!(cell(&json!("Zoë \u{1b}[2J\n\u{9b}31m")), "Zoë \\u{1b}[2J\\n\\u{9b}31m");
        assert_eq!(cell(&json!(null)), "-");
        assert_eq!(cell(&json!(true)), "yes");
        assert_eq!(cell(&json!(4.9)), "4.9");
    }
}
