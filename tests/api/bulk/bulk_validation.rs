//! Bodies that are refused whole, and what is hidden from the caller.

use ascn_tracker::store::{Change, StoreError, Tx, fixtures};
use serde_json::{Value, json};

use super::{BULK, bulk_body, describe_results, journal_head, merge_fields, spawn_with_reports};
use crate::{
    helpers::pointers,
    report_fixtures::{CYCLE, insert_project, spawn_with_open_cycle},
};

#[actix_web::test]
async fn bulk_hidden_report_is_404_like_an_unknown_one() {
    let app = spawn_with_reports(1, 1).await;
    let stranger = app.officer("ha-noi").await;
    let mut digests = Vec::new();
    for _twice in 0..2 {
        let body = json!({ "action": "submit", "dry_run": true, "items": [
            { "project": "da-nang-2", "cycle": CYCLE }, { "project": "da-nang-99", "cycle": CYCLE },
            { "project": "da-nang-2", "cycle": "me-1999" }
        ] });
        let body = stranger.post(BULK, &body).await.expect(200).json();
        let results = body["results"].as_array().unwrap();
        for result in results {
            assert_eq!(result["problem"], results[1]["problem"]);
            assert_eq!(result["problem"]["status"], 404);
            assert_eq!((&result["version"], &result["state"]), (&Value::Null, &Value::Null));
        }
        digests.push(body["digest"].clone());
        // Nobody learns from a digest that a hidden draft is being typed.
        app.officer("da-nang").await.write_complete_report("da-nang-2").await;
    }
    assert_eq!(digests[0], digests[1]);
    let named = bulk_body("submit", &[("da-nang-2", 1), ("da-nang-99", 1)]);
    let answer = stranger.post(BULK, &named).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused not-found"; 2]);
    // Nor does a filter find it.
    let found = json!({ "action": "submit", "filter": { "city": "da-nang" }, "dry_run": true });
    let answer = stranger.post(BULK, &found).await.expect(200);
    assert_eq!(answer.json()["results"], json!([]));
}

#[actix_web::test]
async fn ambiguous_bulk_body_is_422_and_malformed_is_400() {
    let app = spawn_with_reports(1, 0).await;
    let representative = app.representative("VN").await;
    let before = journal_head(&app).await;
    let one = bulk_body("approve", &[("da-nang-1", 2)]);
    let both = merge_fields(one.clone(), json!({ "filter": {} }));
    let neither = json!({ "action": "approve" });
    let unversioned =
        json!({ "action": "approve", "items": [{ "project": "da-nang-1", "cycle": CYCLE }] });
    let twice = bulk_body("approve", &[("da-nang-1", 2), ("da-nang-1", 2)]);
    let silent = bulk_body("return", &[("da-nang-1", 2)]);
    let many: Vec<(String, i64)> = (1..=501).map(|n| (format!("da-nang-{n}"), 1)).collect();
    let many: Vec<(&str, i64)> = many.iter().map(|(p, v)| (p.as_str(), *v)).collect();
    for (body, expected) in [
        (both, "/filter"),
        (neither, "/items"),
        (unversioned, "/items/0/version"),
        (twice, "/items/1"),
        (silent, "/comment"),
        (bulk_body("approve", &many), "/items"),
        (
            json!({ "action": "approve", "filter": { "state": "lost" }, "dry_run": true }),
            "/filter/state/0",
        ),
        (json!({ "items": [] }), "/action"),
    ] {
        let refused = representative.post(BULK, &body).await.expect(422);
        assert_eq!(pointers(&refused), [expected], "{body}");
    }
    for (body, expected) in [
        (merge_fields(one.clone(), json!({ "dryrun": true })), "/dryrun"),
        (merge_fields(one.clone(), json!({ "items": [{ "code": "da-nang-1" }] })), "/items/0/code"),
        (merge_fields(one.clone(), json!({ "items": [["da-nang-1", CYCLE, 2]] })), "/items/0"),
        (merge_fields(one, json!({ "dry_run": "yes" })), "/dry_run"),
    ] {
        let refused = representative.post(BULK, &body).await.expect(400);
        assert_eq!(pointers(&refused), [expected], "{body}");
    }
    assert_eq!(journal_head(&app).await, before);
    // A list or a filter of nothing does nothing.
    let nothing = json!({ "action": "approve", "items": [] });
    assert_eq!(representative.post(BULK, &nothing).await.expect(200).json()["results"], json!([]));
    let nobody = json!({ "action": "approve", "filter": { "cycle": CYCLE, "state": "returned" }, "dry_run": true });
    let idle = representative.post(BULK, &nobody).await.expect(200).json();
    assert_eq!(idle["totals"]["items"], 0);
    let tied = merge_fields(nobody, json!({ "dry_run": false, "digest": idle["digest"] }));
    representative.post(BULK, &tied).await.expect(200);
    assert_eq!(journal_head(&app).await, before);
}

#[actix_web::test]
async fn bulk_filter_matching_over_500_reports_is_422() {
    let app = spawn_with_open_cycle().await;
    let template = insert_project(&app, "da-nang", 2).await;
    let make = move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        for number in 3..=501 {
            let mut project = template.clone();
            project.id = ascn_tracker::domain::id::Id::new(ascn_tracker::clock::generate_uuid());
            let city = project.code.city().clone();
            project.code = ascn_tracker::domain::project::ProjectCode::new(city, number);
            fixtures::save_record(tx, &project, Change::without_reason("create"))?;
        }
        Ok(())
    };
    app.state.db.write(make).await.unwrap();
    let found = json!({ "action": "unchanged", "filter": { "cycle": CYCLE }, "dry_run": true });
    let refused = app.officer("da-nang").await.post(BULK, &found).await.expect(422);
    assert_eq!(pointers(&refused), ["/filter"]);
    assert_eq!(refused.json()["errors"][0]["code"], "too_many");
}

#[actix_web::test]
async fn bulk_does_not_reveal_the_version_of_a_hidden_draft() {
    let app = spawn_with_open_cycle().await;
    app.officer("da-nang").await.write_complete_report("da-nang-1").await;
    let representative = app.representative("VN").await;
    let mut answers = Vec::new();
    for version in 1..4 {
        let item = json!({ "project": "da-nang-1", "cycle": "me-2026", "version": version });
        let body = json!({ "action": "approve", "items": [item], "dry_run": true });
        let view = representative.post("reports/bulk", &body).await.expect(200).json();
        answers.push((
            view["results"][0]["result"].clone(),
            view["results"][0]["problem"]["status"].clone(),
        ));
        let tag = format!("\"v{version}\"");
        let path = format!("{}/approve", crate::report_fixtures::report_path("da-nang-1"));
        representative.send("POST", &path, None, &[("if-match", &tag)]).await.expect(409);
    }
    assert!(answers.iter().all(|a| *a == (json!("refused"), json!(409))), "{answers:?}");
}
