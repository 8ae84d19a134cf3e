//! Milestones, indicators and partnerships.

use ascn_tracker::domain::report::Status;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    projects::{create_project, insert_approved_copy, project_body, sorted_faults},
};

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

#[actix_web::test]
async fn parts_can_be_created_read_edited_and_deleted_with_if_match() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    for (kind, body) in part_bodies() {
        let made = officer.post(&format!("projects/da-nang-1/{kind}"), &body).await.expect(201);
        let view = made.json();
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&view[name], value, "{kind} {name}");
        }
        let path = format!("/api/v1/projects/da-nang-1/{kind}/{}", view["id"].as_str().unwrap());
        assert_eq!(made.header("location"), Some(path.as_str()));
        let read = officer.get(&path).await.expect(200);
        assert_eq!((read.json(), read.etag()), (view.clone(), made.etag()));
        assert_eq!(list_parts(&officer, kind).await, [view]);

        officer.patch(&path, &json!({}), None).await.expect(428);
        let same = officer.patch(&path, &json!({}), Some(&made.etag())).await.expect(200);
        assert_eq!(same.json()["version"], 1);
        let patch = match kind {
            "milestones" => json!({"due_on": "2024-07-01", "completed_on": "2024-07-02"}),
            "indicators" => json!({"target": {"value": 12}}),
            _ => json!({"stage": "agreement", "amount": null}),
        };
        let edited = officer.patch(&path, &patch, Some(&made.etag())).await.expect(200);
        assert_eq!(edited.json()["version"], 2);
        let stale = officer.patch(&path, &patch, Some(&made.etag())).await.expect(412).json();
        assert_eq!(stale["changed"]["by"]["name"], "city_officer da-nang");
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
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    let made = officer.post("projects/da-nang-1/indicators", &part_bodies()[1].1).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    let patch = json!({"target": {"value": 12}, "baseline": null});
    let view = officer.patch(&path, &patch, Some("\"v1\"")).await.expect(200).json();
    assert_eq!(view["target"], json!({"value": 12.0, "on": "2025-12-31"}));
    assert_eq!(view["baseline"], Value::Null);
    let patch = json!({"target": {"on": null}, "baseline": {"value": 3}});
    let answered = officer.patch(&path, &patch, Some("\"v2\"")).await;
    assert_eq!(sorted_faults(answered), ["/baseline/on required", "/target/on required"]);
}

#[actix_web::test]
async fn part_with_invalid_values_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    let cases: &[(&str, Value, &[&str])] = &[
        ("milestones", json!({}), &["/due_on required", "/title required"]),
        (
            "milestones",
            json!({"title": "a\u{7}", "due_on": "2024-13-01", "weight": 0, "completed_on": "x"}),
            &["/completed_on day", "/due_on day", "/title control_character", "/weight range"],
        ),
        (
            "milestones",
            json!({"title": "A", "due_on": "2024-01-01", "weight": 1001}),
            &["/weight range"],
        ),
        (
            "indicators",
            json!({}),
            &["/better required", "/kind required", "/name required", "/unit required"],
        ),
        (
            "indicators",
            json!({"name": "A", "kind": "result", "unit": "", "better": "more",
                   "baseline": {"value": 1e300, "on": "2024-02-30"}, "target": {}}),
            &[
                "/baseline/on day",
                "/baseline/value range",
                "/better unknown",
                "/kind unknown",
                "/target/on required",
                "/target/value required",
                "/unit empty",
            ],
        ),
        ("partnerships", json!({}), &["/partner required", "/role required", "/stage required"]),
        (
            "partnerships",
            json!({"partner": "nobody", "role": "friend", "stage": "soon",
                   "amount": {"amount_minor": -5, "currency": "usd"}, "note": "\u{202E}"}),
            &[
                "/amount/amount_minor range",
                "/amount/currency currency",
                "/note control_character",
                "/partner unknown",
                "/role unknown",
                "/stage unknown",
            ],
        ),
        (
            "partnerships",
            json!({"partner": "nobody", "role": "funder", "stage": "idea"}),
            &["/partner unknown"],
        ),
        (
            "partnerships",
            json!({"partner": "No Body", "role": "funder", "stage": "idea"}),
            &["/partner slug"],
        ),
    ];
    for (kind, body, expected) in cases {
        let answered = officer.post(&format!("projects/da-nang-1/{kind}"), body).await;
        assert_eq!(sorted_faults(answered), *expected, "{body}");
        assert!(list_parts(&officer, kind).await.is_empty());
    }
    for (kind, _) in part_bodies() {
        let path = format!("projects/da-nang-1/{kind}");
        let problem = officer.post(&path, &json!({"colour": 1})).await.expect(400).json();
        assert_eq!(problem["errors"][0]["pointer"], "/colour");
        officer.get(&format!("{path}?limit=5")).await.expect(400);
    }
}

#[actix_web::test]
async fn duplicate_milestone_or_indicator_is_409() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    create_project(&app, &project_body("da-nang", "Other")).await;
    for (kind, body) in part_bodies().into_iter().take(2) {
        let path = format!("projects/da-nang-1/{kind}");
        officer.post(&path, &body).await.expect(201);
        let mut shouted = body.clone();
        let name = if kind == "milestones" { "title" } else { "name" };
        shouted[name] = json!(body[name].as_str().unwrap().to_uppercase());
        let problem = officer.post(&path, &shouted).await.expect(409).json();
        assert_eq!(problem["code"], "conflict");
        assert!(problem["detail"].as_str().unwrap().contains(kind));
        let mut other = body.clone();
        other[name] = json!("Another");
        let made = officer.post(&path, &other).await.expect(201);
        let patch = json!({ name: body[name] });
        let at = made.header("location").unwrap();
        officer.patch(at, &patch, Some(&made.etag())).await.expect(409);
        assert_eq!(list_parts(&officer, kind).await.len(), 2);
        officer.post(&format!("projects/da-nang-2/{kind}"), &body).await.expect(201);
    }
    // Two partnerships with one partner are two partnerships.
    for _ in 0..2 {
        officer.post("projects/da-nang-1/partnerships", &part_bodies()[2].1).await.expect(201);
    }
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
async fn strangers_see_only_approved_parts() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let code = create_project(&app, &project_body("da-nang", "Water")).await;
    let mut places = Vec::new();
    for (kind, body) in part_bodies() {
        let made = officer.post(&format!("projects/da-nang-1/{kind}"), &body).await.expect(201);
        places.push((kind, made.header("location").unwrap().to_owned(), made.json()));
    }
    let strangers = [app.officer("ha-noi").await, app.administrator().await, app.reader().await];
    let insiders = [app.representative("VN").await, app.secretariat().await];
    for (kind, path, view) in &places {
        for stranger in &strangers {
            stranger.get(path).await.expect(404);
            stranger.get(&format!("projects/da-nang-1/{kind}")).await.expect(404);
            stranger.post(&format!("projects/da-nang-1/{kind}"), &json!({})).await.expect(404);
            stranger.delete(path, None).await.expect(404);
        }
        for insider in &insiders {
            assert_eq!(insider.get(path).await.expect(200).json(), *view);
            insider.post(&format!("projects/da-nang-1/{kind}"), &json!({"x": 1})).await.expect(403);
            insider.patch(path, &json!({"x": 1}), None).await.expect(403);
            insider.delete(path, None).await.expect(403);
        }
        app.anonymous().get(path).await.expect(401);
    }
    insert_approved_copy(&app, &code, Status::Ongoing, |_| {}).await;
    for (kind, path, view) in &places {
        officer.delete(path, Some("\"v1\"")).await.expect(200);
        let (_, body) = part_bodies().into_iter().find(|(k, _)| k == kind).unwrap();
        let mut later = body.clone();
        later[if *kind == "milestones" { "title" } else { "name" }] = json!("Typed later");
        if *kind == "partnerships" {
            later = body;
        }
        let later = officer.post(&format!("projects/da-nang-1/{kind}"), &later).await.expect(201);
        let later = later.header("location").unwrap();
        for stranger in &strangers {
            assert_eq!(list_parts(stranger, kind).await, std::slice::from_ref(view));
            assert_eq!(stranger.get(path).await.expect(200).json(), *view);
            stranger.get(later).await.expect(404);
            stranger.patch(path, &json!({"x": 1}), None).await.expect(403);
            stranger.patch(later, &json!({"x": 1}), None).await.expect(404);
        }
        officer.get(path).await.expect(404);
    }
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

#[actix_web::test]
async fn more_than_200_milestones_of_a_project_is_409() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    for n in 0..200 {
        let body = json!({"title": format!("Step {n}"), "due_on": "2024-01-01"});
        officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
    }
    let body = json!({"title": "Too much", "due_on": "2024-01-01"});
    officer.post("projects/da-nang-1/milestones", &body).await.expect(409);
}
