//! Reference data as everybody reads it.

use ascn_tracker::{
    domain::value::Slug,
    store::{Change, StoreError, fixtures, journal, reference, seed},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::helpers::TestApp;

#[actix_web::test]
async fn reference_data_without_credentials_is_401() {
    let app = TestApp::spawn().await;
    app.anonymous().get("countries").await.expect(401);
    app.bearer("nonsense").get("countries").await.expect(401);
    app.reader().await.get("countries").await.expect(200);
    let head = app.reader().await.send("HEAD", "countries", None, &[]).await.expect(200);
    assert!(head.text.is_empty() && head.header("etag").is_some());
    let etag = head.etag();
    let again =
        app.reader().await.send("GET", "countries", None, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, 304);
}

#[actix_web::test]
async fn second_seed_changes_nothing() {
    let app = TestApp::spawn().await;
    let (before, counts, after) = app
        .state
        .db
        .write(|tx| -> Result<_, StoreError> {
            let before = journal::load_head(tx.conn())?;
            let counts = seed::apply_seed(tx, seed::parse_embedded_seed().unwrap())?;
            Ok((before, counts, journal::load_head(tx.conn())?))
        })
        .await
        .unwrap();
    assert_eq!(before, after);
    assert!(before.seq > 0);
    assert_eq!((counts.created, counts.changed), (0, 0));
    assert!(i64::try_from(counts.unchanged).unwrap() == before.seq);
}

#[actix_web::test]
async fn seed_updates_its_own_records_and_keeps_edited_ones() {
    let app = TestApp::spawn().await;
    app.state
        .db
        .write(|tx| -> Result<_, StoreError> {
            let mut edited =
                reference::find_city(tx.conn(), &Slug::parse("ha-noi").unwrap())?.unwrap();
            edited.joined_year = 2020;
            edited.version += 1;
            fixtures::save_record(tx, &edited, Change::without_reason("edit"))
        })
        .await
        .unwrap();
    let counts = app
        .state
        .db
        .write(|tx| -> Result<_, StoreError> {
            let mut data = seed::parse_embedded_seed().unwrap();
            for city in &mut data.cities {
                city.aliases.push("Corrected".to_owned());
            }
            data.cities.retain(|c| matches!(c.slug.as_str(), "ha-noi" | "da-nang"));
            let mut framework = data.documents.remove(0);
            framework.document["focus_areas"][0]["sub_areas"].as_array_mut().unwrap().pop();
            data.documents = vec![framework];
            seed::apply_seed(tx, data)
        })
        .await
        .unwrap();
    assert_eq!((counts.created, counts.changed), (0, 2));
    let (ha_noi, da_nang, words) = app
        .state
        .db
        .read(|c| -> Result<_, StoreError> {
            Ok((
                reference::find_city(c, &Slug::parse("ha-noi").unwrap())?.unwrap(),
                reference::find_city(c, &Slug::parse("da-nang").unwrap())?.unwrap(),
                reference::load_vocabulary(c)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((ha_noi.version, ha_noi.joined_year), (2, 2020));
    assert_eq!((da_nang.version, da_nang.aliases.as_slice()), (2, &["Corrected".to_owned()][..]));
    assert!(!words.sub_areas.iter().any(|s| s.slug == "culture-and-heritage"));
}

#[actix_web::test]
async fn get_framework_returns_every_list() {
    let app = TestApp::spawn().await;
    let answer = app.reader().await.get("framework").await.expect(200);
    let framework = answer.json();
    assert_eq!(framework["slug"], "ascf-2018");
    let slugs = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|t| t["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        slugs(&framework["focus_areas"]),
        [
            "civic-and-social",
            "health-and-well-being",
            "safety-and-security",
            "quality-environment",
            "built-infrastructure",
            "industry-and-innovation"
        ]
    );
    assert_eq!(framework["focus_areas"][3]["names"]["vi"], "môi trường tự nhiên có chất lượng");
    assert_eq!(
        slugs(&framework["focus_areas"][4]["sub_areas"]),
        ["mobility-and-transportation", "utilities"]
    );
    let counts = ["outcomes", "urban_systems", "enablers", "sectors", "national_schemes"]
        .map(|part| framework[part].as_array().unwrap().len());
    assert_eq!(counts, [3, 2, 2, 8, 1]);
    let scheme = &framework["national_schemes"][0];
    assert_eq!((&scheme["country"], &scheme["decided_on"]), (&json!("VN"), &json!("2018-08-01")));
    assert_eq!(scheme["tags"].as_array().unwrap().len(), 3);
    app.anonymous().get("framework").await.expect(401);
}

#[actix_web::test]
async fn plan_cycles_chairs_and_partner_types_are_listed() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let cycles = reader.get("plan-cycles").await.expect(200).json();
    assert_eq!(cycles["total"], 2);
    assert_eq!(
        (&cycles["items"][0]["slug"], &cycles["items"][0]["ends_year"]),
        (&json!("2018-2025"), &json!(2025))
    );
    assert_eq!(cycles["items"][1]["framework"], "ascf-2018");

    let chairs = reader.get("chairs").await.expect(200).json();
    assert_eq!(chairs["total"], 9);
    let vn = &chairs["items"][2];
    assert_eq!(
        (&vn["year"], &vn["country"], &vn["confirmed"]),
        (&json!(2020), &json!("VN"), &json!(true))
    );
    assert!(vn["sources"][0]["title"].is_string());

    let types = reader.get("partner-types").await.expect(200).json();
    assert_eq!(types["total"], 8);
    assert_eq!(types["items"][6]["type"], "academia");
}

#[actix_web::test]
async fn reference_lists_are_paginated() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    for (path, total) in
        [("countries", 11), ("plan-cycles", 2), ("chairs", 9), ("partner-types", 8)]
    {
        let whole = reader.get(path).await.expect(200);
        assert!(whole.header("link").is_none());
        let mut items = Vec::new();
        let mut next = format!("{path}?limit=1");
        loop {
            let page = reader.get(&next).await.expect(200);
            assert_eq!(page.json()["total"], total);
            items.extend(page.json()["items"].as_array().unwrap().clone());
            let Some(link) = page.header("link") else { break };
            next = link.strip_prefix('<').unwrap().split_once('>').unwrap().0.to_owned();
        }
        assert_eq!(json!(items), whole.json()["items"], "{path}");
        reader.get(&format!("{path}?limit=0")).await.expect(400);
        reader.get(&format!("{path}?color=red")).await.expect(400);
    }
    let cursor = reader.get("countries?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    reader.get(&format!("plan-cycles?cursor={cursor}")).await.expect(400);
}

#[actix_web::test]
async fn forged_cursor_with_nul_is_400() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let next = reader.get("cities?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(next).unwrap()).unwrap();
    let forged = text.replacen("bandar", "\\u0000", 1);
    assert_ne!(text, forged);
    let cursor = URL_SAFE_NO_PAD.encode(forged);
    reader.get(&format!("cities?cursor={cursor}")).await.expect(400);
}
