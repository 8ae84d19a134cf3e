//! Filing: how fast durable writes are against a plain loop on the same file system.

use std::time::Instant;

use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _};
use serde_json::{Value, json};

use crate::{
    CONNECTIONS, ROUND, ROUNDS,
    client::{Client, get, token, with_body},
    median, say,
};

/// Files reports on 32 connections, each editing the draft of another project, against a plain loop that writes the same
/// rows with one transaction each.
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
        "achievements": "The control centre was connected to 120 further crossings. ".repeat(4),
        "challenges": "Land for two depots is not cleared yet. ".repeat(4), "next_steps": "Tender of the second lot. ".repeat(4)});

    let mut clients = Vec::new();
    for (code, token) in drafts {
        let path = format!("/api/v1/projects/{code}/reports/me-2026");
        let mut client = Client::open(port).await;
        let made = client.call(&with_body("PUT", &path, &token, None, &body)).await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        clients.push((client, path, token, made.etag.unwrap()));
    }
    let (mut ours, mut plain, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let loop_rate = plain_loop(dir, &body.to_string());
        let until = Instant::now() + ROUND;
        let started = Instant::now();
        let counts = futures_util::future::join_all(clients.iter_mut().map(
            |(client, path, token, etag)| {
                let body = &body;
                async move {
                    let mut n = 0_u64;
                    while Instant::now() < until {
                        let filed =
                            client.call(&with_body("PUT", path, token, Some(etag), body)).await;
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

/// Writes per second of a loop that updates a report, adds a journal row and moves the head, each write a transaction of
/// its own with `synchronous=FULL`, on a file of its own beside the service's.
fn plain_loop(dir: &std::path::Path, content: &str) -> f64 {
    let path = dir.join("plain.db");
    let mut c = diesel::SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    c.batch_execute(
        "pragma journal_mode=wal; pragma synchronous=full;
         create table if not exists reports (id integer primary key, content text not null, version integer not null);
         create table if not exists journal (seq integer primary key, record text not null, hash blob not null unique);
         create table if not exists head (id integer primary key, seq integer not null);
         insert or ignore into reports values (1, '', 1); insert or ignore into head values (1, 0);",
    )
    .unwrap();
    let until = Instant::now() + ROUND;
    let started = Instant::now();
    let mut n = 0_u64;
    while Instant::now() < until {
        c.batch_execute("begin immediate").unwrap();
        for statement in [
            "update reports set content = ?, version = version + 1 where id = 1",
            "insert into journal (record, hash) values (?, randomblob(32))",
        ] {
            diesel::sql_query(statement)
                .bind::<diesel::sql_types::Text, _>(content)
                .execute(&mut c)
                .unwrap();
        }
        diesel::sql_query("update head set seq = seq + 1 where id = 1").execute(&mut c).unwrap();
        c.batch_execute("commit").unwrap();
        n += 1;
    }
    n as f64 / started.elapsed().as_secs_f64()
}
