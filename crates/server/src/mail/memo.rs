//! Sending one memo: claimed, composed, handed over, and noted.

use parlance_engine::memo::{self, Claim, Due};
use parlance_engine::notice::Failure;
use parlance_engine::{Cx, Principal, Result};

use super::send::Outcome;
use super::slip::Slip;
use super::{Mailer, count};
use crate::app::App;

impl Mailer {
    /// Deals with a memo that is due; false when the mail server could not be reached.
    pub(super) async fn memo(&self, app: &App, due: Due) -> bool {
        let (timing, operator) = (self.timing, Principal::Operator(Some(due.workspace)));
        let memo = match app.engine.write(operator, move |cx| memo::claim(cx, &due, &timing)).await {
            Ok(Some(memo)) => memo,
            Ok(None) => return true,
            Err(error) => {
                tracing::warn!(%error, "a memo that is due could not be claimed; it is tried again");
                return true;
            }
        };
        let slip = Slip { memo: &memo, from: &self.from, links: &app.links(), now: app.engine.now() };
        let outcome = match slip.compose() {
            Ok(message) => self.post.send(message).await,
            Err(problem) => Outcome::Failed(Failure::Permanent, problem),
        };
        let reached = !matches!(outcome, Outcome::Unreachable(_));
        if let Err(error) = self.note_memo(app, &due, memo.claim, outcome).await {
            tracing::warn!(%error, "what became of a memo could not be noted; it may be sent again");
        }
        reached
    }

    async fn note_memo(&self, app: &App, due: &Due, claim: Claim, outcome: Outcome) -> Result<()> {
        let (timing, operator) = (self.timing, Principal::Operator(Some(due.workspace)));
        let (failure, problem) = match outcome {
            Outcome::Sent => {
                count("sent");
                return app.engine.write(operator, move |cx| memo::sent(cx, &claim)).await;
            }
            Outcome::Failed(failure, problem) => (failure, problem),
            Outcome::Unreachable(problem) => (Failure::Temporary, problem),
        };
        let failed = move |cx: &mut Cx<'_>| memo::failed(cx, &claim, failure, &timing);
        let again = app.engine.write(operator, failed).await?;
        let (workspace, memo, attempt) = (due.workspace, claim.id, claim.attempt);
        match again {
            Some(_) => {
                count("put_off");
                tracing::warn!(%workspace, %memo, attempt, problem, "a memo could not be sent; it is tried again");
            }
            None => {
                count("given_up");
                tracing::error!(%workspace, %memo, attempt, problem, "a memo could not be sent and is given up");
            }
        }
        Ok(())
    }
}
