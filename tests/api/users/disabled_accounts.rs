//! Accounts that are renamed or disabled, and who may do that.

use serde_json::{Value, json};

use super::{bearer_caller, grant_body, officer_grant_body};
use crate::helpers::{PASSWORD_OF_THEIRS, TestApp, TestResponse, pointers};

const MAI: &str = "mai@city.example";

/// An account that an administrator can change.
struct Account {
    app: TestApp,
    path: String,
    tokens: Value,
}

impl Account {
    /// Invites an officer of Da Nang, who accepts.
    async fn create() -> Self {
        let app = TestApp::spawn().await;
        let grants = json!([officer_grant_body("da-nang")]);
        let (id, tokens) = app.invite_and_accept(MAI, grants).await;
        Self { app, path: format!("users/{id}"), tokens }
    }

    async fn etag(&self) -> String {
        self.app.administrator().await.get(&self.path).await.expect(200).etag()
    }

    async fn patch(&self, patch: &Value, etag: Option<&str>) -> TestResponse {
        self.app.administrator().await.patch(&self.path, patch, etag).await
    }

    /// Disables or enables the account.
    async fn set_disabled(&self, disabled: bool) -> TestResponse {
        let etag = self.etag().await;
        self.patch(&json!({ "disabled": disabled }), Some(&etag)).await.expect(200)
    }

    /// The statuses of reading with the access token, of refreshing it and of a login.
    async fn try_sessions_and_login(&self) -> [u16; 3] {
        let refresh = json!({ "refresh_token": self.tokens["refresh_token"] });
        let login = json!({ "email": MAI, "password": PASSWORD_OF_THEIRS });
        [
            bearer_caller(&self.app, &self.tokens).get("me").await.status,
            self.app.anonymous().post("auth/refresh", &refresh).await.status,
            self.app.anonymous().post("auth/login", &login).await.status,
        ]
    }
}

#[actix_web::test]
async fn disabled_user_is_401_with_tokens_and_password() {
    let account = Account::create().await;
    let disabled = account.set_disabled(true).await;
    insta::assert_snapshot!(disabled.show_members(&["state", "version"]), @r#"
    200
    state: "disabled"
    version: 3
    "#);
    assert_eq!(account.try_sessions_and_login().await, [401, 401, 401]);
}

#[actix_web::test]
async fn enabled_user_can_log_in_and_the_earlier_sessions_stay_ended() {
    let account = Account::create().await;
    account.set_disabled(true).await;
    let enabled = account.set_disabled(false).await;
    insta::assert_snapshot!(enabled.show_members(&["state", "version"]), @r#"
    200
    state: "active"
    version: 4
    "#);
    assert_eq!(account.try_sessions_and_login().await, [401, 401, 200]);
}

#[actix_web::test]
async fn patch_user_without_the_current_version_is_428_or_412_naming_the_last_change() {
    let account = Account::create().await;
    let stale = account.etag().await;
    let rename = json!({ "name": "Mai" });
    account.patch(&rename, None).await.expect(428);
    let renamed = account.patch(&rename, Some(&stale)).await;
    insta::assert_snapshot!(renamed.show_members(&["name"]), @r#"
    200
    name: "Mai"
    "#);
    let refused = account.patch(&json!({ "disabled": true }), Some(&stale)).await;
    insta::assert_snapshot!(refused.show_members(&["code", "changed/action"]), @r#"
    412
    code: "stale"
    changed/action: "rename"
    "#);
}

#[actix_web::test]
async fn patch_user_that_changes_nothing_makes_no_version() {
    let account = Account::create().await;
    let before = account.etag().await;
    let same = account.patch(&json!({ "disabled": false }), Some(&before)).await.expect(200);
    assert_eq!(same.etag(), before);
}

#[actix_web::test]
async fn patch_user_with_invalid_values_is_422_and_of_the_email_400() {
    let account = Account::create().await;
    let etag = account.etag().await;
    for (patch, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "disabled": null }), "/disabled"),
        (json!({ "name": "\u{202E}" }), "/name"),
    ] {
        let refused = account.patch(&patch, Some(&etag)).await.expect(422);
        assert_eq!(pointers(&refused), [pointer]);
    }
    account.patch(&json!({ "email": "x@y.example" }), Some(&etag)).await.expect(400);
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

/// Three invited users: of Viet Nam, of Indonesia, and of Viet Nam with a grant on the whole network.
async fn invite_three_users(app: &TestApp) -> [String; 3] {
    let (own, _) = app.invite_user("a@vn.example", json!([officer_grant_body("da-nang")])).await;
    let (foreign, _) =
        app.invite_user("b@id.example", json!([officer_grant_body("makassar")])).await;
    let both = json!([officer_grant_body("ha-noi"), grant_body("secretariat", "network", "")]);
    let (both, _) = app.invite_user("c@vn.example", both).await;
    [own, foreign, both].map(|id| format!("users/{id}"))
}

#[actix_web::test]
async fn representative_can_grant_only_offices_of_cities_to_users_of_own_country() {
    let app = TestApp::spawn().await;
    let [own, foreign, both] = invite_three_users(&app).await;
    let representative = app.representative("VN").await;
    let ha_noi = officer_grant_body("ha-noi");
    for (user, grant, status) in [
        (&own, &ha_noi, 201),
        (&own, &officer_grant_body("makassar"), 403),
        (&own, &grant_body("national_representative", "country", "VN"), 403),
        (&foreign, &ha_noi, 404),
        (&both, &ha_noi, 403),
    ] {
        let answer = representative.post(&format!("{user}/grants"), grant).await;
        assert_eq!(answer.status, status, "{grant} {}", answer.text);
    }
}

#[actix_web::test]
async fn representative_can_disable_only_users_of_own_country() {
    let app = TestApp::spawn().await;
    let users = invite_three_users(&app).await;
    let representative = app.representative("VN").await;
    for (user, status) in users.iter().zip([200, 404, 403]) {
        let disable = json!({ "disabled": true });
        representative.patch(user, &disable, Some("\"v1\"")).await.expect(status);
    }
}

#[actix_web::test]
async fn secretariat_can_neither_change_users_nor_give_grants() {
    let app = TestApp::spawn().await;
    let [own, ..] = invite_three_users(&app).await;
    let secretariat = app.secretariat().await;
    secretariat.patch(&own, &json!({ "x": 1 }), None).await.expect(403);
    secretariat.post(&format!("{own}/grants"), &json!({ "x": 1 })).await.expect(403);
}
