use std::io::Write as _;

use actix_web::{Responder as _, body::to_bytes, test::TestRequest, web::Bytes};
use serde_json::json;

use super::*;
use crate::{
    api::spool_buffer::{AnswerBody, SpoolBuffer},
    domain::policy::visibility::ReadScope,
};

fn view(everything: bool, countries: &[&str], cities: &[&str]) -> CacheAudience {
    let approved = ReadScope {
        everything,
        countries: countries.iter().map(|c| CountryCode::parse(c).unwrap()).collect(),
        cities: cities.iter().map(|c| Slug::parse(c).unwrap()).collect(),
    };
    CacheAudience::for_approved_data(&VisibleRows { approved, ..VisibleRows::default() })
}

#[test]
fn equal_questions_have_equal_keys() {
    let key = |v| AnswerKey::new("table", CacheAudience::for_everybody(), &v).unwrap();
    assert_eq!(
        key(json!({"rows": "city", "status": ["ongoing", "planning"], "pilot": null, "city": []})),
        key(json!({"status": ["planning", "ongoing", "planning"], "rows": "city"})),
    );
    assert_ne!(key(json!({"rows": "city"})), key(json!({"columns": "city"})));
    assert_ne!(key(json!({"city": ["a,b"]})), key(json!({"city": ["a", "b"]})));
    assert_ne!(key(json!({})), key(json!({})).with_moment("2026-11-20"));
    let [en, vi] = [Language::En, Language::Vi].map(|l| key(json!({})).in_language(l));
    assert!(en != vi && en != key(json!({})));
}

#[test]
fn a_view_is_what_is_seen_and_not_who_sees_it() {
    assert_eq!(view(true, &["VN"], &[]), view(true, &[], &["hue"]));
    assert_eq!(view(false, &["VN", "LA"], &["hue"]), view(false, &["LA", "VN"], &["hue", "hue"]));
    let all = [
        CacheAudience::for_everybody(),
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
        let key = AnswerKey::new("table", CacheAudience::for_everybody(), &json!({})).unwrap();
        cache.entries.insert((feed, key), Answer::from_bytes(body.clone(), "\"a\"".into()));
        cache.entries.run_pending_tasks();
    }
    assert!(cache.entries.weighted_size() <= 10_000 && cache.entries.entry_count() > 0);
    let none = Cache::new(0);
    let key = AnswerKey::new("table", CacheAudience::for_everybody(), &json!({})).unwrap();
    none.entries.insert((1, key.clone()), Answer::from_bytes(body, "\"a\"".into()));
    none.entries.run_pending_tasks();
    assert!(none.entries.get(&(1, key)).is_none());
}
#[actix_web::test]
async fn an_answer_that_cannot_be_sent_any_more_is_not_kept() {
    let mut buffer = SpoolBuffer::default();
    buffer.write_all(&vec![b'x'; 2_000_000]).unwrap();
    let made = buffer.finish_hashed().unwrap();
    let AnswerBody::Disk(stored) = made.body.clone() else { panic!("it is on disk") };
    let cache = Cache::new(10_000_000);
    let key = (1, AnswerKey::new("data", CacheAudience::for_everybody(), &json!({})).unwrap());
    cache.entries.insert(key.clone(), Answer::from_hashed_body(made, "application/zip", None));
    let send = |answer: Answer| answer.respond_to(&TestRequest::get().to_http_request());
    let found = cache.find(&key).unwrap();
    assert_eq!(to_bytes(send(found.clone()).into_body()).await.unwrap().len(), 2_000_000);
    stored.truncate_for_test();
    assert!(to_bytes(send(found).into_body()).await.is_err());
    assert!(cache.find(&key).is_none());
}
