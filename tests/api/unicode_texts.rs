//! Texts in the scripts of ASEAN on every path: kept as typed, found, sorted the same way on both databases.

use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp};

/// A title in each script, in the order of their code points.
const TITLES: &[(&str, &str)] = &[
    ("vi", "Cấp nước thông minh Đà Nẵng"),
    ("jawi", "ايرب برسيه كامڤوڠ ايير"),
    ("ta", "குடிநீர் திட்டம்"),
    ("th", "น้ำประปาอัจฉริยะเพื่อเมืองภูเก็ต"),
    ("lo", "ນ້ຳປະປາອັດສະລິຍະ"),
    ("my", "ရေပေးဝေရေး စီမံကိန်း"),
    ("km", "ទឹកស្អាតឆ្លាតវៃ"),
    ("zh", "智慧供水"),
    // Beyond the basic plane: UTF-8 orders it last, UTF-16 would not.
    ("emoji", "\u{1F4A7} air bersih"),
];

fn project_body(title: &str) -> Value {
    json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": title, "title_local": title,
        "summary": format!("{title}\n{title}"), "focus_area": "built-infrastructure",
        "starts_on": "2019-01-01", "ends_on": "2020-12-31"
    })
}

/// Records a project with each title, in another order than theirs; returns the codes in the order of the titles.
async fn create_titled_projects(officer: &Caller<'_>) -> Vec<String> {
    let mut codes = vec![String::new(); TITLES.len()];
    for i in 0..TITLES.len() {
        let at = (i * 4 + 3) % TITLES.len();
        let made = officer.post("projects", &project_body(TITLES[at].1)).await.expect(201);
        codes[at] = made.json()["code"].as_str().unwrap().to_owned();
    }
    codes
}

fn list_titles(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|p| p["title"].as_str().unwrap().to_owned()).collect()
}

async fn search_titles(caller: &Caller<'_>, q: &str) -> Vec<String> {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    list_titles(&caller.get(&format!("projects?city=da-nang&{query}")).await.expect(200).json())
}

#[actix_web::test]
async fn texts_of_every_script_are_stored_and_returned_unescaped() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    for (code, (script, title)) in create_titled_projects(&officer).await.iter().zip(TITLES) {
        let answer = officer.get(&format!("projects/{code}")).await.expect(200);
        let project = answer.json();
        assert_eq!(
            (&project["title"], &project["title_local"]),
            (&json!(title), &json!(title)),
            "{script}"
        );
        assert_eq!(project["summary"], format!("{title}\n{title}"), "{script}");
        assert!(answer.text.contains(title) && !answer.text.contains("\\u"), "{script}");
        let history = officer.get(&format!("projects/{code}/history")).await.expect(200);
        assert!(history.text.contains(title) && !history.text.contains("\\u"), "{script}");
    }
}

#[actix_web::test]
async fn search_finds_words_of_every_script() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_titled_projects(&officer).await;
    for (script, title) in TITLES {
        assert_eq!(search_titles(&officer, title).await, [*title], "{script}");
        // Two characters out of the middle, as somebody types the beginning of a word.
        let part: String = title.chars().skip(2).take(2).collect();
        assert!(
            search_titles(&officer, &part).await.contains(&(*title).to_owned()),
            "{script} {part}"
        );
    }
}

#[actix_web::test]
async fn search_finds_vietnamese_composed_or_decomposed() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let (composed, decomposed) = ("Cấp nước", "Ca\u{302}\u{301}p nu\u{31b}o\u{31b}\u{301}c");
    assert_ne!(composed, decomposed);
    for title in [composed, decomposed] {
        officer.post("projects", &project_body(title)).await.expect(201);
    }
    for q in [composed, decomposed, "CẤP NƯỚC", "cap nuoc", "Cáp nước"] {
        // Both are found, each as it was typed.
        let mut both = search_titles(&officer, q).await;
        both.sort_by_key(String::len);
        assert_eq!(both, [composed, decomposed], "{q}");
    }
}

#[actix_web::test]
async fn titles_are_sorted_by_code_point_on_every_database() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_titled_projects(&officer).await;
    let expected: Vec<&str> = TITLES.iter().map(|(_, title)| *title).collect();
    let mut sorted = expected.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    let list = officer.get("projects?city=da-nang&sort=title").await.expect(200).json();
    assert_eq!(list_titles(&list), expected);
    // Page by page it is the same order, nothing twice and nothing left out: the cursor carries the text.
    let (mut seen, mut path) = (Vec::new(), "projects?city=da-nang&sort=-title&limit=2".to_owned());
    loop {
        let page = officer.get(&path).await.expect(200);
        seen.extend(list_titles(&page.json()));
        let Some(link) = page.header("link") else { break };
        path = link.trim_start_matches('<').split_once('>').unwrap().0.to_owned();
    }
    seen.reverse();
    assert_eq!(seen, expected);
}

#[actix_web::test]
async fn reports_store_texts_of_every_script() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let text: String = TITLES.iter().map(|(_, title)| format!("{title}\n")).collect();
    let report = json!({
        "status": "ongoing", "achievements": text, "challenges": text, "next_steps": text,
        "evidence": [{"title": TITLES[3].1, "url": "https://example.org/a"}]
    });
    let path = "projects/da-nang-1/reports/me-2026";
    officer.put(path, &report, None).await.expect(201);
    let answer = officer.get(path).await.expect(200);
    assert_eq!(
        (&answer.json()["achievements"], &answer.json()["next_steps"]),
        (&json!(text), &json!(text))
    );
    assert_eq!(answer.json()["evidence"][0]["title"], TITLES[3].1);
    let history = officer.get(&format!("{path}/history")).await.expect(200);
    assert!(history.text.contains(&json!(text).to_string()), "{}", history.text);
    let search = officer.get("cities?q=%E0%BA%A7%E0%BA%BD%E0%BA%87").await.expect(200).json();
    assert_eq!(search["items"][0]["slug"], "vientiane");
}
