//! Examples of request bodies. An example is the one given for the body, or it is built from the examples of its
//! members, so that each is written once, next to its field. A test sends every example to the service.

use serde_json::{Map, Value};
use utoipa::openapi::{Content, OpenApi, RefOr, path::HttpMethod};

use super::operations::list_operations;
use crate::api::body::MERGE_PATCH;

/// Adds an example to each request body, and the media type of merge patches to each PATCH.
pub(super) fn add_examples(document: &mut OpenApi) {
    let schemas = document
        .components
        .as_ref()
        .and_then(|components| serde_json::to_value(&components.schemas).ok())
        .unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        for (method, operation) in list_operations(item) {
            let Some(RefOr::T(body)) = &mut operation.request_body else { continue };
            for content in body.content.values_mut() {
                let RefOr::T(content) = content else { continue };
                content.example = choose_example(content, &schemas);
            }
            if method == HttpMethod::Patch
                && let Some(json) = body.content.get("application/json").cloned()
            {
                body.content.insert(MERGE_PATCH.to_owned(), json);
            }
        }
    }
}

fn choose_example(content: &Content, schemas: &Value) -> Option<Value> {
    let schema = serde_json::to_value(content.schema.as_ref()?).ok()?;
    content.example.clone().or_else(|| find_example(&schema, schemas))
}

/// Returns the example of a schema, or builds it from the examples of its members. `None` if a required member has
/// none.
fn find_example(schema: &Value, schemas: &Value) -> Option<Value> {
    if let Some(given) = schema.get("example") {
        return Some(given.clone());
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return find_example(schemas.get(name.rsplit('/').next()?)?, schemas);
    }
    if let Some(options) = schema.get("oneOf").and_then(Value::as_array) {
        return options.iter().find_map(|option| find_example(option, schemas));
    }
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut members = Map::new();
    for (name, member) in schema.get("properties")?.as_object()? {
        match find_example(member, schemas) {
            Some(value) => {
                members.insert(name.clone(), value);
            }
            None if required.contains(&name.as_str()) => return None,
            None => {}
        }
    }
    Some(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_example_is_put_together_from_those_of_the_members() {
        let schemas = json!({
            "Inner": { "properties": { "key": { "example": "da-nang" }, "silent": {} } },
            "Whole": { "example": { "kind": "city" }, "properties": { "kind": {} } },
            "Lacking": { "required": ["key"], "properties": { "key": {} } }
        });
        let of = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let nested = json!({ "properties": {
            "inner": of("Inner"), "maybe": { "oneOf": [{ "type": "null" }, of("Whole")] }
        } });
        let expected = json!({ "inner": { "key": "da-nang" }, "maybe": { "kind": "city" } });
        assert_eq!(find_example(&nested, &schemas), Some(expected));
        assert_eq!(find_example(&of("Lacking"), &schemas), None);
    }
}
