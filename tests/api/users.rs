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

#[actix_web::test]
async fn everybody_sees_the_people_they_may_see() {
    let app = TestApp::spawn().await;
    let (vn, _) = app.invited("a@vn.example", json!([officer_of("da-nang")])).await;
    let (id, _) = app.invited("b@id.example", json!([officer_of("makassar")])).await;
    let (none, _) = app.invited("c@no.example", json!([])).await;
    let sees = async |caller: Caller<'_>| {
        let mut seen = Vec::new();
        for user in [&vn, &id, &none] {
            seen.push(caller.get(&format!("users/{user}")).await.status);
        }
        let list = caller.get("users?q=.example&limit=1000").await;
        let emails: Vec<String> = list.json()["items"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|u| u["email"].as_str().unwrap().to_owned())
            .filter(|e| !e.contains("test.example"))
            .collect();
        (list.status, emails.join(" "), seen)
    };
    let all = || (200, "a@vn.example b@id.example c@no.example".to_owned(), vec![200, 200, 200]);
    assert_eq!(sees(app.administrator().await).await, all());
    assert_eq!(sees(app.secretariat().await).await, all());
    assert_eq!(
        sees(app.representative("VN").await).await,
        (200, "a@vn.example".into(), vec![200, 404, 404])
    );
    assert_eq!(sees(app.officer("da-nang").await).await, (403, String::new(), vec![404, 404, 404]));
    assert_eq!(sees(app.reader().await).await, (403, String::new(), vec![404, 404, 404]));
    app.administrator().await.get("users/nonsense").await.expect(404);
    app.administrator().await.get("users/019346a0-0000-7000-8000-000000000000").await.expect(404);
}

#[actix_web::test]
async fn people_are_found_by_role_place_state_and_text() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    for (email, grants) in [
        ("a@x.example", json!([officer_of("da-nang"), on("reader", "country", "ID")])),
        ("b_1@x.example", json!([officer_of("makassar")])),
        ("bx1@x.example", json!([on("reader", "country", "VN")])),
    ] {
        app.invited(email, grants).await;
    }
    let found = async |query: &str| {
        let list = admin.get(&format!("users?{query}")).await.expect(200).json();
        let emails: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|u| u["email"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(list["total"], emails.len());
        emails.join(" ")
    };
    assert_eq!(found("role=city_officer").await, "a@x.example b_1@x.example");
    assert_eq!(found("role=city_officer&country=ID").await, "b_1@x.example");
    assert_eq!(found("country=VN").await, "a@x.example bx1@x.example");
    assert_eq!(found("city=da-nang&city=makassar").await, "a@x.example b_1@x.example");
    assert_eq!(found("state=invited&role=reader").await, "a@x.example bx1@x.example");
    assert_eq!(found("state=disabled").await, "");
    assert_eq!(found("q=B_1").await, "b_1@x.example");
    assert_eq!(
        found("q=some&role=reader&role=city_officer").await,
        "a@x.example b_1@x.example bx1@x.example"
    );
    assert_eq!(found("city=atlantis").await, "");
    let bad = admin.get("users?role=king").await.expect(400).json();
    assert_eq!(bad["errors"][0]["parameter"], "role");
    assert_eq!(bad["errors"][0]["allowed"].as_array().unwrap().len(), 5);
    admin.get("users?rolle=reader").await.expect(400);
}

#[actix_web::test]
async fn people_come_in_pages_by_name() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    for name in ["Bình", "an", "Cường", "Ân", "bình"] {
        let email =
            format!("{}@x.example", name.bytes().fold(String::new(), |s, b| s + &b.to_string()));
        admin.post("users", &json!({ "email": email, "name": name })).await.expect(201);
    }
    let mut names: Vec<String> = Vec::new();
    let mut path = "users?state=invited&limit=2".to_owned();
    loop {
        let page = admin.get(&path).await.expect(200);
        let list = page.json();
        assert_eq!(list["total"], 5);
        names.extend(
            list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|u| u["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = list["next"].as_str() else { break };
        assert!(page.header("link").unwrap().contains("rel=\"next\""));
        admin.get(&format!("users?limit=2&cursor={next}")).await.expect(400);
        path = format!("users?state=invited&limit=2&cursor={next}");
    }
    let folded: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
    assert!(folded.is_sorted(), "{names:?}");
    assert_eq!(names.len(), 5);
}

#[actix_web::test]
async fn a_disabled_account_is_refused_at_once_and_let_in_again() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let (id, tokens) = app.joined("mai@city.example", json!([officer_of("da-nang")])).await;
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
    bearer(&app, &tokens).get("me").await.expect(401);
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    app.anonymous().post("auth/refresh", &refresh).await.expect(401);
    let login = json!({ "email": "mai@city.example", "password": PASSWORD_OF_THEIRS });
    app.anonymous().post("auth/login", &login).await.expect(401);
    let back =
        admin.patch(&path, &json!({ "disabled": false }), Some(&out.etag())).await.expect(200);
    assert_eq!(back.json()["state"], "active");
    // The sessions of before stay ended.
    bearer(&app, &tokens).get("me").await.expect(401);
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
async fn a_disabled_invitation_does_not_let_anybody_in() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let (id, token) = app.invited("mai@city.example", json!([])).await;
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
async fn a_representative_manages_people_of_the_own_country_alone() {
    let app = TestApp::spawn().await;
    let nr = app.representative("VN").await;
    let (own, _) = app.invited("a@vn.example", json!([officer_of("da-nang")])).await;
    let (foreign, _) = app.invited("b@id.example", json!([officer_of("makassar")])).await;
    let (both, _) = app
        .invited("c@vn.example", json!([officer_of("ha-noi"), on("secretariat", "network", "")]))
        .await;
    let hue = officer_of("ha-noi");
    nr.post(&format!("users/{own}/grants"), &hue).await.expect(201);
    nr.post(&format!("users/{own}/grants"), &officer_of("makassar")).await.expect(403);
    nr.post(&format!("users/{own}/grants"), &on("national_representative", "country", "VN"))
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
