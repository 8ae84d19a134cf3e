use std::io::Write as _;

use actix_web::{Responder as _, body::to_bytes, test::TestRequest, web::Bytes};
use serde_json::json;

use super::*;
use crate::{
    api::spool::{Body, Spool},
    domain::policy::sight::Reachable,
};

fn view(everything: bool, countries: &[&str], cities: &[&str]) -> View {
    let approved = Reachable {
        everything,
        countries: countries.iter().map(|c| CountryCode::parse(c).unwrap()).collect(),
        cities: cities.iter().map(|c| Slug::parse(c).unwrap()).collect(),
    };
    View::approved(&Visible { approved, ..Visible::default() })
}

#[test]
fn equal_questions_have_equal_keys() {
    let key = |v| Key::new("table", View::everybody(), &v).unwrap();
    assert_eq!(
        key(json!({"rows": "city", "status": ["ongoing", "planning"], "pilot": null, "city": []})),
        key(json!({"status": ["planning", "ongoing", "planning"], "rows": "city"})),
    );
    assert_ne!(key(json!({"rows": "city"})), key(json!({"columns": "city"})));
    assert_ne!(key(json!({"city": ["a,b"]})), key(json!({"city": ["a", "b"]})));
    assert_ne!(key(json!({})), key(json!({})).at("2026-11-20"));
    let [en, vi] = [Language::En, Language::Vi].map(|l| key(json!({})).in_language(l));
    assert!(en != vi && en != key(json!({})));
}

#[test]
fn a_view_is_what_is_seen_and_not_who_sees_it() {
    assert_eq!(view(true, &["VN"], &[]), view(true, &[], &["hue"]));
    assert_eq!(view(false, &["VN", "LA"], &["hue"]), view(false, &["LA", "VN"], &["hue", "hue"]));
    let all = [
        View::everybody(),
        view(true, &[], &[]),
        view(false, &["VN"], &[]),
        view(false, &["VN", "LA"], &[]),
        view(false, &[], &["hue"]),
        view(false, &["VN"], &["hue"]),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{a:?}");
    }
}

#[test]
fn the_cache_stays_within_its_bytes() {
    let cache = Cache::new(10_000);
    let body = Bytes::from(vec![b'x'; 1_000]);
    for feed in 0..100 {
        let key = Key::new("table", View::everybody(), &json!({})).unwrap();
        cache.kept.insert((feed, key), Answer::bytes(body.clone(), "\"a\"".into()));
        cache.kept.run_pending_tasks();
    }
    assert!(cache.kept.weighted_size() <= 10_000 && cache.kept.entry_count() > 0);
    let none = Cache::new(0);
    let key = Key::new("table", View::everybody(), &json!({})).unwrap();
    none.kept.insert((1, key.clone()), Answer::bytes(body, "\"a\"".into()));
    none.kept.run_pending_tasks();
    assert!(none.kept.get(&(1, key)).is_none());
}
#[actix_web::test]
async fn an_answer_that_cannot_be_sent_any_more_is_not_kept() {
    let mut spool = Spool::default();
    spool.write_all(&vec![b'x'; 2_000_000]).unwrap();
    let made = spool.finish().unwrap();
    let Body::Disk(stored) = made.body.clone() else { panic!("it is on disk") };
    let cache = Cache::new(10_000_000);
    let place = (1, Key::new("data", View::everybody(), &json!({})).unwrap());
    cache.kept.insert(place.clone(), Answer::made(made, "application/zip", None));
    let send = |answer: Answer| answer.respond_to(&TestRequest::get().to_http_request());
    let found = cache.find(&place).unwrap();
    assert_eq!(to_bytes(send(found.clone()).into_body()).await.unwrap().len(), 2_000_000);
    stored.spoil();
    assert!(to_bytes(send(found).into_body()).await.is_err());
    assert!(cache.find(&place).is_none());
}
