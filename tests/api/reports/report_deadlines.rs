//! When reports can be written, and when they are late.

use ascn_tracker::domain::{id::Id, user::Role};
use serde_json::json;

use crate::report_fixtures::{
    CYCLE, complete_report_body, cycle_body, da_nang_scope, report_path, spawn_with_open_cycle,
    viet_nam_scope,
};

#[actix_web::test]
async fn writing_a_report_outside_an_open_cycle_is_409() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let officer = app.officer("da-nang").await;
    secretariat.post("cycles", &cycle_body("me-2027")).await.expect(201);
    let scheduled = officer
        .put("projects/da-nang-1/reports/me-2027", &complete_report_body(), None)
        .await
        .expect(409)
        .json();
    assert_eq!(
        scheduled["detail"],
        "edit is not possible while it is in a cycle that is not open yet"
    );
    let draft = officer.write_complete_report("da-nang-1").await;
    secretariat.send("POST", &format!("cycles/{CYCLE}/close"), None, &[]).await.expect(200);
    let closed = officer
        .put(&report_path("da-nang-1"), &complete_report_body(), Some(&draft.etag()))
        .await
        .expect(409)
        .json();
    assert_eq!(closed["detail"], "edit is not possible while it is in a cycle that is closed");
    officer.take_transition("da-nang-1", "submit").await.expect(409);
    let view = officer.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(view["allowed_actions"]["edit"]["allowed"], false);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn closed_cycle_still_allows_approve_return_and_reopen() {
    let app = spawn_with_open_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let secretariat = app.secretariat().await;
    for number in [2, 3] {
        crate::report_fixtures::insert_project(&app, "da-nang", number).await;
    }
    for project in ["da-nang-1", "da-nang-2", "da-nang-3"] {
        officer.write_complete_report(project).await;
        officer.take_transition(project, "submit").await.expect(200);
    }
    secretariat.send("POST", &format!("cycles/{CYCLE}/close"), None, &[]).await.expect(200);
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    representative.take_transition_with_comment("da-nang-2", "return", "x").await.expect(200);
    officer.take_transition("da-nang-3", "withdraw").await.expect(409);
    secretariat.take_transition_with_comment("da-nang-1", "reopen", "x").await.expect(200);
}

#[actix_web::test]
async fn report_in_a_cycle_of_another_plan_is_409() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let mut other = cycle_body("me-2027");
    other["plan_cycle"] = json!("2026-2035");
    secretariat.post("cycles", &other).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let path = "projects/da-nang-1/reports/me-2027";
    app.officer("da-nang").await.put(path, &complete_report_body(), None).await.expect(409);
}

#[actix_web::test]
async fn report_is_late_after_midnight_in_the_city_time_zone() {
    let app = spawn_with_open_cycle().await;
    crate::report_fixtures::insert_project(&app, "da-nang", 2).await;
    let (officer, _) = app.insert_user("officer", &[(Role::CityOfficer, da_nang_scope())]).await;
    let (representative, _) = app
        .insert_user("representative", &[(Role::NationalRepresentative, viet_nam_scope())])
        .await;
    let late = async |answer: bool| {
        let token = app.open_session(Id::new(officer)).await;
        let list =
            app.bearer(&token).get(&format!("reports?late={answer}")).await.expect(200).json();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| {
                assert_eq!(r["late"], answer);
                r["project"].as_str().unwrap().to_owned()
            })
            .collect::<Vec<_>>()
    };
    let file = async |project: &str| {
        let token = app.open_session(Id::new(officer)).await;
        let caller = app.bearer(&token);
        caller.write_complete_report(project).await;
        caller.take_transition(project, "submit").await.expect(200);
    };
    // Midnight in Da Nang is 17:00 of UTC; a cycle that is past its day takes reports until it is closed.
    app.clock.set("2026-12-31T16:59:00Z".parse().unwrap());
    file("da-nang-1").await;
    let token = app.open_session(Id::new(officer)).await;
    app.bearer(&token).write_complete_report("da-nang-2").await;
    assert_eq!((late(true).await.len(), late(false).await.len()), (0, 2));
    app.clock.set("2026-12-31T17:00:00Z".parse().unwrap());
    assert_eq!(
        (late(true).await, late(false).await),
        (vec!["da-nang-2".to_owned()], vec!["da-nang-1".to_owned()])
    );
    file("da-nang-2").await;
    assert_eq!(late(true).await, ["da-nang-2"]);
    // A return does not make a report late that was submitted in time.
    let token = app.open_session(Id::new(representative)).await;
    app.bearer(&token).take_transition_with_comment("da-nang-1", "return", "x").await.expect(200);
    assert_eq!(
        (late(true).await, late(false).await),
        (vec!["da-nang-2".to_owned()], vec!["da-nang-1".to_owned()])
    );
}
