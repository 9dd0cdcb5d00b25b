//! What the database counts about itself. The names are the server's to describe; without a recorder they cost a call.

use crate::Error;

/// Writes that shared a commit.
pub const GROUP_SIZE: &str = "parlance_write_group_size";
/// Batches that were tried again.
pub const RETRIES: &str = "parlance_write_retries_total";
/// Writes that found the queue full.
pub const REFUSALS: &str = "parlance_write_queue_refusals_total";
/// Batches and reads that the database did not do.
pub const ERRORS: &str = "parlance_database_errors_total";

pub(super) fn group(size: usize) {
    metrics::histogram!(GROUP_SIZE).record(size as f64);
}

pub(super) fn retry() {
    metrics::counter!(RETRIES).increment(1);
}

pub(super) fn refusal() {
    metrics::counter!(REFUSALS).increment(1);
}

/// Counts an error of the database's own; what a rule refused is none.
pub(crate) fn error(error: &Error) {
    if matches!(error, Error::Busy { .. } | Error::Internal(_)) {
        metrics::counter!(ERRORS).increment(1);
    }
}
