//! The contract tells the required values, the bounds and the nulls of requests as the service checks them.

use serde_json::{Value, json};

use crate::{
    contract_probe::{BodyMember, ContractProbe, list_body_members},
    helpers::TestApp,
    operations::{list_operations, openapi_document},
};

/// A value for a member that breaks a rule of its schema, and one that just keeps it.
struct Boundary {
    outside: Value,
    inside: Value,
}

/// Returns the boundaries of the values of a member.
fn list_boundaries(schema: &Value) -> Vec<Boundary> {
    let bound = |word: &str| schema.get(word);
    let mut found = Vec::new();
    for (word, step) in [("minimum", -1), ("maximum", 1)] {
        if let Some(whole) = bound(word).and_then(Value::as_i64) {
            found.push(Boundary { outside: json!(whole + step), inside: json!(whole) });
        }
    }
    let length = |word: &str| Some(usize::try_from(bound(word)?.as_u64()?).unwrap());
    if let Some(most) = length("maxLength") {
        let text = |length| json!("a".repeat(length));
        found.push(Boundary { outside: text(most + 1), inside: text(most) });
    }
    if let Some(most) = length("maxItems") {
        let item = match schema["items"]["type"].as_str() {
            Some("string") => json!("a"),
            Some("integer") => json!(1),
            _ => json!({}),
        };
        let list = |length| json!(vec![item.clone(); length]);
        found.push(Boundary { outside: list(most + 1), inside: list(most) });
    }
    let format =
        |outside: &str, inside: &str| Boundary { outside: json!(outside), inside: json!(inside) };
    match bound("format").and_then(Value::as_str) {
        Some("date") => found.push(format("2027-02-30", "2027-06-30")),
        Some("date-time") => found.push(format("2027-06-30", "2027-06-30T00:00:00Z")),
        Some("uuid") => found.push(format("none", "019346a0-5c00-7000-8000-000000000001")),
        Some(_) | None => {}
    }
    found
}

/// Runs a check on each member of each JSON body. `check` gets the codes of the faults that a value has at its member.
async fn check_each_member(
    wanted: impl Fn(&BodyMember) -> Vec<Option<Value>>,
    check: impl Fn(&str, &BodyMember, &[Vec<String>]) -> Option<String>,
) -> usize {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let (mut faults, mut count) = (Vec::new(), 0);
    for operation in list_operations(&document) {
        // The example of this body is a token that only a session has.
        if operation.id == "refresh_session" {
            continue;
        }
        let members = list_body_members(&document, &operation);
        if members.iter().all(|member| wanted(member).is_empty()) {
            continue;
        }
        let probe = ContractProbe::prepare(&app, &operation).await;
        for member in members {
            let mut codes = Vec::new();
            for value in wanted(&member) {
                codes.push(probe.find_faults_of(&member.pointer, value).await);
                count += 1;
            }
            let fault = check(&operation.id, &member, &codes);
            faults.extend(fault.map(|f| format!("{} {}: {f}", operation.id, member.pointer)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    count
}

#[actix_web::test]
async fn bounds_of_bodies_in_the_contract_are_those_of_the_service() {
    let wanted = |member: &BodyMember| {
        let boundaries = list_boundaries(&member.schema).into_iter();
        boundaries.flat_map(|b| [Some(b.outside), Some(b.inside)]).collect()
    };
    let count = check_each_member(wanted, |_, _, codes| {
        codes.chunks(2).find_map(|pair| {
            let limits = ["range", "too_long", "too_many"];
            let [outside, inside] = pair else { return Some("no pair".to_owned()) };
            // The items of a list that is too long lack their members.
            if outside.iter().all(|code| code == "required") {
                return Some("a value outside of the bound is taken".to_owned());
            }
            let over = inside.iter().find(|code| limits.contains(&code.as_str()))?;
            Some(format!("the bound itself is refused: {over}"))
        })
    });
    assert!(count.await > 100);
}

#[actix_web::test]
async fn required_members_in_the_contract_are_those_of_the_service() {
    let wanted = |member: &BodyMember| if member.required { vec![None] } else { Vec::new() };
    let count = check_each_member(wanted, |_, _, codes| {
        let taken = codes.first().is_some_and(|codes| !codes.iter().any(|c| c == "required"));
        taken.then(|| "a body without it is taken".to_owned())
    });
    assert!(count.await > 40);
}

#[actix_web::test]
async fn bounds_of_parameters_in_the_contract_are_those_of_the_service() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let mut seen = Vec::new();
    for operation in list_operations(&document) {
        let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
        for p in parameters.iter().filter(|p| p["in"] == "query") {
            let name = p["name"].as_str().unwrap();
            let schema =
                if p["schema"]["type"] == "array" { &p["schema"]["items"] } else { &p["schema"] };
            for Boundary { outside, inside } in list_boundaries(schema) {
                let probe = ContractProbe::prepare(&app, &operation).await;
                let text =
                    |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let refused = probe.call_with_parameter(name, &[&text(&outside)]).await;
                let at = format!("{} {name}={outside}", operation.id);
                // A report has no version 0.
                if operation.id != "get_report_diff" || refused.status != 404 {
                    assert_eq!(refused.status, 400, "{at}: {}", refused.text);
                    assert_eq!(refused.json()["errors"][0]["parameter"], json!(name), "{at}");
                }
                let taken = probe.call_with_parameter(name, &[&text(&inside)]).await;
                let code = taken.json()["errors"][0]["code"].clone();
                assert!(
                    !["range", "type", "day", "instant"]
                        .contains(&code.as_str().unwrap_or_default()),
                    "{at}: {}",
                    taken.text
                );
                seen.push(at);
            }
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}

/// Members that may be null, with the reason why the example with null is refused.
const REFUSED_NULLS: &[(&str, &str)] = &[
    // An imported project may lack these; the example is another project.
    ("edit_project", "/summary"),
    ("edit_project", "/focus_area"),
    ("edit_project", "/starts_on"),
    ("edit_project", "/ends_on"),
    // The last day of the example is outside of the plan, for which a reason is required.
    ("edit_project", "/dates_reason"),
    // A partnership needs a partner, or its name as stated.
    ("create_partnership", "/partner"),
    ("edit_partnership", "/partner"),
    // A bulk request without items needs a filter.
    ("change_reports", "/items"),
    // A remark on the other transitions is a reason here.
    ("return_report", "/comment"),
    ("reopen_report", "/comment"),
    // The example is a grant on a city.
    ("create_user", "/grants/0/scope/key"),
    ("create_grant", "/scope/key"),
];

#[actix_web::test]
async fn null_in_a_body_is_taken_where_the_contract_allows_it_and_nowhere_else() {
    let wanted = |_: &BodyMember| vec![Some(Value::Null)];
    let count = check_each_member(wanted, |operation, member, codes| {
        let refused = codes
            .iter()
            .flatten()
            .any(|code| ["type", "required", "immutable", "range"].contains(&code.as_str()));
        let known = REFUSED_NULLS.contains(&(operation, member.pointer.as_str()));
        match (member.nullable, refused) {
            (true, true) if !known => Some(format!("null is refused: {codes:?}")),
            (false, false) => Some(format!("null is taken: {codes:?}")),
            (true, true) | (true, false) | (false, true) => None,
        }
    });
    assert!(count.await > 100);
}

#[actix_web::test]
async fn required_parameters_in_the_contract_are_those_of_the_service() {
    let app = TestApp::demo().await;
    let document = openapi_document();
    let mut seen = Vec::new();
    for operation in list_operations(&document) {
        let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
        for p in parameters.iter().filter(|p| p["in"] == "query" && p["required"] == true) {
            let name = p["name"].as_str().unwrap();
            let probe = ContractProbe::prepare(&app, &operation).await;
            let refused = probe.call_with_parameter(name, &[]).await.expect(400).json();
            let fault = &refused["errors"][0];
            assert_eq!((&fault["parameter"], &fault["code"]), (&json!(name), &json!("required")));
            seen.push(format!("{} {name}", operation.id));
        }
    }
    assert!(seen.contains(&"get_workbook cycle".to_owned()), "{seen:?}");
}

#[actix_web::test]
async fn whole_number_with_a_fraction_of_zeros_is_an_integer() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "title": "Depot opens", "due_on": "2024-06-30", "weight": 6.0 });
    let made = officer.post("projects/da-nang-1/milestones", &body).await.expect(201).json();
    assert_eq!(made["weight"], json!(6));
    let fraction = json!({ "title": "Depot opens", "due_on": "2024-06-30", "weight": 6.5 });
    officer.post("projects/da-nang-1/milestones", &fraction).await.expect(400);
    let page = officer.get("projects?limit=2.0").await.expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let refused = officer.get("projects?limit=2.5").await.expect(400).json();
    assert_eq!(refused["errors"][0]["parameter"], "limit");
}

#[actix_web::test]
async fn transition_with_a_null_body_is_a_transition_without_a_body() {
    let app = TestApp::demo().await;
    let operations = list_operations(&openapi_document());
    let submit = operations.iter().find(|operation| operation.id == "submit_report").unwrap();
    let probe = ContractProbe::prepare(&app, submit).await;
    let submitted = probe.call_with_body(&Value::Null).await.expect(200).json();
    assert_eq!(submitted["state"], "submitted");
}
