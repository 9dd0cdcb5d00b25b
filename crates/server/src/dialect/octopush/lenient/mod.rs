//! How every operation reads what it is sent (contract §0, "How Our API Deals With Incorrect Data"): what has the wrong
//! type is cast, what holds wrong characters is stripped of them, and what still makes no sense is as if it were absent.
//!
//! Whatever a client sends becomes one tree of named values: a JSON body, a form or a query, in whichever spelling of
//! arrays (`k[]=`, `k[0]=`, `k=` again and again), with whichever content type. An operation asks [`Fields`] for what it
//! wants by name and type, and has its documented default for whatever it does not get.

mod body;
mod form;
#[cfg(test)]
mod tests;
mod value;

use axum::extract::Request;
use parlance_engine::Time;
use serde_json::{Map, Value};

use super::fault::Refused;

/// Named values, as far as they can be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Everything that a request says. What stands in the body counts before what stands in the query. Only a request
    /// that shall change something is refused for a body of which nothing can be read.
    pub(super) async fn read(request: Request, body_bytes_max: usize) -> Result<Fields, Refused> {
        let mut said = form::parse(request.uri().query().unwrap_or_default().as_bytes());
        said.extend(body::read(request, body_bytes_max).await?);
        Ok(Fields(said))
    }

    /// A text as it is, without characters that no text has; what is no text becomes one where that is plain.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        value::text(self.0.get(name)?)
    }

    /// A text of one line without blanks around it; nothing is no text.
    pub(super) fn line(&self, name: &str) -> Option<String> {
        value::line(self.0.get(name)?)
    }

    /// Whether it is given and says nothing: `null`, or a text with nothing in it.
    pub(super) fn is_blank(&self, name: &str) -> bool {
        let given = self.0.get(name);
        given.is_some_and(|given| value::text(given).map_or(given.is_null(), |text| text.trim().is_empty()))
    }

    /// A whole number, cut off behind its point; too large is the largest there is.
    pub(super) fn whole(&self, name: &str) -> Option<i64> {
        value::whole(self.0.get(name)?)
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        value::flag(self.0.get(name)?)
    }

    /// One of these words, however it is capitalised.
    pub(super) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let said = self.line(name)?;
        words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&said)).map(|(_, meant)| *meant)
    }

    /// A moment: ISO 8601, `YYYY-MM-DD hh:mm:ss` by the clocks of Paris, or seconds since 1970.
    pub(super) fn time(&self, name: &str) -> Option<Time> {
        value::time(self.0.get(name)?)
    }

    /// Lines of text; one alone is a list of one.
    pub(super) fn lines(&self, name: &str) -> Vec<String> {
        self.listed(name).into_iter().filter_map(value::line).collect()
    }

    /// Things with names of their own; what is a mere value among them is the one called `key`.
    pub(super) fn each(&self, name: &str, key: &str) -> Vec<Fields> {
        let thing = |value: &Value| match value {
            Value::Object(members) => Some(Fields(members.clone())),
            Value::Null | Value::Array(_) => None,
            plain => Some(Fields(Map::from_iter([(key.to_owned(), plain.clone())]))),
        };
        self.listed(name).into_iter().filter_map(thing).collect()
    }

    /// What is named inside of something; nothing, when it is none.
    pub(super) fn inside(&self, name: &str) -> Fields {
        self.0.get(name).and_then(Value::as_object).cloned().map(Fields).unwrap_or_default()
    }

    fn listed(&self, name: &str) -> Vec<&Value> {
        self.0.get(name).map(value::list).unwrap_or_default()
    }
}
