//! Bodies: checked against the contract's own schemas before anything is made of them, so that every fault is named at
//! once and in the words of the validator that the official clients know (ajv 6).

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{ValidationError, ValidatorMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Problem, Refused};
use crate::dialect::Sent;

/// How many faults of one body are named.
const PROBLEMS_MAX: usize = 50;

/// How much of a path is repeated, in characters.
const PATH_CHARS_MAX: usize = 200;

/// The schemas of all operations that take a body, compiled once.
static SCHEMAS: LazyLock<ValidatorMap> = LazyLock::new(|| {
    let schemas = serde_json::from_str(include_str!("schema.json")).expect("a test reads the schemas");
    let options = jsonschema::options().should_validate_formats(true);
    options.build_map(&schemas).expect("a test compiles the schemas")
});

/// The body of an operation, by its id in the contract. PHP spells an object without members `[]`.
///
/// # Errors
/// [`Refused::Invalid`] with everything that is wrong with it.
pub(super) fn read<T: DeserializeOwned>(sent: &Sent, operation: &'static str) -> Result<T, Refused> {
    if sent.bytes().is_empty() {
        let problem = Problem::new("", "required", "should have a body");
        return Err(problem.with("missingProperty", "body").into());
    }
    let value = object(sent)?;
    check(operation, &value)?;
    serde_json::from_value(value).map_err(|problem| unreadable(&problem).into())
}

/// The body of an operation that takes none, or an empty object: clients send nothing, `{}`, `[]`, or an empty form.
///
/// # Errors
/// [`Refused::Invalid`] when it is something else.
pub(super) fn none(sent: &Sent) -> Result<(), Refused> {
    if sent.bytes().is_empty() {
        return Ok(());
    }
    match object(sent)? {
        Value::Object(_) => Ok(()),
        _ => Err(Problem::new("", "type", "should be object").with("type", "object").into()),
    }
}

/// The JSON that was sent; its content type is not asked for, because the clients do not agree on one.
fn object(sent: &Sent) -> Result<Value, Problem> {
    match serde_json::from_slice(sent.bytes()).map_err(|problem| unreadable(&problem))? {
        Value::Array(members) if members.is_empty() => Ok(Value::Object(serde_json::Map::new())),
        value => Ok(value),
    }
}

/// What cannot be read. The parser's own sentence may quote what was sent, so only the place is told.
fn unreadable(problem: &serde_json::Error) -> Problem {
    let place = format!("should be JSON (line {}, column {})", problem.line(), problem.column());
    Problem::new("", "json", place)
}

fn check(operation: &'static str, value: &Value) -> Result<(), Refused> {
    let schema = SCHEMAS.get(&format!("#/$defs/{operation}"));
    let schema =
        schema.ok_or_else(|| parlance_engine::Error::Internal(format!("{operation} has no schema")))?;
    let mut problems: Vec<Problem> =
        schema.iter_errors(value).take(PROBLEMS_MAX).map(|e| problem(&e, value)).collect();
    problems.extend(
        place_of_nul(value)
            .map(|place| Problem::new(place, "pattern", "should NOT contain the character U+0000")),
    );
    if problems.is_empty() { Ok(()) } else { Err(Refused::Invalid(problems)) }
}

/// Where the first text stands that no database can hold, in JavaScript's notation.
fn place_of_nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            let found = |(at, item)| place_of_nul(item).map(|rest| format!("[{at}]{rest}"));
            items.iter().enumerate().find_map(found)
        }
        Value::Object(members) => {
            let found =
                |(name, member): (&String, &Value)| place_of_nul(member).map(|rest| format!(".{name}{rest}"));
            members.iter().find_map(found)
        }
        _ => None,
    }
}

/// A fault as ajv 6 words it.
fn problem(error: &ValidationError<'_>, body: &Value) -> Problem {
    let path = path(error.instance_path(), body);
    let say = |kind, message: String| Problem::new(path.clone(), kind, message);
    match error.kind() {
        Kind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            say("required", format!("should have required property '{property}'"))
                .with("missingProperty", property)
        }
        Kind::Type { kind } => {
            let kind = types(kind);
            say("type", format!("should be {kind}")).with("type", kind)
        }
        Kind::Format { format } => {
            say("format", format!("should match format \"{format}\"")).with("format", format)
        }
        Kind::Enum { options } => say("enum", "should be equal to one of the allowed values".into())
            .with("allowedValues", words(options)),
        Kind::MaxLength { limit } => limited(say("maxLength", longer("longer", limit)), limit),
        Kind::MinLength { limit } => limited(say("minLength", longer("shorter", limit)), limit),
        Kind::MaxItems { limit } => limited(say("maxItems", items("more", limit)), limit),
        Kind::MinItems { limit } => limited(say("minItems", items("fewer", limit)), limit),
        Kind::Minimum { limit } => {
            limited(say("minimum", format!("should be >= {limit}")), limit).with("comparison", ">=")
        }
        Kind::UniqueItems => say("uniqueItems", "should NOT have duplicate items".into()),
        Kind::AnyOf { .. } => say("anyOf", "should match some schema in anyOf".into()),
        Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            say("oneOf", "should match exactly one schema in oneOf".into())
        }
        _ => say("invalid", "should be as the API's description says".into()),
    }
}

fn limited(problem: Problem, limit: &impl ToString) -> Problem {
    problem.with("limit", limit.to_string())
}

fn longer(than: &str, limit: &u64) -> String {
    format!("should NOT be {than} than {limit} characters")
}

fn items(than: &str, limit: &u64) -> String {
    format!("should NOT have {than} than {limit} items")
}

fn types(kind: &jsonschema::error::TypeKind) -> String {
    use jsonschema::error::TypeKind;
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => {
            several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(",")
        }
    }
}

fn words(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    options.iter().map(|option| option.as_str().unwrap_or_default()).collect::<Vec<_>>().join(",")
}

/// A place in JavaScript's notation of properties: `.sharedWith.id`, `.fileIds[2]`. The schemas name every property
/// that has a place, so none needs quotes.
fn path(place: &Location, body: &Value) -> String {
    let mut text = String::new();
    let mut at = Some(body);
    for segment in place.segments() {
        let (name, index) = match segment {
            LocationSegment::Property(name) => (name.into_owned(), None),
            LocationSegment::Index(index) => (index.to_string(), Some(index)),
        };
        match (at, index) {
            (Some(Value::Array(_)), Some(index)) => text.push_str(&format!("[{index}]")),
            _ => text.push_str(&format!(".{name}")),
        }
        at = at.and_then(|value| index.map_or_else(|| value.get(&name), |index| value.get(index)));
    }
    text.chars().take(PATH_CHARS_MAX).collect()
}
