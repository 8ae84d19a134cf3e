//! Which parts are refused: invalid values, duplicates, too many.

use serde_json::{Value, json};

use super::{create_part, list_parts, part_bodies, spawn_with_project};
use crate::projects::{create_project, project_body, sorted_faults};

/// Bodies with values that are refused.
fn invalid_part_bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("milestones", json!({})),
        (
            "milestones",
            json!({"title": "a\u{7}", "due_on": "2024-13-01", "weight": 0, "completed_on": "x"}),
        ),
        ("milestones", json!({"title": "A", "due_on": "2024-01-01", "weight": 1001})),
        ("indicators", json!({})),
        (
            "indicators",
            json!({"name": "A", "kind": "result", "unit": "", "better": "more",
                   "baseline": {"value": 1e300, "on": "2024-02-30"}, "target": {}}),
        ),
        ("partnerships", json!({})),
        (
            "partnerships",
            json!({"partner": "nobody", "role": "friend", "stage": "soon",
                   "amount": {"amount_minor": -5, "currency": "usd"}, "note": "\u{202E}"}),
        ),
        ("partnerships", json!({"partner": "nobody", "role": "funder", "stage": "idea"})),
        ("partnerships", json!({"partner": "No Body", "role": "funder", "stage": "idea"})),
    ]
}

#[actix_web::test]
async fn part_with_invalid_values_is_422_naming_each() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let mut shown = Vec::new();
    for (kind, body) in invalid_part_bodies() {
        let answered = officer.post(&format!("projects/da-nang-1/{kind}"), &body).await;
        shown.push(format!("{kind}\n  {}", sorted_faults(answered).join("\n  ")));
        assert!(list_parts(&officer, kind).await.is_empty());
    }
    insta::assert_snapshot!(shown.join("\n"), @"
    milestones
      /due_on required
      /title required
    milestones
      /completed_on day
      /due_on day
      /title control_character
      /weight range
    milestones
      /weight range
    indicators
      /better required
      /kind required
      /name required
      /unit required
    indicators
      /baseline/on day
      /baseline/value range
      /better unknown
      /kind unknown
      /target/on required
      /target/value required
      /unit empty
    partnerships
      /partner required
      /role required
      /stage required
    partnerships
      /amount/amount_minor range
      /amount/currency currency
      /note control_character
      /partner unknown
      /role unknown
      /stage unknown
    partnerships
      /partner unknown
    partnerships
      /partner slug
    ");
}

#[actix_web::test]
async fn unknown_member_of_a_part_or_parameter_of_its_list_is_400() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    for (kind, _) in part_bodies() {
        let path = format!("projects/da-nang-1/{kind}");
        let problem = officer.post(&path, &json!({"colour": 1})).await.expect(400).json();
        assert_eq!(problem["errors"][0]["pointer"], "/colour");
        officer.get(&format!("{path}?colour=1")).await.expect(400);
    }
}

#[actix_web::test]
async fn duplicate_milestone_or_indicator_is_409() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let mut shown = Vec::new();
    for (kind, body) in part_bodies().into_iter().take(2) {
        create_part(&officer, kind, &body).await;
        let name = if kind == "milestones" { "title" } else { "name" };
        let mut shouted = body.clone();
        shouted[name] = json!(body[name].as_str().unwrap().to_uppercase());
        let path = format!("projects/da-nang-1/{kind}");
        shown.push(officer.post(&path, &shouted).await.show_members(&["code", "detail"]));
        let mut other = body.clone();
        other[name] = json!("Another");
        let (made, at) = create_part(&officer, kind, &other).await;
        officer.patch(&at, &json!({ name: body[name] }), Some(&made.etag())).await.expect(409);
        assert_eq!(list_parts(&officer, kind).await.len(), 2);
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    409
    code: "conflict"
    detail: "the project has this among its milestones already"
    409
    code: "conflict"
    detail: "the project has this among its indicators already"
    "#);
}

#[actix_web::test]
async fn equal_parts_of_two_projects_and_equal_partnerships_are_allowed() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Other")).await;
    for (kind, body) in part_bodies() {
        create_part(&officer, kind, &body).await;
        officer.post(&format!("projects/da-nang-2/{kind}"), &body).await.expect(201);
    }
    // Two partnerships with one partner are two partnerships.
    create_part(&officer, "partnerships", &part_bodies()[2].1).await;
}

#[actix_web::test]
async fn more_than_200_milestones_of_a_project_is_409() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    for n in 0..200 {
        let body = json!({"title": format!("Step {n}"), "due_on": "2024-01-01"});
        officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
    }
    let body = json!({"title": "Too much", "due_on": "2024-01-01"});
    officer.post("projects/da-nang-1/milestones", &body).await.expect(409);
}
