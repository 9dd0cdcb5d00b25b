//! PostgreSQL: one connection of the blocking driver, its prepared statements, its TLS, its errors.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};
use rustls_platform_verifier::ConfigVerifierExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::row::{Raw, Row};
use crate::db::value::{Arg, Column};
use crate::error::Cause;
use crate::{Error, Result};

/// How long a new connection may take before the node counts as lost.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// After so long without an answer from the network a connection counts as lost; without this, a cable that was pulled
/// would hold a writer for hours.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How long the server keeps the transaction of a node that has gone silent, and with it the lock on a workspace.
const IDLE_TIMEOUT_MS: u32 = 60_000;

/// How long a statement may wait for another node's lock before the writer behind it is told to try again.
const LOCK_TIMEOUT_MS: u32 = 10_000;

/// The oldest PostgreSQL this is tested on.
const VERSION_MIN: i32 = 15;

/// A connection and what was prepared on it.
pub(super) struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    /// Connects to `url` (`postgres://user:password@host/database?sslmode=require`).
    pub(super) fn connect(url: &str) -> Result<Postgres> {
        let mut config: Config = url.parse().map_err(|e| {
            Error::invalid("database_url", format!("This is no PostgreSQL URL: {}", chain(&e)))
        })?;
        config.connect_timeout(CONNECT_TIMEOUT).application_name("parlance");
        config.keepalives_idle(SILENCE_MAX).tcp_user_timeout(SILENCE_MAX);
        // A notice, such as that a table is there already, is nothing for the operator's log.
        let asked = config.get_options().unwrap_or_default();
        config.options(&format!(
            "{asked} -c lock_timeout={LOCK_TIMEOUT_MS} -c client_min_messages=warning \
             -c idle_in_transaction_session_timeout={IDLE_TIMEOUT_MS}"
        ));
        let client = match config.get_ssl_mode() {
            postgres::config::SslMode::Disable => config.connect(NoTls),
            _ => config.connect(tls()?),
        };
        Ok(Postgres { client: client.map_err(fault)?, prepared: HashMap::new() })
    }

    pub(super) fn exec(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
        let statement = self.prepare(sql)?;
        self.client.execute(&statement, &params(args)).map_err(fault)
    }

    pub(super) fn query(
        &mut self,
        sql: &str,
        args: &[Arg<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.prepare(sql)?;
        let mut rows = self.client.query_raw(&statement, args.iter()).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            each(&Row::new(Raw::Postgres(&row)))?;
        }
        Ok(())
    }

    /// Several statements without arguments in one round trip.
    pub(super) fn script(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(fault)
    }

    /// Ids and cursors are compared as text, so text must be ordered by its bytes, as SQLite does it.
    pub(super) fn check(&mut self) -> Result<()> {
        let sql = "SELECT datcollate, pg_encoding_to_char(encoding), current_setting('server_version_num')::INT / 10000
                   FROM pg_database WHERE datname = current_database()";
        let row = self.client.query_one(sql, &[]).map_err(fault)?;
        let (collation, encoding, version): (&str, &str, i32) = (row.get(0), row.get(1), row.get(2));
        if version < VERSION_MIN {
            return Err(Error::Conflict(format!(
                "This is PostgreSQL {version}; Parlance needs {VERSION_MIN} or newer."
            )));
        }
        if !matches!(collation, "C" | "POSIX") || encoding != "UTF8" {
            return Err(Error::Conflict(format!(
                "This PostgreSQL database has collation {collation:?} and encoding {encoding}; Parlance needs C and UTF8. \
                 Create one with: CREATE DATABASE parlance TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';"
            )));
        }
        Ok(())
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(fault)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// TLS with the certificates this machine trusts; whether it is used is `sslmode` in the URL.
fn tls() -> Result<MakeRustlsConnect> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    // Someone else in the process may have installed a provider already; either will do.
    let _ = Arc::unwrap_or_clone(provider).install_default();
    let config = rustls::ClientConfig::with_platform_verifier()
        .map_err(|e| Error::Internal(format!("TLS is not available: {e}")))?;
    Ok(MakeRustlsConnect::new(config))
}

fn params<'a>(args: &'a [Arg<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Arg<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Arg::Null => Ok(IsNull::Yes),
            Arg::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Arg::Int(value) => value.to_sql(ty, out),
            Arg::Text(text) => text.to_sql(ty, out),
            Arg::Uuid(id) => {
                let mut spelled = uuid::Uuid::encode_buffer();
                let text: &str = id.as_hyphenated().encode_lower(&mut spelled);
                text.to_sql(ty, out)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Column `index` of `row`.
pub(super) fn column(row: &postgres::Row, index: usize) -> Result<Column<'_>> {
    let ty = row.columns().get(index).map(postgres::Column::type_);
    let column = match ty {
        Some(&Type::INT8) => row.try_get::<_, Option<i64>>(index).map(|v| v.map(Column::Int)),
        Some(&Type::INT4) => row.try_get::<_, Option<i32>>(index).map(|v| v.map(|i| Column::Int(i.into()))),
        Some(_) => row.try_get::<_, Option<&str>>(index).map(|v| v.map(Column::Text)),
        None => return Err(Error::Internal(format!("a row has no column {index}"))),
    };
    column.map(|value| value.unwrap_or(Column::Null)).map_err(fault)
}

/// What an error of PostgreSQL means to a caller.
pub(super) fn fault(error: postgres::Error) -> Error {
    use postgres::error::SqlState as S;
    let message = format!("The database could not do this: {}", chain(&error));
    let Some(state) = error.code() else {
        return Error::busy(Cause::Lost, message);
    };
    match *state {
        S::T_R_SERIALIZATION_FAILURE | S::T_R_DEADLOCK_DETECTED => Error::busy(Cause::Contention, message),
        S::LOCK_NOT_AVAILABLE => Error::busy(Cause::Lock, message),
        S::DISK_FULL | S::IO_ERROR | S::OUT_OF_MEMORY => Error::busy(Cause::Disk, message),
        S::TOO_MANY_CONNECTIONS
        | S::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        | S::READ_ONLY_SQL_TRANSACTION
        | S::QUERY_CANCELED => Error::busy(Cause::Lost, message),
        // 08: connection exceptions; 57P: the server or an operator ended the session.
        _ if state.code().starts_with("08") || state.code().starts_with("57P") => {
            Error::busy(Cause::Lost, message)
        }
        _ => Error::Internal(message),
    }
}

/// The driver says only "db error"; what happened is in the errors behind it.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}
