//! What the rows of the matrix are about, and how they are sent.

use std::collections::BTreeMap;

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
    value::Slug,
};
use serde_json::{Value, json};

use super::matrix_row::AccessMatrixRow;
use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{self, da_nang_scope, viet_nam_scope},
};

/// Who calls: the head of the column, and the role on its scope unless it is nobody.
pub(super) fn matrix_callers() -> Vec<(&'static str, Option<(Role, Scope)>)> {
    let viet_nam_of =
        |city: &str| Scope::City(Slug::parse(city).unwrap(), CountryCode::parse("VN").unwrap());
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    vec![
        ("nobody", None),
        ("own officer", Some((Role::CityOfficer, da_nang_scope()))),
        ("other officer", Some((Role::CityOfficer, viet_nam_of("ha-noi")))),
        ("own repr.", Some((Role::NationalRepresentative, viet_nam_scope()))),
        ("other repr.", Some((Role::NationalRepresentative, thailand))),
        ("secretariat", Some((Role::Secretariat, Scope::Network))),
        ("admin", Some((Role::Administrator, Scope::Network))),
        ("reader", Some((Role::Reader, Scope::Network))),
    ]
}

/// The service, and the ids of the records that the rows are about.
pub(super) struct AccessMatrixApp {
    app: TestApp,
    ids: BTreeMap<&'static str, String>,
}

/// A demo where Da Nang's first project has parts and an approved report with a comment, its second a draft, its third no
/// report in the open cycle, and where a new one, the ninetieth, has handed in its first.
pub(super) async fn spawn_matrix_app() -> AccessMatrixApp {
    let app = TestApp::demo().await;
    let mut ids = BTreeMap::new();
    let officer = app.officer("da-nang").await;
    for (name, kind, body) in [
        ("milestone", "milestones", json!({"title": "Centre opens", "due_on": "2024-06-30"})),
        (
            "indicator",
            "indicators",
            json!({"name": "Water lost", "kind": "outcome", "unit": "percent", "better": "down"}),
        ),
        (
            "partnership",
            "partnerships",
            json!({"partner": "asean-korea-cooperation-fund", "role": "funder", "stage": "mou"}),
        ),
    ] {
        ids.insert(
            name,
            create_record(&officer, &format!("projects/da-nang-1/{kind}"), &body).await,
        );
    }
    complete_first_project(&officer).await;
    report_fixtures::file_and_approve(&app, "da-nang-1").await;
    let comments = format!("{}/comments", report_fixtures::report_path("da-nang-1"));
    ids.insert("comment", create_record(&officer, &comments, &json!({"text": "Done."})).await);
    officer.write_complete_report("da-nang-2").await;
    report_fixtures::insert_project(&app, "da-nang", 90).await;
    let more = json!({"due_on": "2027-01-15", "reason": "Flood."});
    app.secretariat().await.put("cycles/me-2026/extensions/da-nang", &more, None).await.expect(201);
    officer.write_complete_report("da-nang-90").await;
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    officer.put("cities/da-nang/plans/2018-2025", &json!({"vision": "A city."}), None).await;
    let share = json!({
        "name": "Latest", "path": "/api/v1/releases/latest", "format": "json", "expires_on": "2027-06-30"
    });
    let made = app.secretariat().await.post("shares", &share).await.expect(201).json();
    ids.insert("share", made["share"]["id"].as_str().unwrap().to_owned());
    let (user, _) = app.insert_user("mai", &[(Role::CityOfficer, da_nang_scope())]).await;
    ids.insert("user", user.to_string());
    let (colleague, _) = app.insert_user("nok", &[(Role::Secretariat, Scope::Network)]).await;
    ids.insert("colleague", colleague.to_string());
    AccessMatrixApp { app, ids }
}

/// Adds a record; returns its id.
async fn create_record(caller: &Caller<'_>, path: &str, body: &Value) -> String {
    let view = caller.post(path, body).await.expect(201).json();
    view["id"].as_str().unwrap().to_owned()
}

/// Fills in what the published history does not tell of the first project and a submission asks for.
async fn complete_first_project(officer: &Caller<'_>) {
    let path = "projects/da-nang-1";
    let etag = officer.get(path).await.expect(200).etag();
    let body = json!({
        "summary": "What it is about.", "starts_on": "2019-01-01", "ends_on": "2025-12-31"
    });
    officer.patch(path, &body, Some(&etag)).await.expect(200);
}

impl AccessMatrixApp {
    /// Sends a row's request; returns the status.
    pub(super) async fn request_status(
        &self,
        row: &AccessMatrixRow,
        column: &str,
        holds: Option<&(Role, Scope)>,
    ) -> u16 {
        let mut path = row.path.to_owned();
        for (name, id) in &self.ids {
            path = path.replace(&format!("{{{name}}}"), id);
        }
        if path.contains("{leaver}") {
            let (leaver, grant) = self.create_user_to_revoke(column).await;
            path = path.replace("{leaver}", &leaver).replace("{held}", &grant);
        }
        let caller = match holds {
            None => self.app.anonymous(),
            // Who leaves does not come back for the other rows.
            Some(holds) if row.template == "auth/logout" => {
                let (_, token) = self
                    .app
                    .insert_user(&format!("{column} leaves"), std::slice::from_ref(holds))
                    .await;
                self.app.bearer(&token)
            }
            Some((role, scope)) => self.app.as_role(*role, scope.clone()).await,
        };
        let body: Option<Value> = row.body.map(|b| serde_json::from_str(b).unwrap());
        let headers: Vec<(&str, &str)> =
            row.if_match.map(|t| ("if-match", t)).into_iter().collect();
        let method = row.method.to_uppercase();
        caller.send(&method, &path, body.as_ref(), &headers).await.status
    }

    /// Makes an officer of Da Nang whose grant can be taken away; returns the ids of both.
    async fn create_user_to_revoke(&self, column: &str) -> (String, String) {
        let name = format!("fired by {column}");
        let (user, _) = self.app.insert_user(&name, &[(Role::CityOfficer, da_nang_scope())]).await;
        let read = self.app.administrator().await.get(&format!("users/{user}")).await.expect(200);
        (user.to_string(), read.json()["grants"][0]["id"].as_str().unwrap().to_owned())
    }
}
