//! A request of somebody who is known, with everything that it says.

use axum::extract::{FromRequest, Request};
use parlance_engine::credential::Session;
use parlance_engine::{Cx, Principal, Result};

use super::caller;
use super::fault::Refused;
use super::lenient::Fields;
use crate::app::App;

/// What every operation is given.
pub(super) struct Asked {
    pub(super) app: App,
    /// Of whoever asks.
    pub(super) session: Session,
    /// What they say.
    pub(super) fields: Fields,
}

impl FromRequest<App> for Asked {
    type Rejection = Refused;

    /// Nobody's body is read.
    async fn from_request(request: Request, app: &App) -> Result<Asked, Refused> {
        let session = caller::session(request.headers(), request.extensions(), app).await?;
        let fields = Fields::read(request, app.body_bytes_max).await?;
        Ok(Asked { app: app.clone(), session, fields })
    }
}

impl Asked {
    /// Runs a verb that only reads, as whoever asks.
    pub(super) async fn read<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        self.app.engine.read(self.principal(), verb).await
    }

    /// Runs a verb that may write, as whoever asks.
    pub(super) async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        self.app.engine.write(self.principal(), verb).await
    }

    fn principal(&self) -> Principal {
        self.session.caller.into()
    }
}
