//! What is rehearsed writes nothing, and ties what is done.

use serde_json::json;

use super::{
    BULK, describe_results, journal_head, merge_fields, report_state_and_version,
    spawn_with_reports,
};
use crate::{
    helpers::pointers,
    report_fixtures::{CYCLE, spawn_with_open_cycle},
};

#[actix_web::test]
async fn bulk_dry_run_writes_nothing_and_its_digest_is_required() {
    let app = spawn_with_reports(2, 1).await;
    let representative = app.representative("VN").await;
    let filter =
        json!({ "action": "approve", "filter": { "cycle": [CYCLE], "state": "submitted" } });
    let before = journal_head(&app).await;
    let rehearsed = representative
        .post(BULK, &merge_fields(filter.clone(), json!({ "dry_run": true })))
        .await
        .expect(200);
    assert_eq!(describe_results(&rehearsed), ["done v3 approved"; 2]);
    assert_eq!(journal_head(&app).await, before);
    assert_eq!(
        report_state_and_version(&representative, "da-nang-1").await,
        ("submitted".into(), 2)
    );
    let rehearsed = rehearsed.json();
    assert_eq!((&rehearsed["applied"], &rehearsed["dry_run"]), (&json!(false), &json!(true)));
    // Without the digest nothing says what the caller read.
    assert_eq!(pointers(&representative.post(BULK, &filter).await.expect(422)), ["/digest"]);
    let tied = merge_fields(filter, json!({ "digest": rehearsed["digest"] }));
    let done = representative.post(BULK, &tied).await.expect(200).json();
    assert_eq!((&done["results"], &done["totals"]), (&rehearsed["results"], &rehearsed["totals"]));
    assert_eq!((&done["digest"], &done["applied"]), (&rehearsed["digest"], &json!(true)));
    assert_eq!(
        report_state_and_version(&representative, "da-nang-2").await,
        ("approved".into(), 3)
    );
    // Once done, the world is another.
    representative.post(BULK, &tied).await.expect(409);
}

#[actix_web::test]
async fn bulk_with_digest_of_reports_changed_since_is_409() {
    let app = spawn_with_reports(2, 1).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let filter = json!({ "action": "approve", "filter": { "state": ["submitted"] } });
    let named = json!({ "action": "approve", "items": [
        { "project": "da-nang-1", "cycle": CYCLE }, { "project": "da-nang-2", "cycle": CYCLE }
    ] });
    let mut tied = Vec::new();
    for order in [filter, named] {
        let dry = merge_fields(order.clone(), json!({ "dry_run": true }));
        let digest = representative.post(BULK, &dry).await.expect(200).json()["digest"].clone();
        tied.push(merge_fields(order, json!({ "digest": digest })));
    }
    // One more to be found: what the list named is as it was.
    officer.take_transition("da-nang-3", "submit").await.expect(200);
    let before = journal_head(&app).await;
    let refused = representative.post(BULK, &tied[0]).await.expect(409);
    assert_eq!(refused.json()["code"], "conflict");
    // Another act under the same digest is another matter, too.
    let other = merge_fields(tied[1].clone(), json!({ "action": "return", "comment": "No." }));
    representative.post(BULK, &other).await.expect(409);
    // The same state, but of another version.
    officer.take_transition("da-nang-2", "withdraw").await.expect(200);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    assert_ne!(journal_head(&app).await, before);
    let before = journal_head(&app).await;
    representative.post(BULK, &tied[1]).await.expect(409);
    assert_eq!(journal_head(&app).await, before);
    assert_eq!(
        report_state_and_version(&representative, "da-nang-1").await,
        ("submitted".into(), 2)
    );
}

#[actix_web::test]
async fn bulk_with_digest_but_another_comment_is_409() {
    let app = spawn_with_open_cycle().await;
    crate::report_fixtures::file_and_approve(&app, "da-nang-1").await;
    let mut next = crate::report_fixtures::cycle_body("me-2027");
    for day in ["opens_on", "due_on", "as_of"] {
        next[day] = json!(next[day].as_str().unwrap().replace("2026", "2027"));
    }
    next["review_due_on"] = json!(null);
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let officer = app.officer("da-nang").await;
    let path = "projects/da-nang-1/reports/me-2027";
    officer.put(path, &json!({ "achievements": "Begun." }), None).await.expect(201);
    let order = |more: serde_json::Value| {
        let mut body = json!({
            "action": "unchanged", "comment": "As before.",
            "items": [{ "project": "da-nang-1", "cycle": "me-2027" }]
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let dry =
        officer.post("reports/bulk", &order(json!({ "dry_run": true }))).await.expect(200).json();
    assert_eq!(dry["results"][0]["result"], "done", "{dry}");
    let other = order(json!({ "digest": dry["digest"], "comment": "Other words." }));
    officer.post("reports/bulk", &other).await.expect(409);
    let done =
        officer.post("reports/bulk", &order(json!({ "digest": dry["digest"] }))).await.expect(200);
    assert_eq!(done.json()["results"][0]["result"], "done");
    assert_eq!(officer.get(path).await.expect(200).json()["unchanged"], true);
}
