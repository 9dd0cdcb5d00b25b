//! Every operation, tried by everybody who may not do it; what is refused changes nothing.

use parlance_engine::PersonId;
use parlance_engine::credential::token::{self, New};
use parlance_engine::person::{self, Change, Kind};
use parlance_engine::workspace::Workspace;
use reqwest::header::AUTHORIZATION;
use reqwest::{RequestBuilder, StatusCode};

use super::talk::{Operation, Talk, others};
use crate::support::{Database, Server, User, on_both};

fn all(talk: &Talk) -> Vec<Operation> {
    others().into_iter().chain(talk.operations()).collect()
}

/// Sends every operation with what `credential` adds, and expects `status` and that nothing changes.
fn refused(
    server: &Server,
    talk: &Talk,
    status: StatusCode,
    what: &str,
    credential: impl Fn(RequestBuilder) -> RequestBuilder,
) {
    let before = server.dump();
    for operation in all(talk) {
        let answer = server.send(credential(operation.request(server)));
        assert_eq!(answer.status, status, "{what}: {}", operation.name);
        let body = answer.json();
        assert!(body["code"].is_string() && body["message"].is_string(), "{what}: {body}");
        if status == StatusCode::UNAUTHORIZED {
            assert_eq!(answer.headers["www-authenticate"], "Bearer", "{what}: {}", operation.name);
        }
    }
    assert_eq!(server.dump(), before, "{what}");
}

fn unauthorized(server: &Server, talk: &Talk, what: &str, header: &[u8]) {
    refused(server, talk, StatusCode::UNAUTHORIZED, what, |r| r.header(AUTHORIZATION, header));
}

fn deactivate(server: &Server, shop: &Workspace, person: PersonId) {
    let change = Change { active: Some(false), ..Change::default() };
    server.operator(Some(shop), move |cx| person::set(cx, person, &change));
}

fn another_token(server: &Server, shop: &Workspace, new: New) -> (token::Token, String) {
    server.operator(Some(shop), move |cx| token::add(cx, &new))
}

fn new(person: PersonId) -> New {
    New { person, label: None, can_write: true, expires_at: None }
}

fn swapped_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

on_both! {
    fn a_participant_may_do_everything(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        for operation in all(&talk) {
            let answer = server.send(operation.request(server).bearer_auth(&ada.token));
            assert_eq!(answer.status, operation.done(), "{}: {}", operation.name, String::from_utf8_lossy(&answer.body));
            assert_eq!(answer.headers["cache-control"], "no-store", "{}", operation.name);
        }
    }

    fn for_an_outsider_there_is_no_conversation(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let eve = server.customer(&shop, "eve");
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        for operation in talk.operations() {
            let answer = server.send(operation.request(server).bearer_auth(&eve.token));
            assert_eq!(answer.expect(404)["code"], "not_found", "{}", operation.name);
        }
        assert_eq!(eve.get("/conversations").expect(200), serde_json::json!([]));
        assert_eq!(eve.get("/conversations/unread-count").expect(200)["unread"], 0);
        assert_eq!(server.dump(), before);
    }

    fn the_other_participant_touches_no_image_of_the_sender(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        for operation in talk.operations().iter().filter(|o| o.path.contains("/attachments")) {
            server.send(operation.request(server).bearer_auth(&bob.token)).expect(404);
        }
        assert_eq!(server.dump(), before);
    }

    fn an_agent_reads_and_answers_but_does_not_lock_what_they_take_no_part_in(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let mia = server.user(&shop, Kind::Agent, "mia");
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        for operation in talk.operations() {
            let expected = match operation.name {
                "list messages" => 200,
                "lock" => 403,
                "send" => continue,
                _ => 404,
            };
            server.send(operation.request(server).bearer_auth(&mia.token)).expect(expected);
        }
        assert_eq!(server.dump(), before);
        mia.post(&talk.messages(), &serde_json::json!({"body": "May I help?"})).expect(201);
        assert_eq!(ada.get(&talk.messages()).expect(200)[0]["sender"]["id"], "mia");
        mia.post(&format!("/conversations/{}/lock", talk.conversation), &serde_json::json!({})).expect(200);
    }

    fn whoever_is_deactivated_or_whose_token_has_ended_can_do_nothing(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);

        let (revoked, secret) = another_token(server, &shop, new(ada.id));
        server.bearing(&ada, &secret).get("/conversations").expect(200);
        server.operator(Some(&shop), move |cx| token::revoke(cx, revoked.id));
        unauthorized(server, &talk, "revoked", format!("Bearer {secret}").as_bytes());

        let expires_at = Some(server.engine.now().plus_seconds(60));
        let (_, secret) = another_token(server, &shop, New { expires_at, ..new(ada.id) });
        server.bearing(&ada, &secret).get("/conversations").expect(200);
        server.clock.forward(61);
        unauthorized(server, &talk, "expired", format!("Bearer {secret}").as_bytes());

        deactivate(server, &shop, ada.id);
        unauthorized(server, &talk, "deactivated", format!("Bearer {}", ada.token).as_bytes());
        unauthorized(server, &talk, "deactivated, ApiKey", format!("ApiKey {}", ada.token).as_bytes());
    }

    fn a_token_that_may_only_read_changes_nothing(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        // What it shows is not noted as read either: bob has three unread conversations, and looks with this token.
        for user in [&ada, &bob] {
            let (_, secret) = another_token(server, &shop, New { can_write: false, ..new(user.id) });
            let before = server.dump();
            for operation in all(&talk) {
                let expected = if operation.writes() { 403 } else { 200 };
                let answer = server.send(operation.request(server).bearer_auth(&secret));
                assert_eq!(answer.status, expected, "{}", operation.name);
            }
            // Writes follow one another: what reading might have left to do would be done by now.
            server.operator(Some(&shop), |_| Ok(()));
            assert_eq!(server.dump(), before);
        }
    }

    fn what_resembles_a_token_opens_nothing(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let token = ada.token.as_str();
        let alone = [
            String::new(),
            "Bearer".into(),
            "Bearer ".into(),
            "ApiKey ".into(),
            token.into(),
            format!("Bearer  {token}"),
            format!("Bearer\t{token}"),
            format!("Bearer:{token}"),
            format!("Bearer {token} {token}"),
            format!("Bearer {token}, Bearer {token}"),
            format!("Bearer {}", token.replace("plc_", "PLC_")),
            format!("Bearer {}", swapped_case(token)),
            format!("Bearer {token}%00"),
            format!("Bearer {}", token.replacen("plc_", "plc_%00", 1)),
            format!("Bearer {}", &token[..token.len() - 1]),
            format!("Bearer {token}A"),
            format!("Bearer \"{token}\""),
            "Bearer plc_".into(),
            "Bearer null".into(),
            format!("Bearer {}", token::hash(token)),
            format!("Basic {token}"),
            format!("Token {token}"),
            format!("Digest {token}"),
            format!("Bearer {}", "x".repeat(8_000)),
        ];
        for header in &alone {
            unauthorized(server, &talk, header, header.as_bytes());
        }
        unauthorized(server, &talk, "not ASCII", format!("Bearer {token}\u{e9}").as_bytes());
        refused(server, &talk, StatusCode::UNAUTHORIZED, "no header", |r| r);
        let in_url = format!("/conversations?token={token}&access_token={token}&Authorization=Bearer+{token}");
        server.send(server.request(reqwest::Method::GET, &in_url)).expect(401);
        refused(server, &talk, StatusCode::UNAUTHORIZED, "two headers", |r| {
            r.bearer_auth(token).header(AUTHORIZATION, format!("ApiKey {token}"))
        });
        for scheme in ["Bearer", "bearer", "BEARER", "ApiKey", "apikey", "APIKEY"] {
            let header = format!("{scheme} {token}");
            server.send(others()[0].request(server).header(AUTHORIZATION, header)).expect(200);
        }
    }
}

/// Ada on another node: the next request after something changed on the first.
fn ask_elsewhere(node: &Server, ada: &User<'_>, token: &str) -> u16 {
    node.bearing(ada, token).get("/conversations").status.as_u16()
}

#[test]
fn an_end_of_a_token_or_a_person_is_known_to_every_node_at_once() {
    let Some(database) = Database::postgres() else { return };
    let server = Server::start(database);
    let node = server.another_node();
    let shop = server.workspace("shop");
    let ada = server.customer(&shop, "ada");
    let (revoked, secret) = another_token(&server, &shop, new(ada.id));
    assert_eq!(ask_elsewhere(&node, &ada, &secret), 200);
    server.operator(Some(&shop), move |cx| token::revoke(cx, revoked.id));
    assert_eq!(ask_elsewhere(&node, &ada, &secret), 401);
    assert_eq!(ask_elsewhere(&node, &ada, &ada.token), 200);
    deactivate(&server, &shop, ada.id);
    assert_eq!(ask_elsewhere(&node, &ada, &ada.token), 401);
}
