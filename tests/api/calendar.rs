//! Deadlines as a calendar with a secret address.

use serde_json::json;

use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{CYCLE, spawn_with_open_cycle},
};

async fn create_calendar_address(caller: &Caller<'_>) -> String {
    let made = caller.send("POST", "me/calendar", None, &[]).await.expect(201).json();
    made["path"].as_str().unwrap().to_owned()
}

async fn read_calendar(app: &TestApp, path: &str) -> String {
    let answer = app.anonymous().get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    // Folded lines are put together again (RFC 5545, 3.1).
    answer.text.replace("\r\n ", "")
}

#[actix_web::test]
async fn calendar_contains_the_deadlines_of_its_owner() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = create_calendar_address(&officer).await;
    let text = read_calendar(&app, &path).await;
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"),
        "{text}"
    );
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    // One that ended on the day it starts would last no time (RFC 5545, 3.6.1).
    assert!(!text.contains("DTEND"), "{text}");
    assert_eq!(text, read_calendar(&app, &path).await, "the same deadlines are the same text");
    for line in ["DTSTART;VALUE=DATE:20261231", "UID:me-2026-due-da-nang@ascn-tracker"] {
        assert!(text.contains(line), "{text}");
    }
    let more = json!({ "due_on": "2027-01-15", "reason": "Flood." });
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&extension, &more, None).await.expect(201);
    assert!(read_calendar(&app, &path).await.contains("DTSTART;VALUE=DATE:20270115"));
    let review =
        read_calendar(&app, &create_calendar_address(&app.representative("VN").await).await).await;
    assert!(review.contains("UID:me-2026-review-due@ascn-tracker"), "{review}");
}

#[actix_web::test]
async fn replaced_or_deleted_calendar_address_is_404() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    assert!(officer.get("me/calendar").await.expect(200).json()["made_at"].is_null());
    officer.delete("me/calendar", None).await.expect(404);
    let first = create_calendar_address(&officer).await;
    let made = officer.get("me/calendar").await.expect(200);
    assert!(made.json()["made_at"].is_string() && !made.text.contains(&first[10..20]));
    let second = create_calendar_address(&officer).await;
    app.anonymous().get(&first).await.expect(404);
    read_calendar(&app, &second).await;
    officer.delete("me/calendar", None).await.expect(200);
    app.anonymous().get(&second).await.expect(404);
    for wrong in ["/calendar/x.ics", "/calendar/.ics", "/calendar/%00.ics", "/calendar/x"] {
        app.anonymous().get(wrong).await.expect(404);
    }
}

#[actix_web::test]
async fn read_calendar_has_no_etag() {
    let app = spawn_with_open_cycle().await;
    let path = create_calendar_address(&app.officer("da-nang").await).await;
    let calendar = app.anonymous().get(&path).await.expect(200);
    assert_eq!(calendar.header("etag"), None);
    assert_eq!(calendar.header("content-language"), Some("en"));
}

#[actix_web::test]
async fn delete_calendar_ignores_if_match() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for if_match in [None, Some("\"v1\""), Some("no tag")] {
        create_calendar_address(&officer).await;
        let deleted = officer.delete("me/calendar", if_match).await.expect(200);
        assert_eq!(deleted.json(), json!({ "made_at": null }));
    }
}

#[actix_web::test]
async fn calendar_of_a_disabled_user_is_404() {
    use ascn_tracker::domain::user::Role;
    let app = spawn_with_open_cycle().await;
    let (user, token) = app
        .insert_user("mai", &[(Role::CityOfficer, crate::report_fixtures::da_nang_scope())])
        .await;
    let path = create_calendar_address(&app.bearer(&token)).await;
    read_calendar(&app, &path).await;
    let (administrator, account) = (app.administrator().await, format!("users/{user}"));
    let etag = administrator.get(&account).await.expect(200).etag();
    administrator.patch(&account, &json!({ "disabled": true }), Some(&etag)).await.expect(200);
    app.anonymous().get(&path).await.expect(404);
}

#[actix_web::test]
async fn calendar_is_localised_by_the_lang_parameter() {
    let app = spawn_with_open_cycle().await;
    let path = create_calendar_address(&app.officer("da-nang").await).await;
    let english = read_calendar(&app, &path).await;
    assert!(english.contains("SUMMARY:M&E 2026: reports of Da Nang due\r\n"), "{english}");
    let told = app.anonymous().get(&format!("{path}?lang=vi")).await.expect(200);
    assert_eq!(told.header("content-language"), Some("vi"));
    let text = told.text.replace("\r\n ", "");
    assert!(text.contains("SUMMARY:M&E 2026: hạn nộp báo cáo của Đà Nẵng\r\n"), "{text}");
    // The same events, in other words: a program keeps them apart by their names.
    assert!(text.contains("UID:me-2026-due-da-nang@ascn-tracker"), "{text}");
    let review = create_calendar_address(&app.representative("VN").await).await;
    let review = read_calendar(&app, &format!("{review}?lang=vi")).await;
    assert!(review.contains("SUMMARY:M&E 2026: hạn ra quyết định\r\n"), "{review}");
}

#[actix_web::test]
async fn calendar_without_deadlines_has_a_timezone_component() {
    let app = TestApp::spawn().await;
    let text =
        read_calendar(&app, &create_calendar_address(&app.officer("da-nang").await).await).await;
    let lines: Vec<&str> = text.lines().collect();
    let body = [
        "BEGIN:VTIMEZONE",
        "TZID:Etc/UTC",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "TZNAME:UTC",
        "END:STANDARD",
        "END:VTIMEZONE",
        "END:VCALENDAR",
    ];
    assert!(lines.ends_with(&body), "{text}");
    assert!(lines.contains(&"VERSION:2.0") && !text.contains("VEVENT"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

/// Returns the values of two properties of the only event.
fn read_revision(calendar: &str) -> (String, i64) {
    let property = |name: &str| {
        let mut values = calendar.lines().filter_map(|line| line.strip_prefix(name));
        let value = values.next().unwrap().to_owned();
        assert_eq!(values.next(), None, "{calendar}");
        value
    };
    (property("DTSTAMP:"), property("SEQUENCE:").parse().unwrap())
}

#[actix_web::test]
async fn calendar_event_has_the_time_and_the_number_of_its_last_revision() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let secretariat = app.secretariat().await;
    let path = create_calendar_address(&officer).await;
    let pause = chrono::TimeDelta::minutes(2);
    // The cycle was created, and then opened, which moves none of its days.
    assert_eq!(
        read_revision(&read_calendar(&app, &path).await),
        ("20261120T030000Z".to_owned(), 2)
    );
    app.clock.advance(pause);
    let secretariat_edits = async |body: serde_json::Value| {
        let cycle = format!("cycles/{CYCLE}");
        let etag = secretariat.get(&cycle).await.expect(200).etag();
        secretariat.patch(&cycle, &body, Some(&etag)).await.expect(200);
    };
    secretariat_edits(json!({ "due_on": "2027-01-05" })).await;
    assert_eq!(
        read_revision(&read_calendar(&app, &path).await),
        ("20261120T030200Z".to_owned(), 3)
    );
    app.clock.advance(pause);
    secretariat_edits(json!({ "name": "M&E of 2026" })).await;
    assert_eq!(
        read_revision(&read_calendar(&app, &path).await),
        ("20261120T030200Z".to_owned(), 4)
    );
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    let more = json!({ "due_on": "2027-01-15", "reason": "Flood." });
    let granted = secretariat.put(&extension, &more, None).await.expect(201);
    assert_eq!(
        read_revision(&read_calendar(&app, &path).await),
        ("20261120T030400Z".to_owned(), 5)
    );
    // A withdrawal is a revision too: the day goes back, and the revision does not.
    app.clock.advance(pause);
    secretariat.delete(&extension, Some(&granted.etag())).await.expect(200);
    let text = read_calendar(&app, &path).await;
    assert!(text.contains("DTSTART;VALUE=DATE:20270105"), "{text}");
    assert_eq!(read_revision(&text), ("20261120T030600Z".to_owned(), 6));
    app.clock.advance(pause);
    assert_eq!(read_calendar(&app, &path).await, text);
}
