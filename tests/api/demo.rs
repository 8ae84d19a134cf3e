//! The demo: who can sign in, and what a second start leaves as it is.

use ascn_tracker::{
    auth::password,
    clock::Clock,
    config::Settings,
    domain::{id::Id, user::EmailAddress},
    startup,
    store::{Conn, StoreError, demo, journal, unguarded},
};
use serde_json::json;

use crate::helpers::{NOW, PASSWORD, TestApp};

fn demo_settings(dir: &tempfile::TempDir) -> Settings {
    let url = format!("sqlite://{}/demo.db", dir.path().display());
    let vars = [("DATABASE_URL", url.as_str()), ("ASCN_BIND", "127.0.0.1:0")];
    Settings::from_vars(vars.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap()
}
fn test_clock() -> Clock {
    Clock::fixed_at(NOW.parse().unwrap())
}
fn open_connection(settings: &Settings) -> Conn {
    startup::resolve_target(&settings.database).unwrap().open(false).unwrap()
}
fn password_hash(conn: &mut Conn, who: &str) -> String {
    let email = EmailAddress::parse(format!("{who}@demo.example")).unwrap();
    unguarded::find_credentials(conn, &email).unwrap().unwrap().phc
}

#[actix_web::test]
async fn every_demo_role_can_sign_in_with_the_demo_password() {
    let app = TestApp::demo().await;
    for (who, role, kind, key) in [
        ("officer.da-nang", "city_officer", "city", json!("da-nang")),
        ("nr.vn", "national_representative", "country", json!("VN")),
        ("secretariat", "secretariat", "network", json!(null)),
        ("admin", "administrator", "network", json!(null)),
        ("reader", "reader", "network", json!(null)),
    ] {
        let body = json!({ "email": format!("{who}@demo.example"), "password": PASSWORD });
        let tokens = app.anonymous().post("auth/login", &body).await.expect(200).json();
        let me = app.bearer(tokens["access_token"].as_str().unwrap()).get("me").await.expect(200);
        let grants = &me.json()["grants"];
        assert_eq!(grants.as_array().unwrap().len(), 1);
        assert_eq!(grants[0]["role"], role);
        assert_eq!(grants[0]["scope"], json!({ "kind": kind, "key": key }));
    }
    // One for each city and country, three for the network, and the administrator who asks.
    let users = app.administrator().await.get("users?limit=1").await.expect(200).json();
    assert_eq!(users["total"], 38 + 11 + 3 + 1);
}

#[test]
fn second_demo_start_changes_nothing() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = demo_settings(&dir);
    startup::prepare_demo(&settings, &test_clock(), PASSWORD).unwrap();
    let mut conn = open_connection(&settings);
    let (head, before) =
        (journal::load_head(&mut conn).unwrap(), password_hash(&mut conn, "nr.vn"));
    startup::prepare_demo(&settings, &test_clock(), PASSWORD).unwrap();
    assert_eq!(journal::load_head(&mut conn).unwrap(), head);
    assert_eq!(password_hash(&mut conn, "nr.vn"), before);
}

#[test]
fn changed_demo_password_replaces_only_the_old_demo_password() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = demo_settings(&dir);
    startup::prepare_demo(&settings, &test_clock(), PASSWORD).unwrap();
    let mut conn = open_connection(&settings);
    let email = EmailAddress::parse("admin@demo.example").unwrap();
    let admin: Id<_> = unguarded::find_credentials(&mut conn, &email).unwrap().unwrap().user;
    unguarded::set_password(&mut conn, admin, "chosen").unwrap();
    startup::prepare_demo(&settings, &test_clock(), "another password of the demo").unwrap();
    assert!(
        password::verify_blocking(
            "another password of the demo",
            &password_hash(&mut conn, "nr.vn")
        )
        .unwrap()
    );
    assert_eq!(password_hash(&mut conn, "admin"), "chosen");
    assert_eq!(
        demo::find_password_hash(&mut conn).unwrap().unwrap(),
        password_hash(&mut conn, "reader")
    );
}

#[test]
fn demo_on_a_database_with_other_data_is_refused() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = demo_settings(&dir);
    startup::import_history(&settings, &test_clock(), None).unwrap();
    let refused = startup::prepare_demo(&settings, &test_clock(), PASSWORD).unwrap_err();
    assert!(refused.to_string().contains("no demo"), "{refused}");
    startup::refuse_demo(&settings).unwrap();
    let dir = tempfile::TempDir::new().unwrap();
    let settings = self::demo_settings(&dir);
    // Reference data alone is nobody's work.
    startup::seed_reference_data(&settings, &test_clock()).unwrap();
    startup::prepare_demo(&settings, &test_clock(), PASSWORD).unwrap();
    assert!(startup::refuse_demo(&settings).is_err());
}

#[actix_web::test]
async fn demo_has_an_open_cycle() {
    let app = TestApp::demo().await;
    let cycle = app
        .state
        .db
        .read(|c| -> Result<_, StoreError> {
            let slug = ascn_tracker::domain::value::Slug::parse("me-2026")?;
            ascn_tracker::store::cycles::find(c, &slug)
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(cycle.state.as_str(), "open");
    assert_eq!(cycle.review_due_on.unwrap().to_string(), "2027-01-31");
}
