//! What is one's own: signing out, the password, the list of sessions.

use chrono::TimeDelta;
use serde_json::json;

use super::{login, next, refresh, someone};
use crate::{
    helpers::{PASSWORD_OF_THEIRS as PASSWORD, TestApp},
    users::bearer,
};

#[actix_web::test]
async fn signing_out_refuses_every_token_of_the_session_at_once() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
    let other = login(&app, "mai@city.example").await;
    let done = bearer(&app, &tokens).post("auth/logout", &json!({})).await.expect(200);
    assert_eq!(done.json(), json!({}));
    bearer(&app, &tokens).get("me").await.expect(401);
    bearer(&app, &tokens).post("auth/logout", &json!({})).await.expect(401);
    refresh(&app, &tokens["refresh_token"]).await.expect(401);
    bearer(&app, &other).get("me").await.expect(200);
    app.anonymous().post("auth/logout", &json!({})).await.expect(401);
}

#[actix_web::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::spawn().await;
    let here = someone(&app, "mai@city.example").await;
    let there = login(&app, "mai@city.example").await;
    let change = json!({ "current_password": PASSWORD, "new_password": "a new horse and battery" });
    let done = bearer(&app, &here).put("me/password", &change, None).await.expect(200);
    assert_eq!(done.json(), json!({}));
    bearer(&app, &here).get("me").await.expect(200);
    next(&app, &here["refresh_token"]).await;
    bearer(&app, &there).get("me").await.expect(401);
    refresh(&app, &there["refresh_token"]).await.expect(401);
    let old = json!({ "email": "mai@city.example", "password": PASSWORD });
    app.anonymous().post("auth/login", &old).await.expect(401);
    let new = json!({ "email": "mai@city.example", "password": "a new horse and battery" });
    app.anonymous().post("auth/login", &new).await.expect(200);
}

#[actix_web::test]
async fn a_wrong_current_password_and_a_bad_new_one_are_said_together() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
    let change = json!({ "current_password": "not the password", "new_password": "short" });
    let bad = bearer(&app, &tokens).put("me/password", &change, None).await.expect(422).json();
    assert_eq!(bad["errors"][0]["pointer"], "/current_password");
    assert_eq!(bad["errors"][1]["pointer"], "/new_password");
    assert_eq!(bad["errors"].as_array().unwrap().len(), 2);
    login(&app, "mai@city.example").await;
}

#[actix_web::test]
async fn two_changes_of_a_password_at_once_do_not_both_succeed() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
    let change = |new: &str| json!({ "current_password": PASSWORD, "new_password": new });
    let (a, b) = (change("the first new password"), change("the second new password"));
    let me = bearer(&app, &tokens);
    let (a, b) = (me.put("me/password", &a, None), me.put("me/password", &b, None));
    let (a, b) = futures_util::future::join(a, b).await;
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[actix_web::test]
async fn sessions_are_listed_and_the_others_ended() {
    let app = TestApp::spawn().await;
    let here = someone(&app, "mai@city.example").await;
    app.clock.advance(TimeDelta::minutes(1));
    let body = json!({ "email": "mai@city.example", "password": PASSWORD });
    let there = app
        .anonymous()
        .send("POST", "auth/login", Some(&body), &[("user-agent", "a phone")])
        .await
        .expect(200)
        .json();
    let list = bearer(&app, &here).get("me/sessions").await.expect(200).json();
    assert_eq!(list["total"], 2);
    assert_eq!(list["items"][0]["client"], "a phone");
    assert_eq!(list["items"][0]["current"], false);
    assert_eq!(list["items"][1]["current"], true);
    let ended = bearer(&app, &here).delete("me/sessions", None).await.expect(200).json();
    assert_eq!(ended["total"], 1);
    assert_eq!(ended["items"][0]["id"], list["items"][0]["id"]);
    bearer(&app, &there).get("me").await.expect(401);
    refresh(&app, &there["refresh_token"]).await.expect(401);
    assert_eq!(bearer(&app, &here).get("me/sessions").await.json()["total"], 1);
    assert_eq!(
        bearer(&app, &here).delete("me/sessions", None).await.expect(200).json()["total"],
        0
    );
}

#[actix_web::test]
async fn sessions_that_are_over_are_forgotten_when_their_user_signs_in_again() {
    let app = TestApp::spawn().await;
    let old = someone(&app, "mai@city.example").await;
    let token = next(&app, &old["refresh_token"]).await;
    app.clock.advance(TimeDelta::days(32));
    login(&app, "mai@city.example").await;
    refresh(&app, &token).await.expect(401);
    let new = login(&app, "mai@city.example").await;
    assert_eq!(bearer(&app, &new).get("me/sessions").await.json()["total"], 2);
}
