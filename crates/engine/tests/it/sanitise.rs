//! What a marketplace's messages may say, as its workspace wants it; every other conversation is left alone.

use parlance_engine::access::Caller;
use parlance_engine::conversation::{self, Start};
use parlance_engine::message::{self, BODY_CHARS_MAX, TICKET_BODY_CHARS_MAX};
use parlance_engine::workspace::{self, Change};
use parlance_engine::{ConversationId, Error, Principal, Result};

use crate::support::{House, on_both};
use crate::writer::{said, talk};

/// Something for each of the three rules.
const TYPED: &str = "Well, shit \u{1f600} see https://example.com/x now";

on_both! {
    fn a_marketplace_takes_out_what_its_rules_name_and_nothing_else(house: &House) {
        let (ada, _, id) = talk(house);
        let cases = [
            ([true, true, true], "Well, **** see [link removed] now"),
            ([true, false, false], "Well, shit \u{1f600} see [link removed] now"),
            ([false, true, false], "Well, shit see https://example.com/x now"),
            ([false, false, true], "Well, **** \u{1f600} see https://example.com/x now"),
            ([false, false, false], TYPED),
        ];
        for (rules, expected) in cases {
            set_rules(house, rules);
            let message = house.post(ada, id, TYPED).unwrap();
            let same_words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(same_words(&message.body), same_words(expected), "{rules:?}");
            assert_eq!(said(house, ada, id).last(), Some(&message.body), "what is stored is what is shown");
        }
    }

    fn what_begins_a_conversation_is_cleaned_too(house: &House) {
        let (ada, ..) = talk(house);
        let id = house.start(ada, "bob", "o-2", TYPED).unwrap();
        assert!(!said(house, ada, id)[0].contains("example.com"));
    }

    fn what_is_about_nothing_of_a_marketplace_is_left_as_it_was_typed(house: &House) {
        let (ada, ..) = talk(house);
        let id = ticket(house, ada, TYPED).unwrap();
        assert_eq!(house.post(ada, id, "  two\tlines\n\u{1f44d} ").unwrap().body, "  two\tlines\n\u{1f44d} ");
        assert_eq!(said(house, ada, id)[0], TYPED);
    }

    fn where_nothing_is_left_nothing_is_said(house: &House) {
        let (ada, _, id) = talk(house);
        let empty = |answer: Result<()>| matches!(answer, Err(Error::Invalid { field: "body", .. }));
        for body in ["", "  \n\t", "\u{1f600}", "\u{1f1eb}\u{1f1f7} \u{1f44d}\u{1f3fd}", "\0", "\u{200b}\u{200d}"] {
            assert!(empty(house.post(ada, id, body).map(drop)), "{body:?}");
            assert!(empty(house.start(ada, "bob", "o-9", body).map(drop)), "{body:?} begins nothing");
        }
        for body in ["", " \n\t"] {
            assert!(empty(ticket(house, ada, body).map(drop)), "{body:?} is no ticket");
        }
        assert_eq!(said(house, ada, id), ["Hello."]);
    }

    fn the_limit_is_of_characters_and_of_what_is_left(house: &House) {
        let (ada, _, id) = talk(house);
        let too_long = |answer: Result<()>| matches!(answer, Err(Error::Invalid { field: "body", .. }));
        let longest = "é".repeat(BODY_CHARS_MAX);
        assert_eq!(house.post(ada, id, &longest).map(|m| m.body), Ok(longest.clone()));
        assert_eq!(house.post(ada, id, &format!("{longest}\u{1f600}")).map(|m| m.body), Ok(longest.clone()));
        assert!(too_long(house.post(ada, id, &format!("{longest}é")).map(drop)));
        assert!(too_long(house.post(ada, id, &"a.fr ".repeat(1_000)).map(drop)), "links grow");
        assert!(too_long(house.post(ada, id, &"\u{1f600}".repeat(1_000_000)).map(drop)), "unread");
        let longest = "é".repeat(TICKET_BODY_CHARS_MAX);
        let id = ticket(house, ada, &longest).unwrap();
        assert!(too_long(house.post(ada, id, &format!("{longest}\u{1f600}")).map(drop)));
    }

    fn no_text_anywhere_holds_a_nul(house: &House) {
        let (ada, _, id) = talk(house);
        assert_eq!(house.post(ada, id, "a\0b").map(|m| m.body), Ok("ab".to_owned()));
        assert!(matches!(ticket(house, ada, "a\0b"), Err(Error::Invalid { .. })));
        assert!(matches!(house.start(ada, "b\0b", "o-2", "Hello."), Err(Error::Invalid { field: "recipientId", .. })));
        assert!(matches!(house.start(ada, "bob", "o\0-2", "Hello."), Err(Error::Invalid { field: "source.id", .. })));
        let page = house.read(ada, move |cx| message::page(cx, id, 0, 10)).unwrap();
        assert_eq!(page.messages.len(), 2);
    }
}

fn set_rules(house: &House, [links, emoji, profanity]: [bool; 3]) {
    let change = Change {
        remove_links: Some(links),
        remove_emoji: Some(emoji),
        mask_profanity: Some(profanity),
        ..Change::default()
    };
    house.write(Principal::OPERATOR, move |cx| workspace::set(cx, "shop", &change)).expect("rules are set");
}

/// A conversation about nothing that is sold.
fn ticket(house: &House, who: Caller, body: &str) -> Result<ConversationId> {
    let start =
        Start { source: None, recipient: Some("bob".into()), shared_with: None, body: body.to_owned() };
    house.write(who, move |cx| conversation::start(cx, &start))
}
