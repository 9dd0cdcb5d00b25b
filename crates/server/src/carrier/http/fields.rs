//! What a gateway says, field by field: it hears in plain words which of them is wrong, and what it must be.

use serde_json::{Map, Value};

use crate::carrier::door::Refused;

/// The fields of a body.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body. Refused when it is no JSON, or no object.
    pub(super) fn read(body: &[u8]) -> Result<Fields, Refused> {
        match serde_json::from_slice(body).map_err(|problem| Refused::no_json(&problem))? {
            Value::Object(fields) => Ok(Fields(fields)),
            _ => Err(Refused::Senseless("The body must be a JSON object.".to_owned())),
        }
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Refused> {
        let missing = || Refused::Senseless(format!("{name}: this is missing; it must be a text."));
        self.optional_text(name)?.ok_or_else(missing)
    }

    /// A text that may be missing.
    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Refused> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::Senseless(format!("{name}: this must be a text."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem<T: std::fmt::Debug>(read: Result<T, Refused>) -> String {
        match read {
            Err(Refused::Senseless(problem)) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_told_so() {
        assert_eq!(problem(Fields::read(b"")), "The body is not valid JSON: see line 1, column 0.");
        assert_eq!(
            problem(Fields::read(b"{\n\"id\": x")),
            "The body is not valid JSON: see line 2, column 7."
        );
        for body in [&b"[]"[..], b"7", b"null", b"\"x\""] {
            assert_eq!(problem(Fields::read(body)), "The body must be a JSON object.");
        }
    }

    #[test]
    fn a_field_that_is_wrong_is_named() {
        let mut fields = Fields::read(br#"{"id":7,"to":null,"text":"x","detail":["x"]}"#).expect("an object");
        assert_eq!(problem(fields.text("id")), "id: this must be a text.");
        assert_eq!(problem(fields.text("from")), "from: this is missing; it must be a text.");
        assert_eq!(fields.optional_text("to").expect("nothing"), None);
        assert_eq!(fields.text("text").expect("a text"), "x");
        assert_eq!(problem(fields.optional_text("detail")), "detail: this must be a text.");
    }
}
