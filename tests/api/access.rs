//! The access matrix: every operation of the contract, every kind of caller, and the status that answers.
//!
//! Requests are about records of Da Nang and made so that rights alone decide: whoever is let through to a write meets a
//! refusal that comes later (a stale `If-Match` 412, a state that forbids it 409, an empty object 400 or 422), so that no
//! row depends on another. Those that succeed, which end sessions or take a grant or a share away, leave the others' records be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};

use serde_json::Value;

mod matrix_fixture;
mod matrix_row;

use matrix_fixture::{matrix_callers, spawn_matrix_app};
use matrix_row::{AccessMatrixRow, Operation, delete, get, patch, post, request_row};

const PROJECT: &str = "projects/{project}";
const HISTORY: &str = "projects/{project}/history";
const MILESTONES: &str = "projects/{project}/milestones";
const MILESTONE: &str = "projects/{project}/milestones/{id}";
const INDICATORS: &str = "projects/{project}/indicators";
const INDICATOR: &str = "projects/{project}/indicators/{id}";
const PARTNERSHIPS: &str = "projects/{project}/partnerships";
const PARTNERSHIP: &str = "projects/{project}/partnerships/{id}";
const REPORTS: &str = "projects/{project}/reports";
const REPORT: &str = "projects/{project}/reports/{cycle}";
const SUBMIT: &str = "projects/{project}/reports/{cycle}/submit";
const WITHDRAW: &str = "projects/{project}/reports/{cycle}/withdraw";
const RETURN: &str = "projects/{project}/reports/{cycle}/return";
const APPROVE: &str = "projects/{project}/reports/{cycle}/approve";
const REOPEN: &str = "projects/{project}/reports/{cycle}/reopen";
const READINESS: &str = "projects/{project}/reports/{cycle}/readiness";
const PREFILL: &str = "projects/{project}/reports/{cycle}/prefill";
const DIFF: &str = "projects/{project}/reports/{cycle}/diff";
const EXTENSION: &str = "cycles/{cycle}/extensions/{city}";
const REPORT_HISTORY: &str = "projects/{project}/reports/{cycle}/history";
const COMMENTS: &str = "projects/{project}/reports/{cycle}/comments";
const COMMENT: &str = "projects/{project}/reports/{cycle}/comments/{id}";

/// A project that nothing was ever approved of.
const NEW: &str = "of what was never approved";
/// A report that was handed in and not decided on, of such a project.
const SUBMITTED: &str = "submitted, none approved before";
/// A report that was never handed in.
const DRAFT: &str = "a draft";

const ROWS: &[AccessMatrixRow] = &[
    get("/health/live", "/health/live"),
    get("/health/ready", "/health/ready"),
    post("auth/login", "auth/login"),
    post("auth/refresh", "auth/refresh"),
    post("auth/invitations/{token}/accept", "auth/invitations/nobody/accept"),
    request_row("post", "auth/logout", "auth/logout"),
    get("me", "me"),
    request_row("put", "me/password", "me/password").with_body("{}"),
    get("me/sessions", "me/sessions"),
    get("me/todo", "me/todo"),
    get("me/calendar", "me/calendar"),
    request_row("post", "me/calendar", "me/calendar"),
    request_row("delete", "me/calendar", "me/calendar"),
    get("/calendar/{token}.ics", "/calendar/nobody.ics"),
    request_row("delete", "me/sessions", "me/sessions"),
    get("users", "users"),
    // The address is taken.
    post("users", "users").with_note("an officer of Da Nang").with_body(
        r#"{"email": "mai@test.example", "name": "Mai",
            "grants": [{"role": "city_officer", "scope": {"kind": "city", "key": "da-nang"}}]}"#,
    ),
    post("users", "users").with_note("a representative").with_body(
        r#"{"email": "mai@test.example", "name": "Mai",
            "grants": [{"role": "national_representative", "scope": {"kind": "country", "key": "VN"}}]}"#,
    ),
    get("users/{id}", "users/{user}").with_note("an officer of Da Nang"),
    get("users/{id}", "users/{colleague}").with_note("a secretary"),
    patch("users/{id}", "users/{user}").with_note("an officer of Da Nang"),
    patch("users/{id}", "users/{colleague}").with_note("a secretary"),
    // It ends before it begins.
    post("users/{id}/grants", "users/{user}/grants").with_note("officer of Da Nang").with_body(
        r#"{"role": "city_officer", "scope": {"kind": "city", "key": "da-nang"},
            "from": "2026-12-02", "until": "2026-12-01"}"#,
    ),
    post("users/{id}/grants", "users/{user}/grants").with_note("secretariat").with_body(
        r#"{"role": "secretariat", "scope": {"kind": "network", "key": null},
            "from": "2026-12-02", "until": "2026-12-01"}"#,
    ),
    request_row("delete", "users/{id}/grants/{grant_id}", "users/{leaver}/grants/{held}"),
    get("countries", "countries"),
    get("framework", "framework"),
    get("plan-cycles", "plan-cycles"),
    get("chairs", "chairs"),
    get("partner-types", "partner-types"),
    get("vocabulary", "vocabulary"),
    get("cities", "cities"),
    post("cities", "cities"),
    get("cities/{city}", "cities/da-nang"),
    patch("cities/{city}", "cities/da-nang"),
    get("cities/{city}/plans/{plan_cycle}", "cities/da-nang/plans/2018-2025"),
    request_row("put", "cities/{city}/plans/{plan_cycle}", "cities/da-nang/plans/2018-2025")
        .with_body("{}")
        .with_stale_if_match(),
    get("cities/{city}/cycles/{cycle}", "cities/da-nang/cycles/me-2026"),
    get("cities/{city}/workbook", "cities/da-nang/workbook?cycle=me-2026"),
    // The city and the cycle are missing.
    post("imports", "imports"),
    get("partners", "partners"),
    post("partners", "partners"),
    get("partners/{partner}", "partners/asean-korea-cooperation-fund"),
    patch("partners/{partner}", "partners/asean-korea-cooperation-fund"),
    get("cycles", "cycles"),
    post("cycles", "cycles"),
    get("cycles/{cycle}", "cycles/me-2026"),
    patch("cycles/{cycle}", "cycles/me-2026"),
    post("cycles/{cycle}/open", "cycles/me-2026/open").with_stale_if_match(),
    post("cycles/{cycle}/close", "cycles/me-2026/close").with_stale_if_match(),
    get("cycles/{cycle}/extensions", "cycles/me-2026/extensions"),
    get(EXTENSION, "cycles/me-2026/extensions/da-nang"),
    request_row("put", EXTENSION, "cycles/me-2026/extensions/da-nang").with_body("{}").with_stale_if_match(),
    delete(EXTENSION, "cycles/me-2026/extensions/da-nang"),
    get("projects", "projects"),
    post("projects", "projects").with_body(r#"{"city": "da-nang"}"#),
    get(PROJECT, "projects/da-nang-1"),
    get(PROJECT, "projects/da-nang-90").with_note(NEW),
    patch(PROJECT, "projects/da-nang-1"),
    patch(PROJECT, "projects/da-nang-90").with_note(NEW),
    delete(PROJECT, "projects/da-nang-1"),
    delete(PROJECT, "projects/da-nang-90").with_note(NEW),
    get(HISTORY, "projects/da-nang-1/history"),
    get(HISTORY, "projects/da-nang-90/history").with_note(NEW),
    get(MILESTONES, "projects/da-nang-1/milestones"),
    get(MILESTONES, "projects/da-nang-90/milestones").with_note(NEW),
    post(MILESTONES, "projects/da-nang-1/milestones"),
    get(MILESTONE, "projects/da-nang-1/milestones/{milestone}"),
    patch(MILESTONE, "projects/da-nang-1/milestones/{milestone}"),
    delete(MILESTONE, "projects/da-nang-1/milestones/{milestone}"),
    get(INDICATORS, "projects/da-nang-1/indicators"),
    get(INDICATORS, "projects/da-nang-90/indicators").with_note(NEW),
    post(INDICATORS, "projects/da-nang-1/indicators"),
    get(INDICATOR, "projects/da-nang-1/indicators/{indicator}"),
    get("projects/{project}/indicators/{id}/values", "projects/da-nang-1/indicators/{indicator}/values"),
    patch(INDICATOR, "projects/da-nang-1/indicators/{indicator}"),
    delete(INDICATOR, "projects/da-nang-1/indicators/{indicator}"),
    get(PARTNERSHIPS, "projects/da-nang-1/partnerships"),
    get(PARTNERSHIPS, "projects/da-nang-90/partnerships").with_note(NEW),
    post(PARTNERSHIPS, "projects/da-nang-1/partnerships"),
    get(PARTNERSHIP, "projects/da-nang-1/partnerships/{partnership}"),
    patch(PARTNERSHIP, "projects/da-nang-1/partnerships/{partnership}"),
    delete(PARTNERSHIP, "projects/da-nang-1/partnerships/{partnership}"),
    get(REPORTS, "projects/da-nang-1/reports"),
    get(REPORTS, "projects/da-nang-90/reports").with_note(NEW),
    get("reports", "reports"),
    post("reports/bulk", "reports/bulk"),
    get(REPORT, "projects/da-nang-1/reports/me-2026"),
    get(REPORT, "projects/da-nang-1/reports/me-2022").with_note("imported"),
    get(REPORT, "projects/da-nang-90/reports/me-2026").with_note(SUBMITTED),
    get(REPORT, "projects/da-nang-2/reports/me-2026").with_note(DRAFT),
    get(REPORT, "projects/da-nang-3/reports/me-2026").with_note("never begun"),
    request_row("put", REPORT, "projects/da-nang-1/reports/me-2026").with_body("{}").with_stale_if_match(),
    request_row("put", REPORT, "projects/da-nang-90/reports/me-2026")
        .with_note(SUBMITTED)
        .with_body("{}")
        .with_stale_if_match(),
    request_row("put", REPORT, "projects/da-nang-2/reports/me-2026").with_note(DRAFT).with_body("{}").with_stale_if_match(),
    request_row("put", REPORT, "projects/da-nang-3/reports/me-2026")
        .with_note("never begun")
        .with_body("{}")
        .with_stale_if_match(),
    post(SUBMIT, "projects/da-nang-1/reports/me-2026/submit"),
    post(SUBMIT, "projects/da-nang-90/reports/me-2026/submit").with_note(SUBMITTED),
    post(SUBMIT, "projects/da-nang-2/reports/me-2026/submit").with_note(DRAFT).with_stale_if_match(),
    post(WITHDRAW, "projects/da-nang-1/reports/me-2026/withdraw"),
    post(WITHDRAW, "projects/da-nang-90/reports/me-2026/withdraw").with_note(SUBMITTED).with_stale_if_match(),
    post(WITHDRAW, "projects/da-nang-2/reports/me-2026/withdraw").with_note(DRAFT),
    post(RETURN, "projects/da-nang-1/reports/me-2026/return"),
    post(RETURN, "projects/da-nang-90/reports/me-2026/return").with_note(SUBMITTED).with_stale_if_match(),
    post(RETURN, "projects/da-nang-2/reports/me-2026/return").with_note(DRAFT),
    post(APPROVE, "projects/da-nang-1/reports/me-2026/approve"),
    post(APPROVE, "projects/da-nang-90/reports/me-2026/approve").with_note(SUBMITTED).with_stale_if_match(),
    post(APPROVE, "projects/da-nang-2/reports/me-2026/approve").with_note(DRAFT),
    // The reason is missing.
    post(REOPEN, "projects/da-nang-1/reports/me-2026/reopen"),
    post(REOPEN, "projects/da-nang-90/reports/me-2026/reopen").with_note(SUBMITTED),
    post(REOPEN, "projects/da-nang-2/reports/me-2026/reopen").with_note(DRAFT),
    get(READINESS, "projects/da-nang-1/reports/me-2026/readiness"),
    get(READINESS, "projects/da-nang-90/reports/me-2026/readiness").with_note(SUBMITTED),
    get(READINESS, "projects/da-nang-2/reports/me-2026/readiness").with_note(DRAFT),
    get(PREFILL, "projects/da-nang-1/reports/me-2026/prefill"),
    get(PREFILL, "projects/da-nang-2/reports/me-2026/prefill").with_note(DRAFT),
    get(PREFILL, "projects/da-nang-3/reports/me-2026/prefill").with_note("never begun"),
    get(DIFF, "projects/da-nang-1/reports/me-2026/diff?since=approved"),
    get(DIFF, "projects/da-nang-90/reports/me-2026/diff?since=approved").with_note(SUBMITTED),
    get(DIFF, "projects/da-nang-2/reports/me-2026/diff?since=approved").with_note(DRAFT),
    get(REPORT_HISTORY, "projects/da-nang-1/reports/me-2026/history"),
    get(REPORT_HISTORY, "projects/da-nang-90/reports/me-2026/history").with_note(SUBMITTED),
    get(REPORT_HISTORY, "projects/da-nang-2/reports/me-2026/history").with_note(DRAFT),
    get(COMMENTS, "projects/da-nang-1/reports/me-2026/comments"),
    get(COMMENTS, "projects/da-nang-90/reports/me-2026/comments").with_note(SUBMITTED),
    get(COMMENTS, "projects/da-nang-2/reports/me-2026/comments").with_note(DRAFT),
    post(COMMENTS, "projects/da-nang-1/reports/me-2026/comments"),
    post(COMMENTS, "projects/da-nang-90/reports/me-2026/comments").with_note(SUBMITTED),
    post(COMMENTS, "projects/da-nang-2/reports/me-2026/comments").with_note(DRAFT),
    get(COMMENT, "projects/da-nang-1/reports/me-2026/comments/{comment}"),
    patch(COMMENT, "projects/da-nang-1/reports/me-2026/comments/{comment}"),
    get("figures/table", "figures/table?rows=status&cycle=me-2022"),
    get("releases", "releases"),
    // The cycle is missing.
    post("releases", "releases"),
    get("releases/{release}", "releases/me-2022-r1"),
    get("releases/{release}/reports", "releases/me-2022-r1/reports"),
    get("releases/{release}/figures/table", "releases/me-2022-r1/figures/table?rows=status"),
    get("releases/{release}/figures/progress", "releases/me-2022-r1/figures/progress?by=city"),
    get("releases/{release}/figures/trend", "releases/me-2022-r1/figures/trend"),
    get("releases/{release}/figures/coverage", "releases/me-2022-r1/figures/coverage"),
    get("releases/{release}/figures/map", "releases/me-2022-r1/figures/map"),
    get("releases/{release}/data", "releases/me-2022-r1/data"),
    get("releases/{release}/report", "releases/me-2022-r1/report"),
    get("releases/{release}/verify", "releases/me-2022-r1/verify"),
    get("shares", "shares"),
    // Everything is missing.
    post("shares", "shares"),
    get("shares/{id}", "shares/{share}"),
    request_row("delete", "shares/{id}", "shares/{share}"),
    get("/s/{token}.{format}", "/s/nobody.json"),
    get("/catalog.jsonld", "/catalog.jsonld"),
    get("changes", "changes?after=1"),
    get("figures/progress", "figures/progress?by=city&cycle=me-2022"),
    get("figures/trend", "figures/trend?columns=status"),
    get("figures/coverage", "figures/coverage?cycle=me-2026"),
    get("figures/map", "figures/map?cycle=me-2022"),
    get("figures/compare", "figures/compare?a=me-2022&b=me-2023"),
    get("journal", "journal"),
    get("journal/head", "journal/head"),
    get("journal/verify", "journal/verify"),
];

/// The operations of the contract, and whether anybody may call them without credentials.
fn contract_operations() -> BTreeMap<Operation, bool> {
    let text = fs::read_to_string("openapi/v1.json").unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut all = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"].as_array().is_none_or(Vec::is_empty);
            all.insert((path.clone(), method.clone()), public);
        }
    }
    all
}

#[actix_web::test]
async fn access_matrix_matches_snapshot() {
    let desk = spawn_matrix_app().await;
    let callers = matrix_callers();
    let width = ROWS.iter().map(|r| r.name().len()).max().unwrap();
    let mut text = String::from(
        "Rows: operation, on records of Da Nang. Columns: caller; own and other are seen from there.\n\
         401, 403 and 404 are refusals, 404 also of what is not there for anybody; all else was let through.\n\n",
    );
    let _ = write!(text, "{:width$}", "");
    for (column, _) in &callers {
        let _ = write!(text, "  {column}");
    }
    text.push('\n');
    for row in ROWS {
        let _ = write!(text, "{:width$}", row.name());
        for (column, holds) in &callers {
            let status = desk.request_status(row, column, holds.as_ref()).await;
            let _ = write!(text, "  {status:>0$}", column.len());
        }
        text.push('\n');
    }
    insta::assert_snapshot!("matrix", text);
}

#[test]
fn every_openapi_operation_is_in_the_access_matrix() {
    let contract: BTreeSet<Operation> = contract_operations().into_keys().collect();
    let rows: BTreeSet<Operation> = ROWS.iter().map(AccessMatrixRow::operation).collect();
    let uncovered: Vec<_> = contract.difference(&rows).collect();
    assert!(uncovered.is_empty(), "without a row: {uncovered:?}");
    let stale: Vec<_> = rows.difference(&contract).collect();
    assert!(stale.is_empty(), "not in the contract: {stale:?}");
}

#[actix_web::test]
async fn protected_operation_without_credentials_is_401() {
    let desk = spawn_matrix_app().await;
    let contract = contract_operations();
    for row in ROWS.iter().filter(|r| !contract[&r.operation()]) {
        assert_eq!(desk.request_status(row, "nobody", None).await, 401, "{}", row.name());
    }
}
