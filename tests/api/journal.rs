//! The journal: who reads what of it, that nothing can be written past it, and that whatever is done to it behind the
//! service's back shows.

use std::fs;

use ascn_tracker::{
    domain::journal::{self, Link, canonical, record_hash},
    store::{Change, Conn, StoreError, journal as rows, users},
};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use crate::{
    helpers::{Answered, TestApp},
    second,
};

/// Does something to the database that no part of the service would do.
async fn tamper(app: &TestApp, statement: &str) {
    let statement = statement.to_owned();
    app.state
        .db
        .keep(move |c| -> Result<(), StoreError> {
            match c {
                Conn::Pg(c) => c.batch_execute(&statement)?,
                Conn::Sqlite(c) => c.batch_execute(&statement)?,
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn verify(app: &TestApp, query: &str) -> Value {
    app.secretariat().await.get(&format!("journal/verify{query}")).await.expect(200).json()
}

async fn head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()
}

/// What a verification found, in short.
fn faults(found: &Value) -> Vec<(i64, String, String)> {
    let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    found["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["seq"].as_i64().unwrap(), word(&f["key"]), word(&f["flaw"])))
        .collect()
}

/// The number of the last row about a record.
async fn last(app: &TestApp, entity: &'static str, key: &'static str) -> i64 {
    app.state
        .db
        .read(move |c| rows::last_of(c, entity, key))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"))
        .unwrap()
        .seq
}

fn fault(seq: i64, key: &str, flaw: &str) -> (i64, String, String) {
    (seq, key.to_owned(), flaw.to_owned())
}

// The form of the journal ---------------------------------------------------------------------------------------------

fn vectors() -> Vec<Value> {
    let file: Value =
        serde_json::from_str(&fs::read_to_string("tests/vectors/journal.json").unwrap()).unwrap();
    file["rows"].as_array().unwrap().clone()
}

fn uuid(value: &Value) -> Option<uuid::Uuid> {
    value.as_str().map(|text| text.parse().unwrap())
}

#[test]
fn the_service_confirms_the_test_vectors() {
    let vectors = vectors();
    assert!(vectors.len() >= 6);
    let mut previous = journal::GENESIS;
    for v in vectors {
        let (row, name) = (&v["row"], &v["name"]);
        let record = match &v["record"] {
            Value::Null => None,
            record => Some(canonical(record).unwrap()),
        };
        assert_eq!(record.as_deref(), v["canonical_record"].as_str(), "{name}");
        let record_sha256 = record_hash(v["reason"].as_str(), record.as_deref()).unwrap();
        assert_eq!(journal::hex(&record_sha256), v["record_sha256"], "{name}");
        assert_eq!(journal::hex(&previous), v["previous_hash"], "{name}");
        let link = Link {
            seq: row["seq"].as_i64().unwrap(),
            at: row["at"].as_str().unwrap().parse().unwrap(),
            actor: uuid(&row["actor"]),
            acting_for: uuid(&row["acting_for"]),
            entity: row["entity"].as_str().unwrap(),
            key: row["key"].as_str().unwrap(),
            version: row["version"].as_i64().unwrap(),
            action: row["action"].as_str().unwrap(),
            record_sha256,
            feed: row["feed"].as_i64(),
        };
        previous = link.hash(&previous).unwrap();
        assert_eq!(journal::hex(&previous), v["hash"], "{name}");
    }
}

#[test]
fn a_second_implementation_confirms_the_test_vectors() {
    let mut previous = vec![0; 32];
    for v in vectors() {
        let name = &v["name"];
        if !v["record"].is_null() {
            assert_eq!(second::canonical(&v["record"]), v["canonical_record"], "{name}");
        }
        let covered = second::covered(&v["reason"], &v["record"]);
        assert_eq!(covered, v["covered"], "{name}");
        let record_sha256 = second::hex(&second::sha256(covered.as_bytes()));
        assert_eq!(record_sha256, v["record_sha256"], "{name}");
        let mut row = v["row"].clone();
        row["record_sha256"] = json!(record_sha256);
        assert_eq!(second::canonical(&row), v["canonical_row"], "{name}");
        previous = second::row_hash(&previous, &row).to_vec();
        assert_eq!(second::hex(&previous), v["hash"], "{name}");
    }
}

#[actix_web::test]
async fn a_second_implementation_confirms_the_journal_of_a_demo() {
    let app = TestApp::demo().await;
    app.secretariat().await;
    let kept = app
        .state
        .db
        .read(|c| rows::after(c, 0, 100_000))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    assert!(kept.len() > 1_000, "{}", kept.len());
    let mut previous = vec![0; 32];
    for r in &kept {
        let record: Value =
            r.record.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
        if let Some(text) = &r.record {
            assert_eq!(*text, second::canonical(&record), "{} {}", r.entity, r.key);
        }
        let covered = second::covered(&json!(r.reason), &record);
        assert_eq!(r.record_sha256, second::sha256(covered.as_bytes()), "{} {}", r.entity, r.key);
        let row = json!({
            "seq": r.seq,
            "at": r.at.0.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            "actor": r.actor.map(|id| id.0.to_string()),
            "acting_for": r.acting_for.map(|id| id.0.to_string()),
            "entity": r.entity,
            "key": r.key,
            "version": r.version,
            "action": r.action,
            "record_sha256": second::hex(&r.record_sha256),
            "feed": r.feed,
        });
        assert_eq!(r.previous_hash, previous);
        previous = second::row_hash(&previous, &row).to_vec();
        assert_eq!(r.hash, previous, "{} {}", r.entity, r.key);
    }
    assert_eq!(head(&app).await["hash"], second::hex(&previous));
}

#[actix_web::test]
async fn no_name_no_address_and_no_secret_is_in_the_journal() {
    let app = TestApp::demo().await;
    app.user("Nguyen Thi Example", &[]).await;
    let kept = app
        .state
        .db
        .read(|c| rows::after(c, 0, 100_000))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    let text: String = kept
        .iter()
        .flat_map(|r| [Some(r.key.as_str()), r.reason.as_deref(), r.record.as_deref()])
        .flatten()
        .collect();
    for forbidden in ["Nguyen Thi Example", "@test.example", "@demo.example", "argon2", "password"]
    {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
}

// Nothing past it -----------------------------------------------------------------------------------------------------

#[actix_web::test]
async fn a_write_that_changes_nothing_may_journal_nothing() {
    let app = TestApp::spawn().await;
    let (id, _) = app.user("somebody", &[]).await;
    let before = head(&app).await;
    // Directly after writes on the same connection: what those changed is not held against this one.
    for _ in 0..3 {
        app.state
            .db
            .write(move |tx| users::find(tx.conn(), ascn_tracker::domain::id::Id::new(id)))
            .await
            .unwrap();
    }
    assert_eq!(head(&app).await, before);
}

// Who reads it --------------------------------------------------------------------------------------------------------

async fn entries(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.secretariat().await.get(&format!("journal{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn the_secretariat_reads_contents_and_an_administrator_who_when_and_which() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let path = "journal?entity=grant&limit=1";
    let full = app.secretariat().await.get(path).await.expect(200).json();
    assert_eq!(full["items"][0]["record"]["role"], "secretariat");
    assert_eq!(full["items"][0]["record_sha256"].as_str().unwrap().len(), 64);
    let bare = app.administrator().await.get(path).await.expect(200).json();
    let entry = &bare["items"][0];
    for hidden in ["reason", "record", "record_sha256"] {
        assert!(entry[hidden].is_null(), "{hidden}: {entry}");
    }
    for shown in ["seq", "at", "entity", "key", "version", "action", "hash", "previous_hash"] {
        assert!(!entry[shown].is_null(), "{shown}: {entry}");
    }
    for caller in [app.officer("da-nang").await, app.representative("VN").await, app.reader().await]
    {
        for path in ["journal", "journal/head", "journal/verify"] {
            caller.get(path).await.expect(403);
        }
    }
}

#[actix_web::test]
async fn the_journal_is_read_newest_first_page_by_page() {
    let app = TestApp::spawn().await;
    let head = head(&app).await["seq"].as_i64().unwrap();
    let mut seen = Vec::new();
    let mut path = "journal?limit=20".to_owned();
    loop {
        let page = app.secretariat().await.get(&path).await.expect(200).json();
        assert_eq!(page["total"], head);
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| e["seq"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(cursor) => path = format!("journal?limit=20&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, (1..=head).rev().collect::<Vec<i64>>());
}

#[actix_web::test]
async fn the_journal_is_filtered_by_what_who_and_when() {
    let app = TestApp::spawn().await;
    let all = entries(&app, "?entity=country&limit=1000").await;
    assert!(!all.is_empty() && all.iter().all(|e| e["entity"] == "country"));
    let both = entries(&app, "?entity=country&entity=city&key=VN&key=da-nang").await;
    assert_eq!(both.len(), 2);
    let (id, token) = app
        .user(
            "admin two",
            &[(
                ascn_tracker::domain::user::Role::Administrator,
                ascn_tracker::domain::user::Scope::Network,
            )],
        )
        .await;
    let invited = json!({ "email": "new@test.example", "name": "New", "grants": [] });
    app.clock.advance(chrono::TimeDelta::minutes(10));
    app.bearer(&token).post("users", &invited).await.expect(201);
    let by = entries(&app, &format!("?actor={id}")).await;
    assert_eq!(by.len(), 1);
    assert_eq!(by[0]["actor"], json!({ "id": id, "name": "admin two" }));
    assert_eq!(entries(&app, "?at_gte=2026-11-20T03:05:00Z").await.len(), 1);
    assert_eq!(entries(&app, "?at_lte=2026-11-20T02:00:00Z").await.len(), 0);
}

#[actix_web::test]
async fn a_filter_that_cannot_be_read_is_named() {
    let app = TestApp::spawn().await;
    for (query, parameter) in [
        ("journal?entity=citty", "entity"),
        ("journal?actor=me", "actor"),
        ("journal?at_gte=2026-11-20", "at_gte"),
        ("journal?at_lte=soon", "at_lte"),
        ("journal?limit=0", "limit"),
        ("journal?cursor=nonsense", "cursor"),
        ("journal?reason=x", "reason"),
        ("journal/verify?seq=1", "hash"),
        ("journal/verify?hash=00", "seq"),
        ("journal/verify?seq=1&hash=00", "hash"),
        ("journal/verify?seq=-1&hash=00", "seq"),
        ("journal/head?seq=1", "seq"),
    ] {
        let refused: Answered = app.secretariat().await.get(query).await.expect(400);
        assert_eq!(refused.json()["errors"][0]["parameter"], parameter, "{query}");
    }
}

// What shows ----------------------------------------------------------------------------------------------------------

#[actix_web::test]
async fn an_untouched_journal_is_valid_and_a_kept_head_stays_part_of_it() {
    let app = TestApp::demo().await;
    app.secretariat().await;
    let kept = head(&app).await;
    app.officer("jakarta").await;
    let query = format!("?seq={}&hash={}", kept["seq"], kept["hash"].as_str().unwrap());
    let found = verify(&app, &query).await;
    let now = head(&app).await;
    assert_eq!(found["faults"], json!([]));
    assert_eq!((&found["valid"], &found["kept"]), (&json!(true), &json!(true)));
    assert_eq!((&found["head"], &found["seq"]), (&now["hash"], &now["seq"]));
    assert!(found["first_broken"].is_null());
    assert!(found["records"].as_i64().unwrap() > 900, "{found}");
    let zeros = "0".repeat(64);
    assert_eq!(verify(&app, &format!("?seq=0&hash={zeros}")).await["kept"], true);
    let other = verify(&app, &format!("?seq={}&hash={zeros}", kept["seq"])).await;
    assert_eq!((&other["valid"], &other["kept"]), (&json!(false), &json!(false)));
    assert_eq!(other["first_broken"], kept["seq"]);
}

#[actix_web::test]
async fn an_edited_table_shows() {
    let app = TestApp::demo().await;
    app.secretariat().await;
    tamper(&app, "update countries set alpha3 = 'XXX' where code = 'VN'").await;
    // A column that the record repeats elsewhere, and a row of a side table: figures count by them.
    tamper(
        &app,
        "update approved_reports set status = 'cancelled' where city = 'da-nang' and number = 1 and cycle = 'me-2025'",
    )
    .await;
    tamper(
        &app,
        "insert into report_facets (report_id, kind, value) \
         select id, 'tag', 'made-up' from approved_reports where city = 'jakarta' and number = 2 and cycle = 'me-2022'",
    )
    .await;
    tamper(&app, "update projects set title_key = 'x' where city = 'da-nang' and number = 2").await;
    let found = verify(&app, "").await;
    let mut expected = vec![
        fault(last(&app, "country", "VN").await, "VN", "differs"),
        fault(
            last(&app, "approved_report", "da-nang-1/me-2025").await,
            "da-nang-1/me-2025",
            "differs",
        ),
        fault(
            last(&app, "approved_report", "jakarta-2/me-2022").await,
            "jakarta-2/me-2022",
            "differs",
        ),
        fault(last(&app, "project", "da-nang-2").await, "da-nang-2", "differs"),
    ];
    expected.sort();
    assert_eq!(faults(&found), expected);
    assert_eq!((&found["valid"], &found["first_broken"]), (&json!(false), &json!(expected[0].0)));
}

#[actix_web::test]
async fn a_record_that_came_or_went_without_the_journal_shows() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let gone = last(&app, "plan_cycle", "2026-2035").await;
    tamper(&app, "delete from plan_cycles where slug = '2026-2035'").await;
    tamper(
        &app,
        "insert into plan_cycles (slug, starts_year, ends_year, framework, version) \
         values ('1990-1999', 1990, 1999, 'ascf-2018', 1)",
    )
    .await;
    let next = head(&app).await["seq"].as_i64().unwrap() + 1;
    let found = verify(&app, "").await;
    assert_eq!(
        faults(&found),
        [fault(gone, "2026-2035", "missing"), fault(next, "1990-1999", "unjournaled")]
    );
}

#[actix_web::test]
async fn a_tail_that_was_cut_shows() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let kept = head(&app).await;
    let seq = kept["seq"].as_i64().unwrap();
    tamper(&app, &format!("delete from journal where seq = {seq}")).await;
    let found = verify(&app, "").await;
    let flaws: Vec<String> = faults(&found).into_iter().map(|(_, _, flaw)| flaw).collect();
    assert_eq!(flaws, ["head", "unjournaled"]);
    assert_eq!(found["first_broken"], seq);
    // Whoever also moves the head back still leaves the record of which the journal says nothing any more.
    tamper(
        &app,
        "update journal_head set seq = (select max(seq) from journal), \
         feed = (select coalesce(max(feed), 0) from journal), \
         at = (select at from journal order by seq desc limit 1), \
         hash = (select hash from journal order by seq desc limit 1)",
    )
    .await;
    let query = format!("?seq={seq}&hash={}", kept["hash"].as_str().unwrap());
    let found = verify(&app, &query).await;
    let flaws: Vec<String> = faults(&found).into_iter().map(|(_, _, flaw)| flaw).collect();
    assert_eq!(flaws, ["kept", "unjournaled"]);
    assert_eq!(found["first_broken"], seq);
}

#[actix_web::test]
async fn an_edited_row_of_the_journal_shows() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let (key, record, reason) = (
        last(&app, "country", "TH").await,
        last(&app, "country", "VN").await,
        last(&app, "city", "da-nang").await,
    );
    tamper(&app, &format!("update journal set action = 'other' where seq = {key}")).await;
    tamper(&app, &format!("update journal set record = '{{}}' where seq = {record}")).await;
    tamper(&app, &format!("update journal set reason = 'because' where seq = {reason}")).await;
    let found = verify(&app, "").await;
    let mut expected = vec![
        fault(key, "TH", "hash"),
        fault(record, "VN", "content"),
        fault(reason, "da-nang", "content"),
        // Its last row no longer covers what stands in the table.
        fault(reason, "da-nang", "differs"),
    ];
    expected.sort();
    let mut got = faults(&found);
    got.sort();
    assert_eq!(got, expected);
}

#[actix_web::test]
async fn one_record_can_be_redacted_and_the_chain_still_holds() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let seq = last(&app, "country", "VN").await;
    tamper(&app, &format!("update journal set record = null, reason = null where seq = {seq}"))
        .await;
    let found = verify(&app, "").await;
    assert_eq!((&found["valid"], &found["redacted"]), (&json!(true), &json!([seq])), "{found}");
    assert_eq!(found["redacted_total"], 1);
    let entry = &entries(&app, "?entity=country&key=VN").await[0];
    assert!(entry["record"].is_null());
}

#[actix_web::test]
async fn a_deleted_record_may_be_gone() {
    let app = TestApp::spawn().await;
    let (id, _) = app.user("somebody", &[]).await;
    let user = ascn_tracker::domain::id::Id::new(id);
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            // A grant that is taken back is a row that goes.
            let grant = crate::helpers::grant(
                user,
                ascn_tracker::domain::user::Role::Reader,
                ascn_tracker::domain::user::Scope::Network,
                tx.at(),
            );
            tx.save(&grant, Change::plain("grant"))?;
            tx.remove(&grant, Change::plain("revoke"))
        })
        .await
        .unwrap();
    assert_eq!(verify(&app, "").await["faults"], json!([]));
}
