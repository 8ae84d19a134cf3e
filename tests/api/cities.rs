//! Cities: listing, adding, correcting.

use serde_json::{Value, json};

use crate::helpers::{Answered, Caller, TestApp};

fn vinh() -> Value {
    json!({
        "slug": "vinh", "names": {"en": "Vinh", "vi": "Vinh", "local": "Thành phố Vinh"}, "aliases": ["Nghệ An"],
        "country": "VN", "time_zone": "Asia/Ho_Chi_Minh", "latitude": 18.6734, "longitude": 105.6923,
        "un_locode": "VNVII", "joined_year": 2027
    })
}

/// The slugs of a list, in its order.
fn slugs(answer: &Answered) -> Vec<String> {
    let items = answer.json()["items"].clone();
    items.as_array().unwrap().iter().map(|c| c["slug"].as_str().unwrap().to_owned()).collect()
}

/// The pointers and codes of the faults of a 422.
fn faults(answer: &Answered) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let errors = answer.json()["errors"].clone();
    errors.as_array().unwrap().iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect()
}

async fn all(reader: &Caller<'_>, query: &str) -> Answered {
    reader.get(&format!("cities?{query}")).await.expect(200)
}

#[actix_web::test]
async fn everybody_reads_a_city_with_its_names_in_every_script() {
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
    assert_eq!(all(&reader, "limit=1").await.json()["total"], 38);
    assert_eq!(all(&reader, "pilot=true").await.json()["total"], 26);
    assert_eq!(all(&reader, "pilot=false").await.json()["total"], 12);
    let vn = all(&reader, "country=VN&pilot=true").await;
    assert_eq!(slugs(&vn), ["da-nang", "ha-noi", "ho-chi-minh-city"]);
    let two = all(&reader, "country=BN&country=SG").await;
    assert_eq!(slugs(&two), ["bandar-seri-begawan", "singapore"]);
    assert_eq!(all(&reader, "country=XX").await.json()["total"], 0);
    let later = all(&reader, "joined_year_gte=2019").await.json()["total"].as_i64().unwrap();
    let first = all(&reader, "joined_year_lte=2018").await.json()["total"].as_i64().unwrap();
    assert_eq!(later + first, 38);
    assert_eq!(first, 26);
}

#[actix_web::test]
async fn cities_are_found_by_any_name_in_any_script() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for (q, slug) in [
        ("nẵng", "da-nang"),
        ("ĐÀ", "da-nang"),
        ("da-nang", "da-nang"),
        ("ភ្នំពេញ", "phnom-penh"),
        ("ຫຼວງພະບາງ", "luang-prabang"),
        ("DKI", "jakarta"),
        ("prabang luang", "luang-prabang"),
        ("na\u{306}\u{303}ng", "da-nang"),
    ] {
        assert_eq!(slugs(&all(&reader, &format!("q={q}")).await), [slug], "{q}");
    }
    assert_eq!(all(&reader, "q=%25").await.json()["total"], 0, "a sign of LIKE finds itself only");
    assert_eq!(all(&reader, "q=_").await.json()["total"], 0);
    assert_eq!(all(&reader, "q=%20").await.json()["total"], 38);
}

#[actix_web::test]
async fn pages_of_cities_follow_each_other_in_every_order() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for sort in ["slug", "-slug", "name", "-name"] {
        let whole = slugs(&all(&reader, &format!("sort={sort}&limit=1000")).await);
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
    let names = slugs(&all(&reader, "sort=name").await);
    let mut reversed = slugs(&all(&reader, "sort=-name").await);
    reversed.reverse();
    assert_eq!(names, reversed);
}

#[actix_web::test]
async fn a_list_of_cities_holds_less_where_less_is_asked_for() {
    let app = TestApp::spawn().await;
    let answer = all(&app.reader().await, "country=SG&fields=slug,latitude&fields=version").await;
    assert_eq!(
        answer.json()["items"],
        json!([{"slug": "singapore", "latitude": 1.2897, "version": 1}])
    );
}

#[actix_web::test]
async fn a_name_that_is_there_twice_is_a_fault_of_shape() {
    let app = TestApp::spawn().await;
    let client = reqwest::Client::new();
    let body =
        vinh().to_string().replacen("\"en\":\"Vinh\"", "\"en\":\"Vinh\",\"en\":\"Other\"", 1);
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
    assert_eq!(problem["errors"][0]["pointer"], "/names");
}

#[actix_web::test]
async fn parameters_that_cannot_be_read_are_named() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let next = all(&reader, "limit=1").await.json()["next"].as_str().unwrap().to_owned();
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

#[actix_web::test]
async fn the_secretariat_adds_a_city_and_nobody_else_does() {
    let app = TestApp::spawn().await;
    for other in [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.administrator().await,
        app.reader().await,
    ] {
        other.post("cities", &vinh()).await.expect(403);
        // A right that is missing is said before a body that is wrong.
        other.post("cities", &json!({"nonsense": 1})).await.expect(403);
    }
    app.anonymous().post("cities", &vinh()).await.expect(401);

    let secretariat = app.secretariat().await;
    let created = secretariat.post("cities", &vinh()).await.expect(201);
    assert_eq!(created.header("location"), Some("/api/v1/cities/vinh"));
    let read = app.reader().await.get("cities/vinh").await.expect(200);
    assert_eq!((read.json(), read.etag()), (created.json(), created.etag()));
    assert_eq!((&read.json()["version"], &read.json()["pilot"]), (&json!(1), &json!(false)));
    // Lists are kept in memory; the new city is in them at once.
    assert_eq!(slugs(&all(&app.reader().await, "q=nghệ").await), ["vinh"]);
    // A city that was added is a city like any other.
    let plan = json!({"vision": "Red bridges over the Lam."});
    app.officer("vinh").await.put("cities/vinh/plans/2026-2035", &plan, None).await.expect(201);
}

#[actix_web::test]
async fn a_key_that_is_taken_is_a_conflict() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let mut city = vinh();
    city["slug"] = json!("da-nang");
    // Also where other values are wrong: the conflict comes first.
    city["latitude"] = json!(91);
    secretariat.post("cities", &city).await.expect(409);
    let mut city = vinh();
    let taken = secretariat.get("cities/da-nang").await.json()["un_locode"].clone();
    city["un_locode"] = taken.clone();
    let problem = secretariat.post("cities", &city).await.expect(409).json();
    assert!(problem["detail"].as_str().unwrap().contains("da-nang"));
    secretariat.post("cities", &vinh()).await.expect(201);
    let tag = secretariat.get("cities/vinh").await.etag();
    secretariat.patch("cities/vinh", &json!({"un_locode": taken}), Some(&tag)).await.expect(409);
    secretariat.patch("cities/vinh", &json!({"un_locode": "VNVII"}), Some(&tag)).await.expect(200);
}

#[actix_web::test]
async fn every_wrong_value_of_a_city_is_named() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let answer = secretariat
        .post(
            "cities",
            &json!({
                "slug": "Vinh!", "names": {"vi": "Vinh", "en": "Vi\u{202e}nh"}, "aliases": [""], "country": "JP",
                "time_zone": "Asia/Atlantis", "latitude": 91, "longitude": -181, "un_locode": "VN1",
                "joined_year": 3000, "note": "a\u{0000}b"
            }),
        )
        .await
        .expect(422);
    let expected = [
        ("/slug", "slug"),
        ("/names/en", "control_character"),
        ("/aliases/0", "empty"),
        ("/country", "unknown"),
        ("/un_locode", "un_locode"),
        ("/time_zone", "time_zone"),
        ("/latitude", "range"),
        ("/longitude", "range"),
        ("/joined_year", "range"),
        ("/note", "control_character"),
    ];
    let expected: Vec<(String, String)> =
        expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect();
    assert_eq!(faults(&answer), expected);
    let country = answer.json()["errors"][3]["allowed"].clone();
    assert_eq!(country.as_array().unwrap().len(), 11);

    let answer = secretariat.post("cities", &json!({})).await.expect(422);
    assert!(faults(&answer).iter().all(|(_, code)| code == "required"));
    assert_eq!(faults(&answer).len(), 7);
    for (body, pointer) in [
        (json!({"slugg": "x"}), "/slugg"),
        (json!({"latitude": "18"}), "/latitude"),
        (json!({"names": {"en": 7}}), "/names/en"),
    ] {
        let problem = secretariat.post("cities", &body).await.expect(400).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    assert_eq!(all(&secretariat, "").await.json()["total"], 38, "nothing was written");
}

#[actix_web::test]
async fn a_patch_changes_what_it_names() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let before = secretariat.get("cities/da-nang").await.expect(200);
    let tag = before.etag();
    let patch = json!({
        "names": {"local": null, "fr": "Tourane"}, "aliases": ["Tourane"], "un_locode": null, "slug": "da-nang",
        "note": "A city under central government."
    });
    let after = secretariat.patch("cities/da-nang", &patch, Some(&tag)).await.expect(200);
    let mut expected = before.json();
    expected["names"] = json!({"en": "Da Nang", "vi": "Đà Nẵng", "fr": "Tourane"});
    expected["aliases"] = json!(["Tourane"]);
    expected["un_locode"] = Value::Null;
    expected["note"] = json!("A city under central government.");
    expected["version"] = json!(2);
    assert_eq!(after.json(), expected);
    assert!(after.etag().starts_with("\"v2-"));
    assert_eq!(slugs(&all(&secretariat, "q=tourane").await), ["da-nang"]);
    assert_eq!(app.reader().await.get("cities/da-nang").await.json(), expected);

    // The same again changes nothing and makes no version.
    let again = secretariat.patch("cities/da-nang", &patch, Some("\"v2\"")).await.expect(200);
    assert_eq!(again.json(), expected);
}

#[actix_web::test]
async fn a_patch_needs_the_version_that_was_read() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let patch = json!({"aliases": ["Tourane"]});
    secretariat.patch("cities/da-nang", &patch, None).await.expect(428);
    for stale in ["\"v2\"", "\"v0\"", "*", "W/\"v1\"", "\"x\"", "\"v1\", \"v2\""] {
        secretariat.patch("cities/da-nang", &patch, Some(stale)).await.expect(412);
    }
    secretariat.patch("cities/da-nang", &patch, Some("\"v1\"")).await.expect(200);
    let problem = secretariat.patch("cities/da-nang", &patch, Some("\"v1\"")).await.expect(412);
    assert_eq!(problem.json()["changed"]["version"], 2);
    assert_eq!(problem.json()["changed"]["by"]["name"], "secretariat network");
    // The version comes before the values, the values only after it.
    let wrong = json!({"latitude": 91});
    secretariat.patch("cities/da-nang", &wrong, Some("\"v1\"")).await.expect(412);
    secretariat.patch("cities/da-nang", &wrong, Some("\"v2\"")).await.expect(422);
    secretariat.patch("cities/atlantis", &wrong, Some("\"v1\"")).await.expect(404);
    app.officer("da-nang").await.patch("cities/da-nang", &patch, Some("\"v2\"")).await.expect(403);
}

#[actix_web::test]
async fn what_a_city_must_have_cannot_be_taken_away() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let patch = json!({
        "slug": "tourane", "country": "LA", "names": {"en": null}, "time_zone": null, "latitude": null,
        "longitude": null, "joined_year": null
    });
    let answer = secretariat.patch("cities/da-nang", &patch, Some("\"v1\"")).await.expect(422);
    let expected = [
        ("/slug", "immutable"),
        ("/country", "immutable"),
        ("/names/en", "required"),
        ("/time_zone", "required"),
        ("/latitude", "required"),
        ("/longitude", "required"),
        ("/joined_year", "required"),
    ];
    let expected: Vec<(String, String)> =
        expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect();
    assert_eq!(faults(&answer), expected);
    let cleared = json!({"aliases": null, "pilot": null});
    let city =
        secretariat.patch("cities/da-nang", &cleared, Some("\"v1\"")).await.expect(200).json();
    assert_eq!((&city["aliases"], &city["pilot"]), (&json!([]), &json!(false)));
}
