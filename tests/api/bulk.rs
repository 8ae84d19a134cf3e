//! One act on many reports: each by the rules of the act on one report, all in one transaction.

use ascn_tracker::domain::user::Role;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::{
        CYCLE, da_nang_scope, insert_project, report_path, spawn_with_open_cycle, viet_nam_scope,
    },
};

mod all_or_nothing;
mod bulk_unchanged;
mod bulk_validation;
mod dry_run;
mod item_results;
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

/// Three reports of Da Nang, all with the same version.
fn three_reports(version: i64) -> [(&'static str, i64); 3] {
    [("da-nang-1", version), ("da-nang-2", version), ("da-nang-3", version)]
}

#[actix_web::test]
async fn bulk_submit_and_withdraw_change_every_report() {
    let app = spawn_with_reports(0, 3).await;
    let officer = app.officer("da-nang").await;
    let answer = officer.post(BULK, &bulk_body("submit", &three_reports(1))).await;
    assert_eq!(describe_results(&answer), ["done v2 submitted"; 3]);
    insta::assert_snapshot!(answer.show_members(&["totals", "applied", "dry_run"]), @r#"
    200
    totals: {"done": 3, "items": 3, "refused": 0, "stale": 0}
    applied: true
    dry_run: false
    "#);
    let answer = officer.post(BULK, &bulk_body("withdraw", &three_reports(2))).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v3 draft"; 3]);
    let answer = officer.post(BULK, &bulk_body("submit", &three_reports(3))).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v4 submitted"; 3]);
}

#[actix_web::test]
async fn bulk_return_keeps_its_comment_with_every_report() {
    let app = spawn_with_reports(3, 0).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let because = json!({ "comment": "Say what was spent." });
    let order = merge_fields(bulk_body("return", &three_reports(2)), because);
    let answer = representative.post(BULK, &order).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v3 returned"; 3]);
    // It is the reason in the journal of each report, and a comment on each.
    for (project, _) in three_reports(3) {
        let path = report_path(project);
        let comments = officer.get(&format!("{path}/comments")).await;
        let members = ["items/0/kind", "items/0/text"];
        insta::allow_duplicates! {
            insta::assert_snapshot!(comments.show_members(&members), @r#"
            200
            items/0/kind: "return"
            items/0/text: "Say what was spent."
            "#);
        }
        let history = officer.get(&format!("{path}/history")).await.expect(200).json();
        assert_eq!(history["items"][0]["reason"], "Say what was spent.");
    }
    let answer = officer.post(BULK, &bulk_body("submit", &three_reports(3))).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v4 submitted"; 3]);
}

#[actix_web::test]
async fn bulk_approve_publishes_every_report() {
    let app = spawn_with_reports(3, 0).await;
    let order = bulk_body("approve", &three_reports(2));
    let answer = app.representative("VN").await.post(BULK, &order).await.expect(200);
    assert_eq!(describe_results(&answer), ["done v3 approved"; 3]);
    // Strangers read the approved copies, as after an approval by itself.
    assert_eq!(report_state_and_version(&app.reader().await, "da-nang-2").await.0, "approved");
    app.reader().await.get("projects/da-nang-3").await.expect(200);
    let verified = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}

/// A service in which somebody is both officer of Da Nang and representative of Viet Nam; with that person's token.
async fn spawn_with_officer_who_is_representative() -> (TestApp, String) {
    let app = spawn_with_reports(1, 1).await;
    let both =
        [(Role::CityOfficer, da_nang_scope()), (Role::NationalRepresentative, viet_nam_scope())];
    let (_, token) = app.insert_user("both", &both).await;
    (app, token)
}

#[actix_web::test]
async fn bulk_approval_by_a_contributor_is_forbidden_per_item() {
    let (app, token) = spawn_with_officer_who_is_representative().await;
    let both = app.bearer(&token);
    both.write_complete_report("da-nang-2").await;
    both.take_transition("da-nang-2", "submit").await.expect(200);
    let order = bulk_body("approve", &[("da-nang-2", 3), ("da-nang-1", 2)]);
    let answer = both.post(BULK, &order).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused forbidden", "done v3 approved"]);
    assert!(answer.text.contains("you had a hand in it"), "{}", answer.text);
}

#[actix_web::test]
async fn bulk_submission_makes_its_caller_a_contributor() {
    let (app, token) = spawn_with_officer_who_is_representative().await;
    let both = app.bearer(&token);
    both.post(BULK, &bulk_body("submit", &[("da-nang-2", 1)])).await.expect(200);
    let answer = both.post(BULK, &bulk_body("approve", &[("da-nang-2", 2)])).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused forbidden"]);
}
