//! Saving a record with the content that it has already: nothing is written, whatever the record.

use ascn_tracker::domain::user::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    operation_fixture::{FixtureStage, OperationFixture},
    operations::{list_operations, openapi_document, resolve_reference},
    report_fixtures::{
        complete_report_body, da_nang_scope, file_and_approve, report_path, spawn_with_open_cycle,
        viet_nam_scope,
    },
};

/// Returns the body that writes a record as it is: the members of the answer that the request takes.
fn build_same_body(document: &Value, operation: &Value, record: &Value) -> Value {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let members = resolve_reference(document, schema)["properties"].as_object().unwrap();
    let same = members.keys().filter_map(|name| Some((name.clone(), record.get(name)?.clone())));
    let mut body = Value::Object(same.collect());
    // These two are shown by other members.
    if members.contains_key("resolved") {
        body["resolved"] = json!(!record["resolved_at"].is_null());
    }
    if members.contains_key("disabled") {
        body["disabled"] = json!(record["state"] == "disabled");
    }
    body
}

async fn read_journal_head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()
}

#[actix_web::test]
async fn put_or_patch_with_the_same_content_writes_nothing_for_every_record() {
    let app = TestApp::demo().await;
    let (officer, secretariat) = (app.officer("da-nang").await, app.secretariat().await);
    let document = openapi_document();
    let writes = list_operations(&document);
    for write in writes.iter().filter(|o| o.method == "put" || o.method == "patch") {
        let (stage, caller) = match write.id.as_str() {
            "edit_city" | "edit_partner" => (FixtureStage::Demo, secretariat.clone()),
            "write_plan" => (FixtureStage::Demo, officer.clone()),
            "edit_cycle" => (FixtureStage::Open, secretariat.clone()),
            "grant_extension" => (FixtureStage::Extended, secretariat.clone()),
            "edit_project" | "edit_milestone" | "edit_indicator" | "edit_partnership" => {
                (FixtureStage::Recorded, officer.clone())
            }
            "write_report" => (FixtureStage::Draft, officer.clone()),
            "resolve_comment" => (FixtureStage::Submitted, officer.clone()),
            "patch_user" => (FixtureStage::Account, app.administrator().await),
            // A password is no record.
            "put_password" => continue,
            other => panic!("how is the record of {other} written as it is?"),
        };
        let path = OperationFixture::prepare(&app, stage).await.fill_path(&write.path);
        let before = caller.get(&path).await.expect(200);
        let body = build_same_body(&document, &write.value, &before.json());
        let head = read_journal_head(&app).await;
        app.clock.advance(TimeDelta::seconds(1));
        let method = write.method.to_uppercase();
        let headers = [("if-match", before.etag())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let saved = caller.send(&method, &path, Some(&body), &headers).await;
        assert_eq!(saved.status, 200, "{}: {}", write.id, saved.text);
        assert_eq!(saved.json(), before.json(), "{}", write.id);
        assert_eq!(saved.etag(), before.etag(), "{}", write.id);
        assert_eq!(read_journal_head(&app).await, head, "{}", write.id);
    }
}

#[actix_web::test]
async fn first_version_of_a_report_that_is_saved_again_is_200_and_stays_version_1() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let filed = officer.put(&path, &complete_report_body(), None).await.expect(201);
    let again = officer.put(&path, &complete_report_body(), Some(&filed.etag())).await.expect(200);
    assert_eq!((&again.json()["version"], again.header("location")), (&json!(1), None));
    // A version that never was is still refused.
    officer.put(&path, &complete_report_body(), Some("\"v2\"")).await.expect(412);
    officer.put(&path, &complete_report_body(), None).await.expect(428);
    // A different text is a new version.
    let mut other = complete_report_body();
    other["achievements"] = json!("The control centre is in operation, day and night.");
    let changed = officer.put(&path, &other, Some(&filed.etag())).await.expect(200);
    assert_eq!(changed.json()["version"], 2);
}

#[actix_web::test]
async fn hundreds_of_equal_puts_of_a_report_add_one_journal_row() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let before = read_journal_head(&app).await["seq"].as_i64().unwrap();
    let path = report_path("da-nang-1");
    let etag = officer.put(&path, &complete_report_body(), None).await.expect(201).etag();
    for _ in 0..300 {
        officer.put(&path, &complete_report_body(), Some(&etag)).await.expect(200);
    }
    assert_eq!(read_journal_head(&app).await["seq"].as_i64().unwrap(), before + 1);
}

#[actix_web::test]
async fn person_who_saves_a_colleagues_report_unchanged_may_approve_it() {
    let app = spawn_with_open_cycle().await;
    let roles =
        [(Role::CityOfficer, da_nang_scope()), (Role::NationalRepresentative, viet_nam_scope())];
    let (_, token) = app.insert_user("both", &roles).await;
    let both: Caller<'_> = app.bearer(&token);
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let etag = officer.put(&path, &complete_report_body(), None).await.expect(201).etag();
    let saved = both.put(&path, &complete_report_body(), Some(&etag)).await.expect(200).json();
    assert_eq!(saved["version"], 1);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    both.take_transition("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn approving_a_report_again_leaves_the_approved_project_as_it_was() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let (reader, representative) = (app.reader().await, app.representative("VN").await);
    let project = reader.get("projects/da-nang-1").await.expect(200);
    let report = reader.get(&report_path("da-nang-1")).await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    let reopened = representative.take_transition_with_comment("da-nang-1", "reopen", "A typo.");
    reopened.await.expect(200);
    app.officer("da-nang").await.take_transition("da-nang-1", "submit").await.expect(200);
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    let after = reader.get("projects/da-nang-1").await.expect(200);
    assert_eq!((after.json(), after.etag()), (project.json(), project.etag()));
    // The approval itself is new: the report has a new day of decision.
    let decided = reader.get(&report_path("da-nang-1")).await.expect(200);
    assert_eq!((&report.json()["version"], &decided.json()["version"]), (&json!(1), &json!(2)));
}
