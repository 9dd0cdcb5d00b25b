//! Tokens that a workspace's own backend signs with a shared secret.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use parlance_engine::person::{self, Change};
use parlance_engine::workspace::{self, Jwt, Workspace};
use serde_json::{Value, json};

use super::signed::{claims, now, sign, unsigned};
use crate::support::{Answer, Database, Server, on_both};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

fn by_secret(secret: &str) -> workspace::Change {
    workspace::Change { jwt: Some(Some(Jwt::Secret(secret.to_owned()))), ..workspace::Change::default() }
}

fn set(server: &Server, slug: &'static str, change: workspace::Change) {
    server.operator(None, move |cx| workspace::set(cx, slug, &change));
}

fn signed(secret: &str, claims: &Value) -> String {
    sign(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))
}

fn ask(server: &Server, token: &str) -> Answer {
    server.send(server.request(reqwest::Method::GET, "/conversations").bearer_auth(token))
}

fn people(server: &Server, workspace: &Workspace) -> Vec<person::Person> {
    server.operator(Some(workspace), |cx| person::page(cx, None, 1_000))
}

/// The claims with one of them another value; `null` leaves it out.
fn but(name: &str, value: Value) -> Value {
    let mut claims = claims("ada");
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

on_both! {
    fn somebody_new_is_created_from_the_claims_and_known_from_then_on(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let token = signed(SECRET, &json!({
            "sub": "u-1", "exp": now() + 60, "username": "ada", "name": "Ada L.", "email": "ada@example.com",
            "avatar": "https://example.com/a.png", "aud": "anything", "iss": "https://example.com", "roles": ["x"],
        }));
        ask(server, &token).expect(200);
        ask(server, &token).expect(200);
        let [ada] = &people(server, &shop)[..] else { panic!("one person") };
        assert_eq!(ada.facts.external_id.as_deref(), Some("u-1"));
        assert_eq!(ada.facts.username.as_deref(), Some("ada"));
        assert_eq!(ada.facts.name.as_deref(), Some("Ada L."));
        assert_eq!(ada.facts.email.as_deref(), Some("ada@example.com"));
        assert_eq!(ada.facts.avatar.as_deref(), Some("https://example.com/a.png"));
        assert_eq!(ada.kind, person::Kind::Customer);
        server.send(server.request(reqwest::Method::GET, "/user/stats").header("authorization", format!("ApiKey {token}"))).expect(200);
    }

    fn whoever_is_known_keeps_what_is_known_of_them(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let ada = server.customer(&shop, "ada");
        let before = people(server, &shop);
        let mut other = claims("ada");
        other["username"] = json!("somebody else");
        ask(server, &signed(SECRET, &other)).expect(200);
        assert_eq!(people(server, &shop), before);
        server.operator(Some(&shop), move |cx| person::set(cx, ada.id, &Change { active: Some(false), ..Change::default() }));
        ask(server, &signed(SECRET, &claims("ada"))).expect(401);
    }

    fn a_claim_that_is_missing_wrong_or_out_of_time_is_refused(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        server.customer(&shop, "known");
        let before = server.dump();
        let wrong = [
            but("exp", Value::Null),
            but("exp", json!(now() - 60)),
            but("exp", json!(0)),
            but("exp", json!(-1)),
            but("exp", json!("tomorrow")),
            but("exp", json!((now() + 60).to_string())),
            but("exp", json!([now() + 60])),
            but("exp", json!(false)),
            but("nbf", json!(now() + 60)),
            but("nbf", json!("yesterday")),
            but("sub", Value::Null),
            but("sub", json!("")),
            but("sub", json!(17)),
            but("sub", json!(["ada"])),
            but("sub", json!("x".repeat(201))),
            but("sub", json!("ada\u{0}")),
            but("sub", json!("known\u{0}")),
            but("sub", json!("a\nda")),
            but("sub", json!("a\u{7f}da")),
            but("username", json!(17)),
            but("username", json!("x".repeat(201))),
            but("username", json!("a\u{0}")),
            but("email", json!({"at": "example.com"})),
            but("avatar", json!("x".repeat(2_001))),
            json!([]),
            json!("ada"),
            json!(null),
        ];
        for claims in &wrong {
            let refusal = ask(server, &signed(SECRET, claims));
            assert_eq!(refusal.status, 401, "{claims}");
            assert_eq!(refusal.json()["code"], "unauthorized", "{claims}");
        }
        assert_eq!(server.dump(), before);
    }

    fn a_signature_that_is_not_this_workspaces_is_refused(server: &Server) {
        server.workspace_with("shop", by_secret(SECRET));
        let before = server.dump();
        let (key, good) = (EncodingKey::from_secret(SECRET.as_bytes()), signed(SECRET, &claims("ada")));
        let parts: Vec<&str> = good.split('.').collect();
        let (head, body, signature) = (parts[0], parts[1], parts[2]);
        let of_eve = signed(OTHER, &claims("eve"));
        let eve = of_eve.split('.').nth(1).unwrap();
        let rsa = EncodingKey::from_rsa_der(include_bytes!("keys/rsa.der"));
        let mut wrong = vec![
            of_eve.clone(),
            format!("{head}.{eve}.{signature}"),
            format!("{head}.{body}."),
            format!("{head}.{body}.{}", signature.to_ascii_uppercase()),
            format!("{head}.{body}.{signature}="),
            format!("{head}.{body}.{}", &signature[..signature.len() - 2]),
            format!("{head}..{signature}"),
            format!(".{body}.{signature}"),
            "..".to_owned(),
            format!("{good}.{signature}"),
            format!("{head}.{body}"),
            sign(&Header::new(Algorithm::HS384), &claims("ada"), &key),
            sign(&Header::new(Algorithm::HS512), &claims("ada"), &key),
            sign(&Header::new(Algorithm::RS256), &claims("ada"), &rsa),
            signed("", &claims("ada")),
            signed(SECRET, &json!({"sub": "ada", "exp": now() + 60, "name": "x".repeat(9_000)})),
        ];
        for none in ["none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "RS256"] {
            wrong.push(format!("{}.", unsigned(none, &claims("ada"))));
            wrong.push(format!("{}.{signature}", unsigned(none, &claims("ada"))));
        }
        for token in &wrong {
            assert_eq!(ask(server, token).expect(401)["code"], "unauthorized", "{token}");
        }
        assert_eq!(server.dump(), before);
        ask(server, &good).expect(200);
    }

    fn each_workspace_believes_its_own_secret_and_a_new_one_at_once(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let mall = server.workspace_with("mall", by_secret(OTHER));
        let (ada, eve) = (signed(SECRET, &claims("ada")), signed(OTHER, &claims("eve")));
        ask(server, &ada).expect(200);
        ask(server, &eve).expect(200);
        assert_eq!((people(server, &shop).len(), people(server, &mall).len()), (1, 1));

        let third = "third secret, third secret, third secret";
        set(server, "mall", by_secret(third));
        ask(server, &eve).expect(401);
        ask(server, &signed(third, &claims("eve"))).expect(200);
        set(server, "shop", workspace::Change { jwt: Some(None), ..workspace::Change::default() });
        ask(server, &ada).expect(401);
        set(server, "shop", by_secret(SECRET));
        ask(server, &ada).expect(200);
    }

    fn whom_nobody_knows_can_be_written_to_where_people_come_by_jwt(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let plain = server.workspace("plain");
        let order = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": "bob", "body": "Hi"});
        assert_eq!(server.customer(&plain, "ada").post("/conversations", &order).expect(400)["code"], "invalid");
        assert_eq!(people(server, &plain).len(), 1);

        let ada = server.customer(&shop, "ada");
        let begun = ada.post("/conversations", &order).expect(201);
        assert_eq!(begun["userB"]["id"], "bob");
        assert_eq!(begun["userB"]["username"], "bob");
        for nobody in ["", "b\u{0}b", "b\nb", &"x".repeat(201)] {
            let order = json!({"source": {"type": "ORDER", "id": "o-2"}, "recipientId": nobody, "body": "Hi"});
            assert_eq!(ada.post("/conversations", &order).expect(400)["code"], "invalid", "{nobody:?}");
        }
        assert_eq!(people(server, &shop).len(), 2);
        let page = ask(server, &signed(SECRET, &claims("bob"))).expect(200);
        assert_eq!(page[0]["id"], begun["id"]);
    }

    fn somebody_who_was_written_to_before_they_came_is_known_by_their_first_token(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let ada = signed(SECRET, &json!({"sub": "ada", "exp": now() + 60, "username": "Ada"}));
        let order = json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": "bob", "body": "Hello?"});
        let begin = server.request(reqwest::Method::POST, "/conversations").bearer_auth(&ada).json(&order);
        assert_eq!(server.send(begin).expect(201)["userB"]["username"], "bob");
        let bob = signed(SECRET, &json!({"sub": "bob", "exp": now() + 60, "username": "Bob the seller"}));
        assert_eq!(ask(server, &bob).expect(200)[0]["userB"]["username"], "Bob the seller");
        assert_eq!(ask(server, &ada).expect(200)[0]["userB"]["username"], "Bob the seller");
        let renamed = signed(SECRET, &json!({"sub": "bob", "exp": now() + 60, "username": "Somebody else"}));
        assert_eq!(ask(server, &renamed).expect(200)[0]["userB"]["username"], "Bob the seller");
        assert_eq!(people(server, &shop).len(), 2);
    }

    fn an_empty_claim_says_nothing(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let token = signed(SECRET, &json!({
            "sub": "u-1", "exp": now() + 60, "username": "", "name": " ", "email": "", "avatar": null,
        }));
        ask(server, &token).expect(200);
        let [somebody] = &people(server, &shop)[..] else { panic!("one person") };
        assert_eq!((&somebody.facts.username, &somebody.facts.name, &somebody.facts.email), (&None, &None, &None));
    }

    fn somebody_who_comes_with_ten_requests_at_once_is_one_person(server: &Server) {
        let shop = server.workspace_with("shop", by_secret(SECRET));
        let token = signed(SECRET, &claims("ada"));
        std::thread::scope(|threads| {
            let asking: Vec<_> = (0..10).map(|_| threads.spawn(|| ask(server, &token).status)).collect();
            assert!(asking.into_iter().all(|asked| asked.join().unwrap() == 200));
        });
        assert_eq!(people(server, &shop).len(), 1);
    }
}

#[test]
fn another_node_believes_a_new_secret_at_once() {
    let Some(database) = Database::postgres() else { return };
    let server = Server::start(database);
    let node = server.another_node();
    server.workspace_with("shop", by_secret(SECRET));
    let old = signed(SECRET, &claims("ada"));
    ask(&node, &old).expect(200);
    set(&server, "shop", by_secret(OTHER));
    ask(&node, &old).expect(401);
    ask(&node, &signed(OTHER, &claims("ada"))).expect(200);
}
