//! Requests that differ from an example of the contract in one value: in one parameter, or in one member of the body.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::{
    examples::{ROWS, Who, caller_for, current_etag},
    helpers::{Caller, TestApp, TestResponse},
    operation_fixture::OperationFixture,
    operations::{Operation, resolve_reference},
};

/// An operation with a caller who may call it, on records that are there.
pub struct ContractProbe<'a> {
    app: &'a TestApp,
    operation: &'a Operation,
    who: Who,
    fixture: OperationFixture,
}

impl<'a> ContractProbe<'a> {
    /// Prepares the records that the operation needs.
    pub async fn prepare(app: &'a TestApp, operation: &'a Operation) -> Self {
        let (_, who, stage) = ROWS.iter().find(|(id, ..)| *id == operation.id).unwrap();
        let fixture = OperationFixture::prepare(app, *stage).await;
        Self { app, operation, who: *who, fixture }
    }

    /// Calls the operation with its examples.
    pub async fn call_with_examples(&self) -> TestResponse {
        let (path, query) =
            (self.fixture.fill_path(&self.operation.path), self.operation.example_query());
        let path = if query.is_empty() { path } else { format!("{path}?{query}") };
        self.caller().await.send(&self.operation.method.to_uppercase(), &path, None, &[]).await
    }

    /// Calls the operation with its examples, with these values of a parameter instead of its example.
    pub async fn call_with_parameter(&self, name: &str, values: &[&str]) -> TestResponse {
        let example = self.operation.example_query();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let (without, with): (&[&str], _) = match (self.operation.id.as_str(), name) {
            // A sheet belongs to CSV, and the example is a workbook.
            ("get_workbook", "sheet") => (&["format"], Some(("format", "csv"))),
            // Versions are named by numbers, or by what happened last.
            ("get_report_diff", "from") => (&["since"], None),
            ("get_report_diff", "to") => (&["since"], Some(("from", "1"))),
            // The figures are those of a cycle or of a day.
            (_, "as_of") => (&["cycle"], None),
            (_, _) => (&[], None),
        };
        for (key, value) in url::form_urlencoded::parse(example.as_bytes()) {
            if key != name && !without.contains(&&*key) {
                query.append_pair(&key, &value);
            }
        }
        query.extend_pairs(values.iter().map(|value| (name, value)));
        query.extend_pairs(with);
        let path = format!("{}?{}", self.fixture.fill_path(&self.operation.path), query.finish());
        let method = self.operation.method.to_uppercase();
        self.caller().await.send(&method, &path, None, &[("content-type", "text/csv")]).await
    }

    /// Calls the operation with a body.
    pub async fn call_with_body(&self, body: &Value) -> TestResponse {
        let caller = self.caller().await;
        let path = self.fixture.fill_path(&self.operation.path);
        let tag = current_etag(&caller, self.operation, &path).await;
        let headers: Vec<(&str, &str)> = tag.iter().map(|t| ("if-match", t.as_str())).collect();
        caller.send(&self.operation.method.to_uppercase(), &path, Some(body), &headers).await
    }

    /// Calls the operation with its example, with this value at a pointer. Returns the codes of the faults there
    /// and below.
    pub async fn find_faults_of(&self, pointer: &str, value: Option<Value>) -> Vec<String> {
        let answer = self.call_with_body(&self.build_body(pointer, value)).await;
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        let below = format!("{pointer}/");
        let here = errors.iter().filter(|e| {
            e["pointer"].as_str().is_some_and(|at| at == pointer || at.starts_with(&below))
        });
        here.map(|e| e["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Returns the example with a value at a pointer, or without the member at the pointer.
    pub fn build_body(&self, pointer: &str, value: Option<Value>) -> Value {
        let mut body = example_body(self.operation);
        make_unique(&mut body, &self.operation.id);
        // A bulk request has items or a filter.
        if pointer.starts_with("/filter/") {
            body.as_object_mut().unwrap().remove("items");
        }
        let (parents, name) = pointer.rsplit_once('/').unwrap();
        let mut at = &mut body;
        for step in parents.split('/').skip(1) {
            at = match step.parse::<usize>() {
                Ok(index) => {
                    if !at.is_array() {
                        *at = json!([{}]);
                    }
                    &mut at[index]
                }
                Err(_) => &mut at[step],
            };
            if at.is_null() {
                *at = json!({});
            }
        }
        match value {
            Some(value) => at[name] = value,
            None => drop(at.as_object_mut().and_then(|members| members.remove(name))),
        }
        body
    }

    async fn caller(&self) -> Caller<'a> {
        caller_for(self.app, self.who, &self.fixture).await
    }
}

/// Gives the example of a new record a key that no record has yet.
fn make_unique(body: &mut Value, operation: &str) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let key = json!(format!("probe-{number}"));
    match operation {
        "create_user" => body["email"] = json!(format!("probe-{number}@probe.example")),
        "create_partner" => body["slug"] = key,
        "create_city" => {
            body["slug"] = key;
            body.as_object_mut().unwrap().remove("un_locode");
        }
        "create_cycle" => {
            // No two cycles of a plan are cut off on one day.
            let day = NaiveDate::from_ymd_opt(2040, 1, 1).unwrap() + Days::new(number);
            (body["cycle"], body["as_of"]) = (key, json!(day));
        }
        _ => {}
    }
}

/// Returns the example of the JSON body of an operation.
pub fn example_body(operation: &Operation) -> Value {
    operation.value["requestBody"]["content"]["application/json"]["example"].clone()
}

/// A member of a request body, wherever it is in the body.
pub struct BodyMember {
    pub pointer: String,
    /// Its schema, without `null` and with its references resolved.
    pub schema: Value,
    pub nullable: bool,
    pub required: bool,
}

/// Lists the members of the JSON body of an operation. An item of a list has the index 0.
pub fn list_body_members(document: &Value, operation: &Operation) -> Vec<BodyMember> {
    let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
    let mut found = Vec::new();
    collect_members(document, &resolve_alternatives(document, schema).0, "", &mut found);
    found
}

fn collect_members(document: &Value, object: &Value, at: &str, found: &mut Vec<BodyMember>) {
    let required = object["required"].as_array().cloned().unwrap_or_default();
    for (name, schema) in object["properties"].as_object().into_iter().flatten() {
        let (schema, nullable) = resolve_alternatives(document, schema);
        let pointer = format!("{at}/{name}");
        collect_members(document, &schema, &pointer, found);
        let (item, _) = resolve_alternatives(document, &schema["items"]);
        collect_members(document, &item, &format!("{pointer}/0"), found);
        let required = required.contains(&json!(name));
        found.push(BodyMember { pointer, schema, nullable, required });
    }
}

/// Returns the first alternative of a schema that is not null, and whether null is allowed.
fn resolve_alternatives(document: &Value, schema: &Value) -> (Value, bool) {
    let schema = resolve_reference(document, schema);
    if let Some(options) = schema["oneOf"].as_array() {
        let nullable = options.iter().any(|option| option["type"] == "null");
        let first = options.iter().find(|option| option["type"] != "null").unwrap();
        let (first, inner) = resolve_alternatives(document, first);
        return (first, nullable || inner);
    }
    let nullable = schema["type"].as_array().is_some_and(|types| types.contains(&json!("null")));
    (schema.clone(), nullable)
}
