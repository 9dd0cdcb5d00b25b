//! What may not be said in a marketplace, seen from its clients. The rules themselves are the engine's and tested there.

use parlance_engine::workspace::{self, Change};
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

/// What is typed, and what is shown with every rule on.
const SAID: [(&str, &str); 6] = [
    ("Look at https://example.com/x now", "Look at [link removed] now"),
    ("Write to ada at example dot com", "Write to [link removed]"),
    ("Thanks 👍🏽👨‍👩‍👧🇫🇷", "Thanks"),
    ("What the f.u.c.k", "What the *******"),
    ("The class assesses Scunthorpe, © 2026, 3.5 kg", "The class assesses Scunthorpe, © 2026, 3.5 kg"),
    ("Größe 38, « à bientôt », ¿sí?", "Größe 38, « à bientôt », ¿sí?"),
];

fn order(id: &str, body: &str) -> Value {
    json!({"source": {"type": "LISTING", "id": id}, "recipientId": "bob", "body": body})
}

/// What is shown of `typed`, said first in a conversation and said later.
fn shown(ada: &User<'_>, id: &str, typed: &str) -> [Value; 2] {
    let begun = ada.post("/conversations", &order(id, typed)).expect(201);
    let path = format!("/conversations/{}/messages", begun["id"].as_str().unwrap());
    let sent = ada.post(&path, &json!({ "body": typed })).expect(201);
    [begun["lastMessage"]["body"].clone(), sent["body"].clone()]
}

on_both! {
    fn links_emoji_and_profanity_are_taken_out_when_it_begins_and_ever_after(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        for (n, (typed, clean)) in SAID.into_iter().enumerate() {
            assert_eq!(shown(&ada, &format!("l-{n}"), typed), [clean, clean], "{typed:?}");
        }
        let refusal = ada.post("/conversations", &order("l-x", "👍")).expect(400);
        assert_eq!(refusal["code"], "invalid");
    }

    fn a_workspace_may_switch_each_rule_off(server: &Server) {
        let rule = |remove_links, remove_emoji, mask_profanity| Change {
            remove_links: Some(remove_links),
            remove_emoji: Some(remove_emoji),
            mask_profanity: Some(mask_profanity),
            ..Change::default()
        };
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let typed = "👍 shit https://example.com";
        let cases = [
            (rule(false, true, true), "**** https://example.com"),
            (rule(true, false, true), "👍 **** [link removed]"),
            (rule(true, true, false), "shit [link removed]"),
            (rule(false, false, false), typed),
        ];
        for (n, (change, clean)) in cases.into_iter().enumerate() {
            server.operator(None, move |cx| workspace::set(cx, "shop", &change));
            assert_eq!(shown(&ada, &format!("l-{n}"), typed), [clean, clean]);
        }
    }
}
