//! Two workspaces: with every id of the other one tried on every operation, nothing is seen and nothing changed.

use reqwest::Method;
use serde_json::{Value, json};

use super::talk::{Talk, png};
use crate::support::{Answer, Database, Server, User, on_both};

/// Ids that name nothing anywhere, for comparison.
const NOTHING: &str = "01938d5c-0000-7000-8000-000000000000";

fn ask(server: &Server, who: &User<'_>, method: &Method, path: &str, body: &Value) -> Answer {
    let request = who.request(method.clone(), path);
    server.send(if *method == Method::GET { request } else { request.json(body) })
}

/// Every path with these ids in it, and what is sent there.
fn requests(conversation: &str, message: &str, file: &str) -> Vec<(Method, String, Value)> {
    let base = format!("/conversations/{conversation}");
    let attachments = format!("{base}/messages/{message}/attachments");
    vec![
        (Method::GET, format!("{base}/messages"), Value::Null),
        (Method::GET, format!("{base}/messages?page=2&size=1"), Value::Null),
        (Method::POST, format!("{base}/messages"), json!({"body": "Hello from next door"})),
        (Method::POST, format!("{base}/lock"), json!({})),
        (Method::POST, attachments.clone(), json!({})),
        (Method::PATCH, attachments.clone(), json!({"id": file})),
        (Method::DELETE, format!("{attachments}/{file}"), Value::Null),
    ]
}

on_both! {
    fn no_id_of_another_workspace_opens_anything(server: &Server) {
        let (shop, mall) = (server.workspace("shop"), server.workspace("mall"));
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let theirs = Talk::begin(server, &ada);
        let (eve, _bob) = (server.customer(&mall, "eve"), server.customer(&mall, "bob"));
        let own = Talk::begin(server, &eve);
        let before = server.dump();
        let mut tried = 0;
        for conversation in [&theirs.conversation, &own.conversation, &theirs.message, &theirs.attached] {
            for message in [&theirs.message, &own.message, &theirs.conversation] {
                for file in [&theirs.attached, &theirs.uploaded, &theirs.draft, &own.uploaded] {
                    let foreign = requests(conversation, message, file);
                    let nothing = requests(NOTHING, NOTHING, NOTHING);
                    for ((method, path, body), (_, empty, none)) in foreign.iter().zip(&nothing) {
                        // What is wholly eve's own is hers to see and to change.
                        let names_theirs = [path.as_str(), &body.to_string()].iter().any(|text| {
                            [&theirs.conversation, &theirs.message, &theirs.attached, &theirs.uploaded, &theirs.draft]
                                .iter()
                                .any(|id| text.contains(id.as_str()))
                        });
                        if !names_theirs {
                            continue;
                        }
                        let answer = ask(server, &eve, method, path, body);
                        assert_eq!(answer.status, 404, "{method} {path} {body}");
                        assert_eq!(answer.json(), ask(server, &eve, method, empty, none).json(), "{method} {path}");
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 250, "{tried}");
        assert_eq!(server.dump(), before);
    }

    fn nobody_of_another_workspace_can_be_written_to(server: &Server) {
        let (shop, mall) = (server.workspace("shop"), server.workspace("mall"));
        let (ada, eve) = (server.customer(&shop, "ada"), server.customer(&mall, "eve"));
        let before = server.dump();
        for recipient in [ada.id.to_string(), "ada".to_owned(), shop.id.to_string(), format!("{}:ada", shop.id)] {
            let order = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": recipient, "body": "Hi"});
            let refusal = eve.post("/conversations", &order).expect(400);
            let nobody = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": NOTHING, "body": "Hi"});
            assert_eq!(refusal, eve.post("/conversations", &nobody).expect(400));
        }
        assert_eq!(server.dump(), before);
    }

    fn members_in_a_body_that_name_a_workspace_or_a_sender_are_ignored(server: &Server) {
        let (shop, mall) = (server.workspace("shop"), server.workspace("mall"));
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let (eve, _bob) = (server.customer(&mall, "eve"), server.customer(&mall, "bob"));
        let theirs = Talk::begin(server, &ada);
        let order = json!({
            "id": theirs.conversation, "workspace": shop.id.0, "workspaceId": shop.id.0, "userA": {"id": "ada"},
            "source": {"type": "ORDER", "id": "o-1", "workspace": shop.id.0}, "recipientId": "bob", "body": "Hi",
            "sender": ada.id.to_string(), "conversationId": theirs.conversation, "createdAt": "2001-01-01T00:00:00Z",
        });
        let begun = eve.post("/conversations", &order).expect(201);
        assert_ne!(begun["id"], theirs.conversation.as_str());
        assert_eq!(begun["userA"]["id"], "eve");
        assert_eq!(begun["lastMessage"]["sender"]["id"], "eve");
        assert!(begun["createdAt"].as_str().unwrap() > "2026");
        assert_eq!(ada.get(&theirs.messages()).expect(200).as_array().unwrap().len(), 1);
    }

    fn the_same_names_in_two_workspaces_are_different_people(server: &Server) {
        let (shop, mall) = (server.workspace("shop"), server.workspace("mall"));
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let (other_ada, other_bob) = (server.customer(&mall, "ada"), server.customer(&mall, "bob"));
        let order = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": "bob", "body": "Hi"});
        let one = ada.post_once("/conversations", "same key", &order).expect(201);
        let two = other_ada.post_once("/conversations", "same key", &order).expect(201);
        assert_ne!(one["id"], two["id"]);
        for (who, conversation) in [(&bob, &one), (&other_bob, &two)] {
            let page = who.get("/conversations").expect(200);
            assert_eq!(page.as_array().unwrap().len(), 1);
            assert_eq!(page[0]["id"], conversation["id"]);
        }
    }

    fn a_link_opens_the_one_file_it_was_made_for(server: &Server) {
        let (shop, mall) = (server.workspace("shop"), server.workspace("mall"));
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let (eve, _other) = (server.customer(&mall, "eve"), server.customer(&mall, "bob"));
        let (theirs, own) = (Talk::begin(server, &ada), Talk::begin(server, &eve));
        let before = server.dump();
        for (upload, view) in [(&theirs.upload_url, &theirs.view_url), (&own.upload_url, &own.view_url)] {
            let swapped = [upload.replace("/uploads/", "/files/"), view.replace("/files/", "/uploads/")];
            server.send(server.request(Method::GET, &swapped[0])).expect(404);
            server.send(server.request(Method::PUT, &swapped[1]).body(png())).expect(404);
            server.send(server.request(Method::PUT, view).body(png())).expect(405);
            server.send(server.request(Method::GET, upload)).expect(405);
        }
        assert_eq!(server.dump(), before);
    }
}
