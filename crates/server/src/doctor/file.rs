//! The bytes of files: whether those that the database speaks of are there.

use parlance_engine::checkup::{Checkup, Kept};

use super::Finding;
use crate::blob::{Blobs, Key};
use crate::config::Config;

/// What was counted.
#[derive(Default)]
struct Count {
    attached: u64,
    missing: u64,
    example: Option<String>,
}

pub(super) fn finding(checkup: &mut Checkup, config: &Config) -> Finding {
    let blobs = Blobs::at(&config.files());
    match count(checkup, &blobs) {
        Ok(Count { attached, example: None, .. }) => {
            Finding::ok("files", format!("all {attached} attached files are there"))
        }
        Ok(Count { attached, missing, example: Some(example) }) => Finding::problem(
            "files",
            format!(
                "{missing} of {attached} attached files are missing or have another size, such as {example}"
            ),
            "bring the data folder's files back from a backup",
        ),
        Err(error) => Finding::problem("files", error.to_string(), "restore a backup"),
    }
}

fn count(checkup: &mut Checkup, blobs: &Blobs) -> parlance_engine::Result<Count> {
    let (mut count, mut last) = (Count::default(), None);
    loop {
        let page = checkup.files(last.as_ref())?;
        let Some(newest) = page.last().copied() else { return Ok(count) };
        for kept in page.iter().filter(|kept| kept.is_attached) {
            count.attached += 1;
            if !is_there(blobs, kept) {
                count.missing += 1;
                count.example = Some(kept.id.to_string());
            }
        }
        last = Some(newest);
    }
}

fn is_there(blobs: &Blobs, kept: &Kept) -> bool {
    let found = blobs.get(&Key::from(kept.id.0)).ok().flatten();
    let size = found.and_then(|file| file.metadata().ok()).map(|about| about.len());
    size.is_some_and(|size| i64::try_from(size) == Ok(kept.size_bytes))
}
