//! What can be sent for what is left.

use super::balance;
use super::price::{PRODUCTS, Prices};
use crate::{Cx, Result, workspace};

/// As many as there are where nothing is billed: more than anybody sends, and a number that every client can read.
pub const ENDLESS: i64 = 2_147_483_647;

/// The most countries that are looked at at once; there are fewer.
const COUNTRIES_MAX: usize = 300;

/// How many segments of each product can be sent to a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affordable {
    /// Two letters of ISO 3166.
    pub country: String,
    /// Text messages.
    pub sms_premium: i64,
    /// Cheap text messages.
    pub sms_low_cost: i64,
    /// Texts that are read aloud.
    pub vocal_sms: i64,
}

/// How many segments of a product can be sent to a country (ISO 3166, two letters); none of what is no product. For
/// whoever may know the balance, see [`balance`].
pub fn pieces(cx: &mut Cx<'_>, product: &str, country: &str) -> Result<i64> {
    let left_micro = balance(cx)?;
    if !PRODUCTS.contains(&product) {
        return Ok(0);
    }
    Ok(Prices::of_product(cx, product)?.pieces(country, left_micro))
}

/// [`pieces`] of every product for each of these countries; when none is named, for the workspace's own.
pub fn by_country(cx: &mut Cx<'_>, countries: &[String]) -> Result<Vec<Affordable>> {
    let left_micro = balance(cx)?;
    let own = [workspace::mine(cx)?.country];
    let countries = if countries.is_empty() { &own } else { countries };
    let premium = Prices::of_product(cx, "sms_premium")?;
    let low_cost = Prices::of_product(cx, "sms_low_cost")?;
    let vocal = Prices::of_product(cx, "vocal_sms")?;
    let of = |country: &String| Affordable {
        country: country.clone(),
        sms_premium: premium.pieces(country, left_micro),
        sms_low_cost: low_cost.pieces(country, left_micro),
        vocal_sms: vocal.pieces(country, left_micro),
    };
    Ok(countries.iter().take(COUNTRIES_MAX).map(of).collect())
}

impl Prices {
    fn pieces(&self, country: &str, left_micro: i64) -> i64 {
        left_micro.checked_div(self.to_country(country)).unwrap_or(ENDLESS).min(ENDLESS)
    }
}
