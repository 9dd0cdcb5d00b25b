//! A customer who does not answer, or too late, or nonsense.

use std::time::Duration;

use parlance_engine::account::Parameter;
use parlance_engine::callback::State;
use parlance_engine::message::Delivery;

use super::{Line, with_receiver};
use crate::support::{Behaviour, Receiver, Server, until};

/// An answer that never ends.
fn endless() -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(), &vec![b'x'; 4 << 20]].concat()
}

with_receiver! {
    fn what_is_not_answered_is_told_again_and_is_the_same_call(server: &Server, customer: &Receiver) {
        let line = Line::open(server);
        line.want(Parameter::InboundUrl, &customer.url("/in"));
        let failing = [
            (Behaviour::Answer(500), "answered 500"),
            (Behaviour::Answer(404), "answered 404"),
            (Behaviour::Answer(302), "answered 302"),
            (Behaviour::Say(b"\0\x01 what?".to_vec()), "not reached: "),
            (Behaviour::Say(Vec::new()), "not reached: "),
            (Behaviour::Silent(Duration::from_secs(3)), "no answer in time"),
        ];
        line.hears("Bonjour");
        let mut seconds = 1;
        for (n, (behaviour, outcome)) in failing.into_iter().enumerate() {
            customer.behave(behaviour);
            line.pass(seconds);
            assert_eq!(customer.heard().len(), n + 1);
            let made = line.log().remove(0);
            assert!(made.outcome.starts_with(outcome), "{:?} is not {outcome}", made.outcome);
            assert_eq!((made.state, made.attempts), (State::Waiting, n as i64 + 1));
            seconds = [4, 31, 301, 1_801, 7_201, 28_801][n];
        }
        customer.behave(Behaviour::Say(endless()));
        line.pass(seconds);
        let made = line.log().remove(0);
        assert_eq!((made.state, made.attempts, made.outcome.as_str()), (State::Answered, 7, "answered 200"));
        let heard = customer.heard();
        assert!(heard.iter().all(|call| call.body == heard[0].body));
        let id = heard[0].header("x-parlance-callback-id");
        assert!(!id.is_empty() && heard.iter().all(|call| call.header("x-parlance-callback-id") == id));
        line.pass(1_000_000);
        assert_eq!(customer.heard().len(), 7);
    }

    fn who_never_answers_is_given_up_after_three_days(server: &Server, customer: &Receiver) {
        let line = Line::open(server);
        line.want(Parameter::InboundUrl, &customer.url("/in"));
        customer.behave(Behaviour::Answer(503));
        line.hears("Bonjour");
        for seconds in [1, 4, 31, 301, 1_801, 7_201, 28_801, 86_401, 86_401, 1_000_000] {
            line.pass(seconds);
        }
        let made = line.log().remove(0);
        assert_eq!((made.state, made.attempts), (State::GivenUp, 9));
        assert_eq!(customer.heard().len(), 9);
    }

    fn who_is_slow_delays_nobody_else(server: &Server, customer: &Receiver) {
        let line = Line::open(server);
        let slow = Receiver::start();
        slow.behave(Behaviour::Silent(Duration::from_secs(60)));
        line.want(Parameter::InboundUrl, &slow.url("/in"));
        for n in 0..60 {
            line.hears(&n.to_string());
        }
        line.followed();
        line.want(Parameter::InboundUrl, &customer.url("/in"));
        for n in 0..20 {
            line.hears(&n.to_string());
        }
        until("what is told to the others", || customer.heard().len() == 20);
        let untold = "SELECT id FROM callback WHERE state = 'waiting' AND attempts = 0".to_owned();
        assert!(!server.rows(untold).is_empty(), "the slow one has not even been asked about everything");
    }

    fn what_is_told_of_one_message_comes_in_order(server: &Server, customer: &Receiver) {
        let line = Line::open(server);
        line.want(Parameter::DeliveryUrl, &customer.url("/dlr"));
        let sent: Vec<String> = (0..10).map(|n| line.sends(&n.to_string())).collect();
        for state in [Delivery::Accepted, Delivery::Delivered] {
            for message in &sent {
                line.arrived(message, state);
            }
            line.followed();
        }
        line.pass(1);
        let heard = customer.heard();
        for message in &sent {
            let of_this: Vec<&str> = heard
                .iter()
                .filter(|call| call.body["message_id"] == *message)
                .filter_map(|call| call.body["status"].as_str())
                .collect();
            assert!(of_this == ["ACK", "DELIVERED"] || of_this == ["DELIVERED"], "{of_this:?}");
        }
    }
}
