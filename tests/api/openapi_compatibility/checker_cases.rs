//! The check itself, on small documents: it tells of whatever is taken away, and lets through whatever is added.

use serde_json::{Value, json};

use super::find_breaking_changes;

/// A document with one operation that takes and gives a city.
fn sample_document() -> Value {
    json!({
        "paths": { "/cities": { "post": {
            "operationId": "create_city",
            "security": [],
            "parameters": [
                { "name": "lang", "in": "query", "required": false, "schema": { "enum": ["en", "vi"], "type": "string" } }
            ],
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/schemas/NewCity" } } } },
            "responses": { "201": { "$ref": "#/made" }, "409": { "content": {} } }
        } } },
        "components": { "schemas": { "Region": { "type": "string" } } },
        "made": {
            "headers": { "ETag": {} },
            "content": { "application/json": { "schema": { "$ref": "#/schemas/City" } } }
        },
        "schemas": {
            "NewCity": {
                "type": "object", "required": ["name"], "additionalProperties": false,
                "properties": {
                    "name": { "type": "string", "maxLength": 300 },
                    "kind": { "type": ["string", "null"], "enum": ["pilot", "other", null] },
                    "share": { "type": "number", "minimum": 0 }
                }
            },
            "City": {
                "type": "object", "required": ["name", "within"],
                "properties": {
                    "name": { "type": "string" },
                    "since": { "type": "integer", "format": "int64" },
                    "within": { "oneOf": [{ "$ref": "#/schemas/City" }, { "type": "null" }] },
                    "tags": { "type": "array", "items": { "type": "string" } }
                }
            }
        }
    })
}

/// The sample with one place taken out, or with something put there.
fn changed_document(place: &str, to: Option<Value>) -> Value {
    let mut document = sample_document();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/");
    match (document.pointer_mut(parent).unwrap(), to) {
        (Value::Object(members), Some(value)) => drop(members.insert(name, value)),
        (Value::Object(members), None) => assert!(members.remove(&name).is_some(), "{place}"),
        (Value::Array(items), Some(value)) => items.push(value),
        (other, _) => panic!("{place}: {other}"),
    }
    document
}

const OPERATION: &str = "/paths/~1cities/post";

#[test]
fn breaking_openapi_changes_are_reported() {
    let op = |place: &str| format!("{OPERATION}{place}");
    let (city, new) = ("/schemas/City", "/schemas/NewCity");
    let in_new = |place: &str| format!("{new}{place}");
    let in_city = |place: &str| format!("{city}{place}");
    let gone = [
        ("/paths/~1cities".to_owned(), "POST /cities is gone"),
        (OPERATION.to_owned(), "POST /cities is gone"),
        (op("/responses/409"), "POST /cities: 409 is gone"),
        (op("/operationId"), "POST /cities has another operationId"),
        ("/made/headers/ETag".to_owned(), "POST /cities: 201 has no header ETag now"),
        (
            "/made/content/application~1json".to_owned(),
            "POST /cities: 201 is not application/json now",
        ),
        (in_city("/properties/since"), "POST /cities: 201.since is gone"),
        (in_city("/properties/since/format"), "POST /cities: 201.since has another format"),
        (in_new("/properties/kind"), "POST /cities: request.kind is gone"),
        ("/components/schemas/Region".to_owned(), "components/schemas/Region is gone"),
    ];
    let put = [
        (op("/parameters"), json!([]), "POST /cities: parameter lang is gone"),
        (
            op("/parameters/-"),
            json!({ "name": "by", "in": "query", "required": true }),
            "POST /cities asks for the parameter \"by\"",
        ),
        (op("/security"), json!([{ "bearer": [] }]), "POST /cities asks for credentials now"),
        (op("/requestBody/required"), json!(true), "POST /cities asks for a body now"),
        (in_new("/required/-"), json!("kind"), "POST /cities: request asks for \"kind\""),
        (
            in_new("/properties/kind/enum"),
            json!(["pilot", null]),
            "POST /cities: request.kind does not take \"other\" now",
        ),
        (
            in_new("/properties/kind/type"),
            json!("string"),
            "POST /cities: request.kind is no null now",
        ),
        (
            in_new("/properties/share/type"),
            json!("integer"),
            "POST /cities: request.share is no number now",
        ),
        (
            in_new("/properties/share/minimum"),
            json!(1),
            "POST /cities: request.share is narrower by its minimum",
        ),
        (
            in_new("/properties/name/maxLength"),
            json!(200),
            "POST /cities: request.name is narrower by its maxLength",
        ),
        (
            in_new("/properties/name/pattern"),
            json!("x"),
            "POST /cities: request.name is narrower by its pattern",
        ),
        (
            in_new("/properties/name/enum"),
            json!(["x"]),
            "POST /cities: request.name is narrower by its enum",
        ),
        (in_city("/required"), json!(["name"]), "POST /cities: 201 may lack \"within\" now"),
        (
            in_city("/properties/name/type"),
            json!(["string", "null"]),
            "POST /cities: 201.name may be null now",
        ),
        (
            in_city("/properties/within"),
            json!({ "type": "null" }),
            "POST /cities: 201.within is never object now",
        ),
        (
            in_city("/properties/tags/items/type"),
            json!("integer"),
            "POST /cities: 201.tags[] may be integer now",
        ),
        (
            in_city("/not"),
            json!({}),
            "POST /cities: 201 is written with not, which is not compared yet",
        ),
    ];
    let gone = gone.into_iter().map(|(place, said)| (place, None, said));
    let put = put.into_iter().map(|(place, to, said)| (place, Some(to), said));
    for (place, to, said) in gone.chain(put) {
        let faults = find_breaking_changes(&sample_document(), &changed_document(&place, to));
        assert_eq!(faults.first().map(String::as_str), Some(said), "{place}: {faults:?}");
    }
}

#[test]
fn additive_openapi_changes_are_accepted() {
    let op = |place: &str| format!("{OPERATION}{place}");
    assert_eq!(find_breaking_changes(&sample_document(), &sample_document()), Vec::<String>::new());
    for (place, to) in [
        ("/paths/~1plans".to_owned(), json!({ "get": {} })),
        ("/paths/~1cities/get".to_owned(), json!({})),
        (op("/parameters/-"), json!({ "name": "by", "in": "query", "required": false })),
        (op("/responses/412"), json!({})),
        ("/schemas/NewCity/properties/note".to_owned(), json!({ "type": "string" })),
        ("/schemas/NewCity/properties/name/maxLength".to_owned(), json!(400)),
        (
            "/schemas/NewCity/properties/kind/enum".to_owned(),
            json!(["pilot", "new", "other", null]),
        ),
        ("/schemas/NewCity/required".to_owned(), json!([])),
        ("/schemas/City/properties/note".to_owned(), json!({ "type": ["string", "null"] })),
        ("/schemas/City/required/-".to_owned(), json!("since")),
    ] {
        assert_eq!(
            find_breaking_changes(&sample_document(), &changed_document(&place, Some(to))),
            Vec::<String>::new(),
            "{place}"
        );
    }
}
