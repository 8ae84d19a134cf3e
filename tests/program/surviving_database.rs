//! The program serves databases that an earlier version made. Their journal, releases and answers must be those that the earlier version
//! recorded. Answers may gain members.

use std::collections::HashMap;

use ascn_tracker::domain::journal::to_hex;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::fixture::{JournalRow, ServedFixture};

/// Most differences that a failed test prints.
const DIFFERENCES_MAX: usize = 20;

/// Lists the differences between an answer and the recorded one. Objects may have more members than recorded; lists must have the same
/// length and order.
fn find_differences(recorded: &Value, answered: &Value, at: &str, found: &mut Vec<String>) {
    match (recorded, answered) {
        (Value::Object(recorded), Value::Object(answered)) => {
            for (name, value) in recorded {
                match answered.get(name) {
                    Some(there) => find_differences(value, there, &format!("{at}/{name}"), found),
                    None => found.push(format!("{at}/{name} is missing")),
                }
            }
        }
        (Value::Array(recorded), Value::Array(answered)) if recorded.len() == answered.len() => {
            for (i, (value, there)) in recorded.iter().zip(answered).enumerate() {
                find_differences(value, there, &format!("{at}/{i}"), found);
            }
        }
        (recorded, answered) if recorded == answered => {}
        (recorded, answered) => {
            found.push(format!("{at}: recorded {recorded}, answered {answered}"));
        }
    }
}

/// Returns the rows of the journal by their number.
async fn read_journal(fixture: &mut ServedFixture) -> HashMap<i64, JournalRow> {
    let (mut rows, mut path) = (HashMap::new(), "journal?limit=1000".to_owned());
    loop {
        let page = fixture.get("secretariat", &path).await;
        for item in page["items"].as_array().unwrap() {
            let seq = item["seq"].as_i64().unwrap();
            let hash = item["hash"].as_str().unwrap().to_owned();
            rows.insert(seq, JournalRow { seq, feed: item["feed"].as_i64(), hash });
        }
        let Some(next) = page["next"].as_str() else { return rows };
        path = format!("journal?limit=1000&cursor={next}");
    }
}

/// Returns the recorded answers about each release of the fixture.
fn read_recorded_releases(fixture: &ServedFixture) -> Vec<Value> {
    let answers = fixture.read_recorded_answers().into_iter();
    let releases: Vec<Value> = answers
        .filter(|a| a.who == "reader" && a.answer["journal_hash"].is_string())
        .map(|a| a.answer)
        .collect();
    assert_eq!(releases.len(), 6, "four of the published history and two of the demo");
    releases
}

#[tokio::test]
async fn database_of_an_earlier_version_has_a_valid_journal() {
    for mut fixture in ServedFixture::serve_all().await {
        let head = fixture.read_recorded_journal().pop().unwrap();
        let path = format!("journal/verify?seq={}&hash={}", head.seq, head.hash);
        let verified = fixture.get("secretariat", &path).await;
        let found = (&verified["valid"], &verified["kept"], &verified["faults_total"]);
        let sound = (&json!(true), &json!(true), &json!(0));
        assert_eq!(found, sound, "{}: {verified}", fixture.database);
    }
}

#[tokio::test]
async fn database_of_an_earlier_version_keeps_its_journal_hashes() {
    for mut fixture in ServedFixture::serve_all().await {
        let (recorded, found) = (fixture.read_recorded_journal(), read_journal(&mut fixture).await);
        assert!(recorded.len() > 1000, "{}: {}", fixture.database, recorded.len());
        let differing: Vec<String> = recorded
            .iter()
            .filter(|row| found.get(&row.seq) != Some(*row))
            .map(|row| format!("recorded {row:?}, answered {:?}", found.get(&row.seq)))
            .take(DIFFERENCES_MAX)
            .collect();
        assert!(differing.is_empty(), "{}:\n{}", fixture.database, differing.join("\n"));
    }
}

#[tokio::test]
async fn database_of_an_earlier_version_has_releases_that_verify() {
    for mut fixture in ServedFixture::serve_all().await {
        for release in read_recorded_releases(&fixture) {
            let path = format!("releases/{}/verify", release["release"].as_str().unwrap());
            let verified = fixture.get("reader", &path).await;
            assert_eq!(verified["valid"], true, "{}: {verified}", fixture.database);
            assert_eq!(verified["sha256"], release["sha256"], "{}: {verified}", fixture.database);
            // The program recomputes each part: from the frozen records, and from the journal.
            for part in ["content", "figures", "journal"] {
                assert_eq!(verified["checked"][part], true, "{}: {verified}", fixture.database);
            }
            assert_eq!(verified["checked"]["reports"], release["counts"]["reports"]);
            // It was counted by the rules of its day.
            let path = format!("releases/{}", release["release"].as_str().unwrap());
            assert_eq!(fixture.get("reader", &path).await["rules"], 1, "{}", fixture.database);
        }
    }
}

#[tokio::test]
async fn database_of_an_earlier_version_keeps_the_canonical_content_of_its_releases() {
    for mut fixture in ServedFixture::serve_all().await {
        for release in read_recorded_releases(&fixture) {
            let key = release["release"].as_str().unwrap();
            let path = format!("releases/{key}/data?format=json");
            let content = fixture.get_text("reader", &path).await;
            let sha256 = to_hex(&Sha256::digest(content.as_bytes()));
            assert_eq!(release["sha256"], sha256, "{}: {key}", fixture.database);
        }
    }
}

#[tokio::test]
async fn database_of_an_earlier_version_keeps_its_answers() {
    for mut fixture in ServedFixture::serve_all().await {
        let recorded = fixture.read_recorded_answers();
        assert!(recorded.len() > 100, "{}: {}", fixture.database, recorded.len());
        let mut found = Vec::new();
        for question in recorded {
            let answered = fixture.get(&question.who, &question.path).await;
            let at = format!("{} as {}: ", question.path, question.who);
            find_differences(&question.answer, &answered, &at, &mut found);
        }
        let count = found.len();
        found.truncate(DIFFERENCES_MAX);
        assert!(found.is_empty(), "{}: {count}\n{}", fixture.database, found.join("\n"));
    }
}

#[tokio::test]
async fn database_of_an_earlier_version_keeps_a_disabled_account_shut_out() {
    for fixture in ServedFixture::serve_all().await {
        assert_eq!(fixture.try_sign_in("officer.ha-noi").await, 401, "{}", fixture.database);
        assert_eq!(fixture.try_sign_in("officer.da-nang").await, 200, "{}", fixture.database);
    }
}

#[test]
fn comparison_with_a_recorded_answer_allows_only_new_members() {
    let recorded = json!({ "a": [1, { "b": null }], "c": "x" });
    let found = |answered: Value| {
        let mut found = Vec::new();
        find_differences(&recorded, &answered, "", &mut found);
        found
    };
    let gained = json!({ "a": [1, { "b": null, "more": 2 }], "c": "x", "d": [] });
    assert_eq!(found(gained), [""; 0]);
    assert_eq!(found(json!({ "a": [1, {}], "c": "x" })), ["/a/1/b is missing"]);
    assert_eq!(
        found(json!({ "a": [1, { "b": null }], "c": "y" })),
        [r#"/c: recorded "x", answered "y""#]
    );
    assert_eq!(
        found(json!({ "a": [1], "c": "x" })),
        [r#"/a: recorded [1,{"b":null}], answered [1]"#]
    );
}

#[tokio::test]
async fn database_of_an_earlier_version_is_searched_by_the_present_rules() {
    for mut fixture in ServedFixture::serve_all().await {
        // An earlier version did not search codes. The start computes the searched columns anew.
        let found = fixture.get("secretariat", "projects?q=DA-NANG-4&fields=code").await;
        assert_eq!(found["items"], json!([{ "code": "da-nang-4" }]), "{}", fixture.database);
        let found = fixture.get("secretariat", "cities?q=%C4%90%C3%A0+Nang&fields=slug").await;
        assert_eq!(found["items"], json!([{ "slug": "da-nang" }]), "{}", fixture.database);
    }
}
