//! Signing in and out, prolonging sessions, accepting invitations, and what is one's own.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    helpers::{Answered, PASSWORD_OF_THEIRS as PASSWORD, TestApp},
    users::{bearer, wrong},
};

/// Signs in; the body of the answer.
async fn login(app: &TestApp, email: &str) -> Value {
    let body = json!({ "email": email, "password": PASSWORD });
    app.anonymous().post("auth/login", &body).await.expect(200).json()
}

async fn refresh(app: &TestApp, token: &Value) -> Answered {
    app.anonymous().post("auth/refresh", &json!({ "refresh_token": token })).await
}

/// Exchanges a refresh token that must work; the next one.
async fn next(app: &TestApp, token: &Value) -> Value {
    refresh(app, token).await.expect(200).json()["refresh_token"].clone()
}

async fn someone(app: &TestApp, email: &str) -> Value {
    let (_, tokens) = app
        .joined(email, json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]))
        .await;
    tokens
}

#[actix_web::test]
async fn what_is_missing_is_named_like_everywhere() {
    let app = TestApp::spawn().await;
    let (_, tokens) = app.joined("mai@city.example", json!([])).await;
    let (_, invitation) = app.invited("nok@city.example", json!([])).await;
    let (anybody, mai) = (app.anonymous(), bearer(&app, &tokens));
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
        assert_eq!(wrong(&answer), expected, "{path}");
    }
}

#[actix_web::test]
async fn signing_in_gives_tokens_that_no_cache_may_keep() {
    let app = TestApp::spawn().await;
    someone(&app, "mai@city.example").await;
    let body = json!({ "email": " MAI@City.example ", "password": PASSWORD });
    let answer = app.anonymous().post("auth/login", &body).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("etag"), None);
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 900);
    assert_eq!(tokens["refresh_expires_in"], 7 * 24 * 3600);
    let me = bearer(&app, &tokens).get("me").await.expect(200);
    assert_eq!(me.header("cache-control"), Some("no-store"));
    assert_eq!(me.json()["email"], "mai@city.example");
    assert_eq!(me.json()["state"], "active");
    assert_eq!(me.json()["grants"][0]["role"], "reader");
}

#[actix_web::test]
async fn an_unknown_address_and_a_wrong_password_are_refused_in_the_same_words() {
    let app = TestApp::spawn().await;
    someone(&app, "mai@city.example").await;
    app.invited("invited@city.example", json!([])).await;
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
async fn a_sign_in_that_cannot_be_read_is_400() {
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
async fn a_full_queue_of_passwords_is_503_with_retry_after() {
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
async fn authorization_is_one_header_with_one_bearer_token() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
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
async fn an_access_token_ends_after_15_minutes_and_never_after_its_session() {
    let app = TestApp::spawn().await;
    let tokens = someone(&app, "mai@city.example").await;
    app.clock.advance(TimeDelta::seconds(15 * 60 + 29));
    bearer(&app, &tokens).get("me").await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    bearer(&app, &tokens).get("me").await.expect(401);
    let mut token = tokens["refresh_token"].clone();
    for _ in 0..5 {
        token = next(&app, &token).await;
        app.clock.advance(TimeDelta::days(6) - TimeDelta::minutes(4));
    }
    let last = refresh(&app, &token).await.expect(200).json();
    assert_eq!(last["expires_in"], 270);
    assert_eq!(last["refresh_expires_in"], 270);
}

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
async fn an_invitation_is_good_once() {
    let app = TestApp::spawn().await;
    let (id, token) = app.invited("mai@city.example", json!([])).await;
    let path = format!("auth/invitations/{token}/accept");
    let answer = app.anonymous().post(&path, &json!({ "password": PASSWORD })).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let me = bearer(&app, &answer.json()).get("me").await.expect(200).json();
    assert_eq!(me["id"], id);
    assert_eq!(me["state"], "active");
    assert_eq!(me["version"], 2);
    app.anonymous().post(&path, &json!({ "password": PASSWORD })).await.expect(404);
    login(&app, "mai@city.example").await;
}

#[actix_web::test]
async fn an_invitation_is_good_for_7_days() {
    let app = TestApp::spawn().await;
    let (_, late) = app.invited("late@city.example", json!([])).await;
    let (_, timely) = app.invited("timely@city.example", json!([])).await;
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
async fn who_has_no_invitation_is_told_so_before_the_body_is_read() {
    let app = TestApp::spawn().await;
    let (_, token) = app.invited("mai@city.example", json!([])).await;
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
