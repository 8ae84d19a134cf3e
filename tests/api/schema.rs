//! Whether a value is what a schema of the contract promises. Knows the words of JSON Schema that the contract uses and
//! fails on any other, so that no promise goes unchecked.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Words that promise nothing, and those that are looked at beside another word.
const SILENT: &[&str] = &[
    "description",
    "title",
    "default",
    "example",
    "examples",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
];

/// Says where a value is not what a schema promises: the first difference, with its place. Every object is closed unless
/// it is a map.
pub fn find_difference(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
) -> Option<String> {
    let Some(words) = schema.as_object() else { return Some(format!("{at}: no schema")) };
    let found = words.iter().find_map(|(word, promise)| {
        let options = || promise.as_array().into_iter().flatten();
        let wrong = |what: &str| Some(format!("{at}: {value} is not {what} {promise}"));
        let fails = |fine: bool| if fine { None } else { wrong(word) };
        match word.as_str() {
            "$ref" => {
                let named = document.pointer(promise.as_str()?.trim_start_matches('#'));
                find_difference(document, named.unwrap_or(&Value::Null), value, at)
            }
            "allOf" => options().find_map(|option| find_difference(document, option, value, at)),
            "oneOf" | "anyOf" => {
                let found: Vec<_> =
                    options().map(|option| find_difference(document, option, value, at)).collect();
                match found.iter().filter(|f| f.is_none()).count() {
                    0 => found.into_iter().flatten().max_by_key(String::len),
                    1 => None,
                    _ => fails(word == "anyOf"),
                }
            }
            "type" => fails(has_type(promise, value)),
            "enum" => fails(options().any(|option| option == value)),
            "format" => value.as_str().and_then(|text| fails(has_format(promise.as_str()?, text))),
            "minimum" => value.as_f64().and_then(|n| fails(n >= promise.as_f64()?)),
            "maximum" => value.as_f64().and_then(|n| fails(n <= promise.as_f64()?)),
            "minItems" => item_count(value).and_then(|n| fails(n >= promise.as_u64()?)),
            "maxItems" => item_count(value).and_then(|n| fails(n <= promise.as_u64()?)),
            "minLength" => text_length(value).and_then(|n| fails(n >= promise.as_u64()?)),
            "maxLength" => text_length(value).and_then(|n| fails(n <= promise.as_u64()?)),
            silent if SILENT.contains(&silent) => None,
            _ => Some(format!("{at}: nobody checks {word}")),
        }
    });
    found.or_else(|| match value {
        Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| {
            find_difference(document, words.get("items")?, item, &format!("{at}/{i}"))
        }),
        Value::Object(members) => find_object_difference(document, words, members, at),
        _ => None,
    })
}

fn text_length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| u64::try_from(text.chars().count()).unwrap())
}

fn item_count(value: &Value) -> Option<u64> {
    value.as_array().map(|list| u64::try_from(list.len()).unwrap())
}

fn has_type(types: &Value, value: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let takes = |name: &Value| name == kind || kind == "integer" && name == "number";
    types.as_array().map_or_else(|| takes(types), |several| several.iter().any(takes))
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date" => text.parse::<NaiveDate>().is_ok(),
        "date-time" => DateTime::parse_from_rfc3339(text).is_ok() && text.ends_with('Z'),
        "uuid" => Uuid::parse_str(text).is_ok(),
        "password" => true,
        // The sizes of numbers do not come here.
        _ => false,
    }
}

fn find_object_difference(
    document: &Value,
    words: &Map<String, Value>,
    members: &Map<String, Value>,
    at: &str,
) -> Option<String> {
    let required = words.get("required").and_then(Value::as_array);
    let mut required = required.into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.find(|name| !members.contains_key(*name)) {
        return Some(format!("{at}: {missing} is missing"));
    }
    let properties = words.get("properties").and_then(Value::as_object);
    let others = words.get("additionalProperties");
    // What is described elsewhere is closed there.
    let open = properties.is_none() && others.is_none();
    members.iter().find_map(|(name, value)| {
        let at = format!("{at}/{name}");
        match (properties.and_then(|p| p.get(name)), others) {
            (Some(property), _) => find_difference(document, property, value, &at),
            (None, Some(others @ Value::Object(_))) => {
                find_difference(document, others, value, &at)
            }
            (None, _) if open => None,
            (None, _) => Some(format!("{at} is not in the contract")),
        }
    })
}

#[test]
fn find_difference_reports_every_schema_violation() {
    use serde_json::json;
    let document = json!({ "components": { "schemas": { "Thing": {
        "type": "object", "required": ["a", "b"],
        "properties": {
            "a": { "type": ["string", "null"], "format": "date" },
            "b": { "type": "array", "items": { "type": "integer", "minimum": 1 } },
            "c": { "oneOf": [{ "$ref": "#/components/schemas/Word" }, { "type": "null" }] },
            "d": { "type": "object", "additionalProperties": { "type": "boolean" } },
            "f": { "type": "string", "pattern": "^x" }
        }
    }, "Word": { "type": "string", "enum": ["x", "y"] } } } });
    let schema = json!({ "$ref": "#/components/schemas/Thing" });
    for (value, expected) in [
        (json!({ "a": null, "b": [1], "c": "x", "d": { "any": true } }), None),
        (json!({ "a": "2026-01-31", "b": [], "c": null }), None),
        (json!({ "a": null }), Some(": b is missing")),
        (json!({ "a": 1, "b": [] }), Some("/a: 1 is not type")),
        (json!({ "a": "31.1.2026", "b": [] }), Some("/a: \"31.1.2026\" is not format")),
        (json!({ "a": null, "b": [1, 1.5] }), Some("/b/1: 1.5 is not type")),
        (json!({ "a": null, "b": [0] }), Some("/b/0: 0 is not minimum")),
        (json!({ "a": null, "b": [], "c": "z" }), Some("/c: \"z\" is not ")),
        (json!({ "a": null, "b": [], "d": { "any": 1 } }), Some("/d/any: 1 is not type")),
        (json!({ "a": null, "b": [], "e": 1 }), Some("/e is not in the contract")),
        (json!({ "a": null, "b": [], "f": "x" }), Some("/f: nobody checks pattern")),
    ] {
        let found = find_difference(&document, &schema, &value, "");
        match expected {
            None => assert_eq!(found, None, "{value}"),
            Some(start) => {
                assert!(found.as_ref().unwrap().starts_with(start), "{value}: {found:?}");
            }
        }
    }
}
