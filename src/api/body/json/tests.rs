//! Which faults of a body are found, in which order, and at which place.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::api::{
    body::shape::FAULTS_MAX, cities::NewCity, merge::MoneyInput, projects::NewProject,
};

/// Returns each fault as "pointer code: text".
fn list_faults<T: DeserializeOwned>(body: impl AsRef<[u8]>) -> Vec<String> {
    let faults = match parse_json::<T>(body.as_ref()) {
        Ok(_value) => Vec::new(),
        Err(ApiError::Malformed(faults)) => faults,
        Err(other) => panic!("{other}"),
    };
    let describe =
        |f: RequestFault| format!("{} {}: {}", f.pointer.unwrap_or_default(), f.code, f.message);
    faults.into_iter().map(describe).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shape {
    flag: Option<bool>,
    year: Option<i32>,
    share: Option<f64>,
    name: Option<String>,
    tags: Vec<String>,
    inner: Option<Inner>,
    list: Option<Vec<Inner>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inner {
    a: Option<i64>,
    b: Option<String>,
}

#[test]
fn body_without_a_fault_is_read() {
    let body = r#"{"year":2026,"share":1,"name":"x","tags":["a"],"inner":{"a":-1},"list":[{},{"b":null}]}"#;
    let shape: Shape = parse_json(body.as_bytes()).unwrap();
    assert_eq!((shape.year, shape.share, shape.tags.len()), (Some(2026), Some(1.0), 1));
    assert_eq!(shape.inner.unwrap().a, Some(-1));
    assert_eq!(shape.list.unwrap().len(), 2);
}

#[test]
fn every_fault_of_the_shape_is_listed_in_the_order_of_the_document() {
    let body = r#"{
        "colour": {"deep": [1, 2]},
        "tags": ["a", 1, null, ["b"]],
        "name": 5, "name": "x",
        "inner": {"a": "1", "c": 1, "a": 2, "b": {}},
        "list": [[], {"b": 1}, {}, {"z/~": 1}],
        "year": 3000000000, "share": "much", "flag": null
    }"#;
    insta::assert_snapshot!(list_faults::<Shape>(body).join("\n"), @r"
    /colour unknown_field: unknown field `colour`, expected one of `flag`, `year`, `share`, `name`, `tags`, `inner`, `list`
    /tags/1 type: text is expected
    /tags/2 type: text is expected
    /tags/3 type: text is expected
    /name type: text is expected
    /name type: duplicate field `name`
    /inner/a type: a whole number is expected
    /inner/c unknown_field: unknown field `c`, expected one of `a`, `b`
    /inner/a type: duplicate field `a`
    /inner/b type: text is expected
    /list/0 type: an object is expected
    /list/1/b type: text is expected
    /list/3/z~1~0 unknown_field: unknown field `z/~`, expected one of `a`, `b`
    /year type: a whole number is expected
    /share type: a number is expected
    ");
}

#[test]
fn body_that_is_no_object_has_one_fault() {
    for body in ["[]", "null", "5", r#""text""#, "[true, {}]"] {
        assert_eq!(list_faults::<Shape>(body), [" type: an object is expected"], "{body}");
    }
}

#[test]
fn broken_json_is_one_fault_whatever_was_wrong_before() {
    for (body, place) in [
        (r#"{"colour": 1, "name": "#, "/name"),
        (r#"{"name": 5"#, ""),
        (r#"{"name": 5} {}"#, ""),
        (r#"{"inner": {"a": "x", "b": tru}}"#, "/inner/b"),
        (r#"{"colour": [1, }"#, "/colour"),
        (r#"{"tags": [1, "\ud800"]}"#, "/tags/1"),
        ("", ""),
    ] {
        let faults = list_faults::<Shape>(body);
        assert_eq!(faults.len(), 1, "{body}: {faults:?}");
        assert!(faults[0].starts_with(&format!("{place} json: ")), "{body}: {faults:?}");
    }
}

#[test]
fn at_most_100_faults_are_listed() {
    let items = vec!["1"; FAULTS_MAX + 50].join(",");
    let faults = list_faults::<Shape>(format!(r#"{{"tags":[{items}]}}"#));
    assert_eq!(faults.len(), FAULTS_MAX);
    assert_eq!(faults.last().map(String::as_str), Some("/tags/99 type: text is expected"));
    // What follows is still read: it may be broken.
    let faults = list_faults::<Shape>(format!(r#"{{"tags":[{items}],"#));
    assert_eq!(faults.len(), 1);
}

#[test]
fn faults_of_names_by_language_are_found_among_others() {
    let city = r#"{"names": {"en": 5, "vi": "V", "en": "E"}, "pilot": "no"}"#;
    insta::assert_snapshot!(list_faults::<NewCity>(city).join("\n"), @r"
    /names/en type: text is expected
    /names/en type: duplicate field `en`
    /pilot type: true or false is expected
    ");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::from),
        "[a-z/~]{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("title".to_owned()),
        Just("budget".to_owned()),
        Just("amount_minor".to_owned()),
        Just("tags".to_owned()),
        Just("sdgs".to_owned()),
        Just("location".to_owned()),
        "[a-z/~]{0,4}",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Each fault names a place that is in the body, and a body is read exactly if it has no fault.
    #[test]
    fn every_fault_is_at_a_place_of_the_body(body in any_json()) {
        let read = parse_json::<NewProject>(body.to_string().as_bytes());
        if let Err(ApiError::Malformed(faults)) = &read {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                let pointer = fault.pointer.as_deref().unwrap();
                prop_assert!(body.pointer(pointer).is_some(), "{} in {}", pointer, body);
            }
        } else {
            prop_assert!(read.is_ok());
            prop_assert!(serde_json::from_value::<NewProject>(body).is_ok());
        }
    }

    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _faults = list_faults::<MoneyInput>(bytes);
    }
}

#[test]
fn deep_nesting_is_broken_json_or_a_wrong_type() {
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let body = [b"{\"tags\":".as_slice(), &deep, b"}"].concat();
    assert_eq!(list_faults::<Shape>(body), ["/tags/0 type: text is expected"]);
    assert_eq!(list_faults::<Shape>(json!({}).to_string()), Vec::<String>::new());
}
