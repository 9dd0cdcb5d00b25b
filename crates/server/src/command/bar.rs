//! A bar for work on a whole database, on standard error and only when that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use parlance_engine::db::Progress;

/// The bar. It goes away when it is dropped.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar of nothing yet.
    pub(super) fn new() -> Bar {
        let style = ProgressStyle::with_template("{msg} {bar:40} {percent}%, {eta} left");
        Bar(ProgressBar::new(0).with_style(style.expect("the template is a constant")))
    }

    /// Shows how far it is.
    pub(super) fn show(&self, progress: Progress<'_>) {
        self.0.set_length(progress.rows_total);
        self.0.set_position(progress.rows_done);
        self.0.set_message(format!("{} {}", progress.doing, progress.table));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
