//! One act on many reports: by the rules of the act on one, in one transaction, tied to what was rehearsed.

use ascn_tracker::{
    domain::user::Role,
    store::{Change, StoreError, Tx},
};
use serde_json::{Value, json};

use crate::{
    carry::{NEXT, a_year_later},
    filing::{CYCLE, da_nang, desk, project, report, viet_nam},
    helpers::{Answered, Caller, TestApp, pointers},
};

const BULK: &str = "reports/bulk";

/// Projects of Da Nang with a report each: the first of the number are handed in, the rest are drafts.
async fn filed(submitted: i64, drafts: i64) -> TestApp {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    for number in 1..=submitted + drafts {
        if number > 1 {
            project(&app, "da-nang", number).await;
        }
        let code = format!("da-nang-{number}");
        officer.file(&code).await;
        if number <= submitted {
            officer.act(&code, "submit").await.expect(200);
        }
    }
    app
}

fn items(versions: &[(&str, i64)]) -> Value {
    let item = |(project, version): &(&str, i64)| json!({ "project": project, "cycle": CYCLE, "version": version });
    versions.iter().map(item).collect()
}

fn order(action: &str, versions: &[(&str, i64)]) -> Value {
    json!({ "action": action, "items": items(versions) })
}

fn with(mut order: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// Each result in short: outcome, new version and state, or the code of the problem.
fn told(answer: &Answered) -> Vec<String> {
    let body = answer.json();
    let results = body["results"].as_array().or(body["bulk"]["results"].as_array()).unwrap();
    let one = |r: &Value| match r["problem"]["code"].as_str() {
        Some(code) => format!("{} {code}", r["result"].as_str().unwrap()),
        None => format!(
            "{} v{} {}",
            r["result"].as_str().unwrap(),
            r["version"],
            r["state"].as_str().unwrap()
        ),
    };
    results.iter().map(one).collect()
}

async fn head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()
}

async fn state_of(caller: &Caller<'_>, project: &str) -> (String, i64) {
    let view = caller.get(&report(project)).await.expect(200).json();
    (view["state"].as_str().unwrap().to_owned(), view["version"].as_i64().unwrap())
}

#[actix_web::test]
async fn reports_are_submitted_withdrawn_returned_and_approved_many_at_once() {
    let app = filed(0, 3).await;
    let officer = app.officer("da-nang").await;
    let representative = app.representative("VN").await;
    let all = |v: i64| [("da-nang-1", v), ("da-nang-2", v), ("da-nang-3", v)];
    let answer = officer.post(BULK, &order("submit", &all(1))).await.expect(200);
    assert_eq!(told(&answer), ["done v2 submitted"; 3]);
    let body = answer.json();
    assert_eq!(body["totals"], json!({ "items": 3, "done": 3, "refused": 0, "stale": 0 }));
    assert_eq!((&body["applied"], &body["dry_run"]), (&json!(true), &json!(false)));
    let answer = officer.post(BULK, &order("withdraw", &all(2))).await.expect(200);
    assert_eq!(told(&answer), ["done v3 draft"; 3]);
    officer.post(BULK, &order("submit", &all(3))).await.expect(200);
    let because = json!({ "comment": "Say what was spent." });
    let answer =
        representative.post(BULK, &with(order("return", &all(4)), because)).await.expect(200);
    assert_eq!(told(&answer), ["done v5 returned"; 3]);
    // The one reason is the journal's reason of each, and stays with each as a comment.
    for (project, _) in all(0) {
        let said = officer.get(&format!("{}/comments", report(project))).await.expect(200).json();
        assert_eq!(said["items"][0]["text"], "Say what was spent.");
        assert_eq!(said["items"][0]["kind"], "return");
        let history = officer.get(&format!("{}/history", report(project))).await.expect(200).json();
        assert_eq!(history["items"][0]["reason"], "Say what was spent.");
    }
    officer.post(BULK, &order("submit", &all(5))).await.expect(200);
    let answer = representative.post(BULK, &order("approve", &all(6))).await.expect(200);
    assert_eq!(told(&answer), ["done v7 approved"; 3]);
    // Strangers see what was approved, as after an approval by itself.
    assert_eq!(state_of(&app.reader().await, "da-nang-2").await.0, "approved");
    app.reader().await.get("projects/da-nang-3").await.expect(200);
    let verified = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[actix_web::test]
async fn a_rehearsal_writes_nothing_and_ties_what_is_done() {
    let app = filed(2, 1).await;
    let representative = app.representative("VN").await;
    let filter =
        json!({ "action": "approve", "filter": { "cycle": [CYCLE], "state": "submitted" } });
    let before = head(&app).await;
    let rehearsed = representative
        .post(BULK, &with(filter.clone(), json!({ "dry_run": true })))
        .await
        .expect(200);
    assert_eq!(told(&rehearsed), ["done v3 approved"; 2]);
    assert_eq!(head(&app).await, before);
    assert_eq!(state_of(&representative, "da-nang-1").await, ("submitted".into(), 2));
    let rehearsed = rehearsed.json();
    assert_eq!((&rehearsed["applied"], &rehearsed["dry_run"]), (&json!(false), &json!(true)));
    // Without the digest nothing says what the caller read.
    assert_eq!(pointers(&representative.post(BULK, &filter).await.expect(422)), ["/digest"]);
    let tied = with(filter, json!({ "digest": rehearsed["digest"] }));
    let done = representative.post(BULK, &tied).await.expect(200).json();
    assert_eq!((&done["results"], &done["totals"]), (&rehearsed["results"], &rehearsed["totals"]));
    assert_eq!((&done["digest"], &done["applied"]), (&rehearsed["digest"], &json!(true)));
    assert_eq!(state_of(&representative, "da-nang-2").await, ("approved".into(), 3));
    // Once done, the world is another.
    representative.post(BULK, &tied).await.expect(409);
}

#[actix_web::test]
async fn nothing_is_done_when_the_world_moved_since_the_rehearsal() {
    let app = filed(2, 1).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let filter = json!({ "action": "approve", "filter": { "state": ["submitted"] } });
    let named = json!({ "action": "approve", "items": [
        { "project": "da-nang-1", "cycle": CYCLE }, { "project": "da-nang-2", "cycle": CYCLE }
    ] });
    let mut tied = Vec::new();
    for order in [filter, named] {
        let dry = with(order.clone(), json!({ "dry_run": true }));
        let digest = representative.post(BULK, &dry).await.expect(200).json()["digest"].clone();
        tied.push(with(order, json!({ "digest": digest })));
    }
    // One more to be found: what the list named is as it was.
    officer.act("da-nang-3", "submit").await.expect(200);
    let before = head(&app).await;
    let refused = representative.post(BULK, &tied[0]).await.expect(409);
    assert_eq!(refused.json()["code"], "conflict");
    // Another act under the same digest is another matter, too.
    let other = with(tied[1].clone(), json!({ "action": "return", "comment": "No." }));
    representative.post(BULK, &other).await.expect(409);
    // The same state, but of another version.
    officer.act("da-nang-2", "withdraw").await.expect(200);
    officer.act("da-nang-2", "submit").await.expect(200);
    assert_ne!(head(&app).await, before);
    let before = head(&app).await;
    representative.post(BULK, &tied[1]).await.expect(409);
    assert_eq!(head(&app).await, before);
    assert_eq!(state_of(&representative, "da-nang-1").await, ("submitted".into(), 2));
}

#[actix_web::test]
async fn each_item_is_answered_for_itself() {
    let app = filed(3, 1).await;
    let representative = app.representative("VN").await;
    let answer = representative
        .post(
            BULK,
            &order(
                "approve",
                &[("da-nang-1", 2), ("da-nang-2", 1), ("da-nang-4", 1), ("da-nang-3", 2)],
            ),
        )
        .await
        .expect(200);
    // The draft that was never handed in is known, and the state forbids it.
    assert_eq!(
        told(&answer),
        ["done v3 approved", "stale stale", "refused illegal-transition", "done v3 approved"]
    );
    let body = answer.json();
    assert_eq!(body["totals"], json!({ "items": 4, "done": 2, "refused": 1, "stale": 1 }));
    let stale = &body["results"][1]["problem"];
    assert_eq!((&stale["status"], &stale["changed"]["version"]), (&json!(412), &json!(2)));
    assert_eq!(stale["changed"]["by"]["name"], "city_officer da-nang");
    // An item's problem is what the act by itself is answered.
    let alone = representative.act("da-nang-4", "approve").await.expect(409).json();
    for name in ["type", "code", "title", "status", "detail"] {
        assert_eq!(body["results"][2]["problem"][name], alone[name], "{name}");
    }
    let officer = app.officer("da-nang").await;
    let answer = officer.post(BULK, &order("approve", &[("da-nang-2", 2)])).await.expect(200);
    assert_eq!(told(&answer), ["refused forbidden"]);
    officer.put(&report("da-nang-4"), &json!({}), Some("\"v1\"")).await.expect(200);
    let answer = officer.post(BULK, &order("submit", &[("da-nang-4", 2)])).await.expect(200);
    let problem = &answer.json()["results"][0]["problem"];
    assert_eq!(problem["errors"][0]["pointer"], "/status");
}

#[actix_web::test]
async fn two_keys_hold_for_each_item() {
    let app = filed(1, 1).await;
    let both = [(Role::CityOfficer, da_nang()), (Role::NationalRepresentative, viet_nam())];
    let (_, token) = app.user("both", &both).await;
    let both = app.bearer(&token);
    both.file("da-nang-2").await;
    both.act("da-nang-2", "submit").await.expect(200);
    let order = order("approve", &[("da-nang-2", 3), ("da-nang-1", 2)]);
    let answer = both.post(BULK, &order).await.expect(200);
    assert_eq!(told(&answer), ["refused forbidden", "done v3 approved"]);
    assert!(answer.text.contains("you had a hand in it"), "{}", answer.text);
    // A submission in bulk is a hand as well.
    project(&app, "da-nang", 3).await;
    app.officer("da-nang").await.file("da-nang-3").await;
    both.post(BULK, &self::order("submit", &[("da-nang-3", 1)])).await.expect(200);
    let answer = both.post(BULK, &self::order("approve", &[("da-nang-3", 2)])).await.expect(200);
    assert_eq!(told(&answer), ["refused forbidden"]);
}

#[actix_web::test]
async fn what_is_hidden_is_answered_as_what_is_not_there() {
    let app = filed(1, 1).await;
    let stranger = app.officer("ha-noi").await;
    let mut digests = Vec::new();
    for _twice in 0..2 {
        let body = json!({ "action": "submit", "dry_run": true, "items": [
            { "project": "da-nang-2", "cycle": CYCLE }, { "project": "da-nang-99", "cycle": CYCLE },
            { "project": "da-nang-2", "cycle": "me-1999" }
        ] });
        let body = stranger.post(BULK, &body).await.expect(200).json();
        let results = body["results"].as_array().unwrap();
        for result in results {
            assert_eq!(result["problem"], results[1]["problem"]);
            assert_eq!(result["problem"]["status"], 404);
            assert_eq!((&result["version"], &result["state"]), (&Value::Null, &Value::Null));
        }
        digests.push(body["digest"].clone());
        // Nobody learns from a digest that a hidden draft is being typed.
        app.officer("da-nang").await.file("da-nang-2").await;
    }
    assert_eq!(digests[0], digests[1]);
    let named = order("submit", &[("da-nang-2", 1), ("da-nang-99", 1)]);
    let answer = stranger.post(BULK, &named).await.expect(200);
    assert_eq!(told(&answer), ["refused not-found"; 2]);
    // Nor does a filter find it.
    let found = json!({ "action": "submit", "filter": { "city": "da-nang" }, "dry_run": true });
    let answer = stranger.post(BULK, &found).await.expect(200);
    assert_eq!(answer.json()["results"], json!([]));
}

#[actix_web::test]
async fn all_or_nothing_leaves_nothing_behind() {
    let app = filed(2, 1).await;
    let representative = app.representative("VN").await;
    let whole = json!({ "all_or_nothing": true, "comment": "Well done." });
    let bad = [("da-nang-1", 2), ("da-nang-3", 1), ("da-nang-2", 1)];
    let before = head(&app).await;
    let refused =
        representative.post(BULK, &with(order("approve", &bad), whole.clone())).await.expect(409);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert_eq!(told(&refused), ["done v3 approved", "refused illegal-transition", "stale stale"]);
    assert_eq!(refused.json()["bulk"]["applied"], false);
    assert_eq!(head(&app).await, before);
    assert_eq!(state_of(&representative, "da-nang-1").await, ("submitted".into(), 2));
    app.reader().await.get("projects/da-nang-1").await.expect(404);
    let good = [("da-nang-1", 2), ("da-nang-2", 2)];
    let done = representative.post(BULK, &with(order("approve", &good), whole)).await.expect(200);
    assert_eq!(told(&done), ["done v3 approved"; 2]);
}

#[actix_web::test]
async fn a_year_without_change_is_filed_in_one_call() {
    let app = a_year_later().await;
    let officer = app.officer("da-nang").await;
    project(&app, "da-nang", 2).await;
    let found = json!({
        "action": "unchanged", "filter": { "cycle": "me-2027" }, "comment": "As last year."
    });
    let dry = with(found.clone(), json!({ "dry_run": true }));
    let rehearsed = officer.post(BULK, &dry).await.expect(200);
    // Of the second nothing was ever approved.
    assert_eq!(told(&rehearsed), ["done v1 draft", "refused invalid"]);
    officer.get(NEXT).await.expect(404);
    let more = json!({ "digest": rehearsed.json()["digest"] });
    officer.post(BULK, &with(found, more)).await.expect(200);
    let filed = officer.get(NEXT).await.expect(200).json();
    assert_eq!((&filed["unchanged"], &filed["percent_complete"]), (&json!(true), &json!(62.5)));
    let said = officer.get(&format!("{NEXT}/comments")).await.expect(200).json();
    assert_eq!(said["items"][0]["text"], "As last year.");
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
}

#[actix_web::test]
async fn what_a_report_says_already_is_replaced_only_by_whoever_read_it() {
    let app = a_year_later().await;
    let officer = app.officer("da-nang").await;
    officer.put(NEXT, &json!({ "achievements": "Typed by hand." }), None).await.expect(201);
    let item = |version: Value| {
        let item = json!({ "project": "da-nang-1", "cycle": "me-2027", "version": version });
        json!({ "action": "unchanged", "items": [item] })
    };
    let told_of =
        async |version: Value| told(&officer.post(BULK, &item(version)).await.expect(200));
    assert_eq!(told_of(Value::Null).await, ["refused precondition-required"]);
    assert_eq!(told_of(json!(7)).await, ["stale stale"]);
    let kept = officer.get(NEXT).await.expect(200).json();
    assert_eq!(kept["achievements"], "Typed by hand.");
    assert_eq!(told_of(json!(1)).await, ["done v2 draft"]);
    let view = officer.get(NEXT).await.expect(200).json();
    assert_eq!(view["achievements"], "The control centre is in operation.");
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
    assert_eq!(told_of(json!(3)).await, ["refused illegal-transition"]);
    app.representative("VN").await.post(BULK, &item(json!(3))).await.expect(200);
}

#[actix_web::test]
async fn a_body_that_means_nothing_definite_is_refused_whole() {
    let app = filed(1, 0).await;
    let representative = app.representative("VN").await;
    let before = head(&app).await;
    let one = order("approve", &[("da-nang-1", 2)]);
    let both = with(one.clone(), json!({ "filter": {} }));
    let neither = json!({ "action": "approve" });
    let unversioned =
        json!({ "action": "approve", "items": [{ "project": "da-nang-1", "cycle": CYCLE }] });
    let twice = order("approve", &[("da-nang-1", 2), ("da-nang-1", 2)]);
    let silent = order("return", &[("da-nang-1", 2)]);
    let many: Vec<(String, i64)> = (1..=501).map(|n| (format!("da-nang-{n}"), 1)).collect();
    let many: Vec<(&str, i64)> = many.iter().map(|(p, v)| (p.as_str(), *v)).collect();
    for (body, expected) in [
        (both, "/filter"),
        (neither, "/items"),
        (unversioned, "/items/0/version"),
        (twice, "/items/1"),
        (silent, "/comment"),
        (order("approve", &many), "/items"),
        (
            json!({ "action": "approve", "filter": { "state": "lost" }, "dry_run": true }),
            "/filter/state/0",
        ),
        (json!({ "items": [] }), "/action"),
    ] {
        let refused = representative.post(BULK, &body).await.expect(422);
        assert_eq!(pointers(&refused), [expected], "{body}");
    }
    for (body, expected) in [
        (with(one.clone(), json!({ "dryrun": true })), "/dryrun"),
        (with(one.clone(), json!({ "items": [{ "code": "da-nang-1" }] })), "/items/0/code"),
        (with(one.clone(), json!({ "items": [["da-nang-1", CYCLE, 2]] })), "/items/0"),
        (with(one, json!({ "dry_run": "yes" })), "/dry_run"),
    ] {
        let refused = representative.post(BULK, &body).await.expect(400);
        assert_eq!(pointers(&refused), [expected], "{body}");
    }
    assert_eq!(head(&app).await, before);
    // A list or a filter of nothing does nothing.
    let nothing = json!({ "action": "approve", "items": [] });
    assert_eq!(representative.post(BULK, &nothing).await.expect(200).json()["results"], json!([]));
    let nobody = json!({ "action": "approve", "filter": { "cycle": "me-1999" }, "dry_run": true });
    let idle = representative.post(BULK, &nobody).await.expect(200).json();
    assert_eq!(idle["totals"]["items"], 0);
    let tied = with(nobody, json!({ "dry_run": false, "digest": idle["digest"] }));
    representative.post(BULK, &tied).await.expect(200);
    assert_eq!(head(&app).await, before);
}

#[actix_web::test]
async fn a_filter_that_finds_more_than_is_done_at_once_is_refused() {
    let app = desk().await;
    let template = project(&app, "da-nang", 2).await;
    let make = move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        for number in 3..=501 {
            let mut project = template.clone();
            project.id = ascn_tracker::domain::id::Id::new(ascn_tracker::clock::fresh_uuid());
            let city = project.code.city().clone();
            project.code = ascn_tracker::domain::project::ProjectCode::new(city, number);
            tx.save(&project, Change::plain("create"))?;
        }
        Ok(())
    };
    app.state.db.write(make).await.unwrap();
    let found = json!({ "action": "unchanged", "filter": { "cycle": CYCLE }, "dry_run": true });
    let refused = app.officer("da-nang").await.post(BULK, &found).await.expect(422);
    assert_eq!(pointers(&refused), ["/filter"]);
    assert_eq!(refused.json()["errors"][0]["code"], "too_many");
}

/// Adds a project and says whether to keep it.
fn add(
    tx: &mut Tx<'_>,
    number: i64,
    template: &ascn_tracker::domain::project::Project,
    keep: bool,
) -> Result<(), StoreError> {
    let mut project = template.clone();
    project.id = ascn_tracker::domain::id::Id::new(ascn_tracker::clock::fresh_uuid());
    project.code =
        ascn_tracker::domain::project::ProjectCode::new(project.code.city().clone(), number);
    tx.save(&project, Change::plain("create"))?;
    if keep { Ok(()) } else { Err(StoreError::Stale) }
}

#[actix_web::test]
async fn an_attempt_that_fails_leaves_no_trace() {
    let app = desk().await;
    let template = project(&app, "da-nang", 2).await;
    let before = head(&app).await;
    let sample = template.clone();
    // A transaction of which everything was undone has written nothing, and journaled nothing.
    let undone = move |tx: &mut Tx<'_>| -> Result<bool, StoreError> {
        let failed = tx.attempt(|tx| {
            tx.attempt(|tx| add(tx, 10, &sample, true))??;
            tx.attempt(|tx| add(tx, 11, &sample, false))?.ok();
            add(tx, 12, &sample, false)
        })?;
        Ok(failed.is_err())
    };
    assert!(app.state.db.write(undone).await.unwrap());
    assert_eq!(head(&app).await, before);
    let sample = template.clone();
    let mixed = move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        tx.attempt(|tx| add(tx, 20, &sample, false))?.ok();
        // What the database itself refuses is undone as well.
        let double = tx.attempt(|tx| add(tx, 2, &sample, true))?;
        assert!(matches!(double, Err(StoreError::Conflict(_))), "{double:?}");
        tx.attempt(|tx| add(tx, 21, &sample, true))??;
        tx.rehearse(|tx| add(tx, 22, &sample, true))?
    };
    app.state.db.write(mixed).await.unwrap();
    let officer = app.officer("da-nang").await;
    for (number, status) in [(10, 404), (11, 404), (12, 404), (20, 404), (21, 200), (22, 404)] {
        officer.get(&format!("projects/da-nang-{number}")).await.expect(status);
    }
    let verified = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[actix_web::test]
async fn nobody_finds_the_version_of_a_hidden_draft_by_trying() {
    let app = desk().await;
    app.officer("da-nang").await.file("da-nang-1").await;
    let representative = app.representative("VN").await;
    let mut answers = Vec::new();
    for version in 1..4 {
        let item = json!({ "project": "da-nang-1", "cycle": "me-2026", "version": version });
        let body = json!({ "action": "approve", "items": [item], "dry_run": true });
        let view = representative.post("reports/bulk", &body).await.expect(200).json();
        answers.push((
            view["results"][0]["result"].clone(),
            view["results"][0]["problem"]["status"].clone(),
        ));
        let tag = format!("\"v{version}\"");
        let path = format!("{}/approve", crate::filing::report("da-nang-1"));
        representative.send("POST", &path, None, &[("if-match", &tag)]).await.expect(409);
    }
    assert!(answers.iter().all(|a| *a == (json!("refused"), json!(409))), "{answers:?}");
}

#[actix_web::test]
async fn a_digest_stands_for_the_versions_and_the_words() {
    let app = desk().await;
    crate::filing::approve(&app, "da-nang-1").await;
    let mut next = crate::filing::cycle("me-2027");
    for day in ["opens_on", "due_on", "as_of"] {
        next[day] = json!(next[day].as_str().unwrap().replace("2026", "2027"));
    }
    next["review_due_on"] = json!(null);
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let officer = app.officer("da-nang").await;
    let path = "projects/da-nang-1/reports/me-2027";
    officer.put(path, &json!({ "achievements": "Begun." }), None).await.expect(201);
    let order = |more: serde_json::Value| {
        let mut body = json!({
            "action": "unchanged", "comment": "As before.",
            "items": [{ "project": "da-nang-1", "cycle": "me-2027" }]
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let dry =
        officer.post("reports/bulk", &order(json!({ "dry_run": true }))).await.expect(200).json();
    assert_eq!(dry["results"][0]["result"], "done", "{dry}");
    let other = order(json!({ "digest": dry["digest"], "comment": "Other words." }));
    officer.post("reports/bulk", &other).await.expect(409);
    let done =
        officer.post("reports/bulk", &order(json!({ "digest": dry["digest"] }))).await.expect(200);
    assert_eq!(done.json()["results"][0]["result"], "done");
    assert_eq!(officer.get(path).await.expect(200).json()["unchanged"], true);
}
