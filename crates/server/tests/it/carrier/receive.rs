//! Texts that come in.

use parlance_engine::carrier::{self, Kind, New};
use serde_json::json;

use super::shop::{CODE, E164, PHONE, Shop};
use super::with_smsc;
use crate::support::ledger::rows;
use crate::support::{Database, Server, Smsc, until};

/// `text` in UCS-2, in hexadecimal.
fn ucs2(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04x}")).collect()
}

with_smsc! {
    fn a_text_is_stored_once_before_it_is_answered(shop: Shop) {
        shop.hear("Hello @ £5");
        assert_eq!(shop.said(), ["Hello @ £5"]);
        let phones = rows(&shop.installation.database, "SELECT phone FROM person WHERE kind = 'contact'");
        assert_eq!(phones, [[E164]]);
        assert_eq!(shop.standing()["state"], "up");
    }

    fn the_same_words_twice_are_two_texts(shop: Shop) {
        shop.hear("ok");
        assert_eq!(shop.smsc.deliver("again", &json!({"from": PHONE, "to": CODE, "text": "ok"})), 0);
        assert_eq!(shop.said(), ["ok", "ok"]);
        // Once the service centre has shown that it read the answers, nothing is kept of them.
        let kept = || rows(&shop.installation.database, "SELECT message FROM received").len();
        until("the texts to be answered for", || kept() == 0);
    }

    fn every_coding_is_read(shop: Shop) {
        for (coding, octets, text) in [
            (8, ucs2("日本 🙂"), "日本 🙂"),
            (3, "636166e9".to_owned(), "café"),
            (0, "1b65".to_owned(), "€"),
            (1, "72e9706f6e7365".to_owned(), "réponse"),
            (1, "7205706f6e7365201b65".to_owned(), "réponse €"),
            (0x99, "68c3a9".to_owned(), "hé"),
        ] {
            let delivered = json!({"from": PHONE, "to": CODE, "coding": coding, "octets": octets});
            assert_eq!(shop.smsc.deliver(text, &delivered), 0);
            assert_eq!(shop.said().last().map(String::as_str), Some(text));
        }
        let long = "long ".repeat(200);
        let delivered = json!({"from": PHONE, "to": CODE, "text": "", "more": {"message_payload": long}});
        assert_eq!(shop.smsc.deliver("payload", &delivered), 0);
        assert_eq!(shop.said().last().map(|said| said.trim_end().len()), Some(long.trim_end().len()));
        let delivered = json!({"type": "data_sm", "from": PHONE, "to": CODE, "text": "by data_sm"});
        assert_eq!(shop.smsc.deliver("data", &delivered), 0);
        assert_eq!(shop.said().last().map(String::as_str), Some("by data_sm"));
    }

    fn parts_come_in_any_order_and_twice(shop: Shop) {
        let part = |name: &str, header: &str, text: &str| {
            let delivered = json!({"from": PHONE, "to": CODE, "text": text, "header": header});
            assert_eq!(shop.smsc.deliver(name, &delivered), 0, "{name} is answered at once");
        };
        part("third", "050003070303", "three");
        part("first", "050003070301", "one, ");
        part("first again", "050003070301", "one, ");
        assert!(shop.said().is_empty());
        part("second", "050003070302", "two, ");
        assert_eq!(shop.said(), ["one, two, three"]);
        part("second again", "050003070302", "two, ");
        assert_eq!(shop.said().len(), 1);
        // A wide reference of the same number is another text, and so is the same number with other words.
        part("wide 2", "06080400070202", "wide");
        part("wide 1", "06080400070201", "far and ");
        assert_eq!(shop.said().last().map(String::as_str), Some("far and wide"));
        for number in 1..=3 {
            part(&format!("new {number}"), &format!("0500030703{number:02}"), &format!("new{number} "));
        }
        assert_eq!(shop.said().last().map(String::as_str), Some("new1 new2 new3 "));
    }

    fn parts_are_numbered_in_parameters_as_well_and_a_character_may_be_cut(shop: Shop) {
        let smile = ucs2("🙂");
        for (name, number, octets) in [("low", 2, &smile[4..]), ("high", 1, &smile[..4])] {
            let more = json!({"sar_msg_ref_num": 7, "sar_total_segments": 2, "sar_segment_seqnum": number});
            let delivered = json!({"from": PHONE, "to": CODE, "coding": 8, "octets": octets, "more": more});
            assert_eq!(shop.smsc.deliver(name, &delivered), 0);
        }
        assert_eq!(shop.said(), ["🙂"]);
    }
}

#[test]
fn the_same_words_some_minutes_after_a_session_broke_are_said_again() {
    let Some(smsc) = Smsc::start() else { return };
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    let new = New { kind: Kind::Smpp, address: CODE.to_owned(), url: Some(smsc.url("")) };
    server.operator(Some(&shop), move |cx| carrier::add(cx, &new));
    smsc.bound();
    let ok = json!({"from": PHONE, "to": CODE, "text": "ok"});
    assert_eq!(smsc.deliver("first", &ok), 0);
    // It has read the answer, and is killed before it has shown that.
    let smsc = Smsc::start_at(smsc.kill()).expect("it was there before");
    smsc.bound();
    // Once the new session has proven something, it is known since when it lasts.
    assert_eq!(smsc.deliver("other", &json!({"from": PHONE, "to": CODE, "text": "Hello?"})), 0);
    let in_doubt = || server.rows("SELECT key FROM received".to_owned()).len();
    until("it to be proven", || in_doubt() <= 1);
    server.clock.forward(carrier::AGAIN_SECONDS);
    until("it to be settled", || in_doubt() == 0);
    assert_eq!(smsc.deliver("second", &ok), 0);
    assert_eq!(server.rows("SELECT body FROM message".to_owned()).len(), 3);
}

#[test]
fn a_server_that_stops_in_order_leaves_no_text_in_doubt() {
    let Some(smsc) = Smsc::start() else { return };
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    let new = New { kind: Kind::Smpp, address: CODE.to_owned(), url: Some(smsc.url("")) };
    server.operator(Some(&shop), move |cx| carrier::add(cx, &new));
    smsc.bound();
    for number in 0..20 {
        let name = format!("number {number}");
        assert_eq!(smsc.deliver(&name, &json!({"from": PHONE, "to": CODE, "text": name})), 0);
    }
    server.stop();
    assert_eq!(server.rows("SELECT body FROM message".to_owned()).len(), 20);
    assert!(
        server.rows("SELECT key FROM received".to_owned()).is_empty(),
        "the same words again would be lost"
    );
}
