//! `/v1/public/subaccount` (contract §2.3).

use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::Result;
use parlance_engine::account::Parameters;
use parlance_engine::account::sub_account::{self, Change, New, SubAccount};
use parlance_engine::credential::password::Hash;
use serde_json::{Value, json};

use super::asked::Asked;
use super::fault::Refused;
use super::lenient::Fields;
use super::parameter::{OF_CALLBACKS, group, said};
use crate::dialect::at::At;
use crate::dialect::spelling::{json as answer, text};

/// The two names of the node in which the callbacks stand.
const NODES: [&str; 2] = ["callbacks", "callback"];

/// POST subaccount/create. The answer is the only one that holds the key.
pub(super) async fn create(asked: Asked) -> Result<Response, Refused> {
    let of_node = || NODES.iter().find_map(|node| asked.fields.inside(node).line("email"));
    let new = New {
        email: asked.fields.line("email").or_else(of_node).unwrap_or_default(),
        first_name: asked.fields.line("first_name").unwrap_or_default(),
        last_name: asked.fields.line("last_name").unwrap_or_default(),
        company_name: asked.fields.line("company_name").unwrap_or_default(),
        password: password(&asked).await?,
        parameters: parameters(&asked.fields),
    };
    asked.app.outgoing.check_parameters(&new.parameters)?;
    let made = asked.write(move |cx| sub_account::create(cx, &new)).await?;
    Ok(answer(StatusCode::CREATED, text(&wire(&made.0, Some(&made.1)))?))
}

/// GET subaccount/{email}.
pub(super) async fn get(At(email): At<String>, asked: Asked) -> Result<Response, Refused> {
    let account = asked.read(move |cx| sub_account::get(cx, &email)).await?;
    Ok(answer(StatusCode::OK, text(&wire(&account, None))?))
}

/// PATCH subaccount/{email}/edit.
pub(super) async fn edit(At(email): At<String>, asked: Asked) -> Result<Response, Refused> {
    let change = Change {
        first_name: asked.fields.line("first_name"),
        last_name: asked.fields.line("last_name"),
        company_name: asked.fields.line("company_name"),
        password: password(&asked).await?,
        parameters: parameters(&asked.fields),
    };
    asked.app.outgoing.check_parameters(&change.parameters)?;
    let edit = move |cx: &mut parlance_engine::Cx<'_>| sub_account::edit(cx, &email, &change);
    let account = asked.write(edit).await?;
    Ok(answer(StatusCode::OK, text(&wire(&account, None))?))
}

/// A new password, if there is one, as it is kept.
async fn password(asked: &Asked) -> Result<Option<Hash>> {
    match asked.fields.text("password") {
        Some(password) => asked.app.logins.hash(password).await.map(Some),
        None => Ok(None),
    }
}

fn parameters(fields: &Fields) -> Parameters {
    NODES.iter().flat_map(|node| said(&fields.inside(node), &OF_CALLBACKS)).collect()
}

fn wire(account: &SubAccount, key: Option<&str>) -> Value {
    let mut callbacks = group(&account.parameters, &OF_CALLBACKS);
    callbacks.insert("email".to_owned(), json!(account.email));
    json!({
        "first_name": account.first_name,
        "last_name": account.last_name,
        "company_name": account.company_name,
        "api_key": key,
        "callback": callbacks,
    })
}
