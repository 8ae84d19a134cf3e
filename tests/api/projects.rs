//! Projects, from being recorded to being deleted, as each role meets them.

use ascn_tracker::{
    domain::{
        project::{ApprovedProject, Header, LatestReport, ProjectCode},
        report::ProjectStatus,
        value::{Percent, Slug},
    },
    store::{Change, StoreError, fixtures, parts, projects},
};
use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp, TestResponse};

mod concurrent_edits;
mod project_deletion;
mod project_edits;
mod project_numbers;
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
    status: ProjectStatus,
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
    let body = full_project_body();
    let made = officer.post("projects", &body).await;
    insta::assert_snapshot!(made.show(), @r#"
    201
    location: /api/v1/projects/da-nang-1
    {
      "allowed_actions": {
        "delete": {"allowed": true},
        "edit": {"allowed": true},
        "read_history": {"allowed": true}
      },
      "archived": false,
      "budget": {"amount_minor": 125000000, "currency": "VND"},
      "city": "da-nang",
      "code": "da-nang-1",
      "continues": null,
      "country": "VN",
      "created_at": "2026-11-20T03:00:00Z",
      "dates_reason": "as planned",
      "enablers": ["partnership-and-funding"],
      "ends_on": "2025-12-31",
      "focus_area": "quality-environment",
      "imported": null,
      "inclusion_note": "Households without a connection",
      "latest": null,
      "location": {"latitude": 16.0678, "longitude": 108.2208, "text": "Hòa Vang"},
      "other_focus_areas": ["built-infrastructure"],
      "outcomes": ["high-quality-of-life"],
      "plan_cycle": "2018-2025",
      "priority": true,
      "sdgs": [6, 11],
      "sectors": ["water-quality", "ict"],
      "starts_on": "2021-01-01",
      "sub_area": "urban-resilience",
      "summary": "What it is about.",
      "support_required": "Advice",
      "tags": ["smart-urban-utilities"],
      "title": "Smart water supply",
      "title_local": "Cấp nước thông minh",
      "updated_at": "2026-11-20T03:00:00Z",
      "version": 1
    }
    "#);
    assert!(made.etag().starts_with("\"v1-"));
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&made.json()[name], value, "{name}");
    }
    let read = officer.get("projects/da-nang-1").await.expect(200);
    assert_eq!((read.json(), read.etag()), (made.json(), made.etag()));
    let known = [("if-none-match", &*read.etag())];
    officer.send("GET", "projects/da-nang-1", None, &known).await.expect(304);
}

/// A project with every member.
fn full_project_body() -> Value {
    merge_members(
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
    )
}

#[actix_web::test]
async fn project_codes_count_per_city() {
    let app = TestApp::spawn().await;
    assert_eq!(create_project(&app, &project_body("da-nang", "One")).await, "da-nang-1");
    // Two projects of one title in one city are two projects.
    assert_eq!(create_project(&app, &project_body("da-nang", "One")).await, "da-nang-2");
    assert_eq!(create_project(&app, &project_body("ha-noi", "One")).await, "ha-noi-1");
}

#[actix_web::test]
async fn code_of_a_deleted_project_is_not_used_again() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "One")).await;
    create_project(&app, &project_body("da-nang", "Two")).await;
    let last = officer.get("projects/da-nang-2").await.expect(200);
    let gone = officer.delete("projects/da-nang-2", Some(&last.etag())).await.expect(200);
    assert_eq!(gone.json(), last.json());
    officer.get("projects/da-nang-2").await.expect(404);
    assert_eq!(create_project(&app, &project_body("da-nang", "Three")).await, "da-nang-3");
}
