//! The history of a project with its parts, as those who work on it read it.

use ascn_tracker::domain::report::ProjectStatus;
use serde_json::{Value, json};

use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::{Caller, TestApp},
    projects::{create_project, insert_approved_copy, project_body},
};

async fn read_history(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("projects/da-nang-1/history{query}")).await.expect(200).json()
}

/// A service with ten projects of Da Nang: `da-nang-1` was created, got a milestone that was edited and deleted, was renamed
/// in between, and has an approved copy.
async fn spawn_with_changed_project() -> TestApp {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    // The code of the tenth begins like that of the first.
    for n in 2..=10 {
        create_project(&app, &project_body("da-nang", &format!("Neighbour {n}"))).await;
    }
    let body = json!({"title": "Begun", "due_on": "2022-01-01"});
    officer.post("projects/da-nang-10/milestones", &body).await.expect(201);
    let made = officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
    let milestone = made.header("location").unwrap().to_owned();
    officer.patch(&milestone, &json!({"weight": 2}), Some("\"v1\"")).await.expect(200);
    let renamed = json!({"title": "Waters"});
    officer.patch("projects/da-nang-1", &renamed, Some("\"v1\"")).await.expect(200);
    officer.delete(&milestone, Some("\"v2\"")).await.expect(200);
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    app
}

#[actix_web::test]
async fn project_history_lists_changes_of_the_project_and_its_parts_newest_first() {
    let app = spawn_with_changed_project().await;
    let list = read_history(&app.officer("da-nang").await, "").await;
    let members = ["entity", "key", "action", "version", "actor/name", "acting_for", "reason"];
    insta::assert_snapshot!(show_items(&list["items"], &members), @"
    milestone da-nang-1/[id] delete 3 city_officer da-nang null null
    project da-nang-1 edit 2 city_officer da-nang null null
    milestone da-nang-1/[id] edit 2 city_officer da-nang null null
    milestone da-nang-1/[id] create 1 city_officer da-nang null null
    project da-nang-1 create 1 city_officer da-nang null null
    ");
    assert_eq!(list["total"], 5);
}

#[actix_web::test]
async fn project_history_shows_the_record_without_names_and_null_after_a_deletion() {
    let app = spawn_with_changed_project().await;
    let list = read_history(&app.officer("da-nang").await, "").await;
    let members = ["items/0/action", "items/0/record", "items/1/action", "items/1/record/title"];
    insta::assert_snapshot!(show_members(&list, &members), @r#"
    items/0/action: "delete"
    items/0/record: null
    items/1/action: "edit"
    items/1/record/title: "Waters"
    "#);
    assert!(!list["items"][1]["record"].to_string().contains("city_officer"));
}

/// A service with the project `da-nang-1`, which has five versions.
async fn spawn_with_five_versions() -> TestApp {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Title 1")).await;
    for version in 1..=4 {
        let patch = json!({"title": format!("Title {}", version + 1)});
        let tag = format!("\"v{version}\"");
        officer.patch("projects/da-nang-1", &patch, Some(&tag)).await.expect(200);
    }
    app
}

/// The query that continues after a page.
fn next_query(page: &Value) -> String {
    format!("?limit=2&cursor={}", page["next"].as_str().unwrap())
}

#[actix_web::test]
async fn project_history_pages_are_stable_while_it_grows() {
    let app = spawn_with_five_versions().await;
    let officer = app.officer("da-nang").await;
    let versions = |page: &Value| show_items(&page["items"], &["version"]).replace('\n', " ");
    let first = read_history(&officer, "?limit=2").await;
    assert_eq!((&*versions(&first), &first["total"]), ("5 4", &json!(5)));
    let patch = json!({"priority": true});
    officer.patch("projects/da-nang-1", &patch, Some("\"v5\"")).await.expect(200);
    let second = read_history(&officer, &next_query(&first)).await;
    assert_eq!(versions(&second), "3 2");
    let third = read_history(&officer, &next_query(&second)).await;
    assert_eq!((&*versions(&third), &third["next"]), ("1", &Value::Null));
}

#[actix_web::test]
async fn project_history_with_invalid_parameters_or_cursor_of_another_project_is_400() {
    let app = spawn_with_five_versions().await;
    let officer = app.officer("da-nang").await;
    officer.get("projects/da-nang-1/history?limit=0").await.expect(400);
    officer.get("projects/da-nang-1/history?sort=at").await.expect(400);
    create_project(&app, &project_body("da-nang", "Other")).await;
    let first = read_history(&officer, "?limit=2").await;
    let other = format!("projects/da-nang-2/history{}", next_query(&first));
    officer.get(&other).await.expect(400);
}

#[actix_web::test]
async fn project_history_is_403_for_strangers() {
    let app = TestApp::spawn().await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    for insider in [app.representative("VN").await, app.secretariat().await] {
        assert_eq!(read_history(&insider, "").await["total"], 1);
    }
    for stranger in [
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ] {
        stranger.get("projects/da-nang-1/history").await.expect(403);
    }
    app.anonymous().get("projects/da-nang-1/history").await.expect(401);
    app.secretariat().await.get("projects/da-nang-9/history").await.expect(404);
}
