//! Deadlines as a calendar with a secret address.

use serde_json::json;

use crate::{
    filing::{CYCLE, desk},
    helpers::{Caller, TestApp},
};

async fn address(caller: &Caller<'_>) -> String {
    let made = caller.send("POST", "me/calendar", None, &[]).await.expect(201).json();
    made["path"].as_str().unwrap().to_owned()
}

async fn feed(app: &TestApp, path: &str) -> String {
    let answer = app.anonymous().get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    // Folded lines are put together again (RFC 5545, 3.1).
    answer.text.replace("\r\n ", "")
}

#[actix_web::test]
async fn a_calendar_tells_the_deadlines_of_its_owner() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    let path = address(&officer).await;
    let text = feed(&app, &path).await;
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"),
        "{text}"
    );
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    // One that ended on the day it starts would last no time (RFC 5545, 3.6.1).
    assert!(!text.contains("DTEND"), "{text}");
    assert_eq!(text, feed(&app, &path).await, "the same deadlines are the same text");
    for line in ["DTSTART;VALUE=DATE:20261231", "UID:me-2026-due-da-nang@ascn-tracker"] {
        assert!(text.contains(line), "{text}");
    }
    let more = json!({ "due_on": "2027-01-15", "reason": "Flood." });
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&extension, &more, None).await.expect(201);
    assert!(feed(&app, &path).await.contains("DTSTART;VALUE=DATE:20270115"));
    let review = feed(&app, &address(&app.representative("VN").await).await).await;
    assert!(review.contains("UID:me-2026-review-due@ascn-tracker"), "{review}");
}

#[actix_web::test]
async fn the_address_of_a_calendar_can_be_taken_away() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    assert!(officer.get("me/calendar").await.expect(200).json()["made_at"].is_null());
    officer.delete("me/calendar", None).await.expect(404);
    let first = address(&officer).await;
    let made = officer.get("me/calendar").await.expect(200);
    assert!(made.json()["made_at"].is_string() && !made.text.contains(&first[10..20]));
    let second = address(&officer).await;
    app.anonymous().get(&first).await.expect(404);
    feed(&app, &second).await;
    officer.delete("me/calendar", None).await.expect(200);
    app.anonymous().get(&second).await.expect(404);
    for wrong in ["/calendar/x.ics", "/calendar/.ics", "/calendar/%00.ics", "/calendar/x"] {
        app.anonymous().get(wrong).await.expect(404);
    }
}

#[actix_web::test]
async fn delete_calendar_ignores_if_match() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    for if_match in [None, Some("\"v1\""), Some("no tag")] {
        address(&officer).await;
        let deleted = officer.delete("me/calendar", if_match).await.expect(200);
        assert_eq!(deleted.json(), json!({ "made_at": null }));
        assert_eq!(deleted.header("etag"), None);
    }
}

#[actix_web::test]
async fn the_calendar_of_somebody_shut_out_is_gone() {
    use ascn_tracker::domain::user::Role;
    let app = desk().await;
    let (user, token) = app.user("mai", &[(Role::CityOfficer, crate::filing::da_nang())]).await;
    let path = address(&app.bearer(&token)).await;
    feed(&app, &path).await;
    let (administrator, account) = (app.administrator().await, format!("users/{user}"));
    let etag = administrator.get(&account).await.expect(200).etag();
    administrator.patch(&account, &json!({ "disabled": true }), Some(&etag)).await.expect(200);
    app.anonymous().get(&path).await.expect(404);
}

#[actix_web::test]
async fn a_calendar_speaks_the_language_that_it_is_asked_in_and_names_cities() {
    let app = desk().await;
    let path = address(&app.officer("da-nang").await).await;
    let english = feed(&app, &path).await;
    assert!(english.contains("SUMMARY:M&E 2026: reports of Da Nang due\r\n"), "{english}");
    let told = app.anonymous().get(&format!("{path}?lang=vi")).await.expect(200);
    assert_eq!(told.header("content-language"), Some("vi"));
    let text = told.text.replace("\r\n ", "");
    assert!(text.contains("SUMMARY:M&E 2026: hạn nộp báo cáo của Đà Nẵng\r\n"), "{text}");
    // The same events, in other words: a program keeps them apart by their names.
    assert!(text.contains("UID:me-2026-due-da-nang@ascn-tracker"), "{text}");
    let review = address(&app.representative("VN").await).await;
    let review = feed(&app, &format!("{review}?lang=vi")).await;
    assert!(review.contains("SUMMARY:M&E 2026: hạn ra quyết định\r\n"), "{review}");
}

#[actix_web::test]
async fn a_calendar_with_nothing_due_has_a_component_all_the_same() {
    let app = TestApp::spawn().await;
    let text = feed(&app, &address(&app.officer("da-nang").await).await).await;
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
