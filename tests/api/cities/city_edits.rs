//! Adding and correcting a city.

use serde_json::{Value, json};

use super::{fault_codes, list_cities, slugs, vinh_body};
use crate::helpers::TestApp;

#[actix_web::test]
async fn only_secretariat_can_create_a_city() {
    let app = TestApp::spawn().await;
    for other in [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.administrator().await,
        app.reader().await,
    ] {
        other.post("cities", &vinh_body()).await.expect(403);
        // A right that is missing is said before a body that is wrong.
        other.post("cities", &json!({"nonsense": 1})).await.expect(403);
    }
    app.anonymous().post("cities", &vinh_body()).await.expect(401);

    let secretariat = app.secretariat().await;
    let created = secretariat.post("cities", &vinh_body()).await.expect(201);
    assert_eq!(created.header("location"), Some("/api/v1/cities/vinh"));
    let read = app.reader().await.get("cities/vinh").await.expect(200);
    assert_eq!((read.json(), read.etag()), (created.json(), created.etag()));
    assert_eq!((&read.json()["version"], &read.json()["pilot"]), (&json!(1), &json!(false)));
    // Lists are kept in memory; the new city is in them at once.
    assert_eq!(slugs(&list_cities(&app.reader().await, "q=nghệ").await), ["vinh"]);
    // A city that was added is a city like any other.
    let plan = json!({"vision": "Red bridges over the Lam."});
    app.officer("vinh").await.put("cities/vinh/plans/2026-2035", &plan, None).await.expect(201);
}

#[actix_web::test]
async fn city_with_taken_slug_or_un_locode_is_409() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let mut city = vinh_body();
    city["slug"] = json!("da-nang");
    // Also where other values are wrong: the conflict comes first.
    city["latitude"] = json!(91);
    secretariat.post("cities", &city).await.expect(409);
    let mut city = vinh_body();
    let taken = secretariat.get("cities/da-nang").await.json()["un_locode"].clone();
    city["un_locode"] = taken.clone();
    let problem = secretariat.post("cities", &city).await.expect(409).json();
    assert!(problem["detail"].as_str().unwrap().contains("da-nang"));
    secretariat.post("cities", &vinh_body()).await.expect(201);
    let tag = secretariat.get("cities/vinh").await.etag();
    secretariat.patch("cities/vinh", &json!({"un_locode": taken}), Some(&tag)).await.expect(409);
    secretariat.patch("cities/vinh", &json!({"un_locode": "VNVII"}), Some(&tag)).await.expect(200);
}

#[actix_web::test]
async fn create_city_with_invalid_values_is_422_naming_each() {
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
    assert_eq!(fault_codes(&answer), expected);
    let country = answer.json()["errors"][3]["allowed"].clone();
    assert_eq!(country.as_array().unwrap().len(), 11);

    let answer = secretariat.post("cities", &json!({})).await.expect(422);
    assert!(fault_codes(&answer).iter().all(|(_, code)| code == "required"));
    assert_eq!(fault_codes(&answer).len(), 7);
    for (body, pointer) in [
        (json!({"slugg": "x"}), "/slugg"),
        (json!({"latitude": "18"}), "/latitude"),
        (json!({"names": {"en": 7}}), "/names/en"),
    ] {
        let problem = secretariat.post("cities", &body).await.expect(400).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    assert_eq!(list_cities(&secretariat, "").await.json()["total"], 38, "nothing was written");
}

#[actix_web::test]
async fn patch_city_changes_only_the_named_fields() {
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
    assert_eq!(slugs(&list_cities(&secretariat, "q=tourane").await), ["da-nang"]);
    assert_eq!(app.reader().await.get("cities/da-nang").await.json(), expected);

    // The same again changes nothing and makes no version.
    let again = secretariat.patch("cities/da-nang", &patch, Some("\"v2\"")).await.expect(200);
    assert_eq!(again.json(), expected);
}

#[actix_web::test]
async fn patch_city_without_if_match_is_428_and_stale_is_412() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let patch = json!({"aliases": ["Tourane"]});
    secretariat.patch("cities/da-nang", &patch, None).await.expect(428);
    for stale in ["\"v2\"", "\"v0\"", "*", "\"x\"", "\"v1\", \"v2\""] {
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
async fn patch_city_removing_required_fields_is_422() {
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
    assert_eq!(fault_codes(&answer), expected);
    let cleared = json!({"aliases": null, "pilot": null});
    let city =
        secretariat.patch("cities/da-nang", &cleared, Some("\"v1\"")).await.expect(200).json();
    assert_eq!((&city["aliases"], &city["pilot"]), (&json!([]), &json!(false)));
}
