//! `parlance token …`

use clap::{Args, Subcommand};
use parlance_engine::TokenId;
use parlance_engine::credential::token::{self, New, Token};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::{End, Moment};
use super::whose::Whose;
use super::{Call, Failure, Output, Result};

/// Tokens in one read of a list.
const PAGE: i64 = 500;

/// What is done with tokens.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Mint a token and show it, this once
    Add(Add),
    /// List the tokens of a person, without their secrets
    List(Whose),
    /// End a token now
    Revoke(Revoke),
}

/// A new token.
#[derive(Args, Serialize, Deserialize)]
pub struct Add {
    #[command(flatten)]
    whose: Whose,
    /// What it is for, in your words
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// It may read and change nothing
    #[arg(long)]
    read_only: bool,
    /// When it ends: a span such as 90m, 12h, 30d or 8w, or a time such as 2026-01-31T12:00:00Z; otherwise never
    #[arg(long, value_name = "WHEN")]
    expires: Option<End>,
}

/// Which token to end.
#[derive(Args, Serialize, Deserialize)]
pub struct Revoke {
    /// Its id, as list shows it; not its secret
    id: String,
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(add) => add.run(call),
            Request::List(whose) => list(whose, call),
            Request::Revoke(revoke) => revoke.run(call),
        }
    }
}

impl Add {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let (workspace, person) = self.whose.find(call)?;
        let new = New {
            person,
            label: self.label.clone(),
            can_write: !self.read_only,
            expires_at: self.expires.map(|end| end.time(call.engine.now())),
        };
        let (token, secret) = call.write(&workspace, move |cx| token::add(cx, &new))?;
        let mut shown = shown(&token);
        // First, because it is what one came for.
        if let Value::Object(fields) = &mut shown {
            fields.shift_insert(0, "token".to_owned(), secret.into());
        }
        Ok(Output::One(shown))
    }
}

fn list(whose: &Whose, call: &Call<'_>) -> Result<Output> {
    let (workspace, person) = whose.find(call)?;
    let after: Option<TokenId> = call.after.map(str::parse).transpose()?;
    let found = call.read(&workspace, move |cx| token::page(cx, person, after, PAGE))?;
    let columns = &["id", "label", "readOnly", "createdAt", "expiresAt", "revokedAt", "usedAt"];
    Ok(Part { items: &found, limit: PAGE, columns }.page(shown, |token| token.id.to_string()))
}

impl Revoke {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let missing = || format!("There is no token with this id in the workspace {:?}.", self.workspace);
        let id = self.id.parse().map_err(|e| Failure::from(e).naming(missing))?;
        call.write(&workspace, move |cx| token::revoke(cx, id)).map_err(|e| e.naming(missing))?;
        Ok(Output::One(json!({ "id": self.id, "revoked": true })))
    }
}

fn shown(token: &Token) -> Value {
    json!({
        "id": token.id.to_string(),
        "personId": token.person.to_string(),
        "label": token.label,
        "readOnly": !token.can_write,
        "createdAt": Moment(token.created_at),
        "expiresAt": token.expires_at.map(Moment),
        "revokedAt": token.revoked_at.map(Moment),
        "usedAt": token.used_at.map(Moment),
    })
}
