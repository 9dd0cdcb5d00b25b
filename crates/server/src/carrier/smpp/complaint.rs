//! What was wrong with units that could not be read. Each kind is logged once in a session: whoever sends one sends many.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use rusmpp::{CommandId, CommandStatus};

use super::pdu::Unreadable;

/// The kinds of which a session has complained.
#[derive(Default)]
pub(super) struct Complaints {
    made: Mutex<HashSet<(CommandId, CommandStatus)>>,
}

impl Complaints {
    /// Whether nothing of the kind was complained of before. There are as many kinds as there are commands and statuses
    /// that say what is wrong; all commands that nobody knows are one.
    pub(super) fn is_new(&self, unreadable: &Unreadable) -> bool {
        let id = match unreadable.id {
            CommandId::Other(_) => CommandId::Other(0),
            known => known,
        };
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert((id, unreadable.status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complains(complaints: &Complaints, id: u32, status: CommandStatus) -> bool {
        let (id, problem) = (CommandId::from(id), String::new());
        complaints.is_new(&Unreadable { id, sequence: 1, status, problem })
    }

    #[test]
    fn each_kind_is_complained_of_once() {
        let complaints = Complaints::default();
        for is_new in [true, false] {
            assert_eq!(complains(&complaints, 5, CommandStatus::EsmeRinvmsglen), is_new);
            assert_eq!(complains(&complaints, 5, CommandStatus::EsmeRinvcmdlen), is_new);
            assert_eq!(complains(&complaints, 0x103, CommandStatus::EsmeRinvcmdlen), is_new);
        }
    }

    #[test]
    fn commands_that_nobody_knows_are_one_kind() {
        let complaints = Complaints::default();
        let made = (0x200..0x1200).filter(|id| complains(&complaints, *id, CommandStatus::EsmeRinvcmdid));
        assert_eq!(made.count(), 1);
    }
}
