//! What is refused of a project, and where the fault is said to be.

use ascn_tracker::{
    domain::{project::ProjectCode, report::ProjectStatus},
    store::{Change, StoreError, fixtures, projects},
};
use serde_json::{Value, json};

use crate::{
    helpers::TestApp,
    projects::{create_project, insert_approved_copy, merge_members, project_body, sorted_faults},
};

/// The faults of a new project of da-nang with some members of its own.
async fn faults_of_new_project(app: &TestApp, members: Value) -> Vec<String> {
    let body = merge_members(project_body("da-nang", "Smart water"), members);
    sorted_faults(app.officer("da-nang").await.post("projects", &body).await)
}

#[actix_web::test]
async fn create_project_without_required_fields_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let all = sorted_faults(officer.post("projects", &json!({})).await);
    assert_eq!(
        all,
        [
            "/city required",
            "/ends_on required",
            "/focus_area required",
            "/plan_cycle required",
            "/starts_on required",
            "/summary required",
            "/title required"
        ]
    );
    assert_eq!(
        faults_of_new_project(&app, json!({"title": null, "city": "atlantis"})).await,
        ["/city unknown", "/title required"]
    );
    assert_eq!(
        faults_of_new_project(&app, json!({"plan_cycle": "1999-2000"})).await,
        ["/plan_cycle unknown"]
    );
    assert_eq!(officer.get("projects").await.expect(200).json()["total"], 0);
}

#[actix_web::test]
async fn project_with_unknown_or_unfitting_vocabulary_is_422() {
    let app = TestApp::spawn().await;
    let found = faults_of_new_project(
        &app,
        json!({
            "focus_area": "quality-environment", "sub_area": "mobility-and-transportation",
            "other_focus_areas": ["quality-environment", "magic", "built-infrastructure", "built-infrastructure"],
            "outcomes": ["fame"], "enablers": [""], "sectors": ["ict", "ict"], "tags": ["nothing"]
        }),
    )
    .await;
    assert_eq!(
        found,
        [
            "/enablers/0 unknown",
            "/other_focus_areas/0 duplicate",
            "/other_focus_areas/1 unknown",
            "/other_focus_areas/3 duplicate",
            "/outcomes/0 unknown",
            "/sectors/1 duplicate",
            "/sub_area unknown",
            "/tags/0 unknown"
        ]
    );
    // The scheme of one country is not for the cities of another.
    let bangkok = app.officer("bangkok").await;
    let body = merge_members(
        project_body("bangkok", "Canals"),
        json!({"tags": ["smart-urban-utilities"]}),
    );
    let answered = bangkok.post("projects", &body).await.expect(422).json();
    assert_eq!(answered["errors"][0]["pointer"], "/tags/0");
    assert!(answered["errors"][0].get("allowed").is_none());
    let body = merge_members(project_body("da-nang", "Sensors"), json!({"sub_area": "utilities"}));
    let answered = app.officer("da-nang").await.post("projects", &body).await.expect(422).json();
    assert_eq!(
        answered["errors"][0]["allowed"],
        json!(["clean-environment", "resources-access-and-management", "urban-resilience"])
    );
    let many: Vec<&str> = vec!["ict"; 101];
    assert_eq!(faults_of_new_project(&app, json!({"sectors": many})).await, ["/sectors too_many"]);
}

#[actix_web::test]
async fn project_with_values_out_of_range_is_422() {
    let app = TestApp::spawn().await;
    for (members, expected) in [
        (
            json!({"sdgs": [0, 18, 4, 4]}),
            vec!["/sdgs/0 range", "/sdgs/1 range", "/sdgs/3 duplicate"],
        ),
        (
            json!({"budget": {"amount_minor": -1, "currency": "XXZ"}}),
            vec!["/budget/amount_minor range", "/budget/currency currency"],
        ),
        (
            json!({"budget": {"amount_minor": 9_007_199_254_740_992_i64, "currency": "VND"}}),
            vec!["/budget/amount_minor range"],
        ),
        (json!({"budget": {"currency": "VND"}}), vec!["/budget/amount_minor required"]),
        (json!({"budget": {}}), vec!["/budget/amount_minor required", "/budget/currency required"]),
        (
            json!({"location": {"latitude": 91, "longitude": 181}}),
            vec!["/location/latitude range", "/location/longitude range"],
        ),
        (json!({"location": {"latitude": 16.1}}), vec!["/location/longitude required"]),
        (json!({"starts_on": "2021-02-30"}), vec!["/starts_on day"]),
        (
            json!({"starts_on": "2021-2-3", "ends_on": "soon"}),
            vec!["/ends_on day", "/starts_on day"],
        ),
        (json!({"starts_on": "2025-12-31", "ends_on": "2025-12-30"}), vec!["/ends_on order"]),
        (
            json!({"title": "  ", "title_local": "a\nb", "summary": "x\u{0}y"}),
            vec!["/summary control_character", "/title empty", "/title_local control_character"],
        ),
        (json!({"title": "evil \u{202E}txt"}), vec!["/title control_character"]),
        (
            json!({"title": "x".repeat(301), "summary": "ก".repeat(10_001)}),
            vec!["/summary too_long", "/title too_long"],
        ),
    ] {
        assert_eq!(faults_of_new_project(&app, members.clone()).await, expected, "{members}");
    }
    let accepted = json!({"title": "ก".repeat(300), "summary": "ก".repeat(10_000), "location": {}});
    let body = merge_members(project_body("da-nang", ""), accepted);
    let made = app.officer("da-nang").await.post("projects", &body).await.expect(201).json();
    assert_eq!(made["location"], Value::Null);
}

#[actix_web::test]
async fn malformed_project_body_is_400_before_invalid_values() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    for (members, pointer, code) in [
        (json!({"colour": "blue"}), "/colour", "unknown_field"),
        (json!({"code": "da-nang-7"}), "/code", "unknown_field"),
        (json!({"title": 5}), "/title", "type"),
        (json!({"priority": "yes"}), "/priority", "type"),
        (json!({"sdgs": [1, "two"]}), "/sdgs/1", "type"),
        (json!({"budget": {"amount_minor": 1.5}}), "/budget/amount_minor", "type"),
        (json!({"budget": {"amount": 1}}), "/budget/amount", "unknown_field"),
        (json!({"location": []}), "/location", "type"),
        (json!({"budget": [5, "VND"]}), "/budget", "type"),
    ] {
        let body = merge_members(json!({"title": "", "city": "atlantis"}), members);
        let problem = officer.post("projects", &body).await.expect(400).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        assert_eq!(problem["errors"][0]["code"], code, "{body}");
    }
    create_project(&app, &project_body("da-nang", "Smart water")).await;
    for body in [json!([]), json!(["da-nang"]), json!("text"), json!(null), json!(1)] {
        officer.post("projects", &body).await.expect(400);
        officer.patch("projects/da-nang-1", &body, Some("\"v1\"")).await.expect(400);
    }
}

#[actix_web::test]
async fn dates_beyond_the_plan_cycle_need_a_reason() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    for members in [json!({"starts_on": "2017-12-31"}), json!({"ends_on": "2026-01-01"})] {
        assert_eq!(faults_of_new_project(&app, members).await, ["/dates_reason required"]);
    }
    let body = merge_members(
        project_body("da-nang", "Long"),
        json!({"ends_on": "2030-06-30", "dates_reason": "the loan was signed late"}),
    );
    officer.post("projects", &body).await.expect(201);
    // The whole is checked again when a part changes.
    let patch = json!({"dates_reason": null});
    let answered = officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await;
    assert_eq!(sorted_faults(answered), ["/dates_reason required"]);
    let patch = json!({"dates_reason": null, "ends_on": "2020-12-31"});
    let answered = officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await;
    assert_eq!(sorted_faults(answered), ["/ends_on order"]);
    let patch = json!({"dates_reason": null, "ends_on": "2025-12-31"});
    officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await.expect(200);
}

#[actix_web::test]
async fn patch_project_city_or_plan_cycle_is_422_immutable() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Smart water")).await;
    let patch = json!({"city": "ha-noi", "plan_cycle": null, "title": null});
    let answered = officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await;
    assert_eq!(
        sorted_faults(answered),
        ["/city immutable", "/plan_cycle immutable", "/title required"]
    );
    let same = json!({"city": "da-nang", "plan_cycle": "2018-2025", "archived": true});
    officer.patch("projects/da-nang-1", &same, Some("\"v1\"")).await.expect(200);
    officer.patch("projects/da-nang-1", &json!({"code": "x-1"}), Some("\"v2\"")).await.expect(400);
    // A stale writer learns of that before learning what is wrong with the values.
    officer.patch("projects/da-nang-1", &json!({"title": null}), Some("\"v1\"")).await.expect(412);
}

#[actix_web::test]
async fn project_continuing_a_hidden_or_circular_project_is_422() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let root = create_project(&app, &project_body("da-nang", "Root")).await;
    let foreign = create_project(&app, &project_body("ha-noi", "Foreign")).await;
    let hidden = faults_of_new_project(&app, json!({"continues": foreign})).await;
    assert_eq!(hidden, faults_of_new_project(&app, json!({"continues": "ha-noi-99"})).await);
    assert_eq!(hidden, ["/continues unknown"]);
    assert_eq!(
        faults_of_new_project(&app, json!({"continues": "Root!"})).await,
        ["/continues project"]
    );
    insert_approved_copy(&app, &foreign, ProjectStatus::Completed, |_| {}).await;
    let child = merge_members(project_body("da-nang", "Child"), json!({"continues": foreign}));
    create_project(&app, &child).await;
    let grandchild =
        merge_members(project_body("da-nang", "Grandchild"), json!({"continues": "da-nang-2"}));
    create_project(&app, &grandchild).await;
    for (code, to, expected) in [
        (root.as_str(), root.as_str(), "/continues itself"),
        ("da-nang-2", "da-nang-3", "/continues circle"),
    ] {
        let patch = json!({"continues": to});
        let answered = officer.patch(&format!("projects/{code}"), &patch, Some("\"v1\"")).await;
        assert_eq!(sorted_faults(answered), [expected]);
    }
    let patch = json!({"continues": "da-nang-3"});
    let moved = officer.patch(&format!("projects/{root}"), &patch, Some("\"v1\"")).await;
    assert_eq!(moved.expect(200).json()["continues"], "da-nang-3");
}

#[actix_web::test]
async fn imported_project_may_lack_required_fields_until_they_are_set() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Old")).await;
    app.state
        .db
        .write(|tx| -> Result<(), StoreError> {
            let code = ProjectCode::parse("da-nang-1").unwrap();
            let mut project = projects::find(tx.conn(), &code)?.unwrap();
            project.import_key = Some("da-nang/old".to_owned());
            project.imported = Some(json!({"aliases": ["Older"], "money": 1.5}));
            project.details.summary = None;
            project.details.focus_area = None;
            project.details.starts_on = None;
            project.details.ends_on = None;
            project.version = 2;
            fixtures::save_record(tx, &project, Change::without_reason("import"))
        })
        .await
        .unwrap();
    let patch = json!({"title": "Renamed"});
    let view = officer.patch("projects/da-nang-1", &patch, Some("\"v2\"")).await.expect(200).json();
    assert_eq!(view["imported"], json!({"aliases": ["Older"], "money": 1.5}));
    assert_eq!((&view["focus_area"], &view["starts_on"]), (&Value::Null, &Value::Null));
    let patch = json!({"summary": "Now said", "starts_on": "2019-01-01"});
    officer.patch("projects/da-nang-1", &patch, Some("\"v3\"")).await.expect(200);
    let patch = json!({"summary": null, "starts_on": null, "ends_on": null});
    let answered = officer.patch("projects/da-nang-1", &patch, Some("\"v4\"")).await;
    assert_eq!(sorted_faults(answered), ["/starts_on required", "/summary required"]);
}

#[actix_web::test]
async fn invalid_project_paths_are_404() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    for path in [
        "projects/da-nang-0",
        "projects/da-nang-01",
        "projects/da-nang",
        "projects/DA-NANG-1",
        "projects/da-nang-9999999999999999999",
        "projects/%00",
        "projects/da-nang-1%00",
        "projects/..%2F..%2Fetc-1",
        "projects/%ff-1",
        "projects/da-nang-1/milestones/x",
    ] {
        officer.get(path).await.expect(404);
    }
}
