//! What each role reads of the parts of a project.

use ascn_tracker::domain::report::ProjectStatus;
use serde_json::{Value, json};

use super::{create_part, list_parts, part_bodies, spawn_with_project};
use crate::{
    helpers::{Caller, TestApp},
    projects::insert_approved_copy,
};

/// A part as its officer made it.
struct CreatedPart {
    kind: &'static str,
    path: String,
    view: Value,
}

/// Records a part of each kind.
async fn create_part_of_each_kind(app: &TestApp) -> Vec<CreatedPart> {
    let officer = app.officer("da-nang").await;
    let mut parts = Vec::new();
    for (kind, body) in part_bodies() {
        let (made, path) = create_part(&officer, kind, &body).await;
        parts.push(CreatedPart { kind, path, view: made.json() });
    }
    parts
}

async fn stranger_callers(app: &TestApp) -> [Caller<'_>; 3] {
    [app.officer("ha-noi").await, app.administrator().await, app.reader().await]
}

#[actix_web::test]
async fn parts_of_an_unapproved_project_are_404_for_strangers() {
    let app = spawn_with_project().await;
    let parts = create_part_of_each_kind(&app).await;
    for CreatedPart { kind, path, .. } in &parts {
        for stranger in stranger_callers(&app).await {
            stranger.get(path).await.expect(404);
            stranger.get(&format!("projects/da-nang-1/{kind}")).await.expect(404);
            stranger.post(&format!("projects/da-nang-1/{kind}"), &json!({})).await.expect(404);
            stranger.delete(path, None).await.expect(404);
        }
        app.anonymous().get(path).await.expect(401);
    }
}

#[actix_web::test]
async fn representative_and_secretariat_read_parts_and_cannot_change_them() {
    let app = spawn_with_project().await;
    let parts = create_part_of_each_kind(&app).await;
    for insider in [app.representative("VN").await, app.secretariat().await] {
        for CreatedPart { kind, path, view } in &parts {
            assert_eq!(insider.get(path).await.expect(200).json(), *view);
            insider.post(&format!("projects/da-nang-1/{kind}"), &json!({"x": 1})).await.expect(403);
            insider.patch(path, &json!({"x": 1}), None).await.expect(403);
            insider.delete(path, None).await.expect(403);
        }
    }
}

#[actix_web::test]
async fn strangers_read_approved_parts_and_not_later_ones() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let parts = create_part_of_each_kind(&app).await;
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    for CreatedPart { kind, path, view } in &parts {
        officer.delete(path, Some("\"v1\"")).await.expect(200);
        let (_, mut later) = part_bodies().into_iter().find(|(k, _)| k == kind).unwrap();
        match *kind {
            "milestones" => later["title"] = json!("Typed later"),
            "indicators" => later["name"] = json!("Typed later"),
            _ => {}
        }
        let (_, later) = create_part(&officer, kind, &later).await;
        for stranger in stranger_callers(&app).await {
            assert_eq!(list_parts(&stranger, kind).await, std::slice::from_ref(view));
            assert_eq!(stranger.get(path).await.expect(200).json(), *view);
            stranger.get(&later).await.expect(404);
            stranger.patch(path, &json!({"x": 1}), None).await.expect(403);
            stranger.patch(&later, &json!({"x": 1}), None).await.expect(404);
        }
        officer.get(path).await.expect(404);
    }
}
