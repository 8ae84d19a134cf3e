//! Accounts that are disabled, and who may do that.

use serde_json::json;

use super::{bearer_caller, grant_body, officer_grant_body};
use crate::helpers::{PASSWORD_OF_THEIRS, TestApp};

#[actix_web::test]
async fn disabled_user_is_401_until_enabled_again() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let (id, tokens) =
        app.invite_and_accept("mai@city.example", json!([officer_grant_body("da-nang")])).await;
    let path = format!("users/{id}");
    let stale = admin.get(&path).await.etag();
    admin.patch(&path, &json!({ "name": "Mai" }), None).await.expect(428);
    let renamed = admin.patch(&path, &json!({ "name": "Mai" }), Some(&stale)).await.expect(200);
    assert_eq!(renamed.json()["name"], "Mai");
    let refused =
        admin.patch(&path, &json!({ "disabled": true }), Some(&stale)).await.expect(412).json();
    assert_eq!(refused["changed"]["action"], "rename");
    let etag = renamed.etag();
    let out = admin.patch(&path, &json!({ "disabled": true }), Some(&etag)).await.expect(200);
    assert_eq!(out.json()["state"], "disabled");
    bearer_caller(&app, &tokens).get("me").await.expect(401);
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    app.anonymous().post("auth/refresh", &refresh).await.expect(401);
    let login = json!({ "email": "mai@city.example", "password": PASSWORD_OF_THEIRS });
    app.anonymous().post("auth/login", &login).await.expect(401);
    let back =
        admin.patch(&path, &json!({ "disabled": false }), Some(&out.etag())).await.expect(200);
    assert_eq!(back.json()["state"], "active");
    // The sessions of before stay ended.
    bearer_caller(&app, &tokens).get("me").await.expect(401);
    app.anonymous().post("auth/refresh", &refresh).await.expect(401);
    app.anonymous().post("auth/login", &login).await.expect(200);
    // What changes nothing makes no version.
    let same =
        admin.patch(&path, &json!({ "disabled": false }), Some(&back.etag())).await.expect(200);
    assert_eq!(same.etag(), back.etag());
    for (bad, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "disabled": null }), "/disabled"),
        (json!({ "name": "\u{202E}" }), "/name"),
    ] {
        let problem = admin.patch(&path, &bad, Some(&back.etag())).await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    admin.patch(&path, &json!({ "email": "x@y.example" }), Some(&back.etag())).await.expect(400);
}

#[actix_web::test]
async fn accepting_a_disabled_invitation_is_404() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let (id, token) = app.invite_user("mai@city.example", json!([])).await;
    let path = format!("users/{id}");
    admin.patch(&path, &json!({ "disabled": true }), Some("\"v1\"")).await.expect(200);
    let accept = format!("auth/invitations/{token}/accept");
    app.anonymous().post(&accept, &json!({ "password": PASSWORD_OF_THEIRS })).await.expect(404);
    let back =
        admin.patch(&path, &json!({ "disabled": false }), Some("\"v2\"")).await.expect(200).json();
    assert_eq!(back["state"], "invited");
    app.anonymous().post(&accept, &json!({ "password": PASSWORD_OF_THEIRS })).await.expect(200);
}

#[actix_web::test]
async fn representative_can_manage_only_users_of_own_country() {
    let app = TestApp::spawn().await;
    let nr = app.representative("VN").await;
    let (own, _) = app.invite_user("a@vn.example", json!([officer_grant_body("da-nang")])).await;
    let (foreign, _) =
        app.invite_user("b@id.example", json!([officer_grant_body("makassar")])).await;
    let (both, _) = app
        .invite_user(
            "c@vn.example",
            json!([officer_grant_body("ha-noi"), grant_body("secretariat", "network", "")]),
        )
        .await;
    let hue = officer_grant_body("ha-noi");
    nr.post(&format!("users/{own}/grants"), &hue).await.expect(201);
    nr.post(&format!("users/{own}/grants"), &officer_grant_body("makassar")).await.expect(403);
    nr.post(
        &format!("users/{own}/grants"),
        &grant_body("national_representative", "country", "VN"),
    )
    .await
    .expect(403);
    nr.post(&format!("users/{foreign}/grants"), &hue).await.expect(404);
    nr.post(&format!("users/{both}/grants"), &hue).await.expect(403);
    nr.patch(&format!("users/{own}"), &json!({ "disabled": true }), Some("\"v1\""))
        .await
        .expect(200);
    nr.patch(&format!("users/{foreign}"), &json!({ "disabled": true }), Some("\"v1\""))
        .await
        .expect(404);
    nr.patch(&format!("users/{both}"), &json!({ "disabled": true }), Some("\"v1\""))
        .await
        .expect(403);
    let secretariat = app.secretariat().await;
    secretariat.patch(&format!("users/{own}"), &json!({ "x": 1 }), None).await.expect(403);
    secretariat.post(&format!("users/{own}/grants"), &json!({ "x": 1 })).await.expect(403);
}
