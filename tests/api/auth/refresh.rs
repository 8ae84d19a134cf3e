//! Prolonging a session: tokens rotate, a lost answer signs nobody out, and a stolen token ends the session.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{join_reader, next_refresh_token, refresh};
use crate::{helpers::TestApp, users::bearer_caller};

#[actix_web::test]
async fn refresh_token_can_be_used_again_within_60_seconds() {
    let app = TestApp::spawn().await;
    let first = join_reader(&app, "mai@city.example").await["refresh_token"].clone();
    let lost = next_refresh_token(&app, &first).await;
    app.clock.advance(TimeDelta::seconds(60));
    let got = next_refresh_token(&app, &first).await;
    assert_ne!(lost, got);
    let after = next_refresh_token(&app, &got).await;
    next_refresh_token(&app, &after).await;
}

#[actix_web::test]
async fn using_a_second_sibling_refresh_token_ends_the_session() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    let first = tokens["refresh_token"].clone();
    let (a, b) = (next_refresh_token(&app, &first).await, next_refresh_token(&app, &first).await);
    let used = refresh(&app, &b).await.expect(200).json();
    bearer_caller(&app, &used).get("me").await.expect(200);
    refresh(&app, &a).await.expect(401);
    // The dead sibling ended the session, with all its tokens and at once.
    bearer_caller(&app, &used).get("me").await.expect(401);
    bearer_caller(&app, &tokens).get("me").await.expect(401);
    refresh(&app, &used["refresh_token"]).await.expect(401);
}

#[actix_web::test]
async fn reusing_a_rotated_refresh_token_ends_the_session() {
    let app = TestApp::spawn().await;
    let first = join_reader(&app, "mai@city.example").await["refresh_token"].clone();
    let second = next_refresh_token(&app, &first).await;
    let third = next_refresh_token(&app, &second).await;
    refresh(&app, &first).await.expect(401);
    refresh(&app, &third).await.expect(401);
}

#[actix_web::test]
async fn reusing_a_refresh_token_after_60_seconds_ends_the_session() {
    let app = TestApp::spawn().await;
    let first = join_reader(&app, "mai@city.example").await["refresh_token"].clone();
    let second = next_refresh_token(&app, &first).await;
    app.clock.advance(TimeDelta::seconds(61));
    refresh(&app, &first).await.expect(401);
    refresh(&app, &second).await.expect(401);
}

#[actix_web::test]
async fn invalid_refresh_token_is_401_and_keeps_the_session() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    refresh(&app, &json!("nonsense")).await.expect(401);
    refresh(&app, &tokens["access_token"]).await.expect(401);
    next_refresh_token(&app, &tokens["refresh_token"]).await;
}

#[actix_web::test]
async fn idle_session_expires_after_7_days() {
    let app = TestApp::spawn().await;
    let token = join_reader(&app, "mai@city.example").await["refresh_token"].clone();
    app.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let token = next_refresh_token(&app, &token).await;
    app.clock.advance(TimeDelta::days(7));
    refresh(&app, &token).await.expect(401);
}

#[actix_web::test]
async fn session_expires_after_30_days_even_when_used() {
    let app = TestApp::spawn().await;
    let mut token = join_reader(&app, "mai@city.example").await["refresh_token"].clone();
    for _ in 0..5 {
        app.clock.advance(TimeDelta::days(6) - TimeDelta::seconds(1));
        token = next_refresh_token(&app, &token).await;
    }
    app.clock.advance(TimeDelta::seconds(5));
    refresh(&app, &token).await.expect(401);
}

#[actix_web::test]
async fn concurrent_refreshes_return_sibling_tokens_of_which_one_works() {
    let app = TestApp::spawn().await;
    let first = join_reader(&app, "mai@city.example").await["refresh_token"].clone();
    let all = futures_util::future::join_all((0..8).map(|_| refresh(&app, &first))).await;
    let tokens: Vec<Value> =
        all.into_iter().map(|a| a.expect(200).json()["refresh_token"].clone()).collect();
    let used =
        futures_util::future::join_all(tokens.iter().take(2).map(|t| refresh(&app, t))).await;
    let mut statuses: Vec<u16> = used.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}
