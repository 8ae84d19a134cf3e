//! Problem documents (RFC 9457), and the list of the kinds of problem.

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToResponse, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Response, Schema, Type},
};

use super::answer_text::AnswerText;
use crate::{
    app,
    domain::{
        fault::{FieldFault, ValueFault},
        language::Language,
        message::Message,
    },
};

/// One fault of a request, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFault {
    /// The field with the fault, as a JSON pointer (RFC 6901) into the body. `None` if the fault is not in the body.
    pub pointer: Option<String>,
    /// The query parameter or header with the fault. `None` if the fault is in the body.
    pub parameter: Option<String>,
    /// A stable code for programs.
    pub code: String,
    /// What was expected.
    pub message: Message,
    /// The accepted values, if there is a list of them.
    pub allowed: Vec<String>,
}

impl RequestFault {
    /// Makes a fault of a query parameter or header.
    pub fn at_parameter(name: impl Into<String>, fault: ValueFault) -> Self {
        Self {
            pointer: None,
            parameter: Some(name.into()),
            code: fault.code.to_owned(),
            message: fault.message,
            allowed: fault.allowed,
        }
    }
    /// Makes a fault of a field in the body.
    pub fn at_pointer(pointer: impl Into<String>, fault: ValueFault) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            code: fault.code.to_owned(),
            message: fault.message,
            allowed: fault.allowed,
        }
    }
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultView {
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
    #[schema(value_type = String)]
    pub detail: AnswerText,
    /// The accepted values. Absent if there is no list of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// The key of the record that is there already. Absent if the fault is no duplicate of a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<String>,
}

impl From<RequestFault> for FaultView {
    fn from(f: RequestFault) -> Self {
        Self {
            pointer: f.pointer,
            parameter: f.parameter,
            code: f.code,
            detail: f.message.into(),
            allowed: f.allowed,
            existing: None,
        }
    }
}
impl From<FieldFault> for FaultView {
    fn from(f: FieldFault) -> Self {
        Self {
            pointer: Some(f.pointer),
            parameter: None,
            code: f.code,
            detail: f.message.into(),
            allowed: f.allowed,
            existing: f.existing,
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
    #[schema(value_type = String)]
    pub title: AnswerText,
    /// The HTTP status of the answer.
    #[schema(example = 404)]
    pub status: u16,
    /// The explanation of this occurrence, in the language of the answer.
    #[schema(value_type = String)]
    pub detail: AnswerText,
    /// The identifier of the request as a URN; the header `X-Request-Id` has the same UUID.
    #[schema(example = "urn:uuid:019346a0-0000-7000-8000-000000000000")]
    pub instance: String,
    /// The faults of the request, if fields or parameters caused the problem. A status of 400 gives all
    /// faults of the shape of a body (at most 100), or the first fault of a parameter. A status of 422 gives all faults of
    /// the values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultView>,
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
    /// Puts the texts into words. Codes, pointers and values stay as they are.
    pub(super) fn word_texts(&mut self, language: Language) {
        word_problem(language, [&mut self.title, &mut self.detail], &mut self.errors);
    }
}

/// Puts the title, the detail and the faults of a problem into words.
pub(super) fn word_problem(
    language: Language,
    texts: [&mut AnswerText; 2],
    faults: &mut [FaultView],
) {
    for text in texts.into_iter().chain(faults.iter_mut().map(|fault| &mut fault.detail)) {
        text.word(language);
    }
}

/// A kind of problem. The pages below `/docs/problems/` are made from these.
#[derive(Debug, Clone, Copy)]
pub struct ProblemKind {
    /// The stable code, and the last segment of the problem's `type`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    title_id: &'static str,
    help_id: &'static str,
}

impl ProblemKind {
    /// Returns the short title.
    #[must_use]
    pub const fn title(&self) -> Message {
        Message::new(self.title_id, Vec::new())
    }
    /// Returns the meaning of the problem, and what the client can do.
    #[must_use]
    pub const fn help(&self) -> Message {
        Message::new(self.help_id, Vec::new())
    }
}

macro_rules! define_problem_kinds {
    ($($name:ident = $code:literal, $status:literal;)+) => {
        $(pub(super) const $name: ProblemKind = ProblemKind {
            code: $code,
            status: $status,
            title_id: concat!("problem.", $code, ".title"),
            help_id: concat!("problem.", $code, ".help"),
        };)+
        /// Every kind of problem, sorted by status.
        pub const PROBLEMS: &[ProblemKind] = &[$($name),+];
    };
}
define_problem_kinds! {
    MALFORMED = "malformed", 400;
    UNAUTHENTICATED = "unauthenticated", 401;
    FORBIDDEN = "forbidden", 403;
    NOT_FOUND = "not-found", 404;
    METHOD_NOT_ALLOWED = "method-not-allowed", 405;
    TOO_SLOW = "too-slow", 408;
    CONFLICT = "conflict", 409;
    ILLEGAL_TRANSITION = "illegal-transition", 409;
    STALE = "stale", 412;
    TOO_LARGE = "too-large", 413;
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415;
    INVALID = "invalid", 422;
    PRECONDITION_REQUIRED = "precondition-required", 428;
    TOO_MANY = "too-many-requests", 429;
    INTERNAL = "internal", 500;
    BUSY = "busy", 503;
    UNAVAILABLE = "unavailable", 503;
}
