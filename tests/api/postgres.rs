//! The way to PostgreSQL: connections that the server ends.

use std::io::Write as _;

use futures_util::future::join_all;
use tokio_postgres::{Client, NoTls};

use crate::{helpers::TestApp, projects::sample};

/// Says that a test was left out, past the capture of what tests print: `.ci/run` looks for it.
fn skipped(why: &str) {
    std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes()).unwrap();
}

/// A connection of the test's own, which looks at what the service's do.
struct Observer(Client);

impl Observer {
    async fn of(url: &str) -> Self {
        let url = format!("{url}?application_name=observer");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        actix_web::rt::spawn(connection);
        Self(client)
    }
    /// Asks for a number about the connections of this database other than the own one.
    async fn count(&self, what: &str) -> i64 {
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
        while self.count(&left).await > 0 {}
        pids.len()
    }
}

#[actix_web::test]
async fn the_service_goes_on_after_its_connections_are_ended() {
    let app = TestApp::spawn().await;
    let Some(url) = app.postgres_url() else {
        return skipped("SQLite has no connections to end");
    };
    let observer = Observer::of(&url).await;
    let officer = app.officer("da-nang").await;
    for round in 1..=3 {
        // Every thread has a connection, and has used it just now.
        let all = join_all((0..40).map(|_| officer.get("projects"))).await;
        assert!(all.iter().all(|answer| answer.status == 200));
        assert!(observer.end_connections().await > 2);
        let mut statuses = Vec::new();
        for n in 0..6 {
            let project = sample("da-nang", &format!("Smart water {round} {n}"));
            statuses.push(officer.post("projects", &project).await.status);
            statuses.push(officer.get("projects").await.status);
        }
        assert_eq!(statuses, [201, 200].repeat(6));
    }
    let all = officer.get("projects?limit=100").await.expect(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 18);
}

#[actix_web::test]
async fn a_request_whose_connection_is_ended_is_told_to_try_again() {
    let app = TestApp::spawn().await;
    let Some(url) = app.postgres_url() else {
        return skipped("SQLite has no connections to end");
    };
    let (observer, mut holder) = (Observer::of(&url).await, Observer::of(&url).await);
    let officer = app.officer("da-nang").await;
    let project = sample("da-nang", "Smart water");
    // Whoever writes waits for the head of the journal.
    let held = holder.0.transaction().await.unwrap();
    held.execute("select 1 from journal_head for update", &[]).await.unwrap();
    let hit = async {
        while observer.count("count(*) filter (where wait_event_type = 'Lock')").await == 0 {}
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
