//! Delivery receipts, by the text that SMPP 3.4 appendix B describes and by the parameters that are more exact.

use parlance_engine::message::Delivery;
use rusmpp::values::MessageState;

use super::alphabet;

/// What a receipt says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    /// The carrier's id of the short message, spelled as it stands there, in ASCII: as such it was given (SMPP 3.4 §3.1).
    pub(super) id: String,
    /// What became of it.
    pub(super) delivery: Delivery,
    /// The carrier's own words for that.
    pub(super) detail: String,
}

/// The optional parameters of a receipt.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    /// `receipted_message_id`.
    pub(super) id: Option<&'a str>,
    /// `message_state`.
    pub(super) state: Option<MessageState>,
}

/// Reads a receipt; `None` when it does not say of which message it speaks. What it says twice is taken from the
/// parameters, because a text can be cut.
pub(super) fn read(text: &str, parameters: &Parameters<'_>) -> Option<Receipt> {
    let id = parameters.id.filter(|id| !id.is_empty()).or_else(|| field(text, "id"))?;
    let (word, error) = (field(text, "stat"), field(text, "err"));
    let told = parameters.state.map(by_state).or_else(|| word.map(by_word));
    let words = [("stat", word), ("err", error)];
    let words = words.into_iter().filter_map(|(name, value)| Some(format!("{name}:{}", value?)));
    Some(Receipt {
        id: alphabet::ascii(id),
        delivery: told.unwrap_or(Delivery::Unknown),
        detail: words.collect::<Vec<_>>().join(" "),
    })
}

/// The value behind `name:`, up to the next space. The name begins a word, in whatever case.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let words = text.split_ascii_whitespace();
    let named = |word: &'a str| {
        let (key, value) = word.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value).filter(|value| !value.is_empty())
    };
    words.into_iter().find_map(named)
}

fn by_state(state: MessageState) -> Delivery {
    match state {
        MessageState::Delivered => Delivery::Delivered,
        MessageState::Scheduled | MessageState::Enroute | MessageState::Accepted => Delivery::Accepted,
        MessageState::Rejected => Delivery::NotAllowed,
        MessageState::Expired
        | MessageState::Deleted
        | MessageState::Undeliverable
        | MessageState::Skipped => Delivery::Undelivered,
        MessageState::Unknown | MessageState::Other(_) => Delivery::Unknown,
    }
}

/// The words have seven letters; some carriers write them out.
fn by_word(word: &str) -> Delivery {
    let word = word.to_ascii_uppercase();
    let states = [
        ("DELIVRD", Delivery::Delivered),
        ("DELIVERED", Delivery::Delivered),
        ("SCHED", Delivery::Accepted),
        ("ENROUTE", Delivery::Accepted),
        ("ACCEPT", Delivery::Accepted),
        ("BUFFER", Delivery::Accepted),
        ("REJECT", Delivery::NotAllowed),
        ("EXPIR", Delivery::Undelivered),
        ("DELETE", Delivery::Undelivered),
        ("UNDELIV", Delivery::Undelivered),
        ("FAIL", Delivery::Undelivered),
        ("SKIP", Delivery::Undelivered),
    ];
    states
        .iter()
        .find(|(begins, _)| word.starts_with(begins))
        .map_or(Delivery::Unknown, |(_, delivery)| *delivery)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BY_TEXT: Parameters<'_> = Parameters { id: None, state: None };

    #[test]
    fn the_text_of_the_standard_is_read() {
        let text = "id:0123456789 sub:001 dlvrd:001 submit date:2611201200 done date:2611201201 stat:DELIVRD err:000 text:id:7 stat:UNDELIV";
        let receipt = read(text, &BY_TEXT).unwrap();
        assert_eq!((receipt.id.as_str(), receipt.delivery), ("0123456789", Delivery::Delivered));
        assert_eq!(receipt.detail, "stat:DELIVRD err:000");
    }

    #[test]
    fn other_spellings_of_it_are_read() {
        for (text, id, delivery) in [
            ("ID:A1F Stat:undeliv Err:034", "A1F", Delivery::Undelivered),
            ("stat:EXPIRED\r\nid:7", "7", Delivery::Undelivered),
            ("id:7 stat:REJECTD", "7", Delivery::NotAllowed),
            ("id:7 stat:ENROUTE", "7", Delivery::Accepted),
            ("id:7 stat:UNKNOWN", "7", Delivery::Unknown),
            ("id:7 stat:SOLD", "7", Delivery::Unknown),
            ("id:7 stat:", "7", Delivery::Unknown),
            ("id:7", "7", Delivery::Unknown),
            ("id:a:b stat:DELETED", "a:b", Delivery::Undelivered),
        ] {
            let receipt = read(text, &BY_TEXT).unwrap();
            assert_eq!((receipt.id.as_str(), receipt.delivery), (id, delivery), "{text}");
        }
    }

    #[test]
    fn parameters_say_more_than_the_text() {
        let parameters = Parameters { id: Some("beef"), state: Some(MessageState::Undeliverable) };
        let receipt = read("id:1 stat:DELIVRD", &parameters).unwrap();
        assert_eq!((receipt.id.as_str(), receipt.delivery), ("beef", Delivery::Undelivered));
        let receipt = read("", &Parameters { id: Some("beef"), state: None }).unwrap();
        assert_eq!(receipt.delivery, Delivery::Unknown);
    }

    #[test]
    fn a_text_that_names_no_message_is_no_receipt() {
        for text in ["", "Hello", "stat:DELIVRD", "id: stat:DELIVRD", "grid:7", "id", ":"] {
            assert_eq!(read(text, &BY_TEXT), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_not(text in "(id:|stat:|err:|[a-zA-Z0-9: ]|.){0,80}") {
            if let Some(receipt) = read(&text, &BY_TEXT) {
                prop_assert!(!receipt.id.is_empty());
            }
        }
    }
}
