//! Accounts beyond one request: the first administrator, what the journal keeps of people, other instances.

use std::time::{Duration, Instant};

use ascn_tracker::store::{StoreError, journal, unguarded};
use serde_json::{Value, json};

use crate::{
    helpers::{PASSWORD_OF_THEIRS, TestApp},
    users::{bearer_caller, grant_body, new_user_body, officer_grant_body},
};

#[actix_web::test]
async fn journal_contains_no_personal_data_or_secrets() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    let (id, token) =
        app.invite_user("secret.mai@city.example", json!([officer_grant_body("da-nang")])).await;
    let accept = format!("auth/invitations/{token}/accept");
    let tokens = app
        .anonymous()
        .post(&accept, &json!({ "password": PASSWORD_OF_THEIRS }))
        .await
        .expect(200)
        .json();
    let mai = bearer_caller(&app, &tokens);
    let change = json!({ "current_password": PASSWORD_OF_THEIRS, "new_password": "another horse and battery" });
    mai.put("me/password", &change, None).await.expect(200);
    let path = format!("users/{id}");
    let etag = admin.get(&path).await.etag();
    admin
        .patch(&path, &json!({ "name": "Secret Name", "disabled": true }), Some(&etag))
        .await
        .expect(200);
    let phc: Option<String> = {
        let user = id.parse().unwrap();
        app.state
            .db
            .read(move |c| unguarded::find_password_hash(c, user))
            .await
            .unwrap_or_else(|e: StoreError| panic!("{e}"))
    };
    let rows = app
        .state
        .db
        .read(|c| journal::list_after(c, 0, 1_000_000))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    let text = format!("{rows:?}").to_lowercase();
    let secrets = [
        "secret.mai",
        "secret name",
        "somebody",
        PASSWORD_OF_THEIRS,
        "another horse",
        "argon2",
        &phc.unwrap(),
        &token,
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    ];
    for secret in secrets {
        assert!(!text.contains(&secret.to_lowercase()), "{secret}");
    }
    let acts: Vec<&str> = rows
        .iter()
        .filter(|r| r.entity == "user" && r.key == id)
        .map(|r| r.action.as_str())
        .collect();
    assert_eq!(acts, ["invite", "accept_invitation", "set_password", "disable"]);
    let by_mai = rows.iter().filter(|r| r.actor.is_some_and(|a| a.0.to_string() == id)).count();
    assert_eq!(by_mai, 2);
}

/// The token in what a start prints.
fn printed_token(printed: &str) -> String {
    let line = printed.lines().find(|l| l.trim().starts_with("token")).unwrap();
    line.split_whitespace().nth(1).unwrap().to_owned()
}

#[actix_web::test]
async fn first_administrator_is_invited_until_an_invitation_is_accepted() {
    let app = TestApp::spawn().await;
    let first = printed_token(&app.first_administrator().await.unwrap());
    let second = printed_token(&app.first_administrator().await.unwrap());
    assert_ne!(first, second);
    // It is done before the service is there to know of it.
    let before = app;
    let app = before.spawn_second_instance().await;
    let accept = async |token: &str| {
        let path = format!("auth/invitations/{token}/accept");
        app.anonymous().post(&path, &json!({ "password": PASSWORD_OF_THEIRS })).await
    };
    accept(&first).await.expect(404);
    let tokens = accept(&second).await.expect(200).json();
    let me = bearer_caller(&app, &tokens).get("me").await.expect(200).json();
    assert_eq!(me["grants"][0]["role"], "administrator");
    let login = json!({ "email": me["email"], "password": PASSWORD_OF_THEIRS });
    let tokens = app.anonymous().post("auth/login", &login).await.expect(200).json();
    let made = bearer_caller(&app, &tokens)
        .post("users", &new_user_body("a@b.example", &[grant_body("administrator", "network", "")]))
        .await
        .expect(201)
        .json();
    assert_eq!(app.first_administrator().await, None);
    // Another administrator shuts the account out: the way in stays closed while that one is active.
    let path = format!("auth/invitations/{}/accept", made["invitation"]["token"].as_str().unwrap());
    let other = app
        .anonymous()
        .post(&path, &json!({ "password": PASSWORD_OF_THEIRS }))
        .await
        .expect(200)
        .json();
    let path = format!("users/{}", me["id"].as_str().unwrap());
    bearer_caller(&app, &other)
        .patch(&path, &json!({ "disabled": true }), Some("*"))
        .await
        .expect(412);
    let etag = bearer_caller(&app, &other).get(&path).await.etag();
    bearer_caller(&app, &other)
        .patch(&path, &json!({ "disabled": true }), Some(&etag))
        .await
        .expect(200);
    assert_eq!(app.first_administrator().await, None);
}

#[actix_web::test]
async fn concurrent_first_starts_leave_one_valid_invitation() {
    let before = TestApp::spawn().await;
    let (one, two) = (before.first_administrator(), before.first_administrator());
    let (one, two) = futures_util::future::join(one, two).await;
    let app = before.spawn_second_instance().await;
    let mut statuses = Vec::new();
    for printed in [one, two] {
        let path = format!("auth/invitations/{}/accept", printed_token(&printed.unwrap()));
        let body = json!({ "password": PASSWORD_OF_THEIRS });
        statuses.push(app.anonymous().post(&path, &body).await.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
}

#[actix_web::test]
#[expect(clippy::disallowed_macros, reason = "what was measured is shown with --nocapture")]
async fn account_changes_reach_other_instances() {
    let one = TestApp::spawn().await;
    if one.state.db.is_sqlite() {
        // A file of SQLite has one process.
        return;
    }
    let two = one.spawn_second_instance().await;
    let admin = one.administrator().await;
    let (id, tokens) = one
        .invite_and_accept("mai@city.example", json!([grant_body("reader", "network", "")]))
        .await;
    let again = json!({ "email": "mai@city.example", "password": PASSWORD_OF_THEIRS });
    let other = one.anonymous().post("auth/login", &again).await.expect(200).json();
    let seen_by_two = async |what: &str, tokens: &Value, path: &str, status: u16| {
        let began = Instant::now();
        while bearer_caller(&two, tokens).get(path).await.status != status {
            assert!(began.elapsed() < Duration::from_secs(10), "{what}: still not {status}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        println!("another instance knows: {what} after {:?}", began.elapsed());
    };
    seen_by_two("a new account", &tokens, "countries", 200).await;
    let grant =
        one.administrator().await.get(&format!("users/{id}")).await.json()["grants"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
    admin.delete(&format!("users/{id}/grants/{grant}"), None).await.expect(200);
    seen_by_two("a revoked grant", &tokens, "countries", 403).await;
    bearer_caller(&one, &tokens).post("auth/logout", &json!({})).await.expect(200);
    seen_by_two("a session signed out", &tokens, "me", 401).await;
    bearer_caller(&two, &other).get("me").await.expect(200);
    let etag = admin.get(&format!("users/{id}")).await.etag();
    admin
        .patch(&format!("users/{id}"), &json!({ "disabled": true }), Some(&etag))
        .await
        .expect(200);
    seen_by_two("a disabled account", &other, "me", 401).await;
    assert!(two.state.heads.seq() <= one.state.heads.seq());
    let began = Instant::now();
    while two.state.heads.seq() < one.state.heads.seq() {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(two.state.heads.feed(), one.state.heads.feed());
}

#[actix_web::test]
async fn password_equal_to_own_email_is_422() {
    let app = TestApp::spawn().await;
    let address = "long.name.of.mai@city.example";
    let (_, token) = app.invite_user(address, json!([officer_grant_body("da-nang")])).await;
    let accept = format!("auth/invitations/{token}/accept");
    let code = |answer: crate::helpers::TestResponse| answer.json()["errors"][0]["code"].clone();
    for own in [address, "Long.Name.Of.Mai@City.example"] {
        let refused = app.anonymous().post(&accept, &json!({ "password": own })).await.expect(422);
        assert_eq!(code(refused), "own_address");
    }
    let body = json!({ "password": PASSWORD_OF_THEIRS });
    let mai = bearer_caller(&app, &app.anonymous().post(&accept, &body).await.expect(200).json());
    let change = |new: &str| json!({ "current_password": PASSWORD_OF_THEIRS, "new_password": new });
    let refused = mai.put("me/password", &change(address), None).await.expect(422);
    assert_eq!(code(refused), "own_address");
    let other = "long.name.of.lan@city.example";
    mai.put("me/password", &change(other), None).await.expect(200);
}
