//! What is said in one dialect is heard in the others.

use parlance_engine::person::Kind;
use serde_json::{Value, json};

use crate::support::{Database, Server, on_both};

on_both! {
    fn a_buyer_asks_in_the_marketplace_and_an_agent_answers_in_support(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, agent) = (server.customer(&shop, "ada"), server.user(&shop, Kind::Agent, "agnes"));
        server.customer(&shop, "bob");
        let about = json!({"recipientId": "bob", "source": {"type": "ORDER", "id": "o-1"}, "body": "Where is my\norder?"});
        let id = ada.post("/conversations", &about).expect(201)["id"].as_str().unwrap().to_owned();
        let ticket = &agent.get("/v2/conversations").expect(200)[0];
        assert_eq!(
            (&ticket["conversationId"], &ticket["title"], &ticket["status"]),
            (&json!(id), &json!("Where is my"), &json!("open"))
        );
        let thread = agent.get(&format!("/v2/conversations/{id}/messages")).expect(200);
        assert_eq!(thread[1]["messageContent"], "Where is my\norder?");
        let answer = json!({"messageContent": "On its way, see www.parcel.example"});
        agent.post(&format!("/v2/conversations/{id}/messages"), &answer).expect(201);
        let note = json!({"messageContent": "She is angry.", "internal": true});
        agent.post(&format!("/v2/conversations/{id}/messages"), &note).expect(201);
        let messages = ada.get(&format!("/conversations/{id}/messages")).expect(200);
        assert_eq!(bodies(&messages), ["On its way, see [link removed]", "Where is my\norder?"]);
        assert_eq!(ada.get("/conversations").expect(200)[0]["lastMessage"]["body"], "On its way, see [link removed]");
        assert_eq!(agent.get("/v2/conversations").expect(200)[0]["status"], "answered");
        ada.post(&format!("/conversations/{id}/messages"), &json!({"body": "Thank you."})).expect(201);
        assert_eq!(agent.get(&format!("/v2/conversations/{id}")).expect(200)["status"], "open");
    }

    fn what_is_locked_there_takes_no_message_here(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, agent) = (server.customer(&shop, "ada"), server.user(&shop, Kind::Agent, "agnes"));
        server.customer(&shop, "bob");
        let about = json!({"recipientId": "bob", "source": {"type": "ORDER", "id": "o-1"}, "body": "Hello."});
        let id = ada.post("/conversations", &about).expect(201)["id"].as_str().unwrap().to_owned();
        ada.post(&format!("/conversations/{id}/lock"), &json!({})).expect(200);
        let path = format!("/v2/conversations/{id}/messages");
        assert_eq!(agent.post(&path, &json!({"messageContent": "Hello."})).expect(403)["type"], "ForbiddenError");
    }

    fn a_marketplace_knows_of_no_ticket(server: &Server) {
        let shop = server.workspace("shop");
        let ada = server.customer(&shop, "ada");
        let begun = ada.post("/v2/conversations", &json!({"messageContent": "Hello."})).expect(201);
        let id = begun["conversationId"].as_str().unwrap();
        let before = server.dump();
        assert_eq!(ada.get("/conversations").expect(200), json!([]));
        ada.get(&format!("/conversations/{id}/messages")).expect(404);
        ada.post(&format!("/conversations/{id}/messages"), &json!({"body": "Hello?"})).expect(404);
        ada.post(&format!("/conversations/{id}/lock"), &json!({})).expect(404);
        assert_eq!(server.dump(), before);
    }
}

fn bodies(messages: &Value) -> Vec<&str> {
    messages.as_array().unwrap().iter().map(|m| m["body"].as_str().unwrap()).collect()
}
