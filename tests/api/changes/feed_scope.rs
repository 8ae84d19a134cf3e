//! Who is told what, and what is refused.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};

use super::{feed_head, read_whole_feed};
use crate::helpers::TestApp;

#[actix_web::test]
async fn feed_without_credentials_is_401() {
    let app = TestApp::spawn().await;
    app.anonymous().get("changes").await.expect(401);
    let stream = [("accept", "text/event-stream")];
    let answer = app.anonymous().send("GET", "changes", None, &stream).await.expect(401);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

#[actix_web::test]
async fn country_reader_gets_feed_items_of_that_country_only() {
    let app = TestApp::demo().await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    let narrow = app.as_role(Role::Reader, thailand).await;
    let wide = read_whole_feed(&app.reader().await, 1000).await;
    let told = read_whole_feed(&narrow, 40).await;
    let thai: Vec<String> = narrow.get("cities?country=TH").await.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| format!("{}-", c["slug"].as_str().unwrap()))
        .collect();
    let theirs: Vec<_> = wide
        .iter()
        .filter(|item| {
            let key = item["key"].as_str().unwrap();
            !matches!(item["entity"].as_str().unwrap(), "report" | "project")
                || thai.iter().any(|city| key.starts_with(city))
        })
        .cloned()
        .collect();
    assert!(theirs.len() < wide.len() && theirs.iter().any(|i| i["entity"] == "report"));
    assert_eq!(told, theirs);
    // Where nothing is theirs, the cursor moves on all the same.
    let head = feed_head(&narrow).await;
    let rest = narrow.get(&format!("changes?after={}", told.last().unwrap()["feed"])).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (0, &head.into()));
    assert_eq!(rest["caught_up"], true);
}

#[actix_web::test]
async fn feed_with_invalid_parameters_is_400_naming_the_parameter() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let head = feed_head(&reader).await;
    reader.get(&format!("changes?after={head}")).await.expect(200);
    for (query, name) in [
        (format!("after={}", head + 1), "after"),
        ("after=-1".to_owned(), "after"),
        ("after=1.5".to_owned(), "after"),
        ("after=x".to_owned(), "after"),
        ("after=99999999999999999999".to_owned(), "after"),
        (format!("after={}&wait=5", i64::MAX), "after"),
        ("limit=0".to_owned(), "limit"),
        ("limit=1001".to_owned(), "limit"),
        ("wait=31".to_owned(), "wait"),
        ("wait=-1".to_owned(), "wait"),
        ("since=1".to_owned(), "since"),
    ] {
        let refused = reader.get(&format!("changes?{query}")).await.expect(400).json();
        assert_eq!(refused["errors"][0]["parameter"], name, "{query}: {refused}");
    }
    for last in ["x", "-1", "9223372036854775807"] {
        let headers = [("accept", "text/event-stream"), ("last-event-id", last)];
        let refused = reader.send("GET", "changes", None, &headers).await.expect(400).json();
        assert_eq!(refused["errors"][0]["parameter"], "Last-Event-ID", "{last}: {refused}");
    }
}
