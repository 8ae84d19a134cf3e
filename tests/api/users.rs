//! People: who sees, invites and manages whom.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    filing::viet_nam,
    helpers::{Caller, PASSWORD_OF_THEIRS, TestApp},
};

mod disabled;
mod found;

pub(crate) fn on(role: &str, kind: &str, key: &str) -> Value {
    let key = if key.is_empty() { Value::Null } else { json!(key) };
    json!({ "role": role, "scope": { "kind": kind, "key": key } })
}

pub(crate) fn officer_of(city: &str) -> Value {
    on("city_officer", "city", city)
}

pub(crate) fn new_user(email: &str, grants: &[Value]) -> Value {
    json!({ "email": email, "name": "Tran Thi Mai", "grants": grants })
}

pub(crate) fn bearer<'a>(app: &'a TestApp, tokens: &Value) -> Caller<'a> {
    app.bearer(tokens["access_token"].as_str().unwrap())
}

/// The pointers and codes of what is wrong.
pub(crate) fn wrong(problem: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (text(&e["pointer"]), text(&e["code"])))
        .collect()
}

#[actix_web::test]
async fn an_administrator_invites_anybody_and_the_token_is_shown_once() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let grants = [officer_of("da-nang"), on("secretariat", "network", "")];
    let made = admin.post("users", &new_user(" Mai@City.example", &grants)).await.expect(201);
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
async fn an_address_is_used_once_without_case_and_outer_space() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    admin.post("users", &new_user("mai@city.example", &[])).await.expect(201);
    let again = admin.post("users", &new_user(" MAI@city.EXAMPLE ", &[])).await.expect(409);
    assert_eq!(again.json()["code"], "conflict");
    // What is known is said before what is wrong with the rest.
    admin.post("users", &json!({ "email": "mai@city.example", "name": "" })).await.expect(409);
}

#[actix_web::test]
async fn an_invitation_that_ran_out_does_not_strand_its_address() {
    let app = TestApp::spawn().await;
    let (id, old) = app.invited("mai@vn.example", json!([officer_of("da-nang")])).await;
    let body = new_user("Mai@vn.example", &[officer_of("da-nang"), officer_of("ha-noi")]);
    let lasting = new_user("mai@vn.example", &[on("reader", "country", "TH")]);
    let nobody = app.representative("VN").await.post("users", &body).await;
    assert_eq!(nobody.status, 409, "the invitation is still valid");
    app.clock.advance(chrono::Duration::days(7));
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    // Who could not have given what the account holds does not get hold of it.
    let (_, thai) = app.user("th", &[(Role::NationalRepresentative, thailand)]).await;
    app.bearer(&thai).post("users", &lasting).await.expect(409);
    let (_, vietnamese) = app.user("vn", &[(Role::NationalRepresentative, viet_nam())]).await;
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
    let me = bearer(&app, &tokens).get("me").await.json();
    assert_eq!((&me["id"], me["grants"].as_array().unwrap().len()), (&json!(id), 2));
    app.clock.advance(chrono::Duration::days(8));
    let (_, later) = app.user("vn later", &[(Role::NationalRepresentative, viet_nam())]).await;
    app.bearer(&later).post("users", &body).await.expect(409);
}

#[actix_web::test]
async fn every_fault_of_an_invitation_is_named() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let mut backwards = officer_of("da-nang");
    backwards["from"] = json!("2026-12-02");
    backwards["until"] = json!("2026-12-01");
    let mut stranger = officer_of("da-nang");
    stranger["acting_for"] = json!("019346a0-0000-7000-8000-000000000000");
    let body = json!({ "email": "x", "name": " ", "grants": [
        officer_of("atlantis"), on("reader", "country", "ZZ"), on("secretariat", "country", "VN"), backwards, stranger,
        officer_of("ha-noi"), officer_of("ha-noi"),
    ]});
    let problem = admin.post("users", &body).await.expect(422).json();
    let pair = |p: &str, c: &str| (p.to_owned(), c.to_owned());
    assert_eq!(
        wrong(&problem),
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
    assert_eq!(wrong(&admin.post("users", &json!({})).await.expect(422).json()).len(), 2);
    let shape = json!({ "email": "a@b.example", "name": "A", "grants": [{ "role": "reader", "scopes": {} }] });
    let problem = admin.post("users", &shape).await.expect(400).json();
    assert_eq!(problem["errors"][0]["pointer"], "/grants/0/scopes");
    assert_eq!(admin.get("users?q=b.example").await.json()["total"], 0);
}

#[actix_web::test]
async fn a_representative_invites_officers_and_readers_of_the_own_country_alone() {
    let app = TestApp::spawn().await;
    let nr = app.representative("VN").await;
    nr.post("users", &new_user("a@vn.example", &[officer_of("da-nang")])).await.expect(201);
    nr.post(
        "users",
        &new_user("b@vn.example", &[on("reader", "country", "VN"), on("reader", "city", "ha-noi")]),
    )
    .await
    .expect(201);
    for grant in [
        officer_of("makassar"),
        on("reader", "country", "ID"),
        on("reader", "network", ""),
        on("national_representative", "country", "VN"),
        on("secretariat", "network", ""),
        on("administrator", "network", ""),
    ] {
        nr.post("users", &new_user("c@vn.example", &[officer_of("da-nang"), grant.clone()]))
            .await
            .expect(403);
    }
    // The scope is public: an unknown one is a wrong value, not a forbidden one.
    nr.post("users", &new_user("c@vn.example", &[officer_of("atlantis")])).await.expect(422);
    let nothing = nr.post("users", &new_user("c@vn.example", &[])).await.expect(422).json();
    assert_eq!(wrong(&nothing), [("/grants".to_owned(), "required".to_owned())]);
    for caller in [app.officer("da-nang").await, app.secretariat().await, app.reader().await] {
        caller.post("users", &new_user("c@vn.example", &[officer_of("da-nang")])).await.expect(403);
        // Who may not, is told so before the body is read.
        caller.post("users", &json!({ "x": 1 })).await.expect(403);
    }
    app.anonymous().post("users", &json!({ "x": 1 })).await.expect(401);
}
