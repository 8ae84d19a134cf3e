//! People: who sees, invites and manages whom.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, PASSWORD_OF_THEIRS, TestApp},
    report_fixtures::viet_nam_scope,
};

mod disabled_accounts;
mod user_search;

pub(crate) fn grant_body(role: &str, kind: &str, key: &str) -> Value {
    let key = if key.is_empty() { Value::Null } else { json!(key) };
    json!({ "role": role, "scope": { "kind": kind, "key": key } })
}

pub(crate) fn officer_grant_body(city: &str) -> Value {
    grant_body("city_officer", "city", city)
}

pub(crate) fn new_user_body(email: &str, grants: &[Value]) -> Value {
    json!({ "email": email, "name": "Tran Thi Mai", "grants": grants })
}

pub(crate) fn bearer_caller<'a>(app: &'a TestApp, tokens: &Value) -> Caller<'a> {
    app.bearer(tokens["access_token"].as_str().unwrap())
}

/// The pointers and codes of what is wrong.
pub(crate) fn pointers_and_codes(problem: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (text(&e["pointer"]), text(&e["code"])))
        .collect()
}

#[actix_web::test]
async fn administrator_can_invite_users_and_the_token_is_shown_once() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let grants = [officer_grant_body("da-nang"), grant_body("secretariat", "network", "")];
    let made = admin.post("users", &new_user_body(" Mai@City.example", &grants)).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let user = made.json();
    let path = format!("users/{}", user["id"].as_str().unwrap());
    assert_eq!(made.header("location"), Some(&*format!("/api/v1/{path}")));
    assert_eq!(user["email"], "mai@city.example");
    assert_eq!(user["state"], "invited");
    assert_eq!(user["version"], 1);
    assert_eq!(user["grants"][0]["scope"], json!({ "kind": "city", "key": "da-nang" }));
    assert_eq!(user["grants"][1]["scope"], json!({ "kind": "network", "key": null }));
    assert_eq!(user["invitation"]["expires_at"], "2026-11-27T03:00:00Z");
    let me = admin.get("me").await.json();
    assert_eq!(user["grants"][0]["granted_by"], me["id"]);
    let read = admin.get(&path).await.expect(200);
    assert!(read.etag().starts_with("\"v1-"));
    let read = read.json();
    assert_eq!(read["grants"].as_array().unwrap().len(), 2);
    assert!(read.get("invitation").is_none());
}

#[actix_web::test]
async fn inviting_a_taken_address_is_409_ignoring_case_and_spaces() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    admin.post("users", &new_user_body("mai@city.example", &[])).await.expect(201);
    let again = admin.post("users", &new_user_body(" MAI@city.EXAMPLE ", &[])).await.expect(409);
    assert_eq!(again.json()["code"], "conflict");
    // What is known is said before what is wrong with the rest.
    admin.post("users", &json!({ "email": "mai@city.example", "name": "" })).await.expect(409);
}

#[actix_web::test]
async fn expired_invitation_can_be_renewed_by_those_who_could_grant_it() {
    let app = TestApp::spawn().await;
    let (id, old) = app.invite_user("mai@vn.example", json!([officer_grant_body("da-nang")])).await;
    let body = new_user_body(
        "Mai@vn.example",
        &[officer_grant_body("da-nang"), officer_grant_body("ha-noi")],
    );
    let lasting = new_user_body("mai@vn.example", &[grant_body("reader", "country", "TH")]);
    let nobody = app.representative("VN").await.post("users", &body).await;
    assert_eq!(nobody.status, 409, "the invitation is still valid");
    app.clock.advance(chrono::Duration::days(7));
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    // Who could not have given what the account holds does not get hold of it.
    let (_, thai) = app.insert_user("th", &[(Role::NationalRepresentative, thailand)]).await;
    app.bearer(&thai).post("users", &lasting).await.expect(409);
    let (_, vietnamese) =
        app.insert_user("vn", &[(Role::NationalRepresentative, viet_nam_scope())]).await;
    let made = app.bearer(&vietnamese).post("users", &body).await.expect(201).json();
    assert_eq!((&made["id"], &made["version"]), (&json!(id), &json!(2)));
    assert_eq!(made["grants"].as_array().unwrap().len(), 2, "{made}");
    assert_eq!(made["name"], "Tran Thi Mai");
    // A valid one again.
    app.bearer(&vietnamese).post("users", &body).await.expect(409);
    let password = json!({ "password": PASSWORD_OF_THEIRS });
    let accept = |token: &str| format!("auth/invitations/{token}/accept");
    app.anonymous().post(&accept(&old), &password).await.expect(404);
    let token = made["invitation"]["token"].as_str().unwrap();
    let tokens = app.anonymous().post(&accept(token), &password).await.expect(200).json();
    let me = bearer_caller(&app, &tokens).get("me").await.json();
    assert_eq!((&me["id"], me["grants"].as_array().unwrap().len()), (&json!(id), 2));
    app.clock.advance(chrono::Duration::days(8));
    let (_, later) =
        app.insert_user("vn later", &[(Role::NationalRepresentative, viet_nam_scope())]).await;
    app.bearer(&later).post("users", &body).await.expect(409);
}

#[actix_web::test]
async fn invitation_with_invalid_values_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let mut backwards = officer_grant_body("da-nang");
    backwards["from"] = json!("2026-12-02");
    backwards["until"] = json!("2026-12-01");
    let mut stranger = officer_grant_body("da-nang");
    stranger["acting_for"] = json!("019346a0-0000-7000-8000-000000000000");
    let body = json!({ "email": "x", "name": " ", "grants": [
        officer_grant_body("atlantis"), grant_body("reader", "country", "ZZ"), grant_body("secretariat", "country", "VN"), backwards, stranger,
        officer_grant_body("ha-noi"), officer_grant_body("ha-noi"),
    ]});
    let problem = admin.post("users", &body).await.expect(422).json();
    let pair = |p: &str, c: &str| (p.to_owned(), c.to_owned());
    assert_eq!(
        pointers_and_codes(&problem),
        [
            pair("/email", "email"),
            pair("/name", "empty"),
            pair("/grants/0/scope/key", "unknown"),
            pair("/grants/1/scope/key", "unknown"),
            pair("/grants/2/scope/kind", "scope"),
            pair("/grants/3/until", "date_order"),
            pair("/grants/4/acting_for", "acting_for"),
            pair("/grants/6", "duplicate"),
        ]
    );
    assert_eq!(
        pointers_and_codes(&admin.post("users", &json!({})).await.expect(422).json()).len(),
        2
    );
    let shape = json!({ "email": "a@b.example", "name": "A", "grants": [{ "role": "reader", "scopes": {} }] });
    let problem = admin.post("users", &shape).await.expect(400).json();
    assert_eq!(problem["errors"][0]["pointer"], "/grants/0/scopes");
    assert_eq!(admin.get("users?q=b.example").await.json()["total"], 0);
}

#[actix_web::test]
async fn representative_can_invite_only_officers_and_readers_of_own_country() {
    let app = TestApp::spawn().await;
    let nr = app.representative("VN").await;
    nr.post("users", &new_user_body("a@vn.example", &[officer_grant_body("da-nang")]))
        .await
        .expect(201);
    nr.post(
        "users",
        &new_user_body(
            "b@vn.example",
            &[grant_body("reader", "country", "VN"), grant_body("reader", "city", "ha-noi")],
        ),
    )
    .await
    .expect(201);
    for grant in [
        officer_grant_body("makassar"),
        grant_body("reader", "country", "ID"),
        grant_body("reader", "network", ""),
        grant_body("national_representative", "country", "VN"),
        grant_body("secretariat", "network", ""),
        grant_body("administrator", "network", ""),
    ] {
        nr.post(
            "users",
            &new_user_body("c@vn.example", &[officer_grant_body("da-nang"), grant.clone()]),
        )
        .await
        .expect(403);
    }
    // The scope is public: an unknown one is a wrong value, not a forbidden one.
    nr.post("users", &new_user_body("c@vn.example", &[officer_grant_body("atlantis")]))
        .await
        .expect(422);
    let nothing = nr.post("users", &new_user_body("c@vn.example", &[])).await.expect(422).json();
    assert_eq!(pointers_and_codes(&nothing), [("/grants".to_owned(), "required".to_owned())]);
    for caller in [app.officer("da-nang").await, app.secretariat().await, app.reader().await] {
        caller
            .post("users", &new_user_body("c@vn.example", &[officer_grant_body("da-nang")]))
            .await
            .expect(403);
        // Who may not, is told so before the body is read.
        caller.post("users", &json!({ "x": 1 })).await.expect(403);
    }
    app.anonymous().post("users", &json!({ "x": 1 })).await.expect(401);
}
