//! `/v2/customers/{customerId}/conversation-preferences` (contract §2.1).

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::preference::{self, Preferences};
use parlance_engine::{CategoryId, PersonId};
use serde::Serialize;
use uuid::Uuid;

use super::caller::Asker;
use super::fault::Refused;
use super::foreign;
use crate::app::App;
use crate::dialect::at::At;
use crate::dialect::spelling::{Shown, bytes, json};

/// The contract's ConversationPreferences.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConversationPreferences {
    customer_id: Shown<Uuid>,
    preferred_users: PreferredUsers,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PreferredUsers {
    category_user_pairs: BTreeMap<String, Shown<PersonId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<Shown<PersonId>>,
}

/// GET: who looks after a customer's conversations.
pub(super) async fn get(
    State(app): State<App>,
    asker: Asker,
    At(customer): At<String>,
) -> Result<Response, Refused> {
    let customer_id = foreign::uuid("customer", &customer);
    let read = app.engine.read(asker.principal(), move |cx| preference::of_customer(cx, &customer));
    let Preferences { by_category, fallback } = read.await?;
    let pair = |(category, person): (CategoryId, PersonId)| (category.to_string(), Shown(person));
    let category_user_pairs = by_category.into_iter().map(pair).collect();
    let preferred_users = PreferredUsers { category_user_pairs, fallback: fallback.map(Shown) };
    Ok(json(StatusCode::OK, bytes(&ConversationPreferences { customer_id, preferred_users })?))
}
