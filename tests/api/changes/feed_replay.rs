//! Replayed, the feed is what everybody reads; and it tells nothing else.

use std::collections::BTreeMap;

use ascn_tracker::{
    domain::{reference::Partner, value::Slug},
    store::{Change, StoreError, fixtures, reference},
};
use serde_json::{Value, json};

use super::read_whole_feed;
use crate::{
    helpers::TestApp,
    hidden_edits,
    report_fixtures::{file_and_approve, spawn_with_open_cycle},
};

/// What a replay leaves: the last record of each key.
fn replay_feed(feed: &[Value]) -> BTreeMap<(String, String), Value> {
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

#[actix_web::test]
async fn feed_replay_equals_the_public_records() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let milestone = json!({ "title": "Depot opens", "due_on": "2024-06-30" });
    officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
    // A field that the import left open.
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let dates = json!({ "starts_on": "2019-01-01", "ends_on": "2025-12-31",
                        "focus_area": "built-infrastructure", "sub_area": null });
    officer.patch("projects/da-nang-1", &dates, Some(&etag)).await.expect(200);
    file_and_approve(&app, "da-nang-1").await;
    let reader = app.reader().await;
    let feed = read_whole_feed(&reader, 97).await;
    let numbers: Vec<i64> = feed.iter().map(|i| i["feed"].as_i64().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=i64::try_from(feed.len()).unwrap()));
    let state = replay_feed(&feed);
    let of = |entity: &'static str| state.iter().filter(move |((e, _), _)| e == entity);

    let list = reader.get("reports?limit=1000").await.expect(200).json();
    assert_eq!(of("report").count(), list["items"].as_array().unwrap().len());
    assert_eq!(list["total"], 406);
    let projects = reader.get("projects?limit=1000").await.expect(200).json();
    assert_eq!(of("project").count(), projects["items"].as_array().unwrap().len());
    for entity in ["report", "project"] {
        // Every twentieth, and those that a person wrote.
        for (i, ((_, key), record)) in of(entity).enumerate() {
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
        assert_eq!(of(entity).count(), items.len(), "{entity}");
        for ((_, key), record) in of(entity) {
            let names = |i: &&Value| {
                ["slug", "code", "release", "cycle"].iter().any(|name| i[*name] == key.as_str())
            };
            let item = items.iter().find(names).unwrap();
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

#[actix_web::test]
async fn feed_does_not_depend_on_hidden_history() {
    let mut feeds = Vec::new();
    for hidden in [false, true] {
        let app = hidden_edits::spawn_with_public_releases().await;
        hidden_edits::run_public_history(&app, hidden).await;
        let reader = app.reader().await;
        let feed = read_whole_feed(&reader, 50).await;
        let text = serde_json::to_string(&feed).unwrap();
        assert!(!text.to_lowercase().contains("hush"), "{text}");
        let feed: Vec<Value> = feed.into_iter().map(remove_database_specific_values).collect();
        feeds.push((feed, app.state.heads.seq()));
    }
    let [(plain, few), (with_hidden, many)] = feeds.try_into().unwrap();
    assert!(many > few + 50, "{few} {many}");
    assert_eq!(plain.len(), with_hidden.len());
    for (a, b) in plain.iter().zip(&with_hidden) {
        assert_eq!(a, b);
    }
    let approvals: Vec<i64> = plain
        .iter()
        .filter(|i| i["action"] == "approved" && i["entity"] == "report")
        .map(|i| {
            // A part bears the version of the copy that it is in.
            let version = i["version"].as_i64().unwrap();
            for list in ["milestones", "indicators", "partnerships"] {
                assert_eq!(i["record"]["header"][list][0]["version"], version, "{i}");
            }
            version
        })
        .collect();
    assert_eq!(approvals, [1, 2]);
    let releases: Vec<&Value> =
        plain.iter().filter(|i| i["entity"] == "release").map(|i| &i["key"]).collect();
    assert_eq!(releases, ["me-2026-r1", "me-2026-r2"]);
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
    let told = (&last["entity"], &last["key"], &last["action"]);
    assert_eq!(told, (&json!("partner"), &json!("world-bank"), &json!("removed")));
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
    // The head is in it: an approval makes it another answer.
    app.officer("da-nang").await.take_transition("da-nang-1", "submit").await.expect(200);
    assert_eq!(reader.get("changes").await.etag(), tag);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    assert_ne!(reader.get("changes").await.etag(), tag);
}
