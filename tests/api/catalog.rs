//! The catalog of releases as data portals read it.

use serde_json::{Value, json};

use crate::{answer_snapshot::show_members, helpers::TestApp};

fn distributions(dataset: &Value) -> &Vec<Value> {
    dataset["dcat:distribution"].as_array().unwrap()
}

/// The demo with public releases.
async fn spawn_with_public_releases() -> TestApp {
    TestApp::demo_with(&[("ASCN_PUBLIC_RELEASES", "true")]).await
}

/// Reads the catalog, and the releases that it is about.
async fn read_catalog_and_releases(app: &TestApp) -> (Vec<Value>, Vec<Value>) {
    let items = |list: &Value| list.as_array().unwrap().clone();
    let catalog = app.anonymous().get("/catalog.jsonld").await.expect(200).json();
    let releases = app.anonymous().get("releases").await.expect(200).json();
    (items(&catalog["dcat:dataset"]), items(&releases["items"]))
}

#[actix_web::test]
async fn catalog_of_public_releases_is_cacheable_json_ld() {
    let app = spawn_with_public_releases().await;
    let answer = app.anonymous().get("/catalog.jsonld").await;
    insta::assert_snapshot!(answer.show_headers(&["content-type", "cache-control"]), @"
    content-type: application/ld+json
    cache-control: public, max-age=60
    ");
    insta::assert_snapshot!(answer.show_members(&["@type", "@id"]), @r#"
    200
    @type: "dcat:Catalog"
    @id: "/catalog.jsonld"
    "#);
}

#[actix_web::test]
async fn catalog_context_declares_every_prefix_that_is_used() {
    let app = spawn_with_public_releases().await;
    let answer = app.anonymous().get("/catalog.jsonld").await.expect(200);
    let catalog = answer.json();
    let declared = catalog["@context"].as_object().unwrap();
    let is_prefix = |p: &str| !p.is_empty() && p.chars().all(char::is_alphabetic);
    for word in answer.text.split('"').filter(|w| !w.contains(['/', ' '])) {
        if let Some((prefix, _)) = word.split_once(':').filter(|(p, _)| is_prefix(p)) {
            assert!(declared.contains_key(prefix), "{word}");
        }
    }
}

#[actix_web::test]
async fn catalog_describes_every_release_as_a_dataset() {
    let app = spawn_with_public_releases().await;
    let (datasets, releases) = read_catalog_and_releases(&app).await;
    assert_eq!(datasets.len(), releases.len());
    for (dataset, release) in datasets.iter().zip(&releases) {
        assert_eq!(dataset["@type"], "dcat:Dataset");
        assert_eq!(dataset["dcterms:identifier"], release["release"]);
        let issued = dataset["dcterms:issued"]["@value"].as_str().unwrap();
        let published = release["published_at"].as_str().unwrap();
        assert!(published.starts_with(issued.trim_end_matches('Z')));
        let countries = dataset["dcterms:spatial"].as_array().unwrap();
        assert_eq!(json!(countries.len()), release["counts"]["countries"]);
        let length = "http://publications.europa.eu/resource/authority/country/VNM".len();
        assert!(countries.iter().all(|c| c["@id"].as_str().unwrap().len() == length));
        assert!(dataset["dcat:keyword"].as_array().unwrap().len() > 6);
        assert_eq!(dataset["dcterms:publisher"]["foaf:name"], "ASEAN Smart Cities Network");
    }
    insta::assert_snapshot!(show_members(&datasets[3], &["dcterms:temporal"]), @r#"dcterms:temporal: {"@type": "dcterms:PeriodOfTime", "dcat:endDate": {"@type": "xsd:date", "@value": "2025-09-30"}}"#);
}

#[actix_web::test]
async fn catalog_links_answer_with_the_media_type_that_they_state() {
    let app = spawn_with_public_releases().await;
    let (datasets, _) = read_catalog_and_releases(&app).await;
    for distribution in datasets.iter().flat_map(distributions) {
        let address = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
        let answer = app.anonymous().send("HEAD", address, None, &[]).await.expect(200);
        let media = distribution["dcat:mediaType"]["@id"].as_str().unwrap();
        let media = media.trim_start_matches("https://www.iana.org/assignments/media-types/");
        assert_eq!(answer.header("content-type").unwrap().split(';').next(), Some(media));
    }
}

#[actix_web::test]
async fn catalog_states_the_checksum_of_one_file_of_each_release() {
    let app = spawn_with_public_releases().await;
    let (datasets, releases) = read_catalog_and_releases(&app).await;
    for (dataset, release) in datasets.iter().zip(&releases) {
        let checksums: Vec<&Value> = distributions(dataset)
            .iter()
            .map(|d| &d["spdx:checksum"])
            .filter(|c| !c.is_null())
            .collect();
        let [checksum] = checksums[..] else { panic!("{dataset}") };
        assert_eq!(checksum["spdx:checksumValue"]["@value"], release["sha256"]);
    }
}

#[actix_web::test]
async fn catalog_of_private_releases_is_401_for_anonymous_callers() {
    let app = TestApp::demo().await;
    app.anonymous().get("/catalog.jsonld").await.expect(401);
}

#[actix_web::test]
async fn catalog_addresses_begin_with_the_base_url() {
    let app = TestApp::demo_with(&[("ASCN_BASE_URL", "https://ascn.example")]).await;
    let catalog = app.reader().await.get("/catalog.jsonld").await;
    insta::assert_snapshot!(catalog.show_members(&["@id", "dcat:dataset/0/@id"]), @r#"
    200
    @id: "https://ascn.example/catalog.jsonld"
    dcat:dataset/0/@id: "https://ascn.example/api/v1/releases/me-2022-r1"
    "#);
    for distribution in distributions(&catalog.json()["dcat:dataset"][0]) {
        let address = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
        let release = "https://ascn.example/api/v1/releases/me-2022-r1/";
        assert!(address.starts_with(release), "{address}");
    }
}
