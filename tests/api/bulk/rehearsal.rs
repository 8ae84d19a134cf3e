//! What is rehearsed writes nothing, and ties what is done.

use serde_json::json;

use super::{BULK, filed, head, state_of, told, with};
use crate::{
    filing::{CYCLE, desk},
    helpers::pointers,
};

#[actix_web::test]
async fn a_rehearsal_writes_nothing_and_ties_what_is_done() {
    let app = filed(2, 1).await;
    let representative = app.representative("VN").await;
    let filter =
        json!({ "action": "approve", "filter": { "cycle": [CYCLE], "state": "submitted" } });
    let before = head(&app).await;
    let rehearsed = representative
        .post(BULK, &with(filter.clone(), json!({ "dry_run": true })))
        .await
        .expect(200);
    assert_eq!(told(&rehearsed), ["done v3 approved"; 2]);
    assert_eq!(head(&app).await, before);
    assert_eq!(state_of(&representative, "da-nang-1").await, ("submitted".into(), 2));
    let rehearsed = rehearsed.json();
    assert_eq!((&rehearsed["applied"], &rehearsed["dry_run"]), (&json!(false), &json!(true)));
    // Without the digest nothing says what the caller read.
    assert_eq!(pointers(&representative.post(BULK, &filter).await.expect(422)), ["/digest"]);
    let tied = with(filter, json!({ "digest": rehearsed["digest"] }));
    let done = representative.post(BULK, &tied).await.expect(200).json();
    assert_eq!((&done["results"], &done["totals"]), (&rehearsed["results"], &rehearsed["totals"]));
    assert_eq!((&done["digest"], &done["applied"]), (&rehearsed["digest"], &json!(true)));
    assert_eq!(state_of(&representative, "da-nang-2").await, ("approved".into(), 3));
    // Once done, the world is another.
    representative.post(BULK, &tied).await.expect(409);
}

#[actix_web::test]
async fn nothing_is_done_when_the_world_moved_since_the_rehearsal() {
    let app = filed(2, 1).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let filter = json!({ "action": "approve", "filter": { "state": ["submitted"] } });
    let named = json!({ "action": "approve", "items": [
        { "project": "da-nang-1", "cycle": CYCLE }, { "project": "da-nang-2", "cycle": CYCLE }
    ] });
    let mut tied = Vec::new();
    for order in [filter, named] {
        let dry = with(order.clone(), json!({ "dry_run": true }));
        let digest = representative.post(BULK, &dry).await.expect(200).json()["digest"].clone();
        tied.push(with(order, json!({ "digest": digest })));
    }
    // One more to be found: what the list named is as it was.
    officer.act("da-nang-3", "submit").await.expect(200);
    let before = head(&app).await;
    let refused = representative.post(BULK, &tied[0]).await.expect(409);
    assert_eq!(refused.json()["code"], "conflict");
    // Another act under the same digest is another matter, too.
    let other = with(tied[1].clone(), json!({ "action": "return", "comment": "No." }));
    representative.post(BULK, &other).await.expect(409);
    // The same state, but of another version.
    officer.act("da-nang-2", "withdraw").await.expect(200);
    officer.act("da-nang-2", "submit").await.expect(200);
    assert_ne!(head(&app).await, before);
    let before = head(&app).await;
    representative.post(BULK, &tied[1]).await.expect(409);
    assert_eq!(head(&app).await, before);
    assert_eq!(state_of(&representative, "da-nang-1").await, ("submitted".into(), 2));
}

#[actix_web::test]
async fn a_digest_stands_for_the_versions_and_the_words() {
    let app = desk().await;
    crate::filing::approve(&app, "da-nang-1").await;
    let mut next = crate::filing::cycle("me-2027");
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
