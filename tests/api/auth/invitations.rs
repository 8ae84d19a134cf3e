//! Accepting invitations.

use chrono::TimeDelta;
use serde_json::json;

use super::login;
use crate::{
    helpers::{PASSWORD_OF_THEIRS as PASSWORD, TestApp},
    users::bearer_caller,
};

#[actix_web::test]
async fn accepted_invitation_is_404_the_second_time() {
    let app = TestApp::spawn().await;
    let (id, token) = app.invite_user("mai@city.example", json!([])).await;
    let path = format!("auth/invitations/{token}/accept");
    let answer = app.anonymous().post(&path, &json!({ "password": PASSWORD })).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let me = bearer_caller(&app, &answer.json()).get("me").await.expect(200).json();
    assert_eq!(me["id"], id);
    assert_eq!(me["state"], "active");
    assert_eq!(me["version"], 2);
    app.anonymous().post(&path, &json!({ "password": PASSWORD })).await.expect(404);
    login(&app, "mai@city.example").await;
}

#[actix_web::test]
async fn invitation_expires_after_7_days() {
    let app = TestApp::spawn().await;
    let (_, late) = app.invite_user("late@city.example", json!([])).await;
    let (_, timely) = app.invite_user("timely@city.example", json!([])).await;
    let accept = async |token: &str| {
        let path = format!("auth/invitations/{token}/accept");
        app.anonymous().post(&path, &json!({ "password": PASSWORD })).await.status
    };
    app.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(accept(&timely).await, 200);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(accept(&late).await, 404);
    assert_eq!(accept("nonsense").await, 404);
}

#[actix_web::test]
async fn unknown_invitation_is_404_before_the_body_and_weak_password_is_422() {
    let app = TestApp::spawn().await;
    let (_, token) = app.invite_user("mai@city.example", json!([])).await;
    let to = |t: &str| format!("auth/invitations/{t}/accept");
    app.anonymous().post(&to("nonsense"), &json!({ "x": 1 })).await.expect(404);
    app.anonymous().post(&to(&token), &json!({ "x": 1 })).await.expect(400);
    for (password, code) in [
        ("short", "too_short"),
        (&*"x y".repeat(50), "too_long"),
        ("password\u{0}1234", "control_character"),
        ("aaaaaaaaaaaaaa", "too_common"),
        ("PasswordPassword", "too_common"),
    ] {
        let bad =
            app.anonymous().post(&to(&token), &json!({ "password": password })).await.expect(422);
        assert_eq!(bad.json()["errors"][0]["pointer"], "/password");
        assert_eq!(bad.json()["errors"][0]["code"], code, "{password}");
    }
    app.anonymous().post(&to(&token), &json!({ "password": PASSWORD })).await.expect(200);
}
