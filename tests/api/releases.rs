//! Releases: what is published stays as it was, is numbered, can be checked by anybody, and is corrected by the next one.

use std::collections::BTreeMap;

use ascn_tracker::store::{Conn, StoreResult};
use diesel::RunQueryDsl as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    helpers::{TestApp, pointers},
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, complete_report_body, file_and_approve, report_path, spawn_with_open_cycle,
    },
};

/// A cycle with two approved reports of Da Nang, closed.
pub async fn spawn_with_closed_cycle() -> TestApp {
    let app = spawn_with_open_cycle().await;
    crate::report_fixtures::insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    file_and_approve(&app, "da-nang-2").await;
    close_cycle(&app, CYCLE).await;
    app
}

/// Publishes the cycle of these tests.
pub async fn publish_release(app: &TestApp, note: Option<&str>) -> Value {
    let body = json!({ "cycle": CYCLE, "note": note });
    app.secretariat().await.post("releases", &body).await.expect(201).json()
}

/// Takes an approved report up again, changes it and has it approved.
pub async fn amend_report(app: &TestApp, project: &str, why: &str, body: &Value) {
    let secretariat = app.secretariat().await;
    secretariat.take_transition_with_comment(project, "reopen", why).await.expect(200);
    let more = json!({ "due_on": "2027-06-30", "reason": "To correct it." });
    let path = format!("cycles/{CYCLE}/extensions/da-nang");
    let before = secretariat.get(&path).await;
    let tag = (before.status == 200).then(|| before.etag());
    let granted = secretariat.put(&path, &more, tag.as_deref()).await;
    assert!([200, 201].contains(&granted.status), "{}", granted.text);
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path(project)).await.expect(200).etag();
    officer.put(&report_path(project), body, Some(&etag)).await.expect(200);
    officer.take_transition(project, "submit").await.expect(200);
    app.representative("VN").await.take_transition(project, "approve").await.expect(200);
}

#[actix_web::test]
async fn demo_has_four_valid_imported_releases() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let list = reader.get("releases").await.expect(200).json();
    let counted: BTreeMap<&str, i64> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["release"].as_str().unwrap(), r["counts"]["reports"].as_i64().unwrap()))
        .collect();
    assert_eq!(
        counted,
        [("me-2022-r1", 77), ("me-2023-r1", 86), ("me-2024-r1", 108), ("me-2025-r1", 134)].into()
    );
    for key in counted.keys() {
        let found = reader.get(&format!("releases/{key}/verify")).await.expect(200).json();
        assert_eq!(found["valid"], true, "{found}");
        assert_eq!(found["checked"]["reports"], counted[key]);
    }
    let latest = reader.get("releases/latest").await.expect(200).json();
    assert_eq!(latest["release"], "me-2025-r1");
    assert!(latest["published_by"].is_null() && latest["errata"] == json!([]), "{latest}");
    // A second start publishes nothing anew.
    let again = app.spawn_second_instance().await;
    let kept = again.state.db.read(ascn_tracker::store::releases::list).await.unwrap();
    assert_eq!(kept.len(), 4);
}

#[actix_web::test]
async fn release_stays_unchanged_and_the_next_one_lists_errata() {
    let app = spawn_with_closed_cycle().await;
    let first = publish_release(&app, Some("The first one.")).await;
    assert_eq!(
        (first["release"].as_str(), first["number"].as_i64()),
        (Some("me-2026-r1"), Some(1))
    );
    assert_eq!(first["counts"]["statuses"], json!({ "ongoing": 2 }));
    let reader = app.reader().await;
    let before = reader.get("releases/me-2026-r1/reports").await.expect(200);
    assert_eq!(before.json()["total"], 2);
    let shown = reader.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(shown["released_in"], "me-2026-r1");

    let mut other = complete_report_body();
    other["percent_complete"] = json!(70);
    other["achievements"] = json!("The control centre is in operation day and night.");
    amend_report(&app, "da-nang-1", "The percentage was that of another project.", &other).await;
    // What is approved now is in no release yet; the release has not moved.
    assert!(
        reader.get(&report_path("da-nang-1")).await.expect(200).json()["released_in"].is_null()
    );
    let after = reader.get("releases/me-2026-r1/reports").await.expect(200);
    assert_eq!((after.etag(), after.text), (before.etag(), before.text.clone()));
    let found = reader.get("releases/me-2026-r1/verify").await.expect(200).json();
    assert_eq!(found["valid"], true, "{found}");

    let second = publish_release(&app, None).await;
    assert_eq!(second["release"], "me-2026-r2");
    let [erratum] = &second["errata"].as_array().unwrap()[..] else { panic!("{second}") };
    assert_eq!(erratum["project"], "da-nang-1");
    assert_eq!(erratum["change"], "changed");
    assert_eq!(erratum["reasons"], json!(["The percentage was that of another project."]));
    let fields: Vec<&str> = erratum["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["/percent_complete", "/achievements"]);
    assert_eq!(erratum["fields"][0]["from"], 62.5);
    assert_eq!(erratum["fields"][0]["to"], 70.0);
    // The mean over the focus area went from (62.5 + 62.5) / 2 to (70 + 62.5) / 2.
    let mean = second["figures_changed"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["measure"] == "percent_complete" && c["column"] == "ongoing")
        .unwrap();
    assert_eq!((mean["from"].as_f64(), mean["to"].as_f64()), (Some(62.5), Some(66.25)));
    assert_eq!(
        reader.get(&report_path("da-nang-1")).await.expect(200).json()["released_in"],
        "me-2026-r2"
    );
    assert_eq!(
        reader.get(&report_path("da-nang-2")).await.expect(200).json()["released_in"],
        "me-2026-r2"
    );
    assert_eq!(reader.get("releases/latest").await.expect(200).json()["release"], "me-2026-r2");
}

#[actix_web::test]
async fn release_published_by_is_hidden_from_strangers() {
    let app = spawn_with_closed_cycle().await;
    let published = publish_release(&app, None).await;
    assert!(published["published_by"]["name"].is_string(), "{published}");
    let path = "releases/me-2026-r1";
    assert!(app.secretariat().await.get(path).await.json()["published_by"]["id"].is_string());
    for stranger in [app.reader().await, app.officer("da-nang").await] {
        assert!(stranger.get(path).await.expect(200).json()["published_by"].is_null());
    }
}

#[actix_web::test]
async fn publishing_an_open_empty_or_unchanged_cycle_is_409() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let body = json!({ "cycle": CYCLE });
    let open = secretariat.post("releases", &body).await.expect(409);
    assert!(open.text.contains("close it first"), "{}", open.text);
    close_cycle(&app, CYCLE).await;
    let empty = secretariat.post("releases", &body).await.expect(409);
    assert!(empty.text.contains("no report is approved"), "{}", empty.text);
    let unknown = secretariat.post("releases", &json!({ "cycle": "me-1999" })).await.expect(422);
    assert_eq!(pointers(&unknown), ["/cycle"]);
    let faults = secretariat.post("releases", &json!({ "note": "\u{0}" })).await.expect(422);
    assert_eq!(pointers(&faults), ["/cycle", "/note"]);
    secretariat.post("releases", &json!({ "cycle": CYCLE, "number": 7 })).await.expect(400);

    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let again = app.secretariat().await.post("releases", &body).await.expect(409);
    assert!(again.text.contains("me-2026-r1"), "{}", again.text);
    assert_eq!(app.reader().await.get("releases").await.expect(200).json()["total"], 1);
}

const EXTENSION: &str = "cycles/me-2026/extensions/da-nang";

#[actix_web::test]
async fn deciding_a_report_that_was_not_in_the_release_is_409() {
    let app = spawn_with_open_cycle().await;
    crate::report_fixtures::insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    let officer = app.officer("da-nang").await;
    officer.put(&report_path("da-nang-2"), &complete_report_body(), None).await.expect(201);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    close_cycle(&app, CYCLE).await;
    let representative = app.representative("VN").await;
    let allowed = |view: Value| view["allowed_actions"]["approve"]["allowed"] == true;
    assert!(allowed(representative.get(&report_path("da-nang-2")).await.expect(200).json()));
    publish_release(&app, None).await;
    assert!(!allowed(representative.get(&report_path("da-nang-2")).await.expect(200).json()));
    for act in ["approve", "return"] {
        let late = representative
            .take_transition_with_comment("da-nang-2", act, "Too late.")
            .await
            .expect(409);
        assert!(late.text.contains("released without it"), "{}", late.text);
    }
    // An extension is for amendments: a city is told at once that a report which was never approved comes too late.
    let granted = json!({ "due_on": "2027-06-30", "reason": "An amendment." });
    representative.put(EXTENSION, &granted, None).await.expect(201);
    crate::report_fixtures::insert_project(&app, "da-nang", 3).await;
    let late =
        officer.put(&report_path("da-nang-3"), &complete_report_body(), None).await.expect(409);
    assert!(late.text.contains("released without it"), "{}", late.text);
    officer.take_transition("da-nang-2", "withdraw").await.expect(200);
    let late = officer.take_transition("da-nang-2", "submit").await.expect(409);
    assert!(late.text.contains("released without it"), "{}", late.text);
    let tag = representative.get(EXTENSION).await.expect(200).etag();
    representative.delete(EXTENSION, Some(&tag)).await.expect(200);
    // An amendment goes on as ever, and a cycle that is opened again takes what came late.
    let mut other = complete_report_body();
    other["next_steps"] = json!("None.");
    amend_report(&app, "da-nang-1", "A word was missing.", &other).await;
    app.secretariat()
        .await
        .send("POST", &format!("cycles/{CYCLE}/open"), None, &[])
        .await
        .expect(200);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    representative.take_transition("da-nang-2", "approve").await.expect(200);
    close_cycle(&app, CYCLE).await;
    let second = publish_release(&app, None).await;
    let changes: Vec<(&str, &str)> = second["errata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["project"].as_str().unwrap(), e["change"].as_str().unwrap()))
        .collect();
    assert_eq!(changes, [("da-nang-1", "changed"), ("da-nang-2", "added")]);
}

#[actix_web::test]
async fn release_reports_are_paginated_and_filtered() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "releases/me-2022-r1/reports";
    let whole = reader.get(&format!("{path}?limit=1000")).await.expect(200).json();
    let mut paged = Vec::new();
    let mut page = reader.get(&format!("{path}?limit=30")).await.expect(200).json();
    loop {
        paged.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        page = reader.get(&format!("{path}?limit=30&cursor={next}")).await.expect(200).json();
    }
    assert_eq!(Value::Array(paged), whole["items"]);
    let area = reader
        .get(&format!("{path}?focus_area=quality-environment&country=VN"))
        .await
        .expect(200)
        .json();
    let expected = whole["items"].as_array().unwrap().iter().filter(|r| {
        r["header"]["focus_area"] == "quality-environment" && r["header"]["country"] == "VN"
    });
    assert_eq!(area["total"], expected.count());
    assert!(area["total"].as_i64().unwrap() > 0);
    for (query, status) in [
        ("city=atlantis", 400),
        ("status=done", 400),
        ("cursor=x", 400),
        ("sort=title", 400),
        ("limit=0", 400),
    ] {
        reader.get(&format!("{path}?{query}")).await.expect(status);
    }
    for path in [
        "releases/me-2022-r9",
        "releases/me-2022",
        "releases/LATEST",
        "releases/me-2022-r9/reports?limit=0",
    ] {
        reader.get(path).await.expect(404);
    }
}

#[actix_web::test]
async fn release_hash_can_be_recomputed_from_the_frozen_records() {
    let app = spawn_with_closed_cycle().await;
    let release = publish_release(&app, None).await;
    let (frame, records): (String, Vec<String>) = app
        .state
        .db
        .read(|c| -> ascn_tracker::store::StoreResult<_> {
            use ascn_tracker::{domain::value::Slug, store::releases::frozen};
            let key = Slug::parse("me-2026-r1")?;
            let rows =
                frozen::load_page(c, &key, &frozen::FrozenReportFilter::default(), None, 100)?;
            Ok((
                frozen::load_reference_text(c, &key)?,
                rows.into_iter().map(|r| r.record).collect(),
            ))
        })
        .await
        .unwrap();
    let parsed: Vec<Value> = records.iter().map(|r| serde_json::from_str(r).unwrap()).collect();
    let frame: Value = serde_json::from_str(&frame).unwrap();
    // A second implementation: the object as a whole, with its keys in order, written without spaces.
    let whole = json!({ "format": "ascn-release-1", "frame": frame, "release": "me-2026-r1", "reports": parsed });
    let text = serde_json_canonicalizer::to_string(&whole).unwrap();
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(release["sha256"], hex);
}

#[actix_web::test]
async fn verify_release_reports_tampering() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    for statement in [
        "update release_reports set status = 'completed'",
        "delete from release_reports",
        "update releases set note = 'Another one.'",
        "delete from releases",
        "insert into release_reports select release, city, number + 100, report_id, country, \
         focus_area, status, version, record from release_reports",
        "insert into release_grounds select release, '{}' from release_grounds",
    ] {
        assert!(tamper(&app, statement).await.is_err(), "{statement}");
    }
    for table in ["releases", "release_reports", "release_grounds"] {
        // No statement of SQLite.
        assert!(tamper(&app, &format!("truncate {table} cascade")).await.is_err(), "{table}");
    }
    let guard = match app.postgres_url() {
        Some(_) => "alter table release_reports disable trigger all",
        None => "drop trigger release_reports_stay",
    };
    tamper(&app, guard).await.unwrap();
    let edit =
        "update release_reports set record = replace(record, '62.5', '99.5') where number = 1";
    tamper(&app, edit).await.unwrap();
    assert_tampering_is_reported(&app).await;
}

/// Runs a statement past the service.
async fn tamper(app: &TestApp, statement: &str) -> StoreResult<()> {
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

async fn assert_tampering_is_reported(app: &TestApp) {
    let found = app.reader().await.get("releases/me-2026-r1/verify").await.expect(200).json();
    assert_eq!(found["valid"], false, "{found}");
    assert_eq!(found["checked"]["content"], false);
    assert_eq!(found["checked"]["journal"], false);
    assert_eq!(found["differing"], json!(["da-nang-1"]));
    let journal = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(journal["valid"], false, "{journal}");
}
