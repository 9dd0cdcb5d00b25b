//! `/v2/users`, and what a client asks to know who it is (contract §2.3).

use std::collections::BTreeMap;

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use lettre::Address;
use parlance_engine::membership::Membership;
use parlance_engine::person::{Kind, Person, Profile, profile};
use parlance_engine::{Error, FileId, PersonId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::Asker;
use super::fault::{Problem, Refused};
use super::wire::{NO_NAME, clear_name};
use super::{body, foreign, parameter};
use crate::app::App;
use crate::auth;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::query::Query;
use crate::dialect::spelling::{Shown, Stamp, bytes, json};

/// The body of POST /v2/authenticate.
#[derive(Deserialize)]
struct Login {
    email: String,
    password: String,
}

/// Its answer. Nothing refreshes a session here, so both tokens are the same.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    token: &'a str,
    refresh_token: &'a str,
    expires: Stamp,
}

/// The contract's User.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    user_id: Shown<PersonId>,
    person: Names,
    is_employee: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_ref: Option<Shown<FileId>>,
    registered_at: Stamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_updated_at: Option<Stamp>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    customer_memberships: BTreeMap<&'a str, CustomerMembership>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    project_memberships: BTreeMap<&'a str, ProjectMembership>,
}

/// The contract's Person.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    first_name: String,
    last_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerMembership {
    id: Shown<Uuid>,
    role: &'static str,
    member_since: Stamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectMembership {
    role: &'static str,
    member_since: Stamp,
    inherited: bool,
}

/// GET /v2/users/{userId}: `self`, or somebody's id.
pub(super) async fn get(
    State(app): State<App>,
    asker: Asker,
    At(id): At<String>,
) -> Result<Response, Refused> {
    let id = match id.as_str() {
        "self" => asker.session.caller.person,
        other => other.to_ascii_lowercase().parse()?,
    };
    show(&app, &asker, id).await
}

/// GET /v2/user, deprecated: oneself.
pub(super) async fn get_own(State(app): State<App>, asker: Asker) -> Result<Response, Refused> {
    show(&app, &asker, asker.session.caller.person).await
}

/// GET …/credentials/email.
pub(super) async fn email(State(app): State<App>, asker: Asker) -> Result<Response, Refused> {
    let id = asker.session.caller.person;
    let own = app.engine.read(asker.principal(), move |cx| profile(cx, id)).await?;
    let email = address(&own.person).ok_or(Error::NotFound)?;
    Ok(json(StatusCode::OK, bytes(&serde_json::json!({ "email": email }))?))
}

/// POST /v2/authenticate. There are no cookies here, so nobody is told that one was set.
pub(super) async fn authenticate(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Refused> {
    if parameter::flag(&Query::new(query.as_deref()), "cookieOnly")? {
        let problem =
            "No cookies are used here; ask without cookieOnly, and send the token with each request.";
        return Err(Problem::new(".cookieOnly", "invalid", problem).into());
    }
    let extensions = request.extensions().clone();
    let sent = Sent::read(&app, request).await?;
    let Login { email, password } = body::read(&sent, "user-authenticate")?;
    let session = auth::login(&app, &extensions, email, password).await.map_err(Refused::of_login)?;
    let (token, expires) = (session.secret.as_str(), Stamp(session.expires_at));
    Ok(json(StatusCode::OK, bytes(&Session { token, refresh_token: token, expires })?))
}

async fn show(app: &App, asker: &Asker, id: PersonId) -> Result<Response, Refused> {
    let profile = app.engine.read(asker.principal(), move |cx| profile(cx, id)).await?;
    Ok(json(StatusCode::OK, bytes(&User::new(&profile))?))
}

/// An e-mail address that is one: what is known of a person is any text.
fn address(person: &Person) -> Option<&str> {
    person.facts.email.as_deref().filter(|email| email.parse::<Address>().is_ok())
}

impl<'a> User<'a> {
    fn new(profile: &'a Profile) -> User<'a> {
        let Profile { person, memberships, password_changed_at } = profile;
        let of = |domain: &'static str| {
            let is_meant = move |m: &&Membership| m.aggregate.domain == domain && m.aggregate.kind == domain;
            memberships.iter().filter(is_meant)
        };
        User {
            user_id: Shown(person.id),
            person: Names::of(person),
            is_employee: person.kind == Kind::Agent,
            email: address(person),
            phone_number: person.facts.phone.as_deref(),
            avatar_ref: person.avatar_file.map(Shown),
            registered_at: Stamp(person.joined_at),
            password_updated_at: password_changed_at.map(Stamp),
            customer_memberships: of("customer").map(|m| (&*m.aggregate.id, customer(m))).collect(),
            project_memberships: of("project").map(|m| (&*m.aggregate.id, project(m))).collect(),
        }
    }
}

fn customer(membership: &Membership) -> CustomerMembership {
    CustomerMembership {
        id: foreign::uuid("customer", &membership.aggregate.id),
        role: role(membership, &["owner", "accountant"]).unwrap_or("member"),
        member_since: Stamp(membership.created_at),
    }
}

fn project(membership: &Membership) -> ProjectMembership {
    ProjectMembership {
        role: role(membership, &["owner", "emailadmin"]).unwrap_or("external"),
        member_since: Stamp(membership.created_at),
        inherited: false,
    }
}

/// The role of a membership under its name here: `owner`, and `customer_owner` as notification roles spell it.
fn role(membership: &Membership, known: &[&'static str]) -> Option<&'static str> {
    let last = membership.role.rsplit('_').next().unwrap_or_default().to_lowercase();
    known.iter().find(|name| **name == last).copied()
}

impl Names {
    /// The last word of a name is the last name. Whoever has no name is called by what is known of them.
    fn of(person: &Person) -> Names {
        let mut words: Vec<&str> = clear_name(person).split_whitespace().collect();
        let last = if words.len() > 1 { words.pop() } else { None };
        Names { first_name: words.join(" "), last_name: last.unwrap_or(NO_NAME).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use parlance_engine::Time;
    use parlance_engine::person::Facts;
    use proptest::prelude::*;

    use super::*;

    fn names(facts: Facts) -> Names {
        let id = PersonId(Uuid::nil());
        Names::of(&Person {
            id,
            kind: Kind::Customer,
            facts,
            active: true,
            joined_at: Time(0),
            avatar_file: None,
        })
    }

    fn named(name: &str) -> (String, String) {
        let names = names(Facts { name: Some(name.to_owned()), ..Facts::default() });
        (names.first_name, names.last_name)
    }

    #[test]
    fn a_name_has_a_first_and_a_last_part() {
        assert_eq!(named("Ada Lovelace"), ("Ada".into(), "Lovelace".into()));
        assert_eq!(named(" Ada  King Lovelace "), ("Ada King".into(), "Lovelace".into()));
        assert_eq!(named("Ada"), ("Ada".into(), "-".into()));
        let unnamed = names(Facts::default());
        assert_eq!((&*unnamed.first_name, &*unnamed.last_name), ("-", "-"));
        let by_username =
            Facts { username: Some("ada".into()), external_id: Some("7".into()), ..Facts::default() };
        assert_eq!(names(by_username).first_name, "ada");
        let numbered = Facts { phone: Some("+33600000001".into()), ..Facts::default() };
        assert_eq!(names(numbered).first_name, "-", "a customer's number is nobody's business");
    }

    proptest! {
        #[test]
        fn no_part_of_a_name_is_empty(name in ".{0,40}") {
            let (first, last) = named(&name);
            prop_assert!(!first.is_empty() && !last.is_empty());
        }
    }
}
