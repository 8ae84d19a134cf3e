//! Signing in: what it gives, how it is refused, and what an access token is good for. Below it what comes after.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    helpers::{PASSWORD_OF_THEIRS as PASSWORD, TestApp, TestResponse},
    users::{bearer_caller, pointers_and_codes},
};

mod invitations;
mod password_and_sessions;
mod refresh;

/// Signs in; the body of the answer.
async fn login(app: &TestApp, email: &str) -> Value {
    let body = json!({ "email": email, "password": PASSWORD });
    app.anonymous().post("auth/login", &body).await.expect(200).json()
}

async fn refresh(app: &TestApp, token: &Value) -> TestResponse {
    app.anonymous().post("auth/refresh", &json!({ "refresh_token": token })).await
}

/// Exchanges a refresh token that must work; the next one.
async fn next_refresh_token(app: &TestApp, token: &Value) -> Value {
    refresh(app, token).await.expect(200).json()["refresh_token"].clone()
}

async fn join_reader(app: &TestApp, email: &str) -> Value {
    let (_, tokens) = app
        .invite_and_accept(
            email,
            json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]),
        )
        .await;
    tokens
}

#[actix_web::test]
async fn auth_bodies_without_required_fields_are_422() {
    let app = TestApp::spawn().await;
    let (_, tokens) = app.invite_and_accept("mai@city.example", json!([])).await;
    let (_, invitation) = app.invite_user("nok@city.example", json!([])).await;
    let (anybody, mai) = (app.anonymous(), bearer_caller(&app, &tokens));
    let accept = format!("auth/invitations/{invitation}/accept");
    for (caller, method, path, pointers) in [
        (&anybody, "POST", "auth/login", vec!["/email", "/password"]),
        (&anybody, "POST", "auth/refresh", vec!["/refresh_token"]),
        (&anybody, "POST", accept.as_str(), vec!["/password"]),
        (&mai, "PUT", "me/password", vec!["/current_password", "/new_password"]),
    ] {
        let answer = caller.send(method, path, Some(&json!({})), &[]).await.expect(422).json();
        let expected: Vec<(String, String)> =
            pointers.iter().map(|p| ((*p).to_owned(), "required".to_owned())).collect();
        assert_eq!(pointers_and_codes(&answer), expected, "{path}");
    }
}

#[actix_web::test]
async fn login_returns_tokens_with_cache_control_no_store() {
    let app = TestApp::spawn().await;
    join_reader(&app, "mai@city.example").await;
    let body = json!({ "email": " MAI@City.example ", "password": PASSWORD });
    let answer = app.anonymous().post("auth/login", &body).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("etag"), None);
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 900);
    assert_eq!(tokens["refresh_expires_in"], 7 * 24 * 3600);
    let me = bearer_caller(&app, &tokens).get("me").await.expect(200);
    assert_eq!(me.header("cache-control"), Some("no-store"));
    assert_eq!(me.json()["email"], "mai@city.example");
    assert_eq!(me.json()["state"], "active");
    assert_eq!(me.json()["grants"][0]["role"], "reader");
}

#[actix_web::test]
async fn login_with_unknown_email_or_wrong_password_is_the_same_401() {
    let app = TestApp::spawn().await;
    join_reader(&app, "mai@city.example").await;
    app.invite_user("invited@city.example", json!([])).await;
    let mut seen: Option<Value> = None;
    for (email, password) in [
        ("mai@city.example", "not the password"),
        ("nobody@city.example", PASSWORD),
        ("invited@city.example", PASSWORD),
        ("no address", PASSWORD),
    ] {
        let body = json!({ "email": email, "password": password });
        let answer = app.anonymous().post("auth/login", &body).await.expect(401);
        assert!(answer.header("www-authenticate").is_some());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let mut problem = answer.json();
        problem["instance"] = Value::Null;
        assert_eq!(*seen.get_or_insert_with(|| problem.clone()), problem, "{email}");
    }
}

#[actix_web::test]
async fn malformed_login_body_is_400() {
    let app = TestApp::spawn().await;
    let post =
        async |body: Value| app.anonymous().post("auth/login", &body).await.expect(400).json();
    let unknown = post(json!({ "email": "a@b.example", "password": "x", "admin": true })).await;
    assert_eq!(unknown["errors"][0]["pointer"], "/admin");
    assert_eq!(
        post(json!({ "email": 1, "password": "x" })).await["errors"][0]["pointer"],
        "/email"
    );
}

#[actix_web::test]
async fn login_with_full_password_queue_is_503_with_retry_after() {
    let app = TestApp::spawn().await;
    let body = json!({ "email": "nobody@city.example", "password": PASSWORD });
    let anonymous = app.anonymous();
    let all =
        futures_util::future::join_all((0..150).map(|_| anonymous.post("auth/login", &body))).await;
    assert!(all.iter().all(|a| matches!(a.status, 401 | 503)));
    let busy = all.iter().find(|a| a.status == 503).unwrap();
    assert_eq!(busy.json()["code"], "busy");
    assert!(busy.header("retry-after").is_some());
    assert!(all.iter().any(|a| a.status == 401));
}

#[actix_web::test]
async fn authorization_other_than_one_bearer_token_is_401() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    let token = tokens["access_token"].as_str().unwrap();
    let with = async |values: &[&str]| {
        let headers: Vec<(&str, &str)> = values.iter().map(|v| ("authorization", *v)).collect();
        app.anonymous().send("GET", "me", None, &headers).await.status
    };
    let good = format!("Bearer {token}");
    assert_eq!(with(&[&good]).await, 200);
    assert_eq!(with(&[&format!("bearer   {token}")]).await, 200);
    assert_eq!(with(&[&good, &good]).await, 401);
    assert_eq!(with(&[&good, "Basic eDp5"]).await, 401);
    for bad in
        ["", "Bearer", "Bearer ", token, "Basic eDp5", &format!("{good} x"), &format!("{good}x")]
    {
        assert_eq!(with(&[bad]).await, 401, "{bad}");
    }
    assert_eq!(with(&[&format!("Bearer {}", "x".repeat(20_000))]).await, 401);
    // A bad token is never taken for none, where none would do.
    app.bearer("x").get("/api/v1/me").await.expect(401);
    // But a way in does not look at it: programs send the expired one along.
    app.bearer("x")
        .post("auth/refresh", &json!({ "refresh_token": tokens["refresh_token"] }))
        .await
        .expect(200);
}

#[actix_web::test]
async fn access_token_expires_after_15_minutes_or_with_its_session() {
    let app = TestApp::spawn().await;
    let tokens = join_reader(&app, "mai@city.example").await;
    app.clock.advance(TimeDelta::seconds(15 * 60 + 29));
    bearer_caller(&app, &tokens).get("me").await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    bearer_caller(&app, &tokens).get("me").await.expect(401);
    let mut token = tokens["refresh_token"].clone();
    for _ in 0..5 {
        token = next_refresh_token(&app, &token).await;
        app.clock.advance(TimeDelta::days(6) - TimeDelta::minutes(4));
    }
    let last = refresh(&app, &token).await.expect(200).json();
    assert_eq!(last["expires_in"], 270);
    assert_eq!(last["refresh_expires_in"], 270);
}
