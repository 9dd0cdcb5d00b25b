//! What people write does nothing in an e-mail but stand there.

use mail_parser::Message;
use parlance_engine::person::{self, Change, Facts};
use proptest::prelude::*;

use super::{header, html, pair, parsed, pass, plain, with_mail, write};
use crate::support::{Letter, MailServer, Server};

/// Names of the headers that an e-mail of ours has.
const HEADERS: [&str; 12] = [
    "From",
    "To",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
];

/// An encoded word (RFC 2047) of what may not stand in a header.
const ENCODED: &str = "=?utf-8?Q?Your_account=E2=80=AE_paid=0D=0ABcc:_evil?=";

pub(super) fn hostile() -> impl Strategy<Value = String> {
    let bait = prop::sample::select(vec![
        "\r\nBcc: eve@evil.test\r\n\r\nHello",
        "\nSubject: x",
        "<script>alert(1)</script>",
        "<img src=x onerror=y>",
        "http://evil.test/a?b=c",
        "www.evil.test",
        "evil.test",
        "eve@evil.test",
        "javascript:alert(1)",
        "</blockquote><h1>",
        "\"><a href='http://evil.test'>",
        "&lt;b&gt;",
        "\u{202e}fdp.exe",
        "\u{0}",
        "\r\n.\r\n",
        ".",
        "=?utf-8?q?x?=",
        ENCODED,
        "﹫",
        "ｅｖｉｌ．ｔｅｓｔ",
        "<!--",
        "]]>",
        "<style>*{display:none}</style>",
        "é\u{301}",
        "漢字",
        "𝕏",
        "--=_boundary--",
    ]);
    prop::collection::vec(prop_oneof![bait.prop_map(str::to_owned), any::<String>()], 1..4)
        .prop_map(|parts| parts.concat())
}

/// The tags of HTML, in order.
pub(super) fn tags(html: &str) -> Vec<&str> {
    html.match_indices('<')
        .map(|(at, _)| html[at..].split_inclusive('>').next().unwrap_or_default())
        .collect()
}

/// What may not stand in a header, in whatever way it is written there.
pub(super) fn unfit(c: char) -> bool {
    c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)
}

/// No header was smuggled in, and none was lost.
pub(super) fn check_headers(message: &Message<'_>, expected: &[&str]) -> Result<(), TestCaseError> {
    let mut names: Vec<&str> = message.headers_raw().map(|(name, _)| name).collect();
    let mut expected = expected.to_vec();
    names.sort_unstable();
    expected.sort_unstable();
    prop_assert_eq!(names, expected);
    Ok(())
}

fn check(letter: &Letter) -> Result<(), TestCaseError> {
    let message = parsed(letter);
    check_headers(&message, &HEADERS)?;
    prop_assert_eq!(&letter.to, &["bob@home.test"]);
    let subject = message.subject().unwrap_or_default();
    prop_assert!(subject.starts_with("[#") && !subject.contains(unfit), "{:?}", subject);
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.name()).unwrap_or_default();
    prop_assert!(!to.contains(unfit), "{:?}", to);
    let (plain, html) = (plain(letter), html(letter));
    let ours = |tag: &&str| {
        let known = [
            "<!DOCTYPE html>",
            "<html lang=\"en\">",
            "<head>",
            "<meta charset=\"utf-8\">",
            "</head>",
            "<body>",
            "</body>",
            "</html>",
            "<p>",
            "<p dir=\"auto\">",
            "</p>",
            "<b>",
            "</b>",
            "<br>",
            "</a>",
            "<blockquote dir=\"auto\">",
            "</blockquote>",
        ];
        known.contains(tag) || tag.starts_with("<a href=\"https://shop.test")
    };
    let foreign: Vec<&str> = tags(&html).into_iter().filter(|tag| !ours(tag)).collect();
    prop_assert!(foreign.is_empty(), "{:?} in {}", foreign, html);
    prop_assert_eq!(tags(&html).iter().filter(|tag| tag.starts_with("<a ")).count(), 2);
    for text in [&plain, &html] {
        let theirs = text.replace("https://shop.test", "");
        for link in ["http://", "https://", "www.evil", "evil.test", "@evil", "javascript:a"] {
            prop_assert!(!theirs.contains(link), "{:?} in {:?}", link, theirs);
        }
        let turned = text.chars().any(|c| ('\u{202a}'..='\u{202e}').contains(&c));
        prop_assert!(!turned);
    }
    Ok(())
}

with_mail! {
    fn an_encoded_word_that_somebody_typed_stands_in_the_headers_as_letters(server: &Server, post: &MailServer) {
        let shop = server.workspace("shop");
        let (ada, bob) = pair(server, &shop);
        let named = Change { facts: Facts { name: Some(format!("{ENCODED} Bob")), ..Facts::default() }, ..Change::default() };
        server.operator(Some(&shop), move |cx| person::set(cx, bob.id, &named));
        write(&ada, "1", &format!("{ENCODED} hello"));
        pass(server, &shop, 10);
        let letter = &crate::mail::letters(post, 1)[0];
        let as_typed = ENCODED.replace("=?", "= ?");
        let message = parsed(letter);
        assert_eq!(message.subject(), Some(format!("[#1] {as_typed} hello").as_str()));
        let to = message.to().and_then(|to| to.first()).and_then(|to| to.name());
        assert_eq!(to, Some(format!("{as_typed} Bob").as_str()));
    }

    fn a_hostile_title_name_or_message_does_nothing(server: &Server, post: &MailServer) {
        let shop = server.workspace_with("shop", parlance_engine::workspace::Change {
            remove_links: Some(false), remove_emoji: Some(false), mask_profanity: Some(false), ..Default::default()
        });
        let (ada, bob) = pair(server, &shop);
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default() });
        let order = std::cell::Cell::new(0);
        let outcome = runner.run(&(hostile(), hostile(), hostile()), |(title, name, body)| {
            order.set(order.get() + 1);
            // Names with control characters are refused when they are set, so these are set past the engine.
            let name: String = name.chars().filter(|c| !c.is_control()).take(190).collect();
            let facts = Facts { name: Some(format!("x{name}")), ..Facts::default() };
            for id in [ada.id, bob.id] {
                let change = Change { facts: facts.clone(), ..Change::default() };
                server.operator(Some(&shop), move |cx| person::set(cx, id, &change));
            }
            let before = post.letters().len();
            let body = format!("{title}\n{body} .").replace('\0', " ");
            write(&ada, &order.get().to_string(), &body);
            pass(server, &shop, 10);
            let letters = crate::mail::letters(post, before + 1);
            check(&letters[before])?;
            prop_assert!(header(&letters[before], "To").ends_with("<bob@home.test>"));
            Ok(())
        });
        outcome.unwrap();
    }
}
