//! Waiting for the next change.

use std::time::{Duration, Instant};

use ascn_tracker::domain::reference::CountryCode;
use ascn_tracker::domain::user::{Role, Scope};

use super::feed_head;
use crate::{
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::spawn_with_open_cycle,
};

/// Waits until so many requests wait.
pub async fn await_waiting_count(app: &TestApp, count: usize) {
    let begun = Instant::now();
    while app.state.waiting.count() != count {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", app.state.waiting.count());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn long_poll(caller: &Caller<'_>, after: i64, seconds: u32) -> (TestResponse, Duration) {
    let begun = Instant::now();
    let answer = caller.get(&format!("changes?after={after}&wait={seconds}")).await;
    (answer, begun.elapsed())
}

#[actix_web::test]
async fn long_poll_returns_on_approval_and_not_on_draft() {
    let app = spawn_with_open_cycle().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let representative = app.representative("VN").await;
    let last = feed_head(&reader).await;
    let (told, ()) = tokio::join!(long_poll(&reader, last, 30), async {
        await_waiting_count(&app, 1).await;
        officer.write_complete_report("da-nang-1").await;
        officer.take_transition("da-nang-1", "submit").await.expect(200);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(app.state.waiting.count(), 1, "a draft woke somebody");
        representative.take_transition("da-nang-1", "approve").await.expect(200);
    });
    let (answer, took) = told;
    let page = answer.expect(200).json();
    assert_eq!(page["items"][0]["key"], "da-nang-1/me-2026", "{page}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(app.state.waiting.count(), 0);
    // What is there already is not waited for.
    let (answer, took) = long_poll(&reader, last, 30).await;
    assert!(answer.status == 200 && took < Duration::from_secs(10), "{took:?}");
}

#[actix_web::test]
async fn long_poll_without_changes_is_empty_after_the_wait() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = feed_head(&reader).await;
    let (answer, took) = long_poll(&reader, last, 1).await;
    let page = answer.expect(200).json();
    assert!(took >= Duration::from_millis(950), "{took:?}");
    assert_eq!((&page["next"], &page["caught_up"]), (&last.into(), &true.into()));
    assert_eq!(page["items"].as_array().unwrap().len(), 0);
}

#[actix_web::test]
async fn long_poll_ignores_changes_out_of_scope_but_moves_the_cursor() {
    let app = spawn_with_open_cycle().await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    let narrow = app.as_role(Role::Reader, thailand).await;
    let last = feed_head(&narrow).await;
    let (told, ()) = tokio::join!(long_poll(&narrow, last, 4), async {
        await_waiting_count(&app, 1).await;
        crate::report_fixtures::file_and_approve(&app, "da-nang-1").await;
    });
    let (answer, took) = told;
    let page = answer.expect(200).json();
    assert!(took >= Duration::from_millis(3_900), "{took:?}");
    assert_eq!(page["items"].as_array().unwrap().len(), 0);
    assert!(page["next"].as_i64().unwrap() > last, "{page}");
}

#[actix_web::test]
async fn fifth_long_poll_of_one_caller_is_429() {
    let app = TestApp::spawn().await;
    let (reader, other) = (app.reader().await, app.secretariat().await);
    let last = feed_head(&reader).await;
    let four = async {
        let w = || long_poll(&reader, last, 3);
        tokio::join!(w(), w(), w(), w())
    };
    let ((a, b, c, d), ()) = tokio::join!(four, async {
        await_waiting_count(&app, 4).await;
        let (refused, _) = long_poll(&reader, last, 3).await;
        assert_eq!(refused.header("retry-after"), Some("5"));
        let refused = refused.expect(429).json();
        assert_eq!(refused["code"], "too-many-requests");
        reader.get(&format!("changes?after={last}")).await.expect(200);
        let (told, _) = long_poll(&other, last, 1).await;
        told.expect(200);
    });
    for (answer, _) in [a, b, c, d] {
        answer.expect(200);
    }
    assert_eq!(app.state.waiting.count(), 0);
}

#[actix_web::test]
async fn long_poll_of_a_user_disabled_meanwhile_is_401() {
    let app = TestApp::spawn().await;
    let grants =
        serde_json::json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]);
    let (id, tokens) = app.invite_and_accept("gone@test.example", grants).await;
    let guest = app.bearer(tokens["access_token"].as_str().unwrap());
    let last = feed_head(&guest).await;
    let administrator = app.administrator().await;
    let (told, ()) = tokio::join!(long_poll(&guest, last, 30), async {
        await_waiting_count(&app, 1).await;
        let etag = administrator.get(&format!("users/{id}")).await.etag();
        let disabled = serde_json::json!({ "disabled": true });
        administrator.patch(&format!("users/{id}"), &disabled, Some(&etag)).await.expect(200);
    });
    let (answer, took) = told;
    answer.expect(401);
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[actix_web::test]
async fn shutdown_ends_long_polls() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = feed_head(&reader).await;
    let ((answer, took), ()) = tokio::join!(long_poll(&reader, last, 30), async {
        await_waiting_count(&app, 1).await;
        app.state.waiting.stop_waiting();
    });
    assert!(answer.status == 200 && took < Duration::from_secs(20), "{took:?}");
    // Nobody waits any more.
    let (answer, took) = long_poll(&reader, last, 30).await;
    assert!(answer.status == 200 && took < Duration::from_secs(20), "{took:?}");
}

#[actix_web::test]
async fn long_poll_returns_on_a_change_of_another_instance() {
    let app = spawn_with_open_cycle().await;
    if app.postgres_url().is_none() {
        return;
    }
    let other = app.spawn_second_instance().await;
    let reader = app.reader().await;
    let last = feed_head(&reader).await;
    let there = other.bearer(reader.token.as_deref().unwrap());
    // The account was made here: the other instance hears of it first.
    while there.get("me").await.status != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ((answer, took), ()) = tokio::join!(long_poll(&there, last, 30), async {
        await_waiting_count(&other, 1).await;
        crate::report_fixtures::file_and_approve(&app, "da-nang-1").await;
    });
    let page = answer.expect(200).json();
    assert!(!page["items"].as_array().unwrap().is_empty() && took < Duration::from_secs(20));
}

#[actix_web::test]
async fn long_poll_that_its_client_gave_up_frees_its_place_at_once() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = feed_head(&reader).await;
    let url = format!("{}/api/v1/changes?after={last}&wait=30", app.address);
    let client = reqwest::Client::builder().timeout(Duration::from_millis(500)).build().unwrap();
    let request = client.get(url).bearer_auth(reader.token.as_deref().unwrap());
    assert!(request.send().await.unwrap_err().is_timeout());
    let given_up = Instant::now();
    await_waiting_count(&app, 0).await;
    assert!(given_up.elapsed() < Duration::from_secs(3), "{:?}", given_up.elapsed());
}
