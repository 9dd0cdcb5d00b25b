//! `/v2/conversation-categories` (contract §2.1): the built-in ones for everybody, with a token those of its workspace.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use parlance_engine::category::{self, Category as EngineCategory};
use parlance_engine::{CategoryId, Principal};
use serde::Serialize;

use super::caller::Asker;
use super::fault::Refused;
use crate::app::App;
use crate::dialect::at::At;
use crate::dialect::spelling::{Shown, bytes, json};

/// The contract's Category.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Category<'a> {
    category_id: Shown<CategoryId>,
    name: &'a str,
    reference_type: Vec<&'static str>,
}

/// GET: those that are offered.
pub(super) async fn list(State(app): State<App>, asker: Option<Asker>) -> Result<Response, Refused> {
    let categories = app.engine.read(who(asker), category::offered).await?;
    let wire: Vec<Category<'_>> = categories.iter().map(Category::new).collect();
    Ok(json(StatusCode::OK, bytes(&wire)?))
}

/// GET …/{categoryId}: one of them, by its id or its name.
pub(super) async fn get(
    State(app): State<App>,
    asker: Option<Asker>,
    At(id): At<String>,
) -> Result<Response, Refused> {
    let category = app.engine.read(who(asker), move |cx| category::get(cx, &id)).await?;
    Ok(json(StatusCode::OK, bytes(&Category::new(&category))?))
}

fn who(asker: Option<Asker>) -> Principal {
    asker.map_or(Principal::Nobody, |asker| asker.principal())
}

impl<'a> Category<'a> {
    pub(super) fn new(category: &'a EngineCategory) -> Category<'a> {
        let reference_type = category.references.iter().map(|reference| reference.as_str()).collect();
        Category { category_id: Shown(category.id), name: &category.name, reference_type }
    }
}
