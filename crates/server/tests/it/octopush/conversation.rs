//! The list of conversations, what was said in them, and who looks after one.

use parlance_engine::person::Kind;
use serde_json::{Value, json};

use super::base::error;
use super::inbox::{Agent, Inbox};
use crate::support::{Database, Server, on_both};

const LIST: &str = "/conversations/list";
const MESSAGES: &str = "/conversations/messages/list";

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap()).collect()
}

fn last_messages(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["last_message"].as_str().unwrap()).collect()
}

/// The same with everything that is another in each run taken out.
fn steady(mut value: Value, changing: &[&str]) -> Value {
    for name in changing {
        assert!(value[name].is_string(), "{name} in {value}");
        value[name] = json!("…");
    }
    value
}

on_both! {
    fn a_text_that_came_in_is_a_conversation_and_a_message(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        inbox.hear("+33600000001", "Where is my parcel?");
        let list = inbox.agnes.get(LIST).expect(200);
        let text = serde_json::to_string(&list).unwrap();
        let changing = ["conversation_id", "first_message_at", "last_message_at"];
        assert_eq!(steady(list[0].clone(), &changing), json!({
            "conversation_id": "…", "last_user_channel": "sms",
            "recipient_details": {"phone_number": "+33600000001", "name": ""}, "from": "12345",
            "first_message_at": "…", "last_message_at": "…", "last_message": "Where is my parcel?",
            "purpose": null, "color": 0, "number_of_messages": 1,
        }));
        assert!(text.starts_with(r#"[{"conversation_id":"#), "the keys stand in the order of the sample: {text}");
        assert_eq!(inbox.agnes.get("/conversations").expect(200), list);
        let messages = inbox.agnes.get(&format!("{MESSAGES}?contact=0600000001")).expect(200);
        let changing = ["message_id", "conversation_id", "created_at"];
        assert_eq!(steady(messages[0].clone(), &changing), json!({
            "message_id": "…", "text": "Where is my parcel?", "direction": "inbound", "delivery_status": null,
            "channel": "sms", "user_identifier": "+33600000001",
            "user_identifiers": {"phone_number": "+33600000001", "email": null, "facebook_page_id": null},
            "agent_assigned_to": null, "conversation_id": "…", "created_at": "…", "attachments": [],
        }));
        assert_eq!(messages[0]["conversation_id"], list[0]["conversation_id"]);
    }

    fn the_list_begins_with_who_wrote_last_and_is_never_stale(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        assert_eq!(inbox.agnes.get(LIST).expect(200), json!([]));
        for n in 1..=3 {
            inbox.hear(&format!("+3360000000{n}"), &format!("text {n}"));
            assert_eq!(inbox.agnes.get(LIST).expect(200).as_array().unwrap().len(), n);
        }
        inbox.hear("+33600000001", "text 4");
        let list = inbox.agnes.get(LIST).expect(200);
        assert_eq!(last_messages(&list), ["text 4", "text 3", "text 2"]);
        assert_eq!(list[0]["number_of_messages"], 2);
    }

    fn a_page_that_makes_no_sense_is_the_first(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        (1..=3).for_each(|n| inbox.hear(&format!("+3360000000{n}"), &format!("text {n}")));
        for (query, expected) in [
            ("", "text 3,text 2,text 1"),
            ("?page=1&per_page=2", "text 3,text 2"),
            ("?page=2&per_page=2", "text 1"),
            ("?page=2&page=1&per_page[]=2", "text 3,text 2"),
            ("?page=two&per_page=2", "text 3,text 2"),
            ("?page=0&per_page=%2B2", "text 3,text 2"),
            ("?page=-5&per_page=1.9", "text 3"),
            ("?page=&per_page=0", "text 3,text 2,text 1"),
            ("?page[x]=2&per_page=-1", "text 3,text 2,text 1"),
            ("?per_page=99999999999999999999", "text 3,text 2,text 1"),
            ("?page=99999999999999999999", ""),
            ("?page=%00%ff&%00=%00&=&&[", "text 3,text 2,text 1"),
        ] {
            let list = inbox.agnes.get(&format!("{LIST}{query}")).expect(200);
            assert_eq!(last_messages(&list).join(","), expected, "{query}");
        }
        let body = inbox.agnes.request(reqwest::Method::GET, LIST).body("{\"page\": 3, \"per_page\": \"1\"}");
        assert_eq!(last_messages(&server.send(body).expect(200)), ["text 1"]);
    }

    fn a_contact_is_found_in_every_form(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        inbox.hear("+33600000001", "one");
        inbox.hear("+33600000002", "other");
        inbox.hear("+33600000001", "two");
        let id = inbox.agnes.get(LIST).expect(200)[0]["conversation_id"].as_str().unwrap().to_owned();
        let found = |contact: &str| {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("contact", contact).finish();
            inbox.agnes.get(&format!("{MESSAGES}?{query}"))
        };
        let both = [
            "+33600000001", "0600000001", "06 00 00 00 01", "33600000001", "0033600000001", "+33 (0)6 00-00-00-01",
            &format!("cid_{id}"), &format!("cid_{}", id.to_uppercase()),
        ];
        for contact in both {
            assert_eq!(texts(&found(contact).expect(200)), ["two", "one"], "{contact}");
        }
        for contact in ["+33600000009", "nobody@example.com", "fid_1", "call me", "", " ", "@", "fid_"] {
            assert_eq!(found(contact).expect(200), json!([]), "{contact}");
        }
        for contact in ["cid_", "cid_x", "cid_00000000-0000-7000-8000-000000000000"] {
            assert_eq!(error(&found(contact), 404), 404, "{contact}");
        }
        let paged = |page: usize| inbox.agnes.get(&format!("{MESSAGES}?contact=0600000001&per_page=1&page={page}")).expect(200);
        assert_eq!((texts(&paged(1)), texts(&paged(2)), texts(&paged(3))), (vec!["two"], vec!["one"], vec![]));
    }

    fn a_sender_without_a_number_is_known_as_the_carrier_spells_it_and_is_no_account(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        for (sender, text) in [("MyBank", "Your code is 1."), ("38200", "Your code is 2.")] {
            inbox.hear(sender, text);
            let line = inbox.agnes.get(LIST).expect(200)[0].clone();
            assert_eq!(line["recipient_details"], json!({"phone_number": null, "name": sender}));
            let id = line["conversation_id"].as_str().unwrap();
            let message = inbox.agnes.get(&format!("{MESSAGES}?contact=cid_{id}")).expect(200)[0].clone();
            assert_eq!((&message["text"], &message["user_identifier"]), (&json!(text), &json!(sender)));
            assert_eq!(message["user_identifiers"], json!({"phone_number": null, "email": null, "facebook_page_id": null}));
            assert_eq!(texts(&inbox.agnes.get(&format!("{MESSAGES}?contact={sender}")).expect(200)), [text]);
            for contact in [format!("fid_sender:{sender}"), format!("fid_{sender}")] {
                assert_eq!(inbox.agnes.get(&format!("{MESSAGES}?contact={contact}")).expect(200), json!([]), "{contact}");
            }
        }
    }

    fn an_agent_looks_after_a_conversation_until_nobody_does(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        Agent::of(server, &inbox.workspace, Kind::Agent, "olga");
        inbox.hear("+33600000001", "Hello?");
        let id = agnes.get(LIST).expect(200)[0]["conversation_id"].as_str().unwrap().to_owned();
        for (path, named, email, expected) in [
            ("/conversations/set-agent", id.clone(), json!("olga@example.com"), json!("olga@example.com")),
            ("/conversations/agent", format!("cid_{id}"), json!(" Agnes@EXAMPLE.com\n"), json!("agnes@example.com")),
            ("/conversations/agent", id.to_uppercase(), json!(null), Value::Null),
            ("/conversations/set-agent", id.clone(), json!("agnes@example.com"), json!("agnes@example.com")),
            ("/conversations/set-agent", id.clone(), json!(""), Value::Null),
        ] {
            let body = json!({"conversation_id": named, "agent_email": email});
            assert_eq!(agnes.put(path, &body).expect(200)["agent_assigned_to"], expected, "{body}");
            let list = agnes.get(LIST).expect(200);
            assert_eq!(list[0].get("agent_assigned_to").cloned().unwrap_or_default(), expected, "{body}");
            assert_eq!(list[0].get("agent_assigned_to").is_some(), expected.is_string(), "left out, not null");
            let messages = agnes.get(&format!("{MESSAGES}?contact=cid_{id}")).expect(200);
            assert_eq!(messages[0]["agent_assigned_to"], expected);
        }
    }

    fn an_assignment_that_makes_no_sense_changes_nothing(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        inbox.hear("+33600000001", "Hello?");
        let id = inbox.agnes.get(LIST).expect(200)[0]["conversation_id"].clone();
        let before = server.dump();
        for (body, status) in [
            (json!({}), 404),
            (json!({"agent_email": "agnes@example.com"}), 404),
            (json!({"conversation_id": "x", "agent_email": "agnes@example.com"}), 404),
            (json!({"conversation_id": [], "agent_email": "agnes@example.com"}), 404),
            (json!({"conversation_id": id}), 400),
            (json!({"conversation_id": id, "agent_email": {}}), 400),
            (json!({"conversation_id": id, "agent_email": "ada@example.com"}), 400),
            (json!({"conversation_id": id, "agent_email": "nobody@example.com"}), 400),
            (json!({"conversation_id": id, "agent_email": "x".repeat(10_000)}), 400),
        ] {
            error(&inbox.agnes.put("/conversations/set-agent", &body), status);
        }
        assert_eq!(server.dump(), before);
    }
}
