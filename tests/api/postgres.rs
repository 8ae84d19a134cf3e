//! The way to PostgreSQL: connections that the server ends, and TLS. `.ci/postgres` makes a server that has both.

use std::io::Write as _;

use futures_util::future::join_all;
use tokio_postgres::{Client, NoTls};

use crate::{helpers::TestApp, projects::project_body};

/// Says that a test was left out, past the capture of what tests print: `.ci/run` looks for it.
fn report_skipped_test(why: &str) {
    std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes()).unwrap();
}

/// A connection of the test's own, which looks at what the service's do.
struct Observer(Client);

impl Observer {
    async fn connect_observer(url: &str) -> Self {
        let url = format!("{url}?application_name=observer");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        actix_web::rt::spawn(connection);
        Self(client)
    }
    /// Asks for a number about the connections of this database other than the own one.
    async fn count_connections(&self, what: &str) -> i64 {
        let query = format!(
            "select {what} from pg_stat_activity left join pg_stat_ssl using (pid) \
             where datname = current_database() and application_name <> 'observer'"
        );
        self.0.query_one(&query, &[]).await.unwrap().get(0)
    }
    /// Ends every connection of the service, and waits until their processes are gone.
    async fn end_connections(&self) -> usize {
        let query = "select pid, pg_terminate_backend(pid) from pg_stat_activity \
                     where datname = current_database() and application_name <> 'observer'";
        let rows = self.0.query(query, &[]).await.unwrap();
        let pids: Vec<String> = rows.iter().map(|r| r.get::<_, i32>(0).to_string()).collect();
        let left = format!("count(*) filter (where pid in (0, {}))", pids.join(","));
        while self.count_connections(&left).await > 0 {}
        pids.len()
    }
}

#[actix_web::test]
async fn service_reconnects_after_postgres_ends_its_connections() {
    let app = TestApp::spawn().await;
    let Some(url) = app.postgres_url() else {
        return report_skipped_test("SQLite has no connections to end");
    };
    let observer = Observer::connect_observer(&url).await;
    let officer = app.officer("da-nang").await;
    for round in 1..=3 {
        // Every thread has a connection, and has used it just now.
        let all = join_all((0..40).map(|_| officer.get("projects"))).await;
        assert!(all.iter().all(|answer| answer.status == 200));
        assert!(observer.end_connections().await > 2);
        let mut statuses = Vec::new();
        for n in 0..6 {
            let project = project_body("da-nang", &format!("Smart water {round} {n}"));
            statuses.push(officer.post("projects", &project).await.status);
            statuses.push(officer.get("projects").await.status);
        }
        assert_eq!(statuses, [201, 200].repeat(6));
    }
    let all = officer.get("projects?limit=100").await.expect(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 18);
}

#[actix_web::test]
async fn request_whose_connection_is_ended_is_503_with_retry_after() {
    let app = TestApp::spawn().await;
    let Some(url) = app.postgres_url() else {
        return report_skipped_test("SQLite has no connections to end");
    };
    let (observer, mut holder) =
        (Observer::connect_observer(&url).await, Observer::connect_observer(&url).await);
    let officer = app.officer("da-nang").await;
    let project = project_body("da-nang", "Smart water");
    // Whoever writes waits for the head of the journal.
    let held = holder.0.transaction().await.unwrap();
    held.execute("select 1 from journal_head for update", &[]).await.unwrap();
    let hit = async {
        while observer.count_connections("count(*) filter (where wait_event_type = 'Lock')").await
            == 0
        {}
        observer.end_connections().await;
    };
    let (answer, ()) = tokio::join!(officer.post("projects", &project), hit);
    let answer = answer.expect(503);
    assert_eq!(answer.json()["code"], "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    officer.get("projects").await.expect(200);
    held.rollback().await.unwrap();
    officer.post("projects", &project).await.expect(201);
    assert_eq!(officer.get("projects").await.json()["items"].as_array().unwrap().len(), 1);
}

/// An authority whose key was thrown away.
const STRANGER: &str = "-----BEGIN CERTIFICATE-----
MIIBkjCCATmgAwIBAgIUHmUMBLTZEi2/mTFWKedRH2SUVrQwCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTYXV0aG9yaXR5IG9mIG5vYm9keTAgFw0yNjExMjIwNDEyNDJa
GA8yMTI2MTAyOTA0MTI0MlowHjEcMBoGA1UEAwwTYXV0aG9yaXR5IG9mIG5vYm9k
eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCKX0xq5ygCzt1kQhzxbYJENE2Wg
FGeKsVBOBFeUde7EMkIdv8swwNN+G9GszwuFHOmA9T4XzAnzx7CqaMTGDrKjUzBR
MB0GA1UdDgQWBBQ31e6Rwy7jecJPWwBdpbxU7QGGoTAfBgNVHSMEGDAWgBQ31e6R
wy7jecJPWwBdpbxU7QGGoTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cA
MEQCIASSld24vTfuleDht5Opo3VtSdMSlY1SqBOleQx9AF5OAiAZVY2GIrL+3e0p
J1nksF6h2eNdQEs2is14m0CTuPLpHA==
-----END CERTIFICATE-----
";

/// A service on a server with TLS: the URL of its database, and the file of the authority that vouches for the server.
async fn spawn_with_tls() -> Option<(TestApp, String, String)> {
    let app = TestApp::spawn().await;
    match (app.postgres_url(), std::env::var("TEST_DATABASE_CA")) {
        (Some(url), Ok(ca)) => Some((app, url, ca)),
        (None, _) => {
            report_skipped_test("SQLite is not reached by TLS");
            None
        }
        (Some(_), Err(_)) => {
            report_skipped_test("TEST_DATABASE_CA does not say who vouches for the server");
            None
        }
    }
}

#[actix_web::test]
async fn sslmode_decides_whether_connections_use_tls() {
    let Some((_app, url, ca)) = spawn_with_tls().await else { return };
    let observer = Observer::connect_observer(&url).await;
    let cases = [
        (format!("sslmode=verify-full&sslrootcert={ca}"), true),
        (format!("sslmode=verify-ca&sslrootcert={ca}"), true),
        (format!("sslmode=require&sslrootcert={ca}"), true),
        (format!("sslrootcert={ca}"), true),
        ("sslmode=disable".to_owned(), false),
    ];
    for (n, (options, encrypted)) in cases.into_iter().enumerate() {
        let name = format!("instance{n}");
        let instance =
            TestApp::try_spawn_on_database(&format!("{url}?{options}&application_name={name}"))
                .await
                .unwrap();
        instance.anonymous().get("/health/ready").await.expect(200);
        let ours = format!("count(*) filter (where application_name = '{name}')");
        let of_those = format!("{ours} - {}", ours.replace("where", "where ssl and"));
        assert!(observer.count_connections(&ours).await > 0, "{options}");
        assert_eq!(observer.count_connections(&of_those).await == 0, encrypted, "{options}");
    }
}

#[actix_web::test]
async fn untrusted_postgres_certificate_is_refused() {
    let Some((_app, url, ca)) = spawn_with_tls().await else { return };
    let dir = tempfile::TempDir::new().unwrap();
    let stranger = dir.path().join("stranger.crt");
    std::fs::write(&stranger, STRANGER).unwrap();
    let stranger = stranger.to_str().unwrap();
    // The server's certificate names its address alone.
    let elsewhere = url.replace("127.0.0.1", "localhost");
    for (url, options, said) in [
        (&url, format!("sslmode=verify-full&sslrootcert={stranger}"), "UnknownIssuer"),
        (&url, format!("sslmode=require&sslrootcert={stranger}"), "UnknownIssuer"),
        (&url, "sslmode=require".to_owned(), "UnknownIssuer"),
        (&elsewhere, format!("sslmode=verify-full&sslrootcert={ca}"), "not valid for name"),
        (&elsewhere, format!("sslmode=require&sslrootcert={ca}"), "not valid for name"),
        (&url, format!("sslrootcert={}", dir.path().join("none").display()), "sslrootcert"),
    ] {
        let error = TestApp::try_spawn_on_database(&format!("{url}?{options}")).await.err();
        let error = format!("{:#}", error.unwrap_or_else(|| panic!("{options} was let in")));
        assert!(error.contains(said), "{options}: {error}");
    }
}

// Seen at each clean stop on PostgreSQL: a connection was opened inside the runtime of the service, and that panicked.
#[actix_web::test]
async fn file_is_checkpointed_inside_a_runtime_on_both_databases() {
    let app = TestApp::spawn().await;
    app.state.db.checkpoint_file().unwrap();
}
