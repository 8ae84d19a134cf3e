//! Prolonging a session: tokens rotate, a lost answer signs nobody out, and a stolen token ends the session.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{next, refresh, someone};
use crate::{helpers::TestApp, users::bearer};

#[actix_web::test]
async fn a_lost_answer_signs_nobody_out() {
    let app = TestApp::spawn().await;
    let first = someone(&app, "mai@city.example").await["refresh_token"].clone();
    let lost = next(&app, &first).await;
    app.clock.advance(TimeDelta::seconds(60));
    let got = next(&app, &first).await;
    assert_ne!(lost, got);
    let after = next(&app, &got).await;
    next(&app, &after).await;
}

#[actix_web::test]
async fn the_first_successor_that_is_used_ends_its_siblings() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
    let first = tokens["refresh_token"].clone();
    let (a, b) = (next(&app, &first).await, next(&app, &first).await);
    let used = refresh(&app, &b).await.expect(200).json();
    bearer(&app, &used).get("me").await.expect(200);
    refresh(&app, &a).await.expect(401);
    // The dead sibling ended the session, with all its tokens and at once.
    bearer(&app, &used).get("me").await.expect(401);
    bearer(&app, &tokens).get("me").await.expect(401);
    refresh(&app, &used["refresh_token"]).await.expect(401);
}

#[actix_web::test]
async fn a_token_whose_successor_was_used_ends_the_session() {
    let app = TestApp::spawn().await;
    let first = someone(&app, "mai@city.example").await["refresh_token"].clone();
    let second = next(&app, &first).await;
    let third = next(&app, &second).await;
    refresh(&app, &first).await.expect(401);
    refresh(&app, &third).await.expect(401);
}

#[actix_web::test]
async fn a_token_that_was_used_over_a_minute_ago_ends_the_session() {
    let app = TestApp::spawn().await;
    let first = someone(&app, "mai@city.example").await["refresh_token"].clone();
    let second = next(&app, &first).await;
    app.clock.advance(TimeDelta::seconds(61));
    refresh(&app, &first).await.expect(401);
    refresh(&app, &second).await.expect(401);
}

#[actix_web::test]
async fn what_is_no_refresh_token_is_401_and_ends_nothing() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
    refresh(&app, &json!("nonsense")).await.expect(401);
    refresh(&app, &tokens["access_token"]).await.expect(401);
    next(&app, &tokens["refresh_token"]).await;
}

#[actix_web::test]
async fn a_session_ends_idle_after_7_days() {
    let app = TestApp::spawn().await;
    let token = someone(&app, "mai@city.example").await["refresh_token"].clone();
    app.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let token = next(&app, &token).await;
    app.clock.advance(TimeDelta::days(7));
    refresh(&app, &token).await.expect(401);
}

#[actix_web::test]
async fn a_session_ends_after_30_days_however_it_is_used() {
    let app = TestApp::spawn().await;
    let mut token = someone(&app, "mai@city.example").await["refresh_token"].clone();
    for _ in 0..5 {
        app.clock.advance(TimeDelta::days(6) - TimeDelta::seconds(1));
        token = next(&app, &token).await;
    }
    app.clock.advance(TimeDelta::seconds(5));
    refresh(&app, &token).await.expect(401);
}

#[actix_web::test]
async fn many_who_show_one_token_at_once_get_siblings() {
    let app = TestApp::spawn().await;
    let first = someone(&app, "mai@city.example").await["refresh_token"].clone();
    let all = futures_util::future::join_all((0..8).map(|_| refresh(&app, &first))).await;
    let tokens: Vec<Value> =
        all.into_iter().map(|a| a.expect(200).json()["refresh_token"].clone()).collect();
    let used =
        futures_util::future::join_all(tokens.iter().take(2).map(|t| refresh(&app, t))).await;
    let mut statuses: Vec<u16> = used.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}
