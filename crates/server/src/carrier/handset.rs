//! Simulated telephones: whatever is sent to one is there at once.

use futures_util::future::BoxFuture;
use parlance_engine::handset::{self, Text};
use parlance_engine::submission::Submission;

use super::{Answer, Desk, Wire};

/// Messages delivered at a time: they share a commit.
const WINDOW: usize = 64;

/// The wire to the telephones of a workspace.
pub(super) struct Handset {
    desk: Desk,
}

impl Handset {
    pub(super) fn new(desk: Desk) -> Handset {
        Handset { desk }
    }

    async fn deliver(&self, message: &Submission) -> Answer {
        let Submission { message: id, to, from, text, .. } = message.clone();
        let text = Text { phone: to, message: id, from, text, at: self.desk.now() };
        match self.desk.write(move |cx| handset::deliver(cx, &text)).await {
            Ok(_) => Answer::Delivered(vec![id.to_string()]),
            Err(error) => Answer::Postponed(error.to_string()),
        }
    }
}

impl Wire for Handset {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn window(&self) -> usize {
        WINDOW
    }

    fn send<'a>(&'a self, message: &'a Submission) -> BoxFuture<'a, Answer> {
        Box::pin(self.deliver(message))
    }
}
