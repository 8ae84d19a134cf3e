//! Milestones, indicators and partnerships: the parts of a project.

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    projects::{create_project, project_body, sorted_faults},
};

mod part_rules;
mod part_visibility;
mod reached_days;

const PARTNER: &str = "asean-korea-cooperation-fund";

/// A body of each kind.
fn part_bodies() -> [(&'static str, Value); 3] {
    [
        ("milestones", json!({"title": "Centre opens", "due_on": "2024-06-30", "weight": 3})),
        (
            "indicators",
            json!({"name": "Water lost", "kind": "outcome", "unit": "percent", "better": "down",
                   "baseline": {"value": 23.5, "on": "2018-12-31"}, "target": {"value": 15.0, "on": "2025-12-31"}}),
        ),
        (
            "partnerships",
            json!({"partner": PARTNER, "as_stated": null, "role": "funder", "stage": "mou",
                   "amount": {"amount_minor": 500, "currency": "USD"}, "note": "First phase"}),
        ),
    ]
}

async fn list_parts(caller: &Caller<'_>, kind: &str) -> Vec<Value> {
    let list = caller.get(&format!("projects/da-nang-1/{kind}")).await.expect(200).json();
    let items = list["items"].as_array().unwrap().clone();
    assert_eq!((&list["total"], &list["next"]), (&json!(items.len()), &Value::Null));
    items
}

/// A service with the project `da-nang-1`, which has no parts.
async fn spawn_with_project() -> TestApp {
    let app = TestApp::spawn().await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    app
}

/// Records a part of `da-nang-1`; returns the answer and the path of the part.
async fn create_part(officer: &Caller<'_>, kind: &str, body: &Value) -> (TestResponse, String) {
    let made = officer.post(&format!("projects/da-nang-1/{kind}"), body).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    (made, path)
}

/// A change of each kind.
fn part_patch(kind: &str) -> Value {
    match kind {
        "milestones" => json!({"due_on": "2024-07-01", "completed_on": "2024-07-02"}),
        "indicators" => json!({"target": {"value": 12}}),
        _ => json!({"stage": "agreement", "amount": null}),
    }
}

#[actix_web::test]
async fn created_part_is_read_back_with_every_value() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let mut shown = Vec::new();
    for (kind, body) in part_bodies() {
        let (made, path) = create_part(&officer, kind, &body).await;
        let view = made.json();
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&view[name], value, "{kind} {name}");
        }
        let id = view["id"].as_str().unwrap();
        assert_eq!(path, format!("/api/v1/projects/da-nang-1/{kind}/{id}"));
        let read = officer.get(&path).await.expect(200);
        assert_eq!((read.json(), read.etag()), (view.clone(), made.etag()));
        assert_eq!(list_parts(&officer, kind).await, [view]);
        shown.push(made.show());
    }
    insta::assert_snapshot!(shown.join("\n\n"), @r#"
    201
    location: /api/v1/projects/da-nang-1/milestones/[id]
    {
      "completed_on": null,
      "due_on": "2024-06-30",
      "id": "[id]",
      "reached_on": null,
      "title": "Centre opens",
      "version": 1,
      "weight": 3
    }

    201
    location: /api/v1/projects/da-nang-1/indicators/[id]
    {
      "baseline": {"on": "2018-12-31", "value": 23.5},
      "better": "down",
      "id": "[id]",
      "kind": "outcome",
      "name": "Water lost",
      "target": {"on": "2025-12-31", "value": 15.0},
      "unit": "percent",
      "version": 1
    }

    201
    location: /api/v1/projects/da-nang-1/partnerships/[id]
    {
      "amount": {"amount_minor": 500, "currency": "USD"},
      "as_stated": null,
      "id": "[id]",
      "note": "First phase",
      "partner": "asean-korea-cooperation-fund",
      "role": "funder",
      "stage": "mou",
      "version": 1
    }
    "#);
}

#[actix_web::test]
async fn patch_part_needs_the_current_version() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let mut shown = Vec::new();
    for (kind, body) in part_bodies() {
        let (made, path) = create_part(&officer, kind, &body).await;
        officer.patch(&path, &json!({}), None).await.expect(428);
        let same = officer.patch(&path, &json!({}), Some(&made.etag())).await.expect(200);
        assert_eq!(same.json()["version"], 1, "a patch that changes nothing makes no version");
        let edited = officer.patch(&path, &part_patch(kind), Some(&made.etag())).await;
        shown.push(edited.show());
        let stale = officer.patch(&path, &part_patch(kind), Some(&made.etag())).await;
        shown.push(stale.show_members(&["changed/version", "changed/action", "changed/by/name"]));
    }
    insta::assert_snapshot!(shown.join("\n\n"), @r#"
    200
    {
      "completed_on": "2024-07-02",
      "due_on": "2024-07-01",
      "id": "[id]",
      "reached_on": null,
      "title": "Centre opens",
      "version": 2,
      "weight": 3
    }

    412
    changed/version: 2
    changed/action: "edit"
    changed/by/name: "city_officer da-nang"

    200
    {
      "baseline": {"on": "2018-12-31", "value": 23.5},
      "better": "down",
      "id": "[id]",
      "kind": "outcome",
      "name": "Water lost",
      "target": {"on": "2025-12-31", "value": 12.0},
      "unit": "percent",
      "version": 2
    }

    412
    changed/version: 2
    changed/action: "edit"
    changed/by/name: "city_officer da-nang"

    200
    {
      "amount": null,
      "as_stated": null,
      "id": "[id]",
      "note": "First phase",
      "partner": "asean-korea-cooperation-fund",
      "role": "funder",
      "stage": "agreement",
      "version": 2
    }

    412
    changed/version: 2
    changed/action: "edit"
    changed/by/name: "city_officer da-nang"
    "#);
}

#[actix_web::test]
async fn delete_part_needs_the_current_version_and_leaves_the_project_unchanged() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    for (kind, body) in part_bodies() {
        let (made, path) = create_part(&officer, kind, &body).await;
        let edited = officer.patch(&path, &part_patch(kind), Some(&made.etag())).await.expect(200);
        officer.delete(&path, None).await.expect(428);
        officer.delete(&path, Some("\"v1\"")).await.expect(412);
        let gone = officer.delete(&path, Some(&edited.etag())).await.expect(200);
        assert_eq!(gone.json(), edited.json());
        officer.get(&path).await.expect(404);
        officer.patch(&path, &json!({"nonsense": 1}), None).await.expect(404);
        assert!(list_parts(&officer, kind).await.is_empty());
    }
    assert_eq!(officer.get("projects/da-nang-1").await.json()["version"], 1);
}

#[actix_web::test]
async fn patch_indicator_merges_baseline_and_target() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let (_, path) = create_part(&officer, "indicators", &part_bodies()[1].1).await;
    let patch = json!({"target": {"value": 12}, "baseline": null});
    let view = officer.patch(&path, &patch, Some("\"v1\"")).await;
    insta::assert_snapshot!(view.show_members(&["target", "baseline"]), @r#"
    200
    target: {"on": "2025-12-31", "value": 12.0}
    baseline: null
    "#);
    let patch = json!({"target": {"on": null}, "baseline": {"value": 3}});
    let answered = officer.patch(&path, &patch, Some("\"v2\"")).await;
    assert_eq!(sorted_faults(answered), ["/baseline/on required", "/target/on required"]);
}

#[actix_web::test]
async fn milestones_are_sorted_by_due_day_and_indicators_by_creation() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    for day in ["2024-03-01", "2022-01-01", "2023-02-01"] {
        let milestone = json!({"title": day, "due_on": day});
        let made = officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
        assert_eq!(made.json()["weight"], 1);
        let mut indicator = part_bodies()[1].1.clone();
        indicator["name"] = json!(day);
        officer.post("projects/da-nang-1/indicators", &indicator).await.expect(201);
    }
    let names = |items: Vec<Value>, name: &str| -> Vec<String> {
        items.iter().map(|i| i[name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        names(list_parts(&officer, "milestones").await, "title"),
        ["2022-01-01", "2023-02-01", "2024-03-01"]
    );
    assert_eq!(
        names(list_parts(&officer, "indicators").await, "name"),
        ["2024-03-01", "2022-01-01", "2023-02-01"]
    );
}

#[actix_web::test]
async fn part_of_another_project_is_404() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    create_project(&app, &project_body("da-nang", "Other")).await;
    for (kind, body) in part_bodies() {
        let made = officer.post(&format!("projects/da-nang-1/{kind}"), &body).await.expect(201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let elsewhere = format!("projects/da-nang-2/{kind}/{id}");
        officer.get(&elsewhere).await.expect(404);
        officer.patch(&elsewhere, &json!({}), Some("\"v1\"")).await.expect(404);
        officer.delete(&elsewhere, Some("\"v1\"")).await.expect(404);
        officer.get(&format!("projects/da-nang-1/{kind}/{id}/more")).await.expect(404);
    }
}
