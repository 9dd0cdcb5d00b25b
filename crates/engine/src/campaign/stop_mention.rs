//! The STOP mention: in France a text message that advertises something says how to hear no more (article L34-5 of the
//! code des postes et des communications électroniques).

use super::{Campaign, Purpose};
use crate::channel::Channel;
use crate::{Cx, Error, Result, carrier, workspace};

/// What the word is, in any case.
const WORD: &str = "stop";

/// How the numbers of France begin, and of its overseas departments: Guadeloupe (with Saint-Barthélemy and Saint-Martin),
/// Guyane, Martinique, La Réunion (with Mayotte), Saint-Pierre-et-Miquelon. No other country's begin so; and unlike the
/// country of a number, that does not change with the plans of ranges.
const FRANCE: [&str; 6] = ["+33", "+590", "+594", "+596", "+262", "+508"];

/// Whether the texts of a campaign must have it, as far as they go to France. Nothing is asked of a simulation, of which
/// nothing is sent.
pub(super) fn is_demanded(cx: &mut Cx<'_>, campaign: &Campaign) -> Result<bool> {
    let advertises = campaign.channel == Channel::Sms && campaign.purpose == Purpose::Wholesale;
    Ok(advertises && !campaign.simulated && workspace::mine(cx)?.stop_mention)
}

/// Whether it is missing from a text to this number (E.164): a word of its own, and not the beginning of another.
pub(super) fn is_missing(text: &str, phone: &str) -> bool {
    let is_french = FRANCE.iter().any(|begin| phone.starts_with(begin));
    is_french && !text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(WORD))
}

/// What to do about it; it begins as the original's message does (octopush contract §0). The address is that to which
/// most answers will come.
pub(super) fn refusal(cx: &mut Cx<'_>, campaign: &Campaign) -> Result<Error> {
    let carriers = carrier::of_channel(cx, campaign.channel)?;
    let carrier = carrier::at(cx, &carriers, &campaign.sender)?.or(carriers.first());
    let mention = format!("STOP au {}", carrier.map_or("…", |carrier| &carrier.address));
    let problem = format!(
        "STOP mention ([{mention}]) is missing from your text. A text that advertises something to a number of France \
         must say how to hear no more: add for example \"{mention}\", or send it with the purpose alert if it advertises \
         nothing."
    );
    Ok(Error::invalid("stop_mention", problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mention_is_a_word_of_its_own_in_any_case() {
        for text in ["Sale! STOP au 12345", "stop 36180", "[Stop]", "Soldes\nSTOP: 12345", "éSTOP STOP"] {
            assert!(!is_missing(text, "+33612345678"), "{text}");
        }
        for text in ["", "Sale!", "STOPPEZ", "nonstop", "ST0P", "S T O P", "STOP12345", "éstop"] {
            assert!(is_missing(text, "+33612345678"), "{text}");
        }
    }

    #[test]
    fn it_is_missing_in_france_and_overseas_alone() {
        for phone in
            ["+33612345678", "+590690123456", "+594694123456", "+596696123456", "+262692123456", "+508551234"]
        {
            assert!(is_missing("Sale!", phone), "{phone}");
        }
        for phone in [
            "+4915112345678",
            "+352628123456",
            "+32470123456",
            "+5939912345678",
            "+3584012345678",
            "+12025550173",
        ] {
            assert!(!is_missing("Sale!", phone), "{phone}");
        }
    }
}
