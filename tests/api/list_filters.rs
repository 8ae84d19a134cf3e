//! Filters of lists: values that do not exist, searches without marks, and searches that are too long.

use serde_json::{Value, json};

use crate::{
    database,
    helpers::{Caller, TestApp},
    projects::{create_project, merge_members, project_body},
    report_fixtures::{CYCLE, complete_report_body, file_and_approve, insert_project, report_path},
    shares,
};

/// The first fault of a refused list.
async fn first_fault(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(path).await.expect(400).json()["errors"][0].take()
}

#[actix_web::test]
async fn unknown_filter_value_is_400_with_the_nearest_value() {
    let app = TestApp::demo().await;
    let caller = app.secretariat().await;
    for (path, parameter, nearest) in [
        ("projects?city=danang", "city", "da-nang"),
        ("projects?city=da-nang&city=danang", "city", "da-nang"),
        ("projects?city=%C4%90%C3%A0+N%E1%BA%B5ng", "city", "da-nang"),
        ("projects?country=vn", "country", "VN"),
        ("projects?plan_cycle=2018", "plan_cycle", "2018-2025"),
        ("projects?partner=Asian+Development+Bank", "partner", "asian-development-bank-adb"),
        ("projects?status=complete", "status", "completed"),
        ("projects?role=funders", "role", "funder"),
        ("projects?continues=da-nang1", "continues", "da-nang-1"),
        ("reports?city=danang", "city", "da-nang"),
        ("reports?country=vn", "country", "VN"),
        ("reports?cycle=me-20222", "cycle", "me-2022"),
        ("reports?project=da-nang1", "project", "da-nang-1"),
        ("reports?focus_area=environment", "focus_area", "quality-environment"),
        ("cities?country=vn", "country", "VN"),
        ("partners?country=jp", "country", "JP"),
        ("partners?type=academics", "type", "academia"),
        ("users?city=danang", "city", "da-nang"),
        ("users?country=vn", "country", "VN"),
        ("users?role=officer", "role", "city_officer"),
        ("journal?entity=projects", "entity", "project"),
        ("journal?key=da-nang1", "key", "da-nang-1"),
        ("releases/me-2025-r1/reports?city=danang", "city", "da-nang"),
        ("releases/me-2025-r1/figures/table?rows=city&city=danang", "city", "da-nang"),
        ("figures/table?rows=city&cycle=me-2025&city=danang", "city", "da-nang"),
        ("figures/table?rows=city&cycle=me-20222", "cycle", "me-2022"),
    ] {
        let fault = first_fault(&caller, path).await;
        assert_eq!(
            (&fault["parameter"], &fault["code"]),
            (&json!(parameter), &json!("unknown")),
            "{path}"
        );
        let detail = fault["detail"].as_str().unwrap();
        assert!(detail.ends_with(&format!("; the nearest is {nearest}")), "{path}: {detail}");
        let allowed = fault["allowed"].as_array().unwrap();
        assert!(allowed.len() <= 50 && allowed.contains(&json!(nearest)), "{path}: {fault}");
    }
    let fault = first_fault(&caller, &format!("journal?actor={}", uuid::Uuid::nil())).await;
    assert_eq!((&fault["code"], &fault["allowed"]), (&json!("unknown"), &Value::Null));
    let long = format!("projects?city={}", "d".repeat(10_000));
    let fault = first_fault(&caller, &long).await;
    assert_eq!(
        (fault["code"].as_str(), fault["allowed"].as_array().unwrap().len()),
        (Some("unknown"), 38)
    );
}

#[actix_web::test]
async fn unknown_filter_value_is_told_in_the_language_of_the_caller() {
    let app = TestApp::demo().await;
    let fault = first_fault(&app.reader().await, "cities?country=vn&lang=vi").await;
    assert_eq!(fault["detail"], "không có quốc gia này; giá trị gần nhất là VN");
}

#[actix_web::test]
async fn long_list_of_allowed_values_is_cut_to_the_nearest_50() {
    let app = TestApp::demo().await;
    let fault = first_fault(&app.reader().await, "projects?partner=asian-development").await;
    let allowed = fault["allowed"].as_array().unwrap();
    assert_eq!((allowed.len(), &allowed[0]), (50, &json!("asian-development-bank-adb")));
}

#[actix_web::test]
async fn filter_for_a_hidden_project_is_as_unknown_as_for_a_missing_one() {
    let app = TestApp::spawn().await;
    create_project(&app, &project_body("da-nang", "Never approved")).await;
    let (reader, officer) = (app.reader().await, app.officer("da-nang").await);
    for list in ["projects?continues=", "reports?project="] {
        let hidden = first_fault(&reader, &format!("{list}da-nang-1")).await;
        let missing = first_fault(&reader, &format!("{list}da-nang-2")).await;
        assert_eq!(hidden, missing, "{list}");
        assert_eq!(hidden["allowed"], Value::Null, "{list}");
        officer.get(&format!("{list}da-nang-1")).await.expect(200);
    }
}

#[actix_web::test]
async fn reports_are_filtered_by_status_area_project_person_and_days() {
    let app = crate::report_fixtures::spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    app.advance(chrono::TimeDelta::days(1)).await;
    let officer = app.officer("da-nang").await;
    let body = merge_members(
        complete_report_body(),
        json!({"status": "completed", "percent_complete": 100}),
    );
    officer.put(&report_path("da-nang-2"), &body, None).await.expect(201);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    let (secretariat, reader) = (app.secretariat().await, app.reader().await);
    let person = secretariat.get(&report_path("da-nang-1")).await.expect(200).json()["decided_by"]
        ["id"]
        .take();
    let person = person.as_str().unwrap().to_owned();
    let found = async |caller: &Caller<'_>, query: &str| {
        let list = caller.get(&format!("reports?{query}")).await.expect(200).json();
        let items = list["items"].as_array().unwrap();
        assert_eq!(list["total"], items.len(), "{query}");
        items.iter().map(|r| r["project"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    for (query, expected) in [
        ("status=ongoing".to_owned(), "da-nang-1"),
        ("status=completed&status=planning".to_owned(), "da-nang-2"),
        ("focus_area=built-infrastructure".to_owned(), "da-nang-1 da-nang-2"),
        ("focus_area=quality-environment".to_owned(), ""),
        (format!("project=da-nang-2&project=da-nang-1&cycle={CYCLE}"), "da-nang-1 da-nang-2"),
        ("project=da-nang-2".to_owned(), "da-nang-2"),
        (format!("decided_by={person}"), "da-nang-1"),
        ("submitted_on_gte=2026-11-21".to_owned(), "da-nang-2"),
        ("submitted_on_lte=2026-11-20".to_owned(), "da-nang-1"),
        (
            "submitted_on_gte=2026-11-20&submitted_on_lte=2026-11-21".to_owned(),
            "da-nang-1 da-nang-2",
        ),
        ("decided_on_gte=2026-11-20&decided_on_lte=2026-11-20".to_owned(), "da-nang-1"),
        ("decided_on_gte=2026-11-21".to_owned(), ""),
        ("sort=-project".to_owned(), "da-nang-2 da-nang-1"),
        ("sort=-submitted_at".to_owned(), "da-nang-2 da-nang-1"),
        // A report without a decision comes last.
        ("sort=decided_at".to_owned(), "da-nang-1 da-nang-2"),
        ("sort=-decided_at".to_owned(), "da-nang-1 da-nang-2"),
    ] {
        assert_eq!(found(&secretariat, &query).await, expected, "{query}");
    }
    // Strangers read the approved copy, which names nobody.
    assert_eq!(found(&reader, "status=ongoing&focus_area=built-infrastructure").await, "da-nang-1");
    assert_eq!(found(&reader, "status=completed").await, "");
    let fault = first_fault(&reader, &format!("reports?decided_by={person}")).await;
    assert_eq!((&fault["code"], &fault["allowed"]), (&json!("unknown"), &Value::Null));
    let fault =
        first_fault(&secretariat, &format!("reports?decided_by={}", uuid::Uuid::nil())).await;
    assert_eq!(fault["allowed"], json!([person]));
    for (query, parameter, code) in [
        ("status=done", "status", "unknown"),
        ("decided_by=me", "decided_by", "type"),
        ("submitted_on_gte=2026-02-30", "submitted_on_gte", "day"),
        ("decided_on_lte=yesterday", "decided_on_lte", "day"),
        ("sort=city", "sort", "unknown"),
    ] {
        let fault = first_fault(&secretariat, &format!("reports?{query}")).await;
        assert_eq!((&fault["parameter"], &fault["code"]), (&json!(parameter), &json!(code)));
    }
}

#[actix_web::test]
async fn bulk_filter_for_something_unknown_is_422_with_the_nearest_value() {
    let app = TestApp::demo().await;
    let body = json!({"action": "submit", "dry_run": true, "filter": {"city": ["da-nang", "danang"], "cycle": "me-1999"}});
    let problem = app.officer("da-nang").await.post("reports/bulk", &body).await.expect(422).json();
    let faults: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["pointer"].as_str().unwrap(), f["code"].as_str().unwrap()))
        .collect();
    assert_eq!(faults, [("/filter/city/1", "unknown"), ("/filter/cycle/0", "unknown")]);
    assert_eq!(problem["errors"][0]["detail"], "no such city; the nearest is da-nang");
}

/// A release is frozen, so the path of the share is changed instead.
#[actix_web::test]
async fn share_whose_filter_value_is_gone_is_answered_empty() {
    let app = TestApp::demo().await;
    for (path, format) in [
        ("/api/v1/releases/latest/reports?city=da-nang", "json"),
        ("/api/v1/releases/latest/reports?city=da-nang", "csv"),
        ("/api/v1/releases/latest/figures/table?city=da-nang&rows=status", "json"),
    ] {
        let (_, address) = shares::create_share(&app, path, format).await;
        let gone = "update shares set path = replace(path, 'da-nang', 'atlantis')";
        database::run_statement(&app, gone).await.unwrap();
        let shared = app.anonymous().get(&address).await.expect(200);
        match (format, path.contains("figures")) {
            ("csv", _) => assert_eq!(shared.text.trim_end().lines().count(), 1, "the header alone"),
            (_, false) => assert_eq!(shared.json()["total"], 0),
            (_, true) => assert_eq!(shared.json()["total"], 0, "{}", shared.text),
        }
        // The operation itself still refuses the value.
        app.reader().await.get(&path.replace("da-nang", "atlantis")).await.expect(400);
    }
}

#[actix_web::test]
async fn search_longer_than_200_characters_is_400_on_every_list() {
    let app = TestApp::spawn().await;
    let caller = app.secretariat().await;
    for list in ["projects", "cities", "partners", "users"] {
        caller.get(&format!("{list}?q={}", "d".repeat(200))).await.expect(200);
        // A letter of two bytes is one character.
        caller.get(&format!("{list}?q={}", "%C4%91".repeat(200))).await.expect(200);
        for length in [201, 50_000] {
            let fault = first_fault(&caller, &format!("{list}?q={}", "d".repeat(length))).await;
            assert_eq!(
                (&fault["parameter"], &fault["code"], &fault["detail"]),
                (&json!("q"), &json!("too_long"), &json!("at most 200 characters are expected")),
                "{list}"
            );
        }
    }
}

#[actix_web::test]
async fn search_without_marks_finds_names_with_marks_and_the_reverse() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    for (email, name) in [("a@x.example", "Nguyễn Đức"), ("b@x.example", "Francaise Dupont")] {
        admin.post("users", &json!({ "email": email, "name": name })).await.expect(201);
    }
    create_project(
        &app,
        &merge_members(
            project_body("da-nang", "Giao thông công cộng"),
            json!({"summary": "Coopération française"}),
        ),
    )
    .await;
    create_project(
        &app,
        &merge_members(
            project_body("da-nang", "Parks"),
            json!({"summary": "Cooperation francaise"}),
        ),
    )
    .await;
    let secretariat = app.secretariat().await;
    let found = async |path: &str, member: &str| {
        let list = secretariat.get(path).await.expect(200).json();
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|i| i[member].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found("projects?q=giao+thong", "code").await, "da-nang-1");
    assert_eq!(found("projects?q=GIAO+TH%C3%94NG", "code").await, "da-nang-1");
    assert_eq!(found("projects?q=francaise", "code").await, "da-nang-1 da-nang-2");
    assert_eq!(found("projects?q=fran%C3%A7aise", "code").await, "da-nang-1 da-nang-2");
    assert_eq!(found("cities?q=Da+Nang", "slug").await, "da-nang");
    assert_eq!(found("cities?q=%C4%90%C3%A0+N%E1%BA%B5ng", "slug").await, "da-nang");
    assert_eq!(found("users?q=nguyen+duc", "email").await, "a@x.example");
    assert_eq!(found("users?q=fran%C3%A7aise", "email").await, "b@x.example");
    assert_eq!(found("users?q=dupont+b%40x", "email").await, "b@x.example");
}
