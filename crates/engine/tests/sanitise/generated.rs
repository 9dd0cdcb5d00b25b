//! The same promises kept against generators of disguises, of innocent text and of garbage.

use parlance_engine::sanitise::{Rules, clean};
use proptest::prelude::*;
use proptest::sample::select;

use super::{ALL, EMOJI, LINK_DISGUISES, LINKS, PROFANITY};

/// Words that no rule knows, to hide things among.
fn word() -> impl Strategy<Value = &'static str> {
    select(vec![
        "hello",
        "price",
        "Größe",
        "taille",
        "it's",
        "42",
        "ok,",
        "Привет",
        "好",
        "size-M",
        "(new)",
        "very",
    ])
}

fn rules() -> impl Strategy<Value = Rules> {
    any::<(bool, bool, bool)>().prop_map(|(links, emoji, profanity)| Rules { links, emoji, profanity })
}

/// `text` with an invisible character after some of its characters.
fn with_invisible(text: &str, gaps: &[bool], unseen: char) -> String {
    let marks = gaps.iter().copied().chain(std::iter::repeat(false));
    text.chars().zip(marks).flat_map(|(c, mark)| [Some(c), mark.then_some(unseen)]).flatten().collect()
}

/// One letter of a profanity as somebody may write it who wants it to pass.
fn disguise(letter: char, trick: u8) -> String {
    let other = match (letter, trick) {
        ('a', 0) => "@",
        ('a', 1) => "а",
        ('e', 0) => "3",
        ('e', 1) => "е",
        ('i', 0) => "1",
        ('i', 1) => "!",
        ('o', 0) => "0",
        ('o', 1) => "о",
        ('s', 0) => "$",
        ('s', 1) => "ѕ",
        ('t', 0) => "7",
        ('u', 0) => "ü",
        ('u', 1) => "uuuu",
        ('c', 1) => "с",
        (_, 2) => return letter.to_uppercase().to_string(),
        (_, 3) => return char::from_u32(u32::from(letter) - 0x61 + 0xFF41).unwrap_or(letter).to_string(),
        (_, 4) => return format!("{letter}\u{301}"),
        _ => return letter.to_string(),
    };
    other.to_owned()
}

/// Characters and scraps that the rules look at, in any order.
fn garbage() -> impl Strategy<Value = String> {
    let scraps = vec![
        ".",
        " ",
        "dot",
        "at",
        "[",
        "]",
        "(",
        ")",
        "@",
        ":",
        "/",
        "://",
        "http",
        "www.",
        "com",
        "de",
        "shop",
        "a",
        "f",
        "u",
        "c",
        "k",
        "fuck",
        "shit",
        "*",
        "**",
        "-",
        "_",
        "!",
        "$",
        "1",
        "\u{200D}",
        "\u{FE0F}",
        "\u{20E3}",
        "🔥",
        "👩",
        "©",
        "[link removed]",
        "\n",
        "в",
        "ß",
        "ﬁ",
        "\u{301}",
        "It",
        "10",
        "\u{3002}",
        "क्",
        "?",
        "example",
    ];
    let scrap =
        prop_oneof![9 => select(scraps).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(scrap, 0..24).prop_map(|scraps| scraps.concat())
}

proptest! {
    #[test]
    fn a_link_among_words_goes_and_the_words_stay(
        before in word(), link in select(LINK_DISGUISES), after in word(),
    ) {
        let text = format!("{before}; {link} ; {after}");
        prop_assert_eq!(clean(&text, ALL), format!("{before}; [link removed] ; {after}"));
    }

    #[test]
    fn an_invisible_character_hides_no_link(
        link in select(LINK_DISGUISES), gaps in prop::collection::vec(any::<bool>(), 40), unseen in select(vec!['\u{200B}', '\u{2060}', '\u{AD}']),
    ) {
        let text = with_invisible(link, &gaps, unseen);
        let cleaned = clean(&text, LINKS);
        prop_assert_eq!(cleaned.trim_matches(unseen), "[link removed]");
    }

    #[test]
    fn a_disguise_of_every_letter_hides_no_profanity(
        before in word(), profanity in select(vec!["fuck", "shit", "bitch", "merde", "cazzo", "hurensohn", "caralho", "klootzak", "mierda"]),
        trick in 0_u8..6, after in word(), gap in select(vec!["", ".", "-", " ", "  ", "_", "\u{200B}"]),
    ) {
        // Digits may be no more than half of a word, or model numbers would be masked.
        let letters: Vec<String> = profanity.chars().enumerate().map(|(n, c)| disguise(c, if n % 2 == 0 { trick } else { 2 })).collect();
        let drawn_apart = !matches!(gap, "" | "\u{200B}") && letters.iter().any(|letter| letter == "uuuu");
        prop_assume!(!drawn_apart);
        let text = format!("{before} ; {} ; {after}", letters.join(gap));
        let cleaned = clean(&text, PROFANITY);
        let masked = cleaned.strip_prefix(&format!("{before} ; ")).and_then(|rest| rest.strip_suffix(&format!(" ; {after}")));
        prop_assert!(masked.is_some_and(|m| m.chars().all(|c| c == '*')), "{} became {}", text, cleaned);
    }

    #[test]
    fn innocent_words_in_any_order_stay(words in prop::collection::vec(word(), 0..12)) {
        let text = words.join(" ");
        prop_assert_eq!(clean(&text, ALL), text);
    }

    #[test]
    fn cleaning_again_changes_nothing(text in garbage(), rules in rules()) {
        let once = clean(&text, rules);
        prop_assert_eq!(clean(&once, rules), once.clone(), "from {:?}", text);
    }

    #[test]
    fn any_text_at_all_comes_back_bounded(text in any::<String>(), rules in rules()) {
        let once = clean(&text, rules);
        prop_assert!(once.len() <= 4 * text.len() + 14);
        prop_assert_eq!(clean(&once, rules), once);
    }

    #[test]
    fn no_emoji_and_no_joiner_survives(text in garbage()) {
        let cleaned = clean(&text, EMOJI);
        let left = emojis::iter().find(|emoji| cleaned.contains(emoji.as_str()));
        prop_assert!(left.is_none(), "{:?} left in {:?}", left, cleaned);
        let orphan = cleaned.contains(['\u{FE0F}', '\u{20E3}']);
        prop_assert!(!orphan, "an orphan is left in {:?}", cleaned);
    }
}
