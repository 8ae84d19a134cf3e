//! The examples of the contract, replayed: each operation is called with the body and the parameters that its document
//! gives as an example, by somebody who may do it, and the answer must be what the document promises.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    operation_fixture::{FixtureStage, OperationFixture, set_demo_password},
    operations::{Operation, list_operations, openapi_document, resolve_reference},
    schema::find_difference,
};
use FixtureStage::{
    Account, Approved, Calendar, Closed, Demo, Draft, Extended, Open, Recorded, Scheduled, Shared,
    Submitted,
};
use Who::{Administrator, Guest, Nobody, Officer, Representative, Secretariat};

/// Who may do it.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    Nobody,
    Officer,
    Representative,
    Secretariat,
    Administrator,
    /// The account of the scene.
    Guest,
}

/// Each operation with who calls it, and on what.
pub const ROWS: &[(&str, Who, FixtureStage)] = &[
    ("get_live", Nobody, Demo),
    ("get_ready", Nobody, Demo),
    ("sign_in", Nobody, Demo),
    ("refresh_session", Nobody, Account),
    ("sign_out", Guest, Account),
    ("accept_invitation", Nobody, Account),
    ("get_me", Officer, Demo),
    ("put_password", Guest, Account),
    ("list_sessions", Officer, Demo),
    ("delete_sessions", Guest, Account),
    ("get_todo", Officer, Submitted),
    ("get_calendar", Guest, Account),
    ("create_calendar", Guest, Account),
    ("delete_calendar", Guest, Calendar),
    ("read_calendar", Nobody, Calendar),
    ("list_users", Administrator, Demo),
    ("create_user", Administrator, Demo),
    ("get_user", Representative, Account),
    ("patch_user", Administrator, Account),
    ("create_grant", Representative, Account),
    ("delete_grant", Administrator, Account),
    ("list_countries", Officer, Demo),
    ("list_chairs", Officer, Demo),
    ("get_framework", Officer, Demo),
    ("list_plan_cycles", Officer, Demo),
    ("list_partner_types", Officer, Demo),
    ("get_vocabulary", Officer, Demo),
    ("list_cities", Officer, Demo),
    ("create_city", Secretariat, Demo),
    ("get_city", Officer, Demo),
    ("edit_city", Secretariat, Demo),
    ("list_partners", Officer, Demo),
    ("create_partner", Secretariat, Demo),
    ("get_partner", Officer, Demo),
    ("edit_partner", Secretariat, Demo),
    ("get_plan", Officer, Demo),
    ("write_plan", Officer, Demo),
    ("list_cycles", Officer, Demo),
    ("create_cycle", Secretariat, Demo),
    ("get_cycle", Officer, Scheduled),
    ("edit_cycle", Secretariat, Scheduled),
    ("open_cycle", Secretariat, Scheduled),
    ("close_cycle", Secretariat, Open),
    ("list_extensions", Officer, Extended),
    ("get_extension", Officer, Extended),
    ("grant_extension", Representative, Open),
    ("grant_extension", Representative, Extended),
    ("withdraw_extension", Secretariat, Extended),
    ("list_projects", Officer, Demo),
    ("create_project", Officer, Demo),
    ("get_project", Officer, Approved),
    ("edit_project", Officer, Recorded),
    ("delete_project", Officer, Recorded),
    ("list_project_history", Officer, Approved),
    ("list_milestones", Officer, Recorded),
    ("create_milestone", Officer, Recorded),
    ("get_milestone", Officer, Recorded),
    ("edit_milestone", Officer, Recorded),
    ("delete_milestone", Officer, Recorded),
    ("list_indicators", Officer, Recorded),
    ("create_indicator", Officer, Recorded),
    ("get_indicator", Officer, Recorded),
    ("edit_indicator", Officer, Recorded),
    ("delete_indicator", Officer, Recorded),
    ("list_partnerships", Officer, Recorded),
    ("create_partnership", Officer, Recorded),
    ("get_partnership", Officer, Recorded),
    ("edit_partnership", Officer, Recorded),
    ("delete_partnership", Officer, Recorded),
    ("list_reports", Officer, Approved),
    ("list_project_reports", Officer, Approved),
    ("get_report", Officer, Approved),
    ("write_report", Officer, Recorded),
    ("write_report", Officer, Draft),
    ("get_readiness", Officer, Draft),
    ("get_prefill", Officer, Recorded),
    ("change_reports", Representative, Demo),
    ("get_report_diff", Representative, Submitted),
    ("get_sitting", Officer, Submitted),
    ("get_workbook", Officer, Demo),
    ("import_records", Officer, Demo),
    ("list_indicator_values", Officer, Submitted),
    ("submit_report", Officer, Draft),
    ("withdraw_report", Officer, Submitted),
    ("return_report", Representative, Submitted),
    ("approve_report", Representative, Submitted),
    ("reopen_report", Secretariat, Approved),
    ("list_report_history", Representative, Approved),
    ("list_comments", Officer, Submitted),
    ("create_comment", Representative, Submitted),
    ("get_comment", Officer, Submitted),
    ("resolve_comment", Officer, Submitted),
    ("get_figures_table", Officer, Demo),
    ("list_releases", Officer, Demo),
    ("get_release", Officer, Demo),
    ("verify_release", Officer, Demo),
    ("list_release_reports", Officer, Demo),
    ("get_release_data", Officer, Demo),
    ("get_release_table", Officer, Demo),
    ("get_release_progress", Officer, Demo),
    ("get_release_trend", Officer, Demo),
    ("get_release_coverage", Officer, Demo),
    ("get_release_map", Officer, Demo),
    ("get_catalog", Officer, Demo),
    ("list_shares", Secretariat, Shared),
    ("create_share", Secretariat, Demo),
    ("get_share", Secretariat, Shared),
    ("revoke_share", Secretariat, Shared),
    ("read_share", Nobody, Shared),
    ("list_changes", Officer, Demo),
    ("get_figures_progress", Officer, Demo),
    ("get_figures_trend", Officer, Demo),
    ("get_figures_coverage", Officer, Submitted),
    ("get_figures_map", Officer, Demo),
    ("compare_figures", Officer, Demo),
    ("get_release_report", Officer, Demo),
    ("list_journal_entries", Secretariat, Demo),
    ("get_journal_head", Secretariat, Demo),
    ("verify_journal", Secretariat, Demo),
    // The last one: it closes the demo's open cycle.
    ("publish_release", Secretariat, Closed),
];

pub async fn caller_for<'a>(app: &'a TestApp, who: Who, scene: &OperationFixture) -> Caller<'a> {
    match who {
        Nobody => app.anonymous(),
        Officer => app.officer("da-nang").await,
        Representative => app.representative("VN").await,
        Secretariat => app.secretariat().await,
        Administrator => app.administrator().await,
        Guest => app.bearer(&scene.access_token),
    }
}

/// The tag of what the operation changes; none where nothing is there yet.
pub async fn current_etag(
    caller: &Caller<'_>,
    operation: &Operation,
    path: &str,
) -> Option<String> {
    if !operation.takes_if_match() {
        return None;
    }
    let record = if operation.method == "post" { path.rsplit_once('/')?.0 } else { path };
    let read = caller.get(record).await;
    (read.status == 200).then(|| read.etag())
}

/// Calls an operation with its examples and one of its bodies.
async fn call_operation(
    app: &TestApp,
    (operation, who): (&Operation, Who),
    scene: &OperationFixture,
    body: Option<(&str, &Value)>,
) -> TestResponse {
    let caller = caller_for(app, who, scene).await;
    let mut path = scene.fill_path(&operation.path);
    let tag = current_etag(&caller, operation, &path).await;
    let query = operation.example_query();
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    if let (Some((kind, _)), "import_records") = (body, operation.id.as_str()) {
        return upload_exported_workbook(app, &caller, kind, &path).await;
    }
    let mut headers: Vec<(&str, &str)> = tag.iter().map(|t| ("if-match", t.as_str())).collect();
    // Tokens are made once and are in no document.
    let refresh = json!({ "refresh_token": scene.refresh_token });
    let example = match body {
        Some((kind, content)) => {
            headers.push(("content-type", kind));
            Some(if operation.id == "refresh_session" { &refresh } else { &content["example"] })
        }
        None => None,
    };
    caller.send(&operation.method.to_uppercase(), &path, example, &headers).await
}

/// Imports what the city's officer got: a file is no example that a document can hold.
async fn upload_exported_workbook(
    app: &TestApp,
    caller: &Caller<'_>,
    kind: &str,
    path: &str,
) -> TestResponse {
    let path = path.trim_start_matches("/api/v1/");
    let workbook = "cities/da-nang/workbook?cycle=me-2026";
    let (from, to) = if kind == "text/csv" {
        (format!("{workbook}&format=csv&sheet=projects"), format!("{path}&sheet=projects"))
    } else {
        (workbook.to_owned(), path.to_owned())
    };
    let file = app.officer("da-nang").await.download(&from).await;
    caller.upload(&to, kind, file).await
}

/// Says what about an answer is not the success that the document promises.
fn contract_fault(
    document: &Value,
    operation: &Operation,
    answer: &TestResponse,
) -> Option<String> {
    if !operation.success_statuses().contains(&answer.status) {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    let kind = answer.header("content-type").unwrap_or_default();
    operation
        .contract_breach(document, answer.status, kind, &answer.json())
        .or_else(|| header_fault(document, operation, answer))
}

/// Names a header that is sent and not declared, or declared for every answer and not sent.
fn header_fault(document: &Value, operation: &Operation, answer: &TestResponse) -> Option<String> {
    let response = &operation.value["responses"][answer.status.to_string()];
    let declared = &resolve_reference(document, response)["headers"];
    let always = ["ETag", "Location"];
    ["ETag", "Location", "Link", "Content-Language"].into_iter().find_map(|name| {
        match (answer.header(&name.to_lowercase()), declared.get(name)) {
            (Some(_), None) => Some(format!("{name} is sent and not declared")),
            (None, Some(_)) if always.contains(&name) => {
                Some(format!("{name} is declared and not sent"))
            }
            (Some(_), Some(_)) | (None, _) => None,
        }
    })
}

#[actix_web::test]
async fn every_openapi_example_succeeds_as_documented() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let operations = list_operations(&document);
    set_demo_password(&app, "officer.da-nang@demo.example").await;
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for (id, who, stage) in ROWS {
        let Some(operation) = operations.iter().find(|o| o.id == *id) else {
            faults.push(format!("{id} is not in the contract"));
            continue;
        };
        let bodies = operation.request_bodies();
        let each = if bodies.is_empty() {
            vec![None]
        } else {
            bodies.into_iter().map(Some).collect::<Vec<_>>()
        };
        // One that is written anew and one that is there already.
        let plan_cycles: &[&str] =
            if *id == "write_plan" { &["2018-2025", "2026-2035"] } else { &["2018-2025"] };
        for body in each {
            for plan_cycle in plan_cycles {
                let mut scene = OperationFixture::prepare(&app, *stage).await;
                scene.plan_cycle = (*plan_cycle).to_owned();
                let answer = call_operation(&app, (operation, *who), &scene, body).await;
                faults.extend(
                    contract_fault(&document, operation, &answer).map(|f| format!("{id}: {f}")),
                );
                seen.insert((id.to_string(), answer.status));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let promised: BTreeSet<(String, u16)> = operations
        .iter()
        .flat_map(|o| o.success_statuses().into_iter().map(|status| (o.id.clone(), status)))
        .collect();
    let missing: Vec<_> = promised.difference(&seen).collect();
    assert!(missing.is_empty(), "successes of the contract that nobody saw: {missing:?}");
}

#[test]
fn every_request_body_example_matches_its_schema() {
    let document = openapi_document();
    let mut faults = Vec::new();
    for operation in list_operations(&document) {
        for (kind, content) in
            operation.request_bodies().into_iter().filter(|(kind, _)| kind.ends_with("json"))
        {
            let fault = match content.get("example") {
                None => Some("no example".to_owned()),
                Some(example) => find_difference(&document, &content["schema"], example, ""),
            };
            faults.extend(fault.map(|f| format!("{} ({kind}): {f}", operation.id)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_error_response_example_is_a_problem_document() {
    let document = openapi_document();
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let mut faults = Vec::new();
    for operation in list_operations(&document) {
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                continue;
            }
            let content =
                &resolve_reference(&document, response)["content"]["application/problem+json"];
            let example = &content["example"];
            let fault = if content["schema"] != problem {
                Some("its schema is not that of problems".to_owned())
            } else if example["status"].as_u64() != status.parse().ok() {
                Some(format!("an example of it is expected, not {example}"))
            } else {
                find_difference(&document, &problem, example, "")
            };
            faults.extend(fault.map(|f| format!("{} {status}: {f}", operation.id)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[actix_web::test]
async fn protected_operation_without_credentials_is_401_as_documented() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let scene = OperationFixture::prepare(&app, Recorded).await;
    let mut faults = Vec::new();
    for operation in list_operations(&document) {
        if operation.value["security"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let body = operation.request_bodies().into_iter().next();
        let answer = call_operation(&app, (&operation, Nobody), &scene, body).await.expect(401);
        let kind = answer.header("content-type").unwrap_or_default();
        let fault = operation.contract_breach(&document, 401, kind, &answer.json());
        faults.extend(fault.map(|f| format!("{}: {f}", operation.id)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[actix_web::test]
async fn creating_post_with_if_match_is_412_no_tag() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let mut refused = Vec::new();
    for operation in list_operations(&document) {
        if !operation.refuses_if_match() {
            continue;
        }
        let (_, who, stage) = ROWS.iter().find(|(id, ..)| *id == operation.id).unwrap();
        let scene = OperationFixture::prepare(&app, *stage).await;
        let caller = caller_for(&app, *who, &scene).await;
        let (kind, content) = operation.request_bodies().into_iter().next().unwrap();
        let headers = [("content-type", kind), ("if-match", "\"v1\"")];
        let path = scene.fill_path(&operation.path);
        let answer = caller.send("POST", &path, Some(&content["example"]), &headers).await;
        let problem = answer.expect(412).json();
        assert_eq!(
            (&problem["code"], &problem["errors"][0]["parameter"], &problem["errors"][0]["code"]),
            (&json!("stale"), &json!("If-Match"), &json!("no_tag")),
            "{}: {problem}",
            operation.id
        );
        refused.push(operation.id);
    }
    refused.sort_unstable();
    assert_eq!(
        refused,
        [
            "create_city",
            "create_comment",
            "create_cycle",
            "create_partner",
            "create_share",
            "publish_release"
        ]
    );
}
