//! Replayed, the feed is what everybody reads; and it tells nothing else.

use std::collections::BTreeMap;

use ascn_tracker::{
    domain::{reference::Partner, user::Role, value::Slug},
    store::{Change, StoreError, reference},
};
use serde_json::{Value, json};

use super::whole;
use crate::{
    filing::{CYCLE, approve, da_nang, desk, project, ready, report},
    helpers::TestApp,
};

/// What a replay leaves: the last record of each key.
fn replayed(feed: &[Value]) -> BTreeMap<(String, String), Value> {
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

/// Takes the versions of parts out of a record of the API: the feed does not tell them.
fn without_part_versions(mut record: Value) -> Value {
    for header in ["", "/header"] {
        for list in ["milestones", "indicators", "partnerships"] {
            let parts = record.pointer_mut(&format!("{header}/{list}"));
            for part in parts.and_then(Value::as_array_mut).into_iter().flatten() {
                part.as_object_mut().unwrap().remove("version");
            }
        }
    }
    record
}

#[actix_web::test]
async fn a_replay_from_the_first_change_is_what_everybody_reads() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let milestone = json!({ "title": "Depot opens", "due_on": "2024-06-30" });
    officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
    // A field that the import left open.
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let dates = json!({ "starts_on": "2019-01-01", "ends_on": "2025-12-31",
                        "focus_area": "built-infrastructure", "sub_area": null });
    officer.patch("projects/da-nang-1", &dates, Some(&etag)).await.expect(200);
    approve(&app, "da-nang-1").await;
    let reader = app.reader().await;
    let feed = whole(&reader, 97).await;
    let numbers: Vec<i64> = feed.iter().map(|i| i["feed"].as_i64().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=i64::try_from(feed.len()).unwrap()));
    let state = replayed(&feed);
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
                let read = without_part_versions(reader.get(&path).await.expect(200).json());
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
async fn every_change_leads_to_where_it_is_read() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let feed = whole(&reader, 1000).await;
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

/// Does in public what both databases of the comparison have in common; between the acts, `hidden` does what it likes.
async fn history(app: &TestApp, hidden: bool) {
    let secretariat = app.secretariat().await;
    let turn = async |to: &str| {
        let path = format!("cycles/{CYCLE}/{to}");
        secretariat.send("POST", &path, None, &[]).await.expect(200);
    };
    for round in 1..=2 {
        if hidden {
            hide(app, round).await;
        }
        app.clock.set("2026-11-20T03:05:00Z".parse().unwrap());
        approve(app, "da-nang-1").await;
        let types = secretariat.get("partner-types").await.json();
        let kind = &types["items"][0]["type"];
        let body = json!({ "slug": format!("fund-{round}"), "name": "A fund", "type": kind });
        secretariat.post("partners", &body).await.expect(201);
        turn("close").await;
        secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
        turn("open").await;
        let representative = app.representative("VN").await;
        representative.act_because("da-nang-1", "reopen", "A sum is wrong.").await.expect(200);
    }
}

/// A lot that nobody may hear of: drafts, edits that come to nothing, returns, comments, extensions, people.
async fn hide(app: &TestApp, round: u32) {
    let officer = app.officer("da-nang").await;
    let representative = app.representative("VN").await;
    let path = "projects/da-nang-1";
    let milestone = json!({ "title": format!("Hush {round}"), "due_on": "2024-06-30" });
    let made = officer.post(&format!("{path}/milestones"), &milestone).await.expect(201);
    let one = format!("{path}/milestones/{}", made.json()["id"].as_str().unwrap());
    officer.delete(&one, Some(&made.etag())).await.expect(200);
    for title in ["Hush title", "Project 1 of da-nang"] {
        let etag = officer.get(path).await.etag();
        officer.patch(path, &json!({ "title": title }), Some(&etag)).await.expect(200);
        // What stays in the project was typed several times.
        let list = officer.get(&format!("{path}/indicators")).await.json();
        let id = list["items"][0]["id"].as_str().unwrap().to_owned();
        let indicator = format!("{path}/indicators/{id}");
        let etag = officer.get(&indicator).await.etag();
        let name = if title.starts_with("Hush") { "Hush name" } else { "Passengers" };
        officer.patch(&indicator, &json!({ "name": name }), Some(&etag)).await.expect(200);
    }
    for _ in 0..3 {
        officer.file("da-nang-1").await;
        let mut body = ready();
        body["achievements"] = json!("Hush words.");
        let etag = officer.get(&report("da-nang-1")).await.etag();
        officer.put(&report("da-nang-1"), &body, Some(&etag)).await.expect(200);
        officer.act("da-nang-1", "submit").await.expect(200);
        let said = json!({ "text": "Hush question?" });
        let comments = format!("{}/comments", report("da-nang-1"));
        let said = representative.post(&comments, &said).await.expect(201).json();
        representative.act_because("da-nang-1", "return", "Hush reason.").await.expect(200);
        let answer = json!({ "text": "Hush answer.", "reply_to": said["id"] });
        officer.post(&comments, &answer).await.expect(201);
        let settled = format!("{comments}/{}", said["id"].as_str().unwrap());
        let etag = officer.get(&settled).await.etag();
        officer.patch(&settled, &json!({ "resolved": true }), Some(&etag)).await.expect(200);
    }
    let more = json!({ "due_on": "2027-02-28", "reason": "A hushed flood." });
    let extension = format!("cycles/{CYCLE}/extensions/ha-noi");
    let etag = app.secretariat().await.get(&extension).await;
    let etag = (etag.status == 200).then(|| etag.etag());
    app.secretariat().await.put(&extension, &more, etag.as_deref()).await;
    project(app, "ha-noi", i64::from(round)).await;
    app.officer("ha-noi").await.file(&format!("ha-noi-{round}")).await;
    app.user(&format!("hush person {round}"), &[(Role::CityOfficer, da_nang())]).await;
}

/// The feed without the identifiers that each database draws for itself.
fn comparable(feed: &[Value]) -> Vec<Value> {
    let mut feed = feed.to_vec();
    for item in &mut feed {
        if item["entity"] == "release" {
            let record = item["record"].as_object_mut().unwrap();
            assert!(!record.contains_key("seq") && !record.contains_key("journal_hash"));
            // It is that of a content in which the identifiers stand.
            assert!(record.insert("sha256".to_owned(), Value::Null).is_some_and(|v| v.is_string()));
        }
        let lists = ["/record/indicators", "/record/header/indicators"];
        for part in lists.iter().flat_map(|list| {
            item.pointer(list).and_then(Value::as_array).cloned().unwrap_or_default()
        }) {
            assert!(part.get("version").is_none() && part["id"].is_string());
        }
        for list in lists {
            let parts = item.pointer_mut(list).and_then(Value::as_array_mut);
            for part in parts.into_iter().flatten() {
                part["id"] = Value::Null;
            }
        }
    }
    feed
}

#[actix_web::test]
async fn two_databases_with_the_same_public_history_have_the_same_feed() {
    let mut feeds = Vec::new();
    for hidden in [false, true] {
        let app = desk().await;
        let indicator = json!({ "name": "Passengers", "kind": "outcome", "unit": "a day",
                                "better": "up", "target": { "value": 15, "on": "2025-12-31" } });
        let officer = app.officer("da-nang").await;
        officer.post("projects/da-nang-1/indicators", &indicator).await.expect(201);
        history(&app, hidden).await;
        let reader = app.reader().await;
        let feed = whole(&reader, 50).await;
        let text = serde_json::to_string(&feed).unwrap();
        assert!(!text.to_lowercase().contains("hush"), "{text}");
        feeds.push((comparable(&feed), app.state.heads.seq()));
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
        .map(|i| i["version"].as_i64().unwrap())
        .collect();
    assert_eq!(approvals, [1, 2]);
    let releases: Vec<&Value> =
        plain.iter().filter(|i| i["entity"] == "release").map(|i| &i["key"]).collect();
    assert_eq!(releases, ["me-2026-r1", "me-2026-r2"]);
}

#[actix_web::test]
async fn what_leaves_public_sight_leaves_a_tombstone() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let before = replayed(&whole(&reader, 1000).await);
    let slug = Slug::parse("world-bank").unwrap();
    let removed = move |tx: &mut ascn_tracker::store::Tx<'_>| -> Result<Partner, StoreError> {
        let partner = reference::partner(tx.conn(), &slug)?.unwrap();
        tx.remove(&partner, Change::because("delete", Some("A hushed reason.".into())))?;
        Ok(partner)
    };
    app.state.db.write(removed).await.unwrap();
    let feed = whole(&reader, 1000).await;
    let last = feed.last().unwrap();
    let told = (&last["entity"], &last["key"], &last["action"]);
    assert_eq!(told, (&json!("partner"), &json!("world-bank"), &json!("removed")));
    assert!(!last.to_string().contains("hush"));
    let after = replayed(&feed);
    assert_eq!(after.len() + 1, before.len());
}

#[actix_web::test]
async fn a_page_is_kept_until_the_feed_moves_and_drafts_leave_it_alone() {
    let app = desk().await;
    let reader = app.reader().await;
    let first = reader.get("changes").await.expect(200);
    let hits = || app.state.cache.usage().hits;
    let before = hits();
    app.officer("da-nang").await.file("da-nang-1").await;
    let tag = first.etag();
    let again = reader.send("GET", "changes", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, hits() > before), (304, true));
    // The head is in it: an approval makes it another answer.
    app.officer("da-nang").await.act("da-nang-1", "submit").await.expect(200);
    assert_eq!(reader.get("changes").await.etag(), tag);
    app.representative("VN").await.act("da-nang-1", "approve").await.expect(200);
    assert_ne!(reader.get("changes").await.etag(), tag);
}
