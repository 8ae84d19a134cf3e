//! The frozen content of a release: anybody can compute its hash, and a change is found.

use ascn_tracker::store::StoreResult;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{publish_release, spawn_with_closed_cycle};
use crate::{database::run_statement, helpers::TestApp};

/// Reads the frame of a release and its frozen reports as they are stored.
async fn load_frozen_records(app: &TestApp) -> (String, Vec<String>) {
    use ascn_tracker::{domain::value::Slug, store::releases::frozen};
    app.state
        .db
        .read(|c| -> StoreResult<_> {
            let key = Slug::parse("me-2026-r1")?;
            let rows =
                frozen::load_page(c, &key, &frozen::FrozenReportFilter::default(), None, 100)?;
            let records = rows.into_iter().map(|r| r.record).collect();
            Ok((frozen::load_reference_text(c, &key)?, records))
        })
        .await
        .unwrap()
}

#[actix_web::test]
async fn release_hash_can_be_recomputed_from_the_frozen_records() {
    let app = spawn_with_closed_cycle().await;
    let release = publish_release(&app, None).await;
    let (frame, records) = load_frozen_records(&app).await;
    let parsed: Vec<Value> = records.iter().map(|r| serde_json::from_str(r).unwrap()).collect();
    let frame: Value = serde_json::from_str(&frame).unwrap();
    // A second implementation: the object as a whole, with its keys in order, written without spaces.
    let whole = json!({ "format": "ascn-release-1", "frame": frame, "release": "me-2026-r1", "reports": parsed });
    let text = serde_json_canonicalizer::to_string(&whole).unwrap();
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(release["sha256"], hex);
}

#[actix_web::test]
async fn database_refuses_to_change_or_delete_rows_of_a_release() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    for statement in [
        "update release_reports set status = 'completed'",
        "delete from release_reports",
        "update releases set note = 'Another one.'",
        "delete from releases",
        "insert into release_reports select release, city, number + 100, report_id, country, \
         focus_area, status, version, record from release_reports",
        "insert into release_grounds select release, '{}' from release_grounds",
    ] {
        assert!(run_statement(&app, statement).await.is_err(), "{statement}");
    }
    for table in ["releases", "release_reports", "release_grounds"] {
        // No statement of SQLite.
        let truncate = format!("truncate {table} cascade");
        assert!(run_statement(&app, &truncate).await.is_err(), "{table}");
    }
}

#[actix_web::test]
async fn verify_release_reports_tampering() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let guard = match app.postgres_url() {
        Some(_) => "alter table release_reports disable trigger all",
        None => "drop trigger release_reports_stay",
    };
    run_statement(&app, guard).await.unwrap();
    let edit =
        "update release_reports set record = replace(record, '62.5', '99.5') where number = 1";
    run_statement(&app, edit).await.unwrap();
    let found = app.reader().await.get("releases/me-2026-r1/verify").await;
    insta::assert_snapshot!(found.show(), @r#"
    200
    {
      "checked": {"content": false, "figures": false, "journal": false, "reports": 2},
      "differing": ["da-nang-1"],
      "release": "me-2026-r1",
      "sha256": "[hash]",
      "valid": false
    }
    "#);
    let journal = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(journal["valid"], false, "{journal}");
}
