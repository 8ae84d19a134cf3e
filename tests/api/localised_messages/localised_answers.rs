//! Messages are in the language of the caller: why an act is not allowed, why a report was refused, which cells of a file are wrong.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    report_fixtures::{CYCLE, complete_report_body, report_path, spawn_with_open_cycle},
};

/// An open cycle in which the report of `da-nang-1` is a draft without next steps.
async fn spawn_with_incomplete_draft() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let mut draft = complete_report_body();
    draft["next_steps"] = Value::Null;
    let officer = app.officer("da-nang").await;
    officer.put(&report_path("da-nang-1"), &draft, None).await.expect(201);
    app
}

/// The report of `da-nang-1` in Vietnamese.
fn vietnamese_report_path() -> String {
    format!("{}?lang=vi", report_path("da-nang-1"))
}

#[actix_web::test]
async fn allowed_action_reasons_are_localised() {
    let app = spawn_with_incomplete_draft().await;
    let officer = app.officer("da-nang").await;
    let acts = ["approve", "withdraw", "submit"].map(|act| format!("allowed_actions/{act}/reason"));
    let acts = acts.each_ref().map(String::as_str);
    let english = officer.get(&report_path("da-nang-1")).await;
    insta::assert_snapshot!(english.show_headers(&["content-language"]), @"content-language: en");
    insta::assert_snapshot!(english.show_members(&acts), @r#"
    200
    allowed_actions/approve/reason: "your role does not allow this"
    allowed_actions/withdraw/reason: "withdraw is not possible while it is draft"
    allowed_actions/submit/reason: "not ready: /next_steps"
    "#);
    let vietnamese = officer.get(&vietnamese_report_path()).await;
    insta::assert_snapshot!(vietnamese.show_headers(&["content-language"]), @"content-language: vi");
    insta::assert_snapshot!(vietnamese.show_members(&acts), @r#"
    200
    allowed_actions/approve/reason: "vai trò của bạn không cho phép"
    allowed_actions/withdraw/reason: "không thể rút lại khi đang ở trạng thái: bản nháp"
    allowed_actions/submit/reason: "chưa sẵn sàng: /next_steps"
    "#);
}

/// The title and the text of the one fault that blocks the submission.
fn show_blocker(missing: &Value) -> String {
    show_items(missing, &["code", "title", "detail"])
}

#[actix_web::test]
async fn missing_fields_have_title_and_detail_in_the_language_of_the_caller() {
    let app = spawn_with_incomplete_draft().await;
    let officer = app.officer("da-nang").await;
    let paths = [
        (format!("{}/readiness", report_path("da-nang-1")), "missing"),
        (report_path("da-nang-1"), "readiness/missing"),
        (format!("cities/da-nang/cycles/{CYCLE}"), "items/0/missing"),
        ("me/todo".to_owned(), "officer/0/blocked/0/missing"),
    ];
    for (path, member) in paths {
        let missing = format!("/{member}");
        let english = officer.get(&path).await.expect(200);
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                show_blocker(english.json().pointer(&missing).unwrap()),
                @"required Next steps a value is required"
            );
        }
        let headers = [("accept-language", "vi")];
        let vietnamese = officer.send("GET", &path, None, &headers).await.expect(200);
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                vietnamese.show_headers(&["content-language"]),
                @"content-language: vi"
            );
            insta::assert_snapshot!(
                show_blocker(vietnamese.json().pointer(&missing).unwrap()),
                @"required Các bước tiếp theo cần có giá trị"
            );
        }
    }
}

#[actix_web::test]
async fn etag_depends_on_the_language_and_a_write_accepts_every_one_of_the_version() {
    let app = spawn_with_incomplete_draft().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let english = officer.get(&path).await.expect(200).etag();
    let vietnamese = officer.get(&vietnamese_report_path()).await.expect(200).etag();
    assert_ne!(english, vietnamese);
    for (language, status) in [("vi", 304), ("en", 200)] {
        let headers = [("accept-language", language), ("if-none-match", vietnamese.as_str())];
        officer.send("GET", &path, None, &headers).await.expect(status);
    }
    let headers = [("accept-language", "vi"), ("if-match", vietnamese.as_str())];
    let written = officer.send("PUT", &path, Some(&complete_report_body()), &headers).await;
    insta::assert_snapshot!(written.show_members(&["allowed_actions/approve"]), @r#"
    200
    allowed_actions/approve: {"allowed": false, "reason": "vai trò của bạn không cho phép"}
    "#);
}

#[actix_web::test]
async fn answer_of_a_transition_is_localised() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let path = format!("{}/submit", report_path("da-nang-1"));
    let submitted = officer.send("POST", &path, None, &[("accept-language", "vi")]).await;
    insta::assert_snapshot!(submitted.show_members(&["allowed_actions/edit"]), @r#"
    200
    allowed_actions/edit: {"allowed": false, "reason": "không thể sửa khi đang ở trạng thái: đã nộp"}
    "#);
}

#[actix_web::test]
async fn allowed_action_reasons_of_projects_are_localised_also_in_the_list() {
    let app = spawn_with_incomplete_draft().await;
    let officer = app.officer("da-nang").await;
    let project = officer.get("projects/da-nang-1?lang=vi").await;
    insta::assert_snapshot!(project.show_members(&["allowed_actions/delete"]), @r#"
    200
    allowed_actions/delete: {"allowed": false, "reason": "dự án đã có báo cáo"}
    "#);
    let list = officer.get("projects?city=da-nang&lang=vi").await;
    insta::assert_snapshot!(list.show_headers(&["content-language"]), @"content-language: vi");
    insta::assert_snapshot!(list.show_members(&["items/0/allowed_actions/delete"]), @r#"
    200
    items/0/allowed_actions/delete: {"allowed": false, "reason": "dự án đã có báo cáo"}
    "#);
}

/// An order for a submitted report with a version that is too high, and for a project that does not exist.
fn refused_bulk_body() -> Value {
    json!({ "action": "approve", "dry_run": true, "items": [
        { "project": "da-nang-1", "cycle": CYCLE, "version": 9 },
        { "project": "da-nang-9", "cycle": CYCLE, "version": 1 }
    ] })
}

/// An open cycle in which the report of `da-nang-1` was submitted.
async fn spawn_with_submitted_report() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app
}

#[actix_web::test]
async fn problems_of_bulk_items_are_localised_and_the_digest_is_not() {
    let app = spawn_with_submitted_report().await;
    let representative = app.representative("VN").await;
    let members = ["problem/title", "problem/detail"];
    let english = representative.post("reports/bulk", &refused_bulk_body()).await.expect(200);
    insta::assert_snapshot!(show_items(&english.json()["results"], &members), @"
    The record changed since you read it the record changed since you read it
    No such resource no such resource
    ");
    let vietnamese =
        representative.post("reports/bulk?lang=vi", &refused_bulk_body()).await.expect(200);
    insta::assert_snapshot!(vietnamese.show_headers(&["content-language"]), @"content-language: vi");
    insta::assert_snapshot!(show_items(&vietnamese.json()["results"], &members), @"
    Bản ghi đã thay đổi kể từ khi bạn đọc bản ghi đã thay đổi kể từ khi bạn đọc
    Không có dữ liệu này không có dữ liệu này
    ");
    // A dry run in one language may be followed by the act in another.
    assert_eq!(english.json()["digest"], vietnamese.json()["digest"]);
}

#[actix_web::test]
async fn refusal_of_a_bulk_order_is_localised() {
    let app = spawn_with_submitted_report().await;
    let representative = app.representative("VN").await;
    let mut whole = refused_bulk_body();
    (whole["dry_run"], whole["all_or_nothing"]) = (json!(false), json!(true));
    let refused = representative.post("reports/bulk?lang=vi", &whole).await;
    let members = ["detail", "bulk/results/0/problem/title", "bulk/results/1/problem/title"];
    insta::assert_snapshot!(refused.show_members(&members), @r#"
    409
    detail: "không thực hiện được mọi mục nên chưa thực hiện mục nào"
    bulk/results/0/problem/title: "Bản ghi đã thay đổi kể từ khi bạn đọc"
    bulk/results/1/problem/title: "Không có dữ liệu này"
    "#);
    let without_items = json!({ "action": "approve", "dry_run": true });
    let refused = representative.post("reports/bulk?lang=vi", &without_items).await;
    insta::assert_snapshot!(refused.show_members(&["errors"]), @r#"
    422
    errors: [
      {
        "code": "required",
        "detail": "cần có danh sách items hoặc bộ lọc filter",
        "parameter": null,
        "pointer": "/items"
      }
    ]
    "#);
}

/// Imports a milestone whose due day is no day.
async fn import_invalid_day(
    officer: &Caller<'_>,
    parameters: &str,
) -> crate::helpers::TestResponse {
    let file = b"id,project,version,title,due_on\n,da-nang-1,,A,soon\n".to_vec();
    let path = format!("imports?city=da-nang&cycle={CYCLE}&sheet=milestones{parameters}");
    officer.upload(&path, "text/csv", file).await
}

#[actix_web::test]
async fn faults_of_an_import_preview_are_localised_and_the_digest_is_not() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let preview = import_invalid_day(&officer, "&lang=vi").await;
    insta::assert_snapshot!(preview.show_headers(&["content-language"]), @"content-language: vi");
    insta::assert_snapshot!(preview.show_members(&["faults/0/detail"]), @r#"
    200
    faults/0/detail: "cần ngày theo dạng YYYY-MM-DD từ năm 1900 đến năm 2200, hoặc ngày theo định dạng của bảng tính"
    "#);
    let english = import_invalid_day(&officer, "").await.expect(200).json();
    assert_eq!(preview.json()["digest"], english["digest"]);
}

#[actix_web::test]
async fn refusal_of_an_import_is_localised() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let refused = import_invalid_day(&officer, "&lang=vi&dry_run=false").await;
    let members = ["detail", "errors/0/detail", "import/faults/0/detail"];
    insta::assert_snapshot!(refused.show_members(&members), @r#"
    422
    detail: "chưa có gì được ghi: 1 dòng hoặc ô không nhận được"
    errors/0/detail: "milestones!E2: cần ngày theo dạng YYYY-MM-DD từ năm 1900 đến năm 2200, hoặc ngày theo định dạng của bảng tính"
    import/faults/0/detail: "cần ngày theo dạng YYYY-MM-DD từ năm 1900 đến năm 2200, hoặc ngày theo định dạng của bảng tính"
    "#);
}
