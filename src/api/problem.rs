//! Problem documents (RFC 9457), and the list of the kinds of problem.

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToResponse, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Response, Schema, Type},
};

use crate::{
    app,
    domain::{fault::FieldFault, language::Language, wording},
};

/// One fault of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct RequestFault {
    /// The field with the fault, as a JSON pointer (RFC 6901) into the body; an empty pointer is the whole body. Null
    /// if the fault is in a parameter or a header.
    #[schema(required)]
    pub pointer: Option<String>,
    /// The query parameter or header with the fault. Null if the fault is in the body.
    #[schema(required)]
    pub parameter: Option<String>,
    /// The kind of fault, as a stable code for programs.
    #[schema(example = "required")]
    pub code: String,
    /// A description of the fault and of the expected value, in the language of the answer.
    pub detail: String,
    /// The accepted values. Absent if there is no list of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

impl RequestFault {
    /// Makes a fault of a query parameter or header.
    pub fn at_parameter(name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(name.into()),
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }
    /// Makes a fault of a field in the body.
    pub fn at_pointer(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }
}
impl From<FieldFault> for RequestFault {
    fn from(f: FieldFault) -> Self {
        Self {
            pointer: Some(f.pointer),
            parameter: None,
            code: f.code,
            detail: f.detail,
            allowed: f.allowed,
        }
    }
}

/// The last change of a record, in the answer to a request with an outdated version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LastChange {
    /// The current version of the record.
    pub version: i64,
    /// The time of the change.
    pub at: chrono::DateTime<chrono::Utc>,
    /// The action that changed the record, as in the journal.
    pub action: String,
    /// The person who made the change; null if the service itself made it.
    #[schema(required)]
    pub by: Option<super::views::PersonView>,
}

impl From<app::LastChange> for LastChange {
    fn from(change: app::LastChange) -> Self {
        Self {
            version: change.version,
            at: change.at,
            action: change.action,
            by: change.by.map(|(id, name)| super::views::PersonView { id: id.as_uuid(), name }),
        }
    }
}

/// The shared 404 of the contract, for an operation that has no key in its path and can still find no record. All other
/// operations have it without saying so.
pub(super) struct NotFoundResponse;

impl<'r> ToResponse<'r> for NotFoundResponse {
    fn response() -> (&'r str, RefOr<Response>) {
        ("NotFound", Ref::from_response_name("NotFound").into())
    }
}

/// A problem document (RFC 9457), the body of every answer with a status of 400 or more.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// The address of a page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems/not-found")]
    pub kind: String,
    /// The last segment of `type`, for programs. The code is stable.
    #[schema(example = "not-found")]
    pub code: String,
    /// A short title of the problem, the same for every problem of this `type`. It is in the language of the answer.
    pub title: String,
    /// The HTTP status of the answer.
    #[schema(example = 404)]
    pub status: u16,
    /// The explanation of this occurrence, in the language of the answer.
    pub detail: String,
    /// The identifier of the request as a URN; the header `X-Request-Id` has the same UUID.
    #[schema(example = "urn:uuid:019346a0-0000-7000-8000-000000000000")]
    pub instance: String,
    /// The faults of the request, if fields or parameters caused the problem. A status of 400 gives the first fault,
    /// and a status of 422 gives all faults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RequestFault>,
    /// The last change of the record. Only on a status of 412, if the record has a different version than `If-Match`
    /// names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<LastChange>,
    /// The result of each report. Only on an all-or-nothing request for many reports that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = bulk_schema)]
    pub bulk: Option<Value>,
    /// The preview of the import. Only on an import that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = import_schema)]
    pub import: Option<Value>,
}

/// The schema of `bulk`.
fn bulk_schema() -> Schema {
    nullable_schema("BulkView")
}

/// The schema of `import`.
fn import_schema() -> Schema {
    nullable_schema("ImportView")
}

/// Builds the schema of a member that is null or has the schema of a component. The component is named by its name,
/// because this module knows no resource.
fn nullable_schema(component: &str) -> Schema {
    OneOfBuilder::new()
        .item(Ref::from_schema_name(component))
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .build()
        .into()
}

impl Problem {
    /// Translates the texts of the problem. Codes, pointers and values stay as they are.
    pub(super) fn translate_texts(&mut self, language: Language) {
        translate_problem(language, [&mut self.title, &mut self.detail], &mut self.errors);
    }
}

/// Translates the title, the detail and the faults of a problem.
pub(super) fn translate_problem(
    language: Language,
    sentences: [&mut String; 2],
    faults: &mut [RequestFault],
) {
    for sentence in sentences.into_iter().chain(faults.iter_mut().map(|fault| &mut fault.detail)) {
        *sentence = wording::translate_sentence(language, sentence).into_owned();
    }
}

/// A kind of problem. The pages below `/docs/problems/` are made from these.
#[derive(Debug, Clone, Copy)]
pub struct ProblemKind {
    /// The stable code, and the last segment of the problem's `type`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short title in English.
    pub title: &'static str,
    /// The meaning of the problem and what the client can do, in English.
    pub help: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $help:literal;)+) => {
        $(pub(super) const $name: ProblemKind = ProblemKind { code: $code, status: $status, title: $title, help: $help };)+
        /// Every kind of problem, sorted by status.
        pub const PROBLEMS: &[ProblemKind] = &[$($name),+];
    };
}
kinds! {
    MALFORMED = "malformed", 400, "The request cannot be read",
        "The JSON is broken, a key is unknown or doubled, a value has the wrong type, or a query parameter is unknown or cannot be read. `errors` names the first fault.";
    UNAUTHENTICATED = "unauthenticated", 401, "Authentication is required",
        "Send `Authorization: Bearer <access token>`. A token that is expired, forged or revoked is refused in the same words; sign in again or use the refresh token.";
    FORBIDDEN = "forbidden", 403, "You may not do this",
        "You may know of the record, but your role, its scope or your own hand in it does not allow this. `detail` says which.";
    NOT_FOUND = "not-found", 404, "No such resource",
        "There is nothing here, or nothing that you may know of.";
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "This method is not supported here",
        "The `Allow` header lists the methods that are.";
    CONFLICT = "conflict", 409, "It conflicts with what is there",
        "Something like it exists already, or something depends on it. `detail` says what.";
    ILLEGAL_TRANSITION = "illegal-transition", 409, "The state does not allow this",
        "The report or cycle is in a state in which this cannot be done. `allowed_actions` of the record says what can.";
    STALE = "stale", 412, "The record changed since you read it",
        "`If-Match` names another version than the record has, or no version at all: `detail` says which. `changed` says who changed it and when. Read it again, then decide.";
    TOO_LARGE = "too-large", 413, "The body is too large",
        "`detail` says how many bytes are read.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "The body is of another type",
        "Send `Content-Type: application/json` in UTF-8. A `PATCH` also takes `application/merge-patch+json`.";
    INVALID = "invalid", 422, "Some values are not acceptable",
        "The request was understood, but values are unknown, out of range, too long or contradict each other. `errors` names every one by its JSON pointer.";
    PRECONDITION_REQUIRED = "precondition-required", 428, "An If-Match header is required",
        "Send the `ETag` of the record that you read as `If-Match`, so that nobody's change is overwritten unseen.";
    TOO_MANY = "too-many-requests", 429, "Too many at once",
        "You have as many requests waiting as one caller may have. Let one of them end, then try again after the seconds in `Retry-After`.";
    INTERNAL = "internal", 500, "Internal error",
        "A fault of the service. The operator finds it in the log under the request's id.";
    BUSY = "busy", 503, "The service is busy",
        "Too much work is waiting. Nothing was done. Try again after the seconds in `Retry-After`.";
    UNAVAILABLE = "unavailable", 503, "The service is unavailable",
        "The database cannot be reached or a commit failed. Nothing was written. Try again after the seconds in `Retry-After`.";
}
