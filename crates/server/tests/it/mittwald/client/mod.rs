//! The official clients, unmodified, against the real program.

mod desk;

use desk::Desk;

use crate::support::Database;
use crate::support::client::Language::{JavaScript, Python};

/// Names scripts and what they show, and runs each on both databases.
macro_rules! drives {
    ($($name:ident: $language:ident $script:literal;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn sqlite() {
                Desk::open(Database::sqlite()).drive($language, $script);
            }

            #[test]
            fn postgres() {
                if let Some(database) = Database::postgres() {
                    Desk::open(database).drive($language, $script);
                }
            }
        }
    )*};
}

drives! {
    the_javascript_client_lists_with_every_parameter: JavaScript "list.mjs";
    the_javascript_client_begins_and_changes_conversations: JavaScript "conversation.mjs";
    the_javascript_client_writes_and_edits_messages: JavaScript "message.mjs";
    the_javascript_client_uploads_and_downloads_a_file: JavaScript "file.mjs";
    the_javascript_client_knows_who_it_is: JavaScript "person.mjs";
    the_javascript_client_is_notified: JavaScript "notification.mjs";
    the_javascript_client_always_reads_what_it_has_written: JavaScript "consistency.mjs";
    the_javascript_client_is_told_what_is_wrong: JavaScript "error.mjs";

    the_python_client_lists_with_every_parameter: Python "list.py";
    the_python_client_begins_and_changes_conversations: Python "conversation.py";
    the_python_client_writes_and_edits_messages: Python "message.py";
    the_python_client_uploads_and_downloads_a_file: Python "file.py";
    the_python_client_knows_who_it_is: Python "person.py";
    the_python_client_is_notified: Python "notification.py";
    the_python_client_is_told_what_is_wrong: Python "error.py";
}
