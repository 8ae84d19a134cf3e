//! The catalog of releases as data portals read it.

use serde_json::{Value, json};

use crate::helpers::TestApp;

fn distributions(dataset: &Value) -> &Vec<Value> {
    dataset["dcat:distribution"].as_array().unwrap()
}

#[actix_web::test]
async fn catalog_lists_every_release_with_working_links() {
    let app = TestApp::demo_with(&[("ASCN_PUBLIC_RELEASES", "true")]).await;
    let nobody = app.anonymous();
    let answer = nobody.get("/catalog.jsonld").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/ld+json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    let catalog = answer.json();
    assert_eq!(
        (&catalog["@type"], &catalog["@id"]),
        (&json!("dcat:Catalog"), &json!("/catalog.jsonld"))
    );
    // Every prefix that is used is declared.
    let declared = catalog["@context"].as_object().unwrap();
    for word in answer.text.split('"').filter(|w| !w.contains(['/', ' '])) {
        if let Some((prefix, _)) = word
            .split_once(':')
            .filter(|(p, _)| p.chars().all(char::is_alphabetic) && !p.is_empty())
        {
            assert!(declared.contains_key(prefix), "{word}");
        }
    }
    let releases = nobody.get("releases").await.expect(200).json();
    let datasets = catalog["dcat:dataset"].as_array().unwrap();
    assert_eq!(datasets.len(), releases["items"].as_array().unwrap().len());
    for (dataset, release) in datasets.iter().zip(releases["items"].as_array().unwrap()) {
        assert_eq!(dataset["@type"], "dcat:Dataset");
        assert_eq!(dataset["dcterms:identifier"], release["release"]);
        let issued = dataset["dcterms:issued"]["@value"].as_str().unwrap();
        assert!(
            release["published_at"].as_str().unwrap().starts_with(issued.trim_end_matches('Z'))
        );
        let countries = dataset["dcterms:spatial"].as_array().unwrap();
        assert_eq!(json!(countries.len()), release["counts"]["countries"]);
        assert!(countries.iter().all(|c| c["@id"].as_str().unwrap().len()
            == "http://publications.europa.eu/resource/authority/country/VNM".len()));
        assert!(dataset["dcat:keyword"].as_array().unwrap().len() > 6);
        assert_eq!(dataset["dcterms:publisher"]["foaf:name"], "ASEAN Smart Cities Network");
        for distribution in distributions(dataset) {
            let address = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
            let answer = nobody.send("HEAD", address, None, &[]).await.expect(200);
            let media = distribution["dcat:mediaType"]["@id"].as_str().unwrap();
            let media = media.trim_start_matches("https://www.iana.org/assignments/media-types/");
            assert_eq!(answer.header("content-type").unwrap().split(';').next(), Some(media));
        }
        let sealed: Vec<&Value> = distributions(dataset)
            .iter()
            .map(|d| &d["spdx:checksum"])
            .filter(|c| !c.is_null())
            .collect();
        assert_eq!(sealed.len(), 1);
        assert_eq!(sealed[0]["spdx:checksumValue"]["@value"], release["sha256"]);
    }
    let last = &datasets[3];
    assert_eq!(
        last["dcterms:temporal"]["dcat:endDate"],
        json!({ "@type": "xsd:date", "@value": "2025-09-30" })
    );
}

#[actix_web::test]
async fn catalog_of_private_releases_is_401_and_uses_the_base_url() {
    let app = TestApp::demo_with(&[("ASCN_BASE_URL", "https://ascn.example")]).await;
    app.anonymous().get("/catalog.jsonld").await.expect(401);
    let catalog = app.reader().await.get("/catalog.jsonld").await.expect(200).json();
    assert_eq!(catalog["@id"], "https://ascn.example/catalog.jsonld");
    let dataset = &catalog["dcat:dataset"][0];
    assert_eq!(dataset["@id"], "https://ascn.example/api/v1/releases/me-2022-r1");
    for distribution in distributions(dataset) {
        let address = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
        assert!(
            address.starts_with("https://ascn.example/api/v1/releases/me-2022-r1/"),
            "{address}"
        );
    }
}
