//! RCS, against a service of the test's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, decode};
use parlance_engine::carrier::{self, Kind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha512;

use super::{Shop, with_gateway};
use crate::support::{Answer, Behaviour, Receiver, Server, until};

/// Calls the webhook as the service does.
fn tell(shop: &Shop<'_>, event: &Value) -> Answer {
    tell_bytes(shop, event.to_string().as_bytes(), shop.secret())
}

fn tell_bytes(shop: &Shop<'_>, data: &[u8], secret: &str) -> Answer {
    let mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).expect("any key will do").chain_update(data);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let body = json!({ "message": { "data": STANDARD.encode(data), "messageId": "1" } });
    let request = shop.server.request(Method::POST, &shop.path("rcs")).json(&body);
    shop.server.send(request.header("x-goog-signature", signature))
}

fn text(id: &str, text: &str) -> Value {
    json!({
        "senderPhoneNumber": "+33600000001", "messageId": id, "sendTime": "2026-01-31T12:00:00.5Z",
        "agentId": "12345", "text": text,
    })
}

fn event(kind: &str, message: &Value) -> Value {
    json!({
        "senderPhoneNumber": "+33600000001", "eventType": kind, "eventId": "e", "messageId": message,
        "sendTime": "2026-01-31T12:00:00Z", "agentId": "12345",
    })
}

/// A key in the form that is RSA's own (PKCS #1).
const RSA: &[u8] = include_bytes!("../managem/keys/rsa.der");

/// A value of DER, of a length that takes two octets.
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).expect("a short value").to_be_bytes();
    [&[tag, 0x82, high, low], value].concat()
}

/// An RSA key in the form in which service accounts get theirs (RFC 5208).
fn in_pkcs8(rsa: &[u8]) -> Vec<u8> {
    let version_and_algorithm = b"\x02\x01\0\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0";
    der(0x30, &[version_and_algorithm, &der(4, rsa)[..]].concat())
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// What a JWT for this audience says, if the key has signed it.
fn claims(jwt: &str, audience: &str) -> Value {
    let key = EncodingKey::from_rsa_der(RSA);
    let public = Jwk::from_encoding_key(&key, Algorithm::RS256).expect("a public half");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[audience]);
    // The clock is the test's.
    validation.validate_exp = false;
    let decoded = decode::<Value>(jwt, &DecodingKey::from_jwk(&public).expect("a key"), &validation);
    decoded.expect("it is signed").claims
}

with_gateway! {
    fn a_message_comes_in_is_answered_and_is_read(server: &Server, service: &Receiver) {
        let shop = Shop::open(server, Kind::Rcs, &service.url("/?token=t0ken"));
        service.behave(Behaviour::say(&json!({})));
        tell(&shop, &text("m-1", "Bonjour")).expect_ok();
        tell(&shop, &text("m-1", "Bonjour")).expect_ok();
        shop.answer("Bonsoir");
        shop.until_said(&["Bonjour|-", "Bonsoir|accepted"]);
        let heard = service.heard();
        let id = heard[1].target().split("messageId=").nth(1).expect("an id").split('&').next().unwrap().to_owned();
        let lines: Vec<String> = heard
            .iter()
            .map(|call| format!("{} {}", call.head.lines().next().unwrap().replace(&id, "ID"), call.body))
            .collect();
        insta::assert_snapshot!("what_the_service_is_asked", lines.join("\n"));
        assert!(heard.iter().all(|call| call.header("authorization") == "Bearer t0ken"));
        tell(&shop, &event("IS_TYPING", &Value::Null)).expect_ok();
        shop.until_said(&["Bonjour|-", "Bonsoir|accepted"]);
        for kind in ["DELIVERED", "READ", "DELIVERED"] {
            tell(&shop, &event(kind, &json!(id))).expect_ok();
            shop.until_said(&["Bonjour|-", "Bonsoir|delivered"]);
        }
        shop.answer("Encore");
        until("a second message", || service.heard().len() == 3);
        assert!(service.heard()[2].target().contains("/agentMessages?"), "the phone is known to be reached");
    }

    fn a_phone_without_rcs_is_no_destination(server: &Server, service: &Receiver) {
        let shop = Shop::open(server, Kind::Rcs, &service.url("/?token=t"));
        tell(&shop, &text("m-1", "Bonjour")).expect_ok();
        service.behave(Behaviour::Answer(404));
        shop.answer("Bonsoir");
        shop.until_said(&["Bonjour|-", "Bonsoir|bad_destination"]);
    }

    fn a_handshake_is_answered_to_whoever_knows_the_secret(server: &Server, service: &Receiver) {
        let shop = Shop::open(server, Kind::Rcs, &service.url("/?token=t"));
        let shake = |token: &str, secret: &str| {
            let body = json!({ "clientToken": token, "secret": secret });
            server.send(server.request(Method::POST, &shop.path("rcs")).json(&body))
        };
        let answer = shake(shop.secret(), "s3cr3t");
        assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (200, b"s3cr3t".as_slice()));
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        shake("guess", "s3cr3t").expect(401);
        shake("", "s3cr3t").expect(401);
        shake(shop.secret(), &"x".repeat(2_000)).expect(400);
    }

    fn only_what_the_service_has_sealed_is_believed(server: &Server, service: &Receiver) {
        let shop = Shop::open(server, Kind::Rcs, &service.url("/?token=t"));
        let (data, before) = (text("m-1", "Bonjour").to_string(), server.dump());
        tell_bytes(&shop, data.as_bytes(), "guess").expect(401);
        let body = json!({ "message": { "data": STANDARD.encode(&data) } });
        let request = || server.request(Method::POST, &shop.path("rcs")).json(&body);
        server.send(request()).expect(401);
        for signature in ["", "AAAA", "%%%", "v1=00"] {
            server.send(request().header("x-goog-signature", signature)).expect(401);
        }
        let request = server.request(Method::POST, &shop.path("rcs")).json(&json!({ "message": { "data": "%" } }));
        server.send(request).expect(401);
        let (neither, no_json) = ("This is neither a handshake nor a message.", "The body is not valid JSON: see line 1");
        for (body, reason) in [("", no_json), ("x", no_json), ("{}", neither), ("[]", neither), (r#"{"message":1}"#, neither)] {
            let told = server.send(server.request(Method::POST, &shop.path("rcs")).body(body)).expect(400);
            assert!(told["message"].as_str().is_some_and(|told| told.starts_with(reason)), "{told}");
        }
        assert_eq!(server.dump(), before);
    }

    fn whatever_the_service_has_sealed_is_answered_with_a_success(server: &Server, service: &Receiver) {
        let shop = Shop::open(server, Kind::Rcs, &service.url("/?token=t"));
        let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
        let number = prop_oneof![Just("+33600000001".to_owned()), ".{0,20}"];
        let event = (number, ".{0,20}", prop::option::of(".{0,30}"), prop::option::of("[A-Z_]{0,12}"));
        let event = event.prop_map(|(from, id, text, kind)| {
            json!({ "senderPhoneNumber": from, "messageId": id, "text": text, "eventType": kind })
        });
        let data = prop_oneof![
            event.prop_map(|event| event.to_string().into_bytes()),
            prop::collection::vec(any::<u8>(), 0..200),
        ];
        let outcome = runner.run(&data, |data| {
            let status = tell_bytes(&shop, &data, shop.secret()).status.as_u16();
            prop_assert_eq!(status, 200, "{:?}", String::from_utf8_lossy(&data));
            Ok(())
        });
        outcome.expect("nothing is told for seven days");
    }

    fn a_service_account_s_key_is_exchanged_for_a_token(server: &Server, service: &Receiver) {
        let pem = pem("PRIVATE KEY", &in_pkcs8(RSA));
        let file = server.data().join("agent.json");
        let account = json!({
            "client_email": "agent@shop.example", "private_key": pem, "token_uri": service.url("/token"),
        });
        std::fs::write(&file, account.to_string()).expect("a file");
        let shop = Shop::open(server, Kind::Rcs, &service.url(&format!("/?key_file={}", file.display())));
        service.behave(Behaviour::say(&json!({ "access_token": "gr4nted", "expires_in": 3600 })));
        tell(&shop, &text("m-1", "Bonjour")).expect_ok();
        shop.answer("Bonsoir");
        shop.until_said(&["Bonjour|-", "Bonsoir|accepted"]);
        let heard = service.heard();
        let targets: Vec<&str> = heard.iter().map(|call| call.target().split(['?', '+']).next().unwrap()).collect();
        assert_eq!(targets, ["/token", "/v1/phones/", "/v1/phones/"], "one token for both calls");
        assert!(heard[1..].iter().all(|call| call.header("authorization") == "Bearer gr4nted"));
        let form = String::from_utf8(heard[0].bytes.clone()).expect("a form");
        let jwt = form.split("assertion=").nth(1).expect("an assertion");
        let claims = claims(jwt, &service.url("/token"));
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!("agent@shop.example"), &json!(service.url("/token"))));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    }

    fn a_key_that_cannot_sign_shows_in_the_list(server: &Server, service: &Receiver) {
        let file = server.data().join("agent.json");
        let keep = |key: &str| {
            let account = json!({ "client_email": "a@b.example", "private_key": key, "token_uri": service.url("/") });
            std::fs::write(&file, account.to_string()).expect("a file");
        };
        let short = pem("RSA PRIVATE KEY", &RSA[..RSA.len() / 2]);
        for (slug, key) in [("none", ""), ("nonsense", "key"), ("half", &short)] {
            keep(key);
            let shop = Shop::named(server, slug, Kind::Rcs, &service.url(&format!("/?key_file={}", file.display())));
            let standing = || server.operator(Some(&shop.workspace), carrier::list).remove(0);
            until("the carrier to be down", || standing().state == "down");
            assert_eq!(standing().state_detail, "Its key file has no RSA key that can be used.");
        }
        keep(&pem("RSA PRIVATE KEY", RSA));
        let shop = Shop::open(server, Kind::Rcs, &service.url(&format!("/?key_file={}", file.display())));
        until("it to be up", || server.operator(Some(&shop.workspace), carrier::list)[0].state == "up");
    }
}
