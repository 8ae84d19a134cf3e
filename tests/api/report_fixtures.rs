//! What tests of reports start from: an open cycle, projects of Da Nang, content that is ready, people with several grants.

use ascn_tracker::{
    clock,
    domain::{
        id::Id,
        project::{Project, ProjectCode, ProjectDetails},
        reference::CountryCode,
        user::{Role, Scope, User},
        value::{Prose, Slug, Title},
    },
    store::{Change, StoreError, fixtures},
};
use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp, TestResponse, permanent_grant};

/// The cycle of these tests.
pub const CYCLE: &str = "me-2026";

/// A service with an open cycle and the project `da-nang-1`, which nobody had a hand in.
pub async fn spawn_with_open_cycle() -> TestApp {
    open_cycle_with_project(TestApp::spawn().await).await
}

/// The same on a service with settings of its own.
pub async fn open_cycle_with_project(app: TestApp) -> TestApp {
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body(CYCLE)).await.expect(201);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    insert_project(&app, "da-nang", 1).await;
    app
}

/// A cycle that reports on the plans of 2018 and is due at the end of 2026. It is cut off with the year that it is named after.
pub fn cycle_body(slug: &str) -> Value {
    let year = slug.strip_prefix("me-20").and_then(|year| year.parse().ok()).unwrap_or(26);
    let as_of = format!("20{year:02}-12-31");
    json!({
        "cycle": slug, "name": "M&E 2026", "plan_cycle": "2018-2025", "opens_on": "2026-07-01",
        "due_on": "2026-12-31", "review_due_on": "2027-01-31", "as_of": as_of
    })
}

/// Records a project past the API, so that nobody has a hand in it.
pub async fn insert_project(app: &TestApp, city: &str, number: i64) -> Project {
    let slug = |s: &str| Slug::parse(s).unwrap();
    let at = app.state.clock.now();
    let country = match city {
        "da-nang" | "ha-noi" | "ho-chi-minh-city" => "VN",
        "phuket" => "TH",
        other => panic!("where is {other}?"),
    };
    let project = Project {
        id: Id::new(clock::generate_uuid()),
        code: ProjectCode::new(slug(city), number),
        city: slug(city),
        country: CountryCode::parse(country).unwrap(),
        plan_cycle: slug("2018-2025"),
        details: ProjectDetails {
            title: Title::parse(format!("Project {number} of {city}")).unwrap(),
            title_local: None,
            summary: Some(Prose::parse("What it is about.").unwrap()),
            focus_area: Some(slug("built-infrastructure")),
            other_focus_areas: Vec::new(),
            sub_area: None,
            outcomes: Vec::new(),
            enablers: Vec::new(),
            sectors: Vec::new(),
            tags: Vec::new(),
            priority: false,
            starts_on: Some("2019-01-01".parse().unwrap()),
            ends_on: Some("2025-12-31".parse().unwrap()),
            dates_reason: None,
            budget: None,
            support_required: None,
            location: None,
            sdgs: Vec::new(),
            inclusion_note: None,
            continues: None,
            archived: false,
        },
        imported: None,
        import_key: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    let kept = project.clone();
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            fixtures::save_record(tx, &kept, Change::without_reason("create"))
        })
        .await
        .unwrap();
    project
}

/// Content that is ready for submission.
pub fn complete_report_body() -> Value {
    json!({
        "status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "The control centre is in operation.", "challenges": "Spare parts arrived late.",
        "next_steps": "Connect the last two districts."
    })
}

/// The path of a project's report in the cycle of these tests.
pub fn report_path(project: &str) -> String {
    format!("projects/{project}/reports/{CYCLE}")
}

impl Caller<'_> {
    /// Takes a transition without a body.
    pub async fn take_transition(&self, project: &str, transition: &str) -> TestResponse {
        let path = format!("{}/{transition}", report_path(project));
        self.send("POST", &path, None, &[]).await
    }
    /// Takes a transition with its reason.
    pub async fn take_transition_with_comment(
        &self,
        project: &str,
        transition: &str,
        comment: &str,
    ) -> TestResponse {
        let path = format!("{}/{transition}", report_path(project));
        self.post(&path, &json!({ "comment": comment })).await
    }
    /// Writes the report, whatever version it has, and says that it must work. A report that is there gets other next
    /// steps than it had: the same content would be no edit.
    pub async fn write_complete_report(&self, project: &str) -> TestResponse {
        let path = report_path(project);
        let before = self.get(&path).await;
        let etag = (before.status == 200).then(|| before.etag());
        let mut body = complete_report_body();
        if let Some(version) = before.json()["version"].as_i64() {
            body["next_steps"] = json!(format!("Connect district {version}."));
        }
        let answer = self.put(&path, &body, etag.as_deref()).await;
        assert!([200, 201].contains(&answer.status), "{}", answer.text);
        answer
    }
}

/// Brings the report of a project to approval, by Da Nang's officer and Viet Nam's representative.
pub async fn file_and_approve(app: &TestApp, project: &str) {
    let city = project.rsplit_once('-').unwrap().0;
    let officer = app.officer(city).await;
    let path = report_path(project);
    let before = officer.get(&path).await;
    let etag = (before.status == 200).then(|| before.etag());
    let written = officer.put(&path, &complete_report_body(), etag.as_deref()).await;
    assert!([200, 201].contains(&written.status), "{}", written.text);
    officer.take_transition(project, "submit").await.expect(200);
    app.representative("VN").await.take_transition(project, "approve").await.expect(200);
}

/// Gives somebody a grant, past the API; `acting_for` names on whose behalf.
pub async fn insert_grant(
    app: &TestApp,
    user: uuid::Uuid,
    role: Role,
    scope: Scope,
    acting_for: Option<uuid::Uuid>,
) {
    let user: Id<User> = Id::new(user);
    let mut grant = permanent_grant(user, role, scope, app.state.clock.now());
    grant.acting_for = acting_for.map(Id::new);
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            fixtures::save_record(tx, &grant, Change::without_reason("grant"))
        })
        .await
        .unwrap();
}

/// Da Nang as a scope.
pub fn da_nang_scope() -> Scope {
    Scope::City(Slug::parse("da-nang").unwrap(), CountryCode::parse("VN").unwrap())
}
/// Viet Nam as a scope.
pub fn viet_nam_scope() -> Scope {
    Scope::Country(CountryCode::parse("VN").unwrap())
}
