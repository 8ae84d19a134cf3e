//! Pages of lists: cursors carry their filters, and whole lists are paged on request.

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, PASSWORD_OF_THEIRS, TestApp},
    projects::{create_project, merge_members, project_body},
    report_fixtures::{CYCLE, cycle_body, spawn_with_open_cycle},
    users::bearer_caller,
};

/// Walks a list from a path by sending each cursor alone with a limit of 1. Checks the header `Link` of each page.
/// Returns the value of a member of each item.
async fn walk_with_cursors_alone(caller: &Caller<'_>, path: &str, member: &str) -> Vec<Value> {
    let list = path.split('?').next().unwrap();
    let between = if path.contains('?') { '&' } else { '?' };
    let (mut found, mut at) = (Vec::new(), format!("{path}{between}limit=1"));
    loop {
        let answered = caller.get(&at).await.expect(200);
        let mut page = answered.json();
        found.extend(page["items"].as_array_mut().unwrap().iter_mut().map(|i| i[member].take()));
        let Some(next) = page["next"].as_str() else {
            assert_eq!(answered.header("link"), None, "{path}");
            return found;
        };
        let link = answered.header("link").unwrap();
        assert!(link.contains(next) && link.ends_with(">; rel=\"next\""), "{path}: {link}");
        at = format!("{list}?limit=1&cursor={next}");
    }
}

#[actix_web::test]
async fn cursor_alone_continues_with_its_filters_and_sort() {
    let app = TestApp::spawn().await;
    for (city, title) in [("da-nang", "A"), ("bangkok", "B"), ("da-nang", "C"), ("da-nang", "D")] {
        create_project(&app, &project_body(city, title)).await;
    }
    let all = app.secretariat().await;
    let walked =
        walk_with_cursors_alone(&all, "projects?city=da-nang&sort=-title&fields=code", "code")
            .await;
    assert_eq!(walked, ["da-nang-3", "da-nang-2", "da-nang-1"]);
    let first = all.get("projects?city=da-nang&sort=-title&fields=code&limit=1").await.json();
    let cursor = first["next"].as_str().unwrap();
    // The cursor alone is the page with all parameters. It carries `fields` too.
    let alone = all.get(&format!("projects?cursor={cursor}&limit=1&lang=vi")).await.expect(200);
    assert_eq!(alone.json()["items"], json!([{"code": "da-nang-2"}]));
    let whole = format!("projects?fields=code&sort=-title&limit=1&city=da-nang&cursor={cursor}");
    assert_eq!(all.get(&whole).await.expect(200).text, alone.text);
    // Without `limit` the page has the default length.
    let rest = all.get(&format!("projects?cursor={cursor}")).await.expect(200).json();
    assert_eq!((&rest["next"], &rest["total"]), (&Value::Null, &json!(3)));
    for more in ["city=bangkok", "city=da-nang", "sort=title", "q=A", "fields=title"] {
        let problem = all.get(&format!("projects?cursor={cursor}&{more}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], "cursor", "{more}");
    }
    for list in ["reports", "cities", "projects/da-nang-1/history", "cycles"] {
        let problem = all.get(&format!("{list}?cursor={cursor}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["code"], "cursor", "{list}");
    }
}

#[actix_web::test]
async fn every_filtered_list_continues_with_its_cursor_alone() {
    let app = TestApp::demo().await;
    let secretariat = app.secretariat().await;
    for (path, member) in [
        ("reports?city=da-nang&cycle=me-2025&sort=-project", "project"),
        ("cities?country=VN&sort=-name", "slug"),
        ("partners?country=JP&type=external_partner_government", "slug"),
        ("users?role=national_representative&country=VN&country=TH&q=demo", "id"),
        ("journal?entity=cycle", "seq"),
        ("releases/me-2025-r1/reports?country=LA&status=ongoing", "project"),
    ] {
        let whole = secretariat.get(&format!("{path}&limit=1000")).await.expect(200).json();
        let expected: Vec<Value> =
            whole["items"].as_array().unwrap().iter().map(|i| i[member].clone()).collect();
        assert!(expected.len() > 1, "{path}: {whole}");
        assert_eq!(walk_with_cursors_alone(&secretariat, path, member).await, expected, "{path}");
    }
}

#[actix_web::test]
async fn forged_filters_in_a_cursor_are_400() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for filters in ["secret=1", "city=%00", "limit=5", "cursor=x", "sort=title", "&&&"] {
        let forged = json!({ "l": "0000000000000000", "k": ["", "a", 1], "f": filters });
        let cursor = URL_SAFE_NO_PAD.encode(forged.to_string());
        let problem = reader.get(&format!("projects?cursor={cursor}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], "cursor", "{filters}");
    }
}

#[actix_web::test]
async fn whole_lists_are_paged_with_limit_and_whole_without() {
    let app = spawn_with_open_cycle().await;
    let (secretariat, officer) = (app.secretariat().await, app.officer("da-nang").await);
    for (slug, as_of) in [("me-2027", "2027-06-30"), ("me-2028", "2028-06-30")] {
        let body = merge_members(cycle_body(slug), json!({"as_of": as_of}));
        secretariat.post("cycles", &body).await.expect(201);
    }
    let extension = json!({"due_on": "2027-03-01", "reason": "Flood."});
    for city in ["phuket", "da-nang", "ha-noi"] {
        let path = format!("cycles/{CYCLE}/extensions/{city}");
        secretariat.put(&path, &extension, None).await.expect(201);
    }
    for (title, due_on) in [("B", "2024-06-30"), ("A", "2024-06-30"), ("C", "2023-06-30")] {
        let body = json!({ "title": title, "due_on": due_on });
        officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
        let body = json!({ "name": title, "kind": "output", "unit": "km", "better": "up" });
        officer.post("projects/da-nang-1/indicators", &body).await.expect(201);
        let body = json!({ "as_stated": title, "role": "funder", "stage": "mou" });
        officer.post("projects/da-nang-1/partnerships", &body).await.expect(201);
    }
    let lists = [
        (&secretariat, "cycles".to_owned(), "cycle"),
        (&secretariat, format!("cycles/{CYCLE}/extensions"), "city"),
        (&officer, "projects/da-nang-1/milestones".to_owned(), "title"),
        (&officer, "projects/da-nang-1/indicators".to_owned(), "name"),
        (&officer, "projects/da-nang-1/partnerships".to_owned(), "as_stated"),
    ];
    for (caller, path, member) in lists {
        let whole = caller.get(&path).await.expect(200);
        assert_eq!(whole.header("link"), None);
        let whole = whole.json();
        let items: Vec<Value> =
            whole["items"].as_array().unwrap().iter().map(|i| i[member].clone()).collect();
        assert!(items.len() >= 3, "{path}: {whole}");
        assert_eq!((&whole["next"], &whole["total"]), (&Value::Null, &json!(items.len())));
        assert_eq!(walk_with_cursors_alone(caller, &path, member).await, items, "{path}");
        for (query, parameter) in
            [("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=x", "cursor")]
        {
            let problem = caller.get(&format!("{path}?{query}")).await.expect(400).json();
            assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}?{query}");
        }
    }
}

#[actix_web::test]
async fn sessions_are_paged_newest_first() {
    let app = TestApp::spawn().await;
    let grants = json!([{ "role": "reader", "scope": { "kind": "network", "key": null } }]);
    let (_, tokens) = app.invite_and_accept("mai@city.example", grants).await;
    let password = json!({ "email": "mai@city.example", "password": PASSWORD_OF_THEIRS });
    for _ in 0..3 {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        app.anonymous().post("auth/login", &password).await.expect(200);
    }
    let mai = bearer_caller(&app, &tokens);
    let whole = mai.get("me/sessions").await.expect(200).json();
    let ids: Vec<Value> =
        whole["items"].as_array().unwrap().iter().map(|s| s["id"].clone()).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(walk_with_cursors_alone(&mai, "me/sessions", "id").await, ids);
}
