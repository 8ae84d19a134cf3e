//! Responses that operations share: problems by status, and the headers of every response.

use serde_json::json;
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        Components, ContentBuilder, Header, HeaderBuilder, ObjectBuilder, Ref, RefOr,
        ResponseBuilder, Type, path::Operation,
    },
};

use super::operations::OperationShape;
use crate::{
    api::{
        error::{FaultView, PROBLEMS, Problem, ProblemKind, RequestFault},
        message::body,
        precondition::IfMatch,
    },
    domain::fault::ValueFault,
};

/// The name of the shared response of each status.
const RESPONSES: &[(u16, &str)] = &[
    (400, "Malformed"),
    (401, "Unauthenticated"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (408, "TooSlow"),
    (409, "Conflict"),
    (412, "Stale"),
    (413, "TooLarge"),
    (415, "UnsupportedMediaType"),
    (422, "Invalid"),
    (428, "PreconditionRequired"),
    (429, "TooMany"),
    (500, "Internal"),
    (503, "Unavailable"),
];

/// Returns the statuses of the problems that an operation of this shape can answer with.
fn list_problem_statuses(shape: &OperationShape<'_>) -> Vec<u16> {
    let if_match = shape.contract.if_match;
    [
        (400, true),
        // Public operations too: if credentials are sent, they must be valid.
        (401, true),
        (403, shape.asks_policy()),
        (404, shape.path.contains('{')),
        (408, shape.body),
        // Listed for every write, because no type of a handler tells which writes can conflict.
        (409, shape.is_write() && !shape.is_sign_in),
        (412, if_match != IfMatch::Ignored),
        (413, shape.body),
        (415, shape.body),
        (422, shape.body),
        (428, matches!(if_match, IfMatch::Required | IfMatch::RequiredIfExists)),
        // A caller may have a few requests that wait for the feed. No other operation has this limit.
        (429, shape.contract.answer.is_feed),
        (500, true),
        (503, true),
    ]
    .into_iter()
    .filter_map(|(status, fits)| fits.then_some(status))
    .collect()
}

/// Adds the problems that follow from the operation's shape, and the headers of a successful response.
pub(super) fn add_problems(
    shape: &OperationShape<'_>,
    operation: &mut Operation,
    components: &mut Components,
) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            if response.description.is_empty() {
                response.description = describe_success(shape, status).to_owned();
            }
            add_header(&mut response.headers, components, "X-Request-Id");
            if shape.contract.answer.has_etag {
                add_header(&mut response.headers, components, "ETag");
            }
            if shape.contract.answer.has_language {
                add_header(&mut response.headers, components, "Content-Language");
            }
            if shape.is_paged() {
                add_header(&mut response.headers, components, "Link");
            }
            if status == "201" {
                add_header(&mut response.headers, components, "Location");
            }
        }
    }
    for status in list_problem_statuses(shape) {
        if let Some((_, name)) = RESPONSES.iter().find(|(s, _)| *s == status) {
            operation
                .responses
                .responses
                .entry(status.to_string())
                .or_insert_with(|| RefOr::Ref(Ref::from_response_name(*name)));
            if !components.responses.contains_key(*name) {
                register_response(components, status, name);
            }
        }
    }
}

/// Describes a successful response, for operations without a description of their own.
fn describe_success(shape: &OperationShape<'_>, status: &str) -> &'static str {
    if status == "201" {
        "The record that was created."
    } else if shape.is_write() {
        "The state after the change."
    } else {
        "The requested data."
    }
}

fn add_header(
    headers: &mut std::collections::BTreeMap<String, RefOr<Header>>,
    components: &mut Components,
    name: &str,
) {
    let (description, example) = match name {
        "ETag" => (
            "The tag of this answer, for `If-None-Match` and, if the answer is a record, for `If-Match`.",
            "\"v7-0f3a91c2\"",
        ),
        "Content-Language" => (
            "The language of the texts in the answer. Absent if the answer contains no texts of this service.",
            "en",
        ),
        "Link" => (
            "The address of the next page, with `rel=\"next\"`. Absent on the last page.",
            "</api/v1/projects?cursor=eyJhZnRlciI6ImRhLW5hbmctNCJ9>; rel=\"next\"",
        ),
        "Location" => ("The address of the new record.", "/api/v1/projects/da-nang-4"),
        _ => (
            "The identifier of the request. The log of the service contains it too.",
            "019346a0-0000-7000-8000-000000000000",
        ),
    };
    components.headers.entry(name.to_owned()).or_insert_with(|| {
        let mut header = HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .description(Some(description))
            .build();
        header.example = Some(json!(example));
        header.into()
    });
    let reference = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
    headers.entry(name.to_owned()).or_insert(reference);
}

/// Adds the shared response of a status, and the schema of problems if it is missing.
fn register_response(components: &mut Components, status: u16, name: &str) {
    if !components.schemas.contains_key("Problem") {
        let mut schemas = Vec::new();
        Problem::schemas(&mut schemas);
        components.schemas.extend(schemas);
        components.schemas.insert("Problem".to_owned(), Problem::schema());
    }
    let kinds: Vec<&ProblemKind> = PROBLEMS.iter().filter(|k| k.status == status).collect();
    let described: Vec<String> =
        kinds.iter().map(|k| format!("{} (`{}`). {}", k.title(), k.code, k.help())).collect();
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    content.example = kinds.first().and_then(|k| build_problem_example(k));
    let mut response = ResponseBuilder::new()
        .description(described.join("\n\n"))
        .content("application/problem+json", content)
        .build();
    add_header(&mut response.headers, components, "X-Request-Id");
    add_header(&mut response.headers, components, "Content-Language");
    components.responses.insert(name.to_owned(), response.into());
}

fn build_problem_example(kind: &ProblemKind) -> Option<serde_json::Value> {
    let fault: Option<FaultView> = match kind.status {
        400 => {
            let fault = ValueFault::new("type", body::text());
            Some(RequestFault::at_pointer("/title", fault).into())
        }
        422 => Some(RequestFault::at_pointer("/title", ValueFault::required()).into()),
        _ => None,
    };
    let problem = Problem {
        kind: format!("/docs/problems/{}", kind.code),
        code: kind.code.to_owned(),
        title: kind.title().into(),
        status: kind.status,
        detail: kind.title().to_string().to_lowercase().into(),
        instance: "urn:uuid:019346a0-0000-7000-8000-000000000000".to_owned(),
        errors: fault.into_iter().collect(),
        changed: None,
        bulk: None,
        import: None,
    };
    serde_json::to_value(problem).ok()
}
