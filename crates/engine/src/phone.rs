//! Phone numbers as people write them → E.164, the one spelling that is stored.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// `text` as E.164, such as `+33612345678`. A number without `+` is read as one of `country`, two letters of ISO 3166.
///
/// The length is checked against the plan of the number's country; whether the number is assigned is not, because
/// plans change faster than any list of them.
///
/// # Errors
/// A sentence that says what a number looks like.
pub fn normalise(text: &str, country: &str) -> Result<String, String> {
    let region: Option<Region> = country.parse().ok();
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok();
    let possible = number.filter(|n| matches!(n.is_possible_with_reason(), Ok(NumberLengthType::IsPossible)));
    let spelled = possible.map(|n| n.format_as(PhoneNumberFormat::E164).into_owned());
    spelled.ok_or_else(|| {
        format!("This is no phone number of {country}; write it with its country, such as +33612345678.")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_without_a_country_is_one_of_the_workspace_s() {
        assert_eq!(normalise("06 12 34 56 78", "FR").as_deref(), Ok("+33612345678"));
        assert_eq!(normalise("+1 (202) 555-0173", "FR").as_deref(), Ok("+12025550173"));
        assert_eq!(normalise("020 7183 8750", "GB").as_deref(), Ok("+442071838750"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "12", "call me", "+999999", "061234567890123456", "+33 6 12"] {
            assert!(normalise(text, "FR").is_err(), "{text}");
        }
        assert!(normalise("06 12 34 56 78", "XX").is_err(), "no country, no plan");
    }

    proptest! {
        #[test]
        fn whatever_comes_the_answer_is_e164_or_a_refusal(text in ".{0,40}|[+0-9() .x;=-]{0,30}") {
            if let Ok(number) = normalise(&text, "FR") {
                prop_assert!(number.starts_with('+') && number[1..].bytes().all(|b| b.is_ascii_digit()), "{number}");
                prop_assert_eq!(normalise(&number, "US"), Ok(number.clone()), "said again, it is the same");
            }
        }
    }
}
