//! Bodies whose shape is wrong: 400 with every fault, in order, and without the faults of values.

use serde_json::{Value, json};

use crate::helpers::{TestApp, TestResponse};

/// Returns the status, and each fault as "pointer code: text".
fn summarise(response: &TestResponse) -> String {
    let problem = response.json();
    let mut lines = vec![format!("{} {}", response.status, problem["code"].as_str().unwrap())];
    for fault in problem["errors"].as_array().unwrap() {
        let [pointer, code, detail] =
            ["pointer", "code", "detail"].map(|member| fault[member].as_str().unwrap());
        lines.push(format!("{pointer} {code}: {detail}"));
    }
    lines.join("\n")
}

fn project_with_shape_and_value_faults() -> Value {
    json!({
        "city": "atlantis", "title": "", "colour": "blue", "priority": "yes", "sdgs": [6, "x", 99],
        "budget": { "amount_minor": 1.5, "currency": "ZZZ" }, "starts_on": "soon"
    })
}

#[actix_web::test]
async fn body_with_several_shape_faults_is_400_with_all_of_them_in_order() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let refused = officer.post("projects", &project_with_shape_and_value_faults()).await;
    insta::assert_snapshot!(summarise(&refused), @r"
    400 malformed
    /budget/amount_minor type: a whole number is expected
    /colour unknown_field: unknown field `colour`, expected one of `city`, `plan_cycle`, `title`, `title_local`, `summary`, `focus_area`, `other_focus_areas`, `sub_area`, `outcomes`, `enablers`, `sectors`, `tags`, `priority`, `starts_on`, `ends_on`, `dates_reason`, `budget`, `support_required`, `location`, `sdgs`, `inclusion_note`, `continues`, `archived`
    /priority type: true or false is expected
    /sdgs/1 type: a whole number is expected
    ");
    let vietnamese = officer.post("projects?lang=vi", &project_with_shape_and_value_faults()).await;
    insta::assert_snapshot!(summarise(&vietnamese), @r"
    400 malformed
    /budget/amount_minor type: cần một số nguyên
    /colour unknown_field: không có trường `colour`; các trường được nhận: `city`, `plan_cycle`, `title`, `title_local`, `summary`, `focus_area`, `other_focus_areas`, `sub_area`, `outcomes`, `enablers`, `sectors`, `tags`, `priority`, `starts_on`, `ends_on`, `dates_reason`, `budget`, `support_required`, `location`, `sdgs`, `inclusion_note`, `continues`, `archived`
    /priority type: cần true hoặc false
    /sdgs/1 type: cần một số nguyên
    ");
}

#[actix_web::test]
async fn unknown_member_lists_the_members_that_are_taken() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "budget": { "amount": 1 } });
    let refused = officer.post("projects", &body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/budget/amount");
    assert_eq!(refused["errors"][0]["allowed"], json!(["amount_minor", "currency"]));
}

#[actix_web::test]
async fn body_without_a_shape_fault_is_422_with_every_value_fault() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = json!({
        "city": "atlantis", "plan_cycle": "2018-2025", "title": "", "summary": "x",
        "focus_area": "nothing", "sdgs": [6, 99], "starts_on": "soon", "ends_on": "2025-01-01",
        "budget": { "amount_minor": -1, "currency": "ZZZ" }
    });
    let refused = officer.post("projects", &body).await;
    insta::assert_snapshot!(summarise(&refused), @r"
    422 invalid
    /city unknown: no such city
    /title empty: text that is not empty is expected
    /focus_area unknown: no such focus area
    /starts_on day: a day YYYY-MM-DD between 1900 and 2200 is expected
    /budget/amount_minor range: minor units from 0 to 9007199254740991 are expected
    /budget/currency currency: a currency code of ISO 4217 such as USD or VND is expected
    /sdgs/1 range: a goal from 1 to 17 is expected
    ");
}

#[actix_web::test]
async fn amount_without_a_currency_is_still_checked() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let refused = officer
        .post("projects", &json!({ "city": "da-nang", "budget": { "amount_minor": -1 } }))
        .await
        .expect(422);
    let text = summarise(&refused);
    assert!(
        text.contains("/budget/amount_minor range") && text.contains("/budget/currency required"),
        "{text}"
    );
}

#[actix_web::test]
async fn partnership_with_an_unknown_partner_is_refused_together_with_its_other_faults() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "partner": "nobody", "role": "boss" });
    let refused = officer.post("projects/da-nang-1/partnerships", &body).await;
    insta::assert_snapshot!(summarise(&refused), @r"
    422 invalid
    /role unknown: no such partner role
    /stage required: a value is required
    /partner unknown: no such partner
    ");
}

#[actix_web::test]
async fn share_with_an_unknown_release_is_refused_together_with_its_other_faults() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let body = json!({
        "path": "/api/v1/releases/me-1999-r1/reports", "format": "json", "expires_on": "2000-01-01"
    });
    let refused = secretariat.post("shares", &body).await;
    insta::assert_snapshot!(summarise(&refused), @r"
    422 invalid
    /name required: a value is required
    /expires_on range: a day from 2026-11-20 to 2028-11-20 is expected
    /path path: no such release
    ");
}

#[actix_web::test]
async fn nested_lists_of_a_bulk_body_are_checked_to_the_end() {
    let app = TestApp::spawn().await;
    let representative = app.representative("VN").await;
    let body = json!({
        "action": "approve", "dryrun": true,
        "items": [{ "project": 1, "cycle": "me-2026" }, ["x"], { "code": "x", "version": "3" }],
        "filter": { "city": 5 }
    });
    let refused = representative.post("reports/bulk", &body).await;
    insta::assert_snapshot!(summarise(&refused), @r"
    400 malformed
    /dryrun unknown_field: unknown field `dryrun`, expected one of `action`, `items`, `filter`, `comment`, `dry_run`, `all_or_nothing`, `digest`
    /filter/city type: text or a list of texts is expected
    /items/0/project type: text is expected
    /items/1 type: an object is expected
    /items/2/code unknown_field: unknown field `code`, expected one of `project`, `cycle`, `version`
    /items/2/version type: a whole number is expected
    ");
}
