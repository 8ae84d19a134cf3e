//! The history of a project with its parts, as those who work on it read it.

use ascn_tracker::domain::report::Status;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    projects::{create_project, insert_approved_copy, project_body},
};

async fn read_history(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("projects/da-nang-1/history{query}")).await.expect(200).json()
}

#[actix_web::test]
async fn project_history_lists_changes_newest_first() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    // Neighbours whose keys begin alike.
    for n in 2..=10 {
        create_project(&app, &project_body("da-nang", &format!("Neighbour {n}"))).await;
    }
    let body = json!({"title": "Begun", "due_on": "2022-01-01"});
    officer.post("projects/da-nang-10/milestones", &body).await.expect(201);
    let made = officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
    let at = made.header("location").unwrap().to_owned();
    officer.patch(&at, &json!({"weight": 2}), Some("\"v1\"")).await.expect(200);
    officer
        .patch("projects/da-nang-1", &json!({"title": "Waters"}), Some("\"v1\""))
        .await
        .expect(200);
    officer.delete(&at, Some("\"v2\"")).await.expect(200);
    insert_approved_copy(&app, "da-nang-1", Status::Ongoing, |_| {}).await;

    let list = read_history(&officer, "").await;
    let told: Vec<(&str, &str, i64)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| {
            (
                i["entity"].as_str().unwrap(),
                i["action"].as_str().unwrap(),
                i["version"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("milestone", "delete", 3),
            ("project", "edit", 2),
            ("milestone", "edit", 2),
            ("milestone", "create", 1),
            ("project", "create", 1)
        ]
    );
    assert_eq!(list["total"], 5);
    let items = &list["items"];
    assert_eq!(items[0]["record"], Value::Null);
    assert_eq!(items[1]["record"]["title"], "Waters");
    assert_eq!(items[1]["key"], "da-nang-1");
    assert!(items[2]["key"].as_str().unwrap().starts_with("da-nang-1/"));
    for item in items.as_array().unwrap() {
        assert_eq!(item["actor"]["name"], "city_officer da-nang");
        assert_eq!((&item["acting_for"], &item["reason"]), (&Value::Null, &Value::Null));
    }
    // Nobody's name is in the record itself.
    assert!(!items[1]["record"].to_string().contains("city_officer"));
}

#[actix_web::test]
async fn project_history_pages_are_stable_while_it_grows() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Title 1")).await;
    for version in 1..=4 {
        let patch = json!({"title": format!("Title {}", version + 1)});
        let tag = format!("\"v{version}\"");
        officer.patch("projects/da-nang-1", &patch, Some(&tag)).await.expect(200);
    }
    let versions = |page: &Value| -> Vec<i64> {
        page["items"].as_array().unwrap().iter().map(|i| i["version"].as_i64().unwrap()).collect()
    };
    let first = read_history(&officer, "?limit=2").await;
    assert_eq!((versions(&first), &first["total"]), (vec![5, 4], &json!(5)));
    officer
        .patch("projects/da-nang-1", &json!({"priority": true}), Some("\"v5\""))
        .await
        .expect(200);
    let next = |page: &Value| format!("?limit=2&cursor={}", page["next"].as_str().unwrap());
    let second = read_history(&officer, &next(&first)).await;
    assert_eq!(versions(&second), [3, 2]);
    let third = read_history(&officer, &next(&second)).await;
    assert_eq!((versions(&third), &third["next"]), (vec![1], &Value::Null));
    officer.get("projects/da-nang-1/history?limit=0").await.expect(400);
    officer.get("projects/da-nang-1/history?sort=at").await.expect(400);
    create_project(&app, &project_body("da-nang", "Other")).await;
    let other = format!("projects/da-nang-2/history{}", next(&first));
    officer.get(&other).await.expect(400);
}

#[actix_web::test]
async fn project_history_is_403_for_strangers() {
    let app = TestApp::spawn().await;
    create_project(&app, &project_body("da-nang", "Water")).await;
    insert_approved_copy(&app, "da-nang-1", Status::Ongoing, |_| {}).await;
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
