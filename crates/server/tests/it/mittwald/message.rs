//! What is said in tickets.

use parlance_engine::person::Kind;
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

on_both! {
    fn an_author_changes_a_message_and_nobody_else_does(server: &Server) {
        let talk = Talk::new(server);
        let said = talk.say(&talk.ada, "Helo.");
        let path = format!("{}/{said}", talk.messages());
        assert_eq!(talk.ada.patch(&path, &json!({"messageContent": "Hello."})).expect(200), json!({ "messageId": said }));
        talk.ada.patch(&path, &json!({})).expect(200);
        assert_eq!(talk.ada.get(&talk.messages()).expect(200)[1]["messageContent"], "Hello.");
        let before = server.dump();
        talk.agent.patch(&path, &json!({"messageContent": "Bye."})).expect(403);
        talk.stranger.patch(&path, &json!({"messageContent": "Bye."})).expect(404);
        talk.ada.patch(&path, &json!({"messageContent": 1})).expect(400);
        talk.ada.patch(&format!("{}/{}", talk.messages(), talk.id), &json!({"messageContent": "Bye."})).expect(404);
        assert_eq!(server.dump(), before);
    }

    fn a_message_that_says_and_shows_nothing_is_refused_as_the_client_expects(server: &Server) {
        let talk = Talk::new(server);
        for body in [json!({}), json!({"messageContent": " \n"}), json!({"fileIds": []}), json!([])] {
            let refused = talk.ada.post(&talk.messages(), &body).expect(400);
            let fault = &refused["validationErrors"][0];
            assert_eq!((&fault["type"], &fault["path"]), (&json!("minimum"), &json!(".fileIds")), "{body}");
        }
        talk.ada.post(&talk.messages(), &json!({"messageContent": "x".repeat(8_000)})).expect(201);
        talk.ada.post(&talk.messages(), &json!({"messageContent": "x".repeat(8_001)})).expect(400);
    }

    fn what_agents_say_among_themselves_stays_there(server: &Server) {
        let talk = Talk::new(server);
        talk.say(&talk.ada, "Hello.");
        let note = json!({"messageContent": "He is angry.", "internal": true});
        talk.agent.post(&talk.messages(), &note).expect(201);
        talk.ada.post(&talk.messages(), &note).expect(403);
        assert!(!talk.ada.get(&talk.messages()).expect(200).to_string().contains("angry"));
        let seen = talk.agent.get(&talk.messages()).expect(200);
        assert_eq!((&seen[2]["internal"], &seen[1]["internal"]), (&json!(true), &json!(false)));
        let list = talk.ada.get("/v2/conversations").expect(200);
        assert_eq!((&list[0]["status"], &list[0]["lastMessageBy"]["clearName"]), (&json!("open"), &json!("ada")));
    }

    fn a_stranger_reads_and_says_nothing(server: &Server) {
        let talk = Talk::new(server);
        talk.say(&talk.ada, "Hello.");
        let before = server.dump();
        talk.stranger.get(&talk.messages()).expect(404);
        talk.stranger.post(&talk.messages(), &json!({"messageContent": "Hello?"})).expect(404);
        talk.stranger.get(&format!("/v2/conversations/{}/members", talk.id)).expect(404);
        talk.stranger.put(&format!("/v2/conversations/{}/status", talk.id), &json!({"status": "closed"})).expect(404);
        assert_eq!(server.dump(), before);
        let members = talk.ada.get(&format!("/v2/conversations/{}/members", talk.id)).expect(200);
        assert_eq!(members.as_array().unwrap().len(), 1);
    }
}

/// A ticket of Ada's, an agent, and somebody who has nothing to do with it.
struct Talk<'s> {
    ada: User<'s>,
    agent: User<'s>,
    stranger: User<'s>,
    id: String,
}

impl<'s> Talk<'s> {
    fn new(server: &'s Server) -> Talk<'s> {
        let desk = server.workspace("desk");
        let (ada, stranger) = (server.customer(&desk, "ada"), server.customer(&desk, "eve"));
        let agent = server.user(&desk, Kind::Agent, "agnes");
        let begun = ada.post("/v2/conversations", &json!({"title": "The mail"})).expect(201);
        let id = begun["conversationId"].as_str().unwrap().to_owned();
        Talk { ada, agent, stranger, id }
    }

    fn messages(&self) -> String {
        format!("/v2/conversations/{}/messages", self.id)
    }

    fn say(&self, who: &User<'_>, text: &str) -> String {
        let said: Value = who.post(&self.messages(), &json!({ "messageContent": text })).expect(201);
        said["messageId"].as_str().unwrap().to_owned()
    }
}
