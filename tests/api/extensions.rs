//! Extensions: more time for one city in one cycle.

use ascn_tracker::domain::{id::Id, user::Role};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    helpers::{TestApp, pointers},
    report_fixtures::{
        CYCLE, complete_report_body, da_nang_scope, report_path, spawn_with_open_cycle,
        viet_nam_scope,
    },
};

fn extension_path(city: &str) -> String {
    format!("cycles/{CYCLE}/extensions/{city}")
}

fn extension_body(due_on: &str) -> Value {
    json!({ "due_on": due_on, "reason": "Offices were closed after the flood." })
}

async fn close_cycle(app: &TestApp) -> Value {
    let path = format!("cycles/{CYCLE}/close");
    app.secretariat().await.send("POST", &path, None, &[]).await.expect(200).json()
}

#[actix_web::test]
async fn city_with_extension_can_file_in_a_closed_cycle() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    close_cycle(&app).await;
    officer.put(&report_path("da-nang-1"), &complete_report_body(), None).await.expect(409);
    let representative = app.representative("VN").await;
    let made = representative
        .put(&extension_path("da-nang"), &extension_body("2027-01-15"), None)
        .await
        .expect(201);
    assert_eq!(
        made.header("location"),
        Some(format!("/api/v1/{}", extension_path("da-nang")).as_str())
    );
    let filed = officer.write_complete_report("da-nang-1").await.json();
    assert_eq!(
        (filed["due_on"].as_str(), filed["late"].as_bool()),
        (Some("2027-01-15"), Some(false))
    );
    let taken = representative
        .delete(&extension_path("da-nang"), Some(&made.etag()))
        .await
        .expect(200)
        .json();
    assert_eq!(taken["version"], 2);
    officer.take_transition("da-nang-1", "submit").await.expect(409);
    assert_eq!(officer.get(&report_path("da-nang-1")).await.json()["due_on"], "2026-12-31");
}

#[actix_web::test]
async fn extension_ends_at_midnight_in_the_city_time_zone() {
    let app = spawn_with_open_cycle().await;
    close_cycle(&app).await;
    app.secretariat()
        .await
        .put(&extension_path("da-nang"), &extension_body("2027-01-15"), None)
        .await
        .expect(201);
    let (officer, _) = app.insert_user("officer", &[(Role::CityOfficer, da_nang_scope())]).await;
    // 2027-01-15 ends at 17:00 UTC in Viet Nam.
    let ends: chrono::DateTime<chrono::Utc> = "2027-01-15T17:00:00Z".parse().unwrap();
    app.clock.set(ends - TimeDelta::seconds(1));
    let token = app.open_session(Id::new(officer)).await;
    let caller = app.bearer(&token);
    let filed =
        caller.put(&report_path("da-nang-1"), &complete_report_body(), None).await.expect(201);
    assert_eq!(filed.json()["late"], false);
    app.clock.set(ends);
    let refused = caller
        .put(&report_path("da-nang-1"), &complete_report_body(), Some(&filed.etag()))
        .await
        .expect(409);
    assert_eq!(
        refused.json()["detail"],
        "edit is not possible while it is in a cycle that is closed"
    );
    let view = caller.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(view["late"], true);
    let queue = caller.get("reports?late=true").await.expect(200).json();
    assert_eq!(queue["total"], 1);
}

#[actix_web::test]
async fn extension_decides_whether_a_report_is_late() {
    let app = spawn_with_open_cycle().await;
    let (officer, _) = app.insert_user("officer", &[(Role::CityOfficer, da_nang_scope())]).await;
    let (representative, _) = app
        .insert_user("representative", &[(Role::NationalRepresentative, viet_nam_scope())])
        .await;
    let as_user = async |user| app.open_session(Id::new(user)).await;
    let token = as_user(officer).await;
    app.bearer(&token)
        .put(&report_path("da-nang-1"), &complete_report_body(), None)
        .await
        .expect(201);
    app.clock.set(app.state.clock.now() + TimeDelta::days(60));
    let late = async || {
        let token = as_user(officer).await;
        let queue = app.bearer(&token).get("reports?late=true").await.expect(200).json();
        let view = app.bearer(&token).get(&report_path("da-nang-1")).await.expect(200).json();
        assert_eq!(view["late"].as_bool(), Some(queue["total"] == 1));
        view["late"] == true
    };
    assert!(late().await);
    let token = as_user(representative).await;
    let reviewer = app.bearer(&token);
    let made = reviewer
        .put(&extension_path("da-nang"), &extension_body("2027-03-01"), None)
        .await
        .expect(201);
    assert!(!late().await);
    let shorter = extension_body("2027-01-02");
    reviewer.put(&extension_path("da-nang"), &shorter, None).await.expect(428);
    reviewer.put(&extension_path("da-nang"), &shorter, Some(&made.etag())).await.expect(200);
    assert!(late().await);
}

#[actix_web::test]
async fn extension_without_reason_or_later_due_day_is_422() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let empty = secretariat.put(&extension_path("da-nang"), &json!({}), None).await.expect(422);
    assert_eq!(pointers(&empty), ["/due_on", "/reason"]);
    let early = extension_body("2026-12-31");
    let early = secretariat.put(&extension_path("da-nang"), &early, None).await.expect(422);
    assert_eq!(pointers(&early), ["/due_on"]);
    secretariat
        .put(&extension_path("da-nang"), &json!({ "until": "2027-02-01" }), None)
        .await
        .expect(400);
    secretariat
        .put(&extension_path("nowhere"), &extension_body("2027-02-01"), None)
        .await
        .expect(404);
    secretariat
        .put(&extension_path("da-nang"), &extension_body("2027-02-01"), Some("\"v1\""))
        .await
        .expect(412);
    secretariat.get(&extension_path("da-nang")).await.expect(404);
    secretariat.delete(&extension_path("da-nang"), Some("\"v1\"")).await.expect(404);
    let made = secretariat
        .put(&extension_path("da-nang"), &extension_body("2027-02-01"), None)
        .await
        .expect(201);
    let read = secretariat.get(&extension_path("da-nang")).await.expect(200);
    assert_eq!((read.text.as_str(), read.etag()), (made.text.as_str(), made.etag()));
    secretariat.delete(&extension_path("da-nang"), Some(&made.etag())).await.expect(200);
    // The versions go on, so that the tag of before never fits the one that is granted again.
    let again = secretariat
        .put(&extension_path("da-nang"), &extension_body("2027-02-02"), None)
        .await
        .expect(201);
    assert_eq!(again.json()["version"], 3);
    secretariat.delete(&extension_path("da-nang"), Some(&made.etag())).await.expect(412);
}

#[actix_web::test]
async fn extensions_of_a_city_are_visible_only_to_those_working_on_it() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    for city in ["da-nang", "ha-noi", "phuket"] {
        secretariat
            .put(&extension_path(city), &extension_body("2027-02-01"), None)
            .await
            .expect(201);
    }
    let list = format!("cycles/{CYCLE}/extensions");
    let seen = async |caller: crate::helpers::Caller<'_>| {
        let list = caller.get(&list).await.expect(200).json();
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|i| i["city"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(seen(app.secretariat().await).await, ["da-nang", "ha-noi", "phuket"]);
    assert_eq!(seen(app.representative("VN").await).await, ["da-nang", "ha-noi"]);
    assert_eq!(seen(app.officer("da-nang").await).await, ["da-nang"]);
    app.reader().await.get(&list).await.expect(403);
    app.officer("ha-noi").await.get(&extension_path("da-nang")).await.expect(403);
    let stranger = app.representative("TH").await;
    stranger
        .put(&extension_path("da-nang"), &extension_body("2027-03-01"), Some("\"v1\""))
        .await
        .expect(403);
}

#[actix_web::test]
async fn close_cycle_lists_projects_without_approved_report() {
    let app = spawn_with_open_cycle().await;
    for number in [2, 3, 4] {
        crate::report_fixtures::insert_project(&app, "da-nang", number).await;
    }
    crate::report_fixtures::file_and_approve(&app, "da-nang-2").await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-3").await;
    officer.write_complete_report("da-nang-4").await;
    officer.take_transition("da-nang-4", "submit").await.expect(200);
    let closed = close_cycle(&app).await;
    assert_eq!(closed["state"], "closed");
    assert_eq!(
        closed["left_out"],
        json!([
            { "project": "da-nang-1", "state": null },
            { "project": "da-nang-3", "state": "draft" },
            { "project": "da-nang-4", "state": "submitted" },
        ])
    );
}

#[actix_web::test]
async fn extension_in_an_imported_cycle_is_409() {
    let app = TestApp::demo().await;
    let path = "cycles/me-2022/extensions/da-nang";
    app.representative("VN").await.put(path, &extension_body("2027-01-20"), None).await.expect(409);
}

#[actix_web::test]
async fn delete_extension_without_if_match_is_404_if_there_is_none_else_428() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    secretariat.delete(&extension_path("da-nang"), None).await.expect(404);
    let granted = secretariat
        .put(&extension_path("da-nang"), &extension_body("2027-02-01"), None)
        .await
        .expect(201);
    secretariat.delete(&extension_path("da-nang"), None).await.expect(428);
    secretariat.delete(&extension_path("da-nang"), Some("no tag")).await.expect(412);
    secretariat.delete(&extension_path("da-nang"), Some(&granted.etag())).await.expect(200);
}
