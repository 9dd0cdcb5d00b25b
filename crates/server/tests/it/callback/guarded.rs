//! A customer whose URL leads where none of theirs should.

use parlance_engine::account::Parameter;
use parlance_engine::callback::State;
use parlance_engine::person::{self, Change, Facts, Kind};
use reqwest::Method;

use super::Line;
use crate::support::{Behaviour, Database, Receiver, Server};

fn nothing_inside_is_called(database: Database) {
    let server = Server::configured(database, |config| config.outgoing.allow_http = true);
    let inside = Receiver::start();
    let line = Line::open(&server);
    let port = inside.url("").rsplit(':').next().unwrap().to_owned();
    let hosts = ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0"];
    let urls: Vec<String> =
        hosts.iter().map(|host| format!("http://{host}:{port}/latest/meta-data")).collect();
    line.want(Parameter::InboundUrl, &urls.join("\n"));
    line.hears("Bonjour");
    line.pass(1);
    let log = line.log();
    assert_eq!(log.len(), hosts.len());
    for made in log {
        assert_eq!((made.state, made.outcome.as_str()), (State::Waiting, "this address may not be called"));
    }
    assert!(inside.heard().is_empty());
}

#[test]
fn nothing_inside_is_called_however_it_is_written_sqlite() {
    nothing_inside_is_called(Database::sqlite());
}

#[test]
fn nothing_inside_is_called_however_it_is_written_postgres() {
    if let Some(database) = Database::postgres() {
        nothing_inside_is_called(database);
    }
}

#[test]
fn a_redirect_to_the_inside_is_not_followed_and_nothing_of_it_is_kept() {
    let (inside, outside) = (Receiver::start(), Receiver::start());
    let server = super::server(Database::sqlite());
    let line = Line::open(&server);
    let to = inside.url("/latest/meta-data");
    outside.behave(Behaviour::Say(
        format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret")
            .into_bytes(),
    ));
    line.want(Parameter::InboundUrl, &outside.url("/in"));
    line.hears("Bonjour");
    line.pass(1);
    assert_eq!((outside.heard().len(), inside.heard().len()), (1, 0));
    assert_eq!(line.log()[0].outcome, "answered 307");
}

#[test]
fn what_is_not_encrypted_is_not_called_unless_that_is_allowed() {
    let customer = Receiver::start();
    let server = Server::configured(Database::sqlite(), |config| {
        super::allow_this_machine(config);
        config.outgoing.allow_http = false;
    });
    let line = Line::open(&server);
    line.want(Parameter::InboundUrl, &customer.url("/in"));
    line.hears("Bonjour");
    line.pass(1);
    assert_eq!(line.log()[0].outcome, "the URL must begin with https://");
    assert!(customer.heard().is_empty());
}

#[test]
fn a_url_that_leads_inside_is_refused_when_it_is_said() {
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    let agent = server.user(&shop, Kind::Agent, "agnes");
    let facts = Facts { email: Some("agnes@shop.example".into()), ..Facts::default() };
    let (id, change) = (agent.id, Change { facts, ..Change::default() });
    server.operator(Some(&shop), move |cx| person::set(cx, id, &change));
    let say = |url: &str| {
        let body = serde_json::json!({ "callbacks": { "callback_url_for_inbounds": url } });
        let request = server.request(Method::PATCH, "/v1/public/user/campaign-parameters/edit").json(&body);
        server
            .send(request.header("api-login", "agnes@shop.example").header("api-key", &agent.token))
            .status
            .as_u16()
    };
    for url in [
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://0xa9fea9fe/latest",
        "https://192.168.1.1:8443/x",
        "http://shop.example/",
        "https://ada:secret@shop.example/",
    ] {
        assert_eq!(say(url), 400, "{url}");
    }
    assert!(server.rows("SELECT name FROM account_parameter".into()).is_empty());
    assert_eq!(say("https://shop.example/hook?token=1"), 200);
}
