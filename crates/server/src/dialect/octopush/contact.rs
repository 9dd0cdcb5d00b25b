//! `/v1/public/contact` and `/v1/public/contact-list` (contract §2.2).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use parlance_engine::Error;
use parlance_engine::contact::list::{self, Kind};
use parlance_engine::contact::{self, New, Saving};
use serde_json::json;

use super::asked::Asked;
use super::fault::Refused;
use super::lenient::Fields;
use crate::dialect::spelling::{json as answer, text};

/// What a template may say of a contact besides their name.
const PARAMETERS: [&str; 5] = ["param1", "param2", "param3", "param4", "param5"];

/// POST contact/create.
pub(super) async fn create(asked: Asked) -> Result<Response, Refused> {
    let saving = saving(&asked.fields);
    let kept = asked.write(move |cx| contact::save(cx, &saving)).await?;
    Ok(answer(StatusCode::CREATED, text(&json!({ "number_of_contacts": kept.len() }))?))
}

/// DELETE contact/delete: off a list, or off all of them and forgotten.
pub(super) async fn delete(asked: Asked) -> Result<Response, Refused> {
    let (phones, list) = (asked.fields.lines("phone_numbers"), asked.fields.line("list_name"));
    if phones.is_empty() {
        return Err(Error::invalid("recipients", "Say in phone_numbers who shall be deleted.").into());
    }
    asked.write(move |cx| contact::remove(cx, &phones, list.as_deref())).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// POST contact-list/create.
pub(super) async fn create_list(asked: Asked) -> Result<Response, Refused> {
    let name = list_name(&asked.fields);
    let body = text(&json!({ "list_name": name }))?;
    asked.write(move |cx| list::create(cx, &name)).await?;
    Ok(answer(StatusCode::CREATED, body))
}

/// POST contact-list/empty.
pub(super) async fn empty_list(asked: Asked) -> Result<Response, Refused> {
    let (name, deletes) = (list_name(&asked.fields), asked.fields.flag("delete_contacts").unwrap_or(false));
    let body = text(&json!({ "list_name": name }))?;
    asked.write(move |cx| list::empty(cx, &name, deletes)).await?;
    Ok(answer(StatusCode::OK, body))
}

/// DELETE contact-list/delete.
pub(super) async fn delete_list(asked: Asked) -> Result<Response, Refused> {
    let name = list_name(&asked.fields);
    asked.write(move |cx| list::delete(cx, &name)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// People as a request names them; a mere number among them is a phone number.
pub(super) fn people(fields: &Fields, name: &str) -> Vec<New> {
    fields.each(name, "phone_number").iter().map(person).collect()
}

/// Somebody as a request describes them.
pub(super) fn person(fields: &Fields) -> New {
    New {
        phone: fields.line("phone_number"),
        email: fields.line("email"),
        first_name: fields.line("first_name").unwrap_or_default(),
        last_name: fields.line("last_name").unwrap_or_default(),
        params: PARAMETERS.map(|name| fields.line(name).unwrap_or_default()),
    }
}

fn saving(fields: &Fields) -> Saving {
    let named = |kind: Kind, names: [&str; 2]| {
        let names = names.into_iter().flat_map(|name| fields.lines(name)).collect::<Vec<_>>();
        names.into_iter().map(move |name| (kind, name))
    };
    let lists = named(Kind::List, ["list_name", "list_names"]);
    let unlisted = named(Kind::List, ["un_list", "un_lists"]);
    Saving {
        contacts: people(fields, "contacts"),
        lists: lists.chain(named(Kind::Tag, ["tag_name", "tag_names"])).collect(),
        unlist: unlisted.chain(named(Kind::Tag, ["un_tag", "un_tags"])).collect(),
        overwrite: !fields.flag("do_not_overwrite").unwrap_or(false),
        without_opted_out: fields.flag("auto_remove_blacklisted_numbers").unwrap_or(false),
    }
}

/// What is missing is an empty name, which the engine refuses.
fn list_name(fields: &Fields) -> String {
    fields.line("list_name").unwrap_or_default()
}
