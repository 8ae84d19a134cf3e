//! A service for one test: the real server on a free port with its own database, and callers who speak HTTP to it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::dev::ServerHandle;
use ascn_tracker::{api::state::State, clock::Clock, config::Settings, startup::Application};

use crate::database::{Fill, TestDatabase, test_settings};
pub use crate::{
    database::run_sql,
    http_caller::{Caller, TestResponse, pointers},
    user_fixtures::permanent_grant,
};

/// The password of every user that [`TestApp::user`] makes with one.
pub const PASSWORD: &str = "correct horse battery staple";
/// The password of everybody whom [`TestApp::joined`] lets in.
pub const PASSWORD_OF_THEIRS: &str = "four words and a horse";
/// The instant at which every test begins: the open cycle of the demo runs.
pub const NOW: &str = "2026-11-20T03:00:00Z";

/// A service for one test.
pub struct TestApp {
    /// Its address, `http://127.0.0.1:port`.
    pub address: String,
    /// What its handlers share.
    pub state: State,
    /// Its clock, to be moved by the test.
    pub clock: Clock,
    /// The address of its metrics, where it has any.
    pub metrics: Option<String>,
    pub(crate) client: reqwest::Client,
    /// The access tokens of those who were asked for, by role and scope.
    pub(crate) tokens: Mutex<HashMap<String, String>>,
    server: ServerHandle,
    settings: Arc<Settings>,
    url: String,
    database: Option<TestDatabase>,
}

impl Drop for TestApp {
    /// Stops the server, so that its threads do not ask for a database that is gone.
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl TestApp {
    /// Starts a service with reference data.
    pub async fn spawn() -> Self {
        Self::start(Fill::Seeded, &[]).await
    }

    /// Starts a service with reference data and one setting of its own.
    pub async fn with_setting(name: &str, value: &str) -> Self {
        Self::with_settings(&[(name, value)]).await
    }

    /// Starts a service with reference data and settings of its own.
    pub async fn with_settings(more: &[(&str, &str)]) -> Self {
        Self::start(Fill::Seeded, more).await
    }

    /// Starts a service as a demo has it: the published history and an open cycle `me-2026`.
    pub async fn demo() -> Self {
        Self::start(Fill::Demo, &[]).await
    }

    /// The same with settings of its own.
    pub async fn demo_with(more: &[(&str, &str)]) -> Self {
        Self::start(Fill::Demo, more).await
    }

    async fn start(fill: Fill, more: &[(&str, &str)]) -> Self {
        let (url, database) = TestDatabase::create_database(fill).await;
        let clock = Clock::fixed_at(NOW.parse().unwrap());
        Self::run(Arc::new(test_settings(&url, more)), (clock, url), Some(database)).await
    }

    /// Starts another instance of the service on the same database, which this one must outlive.
    pub async fn spawn_second_instance(&self) -> Self {
        Self::run(Arc::clone(&self.settings), (self.clock.clone(), self.url.clone()), None).await
    }

    /// The same with settings of its own.
    pub async fn spawn_second_instance_with_settings(&self, more: &[(&str, &str)]) -> Self {
        let settings = Arc::new(test_settings(&self.url, more));
        Self::run(settings, (self.clock.clone(), self.url.clone()), None).await
    }

    /// Does what a start without `--demo` does for the first administrator; returns what it prints.
    pub async fn first_administrator(&self) -> Option<String> {
        let (s, c) = (Arc::clone(&self.settings), self.clock.clone());
        let invite = move || ascn_tracker::startup::invite_first_administrator(&s, &c);
        tokio::task::spawn_blocking(invite).await.unwrap().unwrap()
    }

    /// Starts an instance on a database that is there already, and fails as the program does.
    pub async fn try_spawn_on_database(url: &str) -> anyhow::Result<Self> {
        let clock = Clock::fixed_at(NOW.parse().unwrap());
        Self::try_run(Arc::new(test_settings(url, &[])), (clock, url.to_owned()), None).await
    }

    /// The URL of this instance's own PostgreSQL database; none on SQLite.
    pub fn postgres_url(&self) -> Option<String> {
        self.database.as_ref()?.postgres_url()
    }

    async fn run(
        settings: Arc<Settings>,
        at: (Clock, String),
        database: Option<TestDatabase>,
    ) -> Self {
        Self::try_run(settings, at, database).await.unwrap()
    }

    async fn try_run(
        settings: Arc<Settings>,
        (clock, url): (Clock, String),
        database: Option<TestDatabase>,
    ) -> anyhow::Result<Self> {
        let (s, c) = (Arc::clone(&settings), clock.clone());
        let app = tokio::task::spawn_blocking(move || Application::build(&s, c)).await.unwrap()?;
        let address = format!("http://127.0.0.1:{}", app.port());
        let metrics = app.metrics_port().map(|port| format!("http://127.0.0.1:{port}/metrics"));
        let (state, server) = (app.state.clone(), app.handle());
        std::thread::spawn(move || actix_web::rt::System::new().block_on(app.run()));
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Ok(Self {
            address,
            state,
            clock,
            metrics,
            client,
            tokens: Mutex::default(),
            server,
            settings,
            url,
            database,
        })
    }

    /// A caller without credentials.
    pub fn anonymous(&self) -> Caller<'_> {
        Caller { app: self, token: None }
    }

    /// A caller with a token of one's own making.
    pub fn bearer(&self, token: &str) -> Caller<'_> {
        Caller { app: self, token: Some(token.to_owned()) }
    }
}
