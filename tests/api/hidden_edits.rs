//! Hidden work leaves no trace: two databases in which the same was approved and published answer strangers alike, whatever
//! was typed between two approvals.

use std::collections::BTreeMap;

use ascn_tracker::domain::user::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    helpers::{Caller, TestApp},
    operation_fixture::close_cycle,
    releases::{amend_report, publish_release},
    report_fixtures::{
        CYCLE, complete_report_body, da_nang_scope, file_and_approve, insert_project,
        open_cycle_with_project, report_path,
    },
};

const PROJECT: &str = "projects/da-nang-1";
/// The parts of the project: the kind, a member with the word that stands in it, and the rest.
fn sample_parts() -> [(&'static str, (&'static str, &'static str), Value); 3] {
    [
        ("milestones", ("title", "Depot opens"), json!({ "due_on": "2024-06-30" })),
        (
            "indicators",
            ("name", "Passengers"),
            json!({ "kind": "outcome", "unit": "a day", "better": "up",
                    "target": { "value": 15, "on": "2025-12-31" } }),
        ),
        (
            "partnerships",
            ("note", "Since 2019."),
            json!({ "partner": "world-bank", "role": "funder", "stage": "mou" }),
        ),
    ]
}

/// A service whose releases are public, with an open cycle and a project with a part of each kind.
pub async fn spawn_with_public_releases() -> TestApp {
    let app =
        open_cycle_with_project(TestApp::with_setting("ASCN_PUBLIC_RELEASES", "true").await).await;
    let officer = app.officer("da-nang").await;
    for (kind, (name, word), mut body) in sample_parts() {
        body[name] = json!(word);
        officer.post(&format!("{PROJECT}/{kind}"), &body).await.expect(201);
    }
    app
}

/// Types over what stays in the end as it was: the project, and each part of it, in `turns` of two edits.
async fn edit_back_and_forth(app: &TestApp, turns: usize) {
    let officer = app.officer("da-nang").await;
    for turn in 0..2 * turns {
        let typed = |word: &str| json!(if turn % 2 == 0 { "Hush word" } else { word });
        let etag = officer.get(PROJECT).await.etag();
        let title = json!({ "title": typed("Project 1 of da-nang") });
        officer.patch(PROJECT, &title, Some(&etag)).await.expect(200);
        for (kind, (name, word), _) in sample_parts() {
            let list = officer.get(&format!("{PROJECT}/{kind}")).await.json();
            let part = format!("{PROJECT}/{kind}/{}", list["items"][0]["id"].as_str().unwrap());
            let etag = officer.get(&part).await.etag();
            officer.patch(&part, &json!({ name: typed(word) }), Some(&etag)).await.expect(200);
        }
    }
}

/// Does in public what both databases of the comparison have in common; between the acts, `hidden` does what it likes.
pub async fn run_public_history(app: &TestApp, hidden: bool) {
    let secretariat = app.secretariat().await;
    for round in 1..=2 {
        if hidden {
            do_hidden_work(app, round).await;
        }
        app.clock.set("2026-11-20T03:05:00Z".parse().unwrap());
        file_and_approve(app, "da-nang-1").await;
        let types = secretariat.get("partner-types").await.json();
        let kind = &types["items"][0]["type"];
        let body = json!({ "slug": format!("fund-{round}"), "name": "A fund", "type": kind });
        secretariat.post("partners", &body).await.expect(201);
        close_cycle(app, CYCLE).await;
        publish_release(app, None).await;
        secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
        let representative = app.representative("VN").await;
        representative
            .take_transition_with_comment("da-nang-1", "reopen", "A sum is wrong.")
            .await
            .expect(200);
    }
}

/// A lot that nobody may hear of: drafts, edits that come to nothing, returns, comments, extensions, people.
async fn do_hidden_work(app: &TestApp, round: u32) {
    let officer = app.officer("da-nang").await;
    let representative = app.representative("VN").await;
    let milestone = json!({ "title": format!("Hush {round}"), "due_on": "2024-06-30" });
    let made = officer.post(&format!("{PROJECT}/milestones"), &milestone).await.expect(201);
    let one = format!("{PROJECT}/milestones/{}", made.json()["id"].as_str().unwrap());
    officer.delete(&one, Some(&made.etag())).await.expect(200);
    edit_back_and_forth(app, 1).await;
    for _ in 0..3 {
        officer.write_complete_report("da-nang-1").await;
        let mut body = complete_report_body();
        body["achievements"] = json!("Hush words.");
        let etag = officer.get(&report_path("da-nang-1")).await.etag();
        officer.put(&report_path("da-nang-1"), &body, Some(&etag)).await.expect(200);
        officer.take_transition("da-nang-1", "submit").await.expect(200);
        let said = json!({ "text": "Hush question?" });
        let comments = format!("{}/comments", report_path("da-nang-1"));
        let said = representative.post(&comments, &said).await.expect(201).json();
        representative
            .take_transition_with_comment("da-nang-1", "return", "Hush reason.")
            .await
            .expect(200);
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
    insert_project(app, "ha-noi", i64::from(round)).await;
    app.officer("ha-noi").await.write_complete_report(&format!("ha-noi-{round}")).await;
    app.insert_user(&format!("hush person {round}"), &[(Role::CityOfficer, da_nang_scope())]).await;
}

/// A value without the identifiers that each database draws for itself.
pub fn without_identifiers(value: Value) -> Value {
    match value {
        Value::String(s) if Uuid::parse_str(&s).is_ok() => json!("an identifier"),
        Value::Array(items) => items.into_iter().map(without_identifiers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, without_identifiers(value))).collect()
        }
        other => other,
    }
}

/// Says of two runs, without and with hidden work, that the answers are the same.
fn assert_same_answers(runs: Vec<BTreeMap<String, Value>>) {
    let [plain, with_hidden] = <[_; 2]>::try_from(runs).unwrap();
    assert!(!plain.is_empty() && plain.len() == with_hidden.len());
    for (path, value) in plain {
        assert_eq!(with_hidden[&path], value, "{path}");
    }
}

/// What somebody reads of the project: answers by what was asked, with the version of each record's tag.
async fn read_project(caller: &Caller<'_>) -> BTreeMap<String, Value> {
    let mut told = BTreeMap::new();
    let project = format!("{PROJECT}/reports/{CYCLE}");
    let mut paths =
        vec![("project".to_owned(), PROJECT.to_owned()), ("report".to_owned(), project)];
    for (kind, _, _) in sample_parts() {
        let list = caller.get(&format!("{PROJECT}/{kind}")).await.expect(200).json();
        let id = list["items"][0]["id"].as_str().unwrap().to_owned();
        told.insert(format!("list of {kind}"), without_identifiers(list));
        paths.push((format!("one of {kind}"), format!("{PROJECT}/{kind}/{id}")));
        if kind == "indicators" {
            let values = caller.get(&format!("{PROJECT}/{kind}/{id}/values")).await.expect(200);
            told.insert("values".to_owned(), without_identifiers(values.json()));
        }
    }
    for (name, path) in paths {
        let answered = caller.get(&path).await.expect(200);
        let version = answered.etag().split('-').next().unwrap().to_owned();
        assert_eq!(version, format!("\"v{}", answered.json()["version"]), "{path}");
        told.insert(format!("tag of {name}"), json!(version));
        told.insert(name, without_identifiers(answered.json()));
    }
    told
}

#[actix_web::test]
async fn public_project_and_report_do_not_depend_on_unapproved_edits() {
    let mut runs = Vec::new();
    for hidden in [false, true] {
        let app = spawn_with_public_releases().await;
        run_public_history(&app, hidden).await;
        if hidden {
            edit_back_and_forth(&app, 2).await;
        }
        let stranger = app.officer("ha-noi").await;
        let told = read_project(&stranger).await;
        assert_eq!(told, read_project(&app.reader().await).await);
        assert!(!json!(told).to_string().to_lowercase().contains("hush"));
        // Approved twice, with the same project each time: only the report has a new version.
        for (kind, _, _) in sample_parts() {
            assert_eq!(told[&format!("list of {kind}")]["items"][0]["version"], 1);
            assert_eq!(told["report"]["header"][kind][0]["version"], 2);
        }
        // Those who work on it count what they typed.
        let own = app.officer("da-nang").await.get(&format!("{PROJECT}/milestones")).await.json();
        assert_eq!(own["items"][0]["version"], if hidden { 9 } else { 1 });
        runs.push(told);
    }
    assert_same_answers(runs);
}

/// What nobody reads of the releases of the cycle: their errata, their reports, and the content that the hash is over.
async fn read_releases(app: &TestApp) -> BTreeMap<String, Value> {
    let nobody = app.anonymous();
    let mut told = BTreeMap::new();
    for release in ["me-2026-r1", "me-2026-r2"] {
        let path = format!("releases/{release}");
        let about = nobody.get(&path).await.expect(200).json();
        for member in ["errata", "counts", "figures_changed"] {
            told.insert(format!("{release} {member}"), without_identifiers(about[member].clone()));
        }
        for answer in ["reports", "data?format=json"] {
            let whole = nobody.get(&format!("{path}/{answer}")).await.expect(200).json();
            told.insert(format!("{release} {answer}"), without_identifiers(whole));
        }
        let found = nobody.get(&format!("{path}/verify")).await.expect(200).json();
        assert_eq!(found["valid"], true, "{found}");
    }
    told
}

#[actix_web::test]
async fn release_does_not_depend_on_unapproved_edits() {
    let mut runs = Vec::new();
    for hidden in [false, true] {
        let app = spawn_with_public_releases().await;
        if hidden {
            do_hidden_work(&app, 1).await;
        }
        file_and_approve(&app, "da-nang-1").await;
        close_cycle(&app, CYCLE).await;
        publish_release(&app, None).await;
        if hidden {
            edit_back_and_forth(&app, 3).await;
        }
        // This is approved, and an erratum.
        let officer = app.officer("da-nang").await;
        let list = officer.get(&format!("{PROJECT}/milestones")).await.json();
        let one = format!("{PROJECT}/milestones/{}", list["items"][0]["id"].as_str().unwrap());
        let etag = officer.get(&one).await.etag();
        officer.patch(&one, &json!({ "due_on": "2024-09-30" }), Some(&etag)).await.expect(200);
        amend_report(&app, "da-nang-1", "The day was another.", &complete_report_body()).await;
        publish_release(&app, None).await;
        let told = read_releases(&app).await;
        assert!(!json!(told).to_string().to_lowercase().contains("hush"));
        let errata = &told["me-2026-r2 errata"];
        assert_eq!(errata[0]["fields"].as_array().unwrap().len(), 1, "{errata}");
        assert_eq!(errata[0]["fields"][0]["pointer"], "/header/milestones");
        runs.push(told);
    }
    assert_same_answers(runs);
}
