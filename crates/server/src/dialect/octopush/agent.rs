//! `/v1/public/agents` (contract §2.1).

use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::PersonId;
use parlance_engine::person::{self, Agent as EngineAgent, Person};
use serde::Serialize;

use super::asked::Asked;
use super::fault::Refused;
use super::spelling::Moment;
use crate::dialect::spelling::{bytes, json};

/// Contract §2.1. Who may sign in here as an agent may do what every agent may.
#[derive(Serialize)]
struct Agent<'a> {
    email: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    role: &'static str,
    status: &'static str,
    is_current_user: bool,
    created_at: Moment,
    last_authentication_date: Option<Moment>,
    can_consume_credit: bool,
    system_avatar: Option<&'static str>,
    is_allowed_to_manage_foreign_conversations: bool,
    can_order: bool,
    is_only_chat_visible: bool,
}

impl<'a> Agent<'a> {
    fn new(agent: &'a EngineAgent, caller: PersonId) -> Agent<'a> {
        let Person { id, facts, joined_at, .. } = &agent.person;
        let name = facts.name.as_deref().or(facts.username.as_deref()).unwrap_or_default();
        let (first_name, last_name) = name.rsplit_once(' ').unwrap_or((name, ""));
        let is_current_user = *id == caller;
        let is_known = is_current_user || agent.seen_at.is_some();
        Agent {
            email: facts.email.as_deref(),
            first_name,
            last_name,
            role: if agent.is_first { "ROLE_OWNER" } else { "ROLE_AGENT" },
            status: if is_known { "active" } else { "invited" },
            is_current_user,
            created_at: Moment(*joined_at),
            last_authentication_date: agent.seen_at.map(Moment),
            can_consume_credit: true,
            system_avatar: None,
            is_allowed_to_manage_foreign_conversations: true,
            can_order: true,
            is_only_chat_visible: false,
        }
    }
}

/// GET agents/list: everybody who answers; a bare array.
pub(super) async fn list(asked: Asked) -> Result<Response, Refused> {
    let agents = asked.read(person::agents).await?;
    let caller = asked.session.caller.person;
    let wire: Vec<Agent<'_>> = agents.iter().map(|agent| Agent::new(agent, caller)).collect();
    Ok(json(StatusCode::OK, bytes(&wire)?))
}
