//! A client that hangs up leaves nothing, or the whole message with its event.

use std::collections::HashSet;

use parlance_engine::access::Caller;
use parlance_engine::event::{self, Kind as EventKind};
use parlance_engine::person::Kind;
use parlance_engine::workspace::Workspace;
use parlance_engine::{ConversationId, MessageId, conversation, message, participant};
use serde_json::{Value, json};

use super::talk::text;
use crate::support::raw::hang_up_after;
use crate::support::{Database, Server, User, on_both};

/// How often a client hangs up between its last byte and the answer.
const LAST_MOMENTS: usize = 40;

fn order(id: &str, body: &str) -> Value {
    json!({"source": {"type": "ORDER", "id": id}, "recipientId": "bob", "body": body})
}

fn request(who: &User<'_>, path: &str, body: &Value) -> Vec<u8> {
    let (token, body) = (&who.token, body.to_string());
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json"
    );
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Everything in a conversation as the engine knows it: the bodies, oldest first, which all have their event, stand in
/// an unbroken order and are counted everywhere.
fn whole(server: &Server, shop: &Workspace, who: (&User<'_>, &User<'_>), id: ConversationId) -> Vec<String> {
    let caller = |user: &User<'_>| Caller {
        workspace: shop.id,
        person: user.id,
        kind: Kind::Customer,
        can_write: true,
        token: None,
        scope: parlance_engine::access::Scope::Marketplace,
    };
    let (ada, bob) = (caller(who.0), caller(who.1));
    // What was queued by those who hung up is done before this is.
    server.operator(Some(shop), |_| Ok(()));
    let page = server.engine.read_blocking(ada.into(), move |cx| message::page(cx, id, 0, 10_000)).unwrap();
    let operator = parlance_engine::Principal::Operator(Some(ada.workspace));
    let events = server.engine.read_blocking(operator, |cx| event::page(cx, 0, 100_000)).unwrap();
    let unread = server.engine.read_blocking(bob.into(), participant::unread).unwrap();
    let seen = server.engine.read_blocking(ada.into(), move |cx| conversation::get(cx, id)).unwrap();
    let posted: Vec<MessageId> = events
        .iter()
        .filter(|numbered| {
            numbered.event.kind == EventKind::MessagePosted && numbered.event.conversation == Some(id)
        })
        .filter_map(|numbered| numbered.event.message)
        .collect();
    let stored: Vec<MessageId> = page.messages.iter().rev().map(|message| message.id).collect();
    assert_eq!(posted, stored);
    assert_eq!(posted.iter().collect::<HashSet<_>>().len(), posted.len());
    let count = stored.len() as i64;
    assert_eq!(
        page.messages.iter().rev().map(|m| m.index).collect::<Vec<_>>(),
        (1..=count).collect::<Vec<_>>()
    );
    assert_eq!(seen.items[0].conversation.message_count, count);
    assert!(unread >= count);
    page.messages.into_iter().rev().map(|message| message.body).collect()
}

on_both! {
    fn a_message_that_was_not_sent_to_its_end_is_not_there(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let begun = ada.post("/conversations", &order("o-1", "first")).expect(201);
        let path = format!("/conversations/{}/messages", text(&begun, "id"));
        let sent = request(&ada, &path, &json!({"body": "half"}));
        for offset in 0..sent.len() {
            hang_up_after(server.address(), &sent[..offset]);
        }
        for moment in 0..LAST_MOMENTS {
            hang_up_after(server.address(), &request(&ada, &path, &json!({"body": format!("last {moment}")})));
        }
        server.stop();
        let bodies = whole(server, &shop, (&ada, &bob), text(&begun, "id").parse().unwrap());
        assert!(!bodies.contains(&"half".to_owned()));
        assert_eq!(bodies.iter().collect::<HashSet<_>>().len(), bodies.len(), "each at most once");
    }

    fn a_conversation_that_was_not_sent_to_its_end_is_not_there(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let sent = request(&ada, "/conversations", &order("half", "half"));
        for offset in 0..sent.len() {
            hang_up_after(server.address(), &sent[..offset]);
        }
        for moment in 0..LAST_MOMENTS {
            hang_up_after(server.address(), &request(&ada, "/conversations", &order(&format!("o-{moment}"), "whole")));
        }
        let page = ada.get("/conversations?size=50").expect(200);
        server.stop();
        for conversation in page.as_array().unwrap() {
            assert_ne!(conversation["source"]["id"], "half");
            let bodies = whole(server, &shop, (&ada, &bob), text(conversation, "id").parse().unwrap());
            assert_eq!(bodies, ["whole"]);
        }
    }

    fn what_was_sent_to_its_end_with_a_key_is_there_once_for_whoever_asks_again(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let begun = ada.post("/conversations", &order("o-1", "first")).expect(201);
        let path = format!("/conversations/{}/messages", text(&begun, "id"));
        for moment in 0..LAST_MOMENTS {
            let (key, body) = (format!("k-{moment}"), json!({"body": format!("sent {moment}")}));
            let sent = String::from_utf8(request(&ada, &path, &body)).unwrap();
            let sent = sent.replacen("\r\nhost:", &format!("\r\nidempotency-key: {key}\r\nhost:"), 1);
            hang_up_after(server.address(), sent.as_bytes());
            ada.post_once(&path, &key, &body).expect(201);
        }
        server.stop();
        let bodies = whole(server, &shop, (&ada, &bob), text(&begun, "id").parse().unwrap());
        assert_eq!(bodies.len(), LAST_MOMENTS + 1);
    }
}
