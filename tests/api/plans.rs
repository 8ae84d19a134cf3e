//! Action plans of cities.

use serde_json::{Value, json};

use crate::helpers::TestApp;

const PLAN: &str = "cities/da-nang/plans/2018-2025";
const NEXT: &str = "cities/da-nang/plans/2026-2035";

fn plan_body() -> Value {
    json!({
        "vision": "A city that is easy to live in.\nFor everybody.", "strategic_targets": ["2030: every bus on time"],
        "focus_areas_as_stated": ["Built Infrastructure", "Giao thông"]
    })
}

#[actix_web::test]
async fn every_role_can_read_imported_plans() {
    let app = TestApp::spawn().await;
    for caller in
        [app.reader().await, app.officer("phnom-penh").await, app.representative("TH").await]
    {
        let plan = caller.get(PLAN).await.expect(200);
        assert!(plan.etag().starts_with("\"v1-"));
        let plan = plan.json();
        assert_eq!((&plan["city"], &plan["plan_cycle"]), (&json!("da-nang"), &json!("2018-2025")));
        assert!(plan["vision"].is_string());
        assert!(!plan["strategic_targets"].as_array().unwrap().is_empty());
        assert_eq!(plan["source"], "SCAP18");
    }
    app.anonymous().get(PLAN).await.expect(401);
    let reader = app.reader().await;
    for missing in [NEXT, "cities/da-nang/plans/1066-1166", "cities/atlantis/plans/2018-2025"] {
        reader.get(missing).await.expect(404);
    }
}

#[actix_web::test]
async fn officer_can_write_the_plan_of_own_city_with_if_match() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let created = officer.put(NEXT, &plan_body(), None).await.expect(201);
    assert_eq!(created.header("location"), Some("/api/v1/cities/da-nang/plans/2026-2035"));
    assert_eq!(
        created.json(),
        json!({
            "city": "da-nang", "plan_cycle": "2026-2035",
            "vision": "A city that is easy to live in.\nFor everybody.",
            "strategic_targets": ["2030: every bus on time"],
            "focus_areas_as_stated": ["Built Infrastructure", "Giao thông"],
            "area_km2": null, "population": null, "source": null, "version": 1
        })
    );
    assert_eq!(app.reader().await.get(NEXT).await.expect(200).json(), created.json());

    let changed = json!({"vision": "Shorter.", "population": 1_200_000, "area_km2": 1285.4});
    officer.put(NEXT, &changed, None).await.expect(428);
    officer.put(NEXT, &changed, Some("\"v2\"")).await.expect(412);
    let replaced = officer.put(NEXT, &changed, Some(&created.etag())).await.expect(200);
    let plan = replaced.json();
    assert_eq!((&plan["strategic_targets"], &plan["version"]), (&json!([]), &json!(2)));
    assert_eq!((&plan["area_km2"], &plan["population"]), (&json!(1285.4), &json!(1_200_000)));
    // The same again makes no version.
    let again = officer.put(NEXT, &changed, Some("\"v2\"")).await.expect(200);
    assert_eq!((again.json(), again.etag()), (plan, replaced.etag()));
}

#[actix_web::test]
async fn rewritten_imported_plan_has_null_source() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let tag = officer.get(PLAN).await.etag();
    let plan = officer.put(PLAN, &plan_body(), Some(&tag)).await.expect(200).json();
    assert_eq!((&plan["source"], &plan["version"]), (&Value::Null, &json!(2)));
}

#[actix_web::test]
async fn writing_a_plan_by_other_roles_is_403() {
    let app = TestApp::spawn().await;
    for other in [
        app.officer("ha-noi").await,
        app.representative("VN").await,
        app.secretariat().await,
        app.administrator().await,
        app.reader().await,
    ] {
        other.put(NEXT, &plan_body(), None).await.expect(403);
        other.put(PLAN, &json!({"wrong": 1}), None).await.expect(403);
    }
    app.anonymous().put(NEXT, &plan_body(), None).await.expect(401);
    let officer = app.officer("da-nang").await;
    for missing in ["cities/da-nang/plans/1066-1166", "cities/atlantis/plans/2026-2035"] {
        officer.put(missing, &plan_body(), None).await.expect(404);
    }
    app.reader().await.get(NEXT).await.expect(404);
}

#[actix_web::test]
async fn plan_with_invalid_values_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    // A tag where nothing is there matches nothing.
    officer.put(NEXT, &plan_body(), Some("\"v1\"")).await.expect(412);
    let wrong = json!({
        "vision": "x".repeat(10_001), "strategic_targets": ["a", "a", "b\u{0007}"],
        "focus_areas_as_stated": vec!["x"; 101], "area_km2": -1, "population": -1
    });
    let problem = officer.put(NEXT, &wrong, None).await.expect(422).json();
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(
        pointers,
        [
            "/vision",
            "/strategic_targets/1",
            "/strategic_targets/2",
            "/focus_areas_as_stated",
            "/area_km2",
            "/population"
        ]
    );
    for (body, pointer) in [
        (json!({"city": "da-nang"}), "/city"),
        (json!({"vision": 7}), "/vision"),
        (json!({"population": 1.5}), "/population"),
    ] {
        let problem = officer.put(NEXT, &body, None).await.expect(400).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    officer.get(NEXT).await.expect(404);
}
