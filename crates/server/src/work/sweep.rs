//! Forgets what has grown old, workspace by workspace and a little at a time, so that no write waits long.

use parlance_engine::workspace::Workspace;
use parlance_engine::{
    FileId, Principal, Result, WorkspaceId, callback, campaign, carrier, file, handset, idempotency,
    installation, memo, notification, submission, workspace,
};

use crate::app::App;
use crate::blob::Key;

/// Workspaces looked up at a time.
const WORKSPACES: i64 = 100;

/// Rows forgotten in one transaction.
const ROWS: i64 = 500;

/// Sweeps once. What goes wrong is logged and tried again next time.
pub(super) async fn all(app: &App) {
    if let Err(error) = sweep(app).await {
        tracing::warn!(%error, "clean-up stopped half way; it goes on next time");
    }
}

async fn sweep(app: &App) -> Result<()> {
    app.engine.write(Principal::OPERATOR, installation::sweep).await?;
    let mut after = WorkspaceId(0);
    loop {
        let page =
            app.engine.read(Principal::OPERATOR, move |cx| workspace::page(cx, after, WORKSPACES)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        for workspace in &page {
            sweep_workspace(app, workspace).await?;
        }
    }
}

async fn sweep_workspace(app: &App, workspace: &Workspace) -> Result<()> {
    let operator = Principal::Operator(Some(workspace.id));
    while app.engine.write(operator, |cx| idempotency::sweep(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| notification::sweep(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| callback::sweep(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| memo::sweep(cx, ROWS)).await? > 0 {}
    sweep_sending(app, operator).await?;
    loop {
        let expired = app.engine.read(operator, |cx| file::expired(cx, ROWS)).await?;
        let gone = delete_bytes(app, expired).await;
        if gone.is_empty() {
            return Ok(());
        }
        app.engine.write(operator, move |cx| file::forget(cx, &gone)).await?;
    }
}

/// What is left of texts that came and went.
async fn sweep_sending(app: &App, operator: Principal) -> Result<()> {
    while app.engine.write(operator, |cx| submission::give_up(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| submission::sweep(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| carrier::sweep(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| campaign::sweep(cx, ROWS)).await? > 0 {}
    while app.engine.write(operator, |cx| handset::sweep(cx, ROWS)).await? > 0 {}
    Ok(())
}

/// Deletes the bytes of these files; those whose bytes are gone now.
async fn delete_bytes(app: &App, files: Vec<FileId>) -> Vec<FileId> {
    let mut gone = Vec::with_capacity(files.len());
    for id in files {
        match app.blobs.delete(&Key::from(id.0)).await {
            Ok(()) => gone.push(id),
            Err(problem) => tracing::warn!(%problem, "the bytes of a deleted file could not be removed"),
        }
    }
    gone
}
