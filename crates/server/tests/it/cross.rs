//! What is said in one dialect is heard in the others.

use parlance_engine::carrier;
use parlance_engine::channel::Channel;
use parlance_engine::conversation::line::{self, Heard};
use parlance_engine::person::Kind;
use parlance_engine::workspace::{self, Workspace};
use serde_json::{Value, json};

use crate::support::ledger::rows;
use crate::support::process::Installation;
use crate::support::{Database, Server, client, on_both, until};

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

    fn a_text_message_is_a_conversation_that_an_agent_answers_in_support(server: &Server) {
        let shop = phone_shop(server);
        let agent = server.user(&shop, Kind::Agent, "agnes");
        text(server, &shop, "06 12 34 56 78", "Do you have it in green?");
        let ticket = &agent.get("/v2/conversations").expect(200)[0];
        assert_eq!((&ticket["title"], &ticket["status"]), (&json!("+33612345678"), &json!("open")));
        assert_eq!((&ticket["mainUser"], &ticket["createdBy"]), (&ticket["lastMessageBy"], &ticket["mainUser"]));
        let path = format!("/v2/conversations/{}", ticket["conversationId"].as_str().unwrap());
        assert_eq!(agent.get(&path).expect(200)["shortId"], ticket["shortId"]);
        let members = agent.get(&format!("{path}/members")).expect(200);
        assert_eq!(members.as_array().map(Vec::len), Some(1));
        let user = agent.get(&format!("/v2/users/{}", members[0]["userId"].as_str().unwrap())).expect(200);
        assert_eq!((&user["phoneNumber"], &user["email"]), (&json!("+33612345678"), &Value::Null));
        let messages = format!("{path}/messages");
        agent.post(&messages, &json!({"messageContent": "Yes, in two sizes."})).expect(201);
        let note = json!({"messageContent": "We have one left.", "internal": true});
        agent.post(&messages, &note).expect(201);
        let out = "SELECT idx FROM message WHERE body = 'Yes, in two sizes.' AND channel = 'sms' AND delivery IS NOT NULL";
        assert_eq!(server.rows(out.into()).len(), 1, "it goes out as a text message");
        assert_eq!(agent.get(&path).expect(200)["status"], "answered");
        text(server, &shop, "+33612345678", "stop");
        let thread = agent.get(&messages).expect(200);
        let said = thread.as_array().unwrap().iter().filter(|item| item["type"] == "MESSAGE");
        let said: Vec<&str> = said.filter_map(|item| item["messageContent"].as_str()).collect();
        assert_eq!(said[..4], ["Do you have it in green?", "Yes, in two sizes.", "We have one left.", "stop"]);
        assert!(said[4].starts_with("shop : "), "they are told that they were understood");
        let refused = agent.post(&messages, &json!({"messageContent": "One more thing:"})).expect(400);
        assert!(refused.to_string().contains("opted out"), "{refused}");
    }

    fn whoever_writes_without_a_name_is_called_by_where_they_write_from(server: &Server) {
        let shop = phone_shop(server);
        let agent = server.user(&shop, Kind::Agent, "agnes");
        for (sender, called) in [("06 12 34 56 78", "+33612345678"), ("DHL-Info", "DHL-Info"), ("36111", "36111")] {
            text(server, &shop, sender, "Your parcel is here.");
            let ticket = &agent.get("/v2/conversations").expect(200)[0];
            assert_eq!((&ticket["title"], &ticket["mainUser"]["clearName"]), (&json!(called), &json!(called)));
            assert_eq!(ticket["lastMessageBy"], ticket["mainUser"]);
            let user = agent.get(&format!("/v2/users/{}", ticket["mainUser"]["userId"].as_str().unwrap())).expect(200);
            assert_eq!(user["person"], json!({"firstName": called, "lastName": "-"}));
        }
    }

    fn a_marketplace_knows_of_no_text_message(server: &Server) {
        let shop = phone_shop(server);
        let agent = server.user(&shop, Kind::Agent, "agnes");
        text(server, &shop, "+33612345678", "Hello?");
        let id = agent.get("/v2/conversations").expect(200)[0]["conversationId"].as_str().unwrap().to_owned();
        assert_eq!(agent.get("/conversations").expect(200), json!([]));
        agent.get(&format!("/conversations/{id}/messages")).expect(404);
        agent.post(&format!("/conversations/{id}/messages"), &json!({"body": "Hello?"})).expect(404);
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

/// Whoever answers, by their login and their token, in the words of each dialect.
struct Agent {
    url: String,
    token: String,
}

impl Agent {
    fn get(&self, path: &str) -> Value {
        self.ask(client().get(format!("{}{path}", self.url)))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask(client().post(format!("{}{path}", self.url)).json(body))
    }

    fn ask(&self, request: reqwest::RequestBuilder) -> Value {
        let request = request.header("api-login", "agnes@example.com").header("api-key", &self.token);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let answer = request.bearer_auth(&self.token).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.json().await.unwrap()
        })
    }
}

/// A text from a telephone, seen and answered in every dialect that has words for it.
fn a_text(database: Database) {
    let installation = Installation::new(database);
    let command = |line: &str| installation.command(&line.split(' ').collect::<Vec<_>>());
    command("workspace add shop");
    command("credit add --workspace shop --amount 1");
    command("person add --workspace shop --kind agent --external-id agnes --email agnes@example.com");
    let token = command("token add --workspace shop --person agnes")["token"].as_str().unwrap().to_owned();
    let server = installation.start();
    let agnes = Agent { url: server.url.clone(), token };
    command("carrier add --workspace shop --kind handset --address 12345");
    command("handset say --workspace shop --from +33600000001 --to 12345 Hello?");

    let inbox = agnes.get("/v1/public/conversations/list");
    let id = inbox[0]["conversation_id"].as_str().unwrap();
    assert_eq!((inbox.as_array().unwrap().len(), &inbox[0]["last_message"]), (1, &json!("Hello?")));
    let tickets = agnes.get("/v2/conversations");
    assert_eq!((tickets.as_array().unwrap().len(), &tickets[0]["conversationId"]), (1, &json!(id)));
    let stored = "SELECT m.body, c.id FROM message m JOIN conversation c ON c.workspace = m.workspace AND c.id = m.conversation";
    assert_eq!(rows(&installation.database, stored), [["Hello?", id]]);
    let orders = client().get(format!("{}/conversations", server.url));
    assert_eq!(agnes.ask(orders), json!([]), "a marketplace has no word for it");

    agnes.post(&format!("/v2/conversations/{id}/messages"), &json!({"messageContent": "Good morning."}));
    let received = || command("handset read --workspace shop --phone +33600000001");
    until("the answer on the telephone", || received() != json!([]));
    assert_eq!((&received()[0]["from"], &received()[0]["text"]), (&json!("12345"), &json!("Good morning.")));
    let messages = || agnes.get("/v1/public/conversations/messages/list?contact=0600000001");
    until("the report", || messages()[0]["delivery_status"] == "DELIVERED");
    let said: Vec<Value> =
        messages().as_array().unwrap().iter().map(|m| json!([m["direction"], m["text"]])).collect();
    assert_eq!(said, [json!(["outbound", "Good morning."]), json!(["inbound", "Hello?"])]);
}

#[test]
fn a_text_is_seen_and_answered_in_every_dialect_sqlite() {
    a_text(Database::sqlite());
}

#[test]
fn a_text_is_seen_and_answered_in_every_dialect_postgres() {
    Database::postgres().into_iter().for_each(a_text);
}

fn bodies(messages: &Value) -> Vec<&str> {
    messages.as_array().unwrap().iter().map(|m| m["body"].as_str().unwrap()).collect()
}

/// A workspace with a simulated carrier, which pays for nothing.
fn phone_shop(server: &Server) -> Workspace {
    let unbilled = workspace::Change { billing: Some(false), ..workspace::Change::default() };
    let shop = server.workspace_with("shop", unbilled);
    let new = carrier::New { kind: carrier::Kind::Handset, address: "12345".into(), url: None };
    server.operator(Some(&shop), move |cx| carrier::add(cx, &new));
    shop
}

/// A text comes in.
fn text(server: &Server, shop: &Workspace, from: &str, text: &str) {
    let (from, our_address, text) = (from.to_owned(), "12345".to_owned(), text.to_owned());
    let heard = Heard { from, our_address, channel: Channel::Sms, text };
    server.operator(Some(shop), move |cx| line::hear(cx, &heard));
}
