//! The published history, imported: what it becomes, and that importing it again changes nothing.

use ascn_tracker::{
    domain::history::History,
    store::{
        StoreError, StoreResult, Tx,
        import::{self, ImportError, Imported},
        journal,
    },
};
use serde_json::{Value, json};

use crate::helpers::TestApp;

async fn import(app: &TestApp, history: History) -> Result<Imported, ImportError> {
    app.state.db.write(move |tx| import::run(tx, &history)).await
}
fn published() -> History {
    import::embedded().unwrap()
}
async fn head(app: &TestApp) -> journal::Head {
    app.state.db.read(|c| journal::head(c)).await.unwrap_or_else(|e: StoreError| panic!("{e}"))
}

#[actix_web::test]
async fn the_history_is_imported_once() {
    let app = TestApp::spawn().await;
    let done = import(&app, published()).await.unwrap();
    assert_eq!(
        done,
        Imported { cycles: 4, projects: 152, partnerships: 100, reports: 405, releases: 0 }
    );
    let before = head(&app).await;
    let again = import(&app, published()).await.unwrap();
    assert_eq!(again, Imported::default());
    assert_eq!(again.to_string(), "nothing to import: everything is there already");
    assert_eq!(head(&app).await, before);
    // The releases of what was imported, once.
    for expected in [4, 0] {
        let publish = |tx: &mut Tx<'_>| -> StoreResult<usize> { import::publish(tx) };
        assert_eq!(app.state.db.write(publish).await.unwrap(), expected);
    }
}

#[actix_web::test]
async fn what_is_missing_is_added_and_nothing_else() {
    let app = TestApp::spawn().await;
    let mut history = published();
    let removed = history.projects[0].reports.remove("me-2025").unwrap();
    let last = history.projects.pop().unwrap();
    import(&app, history).await.unwrap();
    let done = import(&app, published()).await.unwrap();
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
async fn a_history_that_does_not_fit_is_refused_whole() {
    let app = TestApp::spawn().await;
    let before = head(&app).await;
    let mut history = published();
    history.projects[151].city = "atlantis".into();
    let refused = import(&app, history).await.unwrap_err();
    assert!(
        matches!(&refused, ImportError::Invalid(f) if f[0].pointer == "/projects/151/city"),
        "{refused}"
    );
    assert_eq!(head(&app).await, before);
}

#[actix_web::test]
async fn a_reader_sees_the_projects_that_were_ever_reported() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    assert_eq!(reader.get("projects?limit=1").await.expect(200).json()["total"], 143);
    let secretariat = app.secretariat().await;
    assert_eq!(secretariat.get("projects?limit=1").await.expect(200).json()["total"], 152);
}

#[actix_web::test]
async fn what_the_sources_do_not_tell_stays_untold() {
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
