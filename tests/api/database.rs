//! The database of a test: SQLite by default, a copy of a file that was migrated and seeded once; with `TEST_DATABASE_URL` a
//! PostgreSQL database made from such a template and dropped at the end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
};

use ascn_tracker::{
    clock::Clock,
    config::Settings,
    store::{Conn, StoreResult},
};
use diesel::RunQueryDsl as _;
use uuid::Uuid;

use crate::helpers::{NOW, PASSWORD, TestApp};

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
                run_sql(&admin, &format!("drop database if exists {name} with (force)"))
            })
            .join();
        }
    }
}

impl TestDatabase {
    /// Makes one from a template; with its URL.
    pub async fn create_database(fill: Fill) -> (String, Self) {
        let from = tokio::task::spawn_blocking(move || template_database(fill)).await.unwrap();
        match std::env::var("TEST_DATABASE_URL") {
            Ok(admin) => {
                let name = format!("ascn_t{}", Uuid::now_v7().simple());
                let (a, n) = (admin.clone(), name.clone());
                tokio::task::spawn_blocking(move || {
                    run_sql(&a, &format!("create database {n} template {from}"))
                })
                .await
                .unwrap();
                (url_with_database(&admin, &name), Self::Postgres { admin, name })
            }
            Err(_) => {
                let dir = tempfile::TempDir::new().unwrap();
                let path = dir.path().join("test.db");
                std::fs::copy(&from, &path).unwrap();
                (format!("sqlite://{}", path.display()), Self::Sqlite { _dir: dir })
            }
        }
    }

    /// The URL of a PostgreSQL database; none of SQLite.
    pub fn postgres_url(&self) -> Option<String> {
        match self {
            Self::Postgres { admin, name } => Some(url_with_database(admin, name)),
            Self::Sqlite { .. } => None,
        }
    }
}

/// Runs one statement on a PostgreSQL server.
pub fn run_sql(url: &str, statement: &str) {
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

/// Runs a statement past the service.
pub async fn run_statement(app: &TestApp, statement: &str) -> StoreResult<()> {
    let statement = statement.to_owned();
    let run = move |c: &mut Conn| -> StoreResult<()> {
        match c {
            Conn::Pg(c) => diesel::sql_query(statement).execute(c)?,
            Conn::Sqlite(c) => diesel::sql_query(statement).execute(c)?,
        };
        Ok(())
    };
    app.state.db.write_unjournaled(run).await
}

fn url_with_database(url: &str, name: &str) -> String {
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
fn template_database(fill: Fill) -> String {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    let cell = Arc::clone(
        TEMPLATES.get_or_init(Templates::default).lock().unwrap().entry(fill).or_default(),
    );
    cell.get_or_init(|| {
        std::thread::spawn(move || match std::env::var("TEST_DATABASE_URL") {
            Ok(admin) => {
                let name = format!("ascn_t{}", Uuid::now_v7().simple());
                run_sql(&admin, &format!("create database {name}"));
                prepare_template(&url_with_database(&admin, &name), fill);
                name
            }
            Err(_) => {
                // Kept until the process ends: every test of it copies the file.
                let path = tempfile::TempDir::new().unwrap().keep().join("template.db");
                prepare_template(&format!("sqlite://{}", path.display()), fill);
                path.display().to_string()
            }
        })
        .join()
        .unwrap()
    })
    .clone()
}

fn prepare_template(url: &str, fill: Fill) {
    let settings = test_settings(url, &[]);
    let clock = Clock::fixed_at(NOW.parse().unwrap());
    match fill {
        Fill::Seeded => ascn_tracker::startup::prepare_database(&settings, &clock).unwrap(),
        Fill::Demo => ascn_tracker::startup::prepare_demo(&settings, &clock, PASSWORD).unwrap(),
    }
}

/// The settings of a service on a database, with some of its own.
pub fn test_settings(url: &str, more: &[(&str, &str)]) -> Settings {
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
