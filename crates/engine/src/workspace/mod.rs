//! Workspaces: the tenants, and how each wants things done. Only the operator touches them.

mod store;

use crate::{Cx, Error, Result, Time, WorkspaceId, file, installation, phone};

/// A tenant and its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its number.
    pub id: WorkspaceId,
    /// Its name in commands and configuration.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// ISO 3166 two-letter code; phone numbers without `+` are read as numbers of this country.
    pub country: String,
    /// What is taken out of a marketplace's messages.
    pub rules: Rules,
    /// How its own backend vouches for its people.
    pub jwt: Option<Jwt>,
    /// The endings of names that files may have, if the workspace has chosen among them.
    pub file_extensions: Option<Vec<String>>,
    /// The largest file in bytes, if the workspace has chosen a size.
    pub file_bytes_max: Option<i64>,
    /// Whether what it sends through carriers costs credit.
    pub billing: bool,
    /// Whether a text that advertises something in France must say how to hear no more.
    pub stop_mention: bool,
    /// When it was founded.
    pub created_at: Time,
}

pub use crate::sanitise::Rules;

/// How a workspace's own backend signs the JWTs of its people.
#[derive(Clone, PartialEq, Eq)]
pub enum Jwt {
    /// HS256 with this shared secret.
    Secret(String),
    /// Asymmetric, with the public keys at this URL.
    Jwks(String),
}

/// A secret does not belong in a log.
impl std::fmt::Debug for Jwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Jwt::Secret(_) => "Secret(…)",
            Jwt::Jwks(_) => "Jwks(…)",
        })
    }
}

/// What can be set; `None` leaves a setting as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The name for people, 1 to 200 characters.
    pub name: Option<String>,
    /// Two letters of ISO 3166.
    pub country: Option<String>,
    /// Whether links are taken out.
    pub remove_links: Option<bool>,
    /// Whether emoji are taken out.
    pub remove_emoji: Option<bool>,
    /// Whether profanity is masked.
    pub mask_profanity: Option<bool>,
    /// How JWTs are signed; `Some(None)` switches them off.
    pub jwt: Option<Option<Jwt>>,
    /// The endings of names that files may have; `Some(None)` allows all that are known.
    pub file_extensions: Option<Option<Vec<String>>>,
    /// The largest file in bytes.
    pub file_bytes_max: Option<i64>,
    /// Whether what it sends through carriers costs credit.
    pub billing: Option<bool>,
    /// Whether a text that advertises something in France must say how to hear no more.
    pub stop_mention: Option<bool>,
}

/// The shortest HS256 secret, in bytes: as long as the hash, as RFC 7518 §3.2 asks.
const JWT_SECRET_BYTES_MIN: usize = 32;

/// Founds a workspace with every sanitising rule on, then applies `change`.
/// [`Error::Conflict`] when the slug is taken, [`Error::Invalid`] when it is no slug.
pub fn add(cx: &mut Cx<'_>, slug: &str, change: &Change) -> Result<Workspace> {
    cx.everywhere()?;
    check_slug(slug)?;
    let workspace = Workspace {
        id: installation::next_workspace(cx)?,
        slug: slug.to_owned(),
        name: slug.to_owned(),
        country: "FR".to_owned(),
        rules: Rules { links: true, emoji: true, profanity: true },
        jwt: None,
        file_extensions: None,
        file_bytes_max: None,
        billing: true,
        stop_mention: true,
        created_at: cx.now,
    };
    if !store::insert(cx.tx, &workspace)? {
        return Err(Error::Conflict(format!("There is already a workspace {slug:?}.")));
    }
    apply(cx, workspace, change)
}

/// Changes the settings of the workspace with this slug.
pub fn set(cx: &mut Cx<'_>, slug: &str, change: &Change) -> Result<Workspace> {
    cx.everywhere()?;
    let workspace = by_slug(cx, slug)?;
    apply(cx, workspace, change)
}

/// The workspace with this slug, or [`Error::NotFound`].
pub fn by_slug(cx: &mut Cx<'_>, slug: &str) -> Result<Workspace> {
    cx.everywhere()?;
    store::by_slug(cx.tx, slug)?.ok_or(Error::NotFound)
}

/// Workspaces with a number above `after`, in order, at most `limit`.
pub fn page(cx: &mut Cx<'_>, after: WorkspaceId, limit: i64) -> Result<Vec<Workspace>> {
    cx.everywhere()?;
    store::page(cx.tx, after, limit)
}

/// The settings of the caller's own workspace.
pub(crate) fn mine(cx: &mut Cx<'_>) -> Result<Workspace> {
    let workspace = cx.workspace()?;
    get(cx, workspace)
}

/// The settings of a workspace, for somebody who has shown a credential that belongs to it.
pub(crate) fn get(cx: &mut Cx<'_>, id: WorkspaceId) -> Result<Workspace> {
    store::get(cx.tx, id)?.ok_or(Error::NotFound)
}

/// The workspaces whose people come by JWT.
pub fn with_jwt(cx: &mut Cx<'_>) -> Result<Vec<Workspace>> {
    store::with_jwt(cx.tx)
}

fn apply(cx: &mut Cx<'_>, mut workspace: Workspace, change: &Change) -> Result<Workspace> {
    check(change)?;
    let rules = &mut workspace.rules;
    rules.links = change.remove_links.unwrap_or(rules.links);
    rules.emoji = change.remove_emoji.unwrap_or(rules.emoji);
    rules.profanity = change.mask_profanity.unwrap_or(rules.profanity);
    workspace.name = change.name.clone().unwrap_or(workspace.name);
    workspace.country = change.country.clone().unwrap_or(workspace.country);
    workspace.jwt = change.jwt.clone().unwrap_or(workspace.jwt);
    workspace.file_extensions = change.file_extensions.clone().unwrap_or(workspace.file_extensions);
    workspace.file_bytes_max = change.file_bytes_max.or(workspace.file_bytes_max);
    workspace.billing = change.billing.unwrap_or(workspace.billing);
    workspace.stop_mention = change.stop_mention.unwrap_or(workspace.stop_mention);
    if store::jwt_is_taken(cx.tx, &workspace)? {
        return Err(Error::Conflict(
            "Another workspace uses this JWT secret or JWKS URL: a token would not tell which of the two it is for.".into(),
        ));
    }
    store::update(cx.tx, &workspace)?;
    installation::settings_changed(cx)?;
    Ok(workspace)
}

fn check(change: &Change) -> Result<()> {
    let country = change.country.as_deref().map_or(Ok(()), phone::check_country);
    country.map_err(|problem| Error::invalid("country", problem))?;
    if change.name.as_ref().is_some_and(|n| n.trim().is_empty() || n.chars().count() > 200) {
        return Err(Error::invalid("name", "A name has 1 to 200 characters."));
    }
    change.file_extensions.iter().flatten().try_for_each(|wanted| file::check_extensions(wanted))?;
    change.file_bytes_max.map_or(Ok(()), file::check_bytes_max)?;
    match &change.jwt {
        Some(Some(Jwt::Secret(secret))) if secret.len() < JWT_SECRET_BYTES_MIN => Err(Error::invalid(
            "jwt_secret",
            format!(
                "A secret for HS256 has {JWT_SECRET_BYTES_MIN} bytes or more; make one with: openssl rand -hex 32"
            ),
        )),
        Some(Some(Jwt::Jwks(url))) if !url.starts_with("https://") && !url.starts_with("http://") => {
            Err(Error::invalid("jwks_url", "A JWKS URL begins with https://."))
        }
        _ => Ok(()),
    }
}

fn check_slug(slug: &str) -> Result<()> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=63).contains(&slug.len()) && slug.bytes().all(allowed) && !slug.starts_with('-');
    let problem = "A slug has 1 to 63 characters: a-z, 0-9 and -, and does not begin with -.";
    if fits { Ok(()) } else { Err(Error::invalid("slug", problem)) }
}
