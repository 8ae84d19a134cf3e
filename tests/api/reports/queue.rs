//! The queue: what each sees of it, its filters, its order, its pages.

use ascn_tracker::domain::user::Role;
use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    report_fixtures::{
        CYCLE, complete_report_body, cycle_body, file_and_approve, insert_grant, insert_project,
        spawn_with_open_cycle, viet_nam_scope,
    },
};

async fn projects_with_states(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let list = caller.get(&format!("reports{query}")).await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    assert!(
        !list["next"].is_null() || query.contains("cursor") || list["total"] == items.len(),
        "{list}"
    );
    items
        .iter()
        .map(|r| format!("{} {}", r["project"].as_str().unwrap(), r["state"].as_str().unwrap()))
        .collect()
}

/// Da Nang has a draft, a submitted, a returned and an approved report; Ha Noi and Phuket a submitted one each.
async fn spawn_with_reports_in_every_state() -> TestApp {
    let app = spawn_with_open_cycle().await;
    for (city, number) in
        [("da-nang", 2), ("da-nang", 3), ("da-nang", 10), ("ha-noi", 1), ("phuket", 1)]
    {
        insert_project(&app, city, number).await;
    }
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    for (city, code) in [
        ("ha-noi", "ha-noi-1"),
        ("da-nang", "da-nang-3"),
        ("phuket", "phuket-1"),
        ("da-nang", "da-nang-2"),
    ] {
        let officer = app.officer(city).await;
        officer.write_complete_report(code).await;
        officer.take_transition(code, "submit").await.expect(200);
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-3", "return", "x")
        .await
        .expect(200);
    file_and_approve(&app, "da-nang-10").await;
    app
}

#[actix_web::test]
async fn list_reports_shows_each_role_its_own_queue() {
    let app = spawn_with_reports_in_every_state().await;
    let own =
        ["da-nang-1 draft", "da-nang-2 submitted", "da-nang-3 returned", "da-nang-10 approved"];
    assert_eq!(projects_with_states(&app.officer("da-nang").await, "").await, own);
    let country =
        ["da-nang-2 submitted", "da-nang-3 returned", "da-nang-10 approved", "ha-noi-1 submitted"];
    assert_eq!(projects_with_states(&app.representative("VN").await, "").await, country);
    let all = [&country[..], &["phuket-1 submitted"]].concat();
    assert_eq!(projects_with_states(&app.secretariat().await, "").await, all);
    assert_eq!(
        projects_with_states(&app.officer("ha-noi").await, "").await,
        ["da-nang-10 approved", "ha-noi-1 submitted"]
    );
    assert_eq!(
        projects_with_states(&app.representative("TH").await, "").await,
        ["da-nang-10 approved", "phuket-1 submitted"]
    );
    for stranger in [app.reader().await, app.administrator().await] {
        assert_eq!(projects_with_states(&stranger, "").await, ["da-nang-10 approved"]);
    }
    app.anonymous().get("reports").await.expect(401);
}

#[actix_web::test]
async fn list_reports_filters_by_state_city_country_cycle_and_late() {
    let app = spawn_with_reports_in_every_state().await;
    let secretariat = app.secretariat().await;
    assert_eq!(
        projects_with_states(&secretariat, "?state=submitted").await,
        ["da-nang-2 submitted", "ha-noi-1 submitted", "phuket-1 submitted"]
    );
    assert_eq!(
        projects_with_states(&secretariat, "?state=returned&state=approved").await,
        ["da-nang-3 returned", "da-nang-10 approved"]
    );
    assert_eq!(
        projects_with_states(&secretariat, "?city=ha-noi&city=phuket").await,
        ["ha-noi-1 submitted", "phuket-1 submitted"]
    );
    assert_eq!(projects_with_states(&secretariat, "?country=TH").await, ["phuket-1 submitted"]);
    assert_eq!(
        projects_with_states(&secretariat, &format!("?cycle={CYCLE}&country=TH&state=submitted"))
            .await,
        ["phuket-1 submitted"]
    );
    assert!(projects_with_states(&secretariat, "?late=true").await.is_empty());
    assert_eq!(projects_with_states(&secretariat, "?late=false").await.len(), 5);
    let wrong = secretariat.get("reports?state=open").await.expect(400).json();
    assert_eq!(wrong["errors"][0]["parameter"], "state");
    assert_eq!(
        wrong["errors"][0]["allowed"],
        serde_json::json!(["draft", "submitted", "returned", "approved"])
    );
    let typo = secretariat.get("reports?stat=draft").await.expect(400).json();
    assert!(typo["errors"][0]["detail"].as_str().unwrap().contains("state"), "{typo}");
    secretariat.get("reports?late=maybe").await.expect(400);
    secretariat.get("reports?sort=title").await.expect(400);
}

#[actix_web::test]
async fn list_reports_with_fields_returns_only_those_fields() {
    let app = spawn_with_reports_in_every_state().await;
    let list =
        app.reader().await.get("reports?fields=project,late&fields=state").await.expect(200).json();
    let expected =
        serde_json::json!([{ "project": "da-nang-10", "late": false, "state": "approved" }]);
    assert_eq!(list["items"], expected);
    app.reader().await.get("reports?fields=secret").await.expect(400);
}

#[actix_web::test]
async fn list_reports_sorted_by_submitted_at_is_oldest_first() {
    let app = spawn_with_reports_in_every_state().await;
    let secretariat = app.secretariat().await;
    let waiting = projects_with_states(&secretariat, "?state=submitted&sort=submitted_at").await;
    assert_eq!(waiting, ["ha-noi-1 submitted", "phuket-1 submitted", "da-nang-2 submitted"]);
    // What was never submitted comes last.
    let own = projects_with_states(&app.officer("da-nang").await, "?sort=submitted_at").await;
    assert_eq!(
        own,
        ["da-nang-3 returned", "da-nang-2 submitted", "da-nang-10 approved", "da-nang-1 draft"]
    );
}

#[actix_web::test]
async fn list_reports_is_paginated() {
    let app = spawn_with_reports_in_every_state().await;
    let secretariat = app.secretariat().await;
    for (caller, sort) in [
        (&secretariat, "sort=cycle"),
        (&secretariat, "sort=submitted_at"),
        (&app.officer("da-nang").await, "sort=submitted_at"),
    ] {
        let whole = projects_with_states(caller, &format!("?{sort}")).await;
        let mut seen = Vec::new();
        let mut query = format!("?{sort}&limit=2");
        loop {
            let page = caller.get(&format!("reports{query}")).await.expect(200);
            let json = page.json();
            assert_eq!(json["total"], whole.len());
            for r in json["items"].as_array().unwrap() {
                seen.push(format!(
                    "{} {}",
                    r["project"].as_str().unwrap(),
                    r["state"].as_str().unwrap()
                ));
            }
            let Value::String(next) = &json["next"] else { break };
            assert!(page.header("link").unwrap().contains("rel=\"next\""));
            query = format!("?{sort}&limit=2&cursor={next}");
        }
        assert_eq!(seen, whole);
    }
    let next = secretariat.get("reports?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    secretariat.get(&format!("reports?limit=1&state=draft&cursor={next}")).await.expect(400);
    secretariat.get(&format!("projects/da-nang-1/reports?cursor={next}")).await.expect(400);
    secretariat.get("reports?cursor=x").await.expect(400);
    secretariat.get("reports?limit=0").await.expect(400);
}

#[actix_web::test]
async fn list_reports_item_matches_snapshot() {
    let app = spawn_with_reports_in_every_state().await;
    let list =
        app.representative("VN").await.get("reports?state=approved").await.expect(200).json();
    insta::assert_json_snapshot!(list["items"][0], { ".submitted_at" => "[at]", ".first_submitted_at" => "[at]", ".decided_at" => "[at]", ".submitted_by.id" => "[id]", ".decided_by.id" => "[id]" });
    let seen = app.reader().await.get("reports").await.expect(200).json();
    assert_eq!(
        (&seen["items"][0]["submitted_by"], &seen["items"][0]["version"]),
        (&Value::Null, &serde_json::json!(1))
    );
}

#[actix_web::test]
async fn list_project_reports_contains_only_visible_reports() {
    let app = spawn_with_reports_in_every_state().await;
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body("me-2027")).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let officer = app.officer("da-nang").await;
    officer
        .put("projects/da-nang-10/reports/me-2027", &complete_report_body(), None)
        .await
        .expect(201);
    let cycles = async |caller: &Caller<'_>| {
        let list = caller.get("projects/da-nang-10/reports").await.expect(200).json();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["cycle"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(cycles(&officer).await, ["me-2026", "me-2027"]);
    for caller in [&secretariat, &app.representative("VN").await, &app.reader().await] {
        assert_eq!(cycles(caller).await, ["me-2026"]);
    }
    app.reader().await.get("projects/da-nang-1/reports").await.expect(404);
    officer.get("projects/da-nang-99/reports").await.expect(404);
}

/// Reports of `da-nang-1` in `me-2026` and `me-2027`: the first approved on behalf of somebody, the second submitted.
async fn spawn_with_two_cycles() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body("me-2027")).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let review = Role::NationalRepresentative;
    let (principal, _) = app.insert_user("principal", &[(review, viet_nam_scope())]).await;
    let (alternate, token) = app.insert_user("alternate", &[]).await;
    insert_grant(&app, alternate, review, viet_nam_scope(), Some(principal)).await;
    app.bearer(&token).take_transition("da-nang-1", "approve").await.expect(200);
    let mut next = complete_report_body();
    next["percent_complete"] = json!(80);
    next["support_needed"] = json!("A loan for the last two districts.");
    let path = "projects/da-nang-1/reports/me-2027";
    officer.put(path, &next, None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    app
}

#[actix_web::test]
async fn queue_shows_earlier_values_beside_the_new_ones_and_the_support_asked_for() {
    let app = spawn_with_two_cycles().await;
    let representative = app.representative("VN").await;
    let members = [
        "cycle",
        "status",
        "percent_complete",
        "earlier_status",
        "earlier_percent_complete",
        "support_needed",
    ];
    let list = representative.get("reports").await.expect(200).json();
    insta::assert_snapshot!(show_items(&list["items"], &members), @"
    me-2026 ongoing 62.5 null null null
    me-2027 ongoing 80.0 ongoing 62.5 A loan for the last two districts.
    ");
    let todo = representative.get("me/todo").await.expect(200).json();
    insta::assert_snapshot!(show_items(&todo["representative"]["to_decide"], &members), @"me-2027 ongoing 80.0 ongoing 62.5 A loan for the last two districts.");
    // Callers who read the approved copy see what it says, and nothing of the report that waits.
    let seen = app.reader().await.get("reports").await.expect(200).json();
    insta::assert_snapshot!(show_items(&seen["items"], &members), @"me-2026 ongoing 62.5 null null null");
}

#[actix_web::test]
async fn list_reports_names_on_whose_behalf_was_decided() {
    let app = spawn_with_two_cycles().await;
    let members = ["cycle", "decided_by/name", "decided_for/name", "submitted_for"];
    let list = app.representative("VN").await.get("reports").await.expect(200).json();
    insta::assert_snapshot!(show_items(&list["items"], &members), @"
    me-2026 alternate principal null
    me-2027 null null null
    ");
    let seen = app.reader().await.get("reports").await.expect(200).json();
    insta::assert_snapshot!(show_items(&seen["items"], &members), @"me-2026 null null null");
}
