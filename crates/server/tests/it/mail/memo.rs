//! E-mails to addresses that accounts have named, about texts that came in.

use parlance_engine::MessageId;
use parlance_engine::access::{Caller, Scope};
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::channel::Channel;
use parlance_engine::contact::{self, Saving};
use parlance_engine::conversation::line::{self, Heard};
use parlance_engine::person::Kind;
use parlance_engine::workspace::Workspace;
use proptest::prelude::*;

use super::hostile::{check_headers, hostile, tags, unfit};
use super::{LEASE_SECONDS, header, html, letters, owe, parsed, plain, with_mail};
use crate::support::{Database, MailServer, Manner, Server, until};

/// Names of the headers that a memo about a text has.
const HEADERS: [&str; 10] = [
    "From",
    "To",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
];

pub(super) fn want(server: &Server, shop: &Workspace, parameter: Parameter, value: &str) {
    let said: Parameters = [(parameter, value.to_owned())].into();
    server.operator(Some(shop), move |cx| account::set_parameters(cx, &said));
}

pub(super) fn hear(server: &Server, shop: &Workspace, from: &str, text: &str) -> MessageId {
    let (from, text) = (from.to_owned(), text.to_owned());
    let heard = Heard { from, our_address: "12345".into(), channel: Channel::Sms, text };
    server.operator(Some(shop), move |cx| line::hear(cx, &heard))
}

/// Lets `seconds` pass and waits until every memo that is due then has been dealt with.
pub(super) fn pass(server: &Server, shop: &Workspace, seconds: i64) {
    owe(server, shop);
    server.clock.forward(seconds);
    let soon = server.engine.now().plus_seconds(LEASE_SECONDS).0;
    let nothing_due = || server.rows(format!("SELECT id FROM memo WHERE due_at <= {soon}")).is_empty();
    until("what was due", nothing_due);
}

fn memos(server: &Server) -> usize {
    server.rows("SELECT id FROM memo".to_owned()).len()
}

/// What an agent does.
pub(super) fn agent(server: &Server, shop: &Workspace) -> Caller {
    let (workspace, person) = (shop.id, server.user(shop, Kind::Agent, "agnes").id);
    Caller { workspace, person, kind: Kind::Agent, can_write: true, token: None, scope: Scope::All }
}

with_mail! {
    fn a_text_that_comes_in_is_mailed_once_to_each_address(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        want(server, &shop, Parameter::InboundEmail, "desk@shop.test\nboss@shop.test");
        let ada = contact::New { phone: Some("+33600000001".into()), first_name: "Ada".into(), ..Default::default() };
        let agent = agent(server, &shop);
        let saving = Saving { contacts: vec![ada], ..Saving::default() };
        server.engine.write_blocking(agent.into(), move |cx| contact::save(cx, &saving)).unwrap();
        hear(server, &shop, "+33600000001", "Is it there?\nSee www.shop.test <b>now</b>");
        pass(server, &shop, 0);
        let mut letters = letters(post, 2);
        letters.sort_by(|one, other| one.to.cmp(&other.to));
        assert_eq!(letters.iter().map(|letter| letter.to[0].as_str()).collect::<Vec<_>>(), ["boss@shop.test", "desk@shop.test"]);
        let letter = &letters[1];
        assert_eq!(parsed(letter).subject(), Some("Text from Ada (+33600000001) to 12345"));
        assert_eq!(header(letter, "From"), "\"The Shop\" <notices@shop.test>");
        assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
        let text = plain(letter);
        assert!(text.starts_with("Ada (+33600000001) wrote to 12345, ") && text.contains(" UTC:\n"), "{text}");
        assert!(text.contains("\n> Is it there?\n> See www.\u{2060}shop.\u{2060}test <b>now</b>\n"), "{text}");
        assert!(text.contains("email_for_inbounds") && text.contains("\nhttps://shop.test\n"), "{text}");
        let html = html(letter);
        assert!(html.contains("Is it there?<br>\nSee") && html.contains("&lt;b&gt;now&lt;/b&gt;"), "{html}");
        assert!(header(&letters[0], "Message-ID") != header(letter, "Message-ID"));
        pass(server, &shop, 100_000);
        assert_eq!((crate::mail::letters(post, 2).len(), memos(server)), (2, 0));
    }

    fn a_memo_that_is_refused_for_now_comes_later_and_one_refused_for_good_never(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        want(server, &shop, Parameter::InboundEmail, "desk@shop.test");
        post.behave(Manner::Refuse("RCPT", "450 mailbox busy"));
        hear(server, &shop, "38200", "Your code is 1.");
        pass(server, &shop, 0);
        assert_eq!((letters(post, 0).len(), post.tries(), memos(server)), (0, 1, 1));
        post.behave(Manner::Silent);
        pass(server, &shop, 60);
        post.behave(Manner::Take);
        pass(server, &shop, 120);
        let twice = letters(post, 2);
        assert_eq!(header(&twice[0], "Message-ID"), header(&twice[1], "Message-ID"), "taken and not said so");
        assert_eq!(parsed(&twice[0]).subject(), Some("Text from 38200 to 12345"));
        post.behave(Manner::Refuse("RCPT", "550 no such user"));
        hear(server, &shop, "38200", "Your code is 2.");
        pass(server, &shop, 0);
        post.behave(Manner::Take);
        pass(server, &shop, 100_000);
        assert_eq!((letters(post, 2).len(), memos(server)), (2, 0));
    }

    fn a_hostile_sender_or_text_does_nothing_in_a_memo(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        want(server, &shop, Parameter::InboundEmail, "desk@shop.test");
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default() });
        let outcome = runner.run(&(hostile(), hostile()), |(sender, text)| {
            let before = post.letters().len();
            hear(server, &shop, &sender, &text);
            pass(server, &shop, 0);
            let all = letters(post, before + 1);
            let letter = &all[before];
            let message = parsed(letter);
            check_headers(&message, &HEADERS)?;
            prop_assert_eq!(&letter.to, &["desk@shop.test"]);
            let subject = message.subject().unwrap_or_default();
            prop_assert!(subject.starts_with("Text from") && !subject.contains(unfit), "{:?}", subject);
            let (plain, html) = (plain(letter), html(letter));
            let links: Vec<&str> = tags(&html).into_iter().filter(|tag| tag.starts_with("<a ")).collect();
            prop_assert_eq!(links, ["<a href=\"https://shop.test\">"]);
            let ours = ["<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">", "</head>", "<body>", "</body>",
                "</html>", "<p>", "<p dir=\"auto\">", "</p>", "<br>", "</a>", "<blockquote dir=\"auto\">", "</blockquote>"];
            let foreign: Vec<&str> = tags(&html).into_iter().filter(|tag| !ours.contains(tag) && !tag.starts_with("<a ")).collect();
            prop_assert!(foreign.is_empty(), "{:?} in {}", foreign, html);
            for text in [&plain, &html] {
                let theirs = text.replace("https://shop.test", "");
                for link in ["http://", "https://", "www.evil", "evil.test", "@evil", "javascript:a"] {
                    prop_assert!(!theirs.contains(link), "{:?} in {:?}", link, theirs);
                }
            }
            Ok(())
        });
        outcome.unwrap();
    }
}

#[test]
fn where_no_mail_is_sent_no_text_is_laid_down_to_be_mailed() {
    let server = Server::start(Database::sqlite());
    let shop = server.workspace("shop");
    want(&server, &shop, Parameter::InboundEmail, "desk@shop.test");
    hear(&server, &shop, "+33600000001", "Hello?");
    until("the text is told of", || {
        !server.rows("SELECT seq FROM follower WHERE name = 'callback'".to_owned()).is_empty()
    });
    assert_eq!(memos(&server), 0);
}
