//! Phone numbers as people write them → E.164, the one spelling that is stored.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// `text` as E.164, such as `+33612345678`. A number without `+` is read as one of `country`, two letters of ISO 3166,
/// and failing that as one that begins with the digits of its own country.
///
/// The length is checked against the plan of the number's country; whether the number is assigned is not, because
/// plans change faster than any list of them.
///
/// # Errors
/// A sentence that says what a number looks like.
pub fn normalise(text: &str, country: &str) -> Result<String, String> {
    let region: Option<Region> = country.parse().ok();
    let elsewhere = || number(&format!("+{}", text.trim_start()), None).filter(|_| region.is_some());
    number(text, region).or_else(elsewhere).ok_or_else(|| {
        format!("This is no phone number of {country}; write it with its country, such as +33612345678.")
    })
}

fn number(text: &str, region: Option<Region>) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    let possible = matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible));
    possible.then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
}

/// That this is a country in whose plan numbers can lie: two capital letters of ISO 3166.
///
/// # Errors
/// A sentence that says what a country looks like.
pub fn check_country(code: &str) -> Result<(), String> {
    let is_spelled = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    let region: Option<Region> = code.parse().ok().filter(|_| is_spelled);
    match region.and_then(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region)) {
        Some(_) => Ok(()),
        None if is_spelled => Err(format!(
            "A country is two capital letters of ISO 3166, such as FR; {code} is none that has phone numbers."
        )),
        None => Err("A country is two capital letters of ISO 3166, such as FR.".to_owned()),
    }
}

/// The country, two letters of ISO 3166, in whose plan an E.164 number lies; `None` where the plan is of no country or
/// of several that it does not tell apart.
#[must_use]
pub fn country_of(e164: &str) -> Option<String> {
    let region = PHONE_NUMBER_UTIL.parse(e164, None).ok()?.get_region_code()?;
    let code = region.to_string();
    (code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())).then_some(code)
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
    fn a_number_that_is_none_of_the_workspace_s_may_lack_its_plus() {
        assert_eq!(normalise("4915112345678", "FR").as_deref(), Ok("+4915112345678"));
        assert_eq!(normalise(" 33 6 12 34 56 78", "US").as_deref(), Ok("+33612345678"));
    }

    #[test]
    fn a_number_tells_its_country() {
        let numbers = [("+33612345678", "FR"), ("+4915112345678", "DE"), ("+447400123456", "GB")];
        for (number, country) in numbers.into_iter().chain([("+12025550173", "US"), ("+14165550123", "CA")]) {
            assert_eq!(country_of(number).as_deref(), Some(country), "{number}");
        }
        for number in ["", "12345", "sender:BANK", "+80012345678"] {
            assert_eq!(country_of(number), None, "{number}");
        }
    }

    #[test]
    fn a_country_is_one_that_has_numbers() {
        for code in ["FR", "GB", "US", "RE", "XK"] {
            assert_eq!(check_country(code), Ok(()), "{code}");
        }
        for code in ["ZZ", "XX", "UK", "EU", "AQ", "", "F", "fr", "FRA", "001", "F1", "É"] {
            assert!(check_country(code).is_err(), "{code}");
        }
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
