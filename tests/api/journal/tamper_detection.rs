//! Whatever is done to the journal or its records behind the service's back shows.

use ascn_tracker::store::{Change, Conn, StoreError, fixtures, journal as rows};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::{journal_head, list_entries, verify_journal};
use crate::helpers::TestApp;

/// Does something to the database that no part of the service would do.
async fn tamper(app: &TestApp, statement: &str) {
    let statement = statement.to_owned();
    app.state
        .db
        .write_unjournaled(move |c| -> Result<(), StoreError> {
            match c {
                Conn::Pg(c) => c.batch_execute(&statement)?,
                Conn::Sqlite(c) => c.batch_execute(&statement)?,
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// What a verification found, in short.
fn verification_faults(found: &Value) -> Vec<(i64, String, String)> {
    let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    found["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["seq"].as_i64().unwrap(), word(&f["key"]), word(&f["flaw"])))
        .collect()
}

/// The number of the last row about a record.
async fn last_seq_of(app: &TestApp, entity: &'static str, key: &'static str) -> i64 {
    app.state
        .db
        .read(move |c| rows::find_last(c, entity, key))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"))
        .unwrap()
        .seq
}

fn expected_fault(seq: i64, key: &str, flaw: &str) -> (i64, String, String) {
    (seq, key.to_owned(), flaw.to_owned())
}

// What shows ----------------------------------------------------------------------------------------------------------

#[actix_web::test]
async fn untouched_journal_is_valid_and_contains_an_earlier_head() {
    let app = TestApp::demo().await;
    app.secretariat().await;
    let kept = journal_head(&app).await;
    app.officer("jakarta").await;
    let query = format!("?seq={}&hash={}", kept["seq"], kept["hash"].as_str().unwrap());
    let found = verify_journal(&app, &query).await;
    let now = journal_head(&app).await;
    assert_eq!(found["faults"], json!([]));
    assert_eq!((&found["valid"], &found["kept"]), (&json!(true), &json!(true)));
    assert_eq!((&found["head"], &found["seq"]), (&now["hash"], &now["seq"]));
    assert!(found["first_broken"].is_null());
    assert!(found["records"].as_i64().unwrap() > 900, "{found}");
    let zeros = "0".repeat(64);
    assert_eq!(verify_journal(&app, &format!("?seq=0&hash={zeros}")).await["kept"], true);
    let other = verify_journal(&app, &format!("?seq={}&hash={zeros}", kept["seq"])).await;
    assert_eq!((&other["valid"], &other["kept"]), (&json!(false), &json!(false)));
    assert_eq!(other["first_broken"], kept["seq"]);
}

#[actix_web::test]
async fn verify_reports_an_edited_table() {
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
    let found = verify_journal(&app, "").await;
    let mut expected = vec![
        expected_fault(last_seq_of(&app, "country", "VN").await, "VN", "differs"),
        expected_fault(
            last_seq_of(&app, "approved_report", "da-nang-1/me-2025").await,
            "da-nang-1/me-2025",
            "differs",
        ),
        expected_fault(
            last_seq_of(&app, "approved_report", "jakarta-2/me-2022").await,
            "jakarta-2/me-2022",
            "differs",
        ),
        expected_fault(last_seq_of(&app, "project", "da-nang-2").await, "da-nang-2", "differs"),
    ];
    expected.sort();
    assert_eq!(verification_faults(&found), expected);
    assert_eq!((&found["valid"], &found["first_broken"]), (&json!(false), &json!(expected[0].0)));
}

#[actix_web::test]
async fn verify_reports_unjournaled_and_missing_records() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let gone = last_seq_of(&app, "plan_cycle", "2026-2035").await;
    tamper(&app, "delete from plan_cycles where slug = '2026-2035'").await;
    tamper(
        &app,
        "insert into plan_cycles (slug, starts_year, ends_year, framework, version) \
         values ('1990-1999', 1990, 1999, 'ascf-2018', 1)",
    )
    .await;
    let next = journal_head(&app).await["seq"].as_i64().unwrap() + 1;
    let found = verify_journal(&app, "").await;
    assert_eq!(
        verification_faults(&found),
        [
            expected_fault(gone, "2026-2035", "missing"),
            expected_fault(next, "1990-1999", "unjournaled")
        ]
    );
}

#[actix_web::test]
async fn verify_reports_a_truncated_journal() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let kept = journal_head(&app).await;
    let seq = kept["seq"].as_i64().unwrap();
    tamper(&app, &format!("delete from journal where seq = {seq}")).await;
    let found = verify_journal(&app, "").await;
    let flaws: Vec<String> =
        verification_faults(&found).into_iter().map(|(_, _, flaw)| flaw).collect();
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
    let found = verify_journal(&app, &query).await;
    let flaws: Vec<String> =
        verification_faults(&found).into_iter().map(|(_, _, flaw)| flaw).collect();
    assert_eq!(flaws, ["kept", "unjournaled"]);
    assert_eq!(found["first_broken"], seq);
}

#[actix_web::test]
async fn verify_reports_an_edited_journal_row() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let (key, record, reason) = (
        last_seq_of(&app, "country", "TH").await,
        last_seq_of(&app, "country", "VN").await,
        last_seq_of(&app, "city", "da-nang").await,
    );
    tamper(&app, &format!("update journal set action = 'other' where seq = {key}")).await;
    tamper(&app, &format!("update journal set record = '{{}}' where seq = {record}")).await;
    tamper(&app, &format!("update journal set reason = 'because' where seq = {reason}")).await;
    let found = verify_journal(&app, "").await;
    let mut expected = vec![
        expected_fault(key, "TH", "hash"),
        expected_fault(record, "VN", "content"),
        expected_fault(reason, "da-nang", "content"),
        // Its last row no longer covers what stands in the table.
        expected_fault(reason, "da-nang", "differs"),
    ];
    expected.sort();
    let mut got = verification_faults(&found);
    got.sort();
    assert_eq!(got, expected);
}

#[actix_web::test]
async fn redacted_record_keeps_the_journal_valid() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let seq = last_seq_of(&app, "country", "VN").await;
    tamper(&app, &format!("update journal set record = null, reason = null where seq = {seq}"))
        .await;
    let found = verify_journal(&app, "").await;
    assert_eq!((&found["valid"], &found["redacted"]), (&json!(true), &json!([seq])), "{found}");
    assert_eq!(found["redacted_total"], 1);
    let entry = &list_entries(&app, "?entity=country&key=VN").await[0];
    assert!(entry["record"].is_null());
}

#[actix_web::test]
async fn journaled_deletion_keeps_the_journal_valid() {
    let app = TestApp::spawn().await;
    let (id, _) = app.insert_user("somebody", &[]).await;
    let user = ascn_tracker::domain::id::Id::new(id);
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            // A grant that is taken back is a row that goes.
            let grant = crate::helpers::permanent_grant(
                user,
                ascn_tracker::domain::user::Role::Reader,
                ascn_tracker::domain::user::Scope::Network,
                tx.at(),
            );
            fixtures::save_record(tx, &grant, Change::without_reason("grant"))?;
            fixtures::remove_record(tx, &grant, Change::without_reason("revoke"))
        })
        .await
        .unwrap();
    assert_eq!(verify_journal(&app, "").await["faults"], json!([]));
}
