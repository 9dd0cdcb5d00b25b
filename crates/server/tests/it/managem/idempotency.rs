//! An Idempotency-Key: the same request sent again gets the same answer and is not done again.

use reqwest::Method;
use serde_json::{Value, json};

use super::talk::{Talk, png};
use crate::support::{Answer, Database, Server, User, on_both};

fn order(id: &str) -> Value {
    json!({"source": {"type": "ORDER", "id": id}, "recipientId": "bob", "body": "Sent yet?"})
}

/// Every POST of the dialect, with what is sent there and its status.
fn posts(talk: &Talk) -> Vec<(String, Value, u16)> {
    vec![
        ("/conversations".into(), order("o-2"), 201),
        (talk.messages(), json!({"body": "Hello?"}), 201),
        (talk.attachments(), json!({}), 201),
        (format!("/conversations/{}/lock", talk.conversation), json!({}), 200),
    ]
}

fn same(one: &Answer, other: &Answer) {
    let text = |answer: &Answer| String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(text(one), text(other));
    assert_eq!(one.status, other.status);
    assert_eq!(one.headers.get("content-type"), other.headers.get("content-type"));
}

/// A form with the file, always the same bytes.
fn form(server: &Server, url: &str, key: &str) -> reqwest::RequestBuilder {
    let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let body = [head.as_bytes(), &png(), b"\r\n--b--\r\n"].concat();
    let request = server.request(Method::POST, url).header("content-type", "multipart/form-data; boundary=b");
    request.header("idempotency-key", key).body(body)
}

fn at_once<T: Send>(times: usize, ask: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|threads| {
        let asking: Vec<_> = (0..times).map(|_| threads.spawn(&ask)).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    })
}

fn count(who: &User<'_>, talk: &Talk) -> usize {
    who.get(&talk.messages()).expect(200).as_array().unwrap().len()
}

on_both! {
    fn every_post_is_done_once_and_answered_alike(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        for (path, body, status) in posts(&talk) {
            let first = ada.post_once(&path, &path, &body);
            first.expect(status);
            let before = server.dump();
            same(&first, &ada.post_once(&path, &path, &body));
            assert_eq!(server.dump(), before, "{path}");
        }
        // Locked by now: the answers of before stand, and a new request is refused.
        for (path, body, _) in posts(&talk).iter().take(3) {
            ada.post_once(path, path, body).expect(201);
        }
        ada.post_once(&talk.messages(), "new", &json!({"body": "Hello?"})).expect(409);
    }

    fn twenty_at_once_are_one(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let answers = at_once(20, || ada.post_once(&talk.messages(), "k", &json!({"body": "Once"})));
        answers.iter().for_each(|answer| same(&answers[0], answer));
        answers[0].expect(201);
        assert_eq!(count(&ada, &talk), 2);
        let answers = at_once(20, || ada.post_once("/conversations", "c", &order("o-3")));
        answers.iter().for_each(|answer| same(&answers[0], answer));
        assert_eq!(ada.get("/conversations").expect(200).as_array().unwrap().len(), 2);
        let id = answers[0].json()["id"].as_str().unwrap().to_owned();
        assert_eq!(ada.get(&format!("/conversations/{id}/messages")).expect(200).as_array().unwrap().len(), 1);
    }

    fn another_request_under_the_same_key_is_422(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        ada.post_once(&talk.messages(), "k", &json!({"body": "Hello"})).expect(201);
        let before = server.dump();
        let others = [
            (talk.messages(), json!({"body": "Goodbye"})),
            (talk.messages(), json!({"body": "Hello", "extra": 1})),
            ("/conversations".into(), order("o-1")),
            (talk.attachments(), json!({})),
            (format!("/conversations/{}/lock", talk.conversation), json!({"body": "Hello"})),
        ];
        for (path, body) in others {
            let refusal = ada.post_once(&path, "k", &body).expect(422);
            assert_eq!(refusal["code"], "idempotency_key_reused", "{path}");
        }
        let upload = server.request(Method::PUT, &talk.upload_url).header("idempotency-key", "k").body(png());
        server.send(upload).expect(422);
        assert_eq!(server.dump(), before);
    }

    fn a_key_that_is_none_is_400_and_nothing_is_done(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let before = server.dump();
        let long = "k".repeat(256);
        let bad: [&[u8]; 5] = [b"", long.as_bytes(), "clé".as_bytes(), b"a\tb", b"\xff"];
        for (path, body, _) in posts(&talk) {
            for key in bad {
                let request = ada.request(Method::POST, &path).header("idempotency-key", key).json(&body);
                assert_eq!(server.send(request).expect(400)["code"], "invalid", "{path} {key:?}");
            }
            let twice = ada.request(Method::POST, &path).header("idempotency-key", "a").header("idempotency-key", "a");
            assert_eq!(server.send(twice.json(&body)).expect(400)["code"], "invalid", "{path}");
        }
        server.send(form(server, &talk.upload_url, &long)).expect(400);
        server.send(form(server, &talk.upload_url, "")).expect(400);
        assert_eq!(server.dump(), before);
        ada.post_once(&talk.messages(), &"k".repeat(255), &json!({"body": "Hello"})).expect(201);
        ada.post_once(&talk.messages(), "any printable ~!\"#", &json!({"body": "Hello"})).expect(201);
    }

    fn keys_belong_to_a_person(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let first = ada.post_once(&talk.messages(), "k", &json!({"body": "Hello"})).expect(201);
        let second = bob.post_once(&talk.messages(), "k", &json!({"body": "Hello"})).expect(201);
        assert_ne!(first["id"], second["id"]);
        assert_eq!(second["sender"]["id"], "bob");
    }

    fn a_failure_is_not_kept(server: &Server) {
        let shop = server.workspace("shop");
        let ada = server.customer(&shop, "ada");
        ada.post_once("/conversations", "k", &order("o-1")).expect(400);
        server.customer(&shop, "bob");
        ada.post_once("/conversations", "k", &order("o-1")).expect(201);
    }

    fn a_key_is_forgotten_after_a_day(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let say = |text: &str| ada.post_once(&talk.messages(), "k", &json!({"body": text}));
        let first = say("Hello").expect(201);
        server.clock.forward(24 * 60 * 60 - 60);
        assert_eq!(say("Hello").expect(201), first);
        say("Goodbye").expect(422);
        server.clock.forward(61);
        assert_ne!(say("Hello").expect(201)["id"], first["id"]);
        assert_eq!(count(&ada, &talk), 3);
        // What was said anew is kept for a day of its own.
        say("Goodbye").expect(422);
    }

    fn an_upload_form_sent_again_gets_the_same_answer(server: &Server) {
        let shop = server.workspace("shop");
        let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
        let talk = Talk::begin(server, &ada);
        let answers = at_once(5, || server.send(form(server, &talk.upload_url, "k")));
        answers.iter().for_each(|answer| same(&answers[0], answer));
        answers[0].expect(200);
        server.send(form(server, &talk.upload_url, "other")).expect(409);
        ada.patch(&talk.attachments(), &json!({"id": talk.draft})).expect(200);
        same(&answers[0], &server.send(form(server, &talk.upload_url, "k")));
    }
}

#[test]
fn a_key_holds_on_every_node() {
    let Some(database) = Database::postgres() else { return };
    let server = Server::start(database);
    let node = server.another_node();
    let shop = server.workspace("shop");
    let (ada, _bob) = (server.customer(&shop, "ada"), server.customer(&shop, "bob"));
    let talk = Talk::begin(&server, &ada);
    let elsewhere = node.bearing(&ada, &ada.token);
    let ask = |who: &User<'_>| who.post_once(&talk.messages(), "k", &json!({"body": "Once"}));
    let pairs = at_once(10, || (ask(&ada), ask(&elsewhere)));
    for (here, there) in &pairs {
        same(&pairs[0].0, here);
        same(&pairs[0].0, there);
    }
    assert_eq!(count(&ada, &talk), 2);
}
