//! Partners: listing, adding, correcting.

use serde_json::{Value, json};

use crate::helpers::{TestApp, TestResponse};

fn university_body() -> Value {
    json!({"slug": "university-of-da-nang", "name": "University of Da Nang", "type": "academia", "country": "VN"})
}

fn total_of(answer: &TestResponse) -> i64 {
    answer.json()["total"].as_i64().unwrap()
}

#[actix_web::test]
async fn partners_are_filtered_by_type_country_and_words() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let list = |query: &'static str| {
        let reader = reader.clone();
        async move { reader.get(&format!("partners?{query}")).await.expect(200) }
    };
    assert_eq!(total_of(&list("").await), 51);
    assert_eq!(total_of(&list("type=academia").await), 1);
    assert_eq!(total_of(&list("type=academia&type=ngo_or_association").await), 4);
    assert_eq!(total_of(&list("country=JP").await), 11);
    assert_eq!(total_of(&list("country=JP&type=academia").await), 0);
    let found = list("q=mlit%20japan").await.json();
    assert_eq!(
        found["items"][0]["slug"],
        "ministry-of-land-infrastructure-transport-and-tourism-mlit"
    );
    let problem = reader.get("partners?type=academy").await.expect(400).json();
    assert_eq!(problem["errors"][0]["parameter"], "type");
    assert_eq!(problem["errors"][0]["allowed"].as_array().unwrap().len(), 8);
    app.anonymous().get("partners").await.expect(401);
}

#[actix_web::test]
async fn list_partners_paginates_in_every_sort_order() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for sort in ["name", "-name", "-slug"] {
        let whole = reader.get(&format!("partners?sort={sort}&limit=1000")).await.json();
        let first = reader.get(&format!("partners?sort={sort}&limit=30")).await.expect(200).json();
        let next = first["next"].as_str().unwrap();
        let second =
            reader.get(&format!("partners?sort={sort}&limit=30&cursor={next}")).await.expect(200);
        let items = |v: &Value| v["items"].as_array().unwrap().clone();
        assert_eq!([items(&first), items(&second.json())].concat(), items(&whole));
        assert!(second.header("link").is_none());
    }
}

#[actix_web::test]
async fn only_secretariat_can_create_and_edit_partners() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    for other in [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.administrator().await,
        app.reader().await,
    ] {
        other.post("partners", &university_body()).await.expect(403);
    }
    let created = secretariat.post("partners", &university_body()).await.expect(201);
    assert_eq!(created.header("location"), Some("/api/v1/partners/university-of-da-nang"));
    assert_eq!(
        created.json(),
        json!({
            "slug": "university-of-da-nang", "name": "University of Da Nang", "type": "academia", "country": "VN",
            "note": null, "aliases": [], "version": 1
        })
    );
    secretariat.post("partners", &university_body()).await.expect(409);

    let path = "partners/university-of-da-nang";
    let patch = json!({"country": null, "aliases": ["UDN"], "note": "Trains the officers."});
    secretariat.patch(path, &patch, None).await.expect(428);
    secretariat.patch(path, &patch, Some("\"v2\"")).await.expect(412);
    app.reader().await.patch(path, &patch, Some("\"v1\"")).await.expect(403);
    let after = secretariat.patch(path, &patch, Some(&created.etag())).await.expect(200).json();
    assert_eq!((&after["country"], &after["version"]), (&Value::Null, &json!(2)));
    assert_eq!(app.reader().await.get(path).await.expect(200).json(), after);
    let found = app.reader().await.get("partners?q=udn").await.json();
    assert_eq!(found["items"][0], after);
    secretariat.patch("partners/nobody", &patch, Some("\"v1\"")).await.expect(404);
}

#[actix_web::test]
async fn partner_with_invalid_values_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let body = json!({"slug": "a--b", "name": "x".repeat(301), "type": "bank", "country": "japan"});
    let problem = secretariat.post("partners", &body).await.expect(422).json();
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/slug", "/name", "/type", "/country"]);
    secretariat.post("partners", &json!({"kind": "academia"})).await.expect(400);
    let patch = json!({"slug": "other", "name": null, "type": "bank"});
    let tag = secretariat.get("partners/world-bank").await.etag();
    let problem =
        secretariat.patch("partners/world-bank", &patch, Some(&tag)).await.expect(422).json();
    let codes: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["immutable", "required", "unknown"]);
}
