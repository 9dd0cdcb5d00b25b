//! `/v1/public/user/campaign-parameters` and `/v1/public/campaign/parameters` (contract §2.4): the same thing under two
//! paths.

use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::account::{self, Parameter, Parameters};
use parlance_engine::{Cx, Result};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::fault::Refused;
use super::lenient::Fields;
use crate::dialect::spelling::{json as answer, text};

/// Where each parameter stands.
const GROUPS: [(&str, &[Parameter]); 3] = [
    (
        "sms_campaign_alert_parameters",
        &[Parameter::AlertType, Parameter::AlertBound, Parameter::AlertEmails, Parameter::AlertPhone],
    ),
    ("campaign_parameters", &[Parameter::SmsSender, Parameter::VoiceSender, Parameter::TestPhone]),
    (CALLBACKS, &OF_CALLBACKS),
];

const CALLBACKS: &str = "callbacks";

/// What a sub-account has parameters for.
pub(super) const OF_CALLBACKS: [Parameter; 7] = [
    Parameter::InboundUrl,
    Parameter::DeliveryUrl,
    Parameter::OptOutUrl,
    Parameter::VisitUrl,
    Parameter::InboundEmail,
    Parameter::ApiVersion,
    Parameter::InboundMetadata,
];

/// Names that parameters had before, or have elsewhere.
const ALIASES: [(&str, Parameter); 2] =
    [("alert_email_to", Parameter::AlertEmails), ("callback_url_for_sms_deliveries", Parameter::DeliveryUrl)];

/// GET: what the caller's account has said.
pub(super) async fn get(asked: Asked) -> Result<Response, Refused> {
    let parameters = asked.read(account::parameters).await?;
    Ok(answer(StatusCode::OK, text(&wire(&parameters))?))
}

/// PATCH …/edit: what is named changes, in its group or outside of it; what is empty is taken back.
pub(super) async fn edit(asked: Asked) -> Result<Response, Refused> {
    let mut new = Parameters::new();
    for (group, parameters) in GROUPS {
        new.extend(said(&asked.fields, parameters));
        new.extend(said(&asked.fields.inside(group), parameters));
    }
    asked.app.outgoing.check_parameters(&new)?;
    let set = move |cx: &mut Cx<'_>| {
        account::set_parameters(cx, &new)?;
        account::parameters(cx)
    };
    let parameters = asked.write(set).await?;
    Ok(answer(StatusCode::OK, text(&wire(&parameters))?))
}

/// What is said of these parameters.
pub(super) fn said(fields: &Fields, parameters: &[Parameter]) -> Parameters {
    let alias = |parameter: &Parameter| ALIASES.iter().find(|(_, of)| of == parameter).map(|(name, _)| *name);
    let value = |parameter: &Parameter| {
        let names = [Some(parameter.as_str()), alias(parameter)];
        let value = names.into_iter().flatten().find_map(|name| {
            let lines = lines(fields, *parameter, name);
            (!lines.is_empty() || fields.is_blank(name)).then(|| lines.join("\n"))
        });
        Some((*parameter, value?))
    };
    parameters.iter().filter_map(value).collect()
}

/// A value line by line: only of URLs and e-mail addresses there may be several, and several of these in one text.
fn lines(fields: &Fields, parameter: Parameter, name: &str) -> Vec<String> {
    let one = |value: Option<String>| value.into_iter().collect();
    match parameter {
        Parameter::AlertBound => one(fields.whole(name).map(|units| units.to_string())),
        Parameter::InboundMetadata => one(fields.flag(name).map(|flag| flag.to_string())),
        Parameter::AlertType => one(fields.line(name).map(|word| word.to_lowercase())),
        _ if parameter.is_url() => fields.lines(name),
        _ if parameter.is_email() => {
            let lines = fields.lines(name);
            let parts = lines.iter().flat_map(|line| line.split([',', ';'])).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        _ => one(fields.line(name)),
    }
}

fn wire(parameters: &Parameters) -> Value {
    let group =
        |(name, members): (&str, &[Parameter])| (name.to_owned(), Value::Object(group(parameters, members)));
    Value::Object(GROUPS.into_iter().map(group).collect())
}

/// These parameters, with `null` for what was not said.
pub(super) fn group(parameters: &Parameters, members: &[Parameter]) -> Map<String, Value> {
    let member = |parameter: &Parameter| {
        let value = parameters.get(parameter).map_or(Value::Null, |value| spelled(*parameter, value));
        (parameter.as_str().to_owned(), value)
    };
    members.iter().map(member).collect()
}

/// A value in the type that it has on this wire. Of several URLs there is an array.
fn spelled(parameter: Parameter, value: &str) -> Value {
    match parameter {
        Parameter::AlertBound => value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number)),
        Parameter::InboundMetadata => json!(value == "true"),
        Parameter::AlertEmails => json!(value.lines().collect::<Vec<_>>()),
        _ if value.contains('\n') => json!(value.lines().collect::<Vec<_>>()),
        _ => json!(value),
    }
}
