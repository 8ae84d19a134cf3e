//! Orders that are carried out as a whole or not at all.

use serde_json::{Value, json};

use super::{
    BULK, bulk_body, describe_results, journal_head, merge_fields, report_state_and_version,
    spawn_with_reports,
};

/// An order to approve all of these reports or none.
fn approve_all_or_nothing(versions: &[(&str, i64)]) -> Value {
    let whole = json!({ "all_or_nothing": true, "comment": "Well done." });
    merge_fields(bulk_body("approve", versions), whole)
}

#[actix_web::test]
async fn bulk_all_or_nothing_with_a_refused_item_is_409_and_writes_nothing() {
    let app = spawn_with_reports(2, 1).await;
    let representative = app.representative("VN").await;
    let before = journal_head(&app).await;
    let order = approve_all_or_nothing(&[("da-nang-1", 2), ("da-nang-3", 1), ("da-nang-2", 1)]);
    let refused = representative.post(BULK, &order).await;
    insta::assert_snapshot!(refused.show_headers(&["content-type"]), @"content-type: application/problem+json");
    insta::assert_snapshot!(refused.show_members(&["code", "detail", "bulk/applied"]), @r#"
    409
    code: "conflict"
    detail: "not every item can be done, so none was"
    bulk/applied: false
    "#);
    insta::assert_snapshot!(describe_results(&refused).join("\n"), @"
    done v3 approved
    refused illegal-transition
    stale stale
    ");
    assert_eq!(journal_head(&app).await, before);
    assert_eq!(
        report_state_and_version(&representative, "da-nang-1").await,
        ("submitted".into(), 2)
    );
    app.reader().await.get("projects/da-nang-1").await.expect(404);
}

#[actix_web::test]
async fn bulk_all_or_nothing_without_refused_items_changes_every_report() {
    let app = spawn_with_reports(2, 0).await;
    let order = approve_all_or_nothing(&[("da-nang-1", 2), ("da-nang-2", 2)]);
    let done = app.representative("VN").await.post(BULK, &order).await.expect(200);
    assert_eq!(describe_results(&done), ["done v3 approved"; 2]);
}
