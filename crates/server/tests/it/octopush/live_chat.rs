//! An answer in conversations that there are: `multi-channel/send` with the channel `live_chat`.

use parlance_engine::conversation::ticket::{self, New};
use parlance_engine::person::Kind;
use parlance_engine::{ConversationId, Principal};
use serde_json::{Value, json};

use super::base::error;
use super::inbox::{Agent, Inbox};
use crate::support::{Answer, Database, Server, on_both};

/// The conversation in which somebody wrote just now.
fn heard(inbox: &Inbox<'_>, from: &str) -> String {
    inbox.hear(from, "Hello?");
    inbox.agnes.get("/conversations/list").expect(200)[0]["conversation_id"].as_str().unwrap().to_owned()
}

fn answer(inbox: &Inbox<'_>, recipients: &Value, change: &Value) -> Answer {
    let mut body = json!({"channel": "live_chat", "text": "Good day{param1}", "recipients": recipients});
    body.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    inbox.agnes.post("/multi-channel/send", &body)
}

fn said(inbox: &Inbox<'_>, id: &str) -> Vec<String> {
    let list = inbox.agnes.get(&format!("/conversations/messages/list?contact=cid_{id}")).expect(200);
    list.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    fn a_text_is_said_in_the_conversations_that_are_named(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let (one, two) = (heard(&inbox, "+33600000001"), heard(&inbox, "38200"));
        let recipients = json!([{"conversation_id": one, "param1": ", Ada"}, {"conversation_id": format!("cid_{}", two.to_uppercase())}]);
        let sent = answer(&inbox, &recipients, &json!({})).expect(201);
        let ticket = sent["ticket_number"].as_str().unwrap();
        assert!(ticket.starts_with("chat_"), "{ticket}");
        assert_eq!(sent, json!({
            "sms_ticket": ticket, "ticket_number": ticket, "number_of_contacts": 2, "total_cost": 0.1,
            "number_of_sms_needed": 1, "residual_credit": 99.9,
        }));
        assert_eq!((said(&inbox, &one), said(&inbox, &two)), (
            vec!["Good day, Ada".to_owned(), "Hello?".into()], vec!["Good day".to_owned(), "Hello?".into()],
        ));
        let message = &inbox.agnes.get(&format!("/conversations/messages/list?contact=cid_{one}")).expect(200)[0];
        assert_eq!((&message["channel"], &message["direction"]), (&json!("sms"), &json!("outbound")));
        assert_eq!(inbox.agnes.get("/wallet/check-balance").expect(200)["amount"], 99.9);
    }

    fn a_conversation_is_named_in_every_spelling_of_recipients(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let id = heard(&inbox, "+33600000001");
        for recipients in [json!([id]), json!(id), json!({"0": {"conversation_id": id}}), json!([null, {"conversation_id": id, "phone_number": "x"}, id])] {
            assert_eq!(answer(&inbox, &recipients, &json!({})).expect(201)["number_of_contacts"], 1, "{recipients}");
        }
    }

    fn what_cannot_be_said_everywhere_is_said_nowhere(server: &Server) {
        let (inbox, mall) = (Inbox::open(server, "shop"), Inbox::open(server, "mall"));
        let (id, foreign) = (heard(&inbox, "+33600000001"), heard(&mall, "+33600000001"));
        let carl = server.user(&inbox.workspace, Kind::Customer, "carl").id;
        let ticket = ticket_of(server, &inbox, carl);
        inbox.hear("+33600000002", "STOP");
        let stopped = inbox.agnes.get("/conversations/list").expect(200)[0]["conversation_id"].clone();
        let used = json!({"request_id": "r-1"});
        answer(&inbox, &json!([id]), &used).expect(201);
        // What was sent before is still on its way, so not everything stands still.
        let kept = || ["message", "ledger", "campaign_request", "contact_list"].map(|table| server.rows(format!("SELECT * FROM {table}")).len());
        let before = kept();
        for (recipients, change, code) in [
            (json!([id, foreign]), json!({}), 125),
            (json!([id, ticket.to_string()]), json!({}), 125),
            (json!([id, "x"]), json!({}), 125),
            (json!([id, {"phone_number": "+33600000001"}]), json!({}), 125),
            (json!([id, stopped]), json!({}), 125),
            (json!([]), json!({}), 110),
            (json!([id]), json!({"text": " "}), 107),
            (json!([id]), json!({"text": "{param1} "}), 107),
            (json!([id]), json!({"text": "x".repeat(1_225)}), 107),
            (json!([id]), json!({"send_at": "2100-01-01 00:00:00"}), 125),
            (json!([id]), json!({"draft": true}), 125),
            (json!([id]), used, 120),
            (json!([id]), json!({"list_name": "x".repeat(31)}), 303),
            (json!([{"email": "ada@example.com"}]), json!({"channel": "email"}), 125),
        ] {
            assert_eq!(error(&answer(&inbox, &recipients, &change), 400), code, "{recipients} {change:.100}");
        }
        assert_eq!(kept(), before);
        let customer = Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        let body = json!({"channel": "live_chat", "text": "Hi", "recipients": [id]});
        assert_eq!(error(&customer.post("/multi-channel/send", &body), 403), 207);
    }

    fn for_show_nothing_is_said(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let id = heard(&inbox, "+33600000001");
        let shown = answer(&inbox, &json!([id]), &json!({"simulation_mode": true})).expect(201);
        assert_eq!((&shown["total_cost"], &shown["residual_credit"]), (&json!(0.05), &json!(100)));
        assert_eq!(said(&inbox, &id), ["Hello?"]);
    }
}

/// A conversation of another dialect.
fn ticket_of(server: &Server, inbox: &Inbox<'_>, who: parlance_engine::PersonId) -> ConversationId {
    use parlance_engine::access::{Caller, Scope};
    let workspace = inbox.workspace.id;
    let caller = Caller {
        workspace,
        person: who,
        kind: Kind::Customer,
        can_write: true,
        token: None,
        scope: Scope::All,
    };
    let start = |cx: &mut parlance_engine::Cx<'_>| ticket::start(cx, &New::default());
    server.engine.write_blocking(Principal::from(caller), start).expect("a ticket")
}
