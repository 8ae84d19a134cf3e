//! Projects, from being recorded to being deleted, as each role meets them.

use ascn_tracker::{
    domain::{
        project::{ApprovedProject, Header, LatestReport, ProjectCode},
        report::Status,
        value::{Percent, Slug},
    },
    store::{Change, StoreError, fixtures, parts, projects},
};
use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp, TestResponse};

mod concurrent_edits;
mod project_visibility;

/// A project with everything that is required.
pub(crate) fn project_body(city: &str, title: &str) -> Value {
    json!({
        "city": city, "plan_cycle": "2018-2025", "title": title, "summary": "What it is about.",
        "focus_area": "quality-environment", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
    })
}

/// The sample with some members of its own.
pub(crate) fn merge_members(mut base: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("members are expected") };
    for (name, value) in members {
        base[name.as_str()] = value;
    }
    base
}

/// Records a project of the city; returns its code.
pub(crate) async fn create_project(app: &TestApp, body: &Value) -> String {
    let city = body["city"].as_str().unwrap();
    let made = app.officer(city).await.post("projects", body).await.expect(201);
    made.json()["code"].as_str().unwrap().to_owned()
}

/// Writes a project's approved copy as it stands now, changed by `edit`, without the report that would bring it about.
pub(crate) async fn insert_approved_copy(
    app: &TestApp,
    code: &str,
    status: Status,
    edit: impl FnOnce(&mut Header) + Send + 'static,
) {
    let code = ProjectCode::parse(code).unwrap();
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            let at = tx.at();
            let project = projects::find(tx.conn(), &code)?.unwrap();
            let before = projects::find_approved(tx.conn(), project.id)?;
            let mut header = project.freeze_header(
                parts::list_milestones(tx.conn(), project.id)?,
                parts::list_indicators(tx.conn(), project.id)?,
                parts::list_partnerships(tx.conn(), project.id)?,
            );
            edit(&mut header);
            let approved = ApprovedProject {
                project: project.id,
                header,
                latest: LatestReport {
                    cycle: Slug::parse("me-2025").unwrap(),
                    status,
                    percent_complete: Percent::from_hundredths(6250),
                },
                created_at: before.as_ref().map_or(at, |b| b.created_at),
                updated_at: at,
                version: before.map_or(1, |b| b.version + 1),
            };
            fixtures::save_record(tx, &approved, Change::without_reason("approve"))
        })
        .await
        .unwrap();
}

/// The pointers and codes of a 422.
pub(crate) fn sorted_faults(answered: TestResponse) -> Vec<String> {
    let problem = answered.expect(422).json();
    let mut found: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    found.sort_unstable();
    found
}

async fn allowed_actions(caller: &Caller<'_>, code: &str) -> Value {
    caller.get(&format!("projects/{code}")).await.expect(200).json()["allowed_actions"].clone()
}

#[actix_web::test]
async fn created_project_is_read_back_with_every_field() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = merge_members(
        project_body("da-nang", "Smart water supply"),
        json!({
            "title_local": "Cấp nước thông minh", "other_focus_areas": ["built-infrastructure"],
            "sub_area": "urban-resilience", "outcomes": ["high-quality-of-life"],
            "enablers": ["partnership-and-funding"], "sectors": ["water-quality", "ict"],
            "tags": ["smart-urban-utilities"], "priority": true, "dates_reason": "as planned",
            "budget": {"amount_minor": 125_000_000, "currency": "VND"}, "support_required": "Advice",
            "location": {"latitude": 16.0678, "longitude": 108.2208, "text": "Hòa Vang"},
            "sdgs": [6, 11], "inclusion_note": "Households without a connection", "archived": false
        }),
    );
    let made = officer.post("projects", &body).await.expect(201);
    assert_eq!(made.header("location"), Some("/api/v1/projects/da-nang-1"));
    assert!(made.etag().starts_with("\"v1-"));
    let view = made.json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&view[name], value, "{name}");
    }
    assert_eq!(view["code"], "da-nang-1");
    assert_eq!(view["country"], "VN");
    for name in ["continues", "imported", "latest"] {
        assert!(view[name].is_null() && view.as_object().unwrap().contains_key(name), "{name}");
    }
    assert_eq!(view["created_at"], view["updated_at"]);
    let read = officer.get("projects/da-nang-1").await.expect(200);
    assert_eq!(read.json(), view);
    assert_eq!(read.etag(), made.etag());
    let again =
        officer.send("GET", "projects/da-nang-1", None, &[("if-none-match", &read.etag())]).await;
    assert_eq!(again.status, 304);
}

#[actix_web::test]
async fn project_codes_count_per_city_and_are_never_reused() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    assert_eq!(create_project(&app, &project_body("da-nang", "One")).await, "da-nang-1");
    // Two projects of one title in one city are two projects.
    assert_eq!(create_project(&app, &project_body("da-nang", "One")).await, "da-nang-2");
    assert_eq!(create_project(&app, &project_body("ha-noi", "One")).await, "ha-noi-1");
    let last = officer.get("projects/da-nang-2").await.expect(200);
    let gone = officer.delete("projects/da-nang-2", Some(&last.etag())).await.expect(200);
    assert_eq!(gone.json(), last.json());
    officer.get("projects/da-nang-2").await.expect(404);
    assert_eq!(create_project(&app, &project_body("da-nang", "Three")).await, "da-nang-3");
}

#[actix_web::test]
async fn delete_project_removes_its_parts_and_is_409_if_another_continues_it() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let code = create_project(&app, &project_body("da-nang", "Root")).await;
    let milestone = json!({"title": "Begun", "due_on": "2022-01-01"});
    officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
    let partner = json!({"as_stated": "A bank", "role": "lender", "stage": "idea"});
    officer.post("projects/da-nang-1/partnerships", &partner).await.expect(201);
    let child = merge_members(project_body("da-nang", "Child"), json!({"continues": code}));
    let child = create_project(&app, &child).await;
    assert_eq!(
        allowed_actions(&officer, &code).await["delete"],
        json!({"allowed": false, "reason": "another project continues it"})
    );
    let kept = officer.delete("projects/da-nang-1", Some("\"v1\"")).await.expect(409).json();
    assert_eq!(kept["code"], "conflict");
    assert!(kept["detail"].as_str().unwrap().contains("another project continues it"));
    officer.delete(&format!("projects/{child}"), Some("\"v1\"")).await.expect(200);
    assert_eq!(allowed_actions(&officer, &code).await["delete"], json!({"allowed": true}));
    officer.delete("projects/da-nang-1", None).await.expect(428);
    officer.delete("projects/da-nang-1", Some("\"v1\"")).await.expect(200);
    officer.get("projects/da-nang-1").await.expect(404);
    officer.get("projects/da-nang-1/milestones").await.expect(404);
}

#[actix_web::test]
async fn patch_project_merges_fields_and_stale_etag_is_412_naming_the_last_change() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = merge_members(
        project_body("da-nang", "Smart water"),
        json!({"sectors": ["ict"], "budget": {"amount_minor": 5, "currency": "VND"},
               "location": {"text": "Hòa Vang"}}),
    );
    let first = officer.post("projects", &body).await.expect(201);
    let patch = json!({
        "title": "Smarter water", "budget": {"amount_minor": 7}, "sectors": ["energy", "ict"],
        "location": {"latitude": 16.5, "longitude": 108.25}
    });
    let second = officer.patch("projects/da-nang-1", &patch, Some(&first.etag())).await.expect(200);
    let view = second.json();
    assert_eq!(view["title"], "Smarter water");
    assert_eq!(view["summary"], "What it is about.");
    assert_eq!(view["budget"], json!({"amount_minor": 7, "currency": "VND"}));
    assert_eq!(view["sectors"], json!(["energy", "ict"]));
    assert_eq!(
        view["location"],
        json!({"latitude": 16.5, "longitude": 108.25, "text": "Hòa Vang"})
    );
    assert_eq!(view["version"], 2);

    officer.patch("projects/da-nang-1", &patch, None).await.expect(428);
    for tag in ["*", "W/\"v2\"", "v2", "\"v2", "\"v1\", \"v2\""] {
        let answer = officer.patch("projects/da-nang-1", &patch, Some(tag)).await.expect(412);
        let said = answer.json()["detail"].to_string();
        assert!(said.contains("If-Match names no version"), "{tag} {said}");
    }
    let stale = officer.patch("projects/da-nang-1", &patch, Some(&first.etag())).await;
    let changed = stale.expect(412).json()["changed"].clone();
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["action"], "edit");
    assert_eq!(changed["by"]["name"], "city_officer da-nang");

    // The same again changes nothing, so there is no third version.
    let same = officer.patch("projects/da-nang-1", &patch, Some("\"v2\"")).await.expect(200);
    assert_eq!((same.json(), same.etag()), (second.json(), second.etag()));
    let cleared = json!({"budget": null, "location": null, "sectors": null, "title_local": null});
    let third = officer.patch("projects/da-nang-1", &cleared, Some("\"v2\"")).await.expect(200);
    let view = third.json();
    assert_eq!((&view["budget"], &view["location"]), (&Value::Null, &Value::Null));
    assert_eq!((&view["sectors"], &view["version"]), (&json!([]), &json!(3)));
}

#[actix_web::test]
async fn deleting_a_project_with_a_report_is_409() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let project = officer.get("projects/da-nang-1").await.expect(200);
    assert_eq!(
        project.json()["allowed_actions"]["delete"],
        json!({"allowed": false, "reason": "it has a report"})
    );
    let problem =
        officer.delete("projects/da-nang-1", Some(&project.etag())).await.expect(409).json();
    assert!(problem["detail"].as_str().unwrap().contains("it has a report"));
    let history = officer.get("projects/da-nang-1/history").await.expect(200).json();
    assert_eq!(history["items"].as_array().unwrap().last().unwrap()["actor"], Value::Null);
}
