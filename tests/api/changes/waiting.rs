//! Waiting for the next change.

use std::time::{Duration, Instant};

use ascn_tracker::domain::reference::CountryCode;
use ascn_tracker::domain::user::{Role, Scope};

use super::head;
use crate::{
    filing::desk,
    helpers::{Answered, Caller, TestApp},
};

/// Waits until so many requests wait.
pub async fn waiting(app: &TestApp, count: usize) {
    let begun = Instant::now();
    while app.state.waiting.count() != count {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", app.state.waiting.count());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn wait(caller: &Caller<'_>, after: i64, seconds: u32) -> (Answered, Duration) {
    let begun = Instant::now();
    let answer = caller.get(&format!("changes?after={after}&wait={seconds}")).await;
    (answer, begun.elapsed())
}

#[actix_web::test]
async fn an_approval_wakes_who_waits_and_a_draft_does_not() {
    let app = desk().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let representative = app.representative("VN").await;
    let last = head(&reader).await;
    let (told, ()) = tokio::join!(wait(&reader, last, 30), async {
        waiting(&app, 1).await;
        officer.file("da-nang-1").await;
        officer.act("da-nang-1", "submit").await.expect(200);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(app.state.waiting.count(), 1, "a draft woke somebody");
        representative.act("da-nang-1", "approve").await.expect(200);
    });
    let (answer, took) = told;
    let page = answer.expect(200).json();
    assert_eq!(page["items"][0]["key"], "da-nang-1/me-2026", "{page}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(app.state.waiting.count(), 0);
    // What is there already is not waited for.
    let (answer, took) = wait(&reader, last, 30).await;
    assert!(answer.status == 200 && took < Duration::from_secs(10), "{took:?}");
}

#[actix_web::test]
async fn who_waits_for_nothing_is_answered_when_the_time_is_over() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = head(&reader).await;
    let (answer, took) = wait(&reader, last, 1).await;
    let page = answer.expect(200).json();
    assert!(took >= Duration::from_millis(950), "{took:?}");
    assert_eq!((&page["next"], &page["caught_up"]), (&last.into(), &true.into()));
    assert_eq!(page["items"].as_array().unwrap().len(), 0);
}

#[actix_web::test]
async fn a_change_out_of_reach_moves_the_cursor_and_ends_no_waiting() {
    let app = desk().await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    let narrow = app.as_role(Role::Reader, thailand).await;
    let last = head(&narrow).await;
    let (told, ()) = tokio::join!(wait(&narrow, last, 4), async {
        waiting(&app, 1).await;
        crate::filing::approve(&app, "da-nang-1").await;
    });
    let (answer, took) = told;
    let page = answer.expect(200).json();
    assert!(took >= Duration::from_millis(3_900), "{took:?}");
    assert_eq!(page["items"].as_array().unwrap().len(), 0);
    assert!(page["next"].as_i64().unwrap() > last, "{page}");
}

#[actix_web::test]
async fn one_caller_has_few_requests_waiting_and_others_theirs() {
    let app = TestApp::spawn().await;
    let (reader, other) = (app.reader().await, app.secretariat().await);
    let last = head(&reader).await;
    let four = async {
        let w = || wait(&reader, last, 3);
        tokio::join!(w(), w(), w(), w())
    };
    let ((a, b, c, d), ()) = tokio::join!(four, async {
        waiting(&app, 4).await;
        let (refused, _) = wait(&reader, last, 3).await;
        assert_eq!(refused.header("retry-after"), Some("5"));
        let refused = refused.expect(429).json();
        assert_eq!(refused["code"], "too-many-requests");
        reader.get(&format!("changes?after={last}")).await.expect(200);
        let (told, _) = wait(&other, last, 1).await;
        told.expect(200);
    });
    for (answer, _) in [a, b, c, d] {
        answer.expect(200);
    }
    assert_eq!(app.state.waiting.count(), 0);
}

#[actix_web::test]
async fn who_loses_the_right_while_waiting_is_refused_at_once() {
    let app = TestApp::spawn().await;
    let grants =
        serde_json::json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]);
    let (id, tokens) = app.joined("gone@test.example", grants).await;
    let guest = app.bearer(tokens["access_token"].as_str().unwrap());
    let last = head(&guest).await;
    let administrator = app.administrator().await;
    let (told, ()) = tokio::join!(wait(&guest, last, 30), async {
        waiting(&app, 1).await;
        let etag = administrator.get(&format!("users/{id}")).await.etag();
        let disabled = serde_json::json!({ "disabled": true });
        administrator.patch(&format!("users/{id}"), &disabled, Some(&etag)).await.expect(200);
    });
    let (answer, took) = told;
    answer.expect(401);
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[actix_web::test]
async fn a_stop_answers_who_waits() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = head(&reader).await;
    let ((answer, took), ()) = tokio::join!(wait(&reader, last, 30), async {
        waiting(&app, 1).await;
        app.state.waiting.stop();
    });
    assert!(answer.status == 200 && took < Duration::from_secs(20), "{took:?}");
    // Nobody waits any more.
    let (answer, took) = wait(&reader, last, 30).await;
    assert!(answer.status == 200 && took < Duration::from_secs(20), "{took:?}");
}

#[actix_web::test]
async fn a_change_made_by_another_instance_wakes_who_waits_here() {
    let app = desk().await;
    if app.postgres_url().is_none() {
        return;
    }
    let other = app.again().await;
    let reader = app.reader().await;
    let last = head(&reader).await;
    let there = other.bearer(reader.token.as_deref().unwrap());
    // The account was made here: the other instance hears of it first.
    while there.get("me").await.status != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ((answer, took), ()) = tokio::join!(wait(&there, last, 30), async {
        waiting(&other, 1).await;
        crate::filing::approve(&app, "da-nang-1").await;
    });
    let page = answer.expect(200).json();
    assert!(!page["items"].as_array().unwrap().is_empty() && took < Duration::from_secs(20));
}
