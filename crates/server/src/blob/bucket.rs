//! Files in a bucket of an S3-compatible store.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig,
};
use tokio::io::AsyncWriteExt;

use super::{Key, Source, Stream};
use crate::config::S3;

/// A part of an upload that is in memory, in bytes: S3 takes none that is smaller but the last.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// How long one request may take, and how long it is repeated while the store is out of order: together less than a
/// client waits.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
const RETRY_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A bucket, or the part of it under a prefix.
#[derive(Debug, Clone)]
pub struct Bucket {
    store: Arc<AmazonS3>,
    prefix: Path,
    name: String,
}

impl Bucket {
    /// The configured bucket, if there is one. Credentials that the configuration leaves empty come from the variables
    /// that Amazon's own tools read, or from the machine's role. An error for the operator when that makes no client.
    pub fn configured(s3: &S3) -> io::Result<Option<Bucket>> {
        let Some(name) = s3.name() else { return Ok(None) };
        let client = ClientOptions::new()
            .with_timeout(REQUEST_TIMEOUT)
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_allow_http(s3.allow_http);
        let retry =
            RetryConfig { backoff: BackoffConfig::default(), max_retries: 3, retry_timeout: RETRY_TIMEOUT };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_region(&s3.region)
            .with_client_options(client)
            .with_retry(retry);
        if !s3.endpoint.is_empty() {
            builder = builder.with_endpoint(&s3.endpoint);
        }
        if !s3.access_key_id.is_empty() {
            builder = builder
                .with_access_key_id(&s3.access_key_id)
                .with_secret_access_key(s3.secret_access_key.reveal());
        }
        let store = builder.build().map_err(|error| explain("use", name, &error))?;
        Ok(Some(Bucket {
            store: Arc::new(store),
            prefix: Path::from(s3.prefix.as_str()),
            name: name.to_owned(),
        }))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the bucket is there and lets us look into it.
    pub async fn answers(&self) -> io::Result<()> {
        let first = self.store.list(Some(&self.prefix)).next().await.transpose();
        first.map(drop).map_err(|error| explain("list", &self.name, &error))
    }

    /// How many bytes the file under `key` has, if there is one.
    pub async fn size(&self, key: &Key) -> io::Result<Option<u64>> {
        let head = self.store.head(&self.path(key)).await;
        self.unless_absent("look for a file in", head).map(|found| found.map(|about| about.size))
    }

    pub(super) async fn put(&self, key: &Key, source: Source) -> io::Result<()> {
        let store: Arc<dyn ObjectStore> = self.store.clone();
        let mut to = BufWriter::with_capacity(store, self.path(key), PART_BYTES).with_max_concurrency(1);
        let copied = match source {
            Source::Memory(bytes) => to.write_all(&bytes).await,
            Source::File(file) => {
                tokio::io::copy(&mut tokio::fs::File::from_std(file), &mut to).await.map(drop)
            }
        };
        match copied {
            Ok(()) => to.shutdown().await.map_err(|error| self.failed("store into", &error)),
            Err(error) => {
                // Parts that were sent would stay for ever otherwise; a store that is out of order keeps them until
                // its own rules for unfinished uploads.
                let _ = to.abort().await;
                Err(self.failed("store into", &error))
            }
        }
    }

    pub(super) async fn get(&self, key: &Key, range: Option<Range<u64>>) -> io::Result<Option<Stream>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(key), options).await;
        let name = self.name.clone();
        let found = self.unless_absent("read from", found)?;
        let stream = |got: object_store::GetResult| {
            got.into_stream().map_err(move |error| explain("read from", &name, &error)).boxed()
        };
        Ok(found.map(stream))
    }

    pub(super) async fn delete(&self, key: &Key) -> io::Result<()> {
        let deleted = self.store.delete(&self.path(key)).await;
        self.unless_absent("delete from", deleted).map(|_| ())
    }

    /// `None` when there is no such file. Where even the bucket is missing, that is an error.
    fn unless_absent<T>(&self, verb: &str, done: object_store::Result<T>) -> io::Result<Option<T>> {
        match done {
            Ok(value) => Ok(Some(value)),
            Err(error @ Error::NotFound { .. }) if !is_about_the_bucket(&error) => Ok(None),
            Err(error) => Err(explain(verb, &self.name, &error)),
        }
    }

    fn failed(&self, verb: &str, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("cannot {verb} the bucket {}: {error}", self.name))
    }

    fn path(&self, key: &Key) -> Path {
        self.prefix.clone().join(key.subfolder()).join(key.as_str())
    }
}

/// S3 answers 404 for both; which one it is stands in the answer's body, where there is one.
fn is_about_the_bucket(error: &Error) -> bool {
    format!("{error:?}").contains("NoSuchBucket")
}

/// The same as an input/output error, saying what was being done to which bucket.
fn explain(verb: &str, bucket: &str, error: &Error) -> io::Error {
    let kind = match error {
        Error::NotFound { .. } => ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, format!("cannot {verb} the bucket {bucket}: {error}"))
}
