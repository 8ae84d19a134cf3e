//! What is one's own: signing out, the password, the list of sessions.

use chrono::TimeDelta;
use serde_json::json;

use super::{join_reader, login, next_refresh_token, refresh};
use crate::{
    helpers::{PASSWORD_OF_THEIRS as PASSWORD, TestApp},
    users::bearer_caller,
};

#[actix_web::test]
async fn logout_revokes_access_and_refresh_tokens() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    let other = login(&app, "mai@city.example").await;
    let done = bearer_caller(&app, &tokens).post("auth/logout", &json!({})).await.expect(200);
    assert_eq!(done.json(), json!({}));
    bearer_caller(&app, &tokens).get("me").await.expect(401);
    bearer_caller(&app, &tokens).post("auth/logout", &json!({})).await.expect(401);
    refresh(&app, &tokens["refresh_token"]).await.expect(401);
    bearer_caller(&app, &other).get("me").await.expect(200);
    app.anonymous().post("auth/logout", &json!({})).await.expect(401);
}

#[actix_web::test]
async fn password_change_ends_other_sessions() {
    let app = TestApp::spawn().await;
    let here = join_reader(&app, "mai@city.example").await;
    let there = login(&app, "mai@city.example").await;
    let change = json!({ "current_password": PASSWORD, "new_password": "a new horse and battery" });
    let done = bearer_caller(&app, &here).put("me/password", &change, None).await.expect(200);
    assert_eq!(done.json(), json!({}));
    bearer_caller(&app, &here).get("me").await.expect(200);
    next_refresh_token(&app, &here["refresh_token"]).await;
    bearer_caller(&app, &there).get("me").await.expect(401);
    refresh(&app, &there["refresh_token"]).await.expect(401);
    let old = json!({ "email": "mai@city.example", "password": PASSWORD });
    app.anonymous().post("auth/login", &old).await.expect(401);
    let new = json!({ "email": "mai@city.example", "password": "a new horse and battery" });
    app.anonymous().post("auth/login", &new).await.expect(200);
}

#[actix_web::test]
async fn password_change_reports_wrong_current_and_weak_new_password_together() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    let change = json!({ "current_password": "not the password", "new_password": "short" });
    let bad =
        bearer_caller(&app, &tokens).put("me/password", &change, None).await.expect(422).json();
    assert_eq!(bad["errors"][0]["pointer"], "/current_password");
    assert_eq!(bad["errors"][1]["pointer"], "/new_password");
    assert_eq!(bad["errors"].as_array().unwrap().len(), 2);
    login(&app, "mai@city.example").await;
}

#[actix_web::test]
async fn only_one_of_two_concurrent_password_changes_succeeds() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    let change = |new: &str| json!({ "current_password": PASSWORD, "new_password": new });
    let (a, b) = (change("the first new password"), change("the second new password"));
    let me = bearer_caller(&app, &tokens);
    let (a, b) = (me.put("me/password", &a, None), me.put("me/password", &b, None));
    let (a, b) = futures_util::future::join(a, b).await;
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[actix_web::test]
async fn sessions_can_be_listed_and_other_sessions_deleted() {
    let app = TestApp::spawn().await;
    let here = join_reader(&app, "mai@city.example").await;
    app.clock.advance(TimeDelta::minutes(1));
    let body = json!({ "email": "mai@city.example", "password": PASSWORD });
    let there = app
        .anonymous()
        .send("POST", "auth/login", Some(&body), &[("user-agent", "a phone")])
        .await
        .expect(200)
        .json();
    let list = bearer_caller(&app, &here).get("me/sessions").await.expect(200).json();
    assert_eq!(list["total"], 2);
    assert_eq!(list["items"][0]["client"], "a phone");
    assert_eq!(list["items"][0]["current"], false);
    assert_eq!(list["items"][1]["current"], true);
    let ended = bearer_caller(&app, &here).delete("me/sessions", None).await.expect(200).json();
    assert_eq!(ended["total"], 1);
    assert_eq!(ended["items"][0]["id"], list["items"][0]["id"]);
    bearer_caller(&app, &there).get("me").await.expect(401);
    refresh(&app, &there["refresh_token"]).await.expect(401);
    assert_eq!(bearer_caller(&app, &here).get("me/sessions").await.json()["total"], 1);
    assert_eq!(
        bearer_caller(&app, &here).delete("me/sessions", None).await.expect(200).json()["total"],
        0
    );
}

#[actix_web::test]
async fn login_removes_expired_sessions() {
    let app = TestApp::spawn().await;
    let old = join_reader(&app, "mai@city.example").await;
    let token = next_refresh_token(&app, &old["refresh_token"]).await;
    app.clock.advance(TimeDelta::days(32));
    login(&app, "mai@city.example").await;
    refresh(&app, &token).await.expect(401);
    let new = login(&app, "mai@city.example").await;
    assert_eq!(bearer_caller(&app, &new).get("me/sessions").await.json()["total"], 2);
}
