//! The journal: who reads what of it, and that nothing can be written past it.

use ascn_tracker::store::{StoreError, journal as rows, users};
use serde_json::{Value, json};

use crate::helpers::{TestApp, TestResponse};

mod hash_vectors;
mod tamper_detection;

async fn journal_head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()
}

async fn verify_journal(app: &TestApp, query: &str) -> Value {
    app.secretariat().await.get(&format!("journal/verify{query}")).await.expect(200).json()
}

#[actix_web::test]
async fn demo_journal_contains_no_names_addresses_or_secrets() {
    let app = TestApp::demo().await;
    app.insert_user("Nguyen Thi Example", &[]).await;
    let kept = app
        .state
        .db
        .read(|c| rows::list_after(c, 0, 100_000))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    let text: String = kept
        .iter()
        .flat_map(|r| [Some(r.key.as_str()), r.reason.as_deref(), r.record.as_deref()])
        .flatten()
        .collect();
    for forbidden in ["Nguyen Thi Example", "@test.example", "@demo.example", "argon2", "password"]
    {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
}

// Nothing past it -----------------------------------------------------------------------------------------------------

#[actix_web::test]
async fn write_without_changes_needs_no_journal_entry() {
    let app = TestApp::spawn().await;
    let (id, _) = app.insert_user("somebody", &[]).await;
    let before = journal_head(&app).await;
    // Directly after writes on the same connection: what those changed is not held against this one.
    for _ in 0..3 {
        app.state
            .db
            .write(move |tx| users::find(tx.conn(), ascn_tracker::domain::id::Id::new(id)))
            .await
            .unwrap();
    }
    assert_eq!(journal_head(&app).await, before);
}

// Who reads it --------------------------------------------------------------------------------------------------------

async fn list_entries(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.secretariat().await.get(&format!("journal{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn journal_content_is_shown_to_secretariat_and_hidden_from_administrator() {
    let app = TestApp::spawn().await;
    app.secretariat().await;
    let path = "journal?entity=grant&limit=1";
    let full = app.secretariat().await.get(path).await.expect(200).json();
    assert_eq!(full["items"][0]["record"]["role"], "secretariat");
    assert_eq!(full["items"][0]["record_sha256"].as_str().unwrap().len(), 64);
    let bare = app.administrator().await.get(path).await.expect(200).json();
    let entry = &bare["items"][0];
    for hidden in ["reason", "record", "record_sha256"] {
        assert!(entry[hidden].is_null(), "{hidden}: {entry}");
    }
    for shown in ["seq", "at", "entity", "key", "version", "action", "hash", "previous_hash"] {
        assert!(!entry[shown].is_null(), "{shown}: {entry}");
    }
    for caller in [app.officer("da-nang").await, app.representative("VN").await, app.reader().await]
    {
        for path in ["journal", "journal/head", "journal/verify"] {
            caller.get(path).await.expect(403);
        }
    }
}

#[actix_web::test]
async fn journal_is_paginated_newest_first() {
    let app = TestApp::spawn().await;
    let head = journal_head(&app).await["seq"].as_i64().unwrap();
    let mut seen = Vec::new();
    let mut path = "journal?limit=20".to_owned();
    loop {
        let page = app.secretariat().await.get(&path).await.expect(200).json();
        assert_eq!(page["total"], head);
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| e["seq"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(cursor) => path = format!("journal?limit=20&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, (1..=head).rev().collect::<Vec<i64>>());
}

#[actix_web::test]
async fn journal_is_filtered_by_entity_key_actor_and_time() {
    let app = TestApp::spawn().await;
    let all = list_entries(&app, "?entity=country&limit=1000").await;
    assert!(!all.is_empty() && all.iter().all(|e| e["entity"] == "country"));
    let both = list_entries(&app, "?entity=country&entity=city&key=VN&key=da-nang").await;
    assert_eq!(both.len(), 2);
    let (id, token) = app
        .insert_user(
            "admin two",
            &[(
                ascn_tracker::domain::user::Role::Administrator,
                ascn_tracker::domain::user::Scope::Network,
            )],
        )
        .await;
    let invited = json!({ "email": "new@test.example", "name": "New", "grants": [] });
    app.clock.advance(chrono::TimeDelta::minutes(10));
    app.bearer(&token).post("users", &invited).await.expect(201);
    let by = list_entries(&app, &format!("?actor={id}")).await;
    assert_eq!(by.len(), 1);
    assert_eq!(by[0]["actor"], json!({ "id": id, "name": "admin two" }));
    assert_eq!(list_entries(&app, "?at_gte=2026-11-20T03:05:00Z").await.len(), 1);
    assert_eq!(list_entries(&app, "?at_lte=2026-11-20T02:00:00Z").await.len(), 0);
}

#[actix_web::test]
async fn journal_with_invalid_parameters_is_400_naming_them() {
    let app = TestApp::spawn().await;
    for (query, parameter) in [
        ("journal?entity=citty", "entity"),
        ("journal?actor=me", "actor"),
        ("journal?at_gte=2026-11-20", "at_gte"),
        ("journal?at_lte=soon", "at_lte"),
        ("journal?limit=0", "limit"),
        ("journal?cursor=nonsense", "cursor"),
        ("journal?reason=x", "reason"),
        ("journal/verify?seq=1", "hash"),
        ("journal/verify?hash=00", "seq"),
        ("journal/verify?seq=1&hash=00", "hash"),
        ("journal/verify?seq=-1&hash=00", "seq"),
        ("journal/head?seq=1", "seq"),
    ] {
        let refused: TestResponse = app.secretariat().await.get(query).await.expect(400);
        assert_eq!(refused.json()["errors"][0]["parameter"], parameter, "{query}");
    }
}
