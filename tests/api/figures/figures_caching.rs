//! Which callers share cached figures, and what changes them.

use ascn_tracker::store::import;
use serde_json::Value;

use super::laos_reader_grant;
use crate::{answer_snapshot::show_members, helpers::TestApp};

const TABLE: &str = "figures/table?rows=city&cycle=me-2025";

#[actix_web::test]
async fn figures_are_the_same_for_every_order_of_parameters_and_equal_rights() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let first = reader.get(TABLE).await.expect(200);
    let second = reader.get("figures/table?cycle=me-2025&rows=city").await.expect(200);
    assert_eq!((&first.text, first.etag()), (&second.text, second.etag()));
    let secretariat = app.secretariat().await.get(TABLE).await.expect(200);
    assert_eq!(secretariat.text, first.text);
    let known = [("if-none-match", &*first.etag())];
    let unchanged = reader.send("GET", TABLE, None, &known).await.expect(304);
    assert!(unchanged.text.is_empty());
}

#[actix_web::test]
async fn cached_figures_are_shared_only_by_callers_with_the_same_scope() {
    let app = TestApp::demo().await;
    let first = app.reader().await.get(TABLE).await.expect(200);
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let laos = app.bearer(&token);
    let own = laos.get(TABLE).await.expect(200);
    assert_ne!(own.etag(), first.etag());
    let members = ["row_totals", "coverage/cities_expected"];
    insta::assert_snapshot!(show_members(&own.json(), &members), @r#"
    row_totals: {"luang-prabang": 5, "vientiane": 4}
    coverage/cities_expected: 2
    "#);
    let again = laos.send("GET", TABLE, None, &[("if-none-match", &first.etag())]).await;
    assert_eq!(again.expect(200).text, own.text);
}

/// Makes every database thread busy until the sender is dropped.
async fn occupy_database_threads(app: &TestApp) -> std::sync::mpsc::Sender<()> {
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
    for _ in 0..64 {
        let (db, wait) = (app.state.db.clone(), std::sync::Arc::clone(&wait));
        actix_web::rt::spawn(async move {
            let blocked = db
                .read(move |_| -> Result<(), ascn_tracker::store::StoreError> {
                    let _ = wait.lock().unwrap().recv();
                    Ok(())
                })
                .await;
            drop(blocked);
        });
    }
    tokio::task::yield_now().await;
    release
}

#[actix_web::test]
async fn cached_figures_need_no_database_thread() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let first = reader.get(TABLE).await.expect(200);
    let release = occupy_database_threads(&app).await;
    let again = reader.get(TABLE);
    let again = tokio::time::timeout(std::time::Duration::from_secs(20), again).await;
    drop(release);
    assert_eq!(again.unwrap().expect(200).text, first.text);
}

#[actix_web::test]
async fn figures_etag_does_not_change_with_a_new_user() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let before = reader.get(TABLE).await.expect(200);
    app.insert_user("somebody new", &[laos_reader_grant()]).await;
    assert_eq!(reader.get(TABLE).await.expect(200).etag(), before.etag());
}

#[actix_web::test]
async fn figures_etag_changes_with_a_public_change() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let before = reader.get(TABLE).await.expect(200);
    let mut history = import::parse_embedded_history().unwrap();
    let mut another = history.projects.pop().unwrap();
    another.key = "another".into();
    let city = another.city.clone();
    another.reports.retain(|cycle, _| cycle == "me-2025");
    history.projects = vec![another];
    app.state.db.write(move |tx| import::import_history(tx, &history)).await.unwrap();
    let after = reader.get(TABLE).await.expect(200);
    assert_ne!(after.etag(), before.etag());
    let (before, after) = (before.json(), after.json());
    assert_eq!(after["total"], before["total"].as_i64().unwrap() + 1);
    let moved = |t: &Value| t["row_totals"][&city].as_i64().unwrap();
    assert_eq!(moved(&after), moved(&before) + 1);
    assert!(after["basis"]["seq"].as_i64() > before["basis"]["seq"].as_i64());
    let stale = [("if-none-match", "\"0123456789abcdef\"")];
    reader.send("GET", TABLE, None, &stale).await.expect(200);
}
