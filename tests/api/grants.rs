//! Grants: what they allow from when to when, and on whose behalf.

use ascn_tracker::{
    domain::{reference::City, value::Slug},
    store::{Change, StoreError, Tx, fixtures, reference},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    helpers::{PASSWORD_OF_THEIRS, TestApp},
    users::{bearer_caller, grant_body, new_user_body, officer_grant_body, pointers_and_codes},
};

#[actix_web::test]
async fn created_and_deleted_grants_take_effect_immediately() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let (id, tokens) = app.invite_and_accept("mai@city.example", json!([])).await;
    let mai = bearer_caller(&app, &tokens);
    // Without a grant somebody is signed in and may do nothing.
    mai.get("me").await.expect(200);
    mai.get("countries").await.expect(403);
    let given = admin
        .post(&format!("users/{id}/grants"), &grant_body("secretariat", "network", ""))
        .await
        .expect(201);
    let grant = given.json();
    let path = format!("users/{id}/grants/{}", grant["id"].as_str().unwrap());
    assert_eq!(given.header("location"), Some(&*format!("/api/v1/{path}")));
    assert_eq!(grant["role"], "secretariat");
    mai.get("countries").await.expect(200);
    mai.get("users").await.expect(200);
    admin
        .post(&format!("users/{id}/grants"), &grant_body("secretariat", "network", ""))
        .await
        .expect(409);
    let gone = admin.delete(&path, None).await.expect(200);
    assert_eq!(gone.json(), grant);
    mai.get("countries").await.expect(403);
    mai.get("me").await.expect(200);
    admin.delete(&path, None).await.expect(404);
    admin.delete(&format!("users/{id}/grants/nonsense"), None).await.expect(404);
    let (other, _) =
        app.invite_user("other@city.example", json!([officer_grant_body("ha-noi")])).await;
    let theirs = admin.get(&format!("users/{other}")).await.json()["grants"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    admin.delete(&format!("users/{id}/grants/{theirs}"), None).await.expect(404);
}

#[actix_web::test]
async fn changing_own_grants_or_own_account_is_403() {
    let app = TestApp::spawn().await;
    for (caller, grant) in [
        (app.administrator().await, grant_body("secretariat", "network", "")),
        (app.representative("VN").await, officer_grant_body("da-nang")),
    ] {
        let me = caller.get("me").await.expect(200);
        let id = me.json()["id"].as_str().unwrap().to_owned();
        let own = me.json()["grants"][0]["id"].as_str().unwrap().to_owned();
        caller.post(&format!("users/{id}/grants"), &grant).await.expect(403);
        caller.delete(&format!("users/{id}/grants/{own}"), None).await.expect(403);
        caller
            .patch(&format!("users/{id}"), &json!({ "name": "King" }), Some(&me.etag()))
            .await
            .expect(403);
        assert_eq!(caller.get("me").await.json(), me.json());
    }
}

#[actix_web::test]
async fn acting_for_a_user_without_the_same_role_and_scope_is_422() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let nr = app.representative("VN").await;
    let principal = nr.get("me").await.json()["id"].clone();
    let acting = |mut grant: Value, whom: &Value| {
        grant["acting_for"] = whom.clone();
        grant
    };
    let representative = || grant_body("national_representative", "country", "VN");
    let made = admin
        .post("users", &new_user_body("d@vn.example", &[acting(representative(), &principal)]))
        .await
        .expect(201)
        .json();
    assert_eq!(made["grants"][0]["acting_for"], principal);
    let (invited, _) = app.invite_user("i@vn.example", json!([officer_grant_body("ha-noi")])).await;
    let (ended, _) = app.invite_and_accept("e@vn.example", json!([{
        "role": "city_officer", "scope": { "kind": "city", "key": "ha-noi" }, "until": "2026-11-19"
    }])).await;
    for grant in [
        acting(grant_body("national_representative", "country", "ID"), &principal),
        acting(officer_grant_body("ha-noi"), &principal),
        acting(officer_grant_body("ha-noi"), &json!(invited)),
        acting(officer_grant_body("ha-noi"), &json!(ended)),
        acting(representative(), &json!("019346a0-0000-7000-8000-000000000000")),
        // Who acts for somebody stands in for nobody else.
        acting(representative(), &made["id"]),
    ] {
        let body = new_user_body("x@vn.example", std::slice::from_ref(&grant));
        let problem = admin.post("users", &body).await.expect(422).json();
        assert_eq!(
            pointers_and_codes(&problem),
            [("/grants/0/acting_for".to_owned(), "acting_for".to_owned())],
            "{grant}"
        );
    }
    // A person of another country might as well not exist, word for word.
    let foreign = app.officer("makassar").await.get("me").await.json()["id"].clone();
    let ask = async |whom: Value| {
        let body = new_user_body("x@vn.example", &[acting(officer_grant_body("ha-noi"), &whom)]);
        nr.post("users", &body).await.expect(422).json()["errors"].clone()
    };
    assert_eq!(ask(foreign).await, ask(json!("019346a0-0000-7000-8000-000000000000")).await);
    let own = json!(made["id"]);
    let to_self = acting(representative(), &own);
    admin.post(&format!("users/{}/grants", own.as_str().unwrap()), &to_self).await.expect(422);
}

#[actix_web::test]
async fn journal_of_an_invitation_names_the_principal_of_each_proof() {
    let app = TestApp::spawn().await;
    let principal = app.representative("TH").await.get("me").await.json()["id"].clone();
    let own = grant_body("national_representative", "country", "VN");
    let mut acting = grant_body("national_representative", "country", "TH");
    acting["acting_for"] = principal.clone();
    let (id, tokens) = app.invite_and_accept("nr@vn.example", json!([own, acting])).await;
    let grants = [officer_grant_body("da-nang"), officer_grant_body("bangkok")];
    let body = new_user_body("mai@city.example", &grants);
    let invited = bearer_caller(&app, &tokens).post("users", &body).await.expect(201).json();
    let secretariat = app.secretariat().await;
    let persons = async |entity: &str, record: &Value| {
        let path = format!("journal?entity={entity}&key={}", record["id"].as_str().unwrap());
        let entry = secretariat.get(&path).await.expect(200).json()["items"][0].clone();
        (entry["actor"]["id"].clone(), entry["acting_for"]["id"].clone())
    };
    assert_eq!(persons("user", &invited).await, (json!(id), Value::Null));
    assert_eq!(persons("grant", &invited["grants"][0]).await, (json!(id), Value::Null));
    assert_eq!(persons("grant", &invited["grants"][1]).await, (json!(id), principal));
}

#[actix_web::test]
async fn grant_begins_and_ends_at_midnight_in_the_city_time_zone() {
    let app = TestApp::spawn().await;
    let mut grant = grant_body("reader", "city", "da-nang");
    grant["from"] = json!("2026-11-21");
    grant["until"] = json!("2026-11-21");
    let (_, tokens) = app.invite_and_accept("mai@city.example", json!([grant])).await;
    let status = async |secs: i64| {
        // 21 November in Asia/Ho_Chi_Minh is 17:00 of the 20th to 17:00 of the 21st, UTC.
        app.clock.set("2026-11-20T17:00:00Z".parse().unwrap());
        app.clock.advance(TimeDelta::seconds(secs));
        let login = json!({ "email": "mai@city.example", "password": PASSWORD_OF_THEIRS });
        let tokens = app.anonymous().post("auth/login", &login).await.expect(200).json();
        bearer_caller(&app, &tokens).get("countries").await.status
    };
    bearer_caller(&app, &tokens).get("countries").await.expect(403);
    assert_eq!(status(-1).await, 403);
    assert_eq!(status(0).await, 200);
    assert_eq!(status(86_399).await, 200);
    assert_eq!(status(86_400).await, 403);
}

#[actix_web::test]
async fn changed_city_time_zone_moves_the_days_of_its_grants() {
    let app = TestApp::spawn().await;
    let mut grant = grant_body("reader", "city", "da-nang");
    grant["from"] = json!("2026-11-21");
    let (_, tokens) = app.invite_and_accept("mai@city.example", json!([grant])).await;
    bearer_caller(&app, &tokens).get("countries").await.expect(403);
    let far = |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        let city = reference::find_city(tx.conn(), &Slug::parse("da-nang").unwrap())?.unwrap();
        let far =
            City { time_zone: chrono_tz::Pacific::Kiritimati, version: city.version + 1, ..city };
        fixtures::save_record(tx, &far, Change::without_reason("edit"))
    };
    app.state.db.write(far).await.unwrap();
    // 03:00 UTC on the 20th is 17:00 there; seven hours on it is the 21st.
    app.clock.advance(TimeDelta::minutes(7 * 60));
    let login = json!({ "email": "mai@city.example", "password": PASSWORD_OF_THEIRS });
    let tokens = app.anonymous().post("auth/login", &login).await.expect(200).json();
    bearer_caller(&app, &tokens).get("countries").await.expect(200);
}
