//! The feed as an event stream.

use std::time::Duration;

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use super::{head, waiting::waiting, whole};
use crate::{
    filing::{approve, desk},
    helpers::{Caller, TestApp},
};

/// A stream under way, with what came of it and was not read yet.
struct Events {
    response: reqwest::Response,
    text: String,
}

/// An event: its id, and what it says.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: i64,
    change: Option<Value>,
}

async fn open(app: &TestApp, caller: &Caller<'_>, query: &str, last: Option<i64>) -> Events {
    let url = format!("{}/api/v1/changes{query}", app.address);
    let mut request = reqwest::Client::new()
        .get(url)
        .bearer_auth(caller.token.as_deref().unwrap())
        .header("accept", "text/event-stream");
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    Events { response, text: String::new() }
}

impl Events {
    /// Returns the next event; none when the stream ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let fields: Vec<(&str, &str)> =
                    event.lines().filter_map(|l| l.split_once(": ")).collect();
                let field = |name: &str| fields.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
                let id = field("id").map(|id| id.parse().unwrap());
                let change = field("data").map(|data| serde_json::from_str(data).unwrap());
                assert_eq!(change.is_some(), field("event") == Some("change"), "{event}");
                self.text = rest.to_owned();
                match id {
                    Some(id) => return Some(Event { id, change }),
                    None => continue,
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
            let chunk = chunk.await.expect("the stream says nothing and does not end");
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }
}

#[actix_web::test]
async fn the_stream_tells_what_the_pages_tell_and_goes_on_as_things_happen() {
    let app = desk().await;
    let reader = app.reader().await;
    let pages = whole(&reader, 1000).await;
    let mut events = open(&app, &reader, "", None).await;
    for item in &pages {
        let event = events.next().await.unwrap();
        assert_eq!((Some(event.id), event.change.as_ref()), (item["feed"].as_i64(), Some(item)));
    }
    approve(&app, "da-nang-1").await;
    let event = events.next().await.unwrap();
    let change = event.change.unwrap();
    assert_eq!(
        (change["key"].as_str(), change["action"].as_str()),
        (Some("da-nang-1/me-2026"), Some("approved"))
    );
    drop(events);
    // Whoever comes again goes on behind the last that came, whatever the address says.
    let mut events = open(&app, &reader, "?after=3", Some(event.id)).await;
    assert_eq!(events.next().await.unwrap().id, event.id + 1);
    let mut events = open(&app, &reader, "?after=3", None).await;
    assert_eq!(events.next().await.unwrap().id, 4);
}

#[actix_web::test]
async fn what_is_out_of_reach_moves_the_id_without_an_event() {
    let app = desk().await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    let narrow = app.as_role(Role::Reader, thailand).await;
    let last = head(&narrow).await;
    let mut events = open(&app, &narrow, "", Some(last)).await;
    waiting(&app, 1).await;
    approve(&app, "da-nang-1").await;
    let now = head(&narrow).await;
    let mut event = events.next().await.unwrap();
    while event.id < now {
        assert_eq!(event.change, None);
        event = events.next().await.unwrap();
    }
    assert_eq!(event, Event { id: now, change: None });
}

#[actix_web::test]
async fn a_stream_ends_with_the_session_the_grant_and_the_server() {
    let app = TestApp::spawn().await;
    let reader = json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]);
    let (id, tokens) = app.joined("guest@test.example", reader).await;
    let guest = app.bearer(tokens["access_token"].as_str().unwrap());
    let last = head(&guest).await;
    // Another grant: what is in reach may be something else now.
    let mut events = open(&app, &guest, "", Some(last)).await;
    waiting(&app, 1).await;
    let grant = json!({ "role": "reader", "scope": { "kind": "city", "key": "da-nang" } });
    let administrator = app.administrator().await;
    administrator.post(&format!("users/{id}/grants"), &grant).await.expect(201);
    assert_eq!(events.next().await, None);
    let mut events = open(&app, &guest, "", Some(last)).await;
    waiting(&app, 1).await;
    guest.send("POST", "auth/logout", None, &[]).await.expect(200);
    assert_eq!(events.next().await, None);
    let reader = app.reader().await;
    let mut events = open(&app, &reader, "", Some(last)).await;
    waiting(&app, 1).await;
    app.state.waiting.stop();
    assert_eq!(events.next().await, None);
    waiting(&app, 0).await;
}

#[actix_web::test]
async fn a_stream_does_not_outlive_its_token() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = head(&reader).await;
    app.clock.advance(chrono::TimeDelta::minutes(15) - chrono::TimeDelta::seconds(1));
    let mut events = open(&app, &reader, "", Some(last)).await;
    assert_eq!(events.next().await, None);
}

#[actix_web::test]
async fn a_stream_has_a_head_and_counts_as_a_request_that_waits() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let stream = [("accept", "text/event-stream")];
    let answer = reader.send("HEAD", "changes", None, &stream).await.expect(200);
    assert_eq!(
        (answer.header("content-type"), answer.text.as_str()),
        (Some("text/event-stream"), "")
    );
    let last = head(&reader).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(open(&app, &reader, "", Some(last)).await);
    }
    let refused = reader.send("GET", "changes", None, &stream).await.expect(429);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    drop(streams);
    // Those that went away give their seats back; the server notices when it writes to them, at the latest.
    waiting(&app, 0).await;
}
