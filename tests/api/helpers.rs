//! A service for one test: the real server on a free port with its own database, and callers who speak HTTP to it.
//!
//! SQLite by default, a copy of a file that was migrated and seeded once; with `TEST_DATABASE_URL` a PostgreSQL database
//! made from such a template and dropped at the end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use actix_web::dev::ServerHandle;
use ascn_tracker::{
    api::state::State,
    auth::secret::opaque_digest,
    clock::{self, Clock},
    config::Settings,
    domain::{
        id::Id,
        reference::CountryCode,
        session::Session,
        user::{Email, Grant, Role, Scope, User, UserState},
        value::{Slug, Title},
    },
    startup::Application,
    store::{Change, StoreError, unguarded},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub use crate::caller::{Answered, Caller, pointers};

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
    tokens: Mutex<HashMap<String, String>>,
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

/// Where a test's data is; dropped with it.
pub enum TestDatabase {
    /// A directory with the file.
    Sqlite { _dir: tempfile::TempDir },
    /// A database of the server.
    Postgres { admin: String, name: String },
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Self::Postgres { admin, name } = self {
            let (admin, name) = (admin.clone(), name.clone());
            let _ = std::thread::spawn(move || {
                sql(&admin, &format!("drop database if exists {name} with (force)"))
            })
            .join();
        }
    }
}

/// Runs one statement on a PostgreSQL server.
pub fn sql(url: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        let task = tokio::spawn(connection);
        client.batch_execute(statement).await.unwrap();
        drop(client);
        let _ = task.await;
    });
}

fn with_database(url: &str, name: &str) -> String {
    let mut parsed = url::Url::parse(url).unwrap();
    parsed.set_path(name);
    parsed.to_string()
}

/// What a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fill {
    /// Tables and reference data.
    Seeded,
    /// All of that, the published history, an open cycle and the demo's accounts.
    Demo,
}

type Templates = Mutex<HashMap<Fill, Arc<OnceLock<String>>>>;

/// Returns the path or database name of the template, made once per test process.
fn template(fill: Fill) -> String {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    let cell = Arc::clone(
        TEMPLATES.get_or_init(Templates::default).lock().unwrap().entry(fill).or_default(),
    );
    cell.get_or_init(|| {
        std::thread::spawn(move || match std::env::var("TEST_DATABASE_URL") {
            Ok(admin) => {
                let name = format!("ascn_t{}", Uuid::now_v7().simple());
                sql(&admin, &format!("create database {name}"));
                prepare(&with_database(&admin, &name), fill);
                name
            }
            Err(_) => {
                // Kept until the process ends: every test of it copies the file.
                let path = tempfile::TempDir::new().unwrap().keep().join("template.db");
                prepare(&format!("sqlite://{}", path.display()), fill);
                path.display().to_string()
            }
        })
        .join()
        .unwrap()
    })
    .clone()
}

fn prepare(url: &str, fill: Fill) {
    let settings = settings(url, &[]);
    let clock = Clock::at(NOW.parse().unwrap());
    match fill {
        Fill::Seeded => ascn_tracker::startup::prepare(&settings, &clock).unwrap(),
        Fill::Demo => ascn_tracker::startup::prepare_demo(&settings, &clock, PASSWORD).unwrap(),
    }
}

fn settings(url: &str, more: &[(&str, &str)]) -> Settings {
    Settings::from_vars(
        [
            ("DATABASE_URL", url),
            ("ASCN_BIND", "127.0.0.1:0"),
            ("ASCN_TOKEN_SECRET", "the-secret-of-the-tests-0123456789abcdef"),
        ]
        .iter()
        .chain(more)
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
    )
    .unwrap()
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
        let from = tokio::task::spawn_blocking(move || template(fill)).await.unwrap();
        let (url, database) = match std::env::var("TEST_DATABASE_URL") {
            Ok(admin) => {
                let name = format!("ascn_t{}", Uuid::now_v7().simple());
                let (a, n) = (admin.clone(), name.clone());
                tokio::task::spawn_blocking(move || {
                    sql(&a, &format!("create database {n} template {from}"))
                })
                .await
                .unwrap();
                (with_database(&admin, &name), TestDatabase::Postgres { admin, name })
            }
            Err(_) => {
                let dir = tempfile::TempDir::new().unwrap();
                let path = dir.path().join("test.db");
                std::fs::copy(&from, &path).unwrap();
                (format!("sqlite://{}", path.display()), TestDatabase::Sqlite { _dir: dir })
            }
        };
        let clock = Clock::at(NOW.parse().unwrap());
        Self::run(Arc::new(settings(&url, more)), (clock, url), Some(database)).await
    }

    /// Starts another instance of the service on the same database, which this one must outlive.
    pub async fn again(&self) -> Self {
        Self::run(Arc::clone(&self.settings), (self.clock.clone(), self.url.clone()), None).await
    }

    /// The same with settings of its own.
    pub async fn again_with(&self, more: &[(&str, &str)]) -> Self {
        let settings = Arc::new(settings(&self.url, more));
        Self::run(settings, (self.clock.clone(), self.url.clone()), None).await
    }

    /// Does what a start without `--demo` does for the first administrator; returns what it prints.
    pub async fn first_administrator(&self) -> Option<String> {
        let (s, c) = (Arc::clone(&self.settings), self.clock.clone());
        let invite = move || ascn_tracker::startup::first_administrator(&s, &c);
        tokio::task::spawn_blocking(invite).await.unwrap().unwrap()
    }

    /// Starts an instance on a database that is there already, and fails as the program does.
    pub async fn on(url: &str) -> anyhow::Result<Self> {
        let clock = Clock::at(NOW.parse().unwrap());
        Self::try_run(Arc::new(settings(url, &[])), (clock, url.to_owned()), None).await
    }

    /// The URL of this instance's own PostgreSQL database; none on SQLite.
    pub fn postgres_url(&self) -> Option<String> {
        match self.database.as_ref()? {
            TestDatabase::Postgres { admin, name } => Some(with_database(admin, name)),
            TestDatabase::Sqlite { .. } => None,
        }
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

    /// A city's officer; the same person for each call with the same city.
    pub async fn officer(&self, city: &str) -> Caller<'_> {
        let country = self.country_of(city).await;
        let scope = Scope::City(Slug::parse(city).unwrap(), CountryCode::parse(country).unwrap());
        self.as_role(Role::CityOfficer, scope).await
    }
    /// A country's representative.
    pub async fn representative(&self, country: &str) -> Caller<'_> {
        self.as_role(
            Role::NationalRepresentative,
            Scope::Country(CountryCode::parse(country).unwrap()),
        )
        .await
    }
    /// The secretariat.
    pub async fn secretariat(&self) -> Caller<'_> {
        self.as_role(Role::Secretariat, Scope::Network).await
    }
    /// An administrator.
    pub async fn administrator(&self) -> Caller<'_> {
        self.as_role(Role::Administrator, Scope::Network).await
    }
    /// A reader of the whole network.
    pub async fn reader(&self) -> Caller<'_> {
        self.as_role(Role::Reader, Scope::Network).await
    }

    async fn country_of(&self, city: &str) -> String {
        let key = Slug::parse(city).unwrap();
        self.state
            .db
            .read(move |c| ascn_tracker::store::reference::city(c, &key))
            .await
            .unwrap_or_else(|e: StoreError| panic!("{e}"))
            .unwrap()
            .country
            .to_string()
    }

    /// The person who holds one role on one scope, made when first asked for.
    pub async fn as_role(&self, role: Role, scope: Scope) -> Caller<'_> {
        let name = format!("{role} {}", scope.key().unwrap_or("network"));
        let known = self.tokens.lock().unwrap().get(&name).cloned();
        let token = match known {
            Some(token) => token,
            None => {
                let (_, token) = self.user(&name, &[(role, scope)]).await;
                self.tokens.lock().unwrap().insert(name, token.clone());
                token
            }
        };
        Caller { app: self, token: Some(token) }
    }

    /// Makes an active user with grants and a session, past the API; returns the id and an access token.
    pub async fn user(&self, name: &str, grants: &[(Role, Scope)]) -> (Uuid, String) {
        let now = self.state.clock.now();
        let user = User {
            id: Id::new(clock::fresh_uuid()),
            email: Email::parse(format!("{}@test.example", name.replace(' ', "."))).unwrap(),
            name: Title::parse(name).unwrap(),
            state: UserState::Active,
            created_at: now,
            version: 1,
        };
        let id = user.id;
        let grants: Vec<Grant> =
            grants.iter().map(|(role, scope)| grant(id, *role, scope.clone(), now)).collect();
        self.state
            .db
            .write(move |tx| -> Result<(), StoreError> {
                tx.save(&user, Change::plain("invite"))?;
                for g in &grants {
                    tx.save(g, Change::plain("grant"))?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let token = self.session(id).await;
        (id.uuid(), token)
    }

    /// Has an administrator invite somebody; returns the id and the invitation's token.
    pub async fn invited(&self, email: &str, grants: Value) -> (String, String) {
        let body = serde_json::json!({ "email": email, "name": "Somebody", "grants": grants });
        let made = self.administrator().await.post("users", &body).await.expect(201).json();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        (text(&made["id"]), text(&made["invitation"]["token"]))
    }

    /// Has an administrator invite somebody who accepts; returns the id and the tokens.
    pub async fn joined(&self, email: &str, grants: Value) -> (String, Value) {
        let (id, token) = self.invited(email, grants).await;
        let body = serde_json::json!({ "password": PASSWORD_OF_THEIRS });
        let path = format!("auth/invitations/{token}/accept");
        (id, self.anonymous().post(&path, &body).await.expect(200).json())
    }

    /// Opens a session for a user, past the login; returns an access token.
    pub async fn session(&self, user: Id<User>) -> String {
        let now = self.state.clock.now();
        let session = clock::fresh_uuid();
        self.state
            .db
            .keep(move |c| -> Result<(), StoreError> {
                let session = Session::begin(session, user, None, now);
                unguarded::begin_session(c, &session, &opaque_digest(&session.id.to_string()))
            })
            .await
            .unwrap();
        self.state.tokens.issue(user.uuid(), session, now).unwrap().0
    }
}

/// Makes a grant that holds without end.
pub fn grant(user: Id<User>, role: Role, scope: Scope, now: DateTime<Utc>) -> Grant {
    Grant {
        id: Id::new(clock::fresh_uuid()),
        user,
        role,
        scope,
        from: None,
        until: None,
        acting_for: None,
        granted_by: None,
        granted_at: now,
        version: 1,
    }
}
