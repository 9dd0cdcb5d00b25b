//! Tickets: begin, look, list, change, close.

use parlance_engine::person::Kind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

const ALL: &str = "/v2/conversations";

on_both! {
    fn a_ticket_is_begun_looked_at_and_found_by_its_short_id(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let id = begin(&ada, &json!({"title": "The mail", "messageContent": "It is **down**."}));
        let seen = ada.get(&format!("{ALL}/{id}")).expect(200);
        assert_eq!(seen["title"], "The mail");
        assert_eq!(
            (&seen["status"], &seen["visibility"], &seen["mainUser"]["clearName"], &seen["createdBy"]["userId"]),
            (&json!("open"), &json!("private"), &json!("ada"), &json!(ada.id.to_string()))
        );
        assert_eq!(seen["lastMessage"]["createdBy"], seen["lastMessageBy"]);
        assert_eq!(seen["lastMessage"]["createdAt"], seen["lastMessageAt"]);
        let short = seen["shortId"].as_str().unwrap();
        assert_eq!(ada.get(&format!("{ALL}/{short}")).expect(200), seen);
    }

    fn a_ticket_without_anything_has_a_title_and_nobody_has_spoken(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        for body in [json!({}), json!({"messageContent": "  "})] {
            let seen = ada.get(&format!("{ALL}/{}", begin(&ada, &body))).expect(200);
            assert_eq!((&seen["title"], seen.get("lastMessage")), (&json!("Conversation"), None));
        }
    }

    fn every_array_is_read_in_all_its_spellings(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let [b, a, c] = ["b", "a", "c"].map(|title| begin(&ada, &json!({ "title": title })));
        ada.put(&format!("{ALL}/{c}/status"), &json!({"status": "closed"})).expect(200);
        let list = |query: &str| ids(&ada.get(&format!("{ALL}?{query}")).expect(200));
        for query in [
            "sort=title&order=asc",
            "sort[0]=title&order[0]=asc",
            "sort%5B0%5D=title&order%5B0%5D=asc&skip=0",
            "sort[1]=createdAt&sort[0]=title&order[1]=asc&order[0]=asc",
        ] {
            assert_eq!(list(query), [&*a, &*b, &*c], "{query}");
        }
        assert_eq!(list("sort[0]=title&sort[1]=shortId&order[1]=asc"), [&*c, &*b, &*a], "each key has its own order");
        for query in ["status=open&sort=title", "status[0]=open&sort=title", "status%5B0%5D=open&sort%5B0%5D=title"] {
            assert_eq!(list(query), [&*b, &*a], "{query}");
        }
        assert_eq!(list("status=closed"), [&*c]);
        assert_eq!(list("status=open&status=closed&sort=title"), [&*c, &*b, &*a]);
        assert_eq!(list(""), list("sort=lastMessage.createdAt&order=desc"));
    }

    fn pages_say_which_they_are_and_how_much_there_is(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let all: Vec<String> = (0..5).map(|n| begin(&ada, &json!({ "title": n.to_string() }))).collect();
        let page = |query: &str| {
            let answer = ada.get(&format!("{ALL}?sort=createdAt&order=asc&{query}"));
            let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
            let shown = ["limit", "skip", "page", "totalcount"].map(|name| header(&format!("x-pagination-{name}")));
            (ids(&answer.expect(200)), shown.join(" "))
        };
        assert_eq!(page("limit=2"), (all[..2].to_vec(), "2 0 1 5".into()));
        assert_eq!(page("limit=2&page=2"), (all[2..4].to_vec(), "2 2 2 5".into()));
        assert_eq!(page("limit=2&page=3&skip=0"), (all[4..].to_vec(), "2 4 3 5".into()));
        assert_eq!(page("limit=2&skip=2&page=9"), (all[2..4].to_vec(), "2 2 2 5".into()));
        assert_eq!(page("limit=0"), (vec![], "0 0 1 5".into()));
        assert_eq!(page("skip=10"), (vec![], "100 10 1 5".into()));
        assert_eq!(page("limit=5000").1, "1000 0 1 5");
        for wrong in ["limit=-1", "limit=x", "skip=1.5", "page=", "status=waiting", "sort=priority", "order=up"] {
            let refused = ada.get(&format!("{ALL}?{wrong}")).expect(400);
            assert_eq!(refused["validationErrors"].as_array().unwrap().len(), 1, "{wrong}");
        }
    }

    fn an_agent_lists_the_workspace_and_a_customer_what_is_theirs(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let agent = server.user(&desk, Kind::Agent, "agnes");
        let (of_ada, of_bob) = (begin(&ada, &json!({})), begin(&bob, &json!({})));
        assert_eq!(ids(&agent.get(&format!("{ALL}?sort=shortId&order=asc")).expect(200)), [&*of_ada, &*of_bob]);
        assert_eq!(ids(&bob.get(ALL).expect(200)), [&*of_bob]);
        bob.get(&format!("{ALL}/{of_ada}")).expect(404);
        assert_eq!(agent.get(ALL).headers["x-pagination-totalcount"], "2");
    }

    fn a_change_names_what_changes_and_leaves_the_rest(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let id = begin(&ada, &json!({"title": "Old"}));
        let path = format!("{ALL}/{id}");
        let app = json!({"domain": "app", "aggregate": "appinstallation", "id": "a-12"});
        assert_eq!(ada.put(&path, &json!({"relatedTo": app})).expect(200), json!({ "conversationId": id }));
        ada.put(&path, &json!({"title": "New"})).expect(200);
        ada.put(&path, &json!({})).expect(200);
        let seen = ada.get(&path).expect(200);
        assert_eq!((&seen["title"], &seen["relatedTo"]), (&json!("New"), &app));
        let before = server.dump();
        let refused = ada.put(&path, &json!({"title": 7, "relatedTo": {"domain": "app"}})).expect(400);
        let paths: Vec<&str> =
            refused["validationErrors"].as_array().unwrap().iter().filter_map(|e| e["path"].as_str()).collect();
        assert_eq!(paths[..2], [".title", ".relatedTo"]);
        assert_eq!(server.dump(), before);
    }

    fn a_ticket_is_closed_and_opened_again_by_a_message(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, agent) = (server.customer(&desk, "ada"), server.user(&desk, Kind::Agent, "agnes"));
        let id = begin(&ada, &json!({"messageContent": "Hello."}));
        let status = |who: &User<'_>| who.get(&format!("{ALL}/{id}")).expect(200)["status"].clone();
        agent.post(&format!("{ALL}/{id}/messages"), &json!({"messageContent": "Hello, Ada."})).expect(201);
        assert_eq!(status(&ada), "answered");
        let closed = ada.put(&format!("{ALL}/{id}/status"), &json!({"status": "closed"}));
        assert!(closed.headers["etag"].to_str().unwrap().parse::<i64>().is_ok());
        assert_eq!(closed.expect(200), json!({ "conversationId": id }));
        assert_eq!(status(&agent), "closed");
        ada.post(&format!("{ALL}/{id}/messages"), &json!({"messageContent": "Once more."})).expect(201);
        assert_eq!(status(&ada), "open");
        ada.put(&format!("{ALL}/{id}/status"), &json!({"status": "waiting"})).expect(400);
        let words = said(&ada, &id);
        assert_eq!(
            words,
            ["CONVERSATION_CREATED", "Hello.", "Hello, Ada.", "STATUS_ANSWERED", "STATUS_CLOSED", "Once more.", "STATUS_OPEN"]
        );
    }

    fn the_same_request_sent_twice_begins_one_ticket(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let first = ada.post_once(ALL, "k-1", &json!({"title": "Once"})).expect(201);
        assert_eq!(ada.post_once(ALL, "k-1", &json!({"title": "Once"})).expect(201), first);
        assert_eq!(ids(&ada.get(ALL).expect(200)).len(), 1);
    }

    fn what_cannot_be_a_ticket_is_refused_by_name_and_changes_nothing(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, bob) = (server.customer(&desk, "ada"), server.customer(&desk, "bob"));
        let before = server.dump();
        let user = |id: String| json!({"domain": "user", "aggregate": "user", "id": id});
        for (body, path) in [
            (json!({"mainUserId": bob.id.to_string()}), ".mainUserId"),
            (json!({"mainUserId": "ada"}), ".mainUserId"),
            (json!({"categoryId": "mail"}), ".categoryId"),
            (json!({"sharedWith": user(bob.id.to_string())}), ".sharedWith"),
            (json!({"sharedWith": {"domain": "project", "aggregate": "project", "id": "p-1"}}), ".sharedWith"),
            (json!({"relatedTo": {"domain": "project", "aggregate": "project", "id": "p-1"}}), ".relatedTo"),
            (json!({"messageContent": "x".repeat(8_001)}), ".messageContent"),
            (json!({"notificationRoles": ["customer_owner", "boss"]}), ".notificationRoles[1]"),
            (json!({"title": "x".repeat(256)}), ".title"),
            (json!({"messageContent": "a\u{0}"}), ".messageContent"),
            (json!({"relatedTo": {"domain": "app", "aggregate": "appinstallation", "id": "\u{0}"}}), ".relatedTo.id"),
            (json!({"messageContent": "psst", "internal": true}), ".internal"),
        ] {
            let refused = ada.post(ALL, &body).expect(400);
            assert_eq!(refused["validationErrors"][0]["path"], path, "{refused}");
        }
        assert_eq!(server.dump(), before);
    }

    fn a_service_is_asked_for_in_a_ticket_that_holds_no_secret(server: &Server) {
        let desk = server.workspace("desk");
        let (ada, agent) = (server.customer(&desk, "ada"), server.user(&desk, Kind::Agent, "agnes"));
        ada.post("/v2/relocation", &relocation()).expect(204);
        let address = "018f0000-0000-7000-8000-000000000001";
        let limit = format!("/v2/mail-addresses/{address}/actions/request-rate-limit-change");
        ada.post(&limit, &json!({ "rateLimitId": address })).expect(204);
        let tickets = ids(&agent.get(&format!("{ALL}?sort=shortId&order=asc")).expect(200));
        let asked = |id: &str| agent.get(&format!("{ALL}/{id}/messages")).expect(200)[1].clone();
        let (moving, mail) = (asked(&tickets[0]), asked(&tickets[1]));
        assert_eq!((&moving["type"], &moving["messageContent"]), (&json!("SERVICE_REQUEST"), &json!("relocation")));
        assert_eq!(moving["meta"]["source"]["providerUsername"], "ada");
        assert_eq!(moving["meta"]["userId"], ada.id.to_string());
        assert_eq!(mail["meta"], json!({ "mailAddressId": address, "rateLimitId": address }));
        assert!(!server.dump().contains("s3cret"));
        let before = server.dump();
        ada.post("/v2/relocation", &json!({})).expect(400);
        ada.post("/v2/mail-addresses/me/actions/request-rate-limit-change", &json!({ "rateLimitId": address })).expect(404);
        assert_eq!(server.dump(), before);
    }
}

fn begin(who: &User<'_>, body: &Value) -> String {
    who.post(ALL, body).expect(201)["conversationId"].as_str().unwrap().to_owned()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|c| c["conversationId"].as_str().unwrap().to_owned()).collect()
}

/// What stands in a conversation, in order.
fn said(who: &User<'_>, id: &str) -> Vec<String> {
    let thread = who.send(who.request(Method::GET, &format!("{ALL}/{id}/messages"))).expect(200);
    thread
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["messageContent"].as_str().unwrap().to_owned())
        .collect()
}

fn relocation() -> Value {
    json!({
        "articleType": "cms-hosting",
        "additionalServices": {"dataCompare": "additionalCompare"},
        "allowPasswordChange": true,
        "allDomains": false,
        "domains": [{"name": "ada.example", "authCode": "s3cret-code"}],
        "emailInboxes": [{"email": "ada@ada.example", "password": "s3cret-mail"}],
        "prices": {"positions": [{"name": "Move", "price": 49.5}], "total": 49.5},
        "provider": {
            "name": "strato-like",
            "loginUrl": "https://ada:s3cret-url@provider.example/login",
            "userName": "ada",
            "password": "s3cret-login",
            "sourceAccount": "4711"
        },
        "contact": {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@ada.example"},
        "target": {"organisation": "o-1", "projectName": "p-abcdef", "system": "mstudio", "product": "proSpace"}
    })
}
