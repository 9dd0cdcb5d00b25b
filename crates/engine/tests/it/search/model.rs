//! Random conversations and edits against a search through everything that was said.

use parlance_engine::access::Caller;
use parlance_engine::conversation::ticket::{self, New};
use parlance_engine::{ConversationId, MessageId, message};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::find;
use crate::support::{House, on_both};

const WORDS: [&str; 12] =
    ["red", "Réd", "RED", "door", "Tür", "TUR", "東京", "京都", "東京都", "ёлка", "x", "не"];

/// The same words as they are compared.
const FOLDED: [&str; 12] =
    ["red", "red", "red", "door", "tur", "tur", "東京", "京都", "東京都", "елка", "x", "не"];

on_both! {
    fn what_is_found_is_what_was_said(house: &House) {
        for seed in 0..3 {
            play(house, seed);
        }
    }
}

/// Numbers of words, in their order.
type Words = Vec<usize>;

/// A conversation; its short id is its place among the others, from 1.
struct Talk {
    id: ConversationId,
    messages: Vec<(MessageId, Words)>,
}

fn play(house: &House, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let shop = house.workspace(&format!("shop{seed}"));
    let ada = house.agent(&shop, &format!("ada{seed}"));
    let mut talks = Vec::new();
    for _ in 0..80 {
        act(house, ada, &mut talks, &mut random);
        let (text, phrases) = question(&mut random);
        assert_eq!(find(house, ada, &text), naive(&talks, &phrases), "seed {seed}: {text}");
    }
}

/// Says something, or something else.
fn act(house: &House, who: Caller, talks: &mut Vec<Talk>, random: &mut StdRng) {
    if talks.is_empty() || random.random_bool(0.2) {
        let new = New { title: Some("-".into()), ..New::default() };
        let id = house.write(who, move |cx| ticket::start(cx, &new)).unwrap();
        talks.push(Talk { id, messages: Vec::new() });
    }
    let at = random.random_range(0..talks.len());
    let talk = &mut talks[at];
    let words: Words = (0..random.random_range(1..6)).map(|_| random.random_range(0..WORDS.len())).collect();
    let (conversation, body) = (talk.id, spell(&words));
    if talk.messages.is_empty() || random.random_bool(0.6) {
        let said = house.post(who, conversation, &body).unwrap();
        talk.messages.push((said.id, words));
    } else {
        let index = random.random_range(0..talk.messages.len());
        let (id, said) = &mut talk.messages[index];
        let id = *id;
        house.write(who, move |cx| message::edit(cx, conversation, id, Some(&body))).unwrap();
        *said = words;
    }
}

fn spell(words: &[usize]) -> String {
    words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ")
}

/// Up to three words or phrases, as text and as numbers of words.
fn question(random: &mut StdRng) -> (String, Vec<Words>) {
    let phrases: Vec<Words> = (0..random.random_range(1..4))
        .map(|_| {
            let length = *[1, 1, 2].choose(random).expect("there are three");
            (0..length).map(|_| random.random_range(0..WORDS.len())).collect()
        })
        .collect();
    let text: Vec<String> = phrases.iter().map(|phrase| format!("\"{}\"", spell(phrase))).collect();
    (text.join(" "), phrases)
}

/// Looks at every message.
fn naive(talks: &[Talk], phrases: &[Words]) -> Vec<u32> {
    let has = |words: &[usize], phrase: &[usize]| words.windows(phrase.len()).any(|some| fits(some, phrase));
    let any = |talk: &Talk, phrase: &Words| talk.messages.iter().any(|(_, words)| has(words, phrase));
    let found = talks.iter().enumerate().filter(|(_, talk)| phrases.iter().all(|phrase| any(talk, phrase)));
    found.map(|(at, _)| at as u32 + 1).collect()
}

/// In a script without spaces the last word of a phrase may go on, and the first may have begun before.
fn fits(words: &[usize], phrase: &[usize]) -> bool {
    let last = phrase.len() - 1;
    words.iter().zip(phrase).enumerate().all(|(at, (word, asked))| {
        let (word, asked) = (FOLDED[*word], FOLDED[*asked]);
        let unspaced = asked.chars().all(|c| c > '\u{2e80}');
        match (at == 0 && unspaced, at == last && unspaced) {
            (true, true) => word.contains(asked),
            (true, false) => word.ends_with(asked),
            (false, true) => word.starts_with(asked),
            (false, false) => word == asked,
        }
    })
}
