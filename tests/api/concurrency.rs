//! What holds when several write at once (one wins, the others learn of it, nothing is lost), and what a write transaction
//! refuses to be.

use ascn_tracker::{
    domain::value::Slug,
    store::{Change, StoreError, fixtures, journal, reference},
};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    helpers::TestApp,
    report_fixtures::{complete_report_body, report_path, spawn_with_open_cycle},
};

#[actix_web::test]
async fn concurrent_puts_with_one_etag_one_wins_and_others_are_412() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let mut tag = officer.put(&path, &complete_report_body(), None).await.expect(201).etag();
    for round in 1..=3_i64 {
        let bodies: Vec<_> =
            (0..20).map(|i| json!({ "achievements": format!("{round}: {i}") })).collect();
        let answers =
            join_all(bodies.iter().map(|body| officer.put(&path, body, Some(&tag)))).await;
        let won: Vec<_> = answers.iter().enumerate().filter(|(_, a)| a.status == 200).collect();
        assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        assert!(answers.iter().all(|a| a.status == 200 || a.status == 412));
        let (winner, answer) = won[0];
        let now = officer.get(&path).await.expect(200);
        assert_eq!(now.json()["achievements"], bodies[winner]["achievements"]);
        assert_eq!(now.json()["version"], round + 1);
        assert_eq!(now.etag(), answer.etag());
        tag = now.etag();
    }
    let history = officer.get(&format!("{path}/history")).await.expect(200).json();
    assert_eq!(history["total"], 4);
}

#[actix_web::test]
async fn concurrent_report_creations_one_is_201_and_others_are_428() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let body = complete_report_body();
    let answers = join_all((0..20).map(|_| officer.put(&path, &body, None))).await;
    let statuses: Vec<u16> = answers.iter().map(|a| a.status).collect();
    assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 1, "{statuses:?}");
    // To the others it exists by now, so that they have to say what they read.
    assert_eq!(statuses.iter().filter(|s| **s == 428).count(), 19, "{statuses:?}");
    assert_eq!(officer.get(&path).await.json()["version"], 1);
}

#[actix_web::test]
async fn concurrent_edits_are_all_in_the_history() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    officer.put(&path, &complete_report_body(), None).await.expect(201);
    // Each reads and writes until it got through, as people do who are told that somebody was faster.
    let write = async |i: usize| {
        let body = json!({ "achievements": format!("writer {i}") });
        loop {
            let tag = officer.get(&path).await.expect(200).etag();
            let answer = officer.put(&path, &body, Some(&tag)).await;
            if answer.status == 200 {
                return;
            }
            answer.expect(412);
        }
    };
    join_all((0..8).map(write)).await;
    let history = officer.get(&format!("{path}/history")).await.expect(200).json();
    let mut said: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["record"]["content"]["achievements"].as_str().unwrap_or_default().to_owned())
        .collect();
    let versions: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["version"].as_i64().unwrap())
        .collect();
    assert_eq!(versions, (1..=9).rev().collect::<Vec<_>>());
    said.retain(|s| s.starts_with("writer"));
    said.sort();
    assert_eq!(said, (0..8).map(|i| format!("writer {i}")).collect::<Vec<_>>());
}

#[actix_web::test]
async fn only_one_of_two_concurrent_approvals_succeeds() {
    let app = spawn_with_open_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.write_complete_report("da-nang-1").await;
    let tag = officer.take_transition("da-nang-1", "submit").await.expect(200).etag();
    let path = format!("{}/approve", report_path("da-nang-1"));
    let headers = [("if-match", tag.as_str())];
    let (plain, careful) = tokio::join!(
        representative.send("POST", &path, None, &[]),
        representative.send("POST", &path, None, &headers),
    );
    let mut statuses = [plain.status, careful.status];
    statuses.sort_unstable();
    assert!(statuses == [200, 409] || statuses == [200, 412], "{statuses:?}");
    let shown = app.reader().await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(shown["version"], 1);
}

#[actix_web::test]
async fn concurrent_edit_and_submission_one_is_412() {
    for _ in 0..5 {
        let app = spawn_with_open_cycle().await;
        let officer = app.officer("da-nang").await;
        let tag = officer.write_complete_report("da-nang-1").await.etag();
        let path = report_path("da-nang-1");
        let mut other = complete_report_body();
        other["achievements"] = json!("Edited at the last moment.");
        let submit = format!("{path}/submit");
        let headers = [("if-match", tag.as_str())];
        let (edit, submit) = tokio::join!(
            officer.put(&path, &other, Some(&tag)),
            officer.send("POST", &submit, None, &headers),
        );
        let now = officer.get(&path).await.expect(200).json();
        match (edit.status, submit.status) {
            (200, 412) => assert_eq!(
                (now["state"].as_str(), now["achievements"].as_str()),
                (Some("draft"), Some("Edited at the last moment."))
            ),
            (412, 200) => assert_eq!(
                (now["state"].as_str(), now["achievements"].clone()),
                (Some("submitted"), complete_report_body()["achievements"].clone())
            ),
            other => panic!("{other:?}: {} {}", edit.text, submit.text),
        }
    }
}

#[actix_web::test]
async fn concurrent_approval_and_withdrawal_one_is_409() {
    for _ in 0..5 {
        let app = spawn_with_open_cycle().await;
        let (officer, representative) =
            (app.officer("da-nang").await, app.representative("VN").await);
        officer.write_complete_report("da-nang-1").await;
        officer.take_transition("da-nang-1", "submit").await.expect(200);
        let (approved, withdrawn) = tokio::join!(
            representative.take_transition("da-nang-1", "approve"),
            officer.take_transition("da-nang-1", "withdraw")
        );
        let state = officer.get(&report_path("da-nang-1")).await.json()["state"].clone();
        match (approved.status, withdrawn.status) {
            (200, 409) => assert_eq!(state, "approved"),
            (409, 200) => assert_eq!(state, "draft"),
            other => panic!("{other:?}"),
        }
    }
}

#[actix_web::test]
async fn write_without_journal_entry_is_rolled_back() {
    let app = TestApp::spawn().await;
    let slug = Slug::parse("da-nang").unwrap();
    // A journaled write first: PostgreSQL still counts its rows when the next transaction begins.
    for journaled in [true, false] {
        let key = slug.clone();
        let result = app
            .state
            .db
            .write(move |tx| -> Result<(), StoreError> {
                let mut city = reference::find_city(tx.conn(), &key)?.unwrap();
                city.version += 1;
                if journaled {
                    fixtures::save_record(tx, &city, Change::without_reason("edit"))
                } else {
                    fixtures::replace_unjournaled(tx, &city).map(|_there| ())
                }
            })
            .await;
        assert_eq!(result.is_ok(), journaled);
        if !journaled {
            assert!(matches!(result, Err(StoreError::NotJournaled)));
        }
    }
    let nothing =
        app.state.db.write(|tx| -> Result<_, StoreError> { journal::load_head(tx.conn()) });
    let head = nothing.await.expect("a write that changes nothing is none to be journaled");
    let city = app
        .state
        .db
        .read(move |c| -> Result<_, StoreError> { reference::find_city(c, &slug) })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(city.version, 2);
    assert!(head.seq > 0);
}
