//! Notices by e-mail, as a mail server gets them.

mod crash;
mod digest;
mod failing;
mod hostile;
mod low_credit;
mod memo;
mod unsubscribe;

use std::num::NonZeroU32;

use mail_parser::{Message, MessageParser};
use parlance_engine::person::{self, Change, Facts, Kind};
use parlance_engine::workspace::Workspace;
use parlance_engine::{Principal, follower, notice};
use parlance_server::config::{Config, Encryption};
use serde_json::json;

use crate::support::{Database, Letter, MailServer, Server, User, until};

/// Writes a test once and runs it on both databases, with a mail server beside the server.
macro_rules! with_mail {
    ($($(#[$meta:meta])* fn $name:ident($server:ident: &Server, $post:ident: &MailServer) $body:block)*) => {$(
        mod $name {
            use super::*;
            fn body($server: &Server, $post: &MailServer) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                let post = MailServer::open();
                body(&crate::mail::server(crate::support::Database::sqlite(), &post), &post);
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                if let Some(database) = crate::support::Database::postgres() {
                    let post = MailServer::open();
                    body(&crate::mail::server(database, &post), &post);
                }
            }
        }
    )*};
}
use with_mail;

/// What stands in every link of an e-mail.
const HOME: &str = "https://shop.test";

/// As long as a claim lasts and a little longer, and not as long as anything else.
const LEASE_SECONDS: i64 = 10;

/// A server that hands its e-mails to `post`.
fn server(database: Database, post: &MailServer) -> Server {
    let port = post.port();
    Server::configured(database, |config| configure(config, port))
}

fn configure(config: &mut Config, port: u16) {
    config.public_url = HOME.to_owned().try_into().expect("a URL");
    let mail = &mut config.mail;
    (mail.host, mail.port, mail.tls) = ("127.0.0.1".into(), port, Encryption::None);
    mail.from = "The Shop <notices@shop.test>".to_owned().try_into().expect("a sender");
    mail.timeout_seconds = NonZeroU32::MIN;
}

/// Somebody with a token and an address.
fn user<'s>(server: &'s Server, workspace: &Workspace, kind: Kind, name: &str) -> User<'s> {
    let user = server.user(workspace, kind, name);
    let facts = Facts { email: Some(format!("{name}@home.test")), ..Facts::default() };
    let (id, change) = (user.id, Change { facts, ..Change::default() });
    server.operator(Some(workspace), move |cx| person::set(cx, id, &change));
    user
}

/// Ada and Bob, who know of each other.
fn pair<'s>(server: &'s Server, workspace: &Workspace) -> (User<'s>, User<'s>) {
    let [ada, bob] = ["ada", "bob"].map(|name| user(server, workspace, Kind::Customer, name));
    (ada, bob)
}

/// Says something to Bob about an order; the id of the conversation.
fn write(who: &User<'_>, order: &str, body: &str) -> String {
    who.server.clock.forward(1);
    let start = json!({"source": {"type": "ORDER", "id": order}, "recipientId": "bob", "body": body});
    who.post("/conversations", &start).expect(201)["id"].as_str().unwrap().to_owned()
}

/// Waits until what was said so far is written down as owed.
fn owe(server: &Server, workspace: &Workspace) {
    let operator = Principal::Operator(Some(workspace.id));
    let followed = || {
        let position = server.engine.read_blocking(operator, |cx| follower::position(cx, notice::FOLLOWER));
        position.is_ok_and(|at| at.reached == at.newest)
    };
    until("what is owed", followed);
}

/// Lets `seconds` pass and waits until everything that is due then has been dealt with.
fn pass(server: &Server, workspace: &Workspace, seconds: i64) {
    owe(server, workspace);
    server.clock.forward(seconds);
    // What is on its way is due when its claim ends; nothing else is due so soon.
    let soon = server.engine.now().plus_seconds(LEASE_SECONDS).0;
    let nothing_due = || server.rows(format!("SELECT due_at FROM notice WHERE due_at <= {soon}")).is_empty();
    until("what was due", nothing_due);
}

/// The e-mails that came, once there are `count` of them.
fn letters(post: &MailServer, count: usize) -> Vec<Letter> {
    until("the e-mails", || post.letters().len() >= count);
    let letters = post.letters();
    assert_eq!(letters.len(), count);
    letters
}

fn parsed(letter: &Letter) -> Message<'_> {
    MessageParser::default().parse(&letter.bytes).expect("an e-mail")
}

/// A header as it stands there, without the ends of its lines.
fn header(letter: &Letter, name: &str) -> String {
    let message = parsed(letter);
    let all: Vec<_> = message.headers_raw().filter(|(found, _)| found.eq_ignore_ascii_case(name)).collect();
    assert_eq!(all.len(), 1, "{name} in {:?}", String::from_utf8_lossy(&letter.bytes));
    all[0].1.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(letter: &Letter) -> String {
    parsed(letter).body_text(0).expect("plain text").replace("\r\n", "\n")
}

fn html(letter: &Letter) -> String {
    parsed(letter).body_html(0).expect("HTML").replace("\r\n", "\n")
}

/// The path of the link that ends these e-mails, as the header says it.
fn unsubscribe_path(letter: &Letter) -> String {
    let value = header(letter, "List-Unsubscribe");
    let url = value.trim_start_matches('<').trim_end_matches('>');
    url.strip_prefix(HOME).expect("a link to us").to_owned()
}
