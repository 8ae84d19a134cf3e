//! Whatever is done to the journal or its records behind the service's back shows.

use ascn_tracker::store::{Change, Conn, StoreError, journal as rows};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::{entries, head, verify};
use crate::helpers::TestApp;

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
