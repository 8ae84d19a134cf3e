//! The queue: what each sees of it, its filters, its order, its pages.

use serde_json::Value;

use crate::{
    filing::{CYCLE, approve, cycle, desk, project, ready},
    helpers::{Caller, TestApp},
};

async fn keys(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let list = caller.get(&format!("reports{query}")).await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    assert!(
        !list["next"].is_null() || query.contains("cursor") || list["total"] == items.len(),
        "{list}"
    );
    items
        .iter()
        .map(|r| format!("{} {}", r["project"].as_str().unwrap(), r["state"].as_str().unwrap()))
        .collect()
}

/// Da Nang has a draft, a submitted, a returned and an approved report; Ha Noi and Phuket a submitted one each.
async fn busy() -> TestApp {
    let app = desk().await;
    for (city, number) in
        [("da-nang", 2), ("da-nang", 3), ("da-nang", 10), ("ha-noi", 1), ("phuket", 1)]
    {
        project(&app, city, number).await;
    }
    let officer = app.officer("da-nang").await;
    officer.file("da-nang-1").await;
    for (city, code) in [
        ("ha-noi", "ha-noi-1"),
        ("da-nang", "da-nang-3"),
        ("phuket", "phuket-1"),
        ("da-nang", "da-nang-2"),
    ] {
        let officer = app.officer(city).await;
        officer.file(code).await;
        officer.act(code, "submit").await.expect(200);
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    app.representative("VN").await.act_because("da-nang-3", "return", "x").await.expect(200);
    approve(&app, "da-nang-10").await;
    app
}

#[actix_web::test]
async fn everybody_sees_a_queue_of_their_own() {
    let app = busy().await;
    let own =
        ["da-nang-1 draft", "da-nang-2 submitted", "da-nang-3 returned", "da-nang-10 approved"];
    assert_eq!(keys(&app.officer("da-nang").await, "").await, own);
    let country =
        ["da-nang-2 submitted", "da-nang-3 returned", "da-nang-10 approved", "ha-noi-1 submitted"];
    assert_eq!(keys(&app.representative("VN").await, "").await, country);
    let all = [&country[..], &["phuket-1 submitted"]].concat();
    assert_eq!(keys(&app.secretariat().await, "").await, all);
    assert_eq!(
        keys(&app.officer("ha-noi").await, "").await,
        ["da-nang-10 approved", "ha-noi-1 submitted"]
    );
    assert_eq!(
        keys(&app.representative("TH").await, "").await,
        ["da-nang-10 approved", "phuket-1 submitted"]
    );
    for stranger in [app.reader().await, app.administrator().await] {
        assert_eq!(keys(&stranger, "").await, ["da-nang-10 approved"]);
    }
    app.anonymous().get("reports").await.expect(401);
}

#[actix_web::test]
async fn a_queue_is_filtered() {
    let app = busy().await;
    let secretariat = app.secretariat().await;
    assert_eq!(
        keys(&secretariat, "?state=submitted").await,
        ["da-nang-2 submitted", "ha-noi-1 submitted", "phuket-1 submitted"]
    );
    assert_eq!(
        keys(&secretariat, "?state=returned&state=approved").await,
        ["da-nang-3 returned", "da-nang-10 approved"]
    );
    assert_eq!(
        keys(&secretariat, "?city=ha-noi&city=phuket").await,
        ["ha-noi-1 submitted", "phuket-1 submitted"]
    );
    assert_eq!(keys(&secretariat, "?country=TH").await, ["phuket-1 submitted"]);
    assert_eq!(
        keys(&secretariat, &format!("?cycle={CYCLE}&country=TH&state=submitted")).await,
        ["phuket-1 submitted"]
    );
    assert!(keys(&secretariat, "?cycle=me-1999").await.is_empty());
    assert!(keys(&secretariat, "?late=true").await.is_empty());
    assert_eq!(keys(&secretariat, "?late=false").await.len(), 5);
    let wrong = secretariat.get("reports?state=open").await.expect(400).json();
    assert_eq!(wrong["errors"][0]["parameter"], "state");
    assert_eq!(
        wrong["errors"][0]["allowed"],
        serde_json::json!(["draft", "submitted", "returned", "approved"])
    );
    let typo = secretariat.get("reports?stat=draft").await.expect(400).json();
    assert!(typo["errors"][0]["detail"].as_str().unwrap().contains("state"), "{typo}");
    secretariat.get("reports?late=maybe").await.expect(400);
    secretariat.get("reports?sort=title").await.expect(400);
}

#[actix_web::test]
async fn a_queue_tells_less_where_less_is_asked_for() {
    let app = busy().await;
    let list =
        app.reader().await.get("reports?fields=project,late&fields=state").await.expect(200).json();
    let expected =
        serde_json::json!([{ "project": "da-nang-10", "late": false, "state": "approved" }]);
    assert_eq!(list["items"], expected);
    app.reader().await.get("reports?fields=secret").await.expect(400);
}

#[actix_web::test]
async fn those_that_wait_longest_come_first() {
    let app = busy().await;
    let secretariat = app.secretariat().await;
    let waiting = keys(&secretariat, "?state=submitted&sort=submitted_at").await;
    assert_eq!(waiting, ["ha-noi-1 submitted", "phuket-1 submitted", "da-nang-2 submitted"]);
    // What was never submitted comes last.
    let own = keys(&app.officer("da-nang").await, "?sort=submitted_at").await;
    assert_eq!(
        own,
        ["da-nang-3 returned", "da-nang-2 submitted", "da-nang-10 approved", "da-nang-1 draft"]
    );
}

#[actix_web::test]
async fn a_queue_comes_in_pages() {
    let app = busy().await;
    let secretariat = app.secretariat().await;
    for (caller, sort) in [
        (&secretariat, "sort=cycle"),
        (&secretariat, "sort=submitted_at"),
        (&app.officer("da-nang").await, "sort=submitted_at"),
    ] {
        let whole = keys(caller, &format!("?{sort}")).await;
        let mut seen = Vec::new();
        let mut query = format!("?{sort}&limit=2");
        loop {
            let page = caller.get(&format!("reports{query}")).await.expect(200);
            let json = page.json();
            assert_eq!(json["total"], whole.len());
            for r in json["items"].as_array().unwrap() {
                seen.push(format!(
                    "{} {}",
                    r["project"].as_str().unwrap(),
                    r["state"].as_str().unwrap()
                ));
            }
            let Value::String(next) = &json["next"] else { break };
            assert!(page.header("link").unwrap().contains("rel=\"next\""));
            query = format!("?{sort}&limit=2&cursor={next}");
        }
        assert_eq!(seen, whole);
    }
    let next = secretariat.get("reports?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    secretariat.get(&format!("reports?limit=1&state=draft&cursor={next}")).await.expect(400);
    secretariat.get(&format!("projects/da-nang-1/reports?cursor={next}")).await.expect(400);
    secretariat.get("reports?cursor=x").await.expect(400);
    secretariat.get("reports?limit=0").await.expect(400);
}

#[actix_web::test]
async fn an_item_tells_what_a_queue_is_sorted_by() {
    let app = busy().await;
    let list =
        app.representative("VN").await.get("reports?state=approved").await.expect(200).json();
    insta::assert_json_snapshot!(list["items"][0], { ".submitted_at" => "[at]", ".decided_at" => "[at]", ".submitted_by.id" => "[id]", ".decided_by.id" => "[id]" });
    let seen = app.reader().await.get("reports").await.expect(200).json();
    assert_eq!(
        (&seen["items"][0]["submitted_by"], &seen["items"][0]["version"]),
        (&Value::Null, &serde_json::json!(1))
    );
}

#[actix_web::test]
async fn the_reports_of_a_project_are_those_that_one_sees() {
    let app = busy().await;
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle("me-2027")).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    let officer = app.officer("da-nang").await;
    officer.put("projects/da-nang-10/reports/me-2027", &ready(), None).await.expect(201);
    let cycles = async |caller: &Caller<'_>| {
        let list = caller.get("projects/da-nang-10/reports").await.expect(200).json();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["cycle"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(cycles(&officer).await, ["me-2026", "me-2027"]);
    for caller in [&secretariat, &app.representative("VN").await, &app.reader().await] {
        assert_eq!(cycles(caller).await, ["me-2026"]);
    }
    app.reader().await.get("projects/da-nang-1/reports").await.expect(404);
    officer.get("projects/da-nang-99/reports").await.expect(404);
}
