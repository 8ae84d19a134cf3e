//! What changed in a report between two of its versions.

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::{
        CYCLE, complete_report_body, file_and_approve, insert_project, report_path,
        spawn_with_open_cycle,
    },
    report_prefill::{NEXT, spawn_with_next_cycle_open},
};

async fn read_diff(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("{}/diff?{query}", report_path("da-nang-1"))).await.expect(200).json()
}

/// The fields that changed, by their pointers.
fn changed_pointers(diff: &Value) -> Vec<&str> {
    diff["fields"].as_array().unwrap().iter().map(|f| f["pointer"].as_str().unwrap()).collect()
}

/// A text's words, with marks where they changed.
fn mark_changed_words(field: &Value) -> String {
    let mark = |w: &Value| {
        let text = w["text"].as_str().unwrap();
        match w["op"].as_str().unwrap() {
            "equal" => text.to_owned(),
            "insert" => format!("[+{text}]"),
            "delete" => format!("[-{text}]"),
            other => panic!("{other}"),
        }
    };
    field["words"].as_array().unwrap().iter().map(mark).collect()
}

async fn write_report(officer: &Caller<'_>, path: &str, more: Value) -> TestResponse {
    let mut body = complete_report_body();
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let before = officer.get(path).await;
    let etag = (before.status == 200).then(|| before.etag());
    let answer = officer.put(path, &body, etag.as_deref()).await;
    assert!([200, 201].contains(&answer.status), "{}", answer.text);
    answer
}

/// A report that was returned and corrected: version 1 made, 2 submitted, 3 returned, 4 written again.
async fn spawn_with_corrected_report() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let representative = app.representative("VN").await;
    let comments = format!("{}/comments", report_path("da-nang-1"));
    for (text, pointer) in [
        ("Which districts?", json!("/next_steps")),
        ("Since when?", json!("/achievements")),
        ("All in all fine.", Value::Null),
    ] {
        let body = json!({ "text": text, "pointer": pointer });
        representative.post(&comments, &body).await.expect(201);
    }
    representative
        .take_transition_with_comment("da-nang-1", "return", "See my questions.")
        .await
        .expect(200);
    let more = json!({
        "next_steps": "Connect the districts Hải Châu and Sơn Trà.", "percent_complete": 65,
        "evidence": [{ "title": "Minutes", "url": "https://danang.gov.vn/minutes" }]
    });
    write_report(&officer, &report_path("da-nang-1"), more).await;
    app
}

#[actix_web::test]
async fn diff_since_returned_lists_changed_fields_with_comments() {
    let app = spawn_with_corrected_report().await;
    let representative = app.representative("VN").await;
    let view = read_diff(&representative, "since=returned").await;
    assert_eq!((&view["project"], &view["cycle"]), (&json!("da-nang-1"), &json!(CYCLE)));
    let from =
        json!({ "cycle": CYCLE, "version": 3, "at": view["from"]["at"], "action": "return" });
    assert_eq!(view["from"], from);
    assert_eq!((&view["to"]["version"], &view["to"]["action"]), (&json!(4), &json!("edit")));
    assert_eq!(changed_pointers(&view), ["/percent_complete", "/next_steps", "/evidence"]);
    let percent = &view["fields"][0];
    assert_eq!(
        (&percent["kind"], &percent["from"], &percent["to"]),
        (&json!("value"), &json!(62.5), &json!(65.0))
    );
    let steps = &view["fields"][1];
    assert_eq!(
        mark_changed_words(steps),
        "Connect the [-last two ]districts[+ Hải Châu and Sơn Trà]."
    );
    // The comments stand where they belong; those on what did not change are not lost.
    assert_eq!(steps["comments"][0]["text"], "Which districts?");
    assert_eq!(steps["comments"][0]["author"]["name"], "national_representative VN");
    let rest: Vec<&str> =
        view["comments"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap()).collect();
    assert_eq!(rest, ["Since when?", "All in all fine.", "See my questions."]);
    let evidence = &view["fields"][2];
    assert_eq!(evidence["kind"], "list");
    assert_eq!(
        evidence["items"],
        json!([{ "op": "added", "key": "https://danang.gov.vn/minutes", "from": null,
                 "to": { "title": "Minutes", "url": "https://danang.gov.vn/minutes" } }])
    );
    // What was returned is what was submitted.
    assert_eq!(
        changed_pointers(&read_diff(&representative, "since=submitted").await),
        changed_pointers(&view)
    );
    assert!(changed_pointers(&read_diff(&representative, "from=2&to=3").await).is_empty());
    // Backwards it is the other way round.
    let back = read_diff(&representative, "from=4&to=1").await;
    assert_eq!(changed_pointers(&back), changed_pointers(&view));
    assert_eq!(back["fields"][2]["items"][0]["op"], "removed");
    assert_eq!(read_diff(&representative, "from=3").await["fields"], view["fields"]);
}

#[actix_web::test]
async fn diff_since_approved_shows_changes_of_a_reopened_report() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    // Right after the approval nothing is another.
    assert!(changed_pointers(&read_diff(&officer, "since=approved").await).is_empty());
    representative
        .take_transition_with_comment("da-nang-1", "reopen", "The share is wrong.")
        .await
        .expect(200);
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let body = json!({ "title": "Project 1 of Da Nang", "sdgs": [11] });
    officer.patch("projects/da-nang-1", &body, Some(&etag)).await.expect(200);
    write_report(&officer, &report_path("da-nang-1"), json!({ "percent_complete": 55 })).await;
    // The project is frozen at the submission: until then its header is the one that was approved.
    assert_eq!(
        changed_pointers(&read_diff(&officer, "since=approved").await),
        ["/percent_complete"]
    );
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let view = read_diff(&app.secretariat().await, "since=approved").await;
    assert_eq!(changed_pointers(&view), ["/percent_complete", "/header/title", "/header/sdgs"]);
    assert_eq!(mark_changed_words(&view["fields"][1]), "Project 1 of [-da-nang][+Da Nang]");
    assert_eq!(view["fields"][2]["items"][0]["key"], "11");
    assert_eq!(
        (&view["from"]["action"], &view["to"]["action"]),
        (&json!("approve"), &json!("submit"))
    );
}

#[actix_web::test]
async fn diff_since_approved_of_a_new_cycle_uses_the_earlier_cycle() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    write_report(&officer, NEXT, json!({ "challenges": "None." })).await;
    let path = format!("{NEXT}/diff?since=approved");
    let view = officer.get(&path).await.expect(200).json();
    assert_eq!(changed_pointers(&view), ["/challenges"]);
    assert_eq!((&view["from"]["cycle"], &view["to"]["cycle"]), (&json!(CYCLE), &json!("me-2027")));
    assert_eq!(view["from"]["action"], "approve");
    // A draft has no header yet; once it has, the headers of both years are compared.
    assert_eq!(view["cycle"], "me-2027");
    officer
        .patch("projects/da-nang-1", &json!({ "priority": true }), Some("\"v1\""))
        .await
        .expect(200);
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
    let view = officer.get(&path).await.expect(200).json();
    assert_eq!(changed_pointers(&view), ["/challenges", "/header/priority"]);
}

#[actix_web::test]
async fn diff_since_approved_uses_an_imported_report() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let path = "projects/da-nang-1/reports/me-2026";
    write_report(&officer, path, json!({})).await;
    let view = officer.get(&format!("{path}/diff?since=approved")).await.expect(200).json();
    assert_eq!(
        (&view["from"]["cycle"], &view["from"]["action"]),
        (&json!("me-2025"), &json!("import"))
    );
    assert!(changed_pointers(&view).contains(&"/achievements"));
}

#[actix_web::test]
async fn diff_without_an_approved_report_shows_everything_as_new() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let view = read_diff(&officer, "since=approved").await;
    assert_eq!(view["from"], Value::Null);
    assert_eq!(
        changed_pointers(&view),
        [
            "/status",
            "/percent_complete",
            "/percent_method",
            "/achievements",
            "/challenges",
            "/next_steps"
        ]
    );
    assert_eq!(view["fields"][3]["words"][0]["op"], "insert");
    // What never was is said to be missing, and what.
    for (query, detail) in [
        ("since=returned", "the report was never returned"),
        ("since=submitted", "the report was never submitted"),
        ("since=released", "the report is in no release"),
        ("from=2", "the report has no version 2"),
        ("from=1&to=9", "the report has no version 9"),
    ] {
        let path = format!("{}/diff?{query}", report_path("da-nang-1"));
        let absent = officer.get(&path).await.expect(404).json();
        assert_eq!((&absent["code"], &absent["detail"]), (&json!("not-found"), &json!(detail)));
    }
}

#[actix_web::test]
async fn diff_compares_lists_item_by_item() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut ids = Vec::new();
    for title in ["Begun", "Half way"] {
        let body = json!({ "title": title, "due_on": "2024-01-01" });
        let made = officer.post("projects/da-nang-1/milestones", &body).await.expect(201).json();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let done = |id: &String, day: &str| json!({ "milestone_id": id, "completed_on": day });
    let path = report_path("da-nang-1");
    write_report(&officer, &path, json!({ "milestones": [done(&ids[0], "2024-01-01")] })).await;
    let now = json!({ "milestones": [done(&ids[1], "2024-06-01"), done(&ids[0], "2024-02-01")] });
    write_report(&officer, &path, now).await;
    let view = read_diff(&officer, "from=1").await;
    assert_eq!(changed_pointers(&view), ["/milestones"]);
    assert_eq!(
        view["fields"][0]["items"],
        json!([
            { "op": "added", "key": ids[1], "from": null, "to": done(&ids[1], "2024-06-01") },
            { "op": "changed", "key": ids[0], "from": done(&ids[0], "2024-01-01"), "to": done(&ids[0], "2024-02-01") }
        ])
    );
}

#[actix_web::test]
async fn diff_compares_texts_without_spaces_by_letter() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    write_report(&officer, &path, json!({ "achievements": "ศูนย์ควบคุมเปิดแล้ว", "challenges": "ຝົນ" }))
        .await;
    write_report(&officer, &path, json!({ "achievements": "ศูนย์ควบคุมปิดแล้ว", "challenges": "ຝົນ" }))
        .await;
    let view = read_diff(&officer, "from=1").await;
    assert_eq!(changed_pointers(&view), ["/achievements"]);
    assert_eq!(mark_changed_words(&view["fields"][0]), "ศูนย์ควบคุม[-เ]ปิดแล้ว");
}

#[actix_web::test]
async fn diff_without_access_to_the_working_copy_is_403_or_404() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let path = format!("{}/diff?since=approved", report_path("da-nang-1"));
    // A draft that was never handed in is its city's alone.
    app.representative("VN").await.get(&path).await.expect(403);
    app.secretariat().await.get(&path).await.expect(403);
    app.officer("ha-noi").await.get(&path).await.expect(404);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app.representative("VN").await.get(&path).await.expect(200);
    app.representative("TH").await.get(&path).await.expect(404);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    // Strangers read what was approved, and not how it came about.
    app.officer("ha-noi").await.get(&path).await.expect(403);
    app.reader().await.get(&path).await.expect(403);
    insert_project(&app, "da-nang", 2).await;
    officer.get(&format!("{}/diff?since=approved", report_path("da-nang-2"))).await.expect(404);
}

#[actix_web::test]
async fn diff_with_ambiguous_parameters_is_400() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    for (query, parameter) in [
        ("", "since"),
        ("?since=yesterday", "since"),
        ("?since=approved&from=1", "since"),
        ("?since=approved&to=1", "since"),
        ("?to=1", "from"),
        ("?from=one", "from"),
        ("?form=1", "form"),
    ] {
        let path = format!("{}/diff{query}", report_path("da-nang-1"));
        let refused = officer.get(&path).await.expect(400).json();
        assert_eq!(refused["errors"][0]["parameter"], parameter, "{query}");
    }
}

#[actix_web::test]
async fn diff_since_released_shows_changes_of_a_reopened_report() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    crate::operation_fixture::close_cycle(&app, CYCLE).await;
    let body = json!({ "cycle": CYCLE });
    app.secretariat().await.post("releases", &body).await.expect(201);
    let secretariat = app.secretariat().await;
    secretariat.take_transition_with_comment("da-nang-1", "reopen", "A slip.").await.expect(200);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path("da-nang-1")).await.expect(200).etag();
    let mut other = complete_report_body();
    other["percent_complete"] = json!(70);
    officer.put(&report_path("da-nang-1"), &other, Some(&etag)).await.expect(200);
    let view = read_diff(&officer, "since=released").await;
    assert_eq!(changed_pointers(&view), ["/percent_complete"]);
    assert_eq!(
        (&view["fields"][0]["from"], &view["fields"][0]["to"]),
        (&json!(62.5), &json!(70.0))
    );
}
