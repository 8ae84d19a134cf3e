//! From settings to a running service: keys, database, migrations, threads, listener, clean stop.

use std::sync::Arc;

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::{Condition, from_fn},
    web::Data,
};
use anyhow::Context as _;
use arc_swap::ArcSwap;

use crate::{
    api::{
        self, cache::Cache, changes::WaitingRequests, metrics::RequestMetrics,
        shares::ShareUseCounter, state::State,
    },
    auth::{password::PasswordPool, secret, token::AccessTokens},
    clock::Clock,
    config::{DatabaseUrl, Settings, SslMode},
    store::{
        Conn, DatabaseTarget, Db, StoreResult, bootstrap, db::write_now, reference, seed,
        tx::TxEnv, watch::CommitWatch,
    },
};

mod initial_data;
mod listeners;

pub use initial_data::{import_history, prepare_demo, refuse_demo, seed_scaled, start_demo};
pub use listeners::BoundListeners;
use listeners::{serve_metrics, wait_for_stop_signal};

/// A service that listens, ready to run.
pub struct Application {
    port: u16,
    server: Server,
    /// The listener of the metrics, and its port.
    metrics: Option<(Server, u16)>,
    /// What its handlers share; tests look inside.
    pub state: State,
}

/// Turns the setting into a target, with the trust that it asks for.
///
/// # Errors
/// A certificate file that cannot be read.
pub fn resolve_target(url: &DatabaseUrl) -> anyhow::Result<DatabaseTarget> {
    match url {
        DatabaseUrl::Sqlite { path } => Ok(DatabaseTarget::Sqlite { path: path.clone() }),
        DatabaseUrl::Postgres { url, password, sslmode, ca_file } => {
            let mut config: tokio_postgres::Config =
                url.expose().parse().context("DATABASE_URL cannot be understood")?;
            if let Some(password) = password {
                config.password(password.expose());
            }
            let tls = match sslmode {
                SslMode::Disable => None,
                SslMode::Verify => Some(Arc::new(build_tls_config(ca_file.as_deref())?)),
            };
            Ok(DatabaseTarget::Postgres { config: Box::new(config), tls })
        }
    }
}

fn build_tls_config(ca_file: Option<&std::path::Path>) -> anyhow::Result<rustls::ClientConfig> {
    use rustls_pki_types::{CertificateDer, pem::PemObject as _};
    let mut roots = rustls::RootCertStore::empty();
    match ca_file {
        Some(file) => {
            for certificate in
                CertificateDer::pem_file_iter(file).context("sslrootcert cannot be read")?
            {
                roots.add(certificate.context("sslrootcert cannot be read")?)?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    Ok(rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()?
    .with_root_certificates(roots)
    .with_no_client_auth())
}

/// Brings a database up to date: migrations, reference data.
///
/// # Errors
/// A database that cannot be reached or migrated.
pub fn prepare_database(settings: &Settings, clock: &Clock) -> anyhow::Result<()> {
    with_conn(&resolve_target(&settings.database)?, |c| migrate_and_seed(c, clock))
        .map(|_counts| ())
}

/// Migrates and adds or corrects the reference data; returns what that did.
fn migrate_and_seed(conn: &mut Conn, clock: &Clock) -> anyhow::Result<seed::SeedSummary> {
    conn.run_migrations()?;
    let data = seed::parse_embedded_seed()?;
    let env = TxEnv { clock: clock.clone() };
    Ok(write_now(conn, &env, |tx| -> StoreResult<_> { seed::apply_seed(tx, data) })?)
}

/// Applies pending migrations and returns how many there were.
///
/// # Errors
/// A database that cannot be reached or migrated.
pub fn migrate_database(settings: &Settings) -> anyhow::Result<usize> {
    with_conn(&resolve_target(&settings.database)?, |c| Ok(c.run_migrations()?))
}

/// Loads the reference data and says what that changed.
///
/// # Errors
/// A database that cannot be reached or filled.
pub fn seed_reference_data(settings: &Settings, clock: &Clock) -> anyhow::Result<String> {
    let seed::SeedSummary { created, changed, unchanged } =
        with_conn(&resolve_target(&settings.database)?, |c| migrate_and_seed(c, clock))?;
    Ok(format!("reference data: {created} created, {changed} changed, {unchanged} unchanged"))
}

/// Invites the first administrator while there is none; returns the invitation, in words.
///
/// # Errors
/// A database that cannot be reached or written.
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

/// Runs work with a connection on a thread of its own: PostgreSQL's may not block a runtime.
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

/// Lets the pages of these origins call the API. They send tokens in a header, never cookies.
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
        .expose_headers(["ETag", "Link", "Location", "Retry-After", "X-Request-Id"])
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

impl Application {
    /// Binds the listener and loads what is kept in memory; port 0 picks a free one. [`prepare_database`] has filled the database.
    ///
    /// # Errors
    /// Those of [`BoundListeners::bind_all`] and [`Application::build_on`].
    pub fn build(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        Self::build_on(BoundListeners::bind_all(settings)?, settings, clock)
    }

    /// Loads what is kept in memory, behind doors that were taken before.
    ///
    /// # Errors
    /// A database that cannot be reached or migrated, a bad key file.
    pub fn build_on(
        doors: BoundListeners,
        settings: &Settings,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let target = resolve_target(&settings.database)?;
        let (watch, vocabulary) = with_conn(&target, |c| {
            c.run_migrations()?;
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
            db,
            directory: Arc::clone(&watch.directory),
            heads: Arc::clone(&watch.heads),
            cache: Arc::new(Cache::new(settings.cache_bytes)),
            public_releases: settings.public_releases,
            base_url: settings.base_url.as_deref().unwrap_or_default().into(),
            tokens: Arc::new(AccessTokens::new(&settings.token_secrets.load_secrets()?)?),
            passwords: Arc::new(PasswordPool::start()?),
            clock,
            verifying: Arc::default(),
            waiting: Arc::new(WaitingRequests::default()),
            uses: Arc::new(ShareUseCounter::default()),
            requests: Arc::new(RequestMetrics::new(settings.metrics_bind.is_some())),
            vocabulary: Arc::new(ArcSwap::from_pointee(vocabulary)),
        };
        let (listener, port) = doors.main;
        let metrics = doors.metrics.map(|door| serve_metrics(door, &state)).transpose()?;
        let shared = state.clone();
        let origins = settings.cors_origins.clone();
        let docs = settings.docs;
        let server = HttpServer::new(move || {
            App::new()
                .configure(api::configure_operations)
                .app_data(Data::new(shared.clone()))
                .configure(api::configure_documents(docs))
                .wrap(Condition::new(!origins.is_empty(), build_cors(&origins)))
                .wrap(from_fn(api::middleware::wrap_request))
        })
        .tcp_nodelay(true)
        .shutdown_timeout(30)
        .listen(listener)?
        .run();
        Ok(Self { port, server, metrics, state })
    }

    /// Returns the port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns a handle that stops it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Returns the port that the metrics listen on, where they do.
    #[must_use]
    pub fn metrics_port(&self) -> Option<u16> {
        self.metrics.as_ref().map(|(_, port)| *port)
    }

    /// Serves until SIGTERM or SIGINT; requests under way are answered first, those that wait for the feed at once.
    ///
    /// # Errors
    /// Failures of the listener.
    pub async fn run(self) -> std::io::Result<()> {
        let (waiting, state) = (Arc::clone(&self.state.waiting), self.state.clone());
        actix_web::rt::spawn(async move {
            match wait_for_stop_signal().await {
                Ok(()) => waiting.stop_waiting(),
                Err(e) => tracing::warn!(error = %e, "a stop will be late: signals are not heard"),
            }
        });
        let metrics = self.metrics.map(|(server, _)| {
            let handle = server.handle();
            actix_web::rt::spawn(server);
            handle
        });
        let served = self.server.await;
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        api::shares::write_uses(&state).await;
        if let Err(e) = state.db.checkpoint_file() {
            tracing::warn!(error = %e, "the database file was left with its log beside it");
        }
        served
    }
}
