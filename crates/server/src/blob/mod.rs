//! The bytes of files: on the local disk, or in a bucket of an S3-compatible store.
//!
//! A file lies under its key's last two characters, so that no folder grows large: `9c/0190…9c`, beneath the folder of
//! files or the bucket's prefix. (The first characters of our ids are a time and would all be the same.) A name is never
//! made from what somebody sent. Both places have the same layout, so that one can be copied to the other.
//!
//! Errors name the path or the bucket and are for the log, not for clients.

mod bucket;
mod disk;
mod folder;
mod key;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Cursor, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

pub use bucket::Bucket;
pub use disk::Disk;
pub use key::{InvalidKey, Key};

use crate::config::Config;

/// How much of a file is in memory while it is sent, in bytes.
const PART_BYTES: usize = 64 * 1024;

/// Where the bytes of files lie.
#[derive(Debug, Clone)]
pub enum Blobs {
    /// In a folder of the data folder.
    Disk(Disk),
    /// In a bucket.
    Bucket(Bucket),
}

/// What is to be stored, from its beginning.
#[derive(Debug)]
pub enum Source {
    /// Bytes that are in memory.
    Memory(Vec<u8>),
    /// A file, however long; it is read a little at a time.
    File(File),
}

/// A stored file, or a part of it, on its way out.
pub type Stream = BoxStream<'static, io::Result<Bytes>>;

impl Blobs {
    /// Opens the configured place, to which nobody else may be writing. A bucket is not asked for anything yet: whether
    /// it answers shows when a file is stored, and `parlance doctor` says so.
    pub fn open(config: &Config) -> io::Result<Blobs> {
        match Bucket::configured(&config.s3)? {
            Some(bucket) => Ok(Blobs::Bucket(bucket)),
            None => Disk::open(&config.files()).map(Blobs::Disk),
        }
    }

    /// The configured place, which a server may have open, for reading alone.
    pub fn at(config: &Config) -> io::Result<Blobs> {
        match Bucket::configured(&config.s3)? {
            Some(bucket) => Ok(Blobs::Bucket(bucket)),
            None => Ok(Blobs::Disk(Disk::at(&config.files()))),
        }
    }

    /// Stores `source` under `key`, in place of what was there. On return it is durable.
    pub async fn put(&self, key: &Key, source: Source) -> io::Result<()> {
        match self {
            Blobs::Bucket(bucket) => bucket.put(key, source).await,
            Blobs::Disk(disk) => {
                let (disk, key) = (disk.clone(), key.clone());
                blocking(move || match source {
                    Source::Memory(bytes) => disk.put(&key, Cursor::new(bytes)),
                    Source::File(file) => disk.put(&key, file),
                })
                .await
            }
        }
    }

    /// The bytes under `key`, or those of a range that lies within them; `None` when there is no such file.
    pub async fn get(&self, key: &Key, range: Option<Range<u64>>) -> io::Result<Option<Stream>> {
        let disk = match self {
            Blobs::Bucket(bucket) => return bucket.get(key, range).await,
            Blobs::Disk(disk) => disk.clone(),
        };
        let (key, from) = (key.clone(), range.as_ref().map_or(0, |range| range.start));
        let opened = blocking(move || {
            let Some(mut file) = disk.get(&key)? else { return Ok(None) };
            file.seek(SeekFrom::Start(from))?;
            Ok(Some(file))
        });
        let length = range.map_or(u64::MAX, |range| range.end.saturating_sub(range.start));
        let stream = |file| tokio::fs::File::from_std(file).take(length);
        Ok(opened.await?.map(|file| ReaderStream::with_capacity(stream(file), PART_BYTES).boxed()))
    }

    /// Removes the file under `key`; that there is none is fine.
    pub async fn delete(&self, key: &Key) -> io::Result<()> {
        match self {
            Blobs::Bucket(bucket) => bucket.delete(key).await,
            Blobs::Disk(disk) => {
                let (disk, key) = (disk.clone(), key.clone());
                blocking(move || disk.delete(&key)).await
            }
        }
    }
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|died| Err(io::Error::other(died)))
}
