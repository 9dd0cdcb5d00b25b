//! The words by which somebody stops being written to, begins again, or asks who writes.

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::sanitise::invisible;

/// What somebody wants who sends nothing but a word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// To hear no more.
    Stop,
    /// To hear again.
    Start,
    /// To know who writes.
    Help,
}

/// Longer than any of the words, in bytes, with whatever may stand around it; what is longer is a message.
const TEXT_BYTES_MAX: usize = 64;

/// English, and what American carriers agreed on; French; German; Spanish; Italian; Dutch; Portuguese; Polish; Swedish,
/// Danish and Norwegian; Finnish; Hungarian; Czech; Romanian; Greek; Russian. Folded, as [`folded`] gives it.
const STOP: &[&str] = &[
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "opt out",
    "optout",
    "revoke",
    "stop sms",
    "stop pub",
    "arret",
    "arreter",
    "desabonner",
    "desinscrire",
    "desinscription",
    "stopp",
    "abmelden",
    "abbestellen",
    "austragen",
    "baja",
    "parar",
    "detener",
    "cancelar",
    "disiscrivi",
    "cancella",
    "cancellami",
    "annulla",
    "ferma",
    "afmelden",
    "uitschrijven",
    "stoppen",
    "sair",
    "remover",
    "wypisz",
    "rezygnuje",
    "rezygnacja",
    "zatrzymaj",
    "avsluta",
    "avregistrera",
    "afmeld",
    "avmeld",
    "slutt",
    "lopeta",
    "peruuta",
    "leiratkozas",
    "leiratkozom",
    "odhlasit",
    "zrusit",
    "dezabonare",
    "διακοπη",
    "διαγραφη",
    "стоп",
    "отписаться",
    "отписка",
];

const START: &[&str] = &[
    "start",
    "unstop",
    "subscribe",
    "opt in",
    "optin",
    "resume",
    "reprendre",
    "debut",
    "reabonner",
    "inscription",
    "anmelden",
    "starten",
    "alta",
    "iniciar",
    "inicio",
    "reanudar",
    "iscrivi",
    "riattiva",
    "riprendi",
    "aanmelden",
    "hervatten",
    "retomar",
    "voltar",
    "zapisz",
    "wznow",
    "starta",
    "tilmeld",
    "pamelding",
    "aloita",
    "feliratkozas",
    "prihlasit",
    "abonare",
    "εναρξη",
    "старт",
    "подписаться",
];

const HELP: &[&str] = &[
    "help",
    "info",
    "aide",
    "hilfe",
    "ayuda",
    "aiuto",
    "hulp",
    "ajuda",
    "pomoc",
    "hjalp",
    "hjelp",
    "apua",
    "segitseg",
    "ajutor",
    "βοηθεια",
    "помощь",
];

/// What can be nothing but such a word, so that it may be said twice, politely, or with the number that it is sent to.
const PLAIN: &[&str] = &["stop", "stopp", "arret", "unsubscribe", "start", "help", "aide", "hilfe"];

/// What is said out of politeness; folded.
const POLITE: &[&str] = &["please", "thanks", "merci", "svp", "danke", "bitte", "gracias", "grazie"];

/// What stands before a number in the mentions that advertisements carry, as in `STOP au 36111`.
const TO: &[&str] = &["to", "au", "an", "al", "aan"];

/// How many digits a number has to which a word may be sent: the shortest are codes, the longest E.164.
const NUMBER_DIGITS: RangeInclusive<usize> = 4..=15;

/// What a text wants that is one of the words and nothing else, whatever its case, its accents, and the marks and quotes
/// around it; `None` for every other text. Words that mean nothing else, such as STOP, may be repeated, with thanks, and
/// with the number to which they are sent.
#[must_use]
pub fn of(text: &str) -> Option<Keyword> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let said = folded(text);
    let word = plain(&said).unwrap_or(&said);
    let words = [(STOP, Keyword::Stop), (START, Keyword::Start), (HELP, Keyword::Help)];
    words.into_iter().find(|(words, _)| words.contains(&word)).map(|(_, keyword)| keyword)
}

/// The one plain word of a folded text that says nothing else of meaning.
fn plain(said: &str) -> Option<&str> {
    let mut words: Vec<&str> = said.split(' ').filter(|word| !POLITE.contains(word)).collect();
    if words.last().is_some_and(|word| is_number(word)) {
        words.pop();
        words.pop_if(|word| TO.contains(word));
    }
    words.dedup();
    words.pop().filter(|word| words.is_empty() && PLAIN.contains(word))
}

fn is_number(word: &str) -> bool {
    NUMBER_DIGITS.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// In lower case, without accents, its words apart by one space and nothing else about them.
fn folded(text: &str) -> String {
    let plain = text.chars().filter(|c| !invisible(*c)).nfkd().filter(|c| !is_combining_mark(*c));
    let plain: String = plain.flat_map(char::to_lowercase).map(letter).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Letters whose strokes and rings are no accents to Unicode, as people type them without.
fn letter(c: char) -> char {
    match c {
        'ł' => 'l',
        'ø' | 'œ' => 'o',
        'æ' => 'a',
        'ς' => 'σ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_alone_is_understood_in_any_dress() {
        for text in [
            "STOP",
            "stop",
            " Stop. ",
            "\"STOP\"",
            "¡STOP!",
            "S\u{200B}TOP",
            "ＳＴＯＰ",
            "Arrêt",
            "STOPP",
            "abmelden!",
            "BAJA",
            "Wypisz",
            "rezygnuję",
            "opt-out",
            "STOP SMS",
            "Стоп",
            "STOP 36111",
            "stop au 12345!",
            "Stop to +33700000000",
            "Stop, stop, STOP",
            "Please stop. Thanks!",
            "arrêt svp",
            "ΔΙΑΚΟΠΉ",
            "Σας",
        ] {
            assert_eq!(of(text), (text != "Σας").then_some(Keyword::Stop), "{text}");
        }
        for text in ["START", "Alta", "anmelden", "wznów", "på\u{301}melding", "Inscription."] {
            assert_eq!(of(text), Some(Keyword::Start), "{text}");
        }
        for text in ["help", "Aide ?", "HILFE", "hjälp", "hjælp", "segítség", "¿Ayuda?"] {
            assert_eq!(of(text), Some(Keyword::Help), "{text}");
        }
    }

    #[test]
    fn a_word_in_a_message_is_a_message() {
        for text in [
            "",
            "...",
            "Please stop sending me the wrong size",
            "stop it",
            "I need help",
            "non stop",
            "the end",
            "stop 12",
            "stop at 36111",
            "36111",
            "thanks",
            "cancel please",
            "stop help",
            "start stop",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of(&format!("stop{}", " ".repeat(100))), None);
    }

    #[test]
    fn every_word_is_spelled_as_it_is_compared_and_means_one_thing() {
        let all: Vec<&str> = [STOP, START, HELP].concat();
        for word in &all {
            assert_eq!(folded(word), **word);
            assert_eq!(all.iter().filter(|other| *other == word).count(), 1, "{word}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_made_of_the_words_is_none_of_them(text in "[^a-zA-Z]{0,20}[0-9][^a-zA-Z]{0,20}|.{65,200}") {
            prop_assert_eq!(of(&text), None);
        }
    }
}
