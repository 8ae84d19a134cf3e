//! Lines of a CSV file that have fewer fields than the header.

use serde_json::{Value, json};

use super::{changed_row_outcomes, fault_cells};
use crate::{
    helpers::TestApp, report_fixtures::spawn_with_open_cycle, workbook::spawn_with_full_project,
};

const CSV: &str = "imports?city=da-nang&cycle=me-2026&dry_run=false&sheet=";

async fn import_csv(app: &TestApp, sheet: &str, text: &str, status: u16) -> Value {
    let officer = app.officer("da-nang").await;
    let path = format!("{CSV}{sheet}");
    officer.upload(&path, "text/csv", text.as_bytes().to_vec()).await.expect(status).json()
}

// Issue 11, 1.3: a line without its last fields cleared them.
#[actix_web::test]
async fn fields_behind_the_end_of_a_line_stay_unchanged() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let head = "project,version,status,percent_complete,challenges,achievements\n";
    let view = import_csv(&app, "reports", &format!("{head}da-nang-1,1,ongoing,70\n"), 200).await;
    assert_eq!(changed_row_outcomes(&view), ["reports 2 changed"]);
    assert_eq!(view["rows"][0]["changes"].as_array().unwrap().len(), 1);
    let path = crate::report_fixtures::report_path("da-nang-1");
    let report = officer.get(&path).await.json();
    assert_eq!(report["percent_complete"], 70.0);
    assert_eq!(report["achievements"], "=1+1 is what it says");
    // A field that is there and empty is cleared.
    import_csv(&app, "reports", &format!("{head}da-nang-1,2,ongoing,70,,\n"), 200).await;
    assert_eq!(officer.get(&path).await.json()["achievements"], Value::Null);
    let view = import_csv(&app, "reports", &format!("{head}da-nang-1\n"), 200).await;
    assert_eq!(changed_row_outcomes(&view), [""; 0]);
}

#[actix_web::test]
async fn short_line_creates_a_record_from_the_fields_that_it_has() {
    let app = spawn_with_open_cycle().await;
    let text = "id,project,version,title,due_on,weight\n,da-nang-1,,Pumps,2025-01-31\n";
    import_csv(&app, "milestones", text, 200).await;
    let officer = app.officer("da-nang").await;
    let list = officer.get("projects/da-nang-1/milestones").await.json();
    assert_eq!(
        (&list["items"][0]["title"], &list["items"][0]["weight"]),
        (&json!("Pumps"), &json!(1))
    );
}

#[actix_web::test]
async fn line_that_ends_before_its_key_is_a_fault() {
    let app = spawn_with_full_project().await;
    let text = "title,due_on,project,version,id\nCentre opens,2024-07-01,da-nang-1,1\n";
    let view = import_csv(&app, "milestones", text, 422).await;
    assert_eq!(fault_cells(&view), ["milestones!E2 short_line"]);
    let detail = &view["import"]["faults"][0]["detail"];
    assert_eq!(detail, "the column id is expected in every line, and this line ends before it");
}
