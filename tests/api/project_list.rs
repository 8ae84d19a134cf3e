//! The list of projects: what is on it for whom, filters, search, sorts, pages.

use ascn_tracker::domain::{report::ProjectStatus, value::Title};
use base64::Engine as _;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    projects::{create_project, insert_approved_copy, merge_members, project_body},
};

/// The codes of a list, and its total.
async fn project_codes(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let list = caller.get(&format!("projects?{query}")).await.expect(200).json();
    let codes: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["code"].as_str().unwrap().to_owned())
        .collect();
    if !query.contains("limit=") {
        assert_eq!(list["total"], codes.len());
    }
    codes
}

/// Five projects in three cities; `da-nang-1` and `bangkok-1` are approved, `bangkok-1` under another title.
async fn create_five_projects(app: &TestApp) {
    let bodies = [
        merge_members(
            project_body("da-nang", "Water sensors"),
            json!({"sectors": ["water-quality", "ict"], "tags": ["smart-urban-utilities"],
                   "outcomes": ["high-quality-of-life"], "priority": true, "starts_on": "2019-05-01"}),
        ),
        merge_members(
            project_body("da-nang", "bus lanes"),
            json!({"focus_area": "built-infrastructure",
            "sub_area": "mobility-and-transportation", "archived": true, "ends_on": "2022-03-31",
            "continues": "da-nang-1"}),
        ),
        merge_members(
            project_body("ha-noi", "Air monitoring"),
            json!({"enablers": ["partnership-and-funding"], "sdgs": [3, 11],
                   "support_required": "Máy bơm: pumps for two districts.",
                   "budget": {"amount_minor": 250_000, "currency": "VND"}}),
        ),
        merge_members(project_body("bangkok", "Canals"), json!({"sectors": ["transport"]})),
        project_body("bangkok", "Parks"),
    ];
    for body in &bodies {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        create_project(app, body).await;
    }
    let partner =
        json!({"partner": "asean-korea-cooperation-fund", "role": "funder", "stage": "mou"});
    let officer = app.officer("da-nang").await;
    officer.post("projects/da-nang-1/partnerships", &partner).await.expect(201);
    let stated =
        json!({"as_stated": "Chêvrons & Co.", "role": "solution_provider", "stage": "agreement"});
    let bangkok = app.officer("bangkok").await;
    bangkok.post("projects/bangkok-2/partnerships", &stated).await.expect(201);
    insert_approved_copy(app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    insert_approved_copy(app, "bangkok-1", ProjectStatus::Completed, |header| {
        header.details.title = Title::parse("Waterways").unwrap();
    })
    .await;
}

#[actix_web::test]
async fn list_projects_contains_what_each_role_may_read() {
    let app = TestApp::spawn().await;
    create_five_projects(&app).await;
    let cases: [(Caller<'_>, &[&str]); 7] = [
        (
            app.secretariat().await,
            &["bangkok-1", "bangkok-2", "da-nang-1", "da-nang-2", "ha-noi-1"],
        ),
        (app.representative("VN").await, &["bangkok-1", "da-nang-1", "da-nang-2", "ha-noi-1"]),
        (app.officer("da-nang").await, &["bangkok-1", "da-nang-1", "da-nang-2"]),
        (app.officer("ha-noi").await, &["bangkok-1", "da-nang-1", "ha-noi-1"]),
        (app.representative("SG").await, &["bangkok-1", "da-nang-1"]),
        (app.administrator().await, &["bangkok-1", "da-nang-1"]),
        (app.reader().await, &["bangkok-1", "da-nang-1"]),
    ];
    for (caller, expected) in &cases {
        assert_eq!(project_codes(caller, "").await, *expected);
        // What the list shows is what the project itself shows.
        let list = caller.get("projects").await.expect(200).json();
        for item in list["items"].as_array().unwrap() {
            let one = caller.get(&format!("projects/{}", item["code"].as_str().unwrap())).await;
            assert_eq!(one.expect(200).json(), *item);
        }
    }
    app.anonymous().get("projects").await.expect(401);
}

#[actix_web::test]
async fn country_reader_lists_approved_projects_of_that_country() {
    use ascn_tracker::domain::{
        reference::CountryCode,
        user::{Role, Scope},
    };
    let app = TestApp::spawn().await;
    create_five_projects(&app).await;
    let scope = Scope::Country(CountryCode::parse("TH").unwrap());
    let reader = app.as_role(Role::Reader, scope).await;
    assert_eq!(project_codes(&reader, "").await, ["bangkok-1"]);
    reader.get("projects/da-nang-1").await.expect(404);
}

#[actix_web::test]
async fn list_projects_supports_every_filter() {
    let app = TestApp::spawn().await;
    create_five_projects(&app).await;
    let all = app.secretariat().await;
    let cases: &[(&str, &[&str])] = &[
        ("city=da-nang&city=ha-noi", &["da-nang-1", "da-nang-2", "ha-noi-1"]),
        ("country=TH", &["bangkok-1", "bangkok-2"]),
        ("focus_area=built-infrastructure", &["da-nang-2"]),
        ("sub_area=mobility-and-transportation", &["da-nang-2"]),
        ("status=completed&status=ongoing", &["bangkok-1", "da-nang-1"]),
        ("status=planning", &[]),
        ("plan_cycle=2018-2025&country=VN", &["da-nang-1", "da-nang-2", "ha-noi-1"]),
        ("plan_cycle=2026-2035", &[]),
        ("priority=true", &["da-nang-1"]),
        ("archived=true", &["da-nang-2"]),
        ("archived=false&city=da-nang", &["da-nang-1"]),
        ("partner=asean-korea-cooperation-fund", &["da-nang-1"]),
        ("sector=ict&sector=transport", &["bangkok-1", "da-nang-1"]),
        ("sector=ict&tag=smart-urban-utilities", &["da-nang-1"]),
        ("outcome=high-quality-of-life", &["da-nang-1"]),
        ("outcome=competitive-economy", &[]),
        ("starts_on_lte=2019-12-31", &["da-nang-1"]),
        ("starts_on_gte=2020-01-01&city=da-nang", &["da-nang-2"]),
        ("ends_on_lte=2022-03-31", &["da-nang-2"]),
        ("ends_on_gte=2022-04-01&city=da-nang", &["da-nang-1"]),
        ("updated_since=2026-11-20T03:00:04Z", &["bangkok-1", "bangkok-2"]),
        ("updated_since=2026-11-20T10:00:05%2B07:00", &["bangkok-2"]),
        ("q=WATER", &["da-nang-1"]),
        ("q=sensors%20water", &["da-nang-1"]),
        ("q=what+about&city=ha-noi", &["ha-noi-1"]),
        ("q=waterways", &[]),
        ("q=da-nang-2", &["da-nang-2"]),
        ("q=KOREA+cooperation", &["da-nang-1"]),
        ("q=chevrons", &["bangkok-2"]),
        ("q=pumps", &["ha-noi-1"]),
        ("enabler=partnership-and-funding", &["ha-noi-1"]),
        ("sdg=11&sdg=4", &["ha-noi-1"]),
        ("sdg=4", &[]),
        ("role=funder&role=lender", &["da-nang-1"]),
        ("stage=agreement", &["bangkok-2"]),
        ("role=solution_provider", &["bangkok-2"]),
        // One partnership has the role and another one the stage.
        ("role=funder&stage=agreement", &[]),
        ("partner=asean-korea-cooperation-fund&role=funder&stage=mou", &["da-nang-1"]),
        ("partner=asean-korea-cooperation-fund&role=lender", &[]),
        ("continues=da-nang-1", &["da-nang-2"]),
        ("support=true", &["ha-noi-1"]),
        ("support=false&city=ha-noi", &[]),
        ("percent_complete_gte=62.5", &["bangkok-1", "da-nang-1"]),
        ("percent_complete_gte=62.51", &[]),
        ("percent_complete_lte=62.5&city=bangkok", &["bangkok-1"]),
        ("budget_currency=VND", &["ha-noi-1"]),
        ("budget_currency=VND&budget_gte=250000", &["ha-noi-1"]),
        ("budget_currency=VND&budget_gte=250001", &[]),
        ("budget_currency=USD&budget_lte=250000", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(project_codes(&all, query).await, *expected, "{query}");
    }
    // Strangers filter and search the approved copies alone.
    let reader = app.reader().await;
    assert_eq!(project_codes(&reader, "q=waterways").await, ["bangkok-1"]);
    assert!(project_codes(&reader, "q=canals").await.is_empty());
    assert_eq!(project_codes(&reader, "sector=transport").await, ["bangkok-1"]);
    assert_eq!(project_codes(&reader, "partner=asean-korea-cooperation-fund").await, ["da-nang-1"]);
    let officer = app.officer("da-nang").await;
    let patch = json!({"title": "Renamed", "sectors": ["energy"]});
    officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await.expect(200);
    let mut parts = officer.get("projects/da-nang-1/partnerships").await.json()["items"].take();
    let part =
        format!("projects/da-nang-1/partnerships/{}", parts[0]["id"].take().as_str().unwrap());
    officer.delete(&part, Some("\"v1\"")).await.expect(200);
    for (caller, sensors, renamed) in [(&reader, 1, 0), (&officer, 0, 1)] {
        for query in ["q=sensors", "sector=water-quality", "partner=asean-korea-cooperation-fund"] {
            assert_eq!(project_codes(caller, query).await.len(), sensors, "{query}");
        }
        for query in ["q=renamed", "sector=energy"] {
            assert_eq!(project_codes(caller, query).await.len(), renamed, "{query}");
        }
    }
}

#[actix_web::test]
async fn project_search_finds_texts_of_every_script() {
    let app = TestApp::spawn().await;
    let texts = [
        ("da-nang", "Thoát nước thông minh Đà Nẵng", "ĐÀ NẴNG"),
        ("bangkok", "ระบบติดตามคุณภาพน้ำในคลอง", "คุณภาพน้ำ"),
        ("phnom-penh", "ប្រព័ន្ធគ្រប់គ្រងទឹកភ្លៀង", "គ្រប់គ្រង"),
        ("yangon", "ရေကြီးမှု ကြိုတင်သတိပေးစနစ်", "ကြိုတင်"),
        ("johor-bahru", "ڤروجيك ايير ڤينتر", "ايير"),
        ("vientiane", "ລະບົບຕິດຕາມນ້ຳ", "ຕິດຕາມ"),
        ("singapore", "100%_sure \\ plan", "100%_SURE \\"),
    ];
    for (i, (city, text, _)) in texts.iter().enumerate() {
        // In turn in each of the three texts that are searched.
        let member = ["title", "title_local", "summary"][i % 3];
        create_project(&app, &merge_members(project_body(city, "Plain"), json!({ member: text })))
            .await;
    }
    let all = app.secretariat().await;
    for (city, _, q) in texts {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
        assert_eq!(project_codes(&all, &query).await, [format!("{city}-1")], "{q}");
    }
    // The same letter written as one character or as two is the same letter.
    let decomposed = "q=%C4%91a%CC%80%20na%CC%86%CC%83ng";
    assert_eq!(project_codes(&all, decomposed).await, ["da-nang-1"]);
    assert!(project_codes(&all, "q=1__%25").await.is_empty());
}

/// Walks all pages; returns the codes.
async fn walk_pages(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = format!("projects?{query}");
    loop {
        let answered = caller.get(&path).await.expect(200);
        let page = answered.json();
        assert_eq!(page["total"], 5);
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| p["code"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            assert_eq!(answered.header("link"), None);
            return found;
        };
        let link = answered.header("link").unwrap();
        let address = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        assert!(address.ends_with(next));
        address.clone_into(&mut path);
    }
}

#[actix_web::test]
async fn list_projects_paginates_in_every_sort_order() {
    let app = TestApp::spawn().await;
    create_five_projects(&app).await;
    let all = app.secretariat().await;
    let orders: &[(&str, &[&str])] = &[
        ("", &["bangkok-1", "bangkok-2", "da-nang-1", "da-nang-2", "ha-noi-1"]),
        ("sort=title&", &["ha-noi-1", "da-nang-2", "bangkok-1", "bangkok-2", "da-nang-1"]),
        ("sort=-title&", &["da-nang-1", "bangkok-2", "bangkok-1", "da-nang-2", "ha-noi-1"]),
        ("sort=updated_at&", &["da-nang-1", "da-nang-2", "ha-noi-1", "bangkok-1", "bangkok-2"]),
        ("sort=-updated_at&", &["bangkok-2", "bangkok-1", "ha-noi-1", "da-nang-2", "da-nang-1"]),
        ("sort=code&", &["bangkok-1", "bangkok-2", "da-nang-1", "da-nang-2", "ha-noi-1"]),
        ("sort=-code&", &["ha-noi-1", "da-nang-2", "da-nang-1", "bangkok-2", "bangkok-1"]),
        ("sort=starts_on&", &["da-nang-1", "bangkok-1", "bangkok-2", "da-nang-2", "ha-noi-1"]),
        ("sort=-starts_on&", &["ha-noi-1", "da-nang-2", "bangkok-2", "bangkok-1", "da-nang-1"]),
        ("sort=ends_on&", &["da-nang-2", "bangkok-1", "bangkok-2", "da-nang-1", "ha-noi-1"]),
        ("sort=-ends_on&", &["ha-noi-1", "da-nang-1", "bangkok-2", "bangkok-1", "da-nang-2"]),
    ];
    for (sort, expected) in orders {
        for limit in [1, 2, 3, 5] {
            assert_eq!(
                walk_pages(&all, &format!("{sort}limit={limit}")).await,
                *expected,
                "{sort}{limit}"
            );
        }
    }
    // Twelve projects of one city come in the order of their numbers, not of their texts.
    for n in 3..=12 {
        create_project(&app, &project_body("da-nang", &format!("Number {n}"))).await;
    }
    let officer = app.officer("da-nang").await;
    let list = project_codes(&officer, "city=da-nang").await;
    assert_eq!((list[1].as_str(), list[11].as_str()), ("da-nang-2", "da-nang-12"));
}

#[actix_web::test]
async fn project_cursor_of_another_query_is_400() {
    let app = TestApp::spawn().await;
    create_five_projects(&app).await;
    let all = app.secretariat().await;
    let page = all.get("projects?limit=2&priority=false").await.expect(200).json();
    let cursor = page["next"].as_str().unwrap().to_owned();
    all.get(&format!("projects?limit=1&priority=false&cursor={cursor}")).await.expect(200);
    for query in ["&priority=true", "&priority=false&sort=title", "&sort=title", "&format=jsonl"] {
        let problem = all.get(&format!("projects?cursor={cursor}{query}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], "cursor", "{query}");
    }
    all.get(&format!("projects/da-nang-1/history?cursor={cursor}")).await.expect(400);
    // Cursors of somebody's own making: no failure of the service, on either database.
    let list: Value = serde_json::from_slice(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&cursor).unwrap(),
    )
    .unwrap();
    for key in [json!(["", "a\u{0}b", 1]), json!(["", "a", i64::MAX]), json!([1]), json!(null)] {
        let mut forged = list.clone();
        forged["k"] = key;
        let forged = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(forged.to_string());
        let answered = all.get(&format!("projects?priority=false&cursor={forged}")).await;
        assert!(matches!(answered.status, 200 | 400), "{}", answered.text);
    }
}

#[actix_web::test]
async fn list_projects_with_invalid_parameters_is_400_naming_them() {
    let app = TestApp::spawn().await;
    let all = app.secretariat().await;
    for (query, parameter, code) in [
        ("focus_areas=x", "focus_areas", "unknown_parameter"),
        ("focus_area=magic", "focus_area", "unknown"),
        ("sub_area=magic", "sub_area", "unknown"),
        ("sector=magic", "sector", "unknown"),
        ("tag=magic", "tag", "unknown"),
        ("outcome=magic", "outcome", "unknown"),
        ("status=done", "status", "unknown"),
        ("city=", "city", "unknown"),
        ("partner=", "partner", "unknown"),
        ("role=owner", "role", "unknown"),
        ("stage=signed", "stage", "unknown"),
        ("enabler=magic", "enabler", "unknown"),
        ("sdg=18", "sdg", "unknown"),
        ("sdg=eleven", "sdg", "unknown"),
        ("continues=da-nang-1", "continues", "unknown"),
        ("continues=Da+Nang", "continues", "unknown"),
        ("support=perhaps", "support", "type"),
        ("percent_complete_gte=101", "percent_complete_gte", "range"),
        ("percent_complete_lte=61%25", "percent_complete_lte", "type"),
        ("budget_gte=1", "budget_currency", "required"),
        ("budget_gte=-1&budget_currency=VND", "budget_gte", "range"),
        ("budget_currency=DONG", "budget_currency", "unknown"),
        ("sort=budget", "sort", "unknown"),
        ("fields=code,secret", "fields", "unknown"),
        ("priority=maybe", "priority", "type"),
        ("priority=true&priority=false", "priority", "duplicate"),
        ("starts_on_gte=2021-02-30", "starts_on_gte", "day"),
        ("updated_since=yesterday", "updated_since", "instant"),
        ("limit=0", "limit", "range"),
        ("limit=1001", "limit", "range"),
        ("limit=many", "limit", "type"),
        ("cursor=abc", "cursor", "cursor"),
        ("q=a%00b", "q", "control_character"),
    ] {
        let problem = all.get(&format!("projects?{query}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
        assert_eq!(problem["errors"][0]["code"], code, "{query}");
    }
    let problem = all.get("projects?focus_areas=x").await.expect(400).json();
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("focus_area?"));
    let problem = all.get("projects?status=done").await.expect(400).json();
    assert_eq!(problem["errors"][0]["allowed"].as_array().unwrap().len(), 6);
    let many = vec!["q="; 10_000].join("&");
    all.get(&format!("projects?{many}")).await.expect(400);
}

#[actix_web::test]
async fn list_projects_with_fields_returns_only_those_fields() {
    let app = TestApp::spawn().await;
    create_five_projects(&app).await;
    let reader = app.reader().await;
    let list = reader.get("projects?fields=code,title&fields=latest").await.expect(200).json();
    assert_eq!(
        list["items"][1],
        json!({"code": "da-nang-1", "title": "Water sensors",
               "latest": {"cycle": "me-2025", "status": "ongoing", "percent_complete": 62.5}})
    );
    assert_eq!((&list["total"], &list["next"]), (&json!(2), &Value::Null));
}

#[actix_web::test]
async fn list_projects_of_the_demo_shows_readers_only_approved_projects() {
    let app = TestApp::demo().await;
    let (all, reader) = (app.secretariat().await, app.reader().await);
    assert_eq!(project_codes(&all, "limit=1000").await.len(), 152);
    assert_eq!(project_codes(&reader, "limit=1000").await.len(), 143);
    let mut pages = Vec::new();
    let mut path = "projects?limit=40&sort=-title&fields=code".to_owned();
    loop {
        let page = reader.get(&path).await.expect(200).json();
        assert_eq!(page["total"], 143);
        pages.extend(page["items"].as_array().unwrap().iter().map(|p| p["code"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("projects?limit=40&sort=-title&fields=code&cursor={next}");
    }
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(pages.len(), 143);
    let stated: usize = 143 - project_codes(&reader, "status=not_stated&limit=1000").await.len();
    let mut by_status = 0;
    for status in ["planning", "ongoing", "completed", "suspended", "cancelled"] {
        by_status += project_codes(&reader, &format!("status={status}&limit=1000")).await.len();
    }
    assert_eq!(by_status, stated);
}
