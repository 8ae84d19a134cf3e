//! The chain as others compute it: test vectors, and a second implementation.

use std::fs;

use ascn_tracker::{
    domain::journal::{self, ChainLink, hash_record, to_canonical_json},
    store::{StoreError, journal as rows},
};
use serde_json::{Value, json};

use super::journal_head;
use crate::{helpers::TestApp, independent_hashing};

// The form of the journal ---------------------------------------------------------------------------------------------

fn load_vectors() -> Vec<Value> {
    let file: Value =
        serde_json::from_str(&fs::read_to_string("tests/vectors/journal.json").unwrap()).unwrap();
    file["rows"].as_array().unwrap().clone()
}

fn parse_uuid(value: &Value) -> Option<uuid::Uuid> {
    value.as_str().map(|text| text.parse().unwrap())
}

#[test]
fn journal_hashes_match_the_test_vectors() {
    let vectors = load_vectors();
    assert!(vectors.len() >= 6);
    let mut previous = journal::GENESIS;
    for v in vectors {
        let (row, name) = (&v["row"], &v["name"]);
        let record = match &v["record"] {
            Value::Null => None,
            record => Some(to_canonical_json(record).unwrap()),
        };
        assert_eq!(record.as_deref(), v["canonical_record"].as_str(), "{name}");
        let record_sha256 = hash_record(v["reason"].as_str(), record.as_deref()).unwrap();
        assert_eq!(journal::to_hex(&record_sha256), v["record_sha256"], "{name}");
        assert_eq!(journal::to_hex(&previous), v["previous_hash"], "{name}");
        let link = ChainLink {
            seq: row["seq"].as_i64().unwrap(),
            at: row["at"].as_str().unwrap().parse().unwrap(),
            actor: parse_uuid(&row["actor"]),
            acting_for: parse_uuid(&row["acting_for"]),
            entity: row["entity"].as_str().unwrap(),
            key: row["key"].as_str().unwrap(),
            version: row["version"].as_i64().unwrap(),
            action: row["action"].as_str().unwrap(),
            record_sha256,
            feed: row["feed"].as_i64(),
        };
        previous = link.hash_row(&previous).unwrap();
        assert_eq!(journal::to_hex(&previous), v["hash"], "{name}");
    }
}

#[test]
fn independent_implementation_matches_the_test_vectors() {
    let mut previous = vec![0; 32];
    for v in load_vectors() {
        let name = &v["name"];
        if !v["record"].is_null() {
            assert_eq!(
                independent_hashing::canonical_json(&v["record"]),
                v["canonical_record"],
                "{name}"
            );
        }
        let covered = independent_hashing::covered_text(&v["reason"], &v["record"]);
        assert_eq!(covered, v["covered"], "{name}");
        let record_sha256 =
            independent_hashing::hex(&independent_hashing::sha256(covered.as_bytes()));
        assert_eq!(record_sha256, v["record_sha256"], "{name}");
        let mut row = v["row"].clone();
        row["record_sha256"] = json!(record_sha256);
        assert_eq!(independent_hashing::canonical_json(&row), v["canonical_row"], "{name}");
        previous = independent_hashing::row_hash(&previous, &row).to_vec();
        assert_eq!(independent_hashing::hex(&previous), v["hash"], "{name}");
    }
}

#[actix_web::test]
async fn independent_implementation_matches_the_demo_journal() {
    let app = TestApp::demo().await;
    app.secretariat().await;
    let kept = app
        .state
        .db
        .read(|c| rows::list_after(c, 0, 100_000))
        .await
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    assert!(kept.len() > 1_000, "{}", kept.len());
    let mut previous = vec![0; 32];
    for r in &kept {
        let record: Value =
            r.record.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
        if let Some(text) = &r.record {
            assert_eq!(
                *text,
                independent_hashing::canonical_json(&record),
                "{} {}",
                r.entity,
                r.key
            );
        }
        let covered = independent_hashing::covered_text(&json!(r.reason), &record);
        assert_eq!(
            r.record_sha256,
            independent_hashing::sha256(covered.as_bytes()),
            "{} {}",
            r.entity,
            r.key
        );
        let row = json!({
            "seq": r.seq,
            "at": r.at.0.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            "actor": r.actor.map(|id| id.0.to_string()),
            "acting_for": r.acting_for.map(|id| id.0.to_string()),
            "entity": r.entity,
            "key": r.key,
            "version": r.version,
            "action": r.action,
            "record_sha256": independent_hashing::hex(&r.record_sha256),
            "feed": r.feed,
        });
        assert_eq!(r.previous_hash, previous);
        previous = independent_hashing::row_hash(&previous, &row).to_vec();
        assert_eq!(r.hash, previous, "{} {}", r.entity, r.key);
    }
    assert_eq!(journal_head(&app).await["hash"], independent_hashing::hex(&previous));
}
