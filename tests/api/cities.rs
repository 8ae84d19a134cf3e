//! Cities: the list, and one of them.

use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp, TestResponse};

mod city_edits;

fn vinh_body() -> Value {
    json!({
        "slug": "vinh", "names": {"en": "Vinh", "vi": "Vinh", "local": "Thành phố Vinh"}, "aliases": ["Nghệ An"],
        "country": "VN", "time_zone": "Asia/Ho_Chi_Minh", "latitude": 18.6734, "longitude": 105.6923,
        "un_locode": "VNVII", "joined_year": 2027
    })
}

/// The slugs of a list, in its order.
fn slugs(answer: &TestResponse) -> Vec<String> {
    let items = answer.json()["items"].clone();
    items.as_array().unwrap().iter().map(|c| c["slug"].as_str().unwrap().to_owned()).collect()
}

/// The pointers and codes of the faults of a 422.
fn fault_codes(answer: &TestResponse) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let errors = answer.json()["errors"].clone();
    errors.as_array().unwrap().iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect()
}

async fn list_cities(reader: &Caller<'_>, query: &str) -> TestResponse {
    reader.get(&format!("cities?{query}")).await.expect(200)
}

#[actix_web::test]
async fn get_city_returns_names_in_every_script_to_every_role() {
    let app = TestApp::spawn().await;
    let answer = app.reader().await.get("cities/da-nang").await.expect(200);
    assert!(answer.etag().starts_with("\"v1-"));
    let city = answer.json();
    assert_eq!(city["names"], json!({"en": "Da Nang", "vi": "Đà Nẵng", "local": "Đà Nẵng"}));
    assert_eq!(city["time_zone"], "Asia/Ho_Chi_Minh");
    assert_eq!(
        (&city["country"], &city["pilot"], &city["joined_year"], &city["version"]),
        (&json!("VN"), &json!(true), &json!(2018), &json!(1))
    );
    app.anonymous().get("cities/da-nang").await.expect(401);
    for role in [app.officer("phnom-penh").await, app.administrator().await] {
        role.get("cities/da-nang").await.expect(200);
    }
    for missing in ["atlantis", "Da-Nang", "da-nang%00", "..%2Fda-nang", "%ff"] {
        app.reader().await.get(&format!("cities/{missing}")).await.expect(404);
    }
}

#[actix_web::test]
async fn cities_are_filtered_by_country_pilot_and_year() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    assert_eq!(list_cities(&reader, "limit=1").await.json()["total"], 38);
    assert_eq!(list_cities(&reader, "pilot=true").await.json()["total"], 26);
    assert_eq!(list_cities(&reader, "pilot=false").await.json()["total"], 12);
    let vn = list_cities(&reader, "country=VN&pilot=true").await;
    assert_eq!(slugs(&vn), ["da-nang", "ha-noi", "ho-chi-minh-city"]);
    let two = list_cities(&reader, "country=BN&country=SG").await;
    assert_eq!(slugs(&two), ["bandar-seri-begawan", "singapore"]);
    let later =
        list_cities(&reader, "joined_year_gte=2019").await.json()["total"].as_i64().unwrap();
    let first =
        list_cities(&reader, "joined_year_lte=2018").await.json()["total"].as_i64().unwrap();
    assert_eq!(later + first, 38);
    assert_eq!(first, 26);
}

#[actix_web::test]
async fn cities_are_found_by_any_name_in_any_script() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for (q, slug) in [
        ("nẵng", "da-nang"),
        ("ĐÀ NẴNG", "da-nang"),
        ("da-nang", "da-nang"),
        ("ភ្នំពេញ", "phnom-penh"),
        ("ຫຼວງພະບາງ", "luang-prabang"),
        ("DKI", "jakarta"),
        ("prabang luang", "luang-prabang"),
        ("na\u{306}\u{303}ng", "da-nang"),
    ] {
        assert_eq!(slugs(&list_cities(&reader, &format!("q={q}")).await), [slug], "{q}");
    }
    // Marks are folded on both sides.
    let with_da = slugs(&list_cities(&reader, "q=ĐÀ").await);
    assert_eq!(with_da, ["bandar-seri-begawan", "da-nang", "davao-city", "mandalay", "sumedang"]);
    assert_eq!(
        list_cities(&reader, "q=%25").await.json()["total"],
        0,
        "a sign of LIKE finds itself only"
    );
    assert_eq!(list_cities(&reader, "q=_").await.json()["total"], 0);
    assert_eq!(list_cities(&reader, "q=%20").await.json()["total"], 38);
}

#[actix_web::test]
async fn list_cities_paginates_in_every_sort_order() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for sort in ["slug", "-slug", "name", "-name"] {
        let whole = slugs(&list_cities(&reader, &format!("sort={sort}&limit=1000")).await);
        assert_eq!(whole.len(), 38);
        let mut paged = Vec::new();
        let mut path = format!("cities?sort={sort}&limit=7");
        loop {
            let page = reader.get(&path).await.expect(200);
            assert_eq!(page.json()["total"], 38);
            paged.extend(slugs(&page));
            let Some(link) = page.header("link") else {
                assert_eq!(page.json()["next"], Value::Null);
                break;
            };
            assert!(page.json()["next"].is_string());
            path = link.strip_prefix('<').unwrap().split_once('>').unwrap().0.to_owned();
        }
        assert_eq!(paged, whole, "{sort}");
    }
    let names = slugs(&list_cities(&reader, "sort=name").await);
    let mut reversed = slugs(&list_cities(&reader, "sort=-name").await);
    reversed.reverse();
    assert_eq!(names, reversed);
}

#[actix_web::test]
async fn list_cities_with_fields_returns_only_those_fields() {
    let app = TestApp::spawn().await;
    let answer =
        list_cities(&app.reader().await, "country=SG&fields=slug,latitude&fields=version").await;
    assert_eq!(
        answer.json()["items"],
        json!([{"slug": "singapore", "latitude": 1.2897, "version": 1}])
    );
}

#[actix_web::test]
async fn duplicate_json_member_is_400() {
    let app = TestApp::spawn().await;
    let client = reqwest::Client::new();
    let body =
        vinh_body().to_string().replacen("\"en\":\"Vinh\"", "\"en\":\"Vinh\",\"en\":\"Other\"", 1);
    assert!(body.contains("Other"));
    let answer = client
        .post(format!("{}/api/v1/cities", app.address))
        .bearer_auth(app.secretariat().await.token.unwrap())
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem["errors"][0]["pointer"], "/names/en");
}

#[actix_web::test]
async fn list_cities_with_invalid_parameters_is_400_naming_them() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let next = list_cities(&reader, "limit=1").await.json()["next"].as_str().unwrap().to_owned();
    for (query, parameter) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=1001".to_owned(), "limit"),
        ("sort=age".to_owned(), "sort"),
        ("pilot=yes".to_owned(), "pilot"),
        ("joined_year_gte=soon".to_owned(), "joined_year_gte"),
        ("contry=VN".to_owned(), "contry"),
        ("fields=slug,mayor".to_owned(), "fields"),
        (format!("cursor={next}&pilot=true"), "cursor"),
        (format!("cursor={next}&sort=-slug"), "cursor"),
        ("cursor=eyJsIjoiIn0".to_owned(), "cursor"),
        ("q=%00".to_owned(), "q"),
    ] {
        let problem = reader.get(&format!("cities?{query}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
    let problem = reader.get("cities?sort=age").await.json();
    assert_eq!(problem["errors"][0]["allowed"], json!(["slug", "-slug", "name", "-name"]));
}
