//! The operations of the contract, as tests walk over them, with the examples that the contract gives.

use ascn_tracker::api::openapi;
use serde_json::Value;

use crate::schema;

/// An operation of the document.
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its method in small letters.
    pub method: String,
    /// Its path as a template.
    pub path: String,
    /// What the document says of it.
    pub value: Value,
}

/// The contract as it is checked in, which is what is served.
pub fn openapi_document() -> Value {
    serde_json::from_str(openapi::CHECKED_IN).unwrap()
}

/// Every operation of a document.
pub fn list_operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            all.push(Operation {
                id: value["operationId"].as_str().unwrap().to_owned(),
                method: method.clone(),
                path: path.clone(),
                value: value.clone(),
            });
        }
    }
    all
}

/// What a `$ref` of the document names, or the value itself.
pub fn resolve_reference<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(at) => document.pointer(at.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

impl Operation {
    /// Says whether it takes `If-Match`.
    pub fn takes_if_match(&self) -> bool {
        self.value["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|p| p["name"] == "If-Match" && !is_refused(p)))
    }

    /// Whether a tag is refused, because the operation creates a record.
    pub fn refuses_if_match(&self) -> bool {
        self.value["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|p| p["name"] == "If-Match" && is_refused(p)))
    }

    /// The media types of its body, each with what the document says of it.
    pub fn request_bodies(&self) -> Vec<(&str, &Value)> {
        let content = self.value["requestBody"]["content"].as_object();
        content.into_iter().flatten().map(|(kind, body)| (kind.as_str(), body)).collect()
    }

    /// The statuses of its successes.
    pub fn success_statuses(&self) -> Vec<u16> {
        let all = self.value["responses"].as_object().unwrap();
        all.keys().filter(|s| s.starts_with('2')).map(|s| s.parse().unwrap()).collect()
    }

    /// The examples of its own query parameters, as a query. Those that all operations share are only referred to.
    pub fn example_query(&self) -> String {
        let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for p in self.value["parameters"].as_array().into_iter().flatten() {
            if p["in"] != "query" || p["example"].is_null() {
                continue;
            }
            let values = match &p["example"] {
                Value::Array(several) => several.iter().map(text).collect(),
                one => vec![text(one)],
            };
            for value in values {
                query.append_pair(p["name"].as_str().unwrap(), &value);
            }
        }
        query.finish()
    }

    /// Says what of an answer the contract does not promise: its status, its type or its shape.
    pub fn contract_breach(
        &self,
        document: &Value,
        status: u16,
        content_type: &str,
        body: &Value,
    ) -> Option<String> {
        let Some(response) = self.value["responses"].get(status.to_string()) else {
            return Some(format!("{status} is not in the contract: {body}"));
        };
        let media_type = content_type.split(';').next().unwrap_or_default();
        match resolve_reference(document, response)["content"].get(media_type) {
            // What is no JSON has no shape that a schema could tell.
            Some(_) if !media_type.ends_with("json") => None,
            Some(content) => schema::find_difference(document, &content["schema"], body, ""),
            None => Some(format!("{content_type:?} is not in the contract")),
        }
    }
}

fn is_refused(parameter: &Value) -> bool {
    parameter["description"].as_str().is_some_and(|text| text.starts_with("Refused with 412"))
}
