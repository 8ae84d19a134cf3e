//! Serves copies of the databases under `tests/fixtures/`, and reads the answers that were recorded with them.

use std::{
    collections::HashMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use flate2::read::GzDecoder;
use serde_json::Value;
use url::Url;

use crate::{PASSWORD, Service, process_lifecycle::sign_in, program_command};

/// The commit of the program that made the fixtures.
const COMMIT: &str = "e650f32";
/// The secret of the access tokens. With PostgreSQL the program does not make one itself.
const TOKEN_SECRET: &str = "the-secret-of-the-tests-0123456789abcdef";
/// Creates the role that the dump grants rights to. A role belongs to the server, so no dump of a database contains it.
const REPORTING_ROLE: &str = "do $$ begin create role ascn_reporting nologin; \
    exception when duplicate_object or unique_violation then null; end $$";

/// The SQLite file, decompressed once for all tests: a debug build takes a second for it.
static SQLITE_FILE: LazyLock<Vec<u8>> = LazyLock::new(|| unpack_file("sqlite.db"));
/// The PostgreSQL dump, decompressed once for all tests.
static POSTGRES_DUMP: LazyLock<String> = LazyLock::new(|| unpack_text("postgres.sql"));

/// The copy of a fixture for one test. The database on the server is dropped with it.
enum DatabaseCopy {
    Sqlite,
    Postgres { server: Url, name: String },
}

impl Drop for DatabaseCopy {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            let statement = format!("drop database if exists {name} with (force)");
            let server = server.clone();
            // `drop` cannot await on the runtime of the test.
            let dropped = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.unwrap().block_on(run_statements(&server, &statement));
            });
            let _ = dropped.join();
        }
    }
}

/// A running program that serves a copy of a fixture.
pub(crate) struct ServedFixture {
    /// `sqlite` or `postgres`: the names of the files begin with it.
    pub(crate) database: &'static str,
    service: Service,
    tokens: HashMap<String, String>,
    // Fields are dropped in this order: the program ends before its database goes.
    _copy: DatabaseCopy,
    _folder: tempfile::TempDir,
}

/// A request, and the answer of the program that made the fixture.
#[derive(serde::Deserialize)]
pub(crate) struct RecordedAnswer {
    /// The account that sent the request, without the domain of its address.
    pub(crate) who: String,
    /// The path below `/api/v1/`, with its query.
    pub(crate) path: String,
    /// The answer, without members that depend on the day or on rows that are added later.
    pub(crate) answer: Value,
}

/// What identifies a row of the journal.
#[derive(Debug, PartialEq)]
pub(crate) struct JournalRow {
    pub(crate) seq: i64,
    pub(crate) feed: Option<i64>,
    pub(crate) hash: String,
}

impl ServedFixture {
    /// Serves a copy of the SQLite file and, if `TEST_DATABASE_URL` names a server, of the PostgreSQL dump.
    pub(crate) async fn serve_all() -> Vec<Self> {
        let mut all = vec![Self::serve_sqlite()];
        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
            all.push(Self::serve_postgres(server.parse().unwrap()).await);
        }
        all
    }

    fn serve_sqlite() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join("ascn.db"), SQLITE_FILE.as_slice()).unwrap();
        Self::serve("sqlite", "sqlite://ascn.db", folder, DatabaseCopy::Sqlite)
    }

    async fn serve_postgres(server: Url) -> Self {
        let name = format!("ascn_f{}", ascn_tracker::clock::generate_uuid().simple());
        run_statements(&server, REPORTING_ROLE).await;
        run_statements(&server, &format!("create database {name}")).await;
        let mut url = server.clone();
        url.set_path(&name);
        let copy = DatabaseCopy::Postgres { server, name };
        run_statements(&url, &POSTGRES_DUMP).await;
        Self::serve("postgres", url.as_str(), tempfile::TempDir::new().unwrap(), copy)
    }

    /// Starts the program with `--demo`: without it the program refuses the database of a demo.
    fn serve(
        database: &'static str,
        url: &str,
        folder: tempfile::TempDir,
        copy: DatabaseCopy,
    ) -> Self {
        let mut command = program_command(folder.path());
        command
            .args(["serve", "--demo"])
            .env("DATABASE_URL", url)
            .env("ASCN_TOKEN_SECRET", TOKEN_SECRET);
        let service = Service::start(&mut command);
        Self { database, service, tokens: HashMap::new(), _copy: copy, _folder: folder }
    }

    /// Returns the answer to a GET request of an account, as text.
    pub(crate) async fn get_text(&mut self, who: &str, path: &str) -> String {
        if !self.tokens.contains_key(who) {
            let token = sign_in(&self.service, who).await;
            self.tokens.insert(who.to_owned(), token);
        }
        let url = format!("{}/api/v1/{path}", self.service.address);
        let answer = reqwest::Client::new().get(url).bearer_auth(&self.tokens[who]).send();
        let answer = answer.await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{}: GET {path} as {who}: {text}", self.database);
        text
    }

    /// Returns the answer to a GET request of an account, as JSON.
    pub(crate) async fn get(&mut self, who: &str, path: &str) -> Value {
        serde_json::from_str(&self.get_text(who, path).await).unwrap()
    }

    /// Returns the status of an attempt to sign in with the password of the demo.
    pub(crate) async fn try_sign_in(&self, who: &str) -> u16 {
        let body =
            serde_json::json!({ "email": format!("{who}@demo.example"), "password": PASSWORD });
        let url = format!("{}/api/v1/auth/login", self.service.address);
        reqwest::Client::new().post(url).json(&body).send().await.unwrap().status().as_u16()
    }

    /// Returns the answers of the program that made the fixture.
    pub(crate) fn read_recorded_answers(&self) -> Vec<RecordedAnswer> {
        let text = unpack_text(&format!("{}.answers.jsonl", self.database));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the rows that the journal of the fixture had when it was made, oldest first.
    pub(crate) fn read_recorded_journal(&self) -> Vec<JournalRow> {
        let text = unpack_text(&format!("{}.journal.txt", self.database));
        text.lines().map(JournalRow::parse).collect()
    }
}

impl JournalRow {
    /// Parses a line: number, number in the feed or `-`, hash.
    fn parse(line: &str) -> Self {
        let words: Vec<&str> = line.split(' ').collect();
        let [seq, feed, hash] = words.try_into().unwrap();
        let feed = (feed != "-").then(|| feed.parse().unwrap());
        Self { seq: seq.parse().unwrap(), feed, hash: hash.to_owned() }
    }
}

/// Runs statements on a PostgreSQL server.
async fn run_statements(url: &Url, statements: &str) {
    let (client, connection) =
        tokio_postgres::connect(url.as_str(), tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(statements).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

/// Reads a file of the fixture and decompresses it.
fn unpack_file(name: &str) -> Vec<u8> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(COMMIT);
    let mut content = Vec::new();
    let file = fs::File::open(folder.join(format!("{name}.gz"))).unwrap();
    GzDecoder::new(file).read_to_end(&mut content).unwrap();
    content
}

fn unpack_text(name: &str) -> String {
    String::from_utf8(unpack_file(name)).unwrap()
}
