//! One text to many: what is sent, what it costs, and what is refused.

use parlance_engine::person::Kind;
use parlance_engine::{carrier, workspace};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::base::error;
use super::inbox::{ADDRESS, Agent, Inbox};
use crate::support::{Answer, Database, Server, on_both, until};

const SEND: &str = "/sms-campaign/send";

/// A text that makes sense, and what is different about it.
fn text(change: Value) -> Value {
    let mut body = json!({"text": "Hello {first_name}", "purpose": "alert", "recipients": [{"phone_number": "+33600000001", "first_name": "Ada"}]});
    body.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    body
}

/// The last message of every conversation, once there are so many.
fn said(inbox: &Inbox<'_>, conversations: usize) -> Vec<String> {
    let list = || inbox.agnes.get("/conversations/list").expect(200).as_array().unwrap().clone();
    until("everything is sent", || list().len() == conversations);
    let mut said: Vec<String> =
        list().iter().map(|one| one["last_message"].as_str().unwrap().to_owned()).collect();
    said.sort();
    said
}

fn balance(inbox: &Inbox<'_>) -> f64 {
    inbox.agnes.get("/wallet/check-balance").expect(200)["amount"].as_f64().unwrap()
}

on_both! {
    fn a_text_to_two_is_a_message_to_each(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let body = json!({
            "text": "Hello {first_name}, {param1}!", "purpose": "alert", "type": "sms_premium", "sender": "Shop", "with_replies": true,
            "recipients": [{"phone_number": "+33600000001", "first_name": "Ada", "param1": 36}, {"phone_number": "06 00 00 00 02"}],
        });
        let answer = inbox.agnes.post(SEND, &body).expect(201);
        let ticket = answer["sms_ticket"].as_str().unwrap();
        assert!(ticket.len() == 17 && ticket.starts_with("sms_"), "{ticket}");
        assert_eq!(answer, json!({
            "sms_ticket": ticket, "ticket_number": ticket, "number_of_contacts": 2, "total_cost": 0.1,
            "number_of_sms_needed": 1, "residual_credit": 99.9,
        }));
        assert_eq!(said(&inbox, 2), ["Hello , !", "Hello Ada, 36!"]);
        let one = &inbox.agnes.get("/conversations/messages/list?contact=0600000001").expect(200)[0];
        assert_eq!((&one["direction"], &one["channel"]), (&json!("outbound"), &json!("sms")));
        let list = inbox.agnes.get("/conversations/list").expect(200);
        assert_eq!((&list[0]["purpose"], &list[0]["from"]), (&json!("alert"), &json!(ADDRESS)));
        assert_eq!(balance(&inbox), 99.9);
    }

    fn a_text_is_sent_however_it_is_written_down(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let send = |kind: &str, body: &str| -> Answer {
            server.send(inbox.agnes.request(Method::POST, SEND).header(CONTENT_TYPE, kind).body(body.to_owned()))
        };
        for (kind, body) in [
            ("application/json; charset=utf-8", r#"{"text":"Hi (STOP)","recipients":[{"phone_number":"+33600000001"}],"with_replies":"True","sms_type":"sms_premium"}"#),
            ("text/plain", r#"{"text":"Hi (STOP)","recipients":{"0":{"phone_number":33600000001}},"purpose":"PUBLICITY","type":7,"send_at":"soon","simulation_mode":"perhaps"}"#),
            ("application/x-www-form-urlencoded", "text=Hi+STOP&recipients[0][phone_number]=%2B33600000001"),
            ("application/json", "text=Hi+STOP&recipients[]=0600000001&recipients[]=call+me"),
            ("", r#"{"text":["Hi, stop"],"recipients":"06.00.00.00.01","request_id":{},"list_name":null,"sender":[]}"#),
        ] {
            assert_eq!(send(kind, body).expect(201)["number_of_contacts"], 1, "{body}");
        }
        until("all are sent", || {
            inbox.agnes.get("/conversations/list").expect(200)[0]["number_of_messages"] == 5
        });
    }

    fn what_cannot_be_sent_is_refused_by_number_and_costs_nothing(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let used = text(json!({"request_id": "order-1", "send_at": "2100-01-01T00:00:00Z"}));
        inbox.agnes.post(SEND, &used).expect(201);
        let before = server.dump();
        let many: Vec<Value> = (0..501).map(|n| json!(format!("+336{n:08}"))).collect();
        for (path, change, code) in [
            (SEND, json!({"text": null}), 107),
            (SEND, json!({"text": " \u{0}"}), 107),
            (SEND, json!({"text": {"a": "b"}}), 107),
            (SEND, json!({"text": "{param1}"}), 107),
            (SEND, json!({"text": "{param1}", "recipients": ["+33600000101"]}), 107),
            (SEND, json!({"recipients": [{"phone_number": "+33600000001", "first_name": "x".repeat(101)}]}), 125),
            (SEND, json!({"text": "x".repeat(1_225)}), 107),
            (SEND, json!({"recipients": null}), 110),
            (SEND, json!({"recipients": [[], null]}), 110),
            (SEND, json!({"recipients": many}), 110),
            (SEND, json!({"recipients": [{"phone_number": "call me"}, {"email": "ada@example.com"}, {}]}), 117),
            (SEND, json!({"request_id": "order-1"}), 120),
            ("/multi-channel/send", json!({"channel": "email"}), 125),
            ("/multi-channel/send", json!({"channel": "live_chat"}), 125),
            ("/sms-campaign-on-list/create", json!({}), 303),
            ("/sms-campaign-on-list/create", json!({"list_name": "friends", "tag_name": "vip"}), 125),
        ] {
            assert_eq!(error(&inbox.agnes.post(path, &text(change.clone())), 400), code, "{path} {change:.200}");
        }
        for nothing in ["sms_0000000000000", "", "x\u{0}"] {
            let named = json!({"ticket_number": nothing});
            assert_eq!(error(&inbox.agnes.post("/sms-campaign-on-list/send", &named), 404), 404);
            assert_eq!(error(&inbox.agnes.delete("/sms-campaign-on-list/cancel", &named), 404), 404);
        }
        assert_eq!(error(&inbox.agnes.post("/sms-campaign-on-list/create", &text(json!({"list_name": "nobody"}))), 404), 404);
        assert_eq!(server.dump(), before);
    }

    fn an_advertisement_in_france_says_how_to_hear_no_more(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        agnes.post("/contact/create", &json!({"contacts": ["0600000001"], "list_name": "friends"})).expect(201);
        let sale = |change: Value| {
            let mut body = text(json!({"text": "Sale!", "purpose": "wholesale"}));
            body.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
            body
        };
        let before = server.dump();
        for (path, change) in [
            (SEND, json!({})),
            (SEND, json!({"purpose": null})),
            (SEND, json!({"type": "sms_low_cost", "draft": true})),
            ("/multi-channel/send", json!({"channel": "sms"})),
            ("/sms-campaign-on-list/create", json!({"list_name": "friends"})),
        ] {
            let answer = agnes.post(path, &sale(change.clone()));
            assert_eq!(error(&answer, 400), 121, "{path} {change}");
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(message.starts_with("STOP mention ([STOP au 12345]) is missing from your text."), "{message}");
        }
        assert_eq!(server.dump(), before);
        for (path, change) in [
            (SEND, json!({"text": "Sale! STOP au 12345"})),
            (SEND, json!({"purpose": "alert"})),
            (SEND, json!({"simulation_mode": true})),
            (SEND, json!({"recipients": ["+4915112345678"]})),
            ("/multi-channel/send", json!({"channel": "rcs"})),
            ("/multi-channel/send", json!({"channel": "voice_sms"})),
        ] {
            agnes.post(path, &sale(change)).expect(201);
        }
        let free = workspace::Change { stop_mention: Some(false), ..workspace::Change::default() };
        server.operator(None, move |cx| workspace::set(cx, "shop", &free));
        agnes.post(SEND, &sale(json!({}))).expect(201);
    }

    fn who_has_no_credit_or_no_carrier_sends_nothing(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let poor = server.workspace("poor");
        let agent = Agent::of(server, &poor, Kind::Agent, "petra");
        assert_eq!(error(&agent.post(SEND, &text(json!({}))), 400), 106);
        let new = || carrier::New { kind: carrier::Kind::Handset, address: ADDRESS.into(), url: None };
        server.operator(Some(&poor), move |cx| carrier::add(cx, &new()));
        assert_eq!(error(&agent.post(SEND, &text(json!({}))), 400), 104);
        agent.post(SEND, &text(json!({"simulation_mode": true}))).expect(201);
        let customer = Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        assert_eq!(error(&customer.post(SEND, &text(json!({}))), 403), 207);
        assert_eq!(balance(&inbox), 100.0);
    }

    fn for_show_nothing_is_sent_and_paid(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        for yes in [json!(true), json!("true"), json!(1)] {
            let answer = inbox.agnes.post(SEND, &text(json!({"simulation_mode": yes}))).expect(201);
            assert_eq!((&answer["number_of_contacts"], &answer["residual_credit"]), (&json!(1), &json!(100)));
        }
        inbox.agnes.post(SEND, &text(json!({"text": "For real"}))).expect(201);
        assert_eq!(said(&inbox, 1), ["For real"]);
    }

    fn through_another_channel_goes_the_same_ticket(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        for (channel, prefix) in [(json!("rcs"), "sms_"), (json!("voice_sms"), "vocal_"), (json!("telex"), "sms_"), (Value::Null, "sms_")] {
            let answer = inbox.agnes.post("/multi-channel/send", &text(json!({"channel": channel}))).expect(201);
            assert!(answer["ticket_number"].as_str().unwrap().starts_with(prefix), "{channel}: {answer}");
            assert!(answer.get("code").is_none());
        }
        until("all are sent", || {
            inbox.agnes.get("/conversations/list").expect(200)[0]["number_of_messages"] == 4
        });
    }

    fn who_opted_out_is_left_out_and_named(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        inbox.hear("+33600000001", "Stop!");
        let both = json!({"recipients": ["+33600000001", "+33600000002"], "text": "Hello"});
        let answer = inbox.agnes.post(SEND, &text(both)).expect(201);
        assert_eq!((&answer["number_of_contacts"], &answer["blacklisted_numbers"]), (&json!(1), &json!(["+33600000001"])));
        until("the other is written to", || {
            inbox.agnes.get("/conversations/messages/list?contact=0600000002").expect(200).as_array().unwrap().len() == 1
        });
        let said = inbox.agnes.get("/conversations/messages/list?contact=0600000001").expect(200);
        let says = |text: &str| said.as_array().unwrap().iter().any(|message| message["text"] == text);
        assert!(says("Stop!") && !says("Hello"), "{said}");
    }

    fn a_campaign_to_a_list_waits_until_somebody_sends_it(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let contacts = json!({"contacts": [{"phone_number": "0600000001", "first_name": "Ada"}, "0600000002"], "list_name": "friends", "tag_name": "vip"});
        agnes.post("/contact/create", &contacts).expect(201);
        for (path, named) in [("/sms-campaign-on-list", json!({"list_name": "friends"})), ("/sms-campaign-on-tag", json!({"tag_name": "vip"}))] {
            let before = balance(&inbox);
            let made = agnes.post(&format!("{path}/create"), &text(named)).expect(201);
            let ticket = json!({"ticket_number": made["ticket_number"]});
            let status = || agnes.get(&format!("{path}/status?ticket_number={}", made["ticket_number"].as_str().unwrap())).expect(200);
            assert_eq!(status(), json!({"number_of_contacts": 2, "cost": 0.1, "status": "ready_to_be_send"}));
            assert_eq!(balance(&inbox), before);
            let sent = agnes.post(&format!("{path}/send"), &ticket).expect(200);
            assert!(sent["sending_date"].as_str().unwrap().ends_with("+00:00"), "{sent}");
            until("it is sent", || status()["status"] == "sent");
            assert_eq!(error(&agnes.post(&format!("{path}/send"), &ticket), 400), 125);
            assert_eq!(error(&agnes.delete(&format!("{path}/cancel"), &ticket), 400), 125);
        }
        assert_eq!(said(&inbox, 2), ["Hello ", "Hello Ada"]);
    }

    fn a_campaign_to_a_long_list_is_computed_before_it_can_be_sent(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let contacts: Vec<Value> = (0..901).map(|number| json!(format!("+336{number:08}"))).collect();
        agnes.post("/contact/create", &json!({"contacts": contacts, "list_name": "friends"})).expect(201);
        let created = agnes.post("/sms-campaign-on-list/create", &text(json!({"list_name": "friends"}))).expect(201);
        let path = format!("/sms-campaign-on-list/status?ticket_number={}", created["ticket_number"].as_str().unwrap());
        until("it is ready", || {
            let answer = agnes.get(&path);
            if answer.status != 200 {
                assert_eq!(answer.expect(400)["status"], "under_computation");
                return false;
            }
            assert_eq!(answer.json(), json!({"number_of_contacts": 901, "cost": 45.05, "status": "ready_to_be_send"}));
            true
        });
        let ticket = json!({"ticket_number": created["ticket_number"]});
        agnes.post("/sms-campaign-on-list/send", &ticket).expect(200);
        assert_eq!(balance(&inbox), 54.95);
        agnes.delete("/sms-campaign-on-list/cancel", &ticket).expect(204);
        assert!(balance(&inbox) > 54.95, "what was not sent is paid back");
    }

    fn a_campaign_that_is_not_computed_yet_is_400_and_one_that_failed_says_why(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        agnes.post("/contact/create", &json!({"contacts": ["0600000001"], "list_name": "friends"})).expect(201);
        let created = agnes.post("/sms-campaign-on-list/create", &text(json!({"list_name": "friends"}))).expect(201);
        let ticket = created["ticket_number"].as_str().unwrap();
        let status = || agnes.get(&format!("/sms-campaign-on-list/status?ticket_number={ticket}"));
        // Nothing is due, so that the runner leaves it as it is.
        server.execute("UPDATE campaign SET state = 'computing', due_at = NULL");
        assert_eq!(status().expect(400), json!({
            "number_of_contacts": 1, "cost": 0.05, "status": "under_computation", "code": 129,
            "message": "It is still being computed whom this campaign goes to; ask again in a moment.",
        }));
        let named = json!({"ticket_number": ticket});
        assert_eq!(error(&agnes.post("/sms-campaign-on-list/send", &named), 400), 125);
        server.execute("UPDATE campaign SET state = 'failed', problem = 'There was no more paper.'");
        assert_eq!(status().expect(200), json!({
            "number_of_contacts": 1, "cost": 0.05, "status": "failed", "message": "There was no more paper.",
        }));
        let draft = agnes.get(&format!("/sms-campaign/draft?ticket_number={ticket}")).expect(200);
        assert_eq!((&draft["status"], &draft["message"]), (&json!("failed"), &json!("There was no more paper.")));
    }

    fn what_is_called_off_is_not_sent(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let later = text(json!({"send_at": "2100-01-01 00:00:00"}));
        let ticket = json!({"ticket_number": agnes.post(SEND, &later).expect(201)["sms_ticket"]});
        assert_eq!(balance(&inbox), 99.95);
        agnes.delete("/sms-campaign-on-list/cancel", &ticket).expect(204);
        assert_eq!(balance(&inbox), 100.0);
        let draft = agnes.get(&format!("/sms-campaign/draft?ticket_number={}", ticket["ticket_number"].as_str().unwrap()));
        assert_eq!(draft.expect(200), json!({
            "ticket_number": ticket["ticket_number"], "number_of_contacts": 1, "number_of_sms_needed": 1,
            "residual_credit": 100, "total_cost": 0, "status": "cancelled", "message": "", "code": 0,
        }));
        assert_eq!(agnes.get("/conversations/list").expect(200), json!([]));
    }

    fn what_waits_for_a_carrier_that_is_down_is_not_sent_and_can_be_called_off(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        // Nobody listens there.
        let url = || Some("smpp://me:secret@127.0.0.1:1".to_owned());
        let down = move || carrier::New { kind: carrier::Kind::Smpp, address: "54321".into(), url: url() };
        server.operator(Some(&inbox.workspace), move |cx| carrier::add(cx, &down()));
        let many: Vec<Value> = (0..120).map(|n| json!(format!("+336{n:08}"))).collect();
        let sent = agnes.post(SEND, &text(json!({"recipients": many, "sender": "54321"}))).expect(201);
        let path = format!("/sms-campaign-on-list/status?ticket_number={}", sent["sms_ticket"].as_str().unwrap());
        until("all wait", || server.rows("SELECT message FROM submission".to_owned()).len() == 120);
        assert_eq!(agnes.get(&path).expect(200), json!({"number_of_contacts": 120, "cost": 6, "status": "sending"}));
        let ticket = json!({"ticket_number": sent["sms_ticket"]});
        agnes.delete("/sms-campaign-on-list/cancel", &ticket).expect(204);
        until("all is paid back", || balance(&inbox) == 100.0);
        assert_eq!(agnes.get(&path).expect(200), json!({"number_of_contacts": 120, "cost": 0, "status": "cancelled"}));
        assert_eq!(error(&agnes.delete("/sms-campaign-on-list/cancel", &ticket), 400), 125);
        let said = agnes.get("/conversations/messages/list?contact=%2B33600000001").expect(200);
        assert_eq!(said[0]["delivery_status"], "NOT_DELIVERED");
    }

    fn a_draft_is_neither_sent_nor_paid_before_it_is_confirmed(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let draft = inbox.agnes.post(SEND, &text(json!({"draft": "yes"}))).expect(201);
        let ticket = draft["sms_ticket"].as_str().unwrap();
        let shown = || inbox.agnes.get(&format!("/sms-campaign/draft?ticket_number={ticket}")).expect(200);
        assert_eq!((&shown()["status"], balance(&inbox)), (&json!("validated"), 100.0));
        inbox.agnes.post("/sms-campaign-on-list/send", &json!({"sms_ticket": ticket})).expect(200);
        assert_eq!(said(&inbox, 1), ["Hello Ada"]);
        assert_eq!(balance(&inbox), 99.95);
    }

    fn a_ticket_of_another_workspace_names_nothing(server: &Server) {
        let (shop, mall) = (Inbox::open(server, "shop"), Inbox::open(server, "mall"));
        let later = text(json!({"send_at": "2100-01-01 00:00:00"}));
        let ticket = json!({"ticket_number": shop.agnes.post(SEND, &later).expect(201)["sms_ticket"]});
        let before = server.dump();
        let query = format!("?ticket_number={}", ticket["ticket_number"].as_str().unwrap());
        for path in ["/sms-campaign/draft", "/sms-campaign-on-list/status"] {
            assert_eq!(error(&mall.agnes.get(&format!("{path}{query}")), 404), 404, "{path}");
        }
        assert_eq!(error(&mall.agnes.post("/sms-campaign-on-list/send", &ticket), 404), 404);
        assert_eq!(error(&mall.agnes.delete("/sms-campaign-on-tag/cancel", &ticket), 404), 404);
        assert_eq!(server.dump(), before);
    }
}
