//! The recipients of a campaign, and how many of them are written into one text.

use std::collections::HashSet;

use crate::contact::{self, Contact};
use crate::{Error, Result, legible, phone};

/// Between the fields of a recipient, and behind each recipient: control characters, which no field contains.
const UNIT: char = '\u{1f}';
const RECORD: char = '\u{1e}';

/// How many fields a recipient has in the text.
const FIELDS: usize = 10;

/// Somebody to whom a campaign goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Recipient {
    /// E.164.
    pub(super) phone: String,
    /// What their message costs, in millionths.
    pub(super) cost_micro: i64,
    /// They wanted to hear no more when the campaign was made.
    pub(super) is_left_out: bool,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) params: [String; 5],
}

impl Recipient {
    /// Somebody by what an API says of them; `None` when their number is none of `country` or any other.
    /// [`Error::Invalid`] as [`contact::New::fits`], since they may become a contact.
    pub(super) fn read(new: &contact::New, country: &str) -> Result<Option<Recipient>> {
        let phone = new.phone.as_deref().and_then(|phone| phone::normalise(phone, country).ok());
        let Some(phone) = phone else { return Ok(None) };
        new.fits()?;
        let params = new.params.each_ref().map(|value| plain(value));
        let (first_name, last_name) = (plain(&new.first_name), plain(&new.last_name));
        Ok(Some(Recipient { phone, first_name, last_name, params, ..Recipient::default() }))
    }

    /// Somebody on a list; `None` when they have no phone.
    pub(super) fn known(contact: Contact) -> Option<Recipient> {
        let params = contact.params.each_ref().map(|value| plain(value));
        let (first_name, last_name) = (plain(&contact.first_name), plain(&contact.last_name));
        Some(Recipient { phone: contact.phone?, first_name, last_name, params, ..Recipient::default() })
    }

    /// What is said of them, for whoever keeps contacts.
    pub(super) fn as_contact(&self) -> contact::New {
        let (first_name, last_name) = (self.first_name.clone(), self.last_name.clone());
        contact::New {
            phone: Some(self.phone.clone()),
            first_name,
            last_name,
            params: self.params.clone(),
            ..contact::New::default()
        }
    }

    /// Whether more is known of them than their number.
    pub(super) fn has_facts(&self) -> bool {
        let texts = [&self.first_name, &self.last_name];
        texts.into_iter().chain(&self.params).any(|text| !text.is_empty())
    }

    fn write(&self, to: &mut String) {
        let (cost, left_out) = (self.cost_micro.to_string(), if self.is_left_out { "1" } else { "" });
        let fixed = [&self.phone, &cost, left_out, &self.first_name, &self.last_name];
        for field in fixed.into_iter().chain(self.params.iter().map(String::as_str)) {
            to.push_str(field);
            to.push(UNIT);
        }
        to.pop();
        to.push(RECORD);
    }

    fn parse(record: &str) -> Option<Recipient> {
        let fields: Vec<&str> = record.split(UNIT).collect();
        let [phone, cost, left_out, first_name, last_name, params @ ..] = fields.as_slice() else {
            return None;
        };
        let params: [&str; FIELDS - 5] = params.try_into().ok()?;
        Some(Recipient {
            phone: (*phone).to_owned(),
            cost_micro: cost.parse().ok()?,
            is_left_out: *left_out == "1",
            first_name: (*first_name).to_owned(),
            last_name: (*last_name).to_owned(),
            params: params.map(str::to_owned),
        })
    }
}

/// Each number once: the first one holds.
pub(super) fn each_once(mut recipients: Vec<Recipient>) -> Vec<Recipient> {
    let mut known = HashSet::new();
    recipients.retain(|recipient| known.insert(recipient.phone.clone()));
    recipients
}

/// All of them as one text.
pub(super) fn write(recipients: &[Recipient]) -> String {
    let mut text = String::new();
    recipients.iter().for_each(|recipient| recipient.write(&mut text));
    text
}

/// Those of that text behind the first `skipped`, at most `limit`.
pub(super) fn read(text: &str, skipped: usize, limit: usize) -> Result<Vec<Recipient>> {
    let records = text.split_terminator(RECORD).skip(skipped).take(limit).map(Recipient::parse);
    records.collect::<Option<_>>().ok_or_else(|| Error::Internal("damaged recipients are stored".into()))
}

/// All of it: what would be cut off is refused when it is said.
fn plain(text: &str) -> String {
    legible::line(text, usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anybody() -> impl Strategy<Value = Recipient> {
        let texts = prop::collection::vec(any::<String>(), 7);
        ("[0-9]{9}", texts, any::<u32>(), any::<bool>()).prop_map(|(digits, texts, cost, is_left_out)| {
            let new = contact::New {
                phone: Some(format!("+33{digits}")),
                first_name: texts[0].clone(),
                last_name: texts[1].clone(),
                params: [2, 3, 4, 5, 6].map(|at| texts[at].clone()),
                ..contact::New::default()
            };
            let read = Recipient::read(&new, "FR").expect("texts of this length are kept whole");
            let known = read.expect("nine digits are a number of France");
            Recipient { cost_micro: cost.into(), is_left_out, ..known }
        })
    }

    proptest! {
        #[test]
        fn recipients_are_read_as_they_were_written(all in prop::collection::vec(anybody(), 0..20)) {
            prop_assert_eq!(read(&write(&all), 0, usize::MAX), Ok(all));
        }

        #[test]
        fn some_are_read_without_the_others(all in prop::collection::vec(anybody(), 3..20)) {
            prop_assert_eq!(read(&write(&all), 1, 2), Ok(all[1..3].to_vec()));
        }

        #[test]
        fn no_text_is_taken_for_recipients_by_accident(text in any::<String>()) {
            if let Ok(all) = read(&text, 0, usize::MAX) {
                prop_assert_eq!(read(&write(&all), 0, usize::MAX), Ok(all));
            }
        }
    }
}
