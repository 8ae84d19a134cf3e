//! Reference data as everybody reads it.

use ascn_tracker::{
    domain::value::Slug,
    store::{Change, StoreError, journal, reference, seed},
};

use crate::helpers::TestApp;

#[actix_web::test]
async fn reference_data_needs_a_sign_in() {
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
async fn a_second_seed_changes_nothing() {
    let app = TestApp::spawn().await;
    let (before, counts, after) = app
        .state
        .db
        .write(|tx| -> Result<_, StoreError> {
            let before = journal::head(tx.conn())?;
            let counts = seed::apply(tx, seed::embedded().unwrap())?;
            Ok((before, counts, journal::head(tx.conn())?))
        })
        .await
        .unwrap();
    assert_eq!(before, after);
    assert!(before.seq > 0);
    assert_eq!((counts.created, counts.changed), (0, 0));
    assert!(i64::try_from(counts.unchanged).unwrap() == before.seq);
}

#[actix_web::test]
async fn the_seed_corrects_what_it_made_and_leaves_what_somebody_edited() {
    let app = TestApp::spawn().await;
    app.state
        .db
        .write(|tx| -> Result<_, StoreError> {
            let mut edited = reference::city(tx.conn(), &Slug::parse("ha-noi").unwrap())?.unwrap();
            edited.joined_year = 2020;
            edited.version += 1;
            tx.save(&edited, Change::plain("edit"))
        })
        .await
        .unwrap();
    let counts = app
        .state
        .db
        .write(|tx| -> Result<_, StoreError> {
            let mut data = seed::embedded().unwrap();
            for city in &mut data.cities {
                city.aliases.push("Corrected".to_owned());
            }
            data.cities.retain(|c| matches!(c.slug.as_str(), "ha-noi" | "da-nang"));
            let mut framework = data.documents.remove(0);
            framework.document["focus_areas"][0]["sub_areas"].as_array_mut().unwrap().pop();
            data.documents = vec![framework];
            seed::apply(tx, data)
        })
        .await
        .unwrap();
    assert_eq!((counts.created, counts.changed), (0, 2));
    let (ha_noi, da_nang, words) = app
        .state
        .db
        .read(|c| -> Result<_, StoreError> {
            Ok((
                reference::city(c, &Slug::parse("ha-noi").unwrap())?.unwrap(),
                reference::city(c, &Slug::parse("da-nang").unwrap())?.unwrap(),
                reference::vocabulary(c)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((ha_noi.version, ha_noi.joined_year), (2, 2020));
    assert_eq!((da_nang.version, da_nang.aliases.as_slice()), (2, &["Corrected".to_owned()][..]));
    assert!(!words.sub_areas.iter().any(|s| s.slug == "culture-and-heritage"));
}
