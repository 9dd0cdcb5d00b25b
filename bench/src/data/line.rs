//! Lines: each a contact who has written one text, in the order of their numbers.

use super::{END_US, Of, id, stream};

/// One line; everything about it follows from its number.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    /// 0, 1, 2 …, the oldest first.
    pub(crate) number: usize,
}

/// The id of the agent, older than everything else.
pub(crate) fn agent_id() -> String {
    id(stream(Of::PersonId, 0, 1), 0)
}

impl Line {
    pub(crate) fn of(number: usize) -> Self {
        Self { number }
    }

    /// A French mobile number, as E.164.
    pub(crate) fn phone(self) -> String {
        format!("+336{:08}", self.number)
    }

    /// What the contact is called.
    pub(crate) fn name(self) -> String {
        format!("Contact {}", self.number)
    }

    /// What they wrote.
    pub(crate) fn text(self) -> String {
        format!("Text {}: is my order on its way?", self.number)
    }

    /// When, in microseconds since the epoch: a line begins every second.
    pub(crate) fn said_us(self) -> i64 {
        END_US - 86_400_000_000 * 400 + self.number as i64 * 1_000_000
    }

    pub(crate) fn contact_id(self) -> String {
        id(stream(Of::PersonId, self.number, 2), self.said_us())
    }

    pub(crate) fn conversation_id(self) -> String {
        id(stream(Of::ConversationId, self.number, 2), self.said_us())
    }

    pub(crate) fn message_id(self) -> String {
        id(stream(Of::MessageId, self.number, 1 << 20), self.said_us())
    }
}
