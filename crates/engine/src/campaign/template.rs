//! Templates: texts in which `{first_name}`, `{last_name}` and `{param1}` to `{param5}` stand for what is known of each
//! recipient.

use super::recipient::Recipient;
use crate::conversation::line::TEXT_CHARS_MAX;
use crate::{Error, Result};

/// [`Error::Invalid`] of `text` for one that is blank or too long when everything is filled in; `whose` it is.
pub(super) fn check(filled: &str, whose: &str) -> Result<()> {
    if filled.trim().is_empty() || filled.chars().count() > TEXT_CHARS_MAX {
        let problem = format!(
            "For {whose} the text has not 1 to {TEXT_CHARS_MAX} characters when everything is filled in."
        );
        return Err(Error::invalid("text", problem));
    }
    Ok(())
}

/// The text for one recipient. What is not known of them is left empty; what is no name of a field stays as it is, and
/// nothing that a field says is taken for a field again.
pub(super) fn filled(template: &str, of: &Recipient) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split_once('}').map(|(name, _)| name);
        match name.and_then(|name| Some((name, field(of, name)?))) {
            Some((name, value)) => {
                text.push_str(value);
                rest = &rest[name.len() + 2..];
            }
            None => {
                text.push('{');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

fn field<'r>(of: &'r Recipient, name: &str) -> Option<&'r str> {
    match name {
        "first_name" => Some(&of.first_name),
        "last_name" => Some(&of.last_name),
        _ => {
            let number: usize = name.strip_prefix("param").filter(|digit| digit.len() == 1)?.parse().ok()?;
            of.params.get(number.checked_sub(1)?).map(String::as_str)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ada() -> Recipient {
        Recipient {
            first_name: "Ada".into(),
            last_name: "{first_name}".into(),
            params: ["one", "", "{param1}", "4", "five"].map(str::to_owned),
            ..Recipient::default()
        }
    }

    #[test]
    fn fields_are_filled_in_and_nothing_else() {
        for (template, text) in [
            ("Hello {first_name}!", "Hello Ada!"),
            ("{param1}{param2}{param5}", "onefive"),
            ("{last_name} {param3}", "{first_name} {param1}"),
            ("{param0} {param6} {param10} {First_name} {}", "{param0} {param6} {param10} {First_name} {}"),
            ("{{first_name}} {first_name", "{Ada} {first_name"),
            ("{ é {param4}", "{ é 4"),
            ("", ""),
        ] {
            assert_eq!(filled(template, &ada()), text);
        }
    }

    proptest! {
        #[test]
        fn a_text_without_fields_stays_letter_for_letter(text in "[^p]{0,60}") {
            prop_assume!(!text.contains("{first_name}") && !text.contains("{last_name}"));
            prop_assert_eq!(filled(&text, &ada()), text);
        }

        #[test]
        fn whatever_stands_around_a_field_stays(before in "[^{}]{0,20}\\{?", after in "\\}?[^{}]{0,20}") {
            prop_assert_eq!(filled(&format!("{before}{{param4}}{after}"), &ada()), format!("{before}4{after}"));
        }
    }
}
