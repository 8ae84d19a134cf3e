//! The feed as an event stream.

use std::time::Duration;

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use super::{feed_head, long_polling::await_waiting_count, read_whole_feed};
use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{file_and_approve, spawn_with_open_cycle},
};

/// A stream under way, with what came of it and was not read yet.
struct EventStream {
    response: reqwest::Response,
    text: String,
}

/// An event: its id, and what it says.
#[derive(Debug, Clone, PartialEq)]
struct StreamEvent {
    id: i64,
    change: Option<Value>,
}

async fn open_event_stream(
    app: &TestApp,
    caller: &Caller<'_>,
    query: &str,
    last: Option<i64>,
) -> EventStream {
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
    EventStream { response, text: String::new() }
}

impl EventStream {
    /// Returns the next event; none when the stream ended.
    async fn next_event(&mut self) -> Option<StreamEvent> {
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
                    Some(id) => return Some(StreamEvent { id, change }),
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
async fn event_stream_sends_the_feed_and_then_new_changes() {
    let app = spawn_with_open_cycle().await;
    let reader = app.reader().await;
    let pages = read_whole_feed(&reader, 1000).await;
    let mut events = open_event_stream(&app, &reader, "", None).await;
    for item in &pages {
        let event = events.next_event().await.unwrap();
        assert_eq!((Some(event.id), event.change.as_ref()), (item["feed"].as_i64(), Some(item)));
    }
    file_and_approve(&app, "da-nang-1").await;
    let event = events.next_event().await.unwrap();
    let change = event.change.unwrap();
    assert_eq!(
        (change["key"].as_str(), change["action"].as_str()),
        (Some("da-nang-1/me-2026"), Some("approved"))
    );
    drop(events);
    // Whoever comes again goes on behind the last that came, whatever the address says.
    let mut events = open_event_stream(&app, &reader, "?after=3", Some(event.id)).await;
    assert_eq!(events.next_event().await.unwrap().id, event.id + 1);
    let mut events = open_event_stream(&app, &reader, "?after=3", None).await;
    assert_eq!(events.next_event().await.unwrap().id, 4);
}

#[actix_web::test]
async fn event_stream_omits_changes_out_of_scope_but_moves_the_id() {
    let app = spawn_with_open_cycle().await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    let narrow = app.as_role(Role::Reader, thailand).await;
    let last = feed_head(&narrow).await;
    let mut events = open_event_stream(&app, &narrow, "", Some(last)).await;
    await_waiting_count(&app, 1).await;
    file_and_approve(&app, "da-nang-1").await;
    let now = feed_head(&narrow).await;
    let mut event = events.next_event().await.unwrap();
    while event.id < now {
        assert_eq!(event.change, None);
        event = events.next_event().await.unwrap();
    }
    assert_eq!(event, StreamEvent { id: now, change: None });
}

#[actix_web::test]
async fn event_stream_ends_on_grant_change_logout_and_shutdown() {
    let app = TestApp::spawn().await;
    let reader = json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]);
    let (id, tokens) = app.invite_and_accept("guest@test.example", reader).await;
    let guest = app.bearer(tokens["access_token"].as_str().unwrap());
    let last = feed_head(&guest).await;
    // Another grant: what is in reach may be something else now.
    let mut events = open_event_stream(&app, &guest, "", Some(last)).await;
    await_waiting_count(&app, 1).await;
    let grant = json!({ "role": "reader", "scope": { "kind": "city", "key": "da-nang" } });
    let administrator = app.administrator().await;
    administrator.post(&format!("users/{id}/grants"), &grant).await.expect(201);
    assert_eq!(events.next_event().await, None);
    let mut events = open_event_stream(&app, &guest, "", Some(last)).await;
    await_waiting_count(&app, 1).await;
    guest.send("POST", "auth/logout", None, &[]).await.expect(200);
    assert_eq!(events.next_event().await, None);
    let reader = app.reader().await;
    let mut events = open_event_stream(&app, &reader, "", Some(last)).await;
    await_waiting_count(&app, 1).await;
    app.state.waiting.stop_waiting();
    assert_eq!(events.next_event().await, None);
    await_waiting_count(&app, 0).await;
}

#[actix_web::test]
async fn event_stream_ends_when_the_access_token_expires() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = feed_head(&reader).await;
    app.clock.advance(chrono::TimeDelta::minutes(15) - chrono::TimeDelta::seconds(1));
    let mut events = open_event_stream(&app, &reader, "", Some(last)).await;
    assert_eq!(events.next_event().await, None);
}

#[actix_web::test]
async fn event_stream_answers_head_and_the_fifth_stream_is_429() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let stream = [("accept", "text/event-stream")];
    let answer = reader.send("HEAD", "changes", None, &stream).await.expect(200);
    assert_eq!(
        (answer.header("content-type"), answer.text.as_str()),
        (Some("text/event-stream"), "")
    );
    let last = feed_head(&reader).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(open_event_stream(&app, &reader, "", Some(last)).await);
    }
    let refused = reader.send("GET", "changes", None, &stream).await.expect(429);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    drop(streams);
    // Those that went away give their seats back; the server notices when it writes to them, at the latest.
    await_waiting_count(&app, 0).await;
}

// Seen with a reverse proxy whose clients come and go: four streams were refused for ten seconds after they had ended.
#[actix_web::test]
async fn event_stream_that_its_client_closed_frees_its_place_at_once() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let last = feed_head(&reader).await;
    let events = open_event_stream(&app, &reader, "", Some(last)).await;
    await_waiting_count(&app, 1).await;
    let closed = std::time::Instant::now();
    drop(events);
    await_waiting_count(&app, 0).await;
    // The first heartbeat, at which a stream would notice it by itself, comes after five seconds.
    assert!(closed.elapsed() < Duration::from_secs(3), "{:?}", closed.elapsed());
}
