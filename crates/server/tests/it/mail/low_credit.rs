//! E-mails to addresses that accounts have named, about credit that has become low.

use parlance_engine::access::Caller;
use parlance_engine::account::Parameter;
use parlance_engine::carrier::{self, Kind};
use parlance_engine::conversation::line;
use parlance_engine::credit;
use parlance_engine::message::{self, Post};

use super::memo::{agent, hear, pass, want};
use super::{letters, parsed, plain, with_mail};
use crate::support::{MailServer, Server};

/// An agent answers in the one conversation that there is, for 0.05.
fn answer(server: &Server, agent: Caller) {
    let page = server
        .engine
        .read_blocking(agent.into(), |cx| line::page(cx, 0, 1))
        .expect("an agent sees the inbox");
    let post = Post::new(page.lines[0].conversation.id, "Good day.".into());
    server.engine.write_blocking(agent.into(), move |cx| message::post(cx, &post)).expect("it is sent");
}

with_mail! {
    fn low_credit_is_mailed_when_it_becomes_low(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let agent = agent(server, &shop);
        let new = || carrier::New { kind: Kind::Handset, address: "12345".into(), url: None };
        server.operator(Some(&shop), move |cx| carrier::add(cx, &new()));
        server.operator(Some(&shop), |cx| credit::add(cx, 1_060_000, "a test"));
        want(server, &shop, Parameter::AlertBound, "1");
        want(server, &shop, Parameter::AlertEmails, "boss@shop.test");
        hear(server, &shop, "+33600000001", "Hello?");
        answer(server, agent);
        pass(server, &shop, 0);
        letters(post, 0);
        answer(server, agent);
        answer(server, agent);
        pass(server, &shop, 0);
        let letter = &letters(post, 1)[0];
        assert_eq!(letter.to, ["boss@shop.test"]);
        assert_eq!(parsed(letter).subject(), Some("The credit of shop is low"));
        let text = plain(letter).replace('\u{2060}', "");
        assert!(text.starts_with("shop has 0.96 left, which is no more than the 1.00 below which"), "{text}");
        assert!(text.contains("alert_emails_to"), "{text}");
    }
}
