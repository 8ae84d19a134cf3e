//! The demo: who can sign in, and what a second start leaves as it is.

use ascn_tracker::{
    auth::password,
    clock::Clock,
    config::Settings,
    domain::{id::Id, user::Email},
    startup,
    store::{Conn, StoreError, demo, journal, unguarded},
};
use serde_json::json;

use crate::helpers::{NOW, PASSWORD, TestApp};

fn settings(dir: &tempfile::TempDir) -> Settings {
    let url = format!("sqlite://{}/demo.db", dir.path().display());
    let vars = [("DATABASE_URL", url.as_str()), ("ASCN_BIND", "127.0.0.1:0")];
    Settings::from_vars(vars.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap()
}
fn clock() -> Clock {
    Clock::at(NOW.parse().unwrap())
}
fn open(settings: &Settings) -> Conn {
    startup::target(&settings.database).unwrap().open(false).unwrap()
}
fn hash(conn: &mut Conn, who: &str) -> String {
    let email = Email::parse(format!("{who}@demo.example")).unwrap();
    unguarded::credentials(conn, &email).unwrap().unwrap().phc
}

#[actix_web::test]
async fn every_role_signs_in_with_the_one_password() {
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
fn a_second_start_uses_what_is_there() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = settings(&dir);
    startup::prepare_demo(&settings, &clock(), PASSWORD).unwrap();
    let mut conn = open(&settings);
    let (head, before) = (journal::head(&mut conn).unwrap(), hash(&mut conn, "nr.vn"));
    startup::prepare_demo(&settings, &clock(), PASSWORD).unwrap();
    assert_eq!(journal::head(&mut conn).unwrap(), head);
    assert_eq!(hash(&mut conn, "nr.vn"), before);
}

#[test]
fn another_password_reaches_those_who_did_not_choose_their_own() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = settings(&dir);
    startup::prepare_demo(&settings, &clock(), PASSWORD).unwrap();
    let mut conn = open(&settings);
    let email = Email::parse("admin@demo.example").unwrap();
    let admin: Id<_> = unguarded::credentials(&mut conn, &email).unwrap().unwrap().user;
    unguarded::set_password(&mut conn, admin, "chosen").unwrap();
    startup::prepare_demo(&settings, &clock(), "another password of the demo").unwrap();
    assert!(
        password::verify_now("another password of the demo", &hash(&mut conn, "nr.vn")).unwrap()
    );
    assert_eq!(hash(&mut conn, "admin"), "chosen");
    assert_eq!(demo::mark(&mut conn).unwrap().unwrap(), hash(&mut conn, "reader"));
}

#[test]
fn a_demo_and_other_data_do_not_mix() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = settings(&dir);
    startup::import_history(&settings, &clock(), None).unwrap();
    let refused = startup::prepare_demo(&settings, &clock(), PASSWORD).unwrap_err();
    assert!(refused.to_string().contains("no demo"), "{refused}");
    startup::refuse_demo(&settings).unwrap();
    let dir = tempfile::TempDir::new().unwrap();
    let settings = self::settings(&dir);
    // Reference data alone is nobody's work.
    startup::seed(&settings, &clock()).unwrap();
    startup::prepare_demo(&settings, &clock(), PASSWORD).unwrap();
    assert!(startup::refuse_demo(&settings).is_err());
}

#[actix_web::test]
async fn the_open_cycle_is_there() {
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
