//! An attempt within a transaction.

use ascn_tracker::store::{Change, StoreError, Tx, fixtures};

use super::journal_head;
use crate::report_fixtures::{insert_project, spawn_with_open_cycle};

/// Adds a project and says whether to keep it.
fn add_project_or_fail(
    tx: &mut Tx<'_>,
    number: i64,
    template: &ascn_tracker::domain::project::Project,
    keep: bool,
) -> Result<(), StoreError> {
    let mut project = template.clone();
    project.id = ascn_tracker::domain::id::Id::new(ascn_tracker::clock::generate_uuid());
    project.code =
        ascn_tracker::domain::project::ProjectCode::new(project.code.city().clone(), number);
    fixtures::save_record(tx, &project, Change::without_reason("create"))?;
    if keep { Ok(()) } else { Err(StoreError::Stale) }
}

#[actix_web::test]
async fn failed_nested_transaction_is_rolled_back() {
    let app = spawn_with_open_cycle().await;
    let template = insert_project(&app, "da-nang", 2).await;
    let before = journal_head(&app).await;
    let sample = template.clone();
    // A transaction of which everything was undone has written nothing, and journaled nothing.
    let undone = move |tx: &mut Tx<'_>| -> Result<bool, StoreError> {
        let failed = tx.attempt(|tx| {
            tx.attempt(|tx| add_project_or_fail(tx, 10, &sample, true))??;
            tx.attempt(|tx| add_project_or_fail(tx, 11, &sample, false))?.ok();
            add_project_or_fail(tx, 12, &sample, false)
        })?;
        Ok(failed.is_err())
    };
    assert!(app.state.db.write(undone).await.unwrap());
    assert_eq!(journal_head(&app).await, before);
    let sample = template.clone();
    let mixed = move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        tx.attempt(|tx| add_project_or_fail(tx, 20, &sample, false))?.ok();
        // What the database itself refuses is undone as well.
        let double = tx.attempt(|tx| add_project_or_fail(tx, 2, &sample, true))?;
        assert!(matches!(double, Err(StoreError::Conflict(_))), "{double:?}");
        tx.attempt(|tx| add_project_or_fail(tx, 21, &sample, true))??;
        tx.dry_run(|tx| add_project_or_fail(tx, 22, &sample, true))?
    };
    app.state.db.write(mixed).await.unwrap();
    let officer = app.officer("da-nang").await;
    for (number, status) in [(10, 404), (11, 404), (12, 404), (20, 404), (21, 200), (22, 404)] {
        officer.get(&format!("projects/da-nang-{number}")).await.expect(status);
    }
    let verified = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}
