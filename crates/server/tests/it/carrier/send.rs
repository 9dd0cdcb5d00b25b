//! Texts that go out, and what becomes of them.

use serde_json::{Value, json};

use super::shop::{CODE, PHONE, Shop};
use super::with_smsc;
use crate::support::{Database, Smsc, until};

impl Shop {
    /// Waits until the service centre was given so many parts; them.
    fn submitted(&self, count: usize) -> Vec<Value> {
        until("what was submitted", || self.smsc.told_of("submitted").len() >= count);
        self.smsc.told_of("submitted")
    }

    /// Sends a receipt and waits for its answer.
    fn receipt(&self, name: &str, text: &str, more: Value) -> u64 {
        let mut fields = json!({"esm_class": 4});
        fields.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        self.smsc.deliver(name, &json!({"from": PHONE, "to": CODE, "text": text, "more": fields}))
    }
}

with_smsc! {
    fn an_answer_is_submitted_and_its_report_shows(shop: Shop) {
        shop.hear("Hello?");
        shop.answer("Hello {you} for 5 €");
        let submitted = shop.submitted(1).remove(0);
        assert_eq!(submitted["submitted"], "Hello {you} for 5 €");
        assert_eq!((&submitted["from"], &submitted["to"]), (&json!(CODE), &json!(PHONE)));
        assert_eq!((&submitted["coding"], &submitted["wantsReceipt"]), (&json!(0), &json!(true)));
        assert_eq!(submitted["class"], 0, "a message, and no acknowledgement of one");
        assert_eq!(submitted["numbering"], json!([3, 0, 1, 1]), "a short code, and a number with its country");
        shop.until_delivery("Hello {you} for 5 €", "accepted");
        let receipt = format!("id:{} sub:001 dlvrd:001 stat:DELIVRD err:000", submitted["id"].as_str().unwrap());
        assert_eq!(shop.receipt("report", &receipt, json!({})), 0);
        shop.until_delivery("Hello {you} for 5 €", "delivered");
    }

    fn an_id_that_was_given_in_hexadecimal_is_known_in_decimal(shop: Shop) {
        shop.smsc.command(&json!({"manner": {"ids": "hexadecimal"}}));
        shop.hear("Hello?");
        shop.answer("Here.");
        let id = shop.submitted(1)[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(shop.receipt("report", &format!("id:{id} stat:UNDELIV err:001"), json!({})), 0);
        shop.until_delivery("Here.", "undelivered");
    }

    fn an_id_that_is_no_number_is_known_in_the_octets_of_ascii_and_of_gsm(shop: Shop) {
        shop.smsc.command(&json!({"manner": {"ids": "decimal", "prefix": "a_b-"}}));
        shop.hear("Hello?");
        for (text, underscore) in [("in ASCII", b'_'), ("in GSM", 0x11)] {
            shop.answer(text);
            shop.until_delivery(text, "accepted");
            let id = shop.smsc.told_of("submitted").last().unwrap()["id"].as_str().unwrap().to_owned();
            let receipt = [b"id:a", &[underscore][..], format!("b-{id} stat:DELIVRD").as_bytes()].concat();
            let octets: String = receipt.iter().map(|octet| format!("{octet:02x}")).collect();
            let report = json!({"from": PHONE, "to": CODE, "octets": octets, "more": {"esm_class": 4}});
            assert_eq!(shop.smsc.deliver(text, &report), 0);
            shop.until_delivery(text, "delivered");
        }
    }

    fn a_report_may_stand_in_parameters_and_come_before_the_answer(shop: Shop) {
        shop.smsc.command(&json!({"manner": {"times": 1, "status": 0x58}}));
        shop.hear("Hello?");
        let next = |offset: u64| shop.submitted(1)[0]["id"].as_str().unwrap().parse::<u64>().unwrap() + offset;
        shop.answer("Here.");
        let parameters = json!({"receipted_message_id": next(0).to_string(), "message_state": 2});
        assert_eq!(shop.receipt("report", "", parameters), 0, "of a message that was throttled, and has no such id yet");
        shop.until_delivery("Here.", "delivered");
        assert_eq!(shop.submitted(2).len(), 2);
    }

    fn a_long_text_goes_in_parts_and_arrives_when_all_have(shop: Shop) {
        shop.hear("Hello?");
        let text = "я".repeat(100);
        shop.answer(&text);
        let parts = shop.submitted(2);
        assert!(parts.iter().all(|part| part["coding"] == 8 && part["class"] == 0x40));
        assert_eq!(parts.iter().map(|part| part["submitted"].as_str().unwrap()).collect::<String>(), text);
        let headers: Vec<&str> = parts.iter().map(|part| part["header"].as_str().unwrap()).collect();
        assert_eq!((&headers[0][..4], &headers[0][6..], &headers[1][6..]), ("0003", "0201", "0202"));
        assert_eq!(headers[0][4..6], headers[1][4..6], "one reference");
        shop.until_delivery(&text, "accepted");
        for (name, part) in [("first", &parts[0]), ("second", &parts[1])] {
            let receipt = format!("id:{} stat:DELIVRD err:000", part["id"].as_str().unwrap());
            assert_eq!(shop.receipt(name, &receipt, json!({})), 0);
        }
        shop.until_delivery(&text, "delivered");
    }

    fn a_part_that_is_throttled_is_sent_again_without_the_others(shop: Shop) {
        shop.smsc.command(&json!({"manner": {"times": 1, "status": 0x58}}));
        shop.hear("Hello?");
        let text = "я".repeat(200);
        shop.answer(&text);
        shop.until_delivery(&text, "accepted");
        let submitted = shop.submitted(4);
        let headers: Vec<&str> = submitted.iter().map(|part| part["header"].as_str().unwrap()).collect();
        assert_eq!(headers.iter().map(|header| &header[6..]).collect::<Vec<_>>(), ["0301", "0302", "0303", "0301"]);
        assert_eq!(headers[0], headers[3], "its telephone takes it for the same part");
        for part in &submitted[1..] {
            let id = part["id"].as_str().unwrap();
            assert_eq!(shop.receipt(id, &format!("id:{id} stat:DELIVRD err:000"), json!({})), 0);
        }
        shop.until_delivery(&text, "delivered");
    }

    fn a_refusal_is_told_and_not_repeated(shop: Shop) {
        shop.smsc.command(&json!({"manner": {"status": 0x0b}}));
        shop.hear("Hello?");
        shop.answer("Nobody there");
        shop.until_delivery("Nobody there", "bad_destination");
        shop.smsc.command(&json!({"manner": {"ids": "decimal"}}));
        shop.answer("Somebody there");
        shop.until_delivery("Somebody there", "accepted");
        assert_eq!(shop.submitted(2).len(), 2);
    }

    fn a_report_of_nothing_that_is_known_changes_nothing(shop: Shop) {
        assert_eq!(shop.receipt("unknown", "id:77 stat:DELIVRD err:000", json!({})), 0);
        assert_eq!(shop.receipt("nonsense", "what?", json!({})), 0x0c, "it names no message");
        assert!(shop.deliveries().is_empty());
    }
}

#[test]
fn what_is_answered_late_is_submitted_once_and_its_report_may_come_before() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open_with(Database::sqlite(), smsc, "?enquire_seconds=1");
    shop.smsc.command(&json!({"manner": {"ids": "decimal", "delayMs": 12_000}}));
    shop.hear("Hello?");
    shop.answer("Here.");
    let receipt = format!("id:{} stat:DELIVRD", shop.submitted(1)[0]["id"].as_str().unwrap());
    assert_eq!(shop.receipt("report", &receipt, json!({})), 0);
    assert_eq!(shop.deliveries(), [["Here.", "queued"]], "it is not answered");
    shop.until_delivery("Here.", "delivered");
    assert_eq!((shop.smsc.told_of("submitted").len(), shop.smsc.told_of("bound").len()), (1, 1));
}

#[test]
fn what_is_never_answered_ends_the_session_and_is_submitted_once_in_the_next() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open_with(Database::sqlite(), smsc, "?answer_seconds=1");
    shop.smsc.command(&json!({"manner": {}}));
    shop.hear("Hello?");
    shop.answer("Here.");
    shop.submitted(1);
    shop.smsc.command(&json!({"manner": {"ids": "decimal"}}));
    shop.until_delivery("Here.", "accepted");
    let sessions = shop.smsc.told_of("bound").len();
    assert!(sessions > 1, "it ended");
    assert_eq!(shop.smsc.told_of("submitted").len(), sessions, "once in each");
}

#[test]
fn parts_are_numbered_in_parameters_where_a_carrier_wants_it() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open_with(Database::sqlite(), smsc, "?concatenation=sar&system_type=SMS");
    assert_eq!(shop.smsc.told_of("bound")[0]["systemType"], "SMS");
    assert_eq!(shop.smsc.told_of("bound")[0]["version"], 0x34);
    shop.hear("Hello?");
    shop.answer(&"a".repeat(200));
    let parts = shop.submitted(2);
    assert!(parts.iter().all(|part| part["header"].is_null() && part["class"] == 0));
    let (first, second) = (&parts[0]["parameters"], &parts[1]["parameters"]);
    assert_eq!((&first[0], &first[1], &first[2]), (&second[0], &json!(2), &json!(1)));
    assert_eq!(second[2], 2);
}

#[test]
fn addresses_are_called_what_a_carrier_wants_them_called() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open_with(Database::sqlite(), smsc, "?source_ton=0&source_npi=1&dest_ton=2&dest_npi=8");
    shop.hear("Hello?");
    shop.answer("Here.");
    let submitted = shop.submitted(1).remove(0);
    assert_eq!(submitted["numbering"], json!([0, 1, 2, 8]));
    assert_eq!((&submitted["from"], &submitted["to"]), (&json!(CODE), &json!(PHONE)));
}

#[test]
fn a_carrier_that_is_taken_away_is_left() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open(Database::sqlite(), smsc);
    shop.installation.command(&["carrier", "remove", CODE, "--workspace", "shop"]);
    shop.smsc.wait("that the session ends", "closed");
    assert_eq!(shop.installation.command(&["carrier", "list", "--workspace", "shop"]), json!([]));
}

#[test]
fn what_waits_for_a_carrier_that_is_taken_away_is_given_up_with_it() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open(Database::sqlite(), smsc);
    shop.smsc.command(&json!({"manner": {}}));
    shop.hear("Hello?");
    ["one", "two"].iter().for_each(|text| shop.answer(text));
    shop.installation.command(&["carrier", "remove", CODE, "--workspace", "shop"]);
    assert_eq!(shop.deliveries(), [["one", "unknown"], ["two", "unknown"]]);
}

#[test]
fn a_wrong_password_shows_in_the_list_and_is_not_shown_itself() {
    let Some(smsc) = Smsc::start() else { return };
    let shop = Shop::open(Database::sqlite(), smsc);
    let url = format!("smpp://parlance:wr0ng@127.0.0.1:{}", shop.smsc.port);
    let other =
        ["carrier", "add", "--workspace", "shop", "--kind", "smpp", "--address", "777", "--url", &url];
    let added = shop.installation.command(&other);
    assert!(!added.to_string().contains("wr0ng"), "{added}");
    let standing = || shop.installation.command(&["carrier", "list", "--workspace", "shop"])[1].clone();
    until("the carrier to be down", || standing()["state"] == "down");
    assert!(standing()["detail"].as_str().unwrap().contains("EsmeRinvpaswd"), "{}", standing());
}
