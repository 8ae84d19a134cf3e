//! Connections: an enum of two synchronous diesel connections, and the macro `on!` that writes a query once for both.

use std::{path::PathBuf, pin::pin, sync::Arc};

use diesel::{
    SqliteConnection,
    connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager},
};
use diesel_async::{
    AsyncPgConnection,
    async_connection_wrapper::{AsyncConnectionWrapper, BlockOn},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use futures_util::{FutureExt as _, StreamExt as _};

use super::{StoreError, StoreResult};

mod snapshot;

/// Drives the socket of a thread's PostgreSQL connection. It blocks, so only database threads may hold one.
pub struct LocalRuntime(Arc<tokio::runtime::Runtime>);

thread_local! {
    static RUNTIME: Option<Arc<tokio::runtime::Runtime>> =
        tokio::runtime::Builder::new_current_thread().enable_all().build().ok().map(Arc::new);
}

impl BlockOn for LocalRuntime {
    fn block_on<F: Future>(&self, f: F) -> F::Output {
        self.0.block_on(f)
    }
    #[expect(
        clippy::expect_used,
        reason = "the trait has no way to fail; a thread without a runtime cannot start"
    )]
    fn get_runtime() -> Self {
        Self(RUNTIME.with(|r| r.clone().expect("a database thread can make its runtime")))
    }
}

/// `tokio-postgres` behind diesel's synchronous trait. It supports TLS and needs no libpq.
pub(crate) type PgConn = AsyncConnectionWrapper<AsyncPgConnection, LocalRuntime>;

/// A connection to one of the two databases.
#[expect(clippy::large_enum_variant, reason = "connections are few and live in place")]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConn),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Writes one query for both databases. `$db` names the backend inside the body.
macro_rules! on {
    ($conn:expr, |$c:ident, $db:ident| $body:expr) => {
        match $conn {
            // The `PhantomData` uses the alias if the body does not, which avoids an unused warning.
            $crate::store::conn::Conn::Pg($c) => {
                type $db = diesel::pg::Pg;
                let _ = ::core::marker::PhantomData::<$db>;
                $body
            }
            $crate::store::conn::Conn::Sqlite($c) => {
                type $db = diesel::sqlite::Sqlite;
                let _ = ::core::marker::PhantomData::<$db>;
                $body
            }
        }
    };
}
pub(crate) use on;

pub(crate) const PG_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
pub(crate) const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The key of the advisory lock that a process takes to migrate a PostgreSQL database: the first eight bytes of
/// `ascn-tracker` as a number.
const MIGRATION_LOCK: i64 = 0x6173_636e_2d74_7261;

/// The location of the database, and how to reach it.
#[derive(Clone)]
pub enum DatabaseTarget {
    /// A SQLite file.
    Sqlite {
        /// The path of the file.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// The connection parameters.
        config: Box<tokio_postgres::Config>,
        /// The TLS configuration. `None` for a connection without TLS.
        tls: Option<Arc<rustls::ClientConfig>>,
    },
}

impl DatabaseTarget {
    /// Opens a connection. On PostgreSQL only a database thread may call this, because it blocks.
    ///
    /// # Errors
    /// Returns an error if the database cannot be reached or opened.
    pub fn open(&self, read_only: bool) -> StoreResult<Conn> {
        match self {
            Self::Sqlite { path } => open_sqlite(path, read_only),
            Self::Postgres { config, tls } => open_postgres(config, tls.as_deref()),
        }
    }
    /// Returns `true` if the database is SQLite.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }
}

fn to_unavailable(e: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(e))
}

fn open_sqlite(path: &std::path::Path, read_only: bool) -> StoreResult<Conn> {
    let mut c = SqliteConnection::establish(&path.to_string_lossy()).map_err(to_unavailable)?;
    // `busy_timeout` comes first, because switching to WAL itself takes a lock.
    c.batch_execute(
        "pragma busy_timeout=5000; pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; \
         pragma temp_store=memory; pragma cache_size=-4096; pragma mmap_size=0;",
    )?;
    if read_only {
        c.batch_execute("pragma query_only=on")?;
    }
    Ok(Conn::Sqlite(c))
}

fn open_postgres(
    config: &tokio_postgres::Config,
    tls: Option<&rustls::ClientConfig>,
) -> StoreResult<Conn> {
    let inner = LocalRuntime::get_runtime().block_on(async {
        if let Some(tls) = tls {
            let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls.clone());
            let (client, socket) = config.connect(tls).await.map_err(to_unavailable)?;
            AsyncPgConnection::try_from_client_and_connection(client, socket)
                .await
                .map_err(to_unavailable)
        } else {
            let (client, socket) =
                config.connect(tokio_postgres::NoTls).await.map_err(to_unavailable)?;
            AsyncPgConnection::try_from_client_and_connection(client, socket)
                .await
                .map_err(to_unavailable)
        }
    })?;
    let mut c = PgConn::from(inner);
    c.batch_execute(
        "set timezone='UTC'; set statement_timeout='30s'; set lock_timeout='10s'; \
         set idle_in_transaction_session_timeout='60s'",
    )?;
    Ok(Conn::Pg(c))
}

type PgTransactionManager = <PgConn as Connection>::TransactionManager;
type SqliteTransactionManager = AnsiTransactionManager;

impl Conn {
    /// Applies pending migrations, fills the columns that they added, and returns their number. Only one process migrates
    /// at a time.
    ///
    /// # Errors
    /// Returns an error if a migration fails. The failed migration is rolled back.
    pub fn run_migrations(&mut self) -> StoreResult<usize> {
        let applied = self.apply_migrations()?;
        super::projects::fill_duplicate_keys(self)?;
        Ok(applied)
    }

    fn apply_migrations(&mut self) -> StoreResult<usize> {
        match self {
            Self::Pg(c) => {
                c.batch_execute(&format!("select pg_advisory_lock({MIGRATION_LOCK})"))?;
                let done = c.run_pending_migrations(PG_MIGRATIONS).map(|m| m.len());
                c.batch_execute(&format!("select pg_advisory_unlock({MIGRATION_LOCK})"))?;
                done.map_err(StoreError::Unavailable)
            }
            // A SQLite file belongs to one process, which holds its lock file.
            Self::Sqlite(c) => c
                .run_pending_migrations(SQLITE_MIGRATIONS)
                .map(|m| m.len())
                .map_err(StoreError::Unavailable),
        }
    }

    /// Reverts all migrations, newest first, and returns their number.
    ///
    /// # Errors
    /// Returns an error if a migration fails.
    pub fn revert_migrations(&mut self) -> StoreResult<usize> {
        match self {
            Self::Pg(c) => c.revert_all_migrations(PG_MIGRATIONS).map(|m| m.len()),
            Self::Sqlite(c) => c.revert_all_migrations(SQLITE_MIGRATIONS).map(|m| m.len()),
        }
        .map_err(StoreError::Unavailable)
    }

    /// Begins a transaction, or a savepoint inside one. A write transaction of SQLite takes its lock at once. A
    /// transaction that reads first fails at its first write if a different commit came between, whatever the busy
    /// timeout is.
    pub(super) fn begin(&mut self) -> StoreResult<()> {
        match self {
            Self::Pg(c) => PgTransactionManager::begin_transaction(c)?,
            Self::Sqlite(c) => {
                match SqliteTransactionManager::transaction_manager_status_mut(c)
                    .transaction_depth()?
                {
                    None => SqliteTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
                    Some(_) => SqliteTransactionManager::begin_transaction(c)?,
                }
            }
        }
        Ok(())
    }
    pub(super) fn commit(&mut self) -> StoreResult<()> {
        match self {
            Self::Pg(c) => PgTransactionManager::commit_transaction(c)?,
            Self::Sqlite(c) => SqliteTransactionManager::commit_transaction(c)?,
        }
        Ok(())
    }
    pub(super) fn rollback(&mut self) -> StoreResult<()> {
        match self {
            Self::Pg(c) => PgTransactionManager::rollback_transaction(c)?,
            Self::Sqlite(c) => SqliteTransactionManager::rollback_transaction(c)?,
        }
        Ok(())
    }
    /// Rolls back what is open before the connection is dropped. Only this thread serves the socket of PostgreSQL.
    /// Without the rollback the server would keep the transaction, and its lock on the head of the journal, until the
    /// thread's next job.
    pub(super) fn rollback_and_drop(mut self) {
        if let Self::Pg(c) = &mut self {
            // The result does not matter, because the connection is dropped in any case.
            let _ = c.batch_execute("rollback");
        }
    }
    /// Returns `true` if this machine knows that the server closed the connection. It does not ask the server.
    pub(super) fn is_closed(&mut self) -> bool {
        let Self::Pg(c) = self else { return false };
        LocalRuntime::get_runtime().block_on(async {
            // Nobody serves the socket between two jobs. The first turn notices incoming data. In the second turn the
            // task of the connection reads the data, and ends if the connection ended. Two turns are enough only
            // because of the order in which tokio's current-thread runtime polls its driver and its tasks.
            for _turn in 0..2 {
                tokio::task::yield_now().await;
            }
            // The session listens to no channel, so the only possible event is the end of the connection.
            pin!(c.notifications_stream()).next().now_or_never().is_some()
        })
    }
    /// Returns `true` if the server still answers a query.
    pub(super) fn is_alive(&mut self) -> bool {
        match self {
            Self::Pg(c) => c.batch_execute("select 1").is_ok(),
            Self::Sqlite(_) => true,
        }
    }
}

impl Conn {
    /// Returns `true` if a transaction is open, or if its state is unknown.
    pub(super) fn has_open_transaction(&mut self) -> bool {
        is_transaction_open(match self {
            Self::Pg(c) => PgTransactionManager::transaction_manager_status_mut(c),
            Self::Sqlite(c) => SqliteTransactionManager::transaction_manager_status_mut(c),
        })
    }

    /// Returns `true` if the connection can no longer be used: its transaction state is unknown, or a transaction is
    /// open.
    pub(super) fn is_broken(&mut self) -> bool {
        match self {
            Self::Pg(c) => {
                PgTransactionManager::is_broken_transaction_manager(c)
                    || is_transaction_open(PgTransactionManager::transaction_manager_status_mut(c))
            }
            Self::Sqlite(c) => {
                SqliteTransactionManager::is_broken_transaction_manager(c)
                    || is_transaction_open(
                        SqliteTransactionManager::transaction_manager_status_mut(c),
                    )
            }
        }
    }
}

/// No transaction is open between jobs. An open one was left by a failure.
fn is_transaction_open(status: &diesel::connection::TransactionManagerStatus) -> bool {
    !matches!(status.transaction_depth(), Ok(None))
}
