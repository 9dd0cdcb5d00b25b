//! The bytes of files: whether those that the database speaks of are there.

use futures_util::{StreamExt, TryStreamExt};
use parlance_engine::checkup::{Checkup, Kept};

use super::Finding;
use crate::blob::{Blobs, Bucket, Disk, Key};
use crate::config::Config;

/// Files of a bucket that are asked after at one time.
const ASKED_AT_ONCE: usize = 32;

/// What was counted.
#[derive(Default)]
struct Count {
    attached: u64,
    missing: u64,
    example: Option<String>,
}

pub(super) fn finding(checkup: &mut Checkup, config: &Config) -> Finding {
    let counted = match Blobs::at(config) {
        Ok(Blobs::Disk(disk)) => {
            count(checkup, |page| page.iter().map(|kept| is_there(&disk, kept)).collect())
        }
        Ok(Blobs::Bucket(bucket)) => count_in(&bucket, checkup),
        Err(problem) => Err(problem.to_string()),
    };
    match counted {
        Ok(Count { attached, example: None, .. }) => {
            Finding::ok("files", format!("all {attached} attached files are there{}", place(config)))
        }
        Ok(Count { attached, missing, example: Some(example) }) => Finding::problem(
            "files",
            format!(
                "{missing} of {attached} attached files are missing or have another size, such as {example}{}",
                place(config)
            ),
            "bring the files back from a backup",
        ),
        Err(problem) => Finding::problem(
            "files",
            problem,
            "restore a backup; if the files lie in a bucket, see to the store, its credentials and s3.*",
        ),
    }
}

fn place(config: &Config) -> String {
    config.s3.name().map(|bucket| format!(", in the bucket {bucket}")).unwrap_or_default()
}

/// Counts what `look` finds: whether each file of a page is there, as the database says that it should be.
fn count(
    checkup: &mut Checkup,
    mut look: impl FnMut(&[Kept]) -> Result<Vec<bool>, String>,
) -> Result<Count, String> {
    let (mut count, mut last) = (Count::default(), None);
    loop {
        let mut page = checkup.files(last.as_ref()).map_err(|error| error.to_string())?;
        let Some(newest) = page.last().copied() else { return Ok(count) };
        page.retain(|kept| kept.is_attached);
        for (kept, is_there) in page.iter().zip(look(&page)?) {
            count.attached += 1;
            if !is_there {
                count.missing += 1;
                count.example = Some(kept.id.to_string());
            }
        }
        last = Some(newest);
    }
}

fn is_there(disk: &Disk, kept: &Kept) -> Result<bool, String> {
    let found = disk.get(&Key::from(kept.id.0)).ok().flatten();
    let size = found.and_then(|file| file.metadata().ok()).map(|about| about.len());
    Ok(size.is_some_and(|size| i64::try_from(size) == Ok(kept.size_bytes)))
}

/// The same for a bucket. Whoever examines blocks, so the network gets a little runtime of its own.
fn count_in(bucket: &Bucket, checkup: &mut Checkup) -> Result<Count, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|problem| problem.to_string())?;
    runtime.block_on(bucket.answers()).map_err(|problem| problem.to_string())?;
    count(checkup, |page| {
        let asked = futures_util::stream::iter(page).map(|kept| is_in(bucket, kept)).buffered(ASKED_AT_ONCE);
        runtime.block_on(asked.try_collect())
    })
}

async fn is_in(bucket: &Bucket, kept: &Kept) -> Result<bool, String> {
    let size = bucket.size(&Key::from(kept.id.0)).await.map_err(|problem| problem.to_string())?;
    Ok(size.is_some_and(|size| i64::try_from(size) == Ok(kept.size_bytes)))
}
