//! Which reports coverage counts as late.

use ascn_tracker::domain::user::Role;
use serde_json::json;

use super::{coverage::spawn_with_reports_in_several_states, find_row, read_figures};
use crate::{
    answer_snapshot::show_members,
    helpers::{Caller, TestApp},
    report_fixtures::da_nang_scope,
};

async fn grant_extension_until_15_january(app: &TestApp) {
    let more = json!({"due_on": "2027-01-15", "reason": "Flood."});
    app.secretariat().await.put("cycles/me-2026/extensions/da-nang", &more, None).await.expect(201);
}

/// How many reports of Da Nang are late, and how many have an extension.
async fn show_late_and_extended(caller: &Caller<'_>) -> String {
    let seen = read_figures(caller, "coverage?cycle=me-2026").await;
    show_members(find_row(&seen, "cities", ("city", "da-nang")), &["late", "extended"])
}

#[actix_web::test]
async fn coverage_counts_cities_with_an_extension() {
    let app = spawn_with_reports_in_several_states().await;
    let officer = app.officer("da-nang").await;
    insta::assert_snapshot!(show_late_and_extended(&officer).await, @"
    late: 0
    extended: 0
    ");
    grant_extension_until_15_january(&app).await;
    insta::assert_snapshot!(show_late_and_extended(&officer).await, @"
    late: 0
    extended: 1
    ");
}

#[actix_web::test]
async fn coverage_counts_late_from_the_extension_including_missing_reports() {
    let app = spawn_with_reports_in_several_states().await;
    grant_extension_until_15_january(&app).await;
    // 17:00 of UTC is midnight in Da Nang. Sessions have ended by then, so a new officer reads.
    let mut told = Vec::new();
    for (name, at) in
        [("officer in time", "2027-01-15T16:59:00Z"), ("officer past it", "2027-01-15T17:00:00Z")]
    {
        app.clock.set(at.parse().unwrap());
        let (_, token) = app.insert_user(name, &[(Role::CityOfficer, da_nang_scope())]).await;
        told.push(format!("{at}\n{}", show_late_and_extended(&app.bearer(&token)).await));
    }
    insta::assert_snapshot!(told.join("\n"), @"
    2027-01-15T16:59:00Z
    late: 0
    extended: 1
    2027-01-15T17:00:00Z
    late: 4
    extended: 1
    ");
}
