//! The contract: what is served is what is checked in, and every operation says all that a client has to know.

use std::{collections::BTreeSet, fs};

use ascn_tracker::api::openapi;
use serde_json::Value;

use crate::{
    helpers::TestApp,
    operations::{Operation, list_operations, openapi_document, resolve_reference},
};

/// Runs a check on each operation and fails with everything that it finds.
fn check_each_operation(check: impl Fn(&Operation) -> Option<String>) {
    let document = openapi_document();
    let faults: Vec<String> = list_operations(&document)
        .iter()
        .filter_map(|o| Some(format!("{} {}: {}", o.method, o.path, check(o)?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// A release build composes no document.
#[cfg(debug_assertions)]
#[test]
fn openapi_file_equals_the_generated_document() {
    let checked_in = fs::read_to_string("openapi/v1.json").unwrap();
    // Not assert_eq: nobody wants to read two documents.
    assert!(
        checked_in == openapi::render_document().unwrap(),
        "run `cargo run -- openapi > openapi/v1.json`, and look at the difference"
    );
}

#[actix_web::test]
async fn served_openapi_equals_the_openapi_file() {
    let app = TestApp::spawn().await;
    let served = app.anonymous().get("/openapi.json").await.expect(200);
    let checked_in = fs::read_to_string("openapi/v1.json").unwrap();
    assert_eq!(served.json(), serde_json::from_str::<Value>(&checked_in).unwrap());
    assert_eq!(served.header("content-type"), Some("application/json"));
    let again = app
        .anonymous()
        .send("GET", "/openapi.json", None, &[("if-none-match", &served.etag())])
        .await;
    assert_eq!(again.status, 304);
}

#[test]
fn every_operation_has_a_summary_a_description_and_one_declared_tag() {
    let document = openapi_document();
    let declared: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    check_each_operation(|o| {
        let summary = o.value["summary"].as_str().unwrap_or_default();
        let description = o.value["description"].as_str().unwrap_or_default();
        let tags = o.value["tags"].as_array().cloned().unwrap_or_default();
        if summary.is_empty() || summary.ends_with('.') {
            Some(format!("a summary without a full stop is expected, not {summary:?}"))
        } else if !description.ends_with('.') {
            Some(format!("a description in whole sentences is expected, not {description:?}"))
        } else if tags.len() != 1 || !declared.contains(tags[0].as_str().unwrap()) {
            Some(format!("one declared tag is expected, not {tags:?}"))
        } else {
            None
        }
    });
}

#[test]
fn every_operation_has_a_unique_operation_id() {
    let document = openapi_document();
    let ids: Vec<String> = list_operations(&document)
        .iter()
        .map(|o| o.value["operationId"].as_str().unwrap().to_owned())
        .collect();
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}

#[test]
fn every_operation_declares_its_error_responses() {
    check_each_operation(|o| {
        let security = o.value["security"].as_array()?;
        let responses = o.value["responses"].as_object().unwrap();
        let public = security.is_empty();
        let mut expected = vec!["400", "401", "500", "503"];
        if !public && !o.path.contains("/me") && !o.path.contains("/auth/") {
            expected.push("403");
        }
        if o.path.contains('{') {
            expected.push("404");
        }
        if o.value.get("requestBody").is_some() {
            expected.extend(["413", "415", "422"]);
        }
        let missing: Vec<&&str> =
            expected.iter().filter(|s| !responses.contains_key(**s)).collect();
        (!missing.is_empty()).then(|| format!("{missing:?} are missing"))
    });
}

#[test]
fn every_operation_declares_a_success_with_description_and_content() {
    check_each_operation(|o| {
        let responses = o.value["responses"].as_object().unwrap();
        let successes: Vec<(&String, &Value)> =
            responses.iter().filter(|(s, _)| s.starts_with('2')).collect();
        if successes.is_empty() {
            return Some("a success is expected".to_owned());
        }
        successes.into_iter().find_map(|(status, response)| {
            let described = response["description"].as_str().is_some_and(|d| !d.is_empty());
            let shaped = response["content"].as_object().is_some_and(|c| !c.is_empty());
            (!described || !shaped).then(|| format!("{status} has no description or no shape"))
        })
    });
}

#[test]
fn openapi_parameters_have_descriptions_and_are_never_null() {
    let document = openapi_document();
    check_each_operation(|o| {
        o.value["parameters"].as_array()?.iter().find_map(|p| {
            let p = resolve_reference(&document, p);
            let name = p["name"].as_str().unwrap();
            if p["description"].as_str().is_none_or(str::is_empty) {
                return Some(format!("{name} has no description"));
            }
            p["schema"].to_string().contains("null").then(|| format!("{name} may be null"))
        })
    });
}

#[test]
fn openapi_schemas_have_no_generic_type_names() {
    // A type alias of a map would be called `BTreeMap`, and the next one would take its place: such a field is inlined.
    let document = openapi_document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let nameless: Vec<&String> = schemas
        .keys()
        .filter(|n| n.contains("Map") || n.starts_with("Vec") || n.starts_with("Option"))
        .collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}

#[test]
fn openapi_enum_values_are_lowercase() {
    // Variants are written in capitals; what is sent never is.
    let document = openapi_document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for word in schema["enum"].as_array().into_iter().flatten() {
            let word = word.as_str().unwrap();
            assert_eq!(word, word.to_lowercase(), "{name}");
        }
    }
}
