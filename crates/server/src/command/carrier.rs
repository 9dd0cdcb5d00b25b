//! `parlance carrier …`

use clap::{Args, Subcommand};
use parlance_engine::carrier::{self, Carrier, Kind, New};
use parlance_engine::submission;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::Moment;
use super::{Call, Failure, Output, Result};
use crate::carrier::SmppSettings;

/// Messages that are given up in one transaction, so that no other waits long for it.
const GIVEN_UP_AT_ONCE: i64 = 500;

/// What is done with carriers.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Add a carrier; the running server begins to speak with it at once
    Add(Add),
    /// List the carriers of a workspace and how they stand, without their passwords and secrets
    List(List),
    /// Take a carrier away; what waits for it is given up
    Remove(Remove),
}

/// A new carrier.
#[derive(Args, Serialize, Deserialize)]
pub struct Add {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
    /// What speaks at the other end: handset (simulated telephones), smpp, http (a gateway) or rcs
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// Our address there: a number, a short code, a name, or the id of an agent. A number without its country is one
    /// of the workspace's
    #[arg(long, value_name = "ADDRESS")]
    address: String,
    /// Where it is reached, such as smpp://user:password@127.0.0.1:2775; a handset is reached nowhere
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Whose carriers.
#[derive(Args, Serialize, Deserialize)]
pub struct List {
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

/// Which carrier to take away.
#[derive(Args, Serialize, Deserialize)]
pub struct Remove {
    /// Its id, or its address in any spelling
    carrier: String,
    /// Slug of the workspace
    #[arg(long, value_name = "SLUG")]
    workspace: String,
}

impl Request {
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(add) => add.run(call),
            Request::List(list) => list.run(call),
            Request::Remove(remove) => remove.run(call),
        }
    }
}

impl Add {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let new = New { kind: self.kind.parse()?, address: self.address.clone(), url: self.url.clone() };
        if let (Kind::Smpp, Some(url)) = (new.kind, &new.url) {
            SmppSettings::read(url).map_err(Failure::invalid)?;
        }
        let added = call.write(&workspace, move |cx| carrier::add(cx, &new))?;
        let mut shown = shown(&added);
        // This once: whoever set the carrier up gives it to the gateway.
        if let (Value::Object(fields), Some(secret)) = (&mut shown, added.secret) {
            fields.insert("secret".to_owned(), secret.into());
        }
        Ok(Output::One(shown))
    }
}

impl List {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let all = call.read(&workspace, carrier::list)?;
        let columns = &["id", "kind", "address", "url", "state", "stateSince", "detail"];
        // There are never so many that a list has a second page.
        let part = Part { items: &all, limit: i64::MAX, columns };
        Ok(part.page(shown, |carrier| carrier.id.to_string()))
    }
}

impl Remove {
    fn run(&self, call: &Call<'_>) -> Result<Output> {
        let workspace = call.workspace(&self.workspace)?;
        let which = self.carrier.clone();
        let removed = call.write(&workspace, move |cx| carrier::remove(cx, &which));
        let missing =
            || format!("There is no carrier {:?} in the workspace {:?}.", self.carrier, self.workspace);
        let removed = removed.map_err(|failure| failure.naming(missing))?;
        // Should this be interrupted, the running server does the rest when it sweeps.
        while call.write(&workspace, |cx| submission::give_up(cx, GIVEN_UP_AT_ONCE))? > 0 {}
        Ok(Output::One(json!({ "removed": removed.id.to_string() })))
    }
}

fn shown(carrier: &Carrier) -> Value {
    json!({
        "id": carrier.id.to_string(),
        "kind": carrier.kind.as_str(),
        "address": carrier.address,
        "url": carrier.url.as_deref().map(without_secrets),
        "state": carrier.state,
        "detail": Some(&carrier.state_detail).filter(|detail| !detail.is_empty()),
        "stateSince": Moment(carrier.state_at).to_string(),
        "createdAt": Moment(carrier.created_at).to_string(),
    })
}

/// A URL that may be shown: its password and the values of its parameters can be secrets.
fn without_secrets(url: &str) -> String {
    const HIDDEN: &str = "***";
    let Ok(mut url) = url.parse::<Url>() else { return HIDDEN.to_owned() };
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    if url.query().is_some() {
        url.set_query(Some(HIDDEN));
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        let shown = without_secrets("smpp://me:s3cret@gate.example:2775?window=5");
        assert_eq!(shown, "smpp://me:***@gate.example:2775?***");
        assert_eq!(without_secrets("https://gate.example/in?token=s3cret"), "https://gate.example/in?***");
        assert_eq!(without_secrets("s3cret"), "***");
    }
}
