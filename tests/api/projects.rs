//! Projects, from being recorded to being deleted, as each role meets them.

use ascn_tracker::{
    domain::{
        project::{ApprovedProject, Header, Latest, ProjectCode},
        report::Status,
        value::{Percent, Slug},
    },
    store::{Change, StoreError, parts, projects},
};
use serde_json::{Value, json};

use crate::helpers::{Answered, Caller, TestApp};

/// A project with everything that is required.
pub(crate) fn sample(city: &str, title: &str) -> Value {
    json!({
        "city": city, "plan_cycle": "2018-2025", "title": title, "summary": "What it is about.",
        "focus_area": "quality-environment", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
    })
}

/// The sample with some members of its own.
pub(crate) fn with(mut base: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("members are expected") };
    for (name, value) in members {
        base[name.as_str()] = value;
    }
    base
}

/// Records a project of the city; returns its code.
pub(crate) async fn record(app: &TestApp, body: &Value) -> String {
    let city = body["city"].as_str().unwrap();
    let made = app.officer(city).await.post("projects", body).await.expect(201);
    made.json()["code"].as_str().unwrap().to_owned()
}

/// Writes a project's approved copy as it stands now, changed by `edit`, without the report that would bring it about.
pub(crate) async fn approve(
    app: &TestApp,
    code: &str,
    status: Status,
    edit: impl FnOnce(&mut Header) + Send + 'static,
) {
    let code = ProjectCode::parse(code).unwrap();
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            let at = tx.at();
            let project = projects::find(tx.conn(), &code)?.unwrap();
            let before = projects::find_approved(tx.conn(), project.id)?;
            let mut header = project.freeze(
                parts::milestones(tx.conn(), project.id)?,
                parts::indicators(tx.conn(), project.id)?,
                parts::partnerships(tx.conn(), project.id)?,
            );
            edit(&mut header);
            let approved = ApprovedProject {
                project: project.id,
                header,
                latest: Latest {
                    cycle: Slug::parse("me-2025").unwrap(),
                    status,
                    percent_complete: Percent::from_hundredths(6250),
                },
                created_at: before.as_ref().map_or(at, |b| b.created_at),
                updated_at: at,
                version: before.map_or(1, |b| b.version + 1),
            };
            tx.save(&approved, Change::plain("approve"))
        })
        .await
        .unwrap();
}

/// The pointers and codes of a 422.
pub(crate) fn faults(answered: Answered) -> Vec<String> {
    let problem = answered.expect(422).json();
    let mut found: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    found.sort_unstable();
    found
}

async fn actions(caller: &Caller<'_>, code: &str) -> Value {
    caller.get(&format!("projects/{code}")).await.expect(200).json()["allowed_actions"].clone()
}

#[actix_web::test]
async fn an_officer_records_a_project_and_reads_it_back_whole() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = with(
        sample("da-nang", "Smart water supply"),
        json!({
            "title_local": "Cấp nước thông minh", "other_focus_areas": ["built-infrastructure"],
            "sub_area": "urban-resilience", "outcomes": ["high-quality-of-life"],
            "enablers": ["partnership-and-funding"], "sectors": ["water-quality", "ict"],
            "tags": ["smart-urban-utilities"], "priority": true, "dates_reason": "as planned",
            "budget": {"amount_minor": 125_000_000, "currency": "VND"}, "support_required": "Advice",
            "location": {"latitude": 16.0678, "longitude": 108.2208, "text": "Hòa Vang"},
            "sdgs": [6, 11], "inclusion_note": "Households without a connection", "archived": false
        }),
    );
    let made = officer.post("projects", &body).await.expect(201);
    assert_eq!(made.header("location"), Some("/api/v1/projects/da-nang-1"));
    assert!(made.etag().starts_with("\"v1-"));
    let view = made.json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&view[name], value, "{name}");
    }
    assert_eq!(view["code"], "da-nang-1");
    assert_eq!(view["country"], "VN");
    for name in ["continues", "imported", "latest"] {
        assert!(view[name].is_null() && view.as_object().unwrap().contains_key(name), "{name}");
    }
    assert_eq!(view["created_at"], view["updated_at"]);
    let read = officer.get("projects/da-nang-1").await.expect(200);
    assert_eq!(read.json(), view);
    assert_eq!(read.etag(), made.etag());
    let again =
        officer.send("GET", "projects/da-nang-1", None, &[("if-none-match", &read.etag())]).await;
    assert_eq!(again.status, 304);
}

#[actix_web::test]
async fn codes_count_within_a_city_and_are_never_given_out_twice() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    assert_eq!(record(&app, &sample("da-nang", "One")).await, "da-nang-1");
    // Two projects of one title in one city are two projects.
    assert_eq!(record(&app, &sample("da-nang", "One")).await, "da-nang-2");
    assert_eq!(record(&app, &sample("ha-noi", "One")).await, "ha-noi-1");
    let last = officer.get("projects/da-nang-2").await.expect(200);
    let gone = officer.delete("projects/da-nang-2", Some(&last.etag())).await.expect(200);
    assert_eq!(gone.json(), last.json());
    officer.get("projects/da-nang-2").await.expect(404);
    assert_eq!(record(&app, &sample("da-nang", "Three")).await, "da-nang-3");
}

#[actix_web::test]
async fn a_project_is_deleted_with_its_parts_unless_something_depends_on_it() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let code = record(&app, &sample("da-nang", "Root")).await;
    let milestone = json!({"title": "Begun", "due_on": "2022-01-01"});
    officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
    let partner = json!({"as_stated": "A bank", "role": "lender", "stage": "idea"});
    officer.post("projects/da-nang-1/partnerships", &partner).await.expect(201);
    let child = with(sample("da-nang", "Child"), json!({"continues": code}));
    let child = record(&app, &child).await;
    assert_eq!(
        actions(&officer, &code).await["delete"],
        json!({"allowed": false, "reason": "another project continues it"})
    );
    let kept = officer.delete("projects/da-nang-1", Some("\"v1\"")).await.expect(409).json();
    assert_eq!(kept["code"], "conflict");
    assert!(kept["detail"].as_str().unwrap().contains("another project continues it"));
    officer.delete(&format!("projects/{child}"), Some("\"v1\"")).await.expect(200);
    assert_eq!(actions(&officer, &code).await["delete"], json!({"allowed": true}));
    officer.delete("projects/da-nang-1", None).await.expect(428);
    officer.delete("projects/da-nang-1", Some("\"v1\"")).await.expect(200);
    officer.get("projects/da-nang-1").await.expect(404);
    officer.get("projects/da-nang-1/milestones").await.expect(404);
}

#[actix_web::test]
async fn an_edit_changes_what_it_names_and_tells_a_stale_one_who_was_first() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = with(
        sample("da-nang", "Smart water"),
        json!({"sectors": ["ict"], "budget": {"amount_minor": 5, "currency": "VND"},
               "location": {"text": "Hòa Vang"}}),
    );
    let first = officer.post("projects", &body).await.expect(201);
    let patch = json!({
        "title": "Smarter water", "budget": {"amount_minor": 7}, "sectors": ["energy", "ict"],
        "location": {"latitude": 16.5, "longitude": 108.25}
    });
    let second = officer.patch("projects/da-nang-1", &patch, Some(&first.etag())).await.expect(200);
    let view = second.json();
    assert_eq!(view["title"], "Smarter water");
    assert_eq!(view["summary"], "What it is about.");
    assert_eq!(view["budget"], json!({"amount_minor": 7, "currency": "VND"}));
    assert_eq!(view["sectors"], json!(["energy", "ict"]));
    assert_eq!(
        view["location"],
        json!({"latitude": 16.5, "longitude": 108.25, "text": "Hòa Vang"})
    );
    assert_eq!(view["version"], 2);

    officer.patch("projects/da-nang-1", &patch, None).await.expect(428);
    for tag in ["*", "W/\"v2\"", "v2", "\"v2", "\"v1\", \"v2\""] {
        let answer = officer.patch("projects/da-nang-1", &patch, Some(tag)).await.expect(412);
        let said = answer.json()["detail"].to_string();
        assert!(said.contains("If-Match names no version"), "{tag} {said}");
    }
    let stale = officer.patch("projects/da-nang-1", &patch, Some(&first.etag())).await;
    let changed = stale.expect(412).json()["changed"].clone();
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["action"], "edit");
    assert_eq!(changed["by"]["name"], "city_officer da-nang");

    // The same again changes nothing, so there is no third version.
    let same = officer.patch("projects/da-nang-1", &patch, Some("\"v2\"")).await.expect(200);
    assert_eq!((same.json(), same.etag()), (second.json(), second.etag()));
    let cleared = json!({"budget": null, "location": null, "sectors": null, "title_local": null});
    let third = officer.patch("projects/da-nang-1", &cleared, Some("\"v2\"")).await.expect(200);
    let view = third.json();
    assert_eq!((&view["budget"], &view["location"]), (&Value::Null, &Value::Null));
    assert_eq!((&view["sectors"], &view["version"]), (&json!([]), &json!(3)));
}

#[actix_web::test]
async fn who_may_do_what_with_a_project_is_said_in_advance() {
    let app = TestApp::spawn().await;
    let code = record(&app, &sample("da-nang", "Smart water")).await;
    let path = format!("projects/{code}");
    let no = json!({"allowed": false, "reason": "your role does not allow this"});
    let yes = json!({"allowed": true});
    assert_eq!(
        actions(&app.officer("da-nang").await, &code).await,
        json!({"edit": yes, "delete": yes, "read_history": yes})
    );
    let patch = json!({"title": "Other"});
    for insider in [app.representative("VN").await, app.secretariat().await] {
        let expected = json!({"edit": no, "delete": no, "read_history": yes});
        assert_eq!(actions(&insider, &code).await, expected);
        insider.patch(&path, &patch, Some("\"v1\"")).await.expect(403);
        insider.delete(&path, Some("\"v1\"")).await.expect(403);
        insider.post("projects", &sample("da-nang", "Mine")).await.expect(403);
    }
    let strangers = [
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ];
    for stranger in &strangers {
        let hidden = stranger.get(&path).await.expect(404).json();
        let missing = stranger.get("projects/da-nang-99").await.expect(404).json();
        assert_eq!(hidden["detail"], missing["detail"]);
        stranger.patch(&path, &patch, Some("\"v1\"")).await.expect(404);
        stranger.delete(&path, Some("\"v1\"")).await.expect(404);
        stranger.get(&format!("{path}/history")).await.expect(404);
    }
    approve(&app, &code, Status::Ongoing, |_| {}).await;
    for stranger in &strangers {
        let expected = json!({"edit": no, "delete": no, "read_history": no});
        assert_eq!(actions(stranger, &code).await, expected);
        // The right is asked for before anybody looks at the body or the precondition.
        stranger.patch(&path, &json!({"nonsense": 1}), None).await.expect(403);
        stranger.delete(&path, None).await.expect(403);
        stranger.get(&format!("{path}/history")).await.expect(403);
    }
    app.officer("ha-noi").await.post("projects", &sample("da-nang", "Mine")).await.expect(403);
    app.anonymous().get(&path).await.expect(401);
    app.anonymous().post("projects", &json!({"nonsense": 1})).await.expect(401);
}

#[actix_web::test]
async fn strangers_read_what_was_approved_and_nothing_typed_since() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let code = record(&app, &sample("da-nang", "Smart water")).await;
    approve(&app, &code, Status::Ongoing, |_| {}).await;
    let reader = app.reader().await;
    let before = reader.get("projects/da-nang-1").await.expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let patch = json!({"title": "Secret plan"});
    officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await.expect(200);
    officer
        .patch("projects/da-nang-1", &json!({"priority": true}), Some("\"v2\""))
        .await
        .expect(200);
    let after = reader.get("projects/da-nang-1").await.expect(200);
    assert_eq!((after.text.as_str(), after.etag()), (before.text.as_str(), before.etag()));
    assert_eq!(after.json()["version"], 1);
    assert_eq!(
        after.json()["latest"],
        json!({"cycle": "me-2025", "status": "ongoing", "percent_complete": 62.5})
    );
    let inside = app.representative("VN").await.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!((&inside["title"], &inside["version"]), (&json!("Secret plan"), &json!(3)));
    assert_eq!(inside["latest"], after.json()["latest"]);
    approve(&app, &code, Status::Completed, |_| {}).await;
    let next = reader.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!((&next["title"], &next["version"]), (&json!("Secret plan"), &json!(2)));
    assert_eq!(next["latest"]["status"], "completed");
}

#[actix_web::test]
async fn projects_recorded_at_once_get_numbers_of_their_own() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = sample("da-nang", "At once");
    let made =
        futures_util::future::join_all((0..12).map(|_| officer.post("projects", &body))).await;
    let mut codes: Vec<String> = made
        .into_iter()
        .map(|answered| answered.expect(201).json()["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 12);
}

#[actix_web::test]
async fn edits_of_one_version_at_once_are_made_once() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    record(&app, &sample("da-nang", "At once")).await;
    let patches: Vec<Value> = (0..8).map(|n| json!({"title": format!("Title {n}")})).collect();
    let edits = patches.iter().map(|p| officer.patch("projects/da-nang-1", p, Some("\"v1\"")));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["version"], 2);
}

#[actix_web::test]
async fn a_project_with_a_report_is_not_deleted() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let project = officer.get("projects/da-nang-1").await.expect(200);
    assert_eq!(
        project.json()["allowed_actions"]["delete"],
        json!({"allowed": false, "reason": "it has a report"})
    );
    let problem =
        officer.delete("projects/da-nang-1", Some(&project.etag())).await.expect(409).json();
    assert!(problem["detail"].as_str().unwrap().contains("it has a report"));
    let history = officer.get("projects/da-nang-1/history").await.expect(200).json();
    assert_eq!(history["items"].as_array().unwrap().last().unwrap()["actor"], Value::Null);
}
