//! Contacts, and the lists and tags under which they are gathered.

use parlance_engine::person::Kind;
use serde_json::{Value, json};

use super::base::error;
use super::inbox::{Agent, Inbox};
use crate::support::{Database, Server, on_both};

/// Contacts by phone and name.
fn known(server: &Server) -> Vec<String> {
    sorted(
        server,
        "SELECT COALESCE(phone, email) || ' ' || first_name || ' ' || last_name || ' ' || param1 AS c FROM contact",
    )
}

/// Who is on what.
fn listed(server: &Server) -> Vec<String> {
    sorted(
        server,
        "SELECT m.kind || ' ' || m.name || ' ' || COALESCE(c.phone, c.email) AS c FROM contact_list_member m
         JOIN contact c ON c.workspace = m.workspace AND c.person = m.person",
    )
}

fn sorted(server: &Server, sql: &str) -> Vec<String> {
    let mut rows = server.texts(sql);
    rows.sort();
    rows
}

fn create(who: &Agent<'_>, body: Value) -> Value {
    who.post("/contact/create", &body).expect(201)
}

on_both! {
    fn contacts_are_kept_on_the_lists_that_are_named(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let body = json!({
            "contacts": [
                {"phone_number": "0600000001", "first_name": "Ada", "last_name": "Lovelace", "param1": 36, "email": "ada@example.com"},
                {"phone_number": 33600000002_i64, "first_name": ["x", "Bob"]},
                "+33 6 00 00 00 03", {"email": "Carol@Example.com"}, {"phone_number": "call me"}, {}, null, 7,
            ],
            "list_name": "friends", "list_names": ["family"], "tag_name": "vip",
        });
        assert_eq!(create(&inbox.agnes, body), json!({"number_of_contacts": 4}));
        assert_eq!(known(server), [
            "+33600000001 Ada Lovelace 36", "+33600000002 Bob  ", "+33600000003   ", "carol@example.com   ",
        ]);
        let on = listed(server);
        assert_eq!(on.len(), 12, "{on:?}");
        assert!(on.contains(&"tag vip +33600000003".to_owned()), "{on:?}");
        let again = json!({
            "contacts": "0600000001", "un_list": "friends", "un_tag": ["vip"], "list_name": "friends\u{0}\n",
        });
        create(&inbox.agnes, again);
        assert_eq!(listed(server).len(), 10);
    }

    fn what_is_known_is_written_over_unless_that_is_not_wanted(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let named = |name: &str| json!([{"phone_number": "0600000001", "first_name": name}]);
        create(&inbox.agnes, json!({"contacts": named("Ada")}));
        create(&inbox.agnes, json!({"contacts": named("Eve"), "do_not_overwrite": "True"}));
        assert_eq!(known(server), ["+33600000001 Ada  "]);
        create(&inbox.agnes, json!({"contacts": named("Eve"), "do_not_overwrite": "perhaps"}));
        assert_eq!(known(server), ["+33600000001 Eve  "]);
        inbox.hear("+33600000001", "It is me");
        assert_eq!(inbox.agnes.get("/conversations").expect(200)[0]["recipient_details"]["name"], "Eve");
        create(&inbox.agnes, json!({"contacts": named("Ada")}));
        assert_eq!(inbox.agnes.get("/conversations").expect(200)[0]["recipient_details"]["name"], "Ada");
    }

    fn contacts_leave_a_list_or_are_forgotten(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        create(agnes, json!({"contacts": ["0600000001", "0600000002"], "list_names": ["friends", "family"]}));
        agnes.delete("/contact/delete", &json!({"phone_numbers": ["06 00 00 00 01"], "list_name": "friends"})).expect(204);
        assert_eq!(listed(server), ["list family +33600000001", "list family +33600000002", "list friends +33600000002"]);
        agnes.delete("/contact/delete?phone_numbers[]=0600000002&phone_numbers[]=0600000009", &json!({})).expect(204);
        assert_eq!(listed(server), ["list family +33600000001"]);
        assert_eq!(error(&agnes.delete("/contact/delete", &json!({"phone_numbers": [{}]})), 400), 110);
    }

    fn lists_are_made_emptied_and_ended(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let agnes = &inbox.agnes;
        let friends = json!({"list_name": "friends"});
        agnes.post("/contact-list/create", &friends).expect(201);
        create(agnes, json!({"contacts": ["0600000001"], "list_name": "friends"}));
        agnes.post("/contact-list/empty", &friends).expect(200);
        assert_eq!((listed(server).len(), known(server).len()), (0, 1));
        agnes.delete("/contact-list/delete", &friends).expect(204);
        let before = server.dump();
        assert_eq!(error(&agnes.delete("/contact-list/delete", &friends), 404), 404);
        assert_eq!(error(&agnes.post("/contact-list/empty", &friends), 404), 404);
        assert_eq!(error(&agnes.post("/contact-list/create", &json!({"list_name": "x".repeat(31)})), 400), 303);
        assert_eq!(error(&agnes.post("/contact-list/create", &json!({"name": "friends"})), 400), 303);
        assert_eq!(error(&agnes.post("/contact/create", &json!({"contacts": ["none"], "list_name": "new"})), 400), 117);
        let many: Vec<Value> = (0..1_001).map(|n| json!(format!("+336{n:08}"))).collect();
        assert_eq!(error(&agnes.post("/contact/create", &json!({"contacts": many})), 400), 305);
        assert_eq!(error(&agnes.delete("/contact/delete", &json!({"phone_numbers": many})), 400), 305);
        assert_eq!(server.dump(), before);
        agnes.post("/contact-list/create", &friends).expect(201);
        assert_eq!(error(&agnes.post("/contact-list/create", &friends), 400), 125);
    }

    fn contacts_are_the_agents_business(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let ada = Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        let before = server.dump();
        assert_eq!(error(&ada.post("/contact/create", &json!({"contacts": ["0600000001"]})), 403), 207);
        assert_eq!(error(&ada.post("/contact-list/create", &json!({"list_name": "friends"})), 403), 207);
        assert_eq!(error(&ada.delete("/contact/delete", &json!({"phone_numbers": "0600000001"})), 403), 207);
        assert_eq!(server.dump(), before);
    }
}
