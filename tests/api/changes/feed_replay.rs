//! A replay of the feed gives the public records, and nothing else.

use std::collections::BTreeMap;

use ascn_tracker::{
    domain::{reference::Partner, value::Slug},
    store::{Change, StoreError, fixtures, reference},
};
use serde_json::{Value, json};

use super::read_whole_feed;
use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::TestApp,
    hidden_edits,
    report_fixtures::{file_and_approve, spawn_with_open_cycle},
};

/// Records by kind and key.
type Records = BTreeMap<(String, String), Value>;

/// Replays the feed: the result is the last record of each key that was not removed.
fn replay_feed(feed: &[Value]) -> Records {
    let mut all = BTreeMap::new();
    for item in feed {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        let key = (text("entity"), text("key"));
        if item["action"] == "removed" {
            assert_eq!((&item["record"], &item["href"]), (&Value::Null, &Value::Null));
            assert!(all.remove(&key).is_some(), "{item}");
        } else {
            all.insert(key, item["record"].clone());
        }
    }
    all
}

/// The demo after an officer's work: a milestone, an edited project and an approved report.
async fn spawn_with_approved_work() -> TestApp {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let milestone = json!({ "title": "Depot opens", "due_on": "2024-06-30" });
    officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
    // Fields that the import left open.
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let dates = json!({ "starts_on": "2019-01-01", "ends_on": "2025-12-31",
                        "focus_area": "built-infrastructure", "sub_area": null });
    officer.patch("projects/da-nang-1", &dates, Some(&etag)).await.expect(200);
    file_and_approve(&app, "da-nang-1").await;
    app
}

/// The records of one kind after a replay, by key.
fn records_of<'a>(state: &'a Records, entity: &str) -> Vec<(&'a str, &'a Value)> {
    let own = state.iter().filter(|((e, _), _)| e == entity);
    own.map(|((_, key), record)| (key.as_str(), record)).collect()
}

#[actix_web::test]
async fn feed_numbers_are_consecutive() {
    let app = spawn_with_approved_work().await;
    let feed = read_whole_feed(&app.reader().await, 97).await;
    let numbers: Vec<i64> = feed.iter().map(|i| i["feed"].as_i64().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=i64::try_from(feed.len()).unwrap()));
}

#[actix_web::test]
async fn feed_replay_equals_the_public_reports_and_projects() {
    let app = spawn_with_approved_work().await;
    let reader = app.reader().await;
    let state = replay_feed(&read_whole_feed(&reader, 97).await);
    let reports = reader.get("reports?limit=1000").await.expect(200).json();
    assert_eq!(records_of(&state, "report").len(), reports["items"].as_array().unwrap().len());
    assert_eq!(reports["total"], 406);
    let projects = reader.get("projects?limit=1000").await.expect(200).json();
    assert_eq!(records_of(&state, "project").len(), projects["items"].as_array().unwrap().len());
    for entity in ["report", "project"] {
        // Every twentieth, and those that a person wrote.
        for (i, (key, record)) in records_of(&state, entity).into_iter().enumerate() {
            if i % 20 == 0 || key.starts_with("da-nang-1") {
                let path = match key.split_once('/') {
                    Some((project, cycle)) => format!("projects/{project}/reports/{cycle}"),
                    None => format!("projects/{key}"),
                };
                let read = reader.get(&path).await.expect(200).json();
                for (name, value) in record.as_object().unwrap() {
                    // The parts of a project have lists of their own.
                    let own = entity == "project" && value.is_array() && read.get(name).is_none();
                    assert!(own || &read[name] == value, "{path} {name}: {value} {}", read[name]);
                }
            }
        }
    }
}

#[actix_web::test]
async fn feed_replay_equals_the_public_lists_of_reference_data() {
    let app = spawn_with_approved_work().await;
    let reader = app.reader().await;
    let state = replay_feed(&read_whole_feed(&reader, 97).await);
    for (entity, lists) in [
        ("cycle", "cycles"),
        ("city", "cities?limit=1000"),
        ("partner", "partners?limit=1000"),
        ("country", "countries"),
        ("plan_cycle", "plan-cycles"),
        ("release", "releases"),
    ] {
        let items = reader.get(lists).await.expect(200).json();
        let items = items["items"].as_array().unwrap();
        let records = records_of(&state, entity);
        assert_eq!(records.len(), items.len(), "{entity}");
        for (key, record) in records {
            let is_named = |i: &&Value| {
                ["slug", "code", "release", "cycle"].iter().any(|name| i[*name] == key)
            };
            let item = items.iter().find(is_named).unwrap();
            for (name, value) in record.as_object().unwrap() {
                assert_eq!(&item[name], value, "{entity} {key} {name}");
            }
        }
    }
}

#[actix_web::test]
async fn every_feed_item_href_is_readable() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let feed = read_whole_feed(&reader, 1000).await;
    let mut seen = BTreeMap::new();
    for item in &feed {
        seen.entry(item["entity"].as_str().unwrap()).or_insert(item);
    }
    assert_eq!(seen.len(), 10, "{:?}", seen.keys());
    for (entity, item) in seen {
        reader.get(item["href"].as_str().unwrap()).await.expect(200);
        let members: Vec<&String> = item.as_object().unwrap().keys().collect();
        let told = ["action", "at", "entity", "feed", "href", "key", "record", "version"]
            .map(str::to_owned);
        assert!(members.into_iter().eq(&told), "{entity}: {item}");
    }
}

/// A release without what is its own in each database; of the journal it tells nothing.
fn remove_database_specific_values(mut item: Value) -> Value {
    if item["entity"] == "release" {
        let record = item["record"].as_object_mut().unwrap();
        assert!(!record.contains_key("seq") && !record.contains_key("journal_hash"));
        // It is that of a content in which identifiers stand.
        assert!(record.insert("sha256".to_owned(), Value::Null).is_some_and(|v| v.is_string()));
    }
    hidden_edits::without_identifiers(item)
}

/// The feed of a public history, without what is its own in each database; and how many rows the journal has.
async fn read_feed_of_public_history(with_hidden_edits: bool) -> (Vec<Value>, i64) {
    let app = hidden_edits::spawn_with_public_releases().await;
    hidden_edits::run_public_history(&app, with_hidden_edits).await;
    let feed = read_whole_feed(&app.reader().await, 50).await;
    let text = serde_json::to_string(&feed).unwrap();
    assert!(!text.to_lowercase().contains("hush"), "{text}");
    (feed.into_iter().map(remove_database_specific_values).collect(), app.state.heads.seq())
}

#[actix_web::test]
async fn feed_does_not_depend_on_hidden_history() {
    let (plain, few) = read_feed_of_public_history(false).await;
    let (with_hidden, many) = read_feed_of_public_history(true).await;
    assert!(many > few + 50, "{few} {many}");
    assert_eq!(plain.len(), with_hidden.len());
    for (a, b) in plain.iter().zip(&with_hidden) {
        assert_eq!(a, b);
    }
}

#[actix_web::test]
async fn feed_has_a_version_for_each_approval_and_an_item_for_each_release() {
    let (feed, _) = read_feed_of_public_history(false).await;
    let is_approval = |i: &&Value| i["action"] == "approved" && i["entity"] == "report";
    let approvals: Value = feed.iter().filter(is_approval).cloned().collect();
    insta::assert_snapshot!(show_items(&approvals, &["key", "version"]), @"
    da-nang-1/me-2026 1
    da-nang-1/me-2026 2
    ");
    for item in approvals.as_array().unwrap() {
        // A part has the version of the approved copy that contains it.
        for list in ["milestones", "indicators", "partnerships"] {
            assert_eq!(item["record"]["header"][list][0]["version"], item["version"], "{item}");
        }
    }
    let releases: Value = feed.iter().filter(|i| i["entity"] == "release").cloned().collect();
    insta::assert_snapshot!(show_items(&releases, &["key"]), @"
    me-2026-r1
    me-2026-r2
    ");
}

#[actix_web::test]
async fn removed_record_leaves_a_tombstone_in_the_feed() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let before = replay_feed(&read_whole_feed(&reader, 1000).await);
    let slug = Slug::parse("world-bank").unwrap();
    let removed = move |tx: &mut ascn_tracker::store::Tx<'_>| -> Result<Partner, StoreError> {
        let partner = reference::find_partner(tx.conn(), &slug)?.unwrap();
        fixtures::remove_record(
            tx,
            &partner,
            Change::with_reason("delete", Some("A hushed reason.".into())),
        )?;
        Ok(partner)
    };
    app.state.db.write(removed).await.unwrap();
    let feed = read_whole_feed(&reader, 1000).await;
    let last = feed.last().unwrap();
    insta::assert_snapshot!(show_members(last, &["entity", "key", "action", "record"]), @r#"
    entity: "partner"
    key: "world-bank"
    action: "removed"
    record: null
    "#);
    assert!(!last.to_string().contains("hush"));
    let after = replay_feed(&feed);
    assert_eq!(after.len() + 1, before.len());
}

#[actix_web::test]
async fn feed_page_is_cached_until_the_feed_head_changes() {
    let app = spawn_with_open_cycle().await;
    let reader = app.reader().await;
    let first = reader.get("changes").await.expect(200);
    let hits = || app.state.cache.measure_usage().hits;
    let before = hits();
    app.officer("da-nang").await.write_complete_report("da-nang-1").await;
    let tag = first.etag();
    let again = reader.send("GET", "changes", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, hits() > before), (304, true));
    // The page states the head of the feed, which an approval moves.
    app.officer("da-nang").await.take_transition("da-nang-1", "submit").await.expect(200);
    assert_eq!(reader.get("changes").await.etag(), tag);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    assert_ne!(reader.get("changes").await.etag(), tag);
}
