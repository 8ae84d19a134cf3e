//! One act on many reports: by the rules of the act on one, in one transaction, tied to what was rehearsed.

use ascn_tracker::domain::user::Role;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::{
        CYCLE, da_nang_scope, insert_project, report_path, spawn_with_open_cycle, viet_nam_scope,
    },
    report_prefill::{NEXT, spawn_with_next_cycle_open},
};

mod bulk_validation;
mod dry_run;
mod nested_transactions;

const BULK: &str = "reports/bulk";

/// Projects of Da Nang with a report each: the first of the number are handed in, the rest are drafts.
async fn spawn_with_reports(submitted: i64, drafts: i64) -> TestApp {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for number in 1..=submitted + drafts {
        if number > 1 {
            insert_project(&app, "da-nang", number).await;
        }
        let code = format!("da-nang-{number}");
        officer.write_complete_report(&code).await;
        if number <= submitted {
            officer.take_transition(&code, "submit").await.expect(200);
        }
    }
    app
}

fn bulk_items(versions: &[(&str, i64)]) -> Value {
    let item = |(project, version): &(&str, i64)| json!({ "project": project, "cycle": CYCLE, "version": version });
    versions.iter().map(item).collect()
}

fn bulk_body(action: &str, versions: &[(&str, i64)]) -> Value {
    json!({ "action": action, "items": bulk_items(versions) })
}

fn merge_fields(mut order: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// Each result in short: outcome, new version and state, or the code of the problem.
fn describe_results(answer: &TestResponse) -> Vec<String> {
    let body = answer.json();
    let results = body["results"].as_array().or(body["bulk"]["results"].as_array()).unwrap();
    let one = |r: &Value| match r["problem"]["code"].as_str() {
        Some(code) => format!("{} {code}", r["result"].as_str().unwrap()),
        None => format!(
            "{} v{} {}",
            r["result"].as_str().unwrap(),
            r["version"],
            r["state"].as_str().unwrap()
        ),
    };
    results.iter().map(one).collect()
}

async fn journal_head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()
}

async fn report_state_and_version(caller: &Caller<'_>, project: &str) -> (String, i64) {
    let view = caller.get(&report_path(project)).await.expect(200).json();
    (view["state"].as_str().unwrap().to_owned(), view["version"].as_i64().unwrap())
}

#[actix_web::test]
async fn bulk_submit_withdraw_return_and_approve_change_every_report() {
    let app = spawn_with_reports(0, 3).await;
    let officer = app.officer("da-nang").await;
    let representative = app.representative("VN").await;
    let all = |v: i64| [("da-nang-1", v), ("da-nang-2", v), ("da-nang-3", v)];
    let answer = officer.post(BULK, &bulk_body("submit", &all(1))).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v2 submitted"; 3]);
    let body = answer.json();
    assert_eq!(body["totals"], json!({ "items": 3, "done": 3, "refused": 0, "stale": 0 }));
    assert_eq!((&body["applied"], &body["dry_run"]), (&json!(true), &json!(false)));
    let answer = officer.post(BULK, &bulk_body("withdraw", &all(2))).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v3 draft"; 3]);
    officer.post(BULK, &bulk_body("submit", &all(3))).await.expect(200);
    let because = json!({ "comment": "Say what was spent." });
    let answer = representative
        .post(BULK, &merge_fields(bulk_body("return", &all(4)), because))
        .await
        .expect(200);
    assert_eq!(describe_results(&answer), ["done v5 returned"; 3]);
    // The one reason is the journal's reason of each, and stays with each as a comment.
    for (project, _) in all(0) {
        let said =
            officer.get(&format!("{}/comments", report_path(project))).await.expect(200).json();
        assert_eq!(said["items"][0]["text"], "Say what was spent.");
        assert_eq!(said["items"][0]["kind"], "return");
        let history =
            officer.get(&format!("{}/history", report_path(project))).await.expect(200).json();
        assert_eq!(history["items"][0]["reason"], "Say what was spent.");
    }
    officer.post(BULK, &bulk_body("submit", &all(5))).await.expect(200);
    let answer = representative.post(BULK, &bulk_body("approve", &all(6))).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v7 approved"; 3]);
    // Strangers see what was approved, as after an approval by itself.
    assert_eq!(report_state_and_version(&app.reader().await, "da-nang-2").await.0, "approved");
    app.reader().await.get("projects/da-nang-3").await.expect(200);
    let verified = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[actix_web::test]
async fn bulk_reports_done_stale_and_refused_per_item() {
    let app = spawn_with_reports(3, 1).await;
    let representative = app.representative("VN").await;
    let answer = representative
        .post(
            BULK,
            &bulk_body(
                "approve",
                &[("da-nang-1", 2), ("da-nang-2", 1), ("da-nang-4", 1), ("da-nang-3", 2)],
            ),
        )
        .await
        .expect(200);
    // The draft that was never handed in is known, and the state forbids it.
    assert_eq!(
        describe_results(&answer),
        ["done v3 approved", "stale stale", "refused illegal-transition", "done v3 approved"]
    );
    let body = answer.json();
    assert_eq!(body["totals"], json!({ "items": 4, "done": 2, "refused": 1, "stale": 1 }));
    let stale = &body["results"][1]["problem"];
    assert_eq!((&stale["status"], &stale["changed"]["version"]), (&json!(412), &json!(2)));
    assert_eq!(stale["changed"]["by"]["name"], "city_officer da-nang");
    // An item's problem is what the act by itself is answered.
    let alone = representative.take_transition("da-nang-4", "approve").await.expect(409).json();
    for name in ["type", "code", "title", "status", "detail"] {
        assert_eq!(body["results"][2]["problem"][name], alone[name], "{name}");
    }
    let officer = app.officer("da-nang").await;
    let answer = officer.post(BULK, &bulk_body("approve", &[("da-nang-2", 2)])).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused forbidden"]);
    officer.put(&report_path("da-nang-4"), &json!({}), Some("\"v1\"")).await.expect(200);
    let answer = officer.post(BULK, &bulk_body("submit", &[("da-nang-4", 2)])).await.expect(200);
    let problem = &answer.json()["results"][0]["problem"];
    assert_eq!(problem["errors"][0]["pointer"], "/status");
}

#[actix_web::test]
async fn bulk_approval_by_a_contributor_is_forbidden_per_item() {
    let app = spawn_with_reports(1, 1).await;
    let both =
        [(Role::CityOfficer, da_nang_scope()), (Role::NationalRepresentative, viet_nam_scope())];
    let (_, token) = app.insert_user("both", &both).await;
    let both = app.bearer(&token);
    both.write_complete_report("da-nang-2").await;
    both.take_transition("da-nang-2", "submit").await.expect(200);
    let order = bulk_body("approve", &[("da-nang-2", 3), ("da-nang-1", 2)]);
    let answer = both.post(BULK, &order).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused forbidden", "done v3 approved"]);
    assert!(answer.text.contains("you had a hand in it"), "{}", answer.text);
    // A submission in bulk is a hand as well.
    insert_project(&app, "da-nang", 3).await;
    app.officer("da-nang").await.write_complete_report("da-nang-3").await;
    both.post(BULK, &self::bulk_body("submit", &[("da-nang-3", 1)])).await.expect(200);
    let answer =
        both.post(BULK, &self::bulk_body("approve", &[("da-nang-3", 2)])).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused forbidden"]);
}

#[actix_web::test]
async fn bulk_all_or_nothing_with_a_refused_item_is_409_and_writes_nothing() {
    let app = spawn_with_reports(2, 1).await;
    let representative = app.representative("VN").await;
    let whole = json!({ "all_or_nothing": true, "comment": "Well done." });
    let bad = [("da-nang-1", 2), ("da-nang-3", 1), ("da-nang-2", 1)];
    let before = journal_head(&app).await;
    let refused = representative
        .post(BULK, &merge_fields(bulk_body("approve", &bad), whole.clone()))
        .await
        .expect(409);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert_eq!(
        describe_results(&refused),
        ["done v3 approved", "refused illegal-transition", "stale stale"]
    );
    assert_eq!(refused.json()["bulk"]["applied"], false);
    assert_eq!(journal_head(&app).await, before);
    assert_eq!(
        report_state_and_version(&representative, "da-nang-1").await,
        ("submitted".into(), 2)
    );
    app.reader().await.get("projects/da-nang-1").await.expect(404);
    let good = [("da-nang-1", 2), ("da-nang-2", 2)];
    let done = representative
        .post(BULK, &merge_fields(bulk_body("approve", &good), whole))
        .await
        .expect(200);
    assert_eq!(describe_results(&done), ["done v3 approved"; 2]);
}

#[actix_web::test]
async fn bulk_unchanged_files_reports_from_the_approved_copy() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    insert_project(&app, "da-nang", 2).await;
    let found = json!({
        "action": "unchanged", "filter": { "cycle": "me-2027" }, "comment": "As last year."
    });
    let dry = merge_fields(found.clone(), json!({ "dry_run": true }));
    let rehearsed = officer.post(BULK, &dry).await.expect(200);
    // Of the second nothing was ever approved.
    assert_eq!(describe_results(&rehearsed), ["done v1 draft", "refused invalid"]);
    officer.get(NEXT).await.expect(404);
    let more = json!({ "digest": rehearsed.json()["digest"] });
    officer.post(BULK, &merge_fields(found, more)).await.expect(200);
    let filed = officer.get(NEXT).await.expect(200).json();
    assert_eq!((&filed["unchanged"], &filed["percent_complete"]), (&json!(true), &json!(62.5)));
    let said = officer.get(&format!("{NEXT}/comments")).await.expect(200).json();
    assert_eq!(said["items"][0]["text"], "As last year.");
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
}

#[actix_web::test]
async fn bulk_unchanged_replaces_a_draft_only_with_its_current_version() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    officer.put(NEXT, &json!({ "achievements": "Typed by hand." }), None).await.expect(201);
    let item = |version: Value| {
        let item = json!({ "project": "da-nang-1", "cycle": "me-2027", "version": version });
        json!({ "action": "unchanged", "items": [item] })
    };
    let told_of = async |version: Value| {
        describe_results(&officer.post(BULK, &item(version)).await.expect(200))
    };
    assert_eq!(told_of(Value::Null).await, ["refused precondition-required"]);
    assert_eq!(told_of(json!(7)).await, ["stale stale"]);
    let kept = officer.get(NEXT).await.expect(200).json();
    assert_eq!(kept["achievements"], "Typed by hand.");
    assert_eq!(told_of(json!(1)).await, ["done v2 draft"]);
    let view = officer.get(NEXT).await.expect(200).json();
    assert_eq!(view["achievements"], "The control centre is in operation.");
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
    assert_eq!(told_of(json!(3)).await, ["refused illegal-transition"]);
    app.representative("VN").await.post(BULK, &item(json!(3))).await.expect(200);
}
