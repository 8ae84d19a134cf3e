//! How the uses of a share are counted.

use ascn_tracker::domain::user::{Role, Scope};
use chrono::TimeDelta;
use serde_json::json;

use super::create_share;
use crate::helpers::TestApp;

#[actix_web::test]
async fn share_uses_are_counted_without_a_new_version() {
    let app = TestApp::demo().await;
    let (id, address) = create_share(&app, "/api/v1/releases/latest", "json").await;
    let path = format!("shares/{id}");
    for _ in 0..3 {
        app.anonymous().get(&address).await.expect(200);
    }
    let secretariat = app.secretariat().await;
    assert_eq!(secretariat.get(&path).await.expect(200).json()["uses"], 3);
    app.clock.advance(TimeDelta::days(2));
    app.anonymous().send("HEAD", &address, None, &[]).await.expect(200);
    // A refusal is no use.
    app.anonymous().get(&format!("{address}?x=1")).await.expect(400);
    let (_, token) = app.insert_user("late", &[(Role::Secretariat, Scope::Network)]).await;
    let used = app.bearer(&token).get(&path).await;
    insta::assert_snapshot!(used.show_members(&["uses", "last_used_on", "version"]), @r#"
    200
    uses: 4
    last_used_on: "2026-11-22"
    version: 1
    "#);
}

#[actix_web::test]
async fn revoked_share_is_404_on_every_instance_and_uses_are_summed() {
    let app = TestApp::demo().await;
    let other = app.spawn_second_instance().await;
    let (id, address) = create_share(&app, "/api/v1/releases/latest", "json").await;
    let path = format!("shares/{id}");
    let secretariat = app.secretariat().await;
    for instance in [&app, &other, &other] {
        instance.anonymous().get(&address).await.expect(200);
    }
    assert_eq!(secretariat.get(&path).await.expect(200).json()["uses"], 1);
    // The other one writes its own down with the first use after a minute.
    app.clock.advance(TimeDelta::minutes(1));
    other.anonymous().get(&address).await.expect(200);
    let mut uses = json!(1);
    for _ in 0..200 {
        uses = secretariat.get(&path).await.expect(200).json()["uses"].clone();
        if uses == 4 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(uses, 4);
    secretariat.delete(&path, None).await.expect(200);
    for instance in [&app, &other] {
        instance.anonymous().get(&address).await.expect(404);
    }
}
