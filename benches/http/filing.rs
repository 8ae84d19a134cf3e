//! Filing: how fast durable writes are against a plain loop on the same file system.

use std::time::Instant;

use ascn_tracker::store::{Conn, DatabaseTarget};
use diesel::{
    Connection as _, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection as _,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Binary, Integer, Text},
    sqlite::Sqlite,
};
use serde_json::{Value, json};

use crate::{
    CONNECTIONS, ROUND, ROUNDS,
    client::{Client, get, token, with_body},
    median, say,
};

/// Files reports on 32 connections, each editing the draft of another project, against a plain loop that writes the same
/// rows with one transaction each. Each connection sends its next report when the last was answered. Every report has a
/// text of its own, because a report with the same content is not written again.
pub(crate) async fn file_reports(port: u16, dir: &std::path::Path) {
    let cities = ["da-nang", "ha-noi", "ho-chi-minh-city"];
    let mut drafts = Vec::new();
    for city in cities {
        let token = token(port, &format!("officer.{city}@demo.example")).await;
        let plan = get(&format!("/api/v1/projects?city={city}&limit=100"), &token);
        let list: Value =
            serde_json::from_slice(&Client::open(port).await.call(&plan).await.body).unwrap();
        for project in list["items"].as_array().unwrap() {
            drafts.push((project["code"].as_str().unwrap().to_owned(), token.clone()));
        }
    }
    // More connections than these cities have projects: the rest are made, as an officer would.
    let (_, first_token) = drafts[0].clone();
    while drafts.len() < CONNECTIONS {
        let new = json!({"city": "da-nang", "plan_cycle": "2018-2025", "title": "A project of the benchmark", "summary": "To be filed",
            "focus_area": "quality-environment", "starts_on": "2019-01-01", "ends_on": "2025-12-31"});
        let made = Client::open(port)
            .await
            .call(&with_body("POST", "/api/v1/projects", &first_token, None, &new))
            .await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        drafts.push((made["code"].as_str().unwrap().to_owned(), first_token.clone()));
    }
    drafts.truncate(CONNECTIONS);
    let body = json!({"status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": describe_achievements("none"),
        "challenges": "Land for two depots is not cleared yet. ".repeat(4), "next_steps": "Tender of the second lot. ".repeat(4)});

    let mut clients = Vec::new();
    for (code, token) in drafts {
        let path = format!("/api/v1/projects/{code}/reports/me-2026");
        let mut client = Client::open(port).await;
        let made = client.call(&with_body("PUT", &path, &token, None, &body)).await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        clients.push((client, path, token, made.etag.unwrap()));
    }
    let mut plain_loop = PlainLoop::on_a_copy(dir);
    let (mut ours, mut plain, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let loop_rate = plain_loop.rate();
        let until = Instant::now() + ROUND;
        let started = Instant::now();
        let counts = futures_util::future::join_all(clients.iter_mut().map(
            |(client, path, token, etag)| {
                let mut body = body.clone();
                async move {
                    let mut n = 0_u64;
                    while Instant::now() < until {
                        body["achievements"] = json!(describe_achievements(etag));
                        let filed =
                            client.call(&with_body("PUT", path, token, Some(etag), &body)).await;
                        assert_eq!(filed.status, 200, "{}", String::from_utf8_lossy(&filed.body));
                        *etag = filed.etag.unwrap();
                        n += 1;
                    }
                    n
                }
            },
        ))
        .await;
        let service = counts.iter().sum::<u64>() as f64 / started.elapsed().as_secs_f64();
        ours.push(service);
        plain.push(loop_rate);
        ratios.push(service / loop_rate);
    }
    say(&format!(
        "filing a report, durable: {:.0}/s, plain loop of one transaction per write {:.0}/s, ratio {:.2}",
        median(ours),
        median(plain),
        median(ratios)
    ));
}

/// Returns the text about the achievements. It names the tag of the report before, so that no two texts are equal, and all
/// of them have about the same length.
fn describe_achievements(tag: &str) -> String {
    let text = "The control centre was connected to 120 further crossings. ".repeat(4);
    format!("{text}After {tag}.")
}

/// A statement that is prepared once, as a loop would have it: `sql_query` alone is prepared for each write.
struct Prepared<Q>(Q);

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
    fn is_safe_to_cache_prepared(&self, _: &Sqlite) -> QueryResult<bool> {
        Ok(true)
    }
}
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<Q> RunQueryDsl<SqliteConnection> for Prepared<Q> {}

/// A report as the service wrote it, with the row of the journal about it.
#[derive(QueryableByName)]
struct Filed {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Text)]
    content: String,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    record: String,
}

/// The loop that the service is held against: one transaction for each write, with `synchronous=FULL`, on a copy of the
/// service's own file. What it writes is what is durable of a report that was filed: the report's row, its row in the
/// journal, and the journal's head, each as long as the service's and under the same indexes; a loop over narrower tables
/// would be another workload. It does nothing else: it asks for no right, checks no rule and no version, hashes nothing.
struct PlainLoop {
    c: SqliteConnection,
    filed: Vec<Filed>,
}

impl PlainLoop {
    /// Copies the service's file and remembers the reports that it writes again and again.
    fn on_a_copy(dir: &std::path::Path) -> Self {
        let open =
            |name: &str| SqliteConnection::establish(&dir.join(name).to_string_lossy()).unwrap();
        let copy = dir.join("plain.db");
        let copied = format!("vacuum into '{}'", copy.display());
        open("ascn.db").batch_execute(&copied).unwrap();
        // As the service opens its own.
        let Conn::Sqlite(mut c) = (DatabaseTarget::Sqlite { path: copy }).open(false).unwrap()
        else {
            unreachable!("the benchmark runs on SQLite")
        };
        let filed = diesel::sql_query(
            "select r.id, r.content, j.key, j.record from reports r join journal j on j.seq = (select max(seq) from journal \
             where entity = 'report' and key = r.city || '-' || r.number || '/' || r.cycle) \
             where r.cycle = 'me-2026' and r.state = 'draft' order by j.seq desc limit ?",
        )
        .bind::<Integer, _>(i32::try_from(CONNECTIONS).unwrap())
        .load(&mut c)
        .unwrap();
        Self { c, filed }
    }

    /// Returns how many writes it makes in a second.
    fn rate(&mut self) -> f64 {
        let until = Instant::now() + ROUND;
        let started = Instant::now();
        let mut n = 0_u64;
        while Instant::now() < until {
            for at in 0..self.filed.len() {
                self.write(at);
                n += 1;
            }
        }
        n as f64 / started.elapsed().as_secs_f64()
    }

    fn write(&mut self, at: usize) {
        let Self { c, filed } = self;
        let filed = &filed[at];
        let now = "cast(unixepoch('subsec') * 1000000 as integer)";
        c.batch_execute("begin immediate").unwrap();
        let report = format!(
            "update reports set content = ?, status = 'ongoing', percent = 6250, edited_at = {now}, version = version + 1 where id = ?"
        );
        Prepared(
            diesel::sql_query(report).bind::<Text, _>(&filed.content).bind::<Binary, _>(&filed.id),
        )
        .execute(c)
        .unwrap();
        let row = format!(
            "insert into journal (seq, at, actor, entity, key, version, action, record, record_sha256, previous_hash, hash) \
             select seq + 1, {now}, randomblob(16), 'report', ?, 2, 'edit', ?, randomblob(32), hash, randomblob(32) from journal_head"
        );
        Prepared(diesel::sql_query(row).bind::<Text, _>(&filed.key).bind::<Text, _>(&filed.record))
            .execute(c)
            .unwrap();
        let head = format!(
            "update journal_head set seq = seq + 1, at = {now}, hash = randomblob(32) where id = 1"
        );
        Prepared(diesel::sql_query(head)).execute(c).unwrap();
        c.batch_execute("commit").unwrap();
    }
}
