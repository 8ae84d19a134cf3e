//! What waits for each role: `GET /me/todo`.

use ascn_tracker::domain::user::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::{Caller, TestApp},
    report_fixtures::{
        CYCLE, da_nang_scope, file_and_approve, insert_project, report_path, spawn_with_open_cycle,
        viet_nam_scope,
    },
};

mod overdue_reports;
mod reopened_reports;

async fn read_todo(caller: &Caller<'_>) -> Value {
    caller.get("me/todo").await.expect(200).json()
}

/// Four projects of Da Nang: the first returned, the second ready, the third not ready, the fourth without a report.
async fn spawn_with_work_for_an_officer() -> TestApp {
    let app = spawn_with_open_cycle().await;
    for number in 2..=4 {
        insert_project(&app, "da-nang", number).await;
    }
    insert_project(&app, "ha-noi", 1).await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let representative = app.representative("VN").await;
    let returned = representative.take_transition_with_comment("da-nang-1", "return", "Why?").await;
    returned.expect(200);
    officer.write_complete_report("da-nang-2").await;
    officer.put(&report_path("da-nang-3"), &json!({ "status": "ongoing" }), None).await.expect(201);
    app
}

#[actix_web::test]
async fn todo_of_officer_lists_reports_to_write_correct_and_submit() {
    let app = spawn_with_work_for_an_officer().await;
    let todo = app.officer("da-nang").await.get("me/todo").await;
    insta::assert_snapshot!(todo.show(), @r#"
    200
    {
      "counts": {
        "blocked": 1,
        "late": 0,
        "needs_extension": 0,
        "new_grants": 0,
        "overdue": 0,
        "ready": 2,
        "ready_to_release": 0,
        "returned": 1,
        "silent_cities": 0,
        "to_decide": 0,
        "to_write": 1,
        "vacancies": 0
      },
      "needs_extension": [],
      "officer": [
        {
          "blocked": [
            {
              "missing": [
                {
                  "code": "required",
                  "detail": "a value is required",
                  "pointer": "/achievements",
                  "title": "Achievements"
                },
                {
                  "code": "required",
                  "detail": "a value is required",
                  "pointer": "/challenges",
                  "title": "Challenges"
                },
                {
                  "code": "required",
                  "detail": "a value is required",
                  "pointer": "/next_steps",
                  "title": "Next steps"
                },
                {
                  "code": "required",
                  "detail": "a value is required",
                  "pointer": "/percent_complete",
                  "title": "Percent complete"
                },
                {
                  "code": "required",
                  "detail": "a value is required",
                  "pointer": "/percent_method",
                  "title": "How progress is measured"
                }
              ],
              "project": "da-nang-3"
            }
          ],
          "city": "da-nang",
          "cycle": "me-2026",
          "days_left": 41,
          "due_on": "2026-12-31",
          "ready": ["da-nang-1", "da-nang-2"],
          "returned": [
            {
              "project": "da-nang-1",
              "returned": {
                "at": "2026-11-20T03:00:00Z",
                "by": {
                  "id": "[id]",
                  "name": "national_representative VN"
                },
                "comment_id": "[id]",
                "text": "Why?"
              }
            }
          ],
          "to_write": ["da-nang-4"],
          "to_write_items": [{"project": "da-nang-4", "title": "Project 4 of da-nang"}],
          "totals": {
            "approved": 0,
            "blocked": 1,
            "draft": 2,
            "late": 0,
            "projects": 4,
            "ready": 2,
            "returned": 1,
            "submitted": 0,
            "to_write": 1
          }
        }
      ],
      "representative": null,
      "secretariat": null,
      "vacancies": []
    }
    "#);
}

#[actix_web::test]
async fn todo_of_representative_lists_submissions_oldest_first() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    for code in ["da-nang-2", "da-nang-1"] {
        officer.write_complete_report(code).await;
        officer.take_transition(code, "submit").await.expect(200);
        app.clock.advance(TimeDelta::seconds(5));
    }
    let todo = read_todo(&app.representative("VN").await).await;
    let to_decide = &todo["representative"]["to_decide"];
    insta::assert_snapshot!(show_items(to_decide, &["project", "submitted_at"]), @"
    da-nang-2 2026-11-20T03:00:00Z
    da-nang-1 2026-11-20T03:00:05Z
    ");
    let members = ["project", "status", "percent_complete", "earlier_status", "support_needed"];
    insta::assert_snapshot!(show_items(to_decide, &members), @"
    da-nang-2 ongoing 62.5 null null
    da-nang-1 ongoing 62.5 null null
    ");
    insta::assert_snapshot!(show_members(&todo["counts"], &["to_decide", "overdue"]), @"
    to_decide: 2
    overdue: 0
    ");
}

#[actix_web::test]
async fn todo_of_representative_lists_silent_cities_of_own_country() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "ha-noi", 1).await;
    insert_project(&app, "phuket", 1).await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    // Ho Chi Minh City has no project. It is silent too.
    let viet_nam = read_todo(&app.representative("VN").await).await;
    let silent = show_items(&viet_nam["representative"]["silent_cities"], &["city", "cycle"]);
    insta::assert_snapshot!(silent, @"
    ha-noi me-2026
    ho-chi-minh-city me-2026
    ");
    let thailand = read_todo(&app.representative("TH").await).await;
    let silent = show_items(&thailand["representative"]["silent_cities"], &["city"]);
    insta::assert_snapshot!(silent.replace('\n', " "), @"bangkok chiang-mai chonburi khon-kaen phuket rayong");
    assert_eq!(thailand["representative"]["to_decide"], json!([]));
}

#[actix_web::test]
async fn todo_lists_a_closed_and_decided_cycle_as_ready_to_release() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-2").await;
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    let secretariat = app.secretariat().await;
    secretariat.send("POST", &format!("cycles/{CYCLE}/close"), None, &[]).await.expect(200);
    let ready = async || read_todo(&secretariat).await["secretariat"]["ready_to_release"].clone();
    assert_eq!(ready().await, json!([]));
    app.representative("VN").await.take_transition("da-nang-2", "approve").await.expect(200);
    assert_eq!(ready().await, json!([CYCLE]));
}

#[actix_web::test]
async fn todo_of_secretariat_lists_new_powerful_grants() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let list_new_grants =
        async || read_todo(&secretariat).await["secretariat"]["new_grants"].clone();
    let members = ["user", "grant/role"];
    insta::assert_snapshot!(show_items(&list_new_grants().await, &members), @"[id] secretariat");
    let (user, _) = app.insert_user("mai", &[(Role::CityOfficer, da_nang_scope())]).await;
    insta::assert_snapshot!(show_items(&list_new_grants().await, &members), @"[id] secretariat");
    let grant =
        json!({ "role": "national_representative", "scope": { "kind": "country", "key": "VN" } });
    app.administrator().await.post(&format!("users/{user}/grants"), &grant).await.expect(201);
    // The representative's, and that of the administrator who gave it.
    let new = list_new_grants().await;
    insta::assert_snapshot!(show_items(&new, &members), @"
    [id] national_representative
    [id] administrator
    [id] secretariat
    ");
    let role = |g: &Value| g["user"] == json!(user) && g["grant"]["role"] == grant["role"];
    assert!(new.as_array().unwrap().iter().any(role), "{new}");
}

/// The countries and the cities of the vacancies that a caller can fill.
async fn list_vacant_scopes(caller: Caller<'_>) -> [String; 2] {
    let vacancies = read_todo(&caller).await["vacancies"].clone();
    ["country", "city"].map(|kind| {
        let of_kind = |v: &&Value| v["scope"]["kind"] == kind;
        let keys = vacancies.as_array().unwrap().iter().filter(of_kind);
        keys.map(|v| v["scope"]["key"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    })
}

#[actix_web::test]
async fn todo_lists_vacancies_to_those_who_can_fill_them() {
    let app = spawn_with_open_cycle().await;
    // Every expected city and its country, with a project or without. Dili joined this year.
    let [countries, cities] = list_vacant_scopes(app.administrator().await).await;
    insta::assert_snapshot!(countries, @"BN ID KH LA MM MY PH SG TH VN");
    assert_eq!(cities.split(' ').count(), 37);
    assert!(cities.contains("denpasar") && !cities.contains("dili"), "{cities}");
    // A representative fills the offices of cities, not the own one. Calling filled that one.
    let viet_nam = list_vacant_scopes(app.representative("VN").await).await;
    assert_eq!(viet_nam, ["", "da-nang ha-noi ho-chi-minh-city"]);
    let [countries, _] = list_vacant_scopes(app.administrator().await).await;
    insta::assert_snapshot!(countries, @"BN ID KH LA MM MY PH SG TH");
}

#[actix_web::test]
async fn new_officer_fills_the_vacancy_of_the_city() {
    let app = spawn_with_open_cycle().await;
    app.insert_user("mai", &[(Role::CityOfficer, da_nang_scope())]).await;
    let vacant = list_vacant_scopes(app.representative("VN").await).await;
    assert_eq!(vacant, ["", "ha-noi ho-chi-minh-city"]);
}

#[actix_web::test]
async fn country_with_one_of_two_representatives_disabled_is_not_vacant() {
    let app = spawn_with_open_cycle().await;
    app.representative("VN").await;
    let (id, _) = app.insert_user("lan", &[(Role::NationalRepresentative, viet_nam_scope())]).await;
    let administrator = app.administrator().await;
    let account = format!("users/{id}");
    let etag = administrator.get(&account).await.expect(200).etag();
    administrator.patch(&account, &json!({ "disabled": true }), Some(&etag)).await.expect(200);
    let [countries, _] = list_vacant_scopes(administrator).await;
    insta::assert_snapshot!(countries, @"BN ID KH LA MM MY PH SG TH");
}

#[actix_web::test]
async fn todo_with_matching_if_none_match_is_304() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let first = officer.get("me/todo").await.expect(200);
    let again = officer.send("GET", "me/todo", None, &[("if-none-match", &first.etag())]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    insert_project(&app, "da-nang", 2).await;
    let changed = officer.send("GET", "me/todo", None, &[("if-none-match", &first.etag())]).await;
    assert_eq!(changed.expect(200).json()["counts"]["to_write"], 2);
    app.anonymous().get("me/todo").await.expect(401);
}
