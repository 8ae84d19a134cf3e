//! What waits for whom.

use ascn_tracker::domain::{id::Id, user::Role};
use chrono::TimeDelta;
use serde_json::json;

use crate::{
    helpers::TestApp,
    report_fixtures::{
        CYCLE, da_nang_scope, file_and_approve, insert_project, report_path, spawn_with_open_cycle,
        viet_nam_scope,
    },
};

#[actix_web::test]
async fn todo_of_officer_lists_reports_to_write_correct_and_submit() {
    let app = spawn_with_open_cycle().await;
    for number in 2..=4 {
        insert_project(&app, "da-nang", number).await;
    }
    insert_project(&app, "ha-noi", 1).await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-1", "return", "Why?")
        .await
        .expect(200);
    officer.write_complete_report("da-nang-2").await;
    officer.put(&report_path("da-nang-3"), &json!({ "status": "ongoing" }), None).await.expect(201);
    let todo = officer.get("me/todo").await.expect(200).json();
    let city = &todo["officer"][0];
    assert_eq!((city["city"].as_str(), city["days_left"].as_i64()), (Some("da-nang"), Some(41)));
    assert_eq!(city["to_write"], json!(["da-nang-4"]));
    assert_eq!(city["returned"][0]["project"], "da-nang-1");
    assert_eq!(city["returned"][0]["returned"]["text"], "Why?");
    assert_eq!(city["ready"], json!(["da-nang-1", "da-nang-2"]));
    assert_eq!(city["blocked"][0]["project"], "da-nang-3");
    let counts = &todo["counts"];
    assert_eq!(
        ["to_write", "returned", "ready", "blocked", "to_decide"]
            .map(|c| counts[c].as_i64().unwrap()),
        [1, 1, 2, 1, 0]
    );
    assert!(todo["representative"].is_null() && todo["secretariat"].is_null());
    assert_eq!(todo["vacancies"], json!([]));
}

#[actix_web::test]
async fn todo_of_representative_lists_submissions_oldest_first() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    insert_project(&app, "ha-noi", 1).await;
    insert_project(&app, "phuket", 1).await;
    let officer = app.officer("da-nang").await;
    for code in ["da-nang-2", "da-nang-1"] {
        officer.write_complete_report(code).await;
        officer.take_transition(code, "submit").await.expect(200);
        app.clock.set(app.state.clock.now() + TimeDelta::seconds(5));
    }
    let todo = app.representative("VN").await.get("me/todo").await.expect(200).json();
    let nr = &todo["representative"];
    let codes: Vec<_> =
        nr["to_decide"].as_array().unwrap().iter().map(|d| d["project"].clone()).collect();
    assert_eq!(codes, [json!("da-nang-2"), json!("da-nang-1")]);
    assert_eq!(nr["silent_cities"], json!([{ "city": "ha-noi", "cycle": CYCLE }]));
    assert_eq!((&todo["counts"]["to_decide"], &todo["counts"]["overdue"]), (&json!(2), &json!(0)));
    let other = app.representative("TH").await.get("me/todo").await.expect(200).json();
    assert_eq!(other["representative"]["to_decide"], json!([]));
    assert_eq!(
        other["representative"]["silent_cities"],
        json!([{ "city": "phuket", "cycle": CYCLE }])
    );
}

#[actix_web::test]
async fn todo_of_secretariat_shows_coverage_and_overdue_reports() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    insert_project(&app, "phuket", 1).await;
    file_and_approve(&app, "da-nang-1").await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-2").await;
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    let (secretary, _) = app
        .insert_user("nok", &[(Role::Secretariat, ascn_tracker::domain::user::Scope::Network)])
        .await;
    let todo = async |app: &TestApp| {
        let token = app.open_session(Id::new(secretary)).await;
        app.bearer(&token).get("me/todo").await.expect(200).json()
    };
    let now = todo(&app).await;
    let vn =
        now["secretariat"]["coverage"].as_array().unwrap().iter().find(|c| c["country"] == "VN");
    assert_eq!(
        vn.unwrap(),
        &json!({ "cycle": CYCLE, "country": "VN", "projects": 2, "to_write": 0, "draft": 0,
                 "returned": 0, "submitted": 1, "approved": 1 })
    );
    assert_eq!(now["counts"]["overdue"], 0);
    // 2027-01-31 ends at 17:00 UTC in Viet Nam.
    app.clock.set("2027-01-31T16:59:00Z".parse().unwrap());
    assert_eq!(todo(&app).await["counts"]["overdue"], 0);
    app.clock.set("2027-01-31T17:00:00Z".parse().unwrap());
    let late = todo(&app).await;
    assert_eq!(late["secretariat"]["overdue"][0]["project"], "da-nang-2");
    assert_eq!(late["secretariat"]["overdue"][0]["overdue"], true);
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
    let ready = async || {
        secretariat.get("me/todo").await.expect(200).json()["secretariat"]["ready_to_release"]
            .clone()
    };
    assert_eq!(ready().await, json!([]));
    app.representative("VN").await.take_transition("da-nang-2", "approve").await.expect(200);
    assert_eq!(ready().await, json!([CYCLE]));
}

#[actix_web::test]
async fn todo_of_secretariat_lists_new_powerful_grants() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let count = async || {
        let todo = secretariat.get("me/todo").await.expect(200).json();
        todo["secretariat"]["new_grants"].as_array().unwrap().len()
    };
    let before = count().await;
    let (user, _) = app.insert_user("mai", &[(Role::CityOfficer, da_nang_scope())]).await;
    assert_eq!(count().await, before);
    let grant =
        json!({ "role": "national_representative", "scope": { "kind": "country", "key": "VN" } });
    app.administrator().await.post(&format!("users/{user}/grants"), &grant).await.expect(201);
    assert_eq!(count().await, before + 2, "the representative's and the administrator's own");
    let todo = secretariat.get("me/todo").await.expect(200).json();
    let new = todo["secretariat"]["new_grants"].as_array().unwrap();
    assert!(
        new.iter()
            .any(|g| g["user"] == json!(user) && g["grant"]["role"] == "national_representative")
    );
}

#[actix_web::test]
async fn todo_lists_vacancies_to_those_who_can_fill_them() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "phuket", 1).await;
    let vacant = async |caller: crate::helpers::Caller<'_>| {
        let todo = caller.get("me/todo").await.expect(200).json();
        let all = todo["vacancies"].as_array().unwrap().clone();
        all.iter().map(|v| v["scope"]["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(vacant(app.administrator().await).await, ["TH", "VN", "phuket", "da-nang"]);
    // A representative fills the offices of cities, not the own one.
    assert_eq!(vacant(app.representative("VN").await).await, ["da-nang"]);
    assert_eq!(vacant(app.administrator().await).await, ["TH", "phuket", "da-nang"]);
    app.insert_user("mai", &[(Role::CityOfficer, da_nang_scope())]).await;
    assert_eq!(vacant(app.representative("VN").await).await, Vec::<String>::new());
    let (nr, _) = app.insert_user("lan", &[(Role::NationalRepresentative, viet_nam_scope())]).await;
    let account = format!("users/{nr}");
    let etag = app.administrator().await.get(&account).await.expect(200).etag();
    app.administrator()
        .await
        .patch(&account, &json!({ "disabled": true }), Some(&etag))
        .await
        .expect(200);
    assert_eq!(vacant(app.administrator().await).await, ["TH", "phuket"]);
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

#[actix_web::test]
async fn todo_lists_report_reopened_in_a_closed_cycle_as_needs_extension() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    // Begun and never handed in: closing leaves it out, and nothing more is to be done about it.
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-2").await;
    crate::operation_fixture::close_cycle(&app, CYCLE).await;
    let representative = app.representative("VN").await;
    representative.take_transition_with_comment("da-nang-1", "reopen", "A slip.").await.expect(200);

    let todo = officer.get("me/todo").await.expect(200).json();
    assert_eq!(todo["officer"], json!([]), "the cycle takes no reports");
    let [item] = &todo["needs_extension"].as_array().unwrap()[..] else { panic!("{todo}") };
    assert_eq!(
        [&item["city"], &item["cycle"], &item["project"]],
        [&json!("da-nang"), &json!(CYCLE), &json!("da-nang-1")]
    );
    assert_eq!(item["returned"]["text"], "A slip.");
    assert_eq!(item["missing"], json!([{ "pointer": "/cycle", "code": "closed" }]));
    assert_eq!(todo["counts"]["needs_extension"], 1);
    let seen = representative.get("me/todo").await.expect(200).json();
    assert_eq!(seen["representative"]["needs_extension"], todo["needs_extension"]);
    assert_eq!(seen["counts"]["needs_extension"], 1);
    assert_eq!(seen["needs_extension"], json!([]), "that list is the city's");
    for other in [app.officer("ha-noi").await, app.representative("TH").await] {
        let todo = other.get("me/todo").await.expect(200).json();
        assert_eq!(todo["counts"]["needs_extension"], 0, "{todo}");
    }

    let more = json!({ "due_on": "2027-01-15", "reason": "A correction." });
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&extension, &more, None).await.expect(201);
    let todo = officer.get("me/todo").await.expect(200).json();
    assert_eq!(todo["needs_extension"], json!([]));
    assert_eq!(todo["officer"][0]["returned"][0]["project"], "da-nang-1");
    let seen = representative.get("me/todo").await.expect(200).json();
    assert_eq!(seen["representative"]["needs_extension"], json!([]));
}
