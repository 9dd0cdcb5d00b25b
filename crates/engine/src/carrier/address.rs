//! Our own addresses. A number of ours can be spelled in many ways, and whoever names one of our addresses, in whichever
//! of them, means the same.

use super::Carrier;
use crate::{Cx, Error, Result, phone, workspace};

/// The longest address of ours, in characters.
const ADDRESS_CHARS_MAX: usize = 100;

/// The most digits of a short code. There are countries in whose plan so few digits could be a number; nobody means that
/// by them here.
const SHORT_CODE_DIGITS_MAX: usize = 6;

/// An address as it is kept: a number as E.164, a short code or a name as it was written. [`Error::Invalid`] for what is
/// none of these.
pub(super) fn checked(cx: &mut Cx<'_>, text: &str) -> Result<String> {
    let text = text.trim();
    let fits = (1..=ADDRESS_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if !fits {
        let problem =
            format!("An address is a number, a short code or a name of 1 to {ADDRESS_CHARS_MAX} characters.");
        return Err(Error::invalid("address", problem));
    }
    if text.starts_with('+') {
        let country = workspace::mine(cx)?.country;
        return phone::normalise(text, &country).map_err(|problem| Error::invalid("address", problem));
    }
    spelled(cx, text)
}

/// The carrier whose address this is, in any spelling; the one that is spelled so, if there is one.
pub(crate) fn at<'c>(cx: &mut Cx<'_>, carriers: &'c [Carrier], address: &str) -> Result<Option<&'c Carrier>> {
    let address = address.trim();
    if let Some(carrier) = carriers.iter().find(|carrier| carrier.address == address) {
        return Ok(Some(carrier));
    }
    let wanted = spelled(cx, address)?;
    for carrier in carriers {
        // Some are kept as they were once written, before that was known for a number.
        if bare(&carrier.address) == bare(address) || spelled(cx, &carrier.address)? == wanted {
            return Ok(Some(carrier));
        }
    }
    Ok(None)
}

fn bare(address: &str) -> &str {
    address.strip_prefix('+').unwrap_or(address)
}

/// The one spelling of an address. The settings are read where it takes the country to tell.
fn spelled(cx: &mut Cx<'_>, text: &str) -> Result<String> {
    if !may_be_number(text) {
        return Ok(text.to_owned());
    }
    let country = if text.starts_with('+') { String::new() } else { workspace::mine(cx)?.country };
    Ok(phone::normalise(text, &country).unwrap_or_else(|_| text.to_owned()))
}

/// Whether it is worth asking a plan of numbers: it reads a number even out of a name that ends in one.
fn may_be_number(text: &str) -> bool {
    let is_long = text.chars().filter(|c| c.is_numeric()).count() > SHORT_CODE_DIGITS_MAX;
    text.starts_with('+') || is_long && !text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_short_code_nor_a_name_is_a_number() {
        for text in ["", "1", "12345", "118 218", "491123", "DHL-Info", "Shop0700000066", "my-agent-12345678"]
        {
            assert!(!may_be_number(text), "{text}");
        }
        for text in ["+33700000066", "0700000066", "07 00 00 00 66", "33700000066", "(0)7.00-00/00 66"] {
            assert!(may_be_number(text), "{text}");
        }
    }
}
