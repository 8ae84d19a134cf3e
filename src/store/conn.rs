//! Connections: one enum of two synchronous diesel connections, and the macro that writes a query once for both.

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

/// Drives the socket of a thread's PostgreSQL connection. Only database threads may hold one: it blocks.
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

/// tokio-postgres behind diesel's synchronous trait: TLS, no libpq.
pub(crate) type PgConn = AsyncConnectionWrapper<AsyncPgConnection, LocalRuntime>;

/// A connection to either database.
#[expect(clippy::large_enum_variant, reason = "connections are few and live in place")]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConn),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Writes one query for both databases; `$db` names the backend inside the body.
macro_rules! on {
    ($conn:expr, |$c:ident, $db:ident| $body:expr) => {
        match $conn {
            // The PhantomData uses the alias where the body does not: no "never used" warning.
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

/// The migrations of PostgreSQL.
pub(crate) const PG_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The migrations of SQLite.
pub(crate) const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Taken by whoever migrates a PostgreSQL database: the first eight bytes of "ascn-tracker" as a number.
const MIGRATION_LOCK: i64 = 0x6173_636e_2d74_7261;

/// Where the database is.
#[derive(Clone)]
pub enum DatabaseTarget {
    /// A file.
    Sqlite {
        /// Its path.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// How to reach it.
        config: Box<tokio_postgres::Config>,
        /// With what trust; none for a plain connection.
        tls: Option<Arc<rustls::ClientConfig>>,
    },
}

impl DatabaseTarget {
    /// Opens a connection. On PostgreSQL only a database thread may call this.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub fn open(&self, read_only: bool) -> StoreResult<Conn> {
        match self {
            Self::Sqlite { path } => open_sqlite(path, read_only),
            Self::Postgres { config, tls } => open_postgres(config, tls.as_deref()),
        }
    }
    /// Says whether it is SQLite.
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
    // busy_timeout first: switching to WAL itself takes a lock.
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
    /// Applies pending migrations, one process at a time, and returns how many there were.
    ///
    /// # Errors
    /// When a migration fails; it is rolled back.
    pub fn run_migrations(&mut self) -> StoreResult<usize> {
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

    /// Takes every migration back, newest first.
    ///
    /// # Errors
    /// When a migration fails.
    pub fn revert_migrations(&mut self) -> StoreResult<usize> {
        match self {
            Self::Pg(c) => c.revert_all_migrations(PG_MIGRATIONS).map(|m| m.len()),
            Self::Sqlite(c) => c.revert_all_migrations(SQLITE_MIGRATIONS).map(|m| m.len()),
        }
        .map_err(StoreError::Unavailable)
    }

    /// Begins a transaction, or a savepoint inside one. A write transaction of SQLite takes its lock at once: one that
    /// reads first and then writes fails when another commit came between, whatever the busy timeout.
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
    /// Ends what is open before the connection is dropped. PostgreSQL's socket is served by this thread alone: without
    /// this the server would keep the transaction, and its lock on the journal's head, until the thread's next job.
    pub(super) fn rollback_and_drop(mut self) {
        if let Self::Pg(c) = &mut self {
            // Whether it succeeds is all the same: the connection goes.
            let _ = c.batch_execute("rollback");
        }
    }
    /// Says whether the server has ended the connection, as far as this machine was told: without asking the server.
    pub(super) fn is_closed(&mut self) -> bool {
        let Self::Pg(c) = self else { return false };
        LocalRuntime::get_runtime().block_on(async {
            // Nobody serves the socket between two jobs. In the first turn what has arrived is noticed, in the second it
            // is read by the connection's task, which ends with the connection.
            for _turn in 0..2 {
                tokio::task::yield_now().await;
            }
            // Nothing is listened to, so that whatever comes here is that end.
            pin!(c.notifications_stream()).next().now_or_never().is_some()
        })
    }
    /// Asks for an answer, to learn whether anybody is still there.
    pub(super) fn is_alive(&mut self) -> bool {
        match self {
            Self::Pg(c) => c.batch_execute("select 1").is_ok(),
            Self::Sqlite(_) => true,
        }
    }
    /// Runs a read in one snapshot.
    pub(super) fn run_in_snapshot<T, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Self::Sqlite(c) => {
                SqliteTransactionManager::begin_transaction(c).map_err(StoreError::from)?
            }
            // Repeatable read, so that several queries see one state, as in SQLite.
            Self::Pg(c) => {
                PgTransactionManager::begin_transaction(c).map_err(StoreError::from)?;
                c.batch_execute("set transaction isolation level repeatable read read only")
                    .map_err(StoreError::from)?;
            }
        }
        let result = f(self);
        self.rollback()?;
        result
    }
}

impl Conn {
    /// Says whether the connection can no longer be used: its transaction state is unknown or still open.
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

/// Between jobs no transaction is open; one that is was left behind by a failure.
fn is_transaction_open(status: &diesel::connection::TransactionManagerStatus) -> bool {
    !matches!(status.transaction_depth(), Ok(None))
}
