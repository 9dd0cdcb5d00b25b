//! Either side is killed in the middle: nothing is lost, and nothing is twice in the inbox.

use std::time::Duration;

use serde_json::json;

use super::shop::{CODE, PHONE, Shop};
use super::with_smsc;
use crate::support::ledger::rows;
use crate::support::{Database, Smsc, until};

impl Shop {
    /// Another service centre where this one is, and where it was killed.
    fn with_another_smsc(self) -> Shop {
        let Shop { smsc, server, installation, token } = self;
        let smsc = Smsc::start_at(smsc.kill()).expect("it was there before");
        smsc.bound();
        Shop { smsc, server, installation, token }
    }

    /// The server is killed and started again.
    fn with_another_server(self) -> Shop {
        let Shop { smsc, server, installation, token } = self;
        let bound = smsc.told_of("bound").len();
        server.kill();
        let server = installation.start();
        until("another bind", || smsc.told_of("bound").len() > bound);
        Shop { smsc, server, installation, token }
    }
}

with_smsc! {
    fn what_cannot_be_noted_is_noted_later_and_the_message_not_submitted_again(shop: Shop) {
        let database = &shop.installation.database;
        shop.hear("Hello?");
        database.execute("ALTER TABLE submission_part RENAME TO away");
        shop.answer("Here.");
        until("a submit", || !shop.smsc.told_of("submitted").is_empty());
        // Some tries.
        std::thread::sleep(Duration::from_secs(3));
        database.execute("ALTER TABLE away RENAME TO submission_part");
        shop.until_delivery("Here.", "accepted");
        assert_eq!(shop.smsc.told_of("submitted").len(), 1);
    }

    fn a_report_finds_its_message_after_the_server_was_killed(shop: Shop) {
        shop.hear("Hello?");
        shop.answer("Here.");
        shop.until_delivery("Here.", "accepted");
        let id = shop.smsc.told_of("submitted")[0]["id"].as_str().unwrap().to_owned();
        let shop = shop.with_another_server();
        let receipt = json!({"from": PHONE, "to": CODE, "text": format!("id:{id} stat:DELIVRD"), "more": {"esm_class": 4}});
        assert_eq!(shop.smsc.deliver("report", &receipt), 0);
        shop.until_delivery("Here.", "delivered");
        assert_eq!(shop.smsc.told_of("submitted").len(), 1, "what was answered for is not sent again");
    }

    fn a_part_that_was_taken_is_not_sent_again_after_the_server_was_killed(shop: Shop) {
        shop.smsc.command(&json!({"manner": {"times": 1, "status": 0x58}}));
        shop.hear("Hello?");
        let text = "я".repeat(200);
        shop.answer(&text);
        let known = "SELECT part FROM submission_part WHERE spelling = 'given'";
        until("two parts to be known", || rows(&shop.installation.database, known).len() >= 2);
        let shop = shop.with_another_server();
        shop.until_delivery(&text, "accepted");
        let headers: Vec<String> = shop.smsc.told_of("submitted").iter()
            .map(|part| part["header"].as_str().unwrap()[6..].to_owned()).collect();
        assert_eq!(headers, ["0301", "0302", "0303", "0301"]);
    }

    fn what_was_submitted_and_not_answered_is_submitted_again(shop: Shop) {
        shop.smsc.command(&json!({"manner": {}}));
        shop.hear("Hello?");
        shop.answer("Here.");
        until("a submit", || !shop.smsc.told_of("submitted").is_empty());
        let shop = shop.with_another_smsc();
        shop.until_delivery("Here.", "accepted");
        assert_eq!(shop.smsc.told_of("submitted").len(), 1);
        assert_eq!(shop.said(), ["Hello?", "Here."]);
    }

    fn what_is_queued_while_the_service_centre_is_down_is_delayed_and_not_lost(shop: Shop) {
        shop.hear("Hello?");
        let Shop { smsc, server, installation, token } = shop;
        let port = smsc.kill();
        let smsc = Smsc::start_at(0).expect("it was there before");
        let shop = Shop { smsc, server, installation, token };
        until("the carrier to be down", || shop.standing()["state"] == "down");
        let texts: Vec<String> = (0..20).map(|number| format!("number {number}")).collect();
        texts.iter().for_each(|text| shop.answer(text));
        assert!(shop.deliveries().iter().all(|row| row[1] == "queued"));
        let shop = Shop { smsc: Smsc::start_at(port).expect("it was there before"), ..shop };
        for text in &texts {
            shop.until_delivery(text, "accepted");
        }
        let mut submitted: Vec<String> = shop.smsc.told_of("submitted").iter()
            .map(|event| event["submitted"].as_str().unwrap().to_owned()).collect();
        submitted.sort();
        let mut wanted = texts.clone();
        wanted.sort();
        assert_eq!(submitted, wanted, "each once");
    }

    fn a_text_that_is_delivered_again_to_another_session_is_the_same(shop: Shop) {
        shop.hear("before");
        // The service centre dies before it has shown that it read the answer: it will deliver the text again.
        let shop = shop.with_another_smsc();
        shop.hear("before");
        assert_eq!(shop.said(), ["before"]);
        assert_eq!(shop.smsc.deliver("third", &json!({"from": PHONE, "to": CODE, "text": "before"})), 0);
        assert_eq!(shop.said(), ["before", "before"], "within one session it is another one");
    }

    fn texts_that_are_delivered_until_they_are_answered_are_stored_once(shop: Shop) {
        let mut shop = shop;
        for round in 0..4 {
            let texts: Vec<String> = (0..40).map(|number| format!("round {round} text {number}")).collect();
            for text in &texts {
                shop.smsc.deliver_unanswered(text, &json!({"from": PHONE, "to": CODE, "text": text}));
            }
            // Another moment in each round.
            until("some answers", || shop.smsc.told_of("answered").len() > round * 45);
            shop = shop.with_another_server();
            let answered: Vec<String> = shop.smsc.told_of("answered").iter()
                .filter(|event| event["answered"] == 0)
                .map(|event| event["name"].as_str().unwrap_or_default().to_owned()).collect();
            for text in texts.iter().filter(|text| !answered.contains(text)) {
                shop.hear(text);
            }
        }
        let mut said = shop.said();
        said.sort();
        let mut wanted: Vec<String> =
            (0..4).flat_map(|round| (0..40).map(move |number| format!("round {round} text {number}"))).collect();
        wanted.sort();
        assert_eq!(said, wanted);
    }

    fn parts_that_were_answered_survive_the_server(shop: Shop) {
        let part = |shop: &Shop, number: u8, text: &str| {
            let header = format!("05000309020{number}");
            let delivered = json!({"from": PHONE, "to": CODE, "text": text, "header": header});
            assert_eq!(shop.smsc.deliver(text, &delivered), 0);
        };
        part(&shop, 1, "one half ");
        let shop = shop.with_another_server();
        part(&shop, 2, "and the other");
        assert_eq!(shop.said(), ["one half and the other"]);
    }
}
