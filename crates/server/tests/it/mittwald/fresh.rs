//! A list that was kept shows nothing that has changed since, whoever changed it.

use parlance_engine::membership::{self, Aggregate};
use parlance_engine::person::{self, Change, Facts, Kind};
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

on_both! {
    fn whatever_changes_in_a_list_is_in_the_next_one(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let agent = server.user(&desk, Kind::Agent, "agnes");
        let project = || Aggregate { domain: "project".into(), kind: "project".into(), id: "p-1".into() };
        for person in [ada.id, bob.id] {
            server.operator(Some(&desk), move |cx| membership::add(cx, person, &project(), "owner"));
        }
        let shared = json!({"domain": "project", "aggregate": "project", "id": "p-1"});
        let begun = ada.post("/v2/conversations", &json!({"title": "One", "sharedWith": shared})).expect(201);
        let path = format!("/v2/conversations/{}", begun["conversationId"].as_str().unwrap());
        let everybody = [&ada, &bob, &agent];
        let see = |field: &str| everybody.map(|who| one(who, field));
        assert_eq!(see("/title"), ["One"; 3].map(Value::from));
        bob.put(&path, &json!({"title": "Two"})).expect(200);
        assert_eq!(see("/title"), ["Two"; 3].map(Value::from));
        agent.post(&format!("{path}/messages"), &json!({"messageContent": "Hello."})).expect(201);
        assert_eq!(see("/lastMessageBy/clearName"), ["agnes"; 3].map(Value::from));
        ada.put(&format!("{path}/status"), &json!({"status": "closed"})).expect(200);
        assert_eq!(see("/status"), ["closed"; 3].map(Value::from));
        let named = Change { facts: Facts { name: Some("Ada L.".into()), ..Facts::default() }, ..Change::default() };
        let id = ada.id;
        server.operator(Some(&desk), move |cx| person::set(cx, id, &named));
        assert_eq!(see("/mainUser/clearName"), ["Ada L."; 3].map(Value::from));
        let id = bob.id;
        server.operator(Some(&desk), move |cx| membership::remove(cx, id, &project()));
        assert_eq!(see("/title"), [json!("Two"), Value::Null, json!("Two")]);
        server.operator(Some(&desk), move |cx| membership::add(cx, id, &project(), "owner"));
        assert_eq!(see("/title"), ["Two"; 3].map(Value::from));
    }
}

#[test]
fn what_one_node_changes_the_other_shows() {
    let Some(database) = Database::postgres() else { return };
    let here = Server::start(database);
    let there = here.another_node();
    let desk = here.workspace("desk");
    let ada = here.customer(&desk, "ada");
    let over_there = there.bearing(&ada, &ada.token);
    for n in 0..20 {
        let begun = ada.post("/v2/conversations", &json!({ "title": n.to_string() })).expect(201);
        let path = format!("/v2/conversations/{}", begun["conversationId"].as_str().unwrap());
        assert_eq!(one(&over_there, "/title"), n.to_string());
        over_there.put(&path, &json!({"title": "changed"})).expect(200);
        assert_eq!(one(&ada, "/title"), "changed");
    }
}

/// A field of the first conversation in somebody's list.
fn one(who: &User<'_>, field: &str) -> Value {
    let list = who.get("/v2/conversations?limit=1").expect(200);
    list.pointer(&format!("/0{field}")).cloned().unwrap_or_default()
}
