//! Two workspaces: nothing of the one is seen or changed from the other.

use serde_json::json;

use super::base::error;
use super::inbox::Inbox;
use crate::support::{Database, Server, on_both};

on_both! {
    fn nothing_of_another_workspace_is_there(server: &Server) {
        let (shop, mall) = (Inbox::open(server, "shop"), Inbox::open(server, "mall"));
        shop.hear("+33600000001", "A secret of the shop's");
        mall.hear("+33600000002", "A secret of the mall's");
        let id = shop.agnes.get("/conversations").expect(200)[0]["conversation_id"].clone();
        let own = mall.agnes.get("/conversations").expect(200);
        assert_eq!(own.as_array().unwrap().len(), 1);
        assert_eq!(own[0]["last_message"], "A secret of the mall's");
        let before = server.dump();
        let eve = &mall.agnes;
        let messages = |contact: String| eve.get(&format!("/conversations/messages/list?contact={contact}"));
        assert_eq!(messages("%2B33600000001".into()).expect(200), json!([]));
        let foreign = messages(format!("cid_{}", id.as_str().unwrap()));
        let nothing = messages("cid_01938d5c-0000-7000-8000-000000000000".into());
        assert_eq!((error(&foreign, 404), foreign.body), (error(&nothing, 404), nothing.body));
        let assign = json!({"conversation_id": id, "agent_email": "agnes@example.com"});
        assert_eq!(error(&eve.put("/conversations/set-agent", &assign), 404), 404);
        assert_eq!(server.dump(), before);
    }

    fn a_login_of_one_workspace_takes_no_key_of_the_other(server: &Server) {
        let (shop, mut mall) = (Inbox::open(server, "shop"), Inbox::open(server, "mall"));
        // The same address in both: it is the key that tells which is meant.
        assert_eq!(shop.agnes.login, mall.agnes.login);
        shop.hear("+33600000001", "To the shop");
        assert_eq!(mall.agnes.get("/conversations").expect(200), json!([]));
        mall.agnes.login = "olga@example.com".to_owned();
        assert_eq!(error(&mall.agnes.get("/conversations"), 401), 101);
    }

    fn tickets_and_orders_are_no_conversations_here(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let ada = server.customer(&inbox.workspace, "ada");
        let begun = ada.post("/v2/conversations", &json!({"messageContent": "Hello."})).expect(201);
        let id = begun["conversationId"].as_str().unwrap();
        assert_eq!(inbox.agnes.get("/conversations").expect(200), json!([]));
        let messages = inbox.agnes.get(&format!("/conversations/messages/list?contact=cid_{id}"));
        assert_eq!(error(&messages, 404), 404);
        let before = server.dump();
        let assign = json!({"conversation_id": id, "agent_email": "agnes@example.com"});
        assert_eq!(error(&inbox.agnes.put("/conversations/set-agent", &assign), 404), 404);
        assert_eq!(server.dump(), before);
    }
}
