//! What a callback looks like on the wire: octopush contract §4. The kinds are told apart by the name of their date.

use jiff::Timestamp;
use parlance_engine::Time;
use parlance_engine::callback::{Callback, Kind};
use parlance_engine::channel::Channel;
use parlance_engine::message::Delivery;
use serde::Serialize;

/// What became of a message (§4.1).
#[derive(Serialize)]
struct DeliveryReport<'a> {
    channel: &'a str,
    message_id: &'a str,
    number: &'a str,
    status: &'a str,
    delivery_date: String,
    meta_data: Empty,
}

#[derive(Serialize)]
struct Empty {}

/// A text that came in (§4.2). How it came is said where it is no text message, of which alone the contract speaks.
#[derive(Serialize)]
struct Inbound<'a> {
    message_id: &'a str,
    number: &'a str,
    text: &'a str,
    sim_card_number: &'a str,
    reception_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
}

/// That somebody wants to hear no more (§4.3).
#[derive(Serialize)]
struct OptOut<'a> {
    message_id: &'a str,
    number: &'a str,
    text: &'a str,
    stop_date: String,
}

/// The body of a callback.
pub(super) fn body(callback: &Callback) -> Vec<u8> {
    let Callback { subject, number, text, our_address, .. } = callback;
    let (channel, date) = (callback.channel, date(callback.happened_at));
    let body = match callback.kind {
        Kind::Delivery => serde_json::to_vec(&DeliveryReport {
            channel: channel.as_str(),
            message_id: subject,
            number,
            status: status(callback.delivery),
            delivery_date: date,
            meta_data: Empty {},
        }),
        Kind::Inbound => serde_json::to_vec(&Inbound {
            message_id: subject,
            number,
            text,
            sim_card_number: our_address,
            reception_date: date,
            channel: (channel != Channel::Sms).then_some(channel.as_str()),
        }),
        Kind::OptOut => serde_json::to_vec(&OptOut { message_id: subject, number, text, stop_date: date }),
    };
    body.expect("texts are always JSON")
}

fn status(delivery: Option<Delivery>) -> &'static str {
    delivery.and_then(word).unwrap_or("UNDEFINED")
}

/// What became of a message, in the contract's words (§4.1); none while it waits for its carrier.
pub fn word(delivery: Delivery) -> Option<&'static str> {
    match delivery {
        Delivery::Queued => None,
        Delivery::Accepted => Some("ACK"),
        // What was sent for show has arrived where it was to.
        Delivery::Delivered => Some("DELIVERED"),
        Delivery::Undelivered => Some("NOT_DELIVERED"),
        Delivery::BadDestination => Some("BAD_DESTINATION"),
        Delivery::NotAllowed => Some("NOT_ALLOWED"),
        Delivery::OptedOut => Some("BLACKLISTED_NUMBER"),
        Delivery::Unknown => Some("UNKNOWN_DELIVERY"),
    }
}

/// `Y-m-d H:i:s` as the contract has it, without a time zone; here it is always UTC.
fn date(at: Time) -> String {
    let at = Timestamp::from_microsecond(at.0).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use parlance_engine::callback::State;

    use super::*;

    fn callback(kind: Kind) -> Callback {
        Callback {
            id: "1.delivered.1".into(),
            kind,
            url: "https://shop.example/hook".into(),
            message: "0190f3c4-0000-7000-8000-000000000001".parse().expect("an id"),
            subject: "sms_5fa275dbf21dc".into(),
            number: "+33600000000".into(),
            delivery: Some(Delivery::Delivered),
            text: "Bonjour \"vous\"\n".into(),
            our_address: "12345".into(),
            channel: Channel::Sms,
            happened_at: Time(1_604_488_305_999_999),
            state: State::Waiting,
            attempts: 0,
            due_at: Time(0),
            tried_at: None,
            outcome: String::new(),
        }
    }

    fn said(callback: &Callback) -> String {
        String::from_utf8(body(callback)).expect("JSON is UTF-8")
    }

    #[test]
    fn a_delivery_report_is_that_of_the_contract() {
        insta::assert_snapshot!(said(&callback(Kind::Delivery)), @r#"{"channel":"sms","message_id":"sms_5fa275dbf21dc","number":"+33600000000","status":"DELIVERED","delivery_date":"2020-11-04 11:11:45","meta_data":{}}"#);
    }

    #[test]
    fn a_text_is_that_of_the_contract_and_says_its_channel_where_it_is_another() {
        let mut text = callback(Kind::Inbound);
        insta::assert_snapshot!(said(&text), @r#"{"message_id":"sms_5fa275dbf21dc","number":"+33600000000","text":"Bonjour \"vous\"\n","sim_card_number":"12345","reception_date":"2020-11-04 11:11:45"}"#);
        text.channel = Channel::Rcs;
        assert!(said(&text).ends_with(r#","channel":"rcs"}"#));
    }

    #[test]
    fn an_opt_out_is_that_of_the_contract() {
        insta::assert_snapshot!(said(&callback(Kind::OptOut)), @r#"{"message_id":"sms_5fa275dbf21dc","number":"+33600000000","text":"Bonjour \"vous\"\n","stop_date":"2020-11-04 11:11:45"}"#);
    }

    #[test]
    fn every_state_of_a_message_has_its_word() {
        let words = Delivery::ALL.map(|delivery| status(Some(delivery)));
        assert_eq!(
            words,
            [
                "UNDEFINED",
                "ACK",
                "DELIVERED",
                "NOT_DELIVERED",
                "BAD_DESTINATION",
                "NOT_ALLOWED",
                "BLACKLISTED_NUMBER",
                "UNKNOWN_DELIVERY",
            ]
        );
    }

    #[test]
    fn a_date_has_neither_a_zone_nor_a_fraction_whenever_it_is() {
        assert_eq!(date(Time(-1)), "1969-12-31 23:59:59");
        assert_eq!(date(Time(i64::MAX)), "1970-01-01 00:00:00", "no such time");
    }
}
