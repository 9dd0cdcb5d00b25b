//! `parlance workspace …`

use clap::{Args, Subcommand};
use parlance_engine::workspace::{self, Change, Jwt, Workspace};
use parlance_engine::{Principal, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::output::Part;
use super::value::{Moment, switch};
use super::{Call, Failure, Output, Result, stdin};

/// Workspaces in one read of a list.
const PAGE: i64 = 500;

/// What is done with workspaces.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Found a workspace
    Add(Named),
    /// List all workspaces
    List,
    /// Change the settings of a workspace
    Set(Named),
}

/// A workspace and settings for it.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name in commands: a-z, 0-9 and -
    slug: String,
    #[command(flatten)]
    settings: Settings,
}

/// What can be set.
#[derive(Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Its name for people
    #[arg(long)]
    name: Option<String>,
    /// Country of phone numbers without +, two letters of ISO 3166, such as FR
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Whether links are taken out of marketplace messages
    #[arg(long, value_name = "on|off", value_parser = switch)]
    remove_links: Option<bool>,
    /// Whether emoji are taken out of marketplace messages
    #[arg(long, value_name = "on|off", value_parser = switch)]
    remove_emoji: Option<bool>,
    /// Whether profanity is masked in marketplace messages
    #[arg(long, value_name = "on|off", value_parser = switch)]
    mask_profanity: Option<bool>,
    /// What may be uploaded, by the endings of names: png,pdf,txt … or `all` that are known
    #[arg(long, value_name = "LIST|all")]
    file_extensions: Option<String>,
    /// The largest file that may be uploaded, in bytes
    #[arg(long, value_name = "BYTES")]
    file_bytes_max: Option<i64>,
    /// Whether what it sends through carriers costs credit
    #[arg(long, value_name = "on|off", value_parser = switch)]
    billing: Option<bool>,
    /// Whether a text message that advertises something to a number of France must say STOP
    #[arg(long, value_name = "on|off", value_parser = switch)]
    stop_mention: Option<bool>,
    /// Secret with which the marketplace's backend signs JWTs (HS256), 32 bytes or more. Other users of this machine
    /// may see it among the processes; --jwt-secret-stdin hides it
    #[arg(long, value_name = "SECRET", group = "jwt")]
    jwt_secret: Option<String>,
    /// Read the JWT secret from standard input
    #[arg(long, group = "jwt")]
    #[serde(skip)]
    jwt_secret_stdin: bool,
    /// Where the marketplace's backend publishes the public keys of its JWTs
    #[arg(long, value_name = "URL", group = "jwt")]
    jwks_url: Option<String>,
    /// Take no JWTs any more
    #[arg(long, group = "jwt")]
    no_jwt: bool,
}

impl Request {
    pub(super) fn prepare(&mut self) -> Result<()> {
        match self {
            Request::Add(named) | Request::Set(named) => named.settings.prepare(),
            Request::List => Ok(()),
        }
    }

    pub(super) fn run(&self, call: &Call<'_>) -> Result<Output> {
        match self {
            Request::Add(named) => named.add(call),
            Request::List => list(call),
            Request::Set(named) => named.set(call),
        }
    }
}

impl Named {
    fn add(&self, call: &Call<'_>) -> Result<Output> {
        let (slug, change) = (self.slug.clone(), self.settings.change());
        let added =
            call.engine.write_blocking(Principal::OPERATOR, move |cx| workspace::add(cx, &slug, &change))?;
        Ok(Output::One(shown(&added)))
    }

    fn set(&self, call: &Call<'_>) -> Result<Output> {
        let (slug, change) = (self.slug.clone(), self.settings.change());
        let set =
            call.engine.write_blocking(Principal::OPERATOR, move |cx| workspace::set(cx, &slug, &change));
        let missing = || format!("There is no workspace {:?}.", self.slug);
        Ok(Output::One(shown(&set.map_err(|e| Failure::from(e).naming(missing))?)))
    }
}

fn list(call: &Call<'_>) -> Result<Output> {
    let after = call.after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let found = call
        .engine
        .read_blocking(Principal::OPERATOR, move |cx| workspace::page(cx, WorkspaceId(after), PAGE))?;
    let columns = &["id", "slug", "name", "country", "removeLinks", "removeEmoji", "maskProfanity", "jwt"];
    let part = Part { items: &found, limit: PAGE, columns };
    Ok(part.page(shown, |workspace| workspace.id.to_string()))
}

impl Settings {
    fn prepare(&mut self) -> Result<()> {
        if self.jwt_secret_stdin {
            self.jwt_secret = Some(stdin::secret()?);
        }
        Ok(())
    }

    fn change(&self) -> Change {
        let secret = self.jwt_secret.clone().map(Jwt::Secret);
        let jwt = secret.or_else(|| self.jwks_url.clone().map(Jwt::Jwks)).map(Some);
        Change {
            name: self.name.clone(),
            country: self.country.clone(),
            remove_links: self.remove_links,
            remove_emoji: self.remove_emoji,
            mask_profanity: self.mask_profanity,
            jwt: if self.no_jwt { Some(None) } else { jwt },
            file_extensions: self.file_extensions.as_deref().map(extensions),
            file_bytes_max: self.file_bytes_max,
            billing: self.billing,
            stop_mention: self.stop_mention,
        }
    }
}

/// The endings in a list with commas, each once; nothing for `all`.
fn extensions(list: &str) -> Option<Vec<String>> {
    let spelled = |one: &str| one.trim().trim_start_matches('.').to_ascii_lowercase();
    let mut found: Vec<String> = list.split(',').map(spelled).filter(|one| !one.is_empty()).collect();
    found.sort();
    found.dedup();
    (list.trim() != "all").then_some(found)
}

/// A workspace as it is shown: everything but its secret.
fn shown(workspace: &Workspace) -> Value {
    let (jwt, jwks_url) = match &workspace.jwt {
        Some(Jwt::Secret(_)) => (Some("secret"), None),
        Some(Jwt::Jwks(url)) => (Some("jwks"), Some(url)),
        None => (None, None),
    };
    json!({
        "id": workspace.id.0,
        "slug": workspace.slug,
        "name": workspace.name,
        "country": workspace.country,
        "removeLinks": workspace.rules.links,
        "removeEmoji": workspace.rules.emoji,
        "maskProfanity": workspace.rules.profanity,
        "jwt": jwt,
        "jwksUrl": jwks_url,
        "fileExtensions": workspace.file_extensions,
        "fileBytesMax": workspace.file_bytes_max,
        "billing": workspace.billing,
        "stopMention": workspace.stop_mention,
        "createdAt": Moment(workspace.created_at),
    })
}
