//! Who is believed at the endpoints of carriers, and what becomes of nonsense.

use parlance_engine::carrier::{self, Kind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Shop, seal, with_gateway};
use crate::support::{Receiver, Server};

fn text() -> Value {
    json!({ "id": "t-1", "from": "+33600000001", "to": "12345", "text": "Bonjour" })
}

/// JSON of any shape, in which the names that mean something are frequent.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        prop::sample::select(vec!["+33600000001", "12345", "delivered", "sms", "g-1", "", "\0", "READ"])
            .prop_map(Value::from),
    ];
    let names = vec![
        "id",
        "from",
        "to",
        "text",
        "channel",
        "state",
        "detail",
        "message",
        "data",
        "clientToken",
        "secret",
        "senderPhoneNumber",
        "messageId",
        "eventType",
        "location",
        "userFile",
    ];
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.clone()), inner), 0..8).prop_map(|fields| {
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

with_gateway! {
    fn only_what_the_gateway_has_sealed_just_now_is_believed(server: &Server, gateway: &Receiver) {
        let shop = Shop::open(server, Kind::Http, &gateway.url("/"));
        let (body, now) = (text().to_string(), server.engine.now().0 / 1_000_000);
        let before = server.dump();
        for what in ["inbound", "reports"] {
            for (secret, seconds) in [("", now), ("guess", now), (shop.secret(), now - 400), (shop.secret(), now + 400)] {
                shop.tell_sealed(what, body.as_bytes(), (secret, seconds)).expect(401);
            }
            let request = || server.request(Method::POST, &shop.path(what)).body(body.clone());
            server.send(request()).expect(401);
            let sealed_other = seal(shop.secret(), now, b"something else");
            let request = request().header("x-parlance-timestamp", now);
            server.send(request.header("x-parlance-signature", sealed_other)).expect(401);
            server.send(server.request(Method::GET, &shop.path(what))).expect(405);
        }
        assert_eq!(server.dump(), before);
        shop.tell("inbound", &text()).expect(200);
    }

    fn a_carrier_that_is_not_there_has_no_endpoint(server: &Server, gateway: &Receiver) {
        let shop = Shop::open(server, Kind::Http, &gateway.url("/"));
        let own = shop.carrier.id.to_string();
        for id in ["", "x", "0190f3c4-0000-7000-8000-000000000001", &own.to_uppercase(), "%00", "%ff", "..%2f.."] {
            for what in ["inbound", "reports", "rcs"] {
                let path = format!("/carriers/{id}/{what}");
                let request = server.request(Method::POST, &path).body(text().to_string());
                server.send(request).expect(404);
            }
        }
        let request = server.request(Method::POST, &shop.path("rcs")).body(text().to_string());
        server.send(request).expect(404);
        shop.tell("inbound", &text()).expect(200);
        server.operator(Some(&shop.workspace), move |cx| carrier::remove(cx, &own).map(drop));
        shop.tell("inbound", &json!({ "id": "t-2", "from": "1", "to": "2", "text": "x" })).expect(404);
    }

    fn what_makes_no_sense_is_refused_with_a_reason(server: &Server, gateway: &Receiver) {
        let shop = Shop::open(server, Kind::Http, &gateway.url("/"));
        let before = server.dump();
        let (missing, no_text) = ("this is missing; it must be a text.", "this must be a text.");
        let (no_object, no_id) = ("The body must be a JSON object.", "id: an id is a text of 1 to 200 characters.");
        for (body, reason) in [
            (json!([]), no_object.to_owned()), (json!("x"), no_object.to_owned()), (json!(null), no_object.to_owned()),
            (json!({}), format!("id: {missing}")),
            (json!({ "id": "t", "from": "1", "to": "2" }), format!("text: {missing}")),
            (json!({ "id": "", "from": "1", "to": "2", "text": "x" }), no_id.to_owned()),
            (json!({ "id": "a\nb", "from": "1", "to": "2", "text": "x" }), no_id.to_owned()),
            (json!({ "id": 7, "from": "1", "to": "2", "text": "x" }), format!("id: {no_text}")),
            (
                json!({ "id": "t", "from": "1", "to": "2", "text": "x", "channel": "pigeon" }),
                "channel: there is no channel \"pigeon\".".to_owned(),
            ),
        ] {
            assert_eq!(shop.tell("inbound", &body).expect(400)["message"], reason, "{body}");
        }
        for (body, reason) in [
            (json!([]), no_object.to_owned()), (json!({}), format!("id: {missing}")),
            (json!({ "id": "g" }), format!("state: {missing}")),
            (json!({ "id": "g", "state": 7 }), format!("state: {no_text}")),
            (json!({ "id": "g", "state": "eaten" }), "state: there is no state \"eaten\".".to_owned()),
            (json!({ "id": "g", "state": "delivered", "to": {} }), format!("to: {no_text}")),
        ] {
            assert_eq!(shop.tell("reports", &body).expect(400)["message"], reason, "{body}");
        }
        assert_eq!(server.dump(), before);
        let unknown = json!({ "id": "g-unknown", "to": "+33600000001", "state": "delivered" });
        assert_eq!(shop.tell("reports", &unknown).expect(200)["known"], false);
    }

    fn a_text_of_any_length_and_a_body_that_is_too_large_stop_nothing(server: &Server, gateway: &Receiver) {
        let shop = Shop::open(server, Kind::Http, &gateway.url("/"));
        let long = json!({ "id": "t", "from": "+33600000001", "to": "12345", "text": "é".repeat(100_000) });
        shop.tell("inbound", &long).expect(200);
        let large = json!({ "id": "u", "from": "1", "to": "2", "text": "x".repeat(600_000) });
        shop.tell("inbound", &large).expect(413);
        shop.tell("inbound", &text()).expect(200);
    }

    fn whatever_a_gateway_says_the_server_answers_without_a_fault(server: &Server, gateway: &Receiver) {
        let shop = Shop::open(server, Kind::Http, &gateway.url("/"));
        let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
        let bodies = prop_oneof![
            any_json().prop_map(|json| json.to_string().into_bytes()),
            prop::collection::vec(any::<u8>(), 0..200),
        ];
        let cases = (bodies, prop::sample::select(vec!["inbound", "reports"]), any::<bool>());
        let outcome = runner.run(&cases, |(body, what, is_sealed)| {
            let secret = if is_sealed { shop.secret() } else { "guess" };
            let now = server.engine.now().0 / 1_000_000;
            let status = shop.tell_sealed(what, &body, (secret, now)).status.as_u16();
            let expected: &[u16] = if is_sealed { &[200, 400] } else { &[401] };
            prop_assert!(expected.contains(&status), "{} {:?}", status, String::from_utf8_lossy(&body));
            Ok(())
        });
        outcome.expect("no body does harm");
        shop.tell("inbound", &json!({ "id": "last", "from": "+33600000001", "to": "12345", "text": "x" })).expect(200);
    }
}
