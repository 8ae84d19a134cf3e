//! A closed list of the contract names exactly the values that the service takes: each of them is taken, and any other
//! is refused with the same list.

use serde_json::{Value, json};

use crate::{
    contract_probe::{ContractProbe, list_body_members},
    helpers::TestApp,
    operations::{list_operations, openapi_document},
};

const UNLISTED: &str = "no-such-value";

/// Returns the query parameters of an operation that take a value of a closed list, with the list.
fn list_closed_parameters(operation: &Value) -> Vec<(String, Vec<Value>)> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_query = parameters.filter(|p| p["in"] == "query");
    let closed = in_query.filter_map(|p| {
        let schema = &p["schema"];
        let list = schema["enum"].as_array().or_else(|| schema["items"]["enum"].as_array())?;
        Some((p["name"].as_str()?.to_owned(), list.clone()))
    });
    closed.collect()
}

#[actix_web::test]
async fn closed_list_of_a_parameter_is_what_the_service_takes() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let (mut faults, mut count) = (Vec::new(), 0);
    for operation in list_operations(&document) {
        let parameters = list_closed_parameters(&operation.value);
        if parameters.is_empty() {
            continue;
        }
        let probe = ContractProbe::prepare(&app, &operation).await;
        for (name, list) in parameters {
            let refused = probe.call_with_parameter(&name, &[UNLISTED]).await;
            let fault = &refused.json()["errors"][0];
            if refused.status != 400
                || fault["parameter"] != json!(name)
                || fault["allowed"] != Value::Array(list.clone())
            {
                faults.push(format!("{} {name}: {} {fault}", operation.id, refused.status));
            }
            for value in list.iter().filter_map(Value::as_str) {
                let answer = probe.call_with_parameter(&name, &[value]).await;
                let fault = &answer.json()["errors"][0];
                if fault["parameter"] == json!(name) && fault["code"] == "unknown" {
                    faults.push(format!("{} {name}={value}: {fault}", operation.id));
                }
                let media = answer.header("content-type").unwrap_or_default().to_owned();
                let breach =
                    operation.contract_breach(&document, answer.status, &media, &answer.json());
                let told = (answer.status == 200).then_some(breach).flatten();
                faults.extend(told.map(|told| format!("{} {name}={value}: {told}", operation.id)));
                count += 1;
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 200, "only {count} values");
}

#[actix_web::test]
async fn each_format_of_figures_and_lists_is_answered() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    for operation in list_operations(&document) {
        let parameters = list_closed_parameters(&operation.value);
        let Some((name, list)) = parameters.into_iter().find(|(name, _)| name == "format") else {
            continue;
        };
        let probe = ContractProbe::prepare(&app, &operation).await;
        for value in list.iter().filter_map(Value::as_str) {
            // One sheet as CSV needs its name.
            if operation.id != "get_workbook" || value != "csv" {
                probe.call_with_parameter(&name, &[value]).await.expect(200);
            }
        }
    }
}

#[actix_web::test]
async fn closed_list_of_a_body_member_is_what_the_service_takes() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let (mut faults, mut members) = (Vec::new(), Vec::new());
    for operation in list_operations(&document) {
        let closed: Vec<_> = list_body_members(&document, &operation)
            .into_iter()
            .filter_map(|member| Some((member.pointer, member.schema["enum"].as_array()?.clone())))
            .collect();
        if closed.is_empty() {
            continue;
        }
        let probe = ContractProbe::prepare(&app, &operation).await;
        for (pointer, list) in closed {
            let body = probe.build_body(&pointer, Some(json!(UNLISTED)));
            let refused = probe.call_with_body(&body).await.expect(422).json();
            let errors = refused["errors"].as_array().unwrap();
            // The faults of a filter are told at each of its values.
            let fault = errors.iter().find(|e| {
                e["pointer"].as_str().is_some_and(|at| at.trim_end_matches("/0") == pointer)
            });
            if fault.is_none_or(|fault| fault["allowed"] != Value::Array(list.clone())) {
                faults.push(format!("{} {pointer}: {refused}", operation.id));
            }
            for value in list {
                let found = probe.find_faults_of(&pointer, Some(value.clone())).await;
                if found.iter().any(|code| code == "unknown") {
                    faults.push(format!("{} {pointer}: {value} is refused", operation.id));
                }
            }
            members.push(format!("{} {pointer}", operation.id));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for known in ["create_grant /role", "write_report /status"] {
        assert!(members.iter().any(|member| member == known), "{members:?}");
    }
}
