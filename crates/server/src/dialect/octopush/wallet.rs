//! `/v1/public/wallet` (contract §3.4): what is left, and what can be sent for it.

use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::credit::affordable::{self, Affordable};
use parlance_engine::{Cx, Result, WorkspaceId, credit};
use serde::Serialize;
use serde_json::{Map, json};
use uuid::Uuid;

use super::asked::Asked;
use super::fault::Refused;
use super::spelling::Micro;
use crate::dialect::spelling::{json as answer, text};

/// What is sold by name, and what it is called in prices; nothing of the last is sold here.
const PRODUCTS: [(&str, &str); 4] = [
    ("sms_low_cost", "sms_low_cost"),
    ("sms_premium", "sms_premium"),
    ("vocal_sms", "vocal_sms"),
    ("hlr", "hlr"),
];

/// Under which the one pack of a workspace is named.
const PACK: Uuid = Uuid::from_u128(0x4f0c_21d9_6a3e_4b57_93c8_0d5e_7a1b_62f4);

/// The answer to check-balance. It has no `code`: clients take one for a failure (contract §0).
#[derive(Serialize)]
struct Balance {
    amount: Amount,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet_packs: Option<[Pack; 1]>,
}

/// How much, or how many.
#[derive(Serialize)]
#[serde(untagged)]
enum Amount {
    Money(Micro),
    Pieces(i64),
}

/// Credit here lies in one place, and does not expire.
#[derive(Serialize)]
struct Pack {
    wallet_pack_id: String,
    credit: Micro,
    expiration_date: Option<&'static str>,
}

/// GET wallet/check-balance: money or, of a product in a country, how many segments it buys.
pub(super) async fn balance(asked: Asked) -> Result<Response, Refused> {
    let product =
        asked.fields.word("product_name", &PRODUCTS).zip(country(asked.fields.line("country_code")));
    let wanted = product.clone();
    let read = move |cx: &mut Cx<'_>| {
        let money = credit::balance(cx)?;
        let pieces = wanted.as_ref().map(|(product, country)| affordable::pieces(cx, product, country));
        Ok((money, pieces.transpose()?))
    };
    let (money, pieces) = asked.read(read).await?;
    let wants_packs = asked.fields.flag("with_details").unwrap_or(false);
    let wire = Balance {
        amount: pieces.map_or(Amount::Money(Micro(money)), Amount::Pieces),
        unit: product.map_or("euros", |(name, _)| name),
        wallet_packs: wants_packs.then(|| [pack(asked.session.caller.workspace, money)]),
    };
    Ok(answer(StatusCode::OK, text(&wire)?))
}

/// GET wallet/check-credits: how many segments of every product the money buys, by country.
pub(super) async fn credits(asked: Asked) -> Result<Response, Refused> {
    let countries: Vec<String> =
        asked.fields.lines("country_codes").into_iter().filter_map(|c| country(Some(c))).collect();
    let found = asked.read(move |cx| affordable::by_country(cx, &countries)).await?;
    let wire: Map<_, _> = found.into_iter().map(|of| (of.country.clone(), of_country(&of))).collect();
    Ok(answer(StatusCode::OK, text(&wire)?))
}

/// Here the names of products are turned round (contract §3.4).
fn of_country(of: &Affordable) -> serde_json::Value {
    json!({ "premium_sms": of.sms_premium, "vocal_sms": of.vocal_sms, "low_cost_sms": of.sms_low_cost, "hlr": 0 })
}

fn pack(workspace: WorkspaceId, money: i64) -> Pack {
    let id = Uuid::new_v5(&PACK, workspace.0.to_string().as_bytes());
    Pack { wallet_pack_id: id.to_string(), credit: Micro(money), expiration_date: None }
}

/// Two letters of ISO 3166, in capitals.
fn country(text: Option<String>) -> Option<String> {
    let text = text?.to_ascii_uppercase();
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(text)
}
