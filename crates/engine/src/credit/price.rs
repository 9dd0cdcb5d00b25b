//! What a message costs: a price for each segment, by product and country.

use std::collections::HashMap;

use super::{AMOUNT_MICRO_MAX, store};
use crate::channel::Channel;
use crate::{Cx, Error, Result, phone, workspace};

/// What a segment costs where no price was set, in millionths: 0.05.
pub const DEFAULT_MICRO: i64 = 50_000;

/// What is sold, as the octopush contract §3.1 and §3.4 names it; the last two are ours.
pub const PRODUCTS: [&str; 5] = ["sms_premium", "sms_low_cost", "vocal_sms", "rcs", "whatsapp"];

/// A price that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// One of [`PRODUCTS`].
    pub product: String,
    /// Two letters of ISO 3166; empty for every country that has no price of its own.
    pub country: String,
    /// What one segment costs, in millionths.
    pub amount_micro: i64,
}

/// The product under which a message of this channel is sold, unless its sender chose another.
#[must_use]
pub fn product(channel: Channel) -> &'static str {
    match channel {
        Channel::Voice => "vocal_sms",
        Channel::Rcs => "rcs",
        Channel::Whatsapp => "whatsapp",
        Channel::Sms | Channel::Email | Channel::Chat | Channel::Facebook | Channel::Instagram => {
            "sms_premium"
        }
    }
}

/// What one segment of `product` to `phone` (E.164) costs in the caller's workspace, in millionths; nothing while
/// billing is switched off.
pub fn price_of(cx: &mut Cx<'_>, phone: &str, product: &str) -> Result<i64> {
    Ok(Prices::of_product(cx, product)?.to_phone(phone))
}

/// The prices of one product, at hand for many messages.
pub struct Prices {
    is_billed: bool,
    by_country: HashMap<String, i64>,
}

impl Prices {
    /// Those of the caller's workspace.
    pub fn of_product(cx: &mut Cx<'_>, product: &str) -> Result<Prices> {
        let workspace = cx.workspace()?;
        let is_billed = workspace::mine(cx)?.billing;
        let prices = if is_billed { store::prices(cx.tx, workspace, Some(product))? } else { Vec::new() };
        let by_country = prices.into_iter().map(|price| (price.country, price.amount_micro)).collect();
        Ok(Prices { is_billed, by_country })
    }

    /// What one segment to this phone (E.164) costs, in millionths.
    #[must_use]
    pub fn to_phone(&self, phone: &str) -> i64 {
        self.to_country(phone::country_of(phone).as_deref().unwrap_or_default())
    }

    /// What one segment into this country (ISO 3166, two letters) costs, in millionths.
    #[must_use]
    pub fn to_country(&self, country: &str) -> i64 {
        let priced = self.by_country.get(country).or_else(|| self.by_country.get(""));
        if self.is_billed { priced.copied().unwrap_or(DEFAULT_MICRO) } else { 0 }
    }
}

/// Sets a price in the operator's workspace. [`Error::Invalid`] for a product or a country that is none, or an amount
/// below nothing.
pub fn set(cx: &mut Cx<'_>, price: &Price) -> Result<()> {
    let workspace = cx.operator()?;
    check(price)?;
    store::set_price(cx.tx, workspace, price)
}

/// Takes a price away, so that the more general one holds. [`Error::NotFound`] when it was not set.
pub fn remove(cx: &mut Cx<'_>, product: &str, country: &str) -> Result<()> {
    let workspace = cx.operator()?;
    let of = Price { product: product.to_owned(), country: country.to_owned(), amount_micro: 0 };
    if store::remove_price(cx.tx, workspace, &of)? { Ok(()) } else { Err(Error::NotFound) }
}

/// All prices that were set in the operator's workspace, by product and country.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<Price>> {
    let workspace = cx.operator()?;
    store::prices(cx.tx, workspace, None)
}

fn check(price: &Price) -> Result<()> {
    if !PRODUCTS.contains(&price.product.as_str()) {
        return Err(Error::invalid("product", format!("A product is one of {}.", PRODUCTS.join(", "))));
    }
    if !price.country.is_empty() {
        phone::check_country(&price.country).map_err(|problem| Error::invalid("country", problem))?;
    }
    let fits = (0..=AMOUNT_MICRO_MAX).contains(&price.amount_micro);
    if fits { Ok(()) } else { Err(Error::invalid("amount", "A price is 0 or more.")) }
}
