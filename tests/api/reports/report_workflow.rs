//! The life of a report: written, submitted, withdrawn, returned, approved, reopened.

use serde_json::{Value, json};

use crate::report_fixtures::{
    complete_report_body, file_and_approve, report_path, spawn_with_open_cycle,
};

#[actix_web::test]
async fn report_goes_from_draft_through_return_to_approved() {
    let app = spawn_with_open_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let path = report_path("da-nang-1");
    officer.get(&path).await.expect(404);
    let draft = officer.put(&path, &json!({ "status": "ongoing" }), None).await.expect(201);
    assert_eq!(draft.header("location"), Some("/api/v1/projects/da-nang-1/reports/me-2026"));
    assert_eq!(
        (draft.json()["state"].as_str(), draft.json()["version"].as_i64()),
        (Some("draft"), Some(1))
    );
    assert_eq!(draft.json()["readiness"]["ready"], false);
    assert_eq!(officer.get(&path).await.expect(200).etag(), draft.etag());

    let edited = officer.put(&path, &complete_report_body(), Some(&draft.etag())).await.expect(200);
    assert_eq!(edited.json()["readiness"], json!({ "ready": true, "missing": [] }));
    let sent = officer.take_transition("da-nang-1", "submit").await.expect(200).json();
    assert_eq!((sent["state"].as_str(), sent["version"].as_i64()), (Some("submitted"), Some(3)));
    assert_eq!(sent["submitted_by"]["name"], "city_officer da-nang");
    assert_eq!(sent["header"]["title"], "Project 1 of da-nang");

    let returned = representative
        .take_transition_with_comment("da-nang-1", "return", "State what was spent.")
        .await
        .expect(200)
        .json();
    assert_eq!(returned["state"], "returned");
    assert_eq!(returned["decided_by"]["name"], "national_representative VN");
    assert!(returned["submitted_at"].is_string());

    let fixed = officer.write_complete_report("da-nang-1").await.json();
    assert_eq!((fixed["state"].as_str(), fixed["version"].as_i64()), (Some("returned"), Some(5)));
    let again = officer.take_transition("da-nang-1", "submit").await.expect(200).json();
    // A submission clears the decision.
    assert_eq!(
        (again["decided_at"].clone(), again["decided_by"].clone()),
        (Value::Null, Value::Null)
    );
    let done = representative
        .take_transition_with_comment("da-nang-1", "approve", "Thank you.")
        .await
        .expect(200)
        .json();
    assert_eq!((done["state"].as_str(), done["version"].as_i64()), (Some("approved"), Some(7)));
    assert_eq!(done["released_in"], Value::Null);

    let comments = officer.get(&format!("{path}/comments")).await.expect(200).json();
    let said: Vec<_> = comments["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["kind"].as_str().unwrap(), c["text"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [("return", "State what was spent."), ("note", "Thank you.")]);
}

#[actix_web::test]
async fn report_view_matches_snapshot() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let full = json!({
        "status": "ongoing", "status_reason": null, "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "Đã hoàn thành.", "challenges": "…", "next_steps": "…", "support_needed": "…",
        "spent": { "amount_minor": 125_000_000, "currency": "VND" },
        "milestones": [], "indicator_values": [],
        "evidence": [{ "title": "Minutes", "url": "https://danang.gov.vn/opening" }], "unchanged": false
    });
    let answer = officer.put(&report_path("da-nang-1"), &full, None).await.expect(201).json();
    let person = insta::dynamic_redaction(|value, _path| {
        assert!(value.as_str().is_some_and(|id| uuid::Uuid::parse_str(id).is_ok()), "{value:?}");
        "[id]"
    });
    insta::assert_json_snapshot!(answer, { ".edited_by.id" => person });
    // What was sent comes back as it was sent.
    for (name, value) in full.as_object().unwrap() {
        assert_eq!(&answer[name], value, "{name}");
    }
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let header = officer.get(&report_path("da-nang-1")).await.expect(200).json()["header"].clone();
    insta::assert_json_snapshot!("header", header);
}

#[actix_web::test]
async fn withdraw_returns_the_report_to_draft() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "withdraw").await.expect(409);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let back = officer.take_transition("da-nang-1", "withdraw").await.expect(200).json();
    assert_eq!(back["state"], "draft");
    assert_eq!(
        (back["submitted_at"].clone(), back["submitted_by"].clone()),
        (Value::Null, Value::Null)
    );
    // It was submitted once, so its representative goes on reading it.
    app.representative("VN").await.get(&report_path("da-nang-1")).await.expect(200);
    officer.write_complete_report("da-nang-1").await;
}

#[actix_web::test]
async fn return_and_reopen_without_comment_are_422() {
    let app = spawn_with_open_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let missing = representative.take_transition("da-nang-1", "return").await.expect(422).json();
    assert_eq!(
        (missing["errors"][0]["pointer"].as_str(), missing["errors"][0]["code"].as_str()),
        (Some("/comment"), Some("required"))
    );
    representative.take_transition_with_comment("da-nang-1", "return", " ").await.expect(422);
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    for caller in [&representative, &app.secretariat().await] {
        caller.take_transition("da-nang-1", "reopen").await.expect(422);
    }
    let open = app
        .secretariat()
        .await
        .take_transition_with_comment("da-nang-1", "reopen", "The sum is wrong.")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (open["state"].as_str(), open["decided_by"]["name"].as_str()),
        (Some("returned"), Some("secretariat network"))
    );
    let history =
        officer.get(&format!("{}/history", report_path("da-nang-1"))).await.expect(200).json();
    let newest = &history["items"][0];
    assert_eq!(
        (newest["action"].as_str(), newest["reason"].as_str()),
        (Some("reopen"), Some("The sum is wrong."))
    );
    assert_eq!(newest["actor"]["name"], "secretariat network");
    let actions: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["reopen", "approve", "submit", "create"]);
}

#[actix_web::test]
async fn report_allowed_actions_match_state_and_role() {
    let app = spawn_with_open_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let allowed = |view: &Value| -> Vec<String> {
        let actions = view["allowed_actions"].as_object().unwrap();
        actions.iter().filter(|(_, a)| a["allowed"] == true).map(|(n, _)| n.clone()).collect()
    };
    let draft = officer.put(&report_path("da-nang-1"), &json!({}), None).await.expect(201).json();
    assert_eq!(allowed(&draft), ["edit"]);
    let reason = draft["allowed_actions"]["submit"]["reason"].as_str().unwrap();
    assert_eq!(
        reason,
        "not ready: /status, /achievements, /challenges, /next_steps, /percent_complete, /percent_method"
    );
    assert_eq!(
        allowed(&officer.write_complete_report("da-nang-1").await.json()),
        ["edit", "submit"]
    );
    let sent = officer.take_transition("da-nang-1", "submit").await.expect(200).json();
    assert_eq!(allowed(&sent), ["comment", "withdraw"]);
    let read = representative.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(allowed(&read), ["approve", "comment", "return"]);
    assert_eq!(
        read["allowed_actions"]["reopen"]["reason"],
        "reopen is not possible while it is submitted"
    );
    let done = representative.take_transition("da-nang-1", "approve").await.expect(200).json();
    assert_eq!(allowed(&done), ["comment", "reopen"]);
    assert_eq!(
        allowed(&app.secretariat().await.get(&report_path("da-nang-1")).await.json()),
        ["comment", "reopen"]
    );
    let stranger = app.reader().await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert!(allowed(&stranger).is_empty());
}

#[actix_web::test]
async fn readiness_lists_the_same_faults_as_submit() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    officer
        .put(&path, &json!({ "status": "suspended", "percent_complete": 5 }), None)
        .await
        .expect(201);
    let readiness = officer.get(&format!("{path}/readiness")).await.expect(200).json();
    insta::assert_json_snapshot!(readiness);
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422).json();
    let pointers = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .map(|m| (m["pointer"].clone(), m["code"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(pointers(&refused["errors"]), pointers(&readiness["missing"]));
    // What is wrong with the comment is said with the rest.
    let both = officer
        .take_transition_with_comment("da-nang-1", "submit", "\u{1}")
        .await
        .expect(422)
        .json();
    assert_eq!(
        both["errors"].as_array().unwrap().len(),
        readiness["missing"].as_array().unwrap().len() + 1
    );
    assert_eq!(officer.get(&path).await.json()["state"], "draft");
}

#[actix_web::test]
async fn status_going_back_without_reason_is_not_ready() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    file_and_approve(&app, "da-nang-1").await;
    let mut next = crate::report_fixtures::cycle_body("me-2027");
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let path = "projects/da-nang-1/reports/me-2027";
    let mut body = complete_report_body();
    body["status"] = json!("planning");
    let draft = officer.put(path, &body, None).await.expect(201);
    assert_eq!(
        draft.json()["readiness"]["missing"],
        json!([{ "pointer": "/status_reason", "code": "required" }])
    );
    body["status_reason"] = json!("The tender has to be repeated.");
    let draft = officer.put(path, &body, Some(&draft.etag())).await.expect(200);
    assert_eq!(draft.json()["readiness"]["ready"], true);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
    // The earlier cycle is judged by what came before it, not by what came after.
    representative
        .take_transition_with_comment("da-nang-1", "reopen", "Correct the sum.")
        .await
        .expect(200);
    assert_eq!(officer.get(&report_path("da-nang-1")).await.json()["readiness"]["ready"], true);
}
