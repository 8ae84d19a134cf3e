//! One city, one sitting: what a city has to report in a cycle, in one answer.

use ascn_tracker::domain::{id::Id, user::Role};
use serde_json::{Value, json};

use crate::{
    helpers::TestApp,
    report_fixtures::{
        complete_report_body, file_and_approve, insert_project, report_path, spawn_with_open_cycle,
    },
};

const PATH: &str = "cities/da-nang/cycles/me-2026";

/// Six projects: approved, submitted, returned, a draft that is ready, one that is not, and one that nobody began.
async fn spawn_with_six_projects() -> TestApp {
    let app = spawn_with_open_cycle().await;
    for number in 2..=6 {
        insert_project(&app, "da-nang", number).await;
    }
    file_and_approve(&app, "da-nang-1").await;
    let officer = app.officer("da-nang").await;
    for code in ["da-nang-2", "da-nang-3"] {
        officer.write_complete_report(code).await;
        officer.take_transition(code, "submit").await.expect(200);
    }
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-3", "return", "Say more.")
        .await
        .expect(200);
    officer.write_complete_report("da-nang-4").await;
    let bare = json!({ "status": "suspended", "achievements": "A little." });
    officer.put(&report_path("da-nang-5"), &bare, None).await.expect(201);
    app
}

fn find_item<'a>(view: &'a Value, project: &str) -> &'a Value {
    view["items"].as_array().unwrap().iter().find(|i| i["project"] == project).unwrap()
}

#[actix_web::test]
async fn checklist_shows_officer_every_project_with_missing_fields() {
    let app = spawn_with_six_projects().await;
    let view = app.officer("da-nang").await.get(PATH).await.expect(200).json();
    assert_eq!(
        view["totals"],
        json!({
            "projects": 6, "to_write": 1, "draft": 2, "returned": 1, "submitted": 1, "approved": 1,
            "ready": 2, "blocked": 1, "late": 0
        })
    );
    assert_eq!(
        (view["due_on"].as_str(), view["days_left"].as_i64(), view["accepts_reports"].as_bool()),
        (Some("2026-12-31"), Some(41), Some(true))
    );
    let held = |code: &str| find_item(&view, code)["held_by"].as_str().unwrap().to_owned();
    assert_eq!(
        ["da-nang-1", "da-nang-2", "da-nang-3", "da-nang-4"].map(held),
        ["nobody", "representative", "city", "city"]
    );
    let returned = &find_item(&view, "da-nang-3")["returned"];
    assert_eq!(
        (returned["text"].as_str(), returned["by"]["name"].as_str()),
        (Some("Say more."), Some("national_representative VN"))
    );
    // The same rules, field by field, as readiness tells of one report.
    let blocked = find_item(&view, "da-nang-5");
    let readiness = format!("{}/readiness", report_path("da-nang-5"));
    let readiness = app.officer("da-nang").await.get(&readiness).await.expect(200).json();
    assert_eq!(
        (&blocked["missing"], blocked["ready"].as_bool()),
        (&readiness["missing"], Some(false))
    );
    assert!(find_item(&view, "da-nang-6")["state"].is_null());
    assert!(find_item(&view, "da-nang-6")["missing"].as_array().unwrap().len() >= 5);
}

#[actix_web::test]
async fn checklist_hides_draft_content_from_representative() {
    let app = spawn_with_six_projects().await;
    for caller in [app.representative("VN").await, app.secretariat().await] {
        let view = caller.get(PATH).await.expect(200).json();
        let draft = find_item(&view, "da-nang-5");
        assert_eq!(draft["state"], "draft");
        for hidden in ["version", "status", "percent_complete", "ready"] {
            assert!(draft[hidden].is_null(), "{hidden}");
        }
        assert_eq!((draft["missing"].clone(), draft["unanswered"].clone()), (json!([]), json!(0)));
        assert_eq!(find_item(&view, "da-nang-3")["status"], "ongoing");
        assert_eq!((&view["totals"]["draft"], &view["totals"]["blocked"]), (&json!(2), &json!(0)));
        // One that nobody began looks the same to them as it is.
        assert!(find_item(&view, "da-nang-6")["state"].is_null());
    }
    for stranger in
        [app.officer("ha-noi").await, app.representative("TH").await, app.reader().await]
    {
        stranger.get(PATH).await.expect(403);
    }
    app.secretariat().await.get("cities/nowhere/cycles/me-2026").await.expect(404);
    app.secretariat().await.get("cities/da-nang/cycles/me-1999").await.expect(404);
    app.secretariat().await.get(&format!("{PATH}?since=2020")).await.expect(400);
    app.reader().await.get(&format!("{PATH}?since=2020")).await.expect(403);
}

#[actix_web::test]
async fn checklist_cache_is_up_to_date_after_own_write() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let first = officer.get(PATH).await.expect(200);
    let again = officer.send("GET", PATH, None, &[("if-none-match", &first.etag())]).await;
    assert_eq!(again.status, 304);
    officer.put(&report_path("da-nang-1"), &complete_report_body(), None).await.expect(201);
    let second = officer.get(PATH).await.expect(200);
    assert_eq!(find_item(&second.json(), "da-nang-1")["state"], "draft");
    assert_ne!(first.etag(), second.etag());
    // What one may see is not what another may: nobody is answered with somebody else's.
    let seen = app.representative("VN").await.get(PATH).await.expect(200).json();
    assert!(find_item(&seen, "da-nang-1")["version"].is_null());
}

#[actix_web::test]
async fn checklist_days_left_change_at_midnight_in_the_city_time_zone() {
    let app = spawn_with_open_cycle().await;
    let (user, _) = app
        .insert_user("mai", &[(Role::CityOfficer, crate::report_fixtures::da_nang_scope())])
        .await;
    let days = async |at: &str| {
        app.clock.set(at.parse().unwrap());
        // A session of now: the clock was moved past the others.
        let token = app.open_session(Id::new(user)).await;
        let view = app.bearer(&token).get(PATH).await.expect(200).json();
        (view["days_left"].as_i64().unwrap(), view["totals"]["late"].as_i64().unwrap())
    };
    assert_eq!(days("2026-12-31T16:59:59Z").await, (0, 0));
    assert_eq!(days("2026-12-31T17:00:00Z").await, (-1, 1));
}
