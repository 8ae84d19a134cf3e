//! What holds when several write at once, and what a write transaction refuses to be.

use ascn_tracker::{
    domain::value::Slug,
    store::{Change, Kept as _, StoreError, journal, reference},
};

use crate::helpers::TestApp;

#[actix_web::test]
async fn a_write_that_journals_nothing_is_rolled_back() {
    let app = TestApp::spawn().await;
    let slug = Slug::parse("da-nang").unwrap();
    // A journaled write first: PostgreSQL still counts its rows when the next transaction begins.
    for journaled in [true, false] {
        let key = slug.clone();
        let result = app
            .state
            .db
            .write(move |tx| -> Result<(), StoreError> {
                let mut city = reference::city(tx.conn(), &key)?.unwrap();
                city.version += 1;
                if journaled {
                    tx.save(&city, Change::plain("edit"))
                } else {
                    city.replace(tx.conn(), city.version - 1).map(|_there| ())
                }
            })
            .await;
        assert_eq!(result.is_ok(), journaled);
        if !journaled {
            assert!(matches!(result, Err(StoreError::NotJournaled)));
        }
    }
    let nothing = app.state.db.write(|tx| -> Result<_, StoreError> { journal::head(tx.conn()) });
    let head = nothing.await.expect("a write that changes nothing is none to be journaled");
    let city = app
        .state
        .db
        .read(move |c| -> Result<_, StoreError> { reference::city(c, &slug) })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(city.version, 2);
    assert!(head.seq > 0);
}
