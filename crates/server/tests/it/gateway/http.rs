//! A gateway: what it is given, and what it tells.

use parlance_engine::carrier::Kind;
use serde_json::{Value, json};

use super::{Shop, seal, with_gateway};
use crate::support::{Behaviour, Heard, Receiver, Server, until};

fn shop<'s>(server: &'s Server, gateway: &Receiver) -> Shop<'s> {
    Shop::open(server, Kind::Http, &gateway.url("/send?key=1"))
}

fn text(id: &str, text: &str) -> Value {
    json!({ "id": id, "from": "+33600000001", "to": "12345", "text": text })
}

/// What the gateway was given, once there is so much.
fn given(gateway: &Receiver, count: usize) -> Vec<Heard> {
    until("what the gateway is given", || gateway.heard().len() >= count);
    let heard = gateway.heard();
    assert_eq!(heard.len(), count);
    heard
}

with_gateway! {
    fn a_text_comes_in_is_answered_and_the_answer_arrives(server: &Server, gateway: &Receiver) {
        let shop = shop(server, gateway);
        gateway.behave(Behaviour::say(&json!({ "id": "g-1" })));
        let stored = shop.tell("inbound", &text("t-1", "Où est ma commande ?")).expect(200);
        assert_eq!(stored["new"], true);
        shop.answer("En route !");
        let given = given(gateway, 1).remove(0);
        assert_eq!(given.target(), "/send?key=1");
        let id = given.body["id"].as_str().expect("an id").to_owned();
        insta::assert_snapshot!("what_the_gateway_is_given", given.body.to_string().replace(&id, "ID"));
        let seconds: i64 = given.header("x-parlance-timestamp").parse().expect("a number");
        assert_eq!(given.header("x-parlance-signature"), seal(shop.secret(), seconds, &given.bytes));
        shop.until_said(&["Où est ma commande ?|-", "En route !|accepted"]);
        let report = json!({ "id": "g-1", "to": "+33600000001", "state": "delivered", "detail": "ok" });
        assert_eq!(shop.tell("reports", &report).expect(200)["known"], true);
        shop.until_said(&["Où est ma commande ?|-", "En route !|delivered"]);
    }

    fn what_is_told_again_is_not_stored_again(server: &Server, gateway: &Receiver) {
        let shop = shop(server, gateway);
        let first = shop.tell("inbound", &text("t-1", "Bonjour")).expect(200);
        server.clock.forward(6 * 24 * 60 * 60);
        let again = shop.tell("inbound", &text("t-1", "Bonjour")).expect(200);
        assert_eq!((&again["message"], &again["new"]), (&first["message"], &json!(false)));
        let other = shop.tell("inbound", &text("t-2", "Bonjour")).expect(200);
        assert_eq!(other["new"], true);
        assert_eq!(shop.said().len(), 2);
    }

    fn a_gateway_that_is_down_delays_and_does_not_lose(server: &Server, gateway: &Receiver) {
        let shop = shop(server, gateway);
        shop.tell("inbound", &text("t-1", "Bonjour")).expect(200);
        gateway.behave(Behaviour::Answer(503));
        shop.answer("Bonsoir");
        given(gateway, 1);
        gateway.behave(Behaviour::Answer(202));
        until("another try", || {
            server.clock.forward(10);
            gateway.heard().len() == 2
        });
        let heard = gateway.heard();
        assert_eq!(heard[0].body, heard[1].body, "it is the same message by the same id");
        shop.until_said(&["Bonjour|-", "Bonsoir|accepted"]);
        let report = json!({ "id": heard[0].body["id"], "state": "undelivered" });
        assert_eq!(shop.tell("reports", &report).expect(200)["known"], true, "without an id of its own it uses ours");
        shop.until_said(&["Bonjour|-", "Bonsoir|undelivered"]);
    }

    fn what_the_gateway_refuses_is_not_tried_again(server: &Server, gateway: &Receiver) {
        let shop = shop(server, gateway);
        shop.tell("inbound", &text("t-1", "Bonjour")).expect(200);
        gateway.behave(Behaviour::say_with(422, &json!({ "state": "bad_destination" })));
        shop.answer("Bonsoir");
        shop.until_said(&["Bonjour|-", "Bonsoir|bad_destination"]);
        server.clock.forward(1_000);
        given(gateway, 1);
    }
}
