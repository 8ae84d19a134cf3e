//! The published history, imported: what it becomes, and that importing it again changes nothing.

use ascn_tracker::{
    domain::history::HistoryFile,
    store::{
        StoreError, StoreResult, Tx,
        import::{self, ImportError, ImportSummary},
        journal,
    },
};
use serde_json::{Value, json};

use crate::helpers::TestApp;

async fn import_history(app: &TestApp, history: HistoryFile) -> Result<ImportSummary, ImportError> {
    app.state.db.write(move |tx| import::import_history(tx, &history)).await
}
fn published_history() -> HistoryFile {
    import::parse_embedded_history().unwrap()
}
async fn journal_head(app: &TestApp) -> journal::ChainHead {
    app.state.db.read(|c| journal::load_head(c)).await.unwrap_or_else(|e: StoreError| panic!("{e}"))
}

#[actix_web::test]
async fn second_history_import_changes_nothing() {
    let app = TestApp::spawn().await;
    let done = import_history(&app, published_history()).await.unwrap();
    assert_eq!(
        done,
        ImportSummary { cycles: 4, projects: 152, partnerships: 100, reports: 405, releases: 0 }
    );
    let before = journal_head(&app).await;
    let again = import_history(&app, published_history()).await.unwrap();
    assert_eq!(again, ImportSummary::default());
    assert_eq!(again.to_string(), "nothing to import: everything is there already");
    assert_eq!(journal_head(&app).await, before);
    // The releases of what was imported, once.
    for expected in [4, 0] {
        let publish = |tx: &mut Tx<'_>| -> StoreResult<usize> { import::publish_cycles(tx) };
        assert_eq!(app.state.db.write(publish).await.unwrap(), expected);
    }
}

#[actix_web::test]
async fn history_import_adds_only_missing_records() {
    let app = TestApp::spawn().await;
    let mut history = published_history();
    let removed = history.projects[0].reports.remove("me-2025").unwrap();
    let last = history.projects.pop().unwrap();
    import_history(&app, history).await.unwrap();
    let done = import_history(&app, published_history()).await.unwrap();
    assert_eq!((done.cycles, done.projects), (0, 1));
    assert_eq!(done.partnerships, last.partners.len());
    assert_eq!(done.reports, last.reports.len() + 1);
    // The later report is what strangers see of the project from now on.
    let reader = app.reader().await;
    let project = reader.get("projects/bandar-seri-begawan-1").await.expect(200).json();
    assert_eq!(project["latest"]["cycle"], "me-2025");
    assert_eq!(project["title"], removed.title);
}

#[actix_web::test]
async fn history_import_with_an_unknown_city_is_refused_whole() {
    let app = TestApp::spawn().await;
    let before = journal_head(&app).await;
    let mut history = published_history();
    history.projects[151].city = "atlantis".into();
    let refused = import_history(&app, history).await.unwrap_err();
    assert!(
        matches!(&refused, ImportError::Invalid(f) if f[0].pointer == "/projects/151/city"),
        "{refused}"
    );
    assert_eq!(journal_head(&app).await, before);
}

#[actix_web::test]
async fn reader_sees_only_imported_projects_with_a_report() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    assert_eq!(reader.get("projects?limit=1").await.expect(200).json()["total"], 143);
    let secretariat = app.secretariat().await;
    assert_eq!(secretariat.get("projects?limit=1").await.expect(200).json()["total"], 152);
}

#[actix_web::test]
async fn imported_records_keep_unknown_values_null() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let report =
        reader.get("projects/bandar-seri-begawan-1/reports/me-2023").await.expect(200).json();
    assert_eq!((&report["state"], &report["status"]), (&json!("approved"), &json!("not_stated")));
    assert_eq!(report["imported"]["source"], "ME23");
    for nobody in ["submitted_by", "submitted_at", "decided_by", "decided_at", "percent_complete"] {
        assert_eq!(report[nobody], Value::Null, "{nobody}");
    }
    let project = reader.get("projects/bandar-seri-begawan-1").await.expect(200).json();
    assert_eq!(project["title"], "Revitalisation of Kampong Ayer (Water Village)");
    assert_eq!(project["imported"]["title_2018"], "Revitalise Kampong Ayer (Water Village)");
    assert_eq!(project["imported"]["figures"], json!({"houses_planned": 157}));
    assert_eq!((&project["starts_on"], &project["ends_on"]), (&Value::Null, &Value::Null));
}
