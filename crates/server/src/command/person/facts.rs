//! What is known of a person, as options of the command line and as a line of an import.

use clap::{Args, ValueEnum};
use parlance_engine::person::{self, Change, Person};
use parlance_engine::phone;
use parlance_engine::workspace::Workspace;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::command::value::{Milli, Moment, switch};
use crate::command::{Failure, Result};

/// What is known; what is `None` stays as it is. The names in JSON are those of [`shown`].
#[derive(Args, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Facts {
    /// Taken and passed over, so that what `person list` shows can be imported elsewhere: ids are always ours.
    #[arg(skip)]
    #[serde(skip_serializing)]
    id: Option<IgnoredAny>,
    /// What they are to the workspace; a new person is a customer unless this says otherwise
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    /// Your own id for them, unique in the workspace
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Name by which others address them
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// Full name
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// E-mail address
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Phone number; without + it is one of the workspace's country
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// URL of their picture
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    /// URL of the picture behind their profile
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<String>,
    /// What they say of themselves
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    /// How many reviews they have had
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    reviews: Option<u32>,
    /// Mean of their reviews, such as 4.9
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<Milli>,
    /// The marketplace's score of them, such as 87.5
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<Milli>,
    /// How much they have sold
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    sales: Option<u32>,
    /// How much they have bought
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    purchases: Option<u32>,
    /// Whether they may do anything; a new person may
    #[arg(long, value_name = "on|off", value_parser = switch)]
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
    /// When they joined the marketplace, such as 2026-01-31T12:00:00Z; a new person joins now
    #[arg(long = "joined", value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    joined_at: Option<Moment>,
}

#[derive(Clone, Copy, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A user of your product
    Customer,
    /// Somebody who answers, and sees every conversation of the workspace
    Agent,
    /// Somebody known by an address alone
    Contact,
    /// A program
    Bot,
}

impl From<Kind> for person::Kind {
    fn from(kind: Kind) -> person::Kind {
        match kind {
            Kind::Customer => person::Kind::Customer,
            Kind::Agent => person::Kind::Agent,
            Kind::Contact => person::Kind::Contact,
            Kind::Bot => person::Kind::Bot,
        }
    }
}

impl Facts {
    /// [`Facts::change`] of somebody who will be known by their external id.
    pub(super) fn importable(&self, workspace: &Workspace) -> Result<Change> {
        match &self.external_id {
            Some(_) => self.change(workspace),
            None => Err(Failure::invalid("externalId: an import needs one for everybody.")),
        }
    }

    /// The same for the engine, checked, with the phone number in E.164.
    pub(super) fn change(&self, workspace: &Workspace) -> Result<Change> {
        let phone =
            self.phone.as_deref().map(|phone| phone::normalise(phone, &workspace.country)).transpose();
        let facts = person::Facts {
            external_id: self.external_id.clone(),
            username: self.username.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: phone.map_err(|problem| Failure::invalid(format!("phone: {problem}")))?,
            avatar: self.avatar.clone(),
            cover: self.cover.clone(),
            profile: self.profile.clone(),
            reviews: self.reviews.map(i64::from),
            rating_milli: self.rating.map(|figure| figure.0),
            score_milli: self.score.map(|figure| figure.0),
            sales: self.sales.map(i64::from),
            purchases: self.purchases.map(i64::from),
        };
        person::check(&facts)?;
        let joined_at = self.joined_at.map(|moment| moment.0);
        Ok(Change { kind: self.kind.map(Into::into), facts, active: self.active, joined_at })
    }
}

/// A person as they are shown.
pub(super) fn shown(person: &Person) -> Value {
    let facts = &person.facts;
    json!({
        "id": person.id.to_string(),
        "externalId": facts.external_id,
        "kind": person.kind.as_str(),
        "username": facts.username,
        "name": facts.name,
        "email": facts.email,
        "phone": facts.phone,
        "avatar": facts.avatar,
        "cover": facts.cover,
        "profile": facts.profile,
        "reviews": facts.reviews.unwrap_or(0),
        "rating": Milli(facts.rating_milli.unwrap_or(0)),
        "score": Milli(facts.score_milli.unwrap_or(0)),
        "sales": facts.sales.unwrap_or(0),
        "purchases": facts.purchases.unwrap_or(0),
        "active": person.active,
        "joinedAt": Moment(person.joined_at),
    })
}
