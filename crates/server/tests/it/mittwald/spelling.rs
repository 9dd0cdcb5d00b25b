//! How the clients that are driven nowhere else spell their requests: PHP, Go, n8n and programs written by hand
//! (contract §5, §6 and §10).

use parlance_engine::person::Kind;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::support::{Database, Server, User, on_both};

/// Three conversations: `a` and `c` are open, `b` is closed.
fn three(ada: &User<'_>) -> Vec<String> {
    let begin = |title: &str| {
        let new = ada.post("/v2/conversations", &json!({"title": title})).expect(201);
        new["conversationId"].as_str().expect("an id").to_owned()
    };
    let ids: Vec<String> = ["a", "b", "c"].into_iter().map(begin).collect();
    ada.put(&format!("/v2/conversations/{}/status", ids[1]), &json!({"status": "closed"})).expect(200);
    ids
}

fn titles(list: &Value) -> String {
    list.as_array().into_iter().flatten().map(|one| one["title"].as_str().unwrap_or_default()).collect()
}

on_both! {
    fn an_array_in_a_query_is_understood_however_it_is_spelled(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        three(&ada);
        for (query, expected) in [
            ("sort=title&order=asc", "abc"),
            ("sort%5B0%5D=title&order%5B0%5D=asc", "abc"),
            ("sort[0]=title&order[0]=asc", "abc"),
            ("status%5B0%5D=open&sort%5B0%5D=title&order%5B0%5D=desc", "ca"),
            ("status%5B0%5D=open&status%5B1%5D=closed&sort[0]=title&order[0]=asc", "abc"),
            ("status=open&status=closed&sort=title&order=asc", "abc"),
            ("status[0]=closed", "b"),
            ("status=closed", "b"),
            ("sort[1]=createdAt&order[1]=asc&sort[0]=title&order[0]=desc", "cba"),
            ("sort=lastMessage.createdAt&order=asc", "abc"),
            ("limit=2&skip=0&page=2&sort%5B0%5D=title&order%5B0%5D=asc", "c"),
            ("limit=1&page=2&sort=title&order=asc", "b"),
            ("limit=1&page=2&skip=2&sort=title&order=asc", "c"),
            ("fullTextSearch=&sort=title&order=asc", "abc"),
        ] {
            let list = ada.get(&format!("/v2/conversations?{query}")).expect(200);
            assert_eq!(titles(&list), expected, "{query}");
        }
    }

    fn a_query_that_says_nothing_of_use_is_refused_by_name(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        for (query, path) in [
            ("status=pending", ".status"),
            ("sort=priority", ".sort"),
            ("order=up", ".order"),
            ("limit=-1", ".limit"),
            ("limit=many", ".limit"),
            ("page=-1", ".page"),
        ] {
            let refused = ada.get(&format!("/v2/conversations?{query}")).expect(400);
            let named = refused["validationErrors"][0]["path"].as_str().unwrap_or_default();
            assert!(named.contains(path), "{query}: {refused}");
        }
    }

    fn an_upload_is_granted_whatever_stands_for_no_body(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let path = format!("/v2/conversations/{}/files", three(&ada)[0]);
        let json = "application/json";
        for (kind, body) in [
            (Some("application/x-www-form-urlencoded"), ""),
            (Some(json), ""),
            (Some(json), "[]"),
            (Some(json), "{}"),
            (None, ""),
        ] {
            let mut request = ada.request(Method::POST, &path).body(body);
            if let Some(kind) = kind {
                request = request.header(CONTENT_TYPE, kind);
            }
            let granted = ada.send(request).expect(201);
            assert!(granted["uploadToken"].is_string(), "{kind:?} {body:?}");
        }
    }

    fn a_get_with_an_empty_content_type_is_a_get(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        for path in ["/v2/conversations", "/v2/conversation-categories", "/v2/users/self"] {
            ada.send(ada.request(Method::GET, path).header(CONTENT_TYPE, "")).expect(200);
        }
    }

    fn an_event_number_is_good_on_every_later_request(server: &Server) {
        let desk = server.workspace("desk");
        let ada = server.customer(&desk, "ada");
        let eve = server.user(&desk, Kind::Agent, "eve");
        let answer = ada.post("/v2/conversations", &json!({"title": "One"}));
        let event = answer.headers["etag"].to_str().expect("a number").to_owned();
        let id = answer.expect(201)["conversationId"].as_str().expect("an id").to_owned();
        let path = format!("/v2/conversations/{id}/messages");
        let said = eve.request(Method::POST, &path).json(&json!({"messageContent": "Hello"}));
        eve.send(said.header("If-Event-Reached", &event)).expect(201);
        for path in ["/v2/conversations", &path, "/v2/conversation-categories", "/v2/users/self"] {
            ada.send(ada.request(Method::GET, path).header("If-Event-Reached", &event)).expect(200);
        }
    }
}
