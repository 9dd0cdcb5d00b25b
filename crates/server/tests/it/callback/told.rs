//! What a customer is told.

use parlance_engine::account::Parameter;
use parlance_engine::callback::State;
use parlance_engine::message::Delivery;
use reqwest::Url;

use super::{Line, with_receiver};
use crate::support::process::Installation;
use crate::support::{Database, Heard, Receiver, Server, until};

/// Calls as a snapshot: what differs from run to run is named instead.
fn shown(heard: &[Heard], names: &[(&str, &str)]) -> String {
    let named = |text: String| names.iter().fold(text, |text, (value, name)| text.replace(value, name));
    let mut lines: Vec<String> = heard
        .iter()
        .map(|call| {
            let path = call.head.lines().next().unwrap_or_default();
            named(format!("{path}\ncontent-type: {}\n{}", call.header("content-type"), call.body))
        })
        .collect();
    // Which of them comes first is not promised, nor which of their ids is the smaller one.
    lines.sort();
    lines.join("\n\n")
}

/// The date of a moment, which is the day and the time of day.
fn is_date(text: &str) -> bool {
    let shape = "dddd-dd-dd dd:dd:dd";
    text.len() == shape.len()
        && text.chars().zip(shape.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == s })
}

with_receiver! {
    fn what_happens_is_told_in_the_shapes_of_the_contract(server: &Server, customer: &Receiver) {
        let line = Line::open(server);
        line.want(Parameter::InboundUrl, &customer.url("/in?token=1"));
        line.want(Parameter::DeliveryUrl, &customer.url("/dlr"));
        line.want(Parameter::OptOutUrl, &customer.url("/stop"));
        let sent = line.sends("Votre commande est prête");
        line.arrived(&sent, Delivery::Delivered);
        let text = line.hears("Merci \"beaucoup\" 👍");
        let stop = line.hears("Stop");
        line.pass(1);
        let heard = customer.heard();
        let dates: Vec<&str> = heard
            .iter()
            .flat_map(|call| ["delivery_date", "reception_date", "stop_date"].map(|key| call.body[key].as_str()))
            .flatten()
            .collect();
        assert!(dates.len() == 4 && dates.iter().all(|date| is_date(date)), "{dates:?}");
        let mut names = vec![(sent.as_str(), "SENT"), (&text, "TEXT"), (&stop, "STOP")];
        names.extend(dates.iter().map(|date| (*date, "DATE")));
        insta::assert_snapshot!("the_shapes_of_the_contract", shown(&heard, &names));
        assert!(line.log().iter().all(|made| made.state == State::Answered && made.attempts == 1));
        assert!(heard.iter().all(|call| call.header("user-agent").starts_with("Parlance/")));
    }

    fn nothing_is_told_twice_while_the_server_runs(server: &Server, customer: &Receiver) {
        let line = Line::open(server);
        line.want(Parameter::InboundUrl, &format!("{}\n{}", customer.url("/1"), customer.url("/2")));
        for n in 0..40 {
            line.hears(&n.to_string());
        }
        line.pass(1);
        line.pass(100_000);
        let mut ids: Vec<String> =
            customer.heard().iter().map(|call| call.header("x-parlance-callback-id").to_owned()).collect();
        assert_eq!(ids.len(), 80);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 80);
    }
}

#[test]
fn two_nodes_share_the_calls_and_make_none_twice() {
    let Some(database) = Database::postgres() else { return };
    let customer = Receiver::start();
    let server = super::server(database);
    let _other = server.another_node_with(super::allow_this_machine);
    let line = Line::open(&server);
    line.want(Parameter::InboundUrl, &customer.url("/in"));
    for n in 0..40 {
        line.hears(&n.to_string());
    }
    line.pass(1);
    assert_eq!(customer.heard().len(), 40);
}

#[test]
fn the_operator_sees_what_was_told_and_what_came_of_it() {
    let server = Installation::new(Database::sqlite());
    server.command(&["workspace", "add", "shop"]);
    assert_eq!(server.command(&["callback", "list", "--workspace", "shop"]), serde_json::json!([]));
    for n in 1..=3 {
        let state = ["waiting", "answered", "given_up"][n - 1];
        server.database.execute(&format!(
            "INSERT INTO callback (workspace, id, kind, url, host, message, subject, number, delivery, text, our_address,
                 channel, happened_at, state, attempts, due_at, outcome)
             VALUES (1, 'm.delivered.{n}', 'delivery', 'https://a.example/', 'a.example',
                 '0190f3c4-0000-7000-8000-000000000001', 'sms_1', '+33600000001',
                 'delivered', '', '12345', 'sms', {n}000000, '{state}', {n}, 9000000, 'answered 20{n}')"
        ));
    }
    let list = server.command(&["callback", "list", "--workspace", "shop"]);
    insta::assert_snapshot!("callback_list", serde_json::to_string_pretty(&list).expect("JSON"));
    let refused = server.refused(&["callback", "list", "--workspace", "nowhere"]);
    assert!(refused.contains("There is no workspace"), "{refused}");
}

#[test]
fn the_running_server_lists_them_as_well() {
    let server = Installation::new(Database::sqlite());
    server.command(&["workspace", "add", "shop"]);
    let running = server.start();
    assert!(Url::parse(&running.url).is_ok());
    until("a list", || server.command(&["callback", "list", "--workspace", "shop"]) == serde_json::json!([]));
}
