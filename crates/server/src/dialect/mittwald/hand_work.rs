//! Requests for what people do by hand, which begin a ticket (contract §2.5). Passwords and codes in them are not kept:
//! whoever does the work asks for them.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::conversation::ticket::{self, Service};
use parlance_engine::{Error, PersonId, Result};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};
use uuid::Uuid;

use super::caller::Asker;
use super::fault::Refused;
use super::{answered, body};
use crate::app::App;
use crate::dialect::Sent;
use crate::dialect::at::At;
use crate::dialect::spelling::text;

/// What stands in the place of a secret.
const NOT_KEPT: &str = "";

/// The body of POST /v2/relocation, but for the secrets in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewRelocation {
    article_type: String,
    additional_services: AdditionalServices,
    all_domains: Option<bool>,
    #[serde(default)]
    domains: Vec<Domain>,
    #[serde(default)]
    email_inboxes: Vec<EmailInbox>,
    notes: Option<String>,
    prices: Prices,
    provider: Provider,
    contact: Contact,
    target: Target,
    #[serde(default)]
    user_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalServices {
    data_compare: String,
}

#[derive(Deserialize)]
struct Domain {
    name: String,
}

#[derive(Deserialize)]
struct EmailInbox {
    email: String,
}

#[derive(Deserialize)]
struct Prices {
    positions: Vec<Price>,
}

#[derive(Serialize, Deserialize)]
struct Price {
    name: String,
    price: Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    name: String,
    login_url: String,
    user_name: String,
    source_account: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contact {
    first_name: String,
    last_name: String,
    email: String,
    phone_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    organisation: String,
    project_name: String,
    system: String,
    product: String,
}

/// The body of POST …/request-rate-limit-change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewLimit {
    rate_limit_id: String,
}

/// POST /v2/relocation: to move from another provider.
pub(super) async fn relocate(
    State(app): State<App>,
    asker: Asker,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let wire: NewRelocation = body::read(&sent, "relocation-create-relocation")?;
    let payload = relocation(wire, asker.session.caller.person)?;
    ask(&app, &asker, sent, ticket::Request { service: Service::Relocation, payload }).await
}

/// POST …/request-rate-limit-change: to send more mail.
pub(super) async fn raise_limit(
    State(app): State<App>,
    asker: Asker,
    At(address): At<String>,
    request: Request,
) -> Result<Response, Refused> {
    let sent = Sent::read(&app, request).await?;
    let wire: NewLimit = body::read(&sent, "mail-request-mail-address-rate-limit-change")?;
    let address = Uuid::try_parse(&address).map_err(|_| Error::NotFound)?;
    let payload = text(&json!({ "mailAddressId": address.to_string(), "rateLimitId": wire.rate_limit_id }))?;
    ask(&app, &asker, sent, ticket::Request { service: Service::MailSendLimitIncrease, payload }).await
}

async fn ask(app: &App, asker: &Asker, sent: Sent, request: ticket::Request) -> Result<Response, Refused> {
    let done = sent.answer(app, asker.session.caller, StatusCode::NO_CONTENT.as_u16(), move |cx| {
        ticket::request(cx, &request).map(|_| String::new())
    });
    Ok(answered(done.await?))
}

/// The contract's ServiceRequestRelocationPayload.
fn relocation(wire: NewRelocation, caller: PersonId) -> Result<String> {
    let NewRelocation { provider, contact, target, .. } = wire;
    let user = Uuid::try_parse(&wire.user_id).unwrap_or(caller.0);
    let inbox = |inbox: &EmailInbox| json!({ "email": inbox.email, "password": NOT_KEPT });
    text(&json!({
        "redirectusKey": 0,
        "userId": user.to_string(),
        "notes": wire.notes.unwrap_or_default(),
        "source": {
            "providerName": provider.name,
            "providerUrl": without_credentials(provider.login_url),
            "providerUsername": provider.user_name,
            "providerPassword": NOT_KEPT,
            "sourceAccount": provider.source_account,
        },
        "target": {
            "organisation": target.organisation,
            "accountShortId": target.project_name,
            "application": target.system,
            "product": target.product,
            "articleType": wire.article_type,
            "withDataCompare": wire.additional_services.data_compare == "additionalCompare",
            "prices": wire.prices.positions,
        },
        "contact": {
            "firstname": contact.first_name,
            "lastname": contact.last_name,
            "email": contact.email,
            "phone": contact.phone_number.unwrap_or_default(),
        },
        "domain": {
            "allDomains": wire.all_domains.unwrap_or(false),
            "domains": wire.domains.iter().map(|d| json!({ "domainName": d.name })).collect::<Vec<_>>(),
        },
        "email": { "emailInboxes": wire.email_inboxes.iter().map(inbox).collect::<Vec<_>>() },
    }))
}

/// Where to log in, without the name and the password that an address may carry before its host.
fn without_credentials(address: String) -> String {
    let Ok(mut url) = Url::parse(&address) else { return address };
    if url.username().is_empty() && url.password().is_none() {
        return address;
    }
    // Only addresses without a host refuse, and they carry no credentials.
    let _ = (url.set_username(""), url.set_password(None));
    url.into()
}
