//! What is said to somebody who sent a word alone, in the language of their country.

use crate::opt_out::keyword::Keyword;
use crate::phone;

/// The longest name of a workspace that stands in an answer, in characters: the answer then fits into one message.
const NAME_CHARS_MAX: usize = 40;

/// An answer in one language: `{}` is the workspace.
struct Language {
    countries: &'static [&'static str],
    stopped: &'static str,
    started: &'static str,
    help: &'static str,
}

/// The first is for whoever is in none of the countries. The words that they name are among the keywords, and every
/// character is in the alphabet in which 160 of them are one message: accents that it lacks are left out, as people do
/// who type such a message.
const LANGUAGES: [Language; 8] = [
    Language {
        countries: &[],
        stopped: "{}: you will receive no more messages from us. Reply START to receive them again.",
        started: "{}: you will receive our messages again. Reply STOP to receive no more.",
        help: "{}: an agent reads your messages here. Reply STOP to receive no more.",
    },
    Language {
        countries: &[
            "FR", "BE", "LU", "MC", "GP", "MQ", "GF", "RE", "YT", "NC", "PF", "SN", "CI", "MA", "TN", "DZ",
        ],
        stopped: "{} : vous ne recevrez plus de messages de notre part. Répondez START pour en recevoir à nouveau.",
        started: "{} : vous recevrez à nouveau nos messages. Répondez STOP pour ne plus en recevoir.",
        help: "{} : un agent lit vos messages ici. Répondez STOP pour ne plus recevoir de messages.",
    },
    Language {
        countries: &["DE", "AT", "CH", "LI"],
        stopped: "{}: Sie erhalten keine Nachrichten mehr von uns. Mit START erhalten Sie sie wieder.",
        started: "{}: Sie erhalten wieder Nachrichten von uns. Mit STOP beenden Sie das.",
        help: "{}: Ihre Nachrichten werden hier gelesen. Mit STOP erhalten Sie keine mehr von uns.",
    },
    Language {
        countries: &[
            "ES", "MX", "AR", "CO", "CL", "PE", "EC", "VE", "UY", "PY", "BO", "CR", "PA", "GT", "HN", "NI",
            "SV", "DO", "CU",
        ],
        stopped: "{}: no recibira mas mensajes nuestros. Responda ALTA para recibirlos de nuevo.",
        started: "{}: volvera a recibir nuestros mensajes. Responda BAJA para no recibir mas.",
        help: "{}: un agente lee sus mensajes. Responda BAJA para no recibir mas.",
    },
    Language {
        countries: &["IT", "SM", "VA"],
        stopped: "{}: non riceverà più nostri messaggi. Risponda START per riceverli di nuovo.",
        started: "{}: riceverà di nuovo i nostri messaggi. Risponda STOP per non riceverne più.",
        help: "{}: un operatore legge i suoi messaggi. Risponda STOP per non riceverne più.",
    },
    Language {
        countries: &["NL", "SR", "CW", "AW"],
        stopped: "{}: u ontvangt geen berichten meer van ons. Antwoord START om ze weer te ontvangen.",
        started: "{}: u ontvangt weer berichten van ons. Antwoord STOP om ze niet meer te ontvangen.",
        help: "{}: een medewerker leest uw berichten. Antwoord STOP om niets meer te ontvangen.",
    },
    Language {
        countries: &["PT", "BR", "AO", "MZ", "CV"],
        stopped: "{}: nao recebera mais mensagens nossas. Responda START para receber de novo.",
        started: "{}: voltara a receber as nossas mensagens. Responda SAIR para nao receber mais.",
        help: "{}: um agente le as suas mensagens. Responda SAIR para nao receber mais.",
    },
    Language {
        countries: &["PL"],
        stopped: "{}: nie otrzymasz od nas wiecej wiadomosci. Odpisz START, aby znow je otrzymywac.",
        started: "{}: znow bedziesz otrzymywac nasze wiadomosci. Odpisz STOP, aby z nich zrezygnowac.",
        help: "{}: Twoje wiadomosci czyta tu konsultant. Odpisz STOP, aby nie otrzymywac wiecej.",
    },
];

/// The answer to whoever has this address.
pub(super) fn to(keyword: Keyword, address: &str, workspace: &str) -> String {
    let country = phone::country_of(address).unwrap_or_default();
    let of_country = LANGUAGES.iter().find(|language| language.countries.contains(&country.as_str()));
    let language = of_country.unwrap_or(&LANGUAGES[0]);
    let text = match keyword {
        Keyword::Stop => language.stopped,
        Keyword::Start => language.started,
        Keyword::Help => language.help,
    };
    let name: String = workspace.chars().take(NAME_CHARS_MAX).collect();
    text.replacen("{}", &name, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opt_out::keyword;
    use crate::segment::measure;

    const KEYWORDS: [Keyword; 3] = [Keyword::Stop, Keyword::Start, Keyword::Help];

    #[test]
    fn every_answer_names_the_workspace_and_fits_into_one_message() {
        let name = "x".repeat(NAME_CHARS_MAX);
        for language in &LANGUAGES {
            for text in [language.stopped, language.started, language.help] {
                let text = text.replace("{}", &name);
                assert!(text.contains(&name), "{text}");
                assert_eq!(measure(&text).segments, 1, "{text}");
            }
        }
    }

    #[test]
    fn the_word_that_an_answer_names_does_what_it_says() {
        let named = |text: &str| text.split([' ', ',', '.']).filter_map(keyword::of).collect::<Vec<_>>();
        for language in &LANGUAGES {
            assert_eq!(named(language.stopped), [Keyword::Start], "{}", language.stopped);
            assert_eq!(named(language.started), [Keyword::Stop], "{}", language.started);
            assert_eq!(named(language.help), [Keyword::Stop], "{}", language.help);
        }
    }

    #[test]
    fn an_answer_is_in_the_language_of_the_country() {
        let start = |address| to(Keyword::Help, address, "Shop").chars().take(14).collect::<String>();
        assert_eq!(start("+33612345678"), "Shop : un agen");
        assert_eq!(start("+4915112345678"), "Shop: Ihre Nac");
        assert_eq!(start("+12025550173"), "Shop: an agent");
        assert_eq!(start("BANK"), "Shop: an agent");
        assert!(KEYWORDS.iter().all(|keyword| to(*keyword, "", &"é".repeat(300)).chars().count() <= 160));
    }
}
