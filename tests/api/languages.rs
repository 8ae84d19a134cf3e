//! In which language somebody is answered.

use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp, TestResponse};

async fn get_in_language(caller: &Caller<'_>, path: &str, accept: &str) -> TestResponse {
    caller.send("GET", path, None, &[("accept-language", accept)]).await
}

#[actix_web::test]
async fn lang_parameter_overrides_accept_language_and_default_is_english() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for (path, accept, language, name) in [
        ("countries?limit=1000", "", "en", "Viet Nam"),
        ("countries?limit=1000", "vi-VN,vi;q=0.9,en;q=0.8", "vi", "Việt Nam"),
        ("countries?limit=1000", "th, my;q=0.5", "en", "Viet Nam"),
        ("countries?limit=1000", "th, vi;q=0.1", "vi", "Việt Nam"),
        ("countries?limit=1000&lang=en", "vi", "en", "Viet Nam"),
        ("countries?limit=1000&lang=vi", "en", "vi", "Việt Nam"),
        ("countries?l%61ng=VI-vn&limit=1000", "en", "vi", "Việt Nam"),
    ] {
        let answer = get_in_language(&reader, path, accept).await.expect(200);
        assert_eq!(answer.header("content-language"), Some(language), "{path} {accept}");
        assert!(answer.header("vary").unwrap().contains("Accept-Language"));
        let items = answer.json()["items"].as_array().unwrap().clone();
        let viet_nam = items.iter().find(|c| c["code"] == "VN").unwrap();
        assert_eq!(viet_nam["name"], name, "{path} {accept}");
    }
}

#[actix_web::test]
async fn unknown_lang_parameter_is_400_with_the_allowed_languages() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for path in ["countries?lang=th", "framework?lang=", "me?lang=*", "vocabulary?lang=vietnamese"]
    {
        let problem = get_in_language(&reader, path, "vi").await.expect(400);
        assert_eq!(problem.header("content-language"), Some("vi"), "{path}");
        let fault = problem.json()["errors"][0].clone();
        assert_eq!((&fault["parameter"], &fault["code"]), (&json!("lang"), &json!("unknown")));
        assert_eq!(fault["allowed"], json!(["en", "vi"]));
        assert_eq!(fault["detail"], "không có ngôn ngữ này");
    }
    let twice = reader.get("countries?lang=vi&lang=en").await.expect(400).json();
    assert_eq!(twice["errors"][0]["code"], "duplicate");
    // Who may not know whether it is there is not told that the parameter is wrong, either.
    reader.get("cities/nowhere?lang=th").await.expect(404);
    app.anonymous().get("countries?lang=th").await.expect(401);
}

#[actix_web::test]
async fn operations_accept_the_lang_parameter() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    for path in [
        "me",
        "framework",
        "cities/da-nang",
        "projects?limit=1",
        "projects/da-nang-1",
        "reports",
        "cycles",
    ] {
        officer
            .get(&format!("{path}{}lang=vi", if path.contains('?') { '&' } else { '?' }))
            .await
            .expect(200);
    }
    let refused = officer.post("projects?lang=vi", &json!({"city": "da-nang"})).await.expect(422);
    assert_eq!(refused.json()["title"], "Một số giá trị không được chấp nhận");
}

#[actix_web::test]
async fn names_in_figures_and_reference_data_are_localised() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let table = "figures/table?rows=focus_area&columns=status&cycle=me-2022";
    let [en, vi] = [
        get_in_language(&reader, table, "en").await.expect(200),
        get_in_language(&reader, table, "vi").await.expect(200),
    ];
    assert_ne!(en.etag(), vi.etag());
    let first = |answer: &TestResponse| {
        let cell = answer.json()["cells"][1].clone();
        [cell["row_name"].clone(), cell["column_name"].clone()]
            .map(|n| n.as_str().unwrap().to_owned())
    };
    assert_eq!(first(&en), ["Civic and Social", "On-going"]);
    assert_eq!(first(&vi), ["Sự tham gia của công dân và xã hội", "Đang triển khai"]);
    assert_eq!(vi.json()["formula"], "số báo cáo đã được phê duyệt");
    // Numbers and keys are the same, and the kept answers do not get mixed up.
    assert_eq!(en.json()["row_totals"], vi.json()["row_totals"]);
    assert_eq!(get_in_language(&reader, table, "en").await.etag(), en.etag());
    let etag = vi.etag();
    let known = [("accept-language", "vi"), ("if-none-match", etag.as_str())];
    let again = reader.send("GET", table, None, &known).await;
    assert_eq!((again.status, again.header("content-language")), (304, Some("vi")));

    let framework = get_in_language(&reader, "framework", "vi").await.expect(200).json();
    assert_eq!(framework["focus_areas"][1]["name"], "Sức khỏe và phúc lợi");
    assert_eq!(framework["focus_areas"][1]["sub_areas"][0]["name"], "Chăm sóc sức khỏe");
    assert_eq!(framework["focus_areas"][1]["names"]["en"], "Health and Well-being");
    assert_eq!(framework["sectors"][7]["name"], "Công nghệ thông tin và truyền thông");
    let [en, vi] = [
        get_in_language(&reader, "cities/da-nang", "en").await,
        get_in_language(&reader, "cities/da-nang", "vi").await,
    ];
    assert_eq!(
        (en.json()["name"].clone(), vi.json()["name"].clone()),
        ("Da Nang".into(), "Đà Nẵng".into())
    );
    assert_ne!(en.etag(), vi.etag());
}

#[actix_web::test]
async fn problem_documents_are_localised_and_keep_their_codes() {
    let app = TestApp::demo().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let vi = &[("accept-language", "vi")];
    let body = json!({"city": "da-nang", "plan_cycle": "2018-2025", "title": "x".repeat(301),
        "summary": "", "focus_area": "nothing", "starts_on": "2019-02-30", "ends_on": "2020-01-01"});
    let problem = officer.send("POST", "projects", Some(&body), vi).await.expect(422);
    assert_eq!(problem.header("content-language"), Some("vi"));
    let said: Vec<(String, String)> = problem.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| [&e["code"], &e["detail"]].map(|v| v.as_str().unwrap().to_owned()).into())
        .collect();
    for (code, detail) in [
        ("too_long", "tối đa 300 ký tự"),
        ("empty", "không được để trống"),
        ("unknown", "không có lĩnh vực trọng tâm này"),
        ("day", "cần ngày theo dạng YYYY-MM-DD từ năm 1900 đến năm 2200"),
    ] {
        assert!(said.contains(&(code.into(), detail.into())), "{said:?}");
    }
    for (answer, code, title) in [
        (app.anonymous().send("GET", "me", None, vi).await, "unauthenticated", "Cần đăng nhập"),
        (reader.send("GET", "nothing", None, vi).await, "not-found", "Không có dữ liệu này"),
        (
            reader.send("POST", "projects", Some(&body), vi).await,
            "forbidden",
            "Bạn không được phép làm việc này",
        ),
        (
            reader.send("GET", "/nowhere?lang=vi", None, &[]).await,
            "not-found",
            "Không có dữ liệu này",
        ),
    ] {
        let problem = answer.json();
        assert_eq!((&problem["code"], &problem["title"]), (&json!(code), &json!(title)));
        assert_eq!(problem["type"], format!("/docs/problems/{code}"));
    }
    let english = reader.get("nothing").await;
    assert_eq!(english.header("content-language"), Some("en"));
    assert_eq!(english.json()["title"], "No such resource");
}

#[actix_web::test]
async fn next_page_link_keeps_the_lang_parameter() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let link = |answer: &TestResponse| answer.header("link").unwrap().to_owned();
    let first = reader.get("countries?limit=10&lang=vi").await.expect(200);
    let next = link(&first).trim_start_matches('<').split_once('>').unwrap().0.to_owned();
    let second = reader.get(&next).await.expect(200);
    assert_eq!(second.header("content-language"), Some("vi"));
    assert_eq!(second.json()["items"][0]["name"], "Việt Nam");
    let by_header = get_in_language(&reader, "countries?limit=10", "vi").await;
    assert!(!link(&by_header).contains("lang="), "{}", link(&by_header));
}

#[actix_web::test]
async fn record_name_without_translation_falls_back_to_english() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let names = |value: Value| json!({ "names": value });
    let etag = secretariat.get("cities/vientiane").await.expect(200).etag();
    let only = names(json!({"en": "Vientiane", "vi": null, "local": "ວຽງຈັນ"}));
    secretariat.patch("cities/vientiane?lang=vi", &only, Some(&etag)).await.expect(200);
    let read = get_in_language(&secretariat, "cities/vientiane", "vi").await.expect(200).json();
    assert_eq!((&read["name"], &read["names"]["local"]), (&json!("Vientiane"), &json!("ວຽງຈັນ")));
}
