//! What text is found by which words.

use parlance_engine::access::Caller;
use parlance_engine::conversation::ticket::{self, Change};
use parlance_engine::file::upload::{self, Received};
use parlance_engine::file::{self, Name, Place};
use parlance_engine::message::{self, Post};
use parlance_engine::person::Kind;
use parlance_engine::search::Query;
use parlance_engine::{ConversationId, FileId, MessageId, Principal};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{catch_up, find, found, open};
use crate::support::{House, caller, on_both};

on_both! {
    fn words_are_found_whatever_their_case_and_accents(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.customer(&shop, "ada");
        for (body, words, never) in [
            ("Où est mon café, s'il vous plaît?", &["OU", "cafe", "CAFÉ", "\"mon cafe\"", "s'il plait"][..], "caf"),
            ("Die Straße ist gesperrt", &["strasse", "STRASSE", "straße"], "stras"),
            ("Ο Σίσυφος έσπρωχνε τον βράχο", &["σισυφοσ", "ΣΊΣΥΦΟΣ", "βραχο"], "σισυφο"),
            ("Куда делась моя Ёлка?", &["ёлка", "елка", "ЕЛКА куда"], "ел"),
            ("Istanbul'da ışık, İzmir'de IŞIK", &["isik", "ışık", "izmir", "ISTANBUL"], "isi"),
            ("cafe\u{301} with a mark of its own: Ａｎｇｓｔｒöm", &["angstrom", "\"CAFÉ WITH\""], "angstro"),
            ("東京都庁に行きました", &["東京", "京都", "都庁に", "行", "た"], "東都"),
            ("한국어 검색 시험", &["한국", "국어 시험", "검색"], "한어"),
            ("ภาษาไทยไม่มีช่องว่าง", &["ไทย", "ภาษา", "ช่องว่าง"], "ทยไ ทยไท"),
            ("שָׁלוֹם עולם", &["שלום", "עולם"], "של"),
            ("हिन्दी में खोज", &["हिन्दी", "खोज"], "हन्द"),
        ] {
            let conversation = open(house, ada, body);
            let wanted = number(house, conversation);
            for word in words {
                assert_eq!(find(house, ada, word), [wanted], "{word} in {body}");
            }
            assert_eq!(find(house, ada, never), [], "{never} in {body}");
        }
    }

    fn a_conversation_is_found_when_all_words_are_somewhere_in_it(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.customer(&shop, "ada");
        let (one, other) = (open(house, ada, "the red door"), open(house, ada, "the blue door"));
        house.post(ada, one, "is it locked?").unwrap();
        let (one, other) = (number(house, one), number(house, other));
        assert_eq!(find(house, ada, "door"), [one, other]);
        assert_eq!(find(house, ada, "LOCKED red"), [one], "one word in each message");
        assert_eq!(find(house, ada, "locked blue"), []);
        assert_eq!(find(house, ada, "\"red door\""), [one]);
        assert_eq!(find(house, ada, "\"door red\""), [], "a phrase has an order");
        assert_eq!(find(house, ada, "\"door is\""), [], "a phrase does not reach from one message into the next");
        assert_eq!(find(house, ada, &format!("#{other}")), [other], "by what it is called aloud");
        assert_eq!(find(house, ada, &other.to_string()), [other]);
        assert_eq!(find(house, ada, "?!"), [], "marks alone find nothing");
    }

    fn an_internal_message_is_found_by_agents_alone(house: &House) {
        let shop = house.workspace("shop");
        let (ada, eve) = (house.customer(&shop, "ada"), house.agent(&shop, "eve"));
        let bot = caller(&shop, &house.person(&shop, Kind::Bot, "bot"));
        let one = open(house, ada, "plain words");
        let post = Post { internal: true, ..Post::new(one, "secretly plain".into()) };
        house.write(eve, move |cx| message::post(cx, &post)).unwrap();
        let one = number(house, one);
        for (text, by_all) in [("plain", true), ("secretly", false), ("words secretly", false), ("words", true)] {
            assert_eq!(find(house, eve, text), [one], "an agent, {text}");
            let expected = if by_all { vec![one] } else { vec![] };
            assert_eq!(find(house, ada, text), expected, "a customer, {text}");
            assert_eq!(find(house, bot, text), expected, "a bot, {text}");
        }
    }

    fn titles_are_found_as_they_are_now_and_so_are_edited_messages(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let one = open(house, ada, "the first words");
        let change = |title: &str| {
            let change = Change { title: Some(title.to_owned()), ..Change::default() };
            house.write(ada, move |cx| ticket::change(cx, one, &change)).unwrap();
        };
        change("Broken printer");
        assert_eq!(find(house, ada, "\"broken printer\" first"), [1]);
        assert_eq!(find(house, ada, "\"printer 1\""), [], "the short id is no part of the title");
        change("Broken scanner");
        assert_eq!(find(house, ada, "printer"), []);
        assert_eq!(find(house, ada, "scanner"), [1]);
        let more = house.post(ada, one, "it smells").unwrap();
        assert_eq!(find(house, ada, "smells"), [1]);
        house.write(ada, move |cx| message::edit(cx, one, more.id, Some("it smokes"))).unwrap();
        assert_eq!(find(house, ada, "smells"), []);
        assert_eq!(find(house, ada, "smokes scanner"), [1]);
    }

    fn names_of_files_are_found_while_they_hang_there(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let one = open(house, ada, "see the file");
        let (id, message) = send(house, ada, one, "Rechnung_März-4711.txt");
        assert_eq!(find(house, ada, "marz 4711"), [1]);
        assert_eq!(find(house, ada, "\"rechnung marz\" attached"), [1]);
        assert_eq!(find(house, ada, "\"attached rechnung\""), [], "a name is no part of the message");
        let place = Place { conversation: one, message };
        house.write(ada, move |cx| file::delete(cx, place, id)).unwrap();
        assert_eq!(find(house, ada, "rechnung"), []);
        assert_eq!(find(house, ada, "attached"), [1]);
        send(house, ada, one, "again.txt");
        house.engine.reindex(shop.id, &mut |_| ()).unwrap();
        assert_eq!(find(house, ada, "again txt"), [1], "indexed anew");
        assert_eq!(find(house, ada, "rechnung"), []);
    }

    fn a_workspace_finds_nothing_of_another(house: &House) {
        let (shop, cafe) = (house.workspace("shop"), house.workspace("cafe"));
        let (ada, bob) = (house.agent(&shop, "ada"), house.agent(&cafe, "bob"));
        open(house, ada, "common ground, 東京");
        open(house, bob, "common knowledge");
        open(house, bob, "nothing");
        assert_eq!(find(house, ada, "common"), [1]);
        assert_eq!(find(house, bob, "common"), [1]);
        assert_eq!(find(house, bob, "ground"), []);
        assert_eq!(find(house, bob, "東"), []);
        assert_eq!(find(house, ada, "knowledge"), []);
        assert_eq!(find(house, bob, "nothing"), [2]);
    }

    fn no_text_is_an_error_or_an_operator(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        open(house, ada, "alpha beta");
        catch_up(&house.engine);
        for text in [
            "NEAR(alpha beta)", "alpha AND", "NOT alpha", "alpha OR gamma", "terms:alpha", "^alpha gamma",
            "alph*", "'alpha' & 'gamma'", "alpha:*x", "'; DROP TABLE document; --", "\0alpha\0\u{e000}gamma",
        ] {
            assert_eq!(found(&house.engine, ada, text), Ok(vec![]), "{text:?}");
        }
        assert_eq!(found(&house.engine, ada, "\0alpha\0"), Ok(vec![1]));
        assert_eq!(found(&house.engine, ada, "alpha* -beta \"alpha"), Ok(vec![1]));
        assert_eq!(found(&house.engine, ada, &"alpha ".repeat(20_000)), Ok(vec![1]));
        let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
        let parts = prop_oneof![any::<String>(), "[\"'*:&|!<>()\\\\ -]{0,12}", "[東京都\"' ]{0,6}"];
        runner
            .run(&prop::collection::vec(parts, 0..6), |parts| {
                let text = parts.concat();
                prop_assert!(found(&house.engine, ada, &text).is_ok(), "{text:?}");
                Ok(())
            })
            .unwrap();
    }

    fn a_message_of_any_length_is_indexed(house: &House) {
        let shop = house.workspace("shop");
        let ada = house.agent(&shop, "ada");
        let one = open(house, ada, "short");
        let long: String = (0..40_000).map(|n| format!("wörd{n} 東{n} ")).collect();
        house.database.execute(&format!("UPDATE message SET body = '{long}' WHERE workspace = {}", shop.id));
        let one = number(house, one);
        assert_eq!(find(house, ada, "word77"), [one]);
        assert_eq!(find(house, ada, "word39999"), [], "the first 16,000 terms count");
    }

    fn only_somebody_in_a_workspace_searches(house: &House) {
        let shop = house.workspace("shop");
        let query = || Query::parse("word").unwrap();
        let search = |who| house.engine.search_blocking(who, query(), |_, found| Ok(found.conversations.len()));
        assert!(search(Principal::Nobody).is_err());
        assert!(search(Principal::OPERATOR).is_err());
        assert_eq!(search(Principal::Operator(Some(shop.id))), Ok(0), "a workspace that is empty");
    }
}

/// Uploads a file of this name and posts a message with it.
fn send(house: &House, who: Caller, conversation: ConversationId, name: &str) -> (FileId, MessageId) {
    let token = house.write(who, move |cx| upload::request(cx, conversation)).unwrap().token;
    let id = house.write(who, move |cx| upload::claim(cx, &token)).unwrap();
    let name = Name::new(name).unwrap();
    let what = Received { name, content_type: "text/plain", size_bytes: 5, pixels: None };
    house.write(who, move |cx| upload::received(cx, id, &what)).unwrap();
    let post = Post { files: vec![id], ..Post::new(conversation, "attached".into()) };
    (id, house.write(who, move |cx| message::post(cx, &post)).unwrap().id)
}

fn number(house: &House, id: ConversationId) -> u32 {
    let sql = format!("SELECT short_id FROM conversation WHERE id = '{id}'");
    house.database.rows(&sql)[0].parse().unwrap()
}
