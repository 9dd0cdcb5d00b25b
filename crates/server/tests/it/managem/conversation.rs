use serde_json::json;

use crate::support::{Database, Server, on_both};

on_both! {
    fn two_people_talk_about_an_order(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let order = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": "bob", "body": "Sent yet?"});
        let conversation = ada.post("/conversations", &order).expect(201);
        assert_eq!(conversation["userA"]["id"], "ada");
        assert_eq!(conversation["userB"]["username"], "bob");
        assert_eq!(conversation["lastMessage"]["body"], "Sent yet?");
        let id = conversation["id"].as_str().unwrap();

        assert_eq!(bob.get("/conversations/unread-count").expect(200), json!({"unread": 1}));
        let page = bob.get("/conversations").expect(200);
        assert_eq!(page[0]["id"], id);
        let messages = format!("/conversations/{id}/messages");
        let answer = bob.post(&messages, &json!({"body": "Tomorrow."})).expect(201);
        assert_eq!(answer["sender"]["id"], "bob");
        let shown = bob.get(&messages).expect(200);
        assert_eq!(shown.as_array().unwrap().len(), 2);
        bob.post(&format!("/conversations/{id}/lock"), &json!({})).expect(200);
        assert_eq!(ada.post(&messages, &json!({"body": "Thanks"})).expect(409)["code"], "locked");
        assert_eq!(ada.get("/conversations").expect(200)[0]["locked"], true);
    }
}
