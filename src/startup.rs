//! Builds a running service from the settings: keys, database, migrations, threads, listeners and a clean stop.

use std::{num::NonZeroUsize, sync::Arc, thread::available_parallelism};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::{Condition, from_fn},
    web::Data,
};
use arc_swap::ArcSwap;

use crate::{
    api::{
        self, cache::AnswerCache, changes::WaitingRequests, memory_budget::MemoryBudgets,
        metrics::RequestMetrics, reading_queue::ReadingQueue, shares::ShareUseCounter,
        state::State, verification_queue::VerificationQueue,
    },
    auth::{password::PasswordPool, secret, token::AccessTokens},
    clock::Clock,
    config::Settings,
    store::{
        Conn, DatabaseTarget, Db, StoreResult, bootstrap, db::write_now, reference, seed,
        tx::TxEnv, upgrade::upgrade_database, watch::CommitWatch,
    },
    telemetry, web,
};

mod connections;
mod database_target;
mod initial_data;
mod listeners;
mod temp_folder;

pub use database_target::resolve_target;
pub use initial_data::{import_history, prepare_demo, refuse_demo, seed_scaled, start_demo};
pub use listeners::BoundListeners;
use listeners::{BoundListener, MetricsServer, serve_metrics, wait_for_stop_signal};
pub use temp_folder::warn_of_temp_folder;

/// A service whose listeners are bound, ready to run.
pub struct Application {
    port: u16,
    server: Server,
    metrics: Option<MetricsServer>,
    /// The state that its handlers share. It is public for tests.
    pub state: State,
}

/// Brings a database up to date: applies migrations and writes the reference data.
///
/// # Errors
/// The database cannot be reached or migrated.
pub fn prepare_database(settings: &Settings, clock: &Clock) -> anyhow::Result<()> {
    with_conn(&resolve_target(&settings.database)?, |c| migrate_and_seed(c, clock))
        .map(|_counts| ())
}

/// Applies migrations and writes the reference data. Returns how many records were created and changed.
fn migrate_and_seed(conn: &mut Conn, clock: &Clock) -> anyhow::Result<seed::SeedSummary> {
    upgrade_database(conn)?;
    let data = seed::parse_embedded_seed()?;
    let env = TxEnv { clock: clock.clone() };
    Ok(write_now(conn, &env, |tx| -> StoreResult<_> { seed::apply_seed(tx, data) })?)
}

/// Applies pending migrations. Returns their number.
///
/// # Errors
/// The database cannot be reached or migrated.
pub fn migrate_database(settings: &Settings) -> anyhow::Result<usize> {
    with_conn(&resolve_target(&settings.database)?, |c| Ok(upgrade_database(c)?))
}

/// Writes the reference data. Returns a message for the operator with the number of changes.
///
/// # Errors
/// The database cannot be reached or written.
pub fn seed_reference_data(settings: &Settings, clock: &Clock) -> anyhow::Result<String> {
    let seed::SeedSummary { created, changed, unchanged } =
        with_conn(&resolve_target(&settings.database)?, |c| migrate_and_seed(c, clock))?;
    Ok(format!("reference data: {created} created, {changed} changed, {unchanged} unchanged"))
}

/// Invites the first administrator if no administrator is active. Returns the text of the invitation for the operator.
///
/// # Errors
/// The database cannot be reached or written.
pub fn invite_first_administrator(
    settings: &Settings,
    clock: &Clock,
) -> anyhow::Result<Option<String>> {
    let (token, digest) = secret::generate_token();
    let env = TxEnv { clock: clock.clone() };
    let invited = with_conn(&resolve_target(&settings.database)?, |c| {
        Ok(write_now(c, &env, |tx| bootstrap::invite_first_administrator(tx, &digest))?)
    })?;
    let email = bootstrap::FIRST_ADMINISTRATOR;
    Ok(invited.then(|| {
        format!(
            "No administrator is active. Accept this invitation to become one; it is good once and for 7 days.\n\
             \x20 account  {email}\n\
             \x20 token    {token}\n\
             \x20 POST /api/v1/auth/invitations/{token}/accept  {{\"password\":\"...\"}}\n\
             Sign in with that address and password from then on, and invite people by their own addresses.\n\
             Only the token that was printed last works.\n"
        )
    }))
}

/// Calls `f` with a connection, on a separate thread: a PostgreSQL connection has a runtime of its own, which must not
/// block inside a different one.
fn with_conn<T: Send>(
    target: &DatabaseTarget,
    f: impl FnOnce(&mut Conn) -> anyhow::Result<T> + Send,
) -> anyhow::Result<T> {
    std::thread::scope(|s| {
        s.spawn(|| f(&mut target.open(false)?))
            .join()
            .map_err(|_panic| anyhow::anyhow!("the database thread panicked"))?
    })
}

/// Lets pages of these origins call the API. Credentials in cookies are not allowed, because callers send tokens in a
/// header.
fn build_cors(origins: &[String]) -> actix_cors::Cors {
    let cors = actix_cors::Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "Accept-Language",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Last-Event-ID",
        ])
        .expose_headers(api::open_origins::EXPOSED_HEADERS)
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

impl Application {
    /// Binds the listeners and loads the in-memory state. Port 0 picks a free port. Call [`prepare_database`] before.
    ///
    /// # Errors
    /// The errors of [`BoundListeners::bind_all`] and [`Application::build_on`].
    pub fn build(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        Self::build_on(BoundListeners::bind_all(settings)?, settings, clock)
    }

    /// Loads the in-memory state and serves on listeners that are already bound.
    ///
    /// # Errors
    /// The database cannot be reached or migrated, or a key file is not valid.
    pub fn build_on(
        listeners: BoundListeners,
        settings: &Settings,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let target = resolve_target(&settings.database)?;
        let (watch, vocabulary) = with_conn(&target, |c| {
            upgrade_database(c)?;
            Ok((CommitWatch::load_watch(c, clock.clone())?, reference::load_vocabulary(c)?))
        })?;
        let db = Db::start(
            target,
            None,
            settings.db_threads,
            settings.db_queue,
            TxEnv { clock: clock.clone() },
            Arc::clone(&watch),
        )?;
        let state = State {
            cache: Arc::new(AnswerCache::new(
                db.clone(),
                Arc::clone(&watch.heads),
                settings.cache_bytes,
            )),
            verifying: Arc::new(VerificationQueue::new(db.clone())),
            uses: Arc::new(ShareUseCounter::new(db.clone(), clock.clone())),
            db,
            directory: Arc::clone(&watch.directory),
            heads: Arc::clone(&watch.heads),
            public_releases: settings.public_releases,
            base_url: settings.base_url.as_deref().unwrap_or_default().into(),
            data_licence: settings.data_licence.as_str().into(),
            tokens: Arc::new(AccessTokens::new(&settings.token_secrets.load_secrets()?)?),
            passwords: Arc::new(PasswordPool::start()?),
            clock,
            readings: Arc::new(ReadingQueue::default()),
            waiting: Arc::new(WaitingRequests::default()),
            memory: MemoryBudgets::default(),
            requests: Arc::new(RequestMetrics::new(settings.metrics_bind.is_some())),
            dropped_log_lines: telemetry::count_dropped_lines,
            vocabulary: Arc::new(ArcSwap::from_pointee(vocabulary)),
        };
        let BoundListener { listener, port } = listeners.main;
        let metrics = listeners.metrics.map(|bound| serve_metrics(bound, &state)).transpose()?;
        let shared = state.clone();
        let origins = settings.cors_origins.clone();
        let docs = settings.docs;
        let workers = available_parallelism().map_or(2, NonZeroUsize::get).min(512);
        let server = HttpServer::new(move || {
            App::new()
                .configure(api::configure_operations)
                .app_data(Data::new(shared.clone()))
                .app_data(Data::new(shared.memory.clone()))
                .configure(api::configure_documents)
                .configure(web::configure_pages(docs))
                .wrap(Condition::new(!origins.is_empty(), build_cors(&origins)))
                .wrap(from_fn(api::middleware::wrap_request))
        })
        .tcp_nodelay(true)
        .workers(workers)
        .max_connections(connections::divide_limit(workers))
        .on_connect(connections::drop_unread_answers)
        // A client that closes its connection wants no answer any more: an event stream gives its place back at once.
        // A write that was passed to the database is finished all the same.
        .h1_allow_half_closed(false)
        .shutdown_timeout(30)
        .listen(listener)?
        .run();
        Ok(Self { port, server, metrics, state })
    }

    /// Returns the port of the API.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns a handle that can stop the server.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Returns the port of the metrics, if they are served.
    #[must_use]
    pub fn metrics_port(&self) -> Option<u16> {
        self.metrics.as_ref().map(|metrics| metrics.port)
    }

    /// Serves until SIGTERM or SIGINT. Requests in progress are then finished, and requests that wait for the feed are
    /// answered immediately.
    ///
    /// # Errors
    /// A listener fails.
    pub async fn run(self) -> std::io::Result<()> {
        let (waiting, state) = (Arc::clone(&self.state.waiting), self.state.clone());
        actix_web::rt::spawn(async move {
            match wait_for_stop_signal().await {
                Ok(()) => waiting.stop_waiting(),
                Err(e) => tracing::warn!(error = %e, "a stop will be late: signals are not heard"),
            }
        });
        let metrics = self.metrics.map(|metrics| {
            let handle = metrics.server.handle();
            actix_web::rt::spawn(metrics.server);
            handle
        });
        let served = self.server.await;
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        state.uses.write_uses().await;
        if let Err(e) = state.db.checkpoint_file() {
            tracing::warn!(error = %e, "the database file was left with its log beside it");
        }
        served
    }
}
