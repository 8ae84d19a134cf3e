//! Problem answers (RFC 9457) as they are written, and the kinds of problem there are.

use serde::Serialize;
use utoipa::ToSchema;

use super::imports::{ImportFault, ImportView};
use crate::domain::{fault::FieldFault, language::Language, wording};

/// One thing wrong with a request, as answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct RequestFault {
    /// The field, as a JSON pointer (RFC 6901) into the body.
    #[schema(required)]
    pub pointer: Option<String>,
    /// The query parameter or header.
    #[schema(required)]
    pub parameter: Option<String>,
    /// A stable word for programs.
    #[schema(example = "required")]
    pub code: String,
    /// What was expected.
    pub detail: String,
    /// The values that would have been accepted, where there is a list of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

impl RequestFault {
    /// A fault of a query parameter or header.
    pub fn at_parameter(name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(name.into()),
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }
    /// A fault of a field of the body.
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

impl From<&ImportFault> for RequestFault {
    fn from(f: &ImportFault) -> Self {
        let at = f.cell.as_deref().map_or_else(|| f.sheet.clone(), |c| format!("{}!{c}", f.sheet));
        Self {
            pointer: Some(f.pointer.clone()),
            parameter: None,
            code: f.code.clone(),
            detail: format!("{at}: {}", f.detail),
            allowed: f.allowed.clone(),
        }
    }
}

/// Who changed a record last, in the answer to a stale write.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LastChange {
    /// The version it has now.
    pub version: i64,
    /// When it got it.
    pub at: chrono::DateTime<chrono::Utc>,
    /// What was done.
    pub action: String,
    /// Who did it; none for the system itself.
    #[schema(required)]
    pub by: Option<super::views::PersonView>,
}

/// A problem answer (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems/not-found")]
    pub kind: String,
    /// The last part of `type`, for programs.
    #[schema(example = "not-found")]
    pub code: String,
    /// The problem in short.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What happened here.
    pub detail: String,
    /// The request, as in `X-Request-Id`.
    #[schema(example = "urn:uuid:019346a0-0000-7000-8000-000000000000")]
    pub instance: String,
    /// Everything wrong with the request, where fields or parameters are to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RequestFault>,
    /// On a stale write: who changed the record last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<LastChange>,
    /// On an act on many reports that was to be done whole and was not done at all: what each report came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk: Option<Box<super::reports::BulkView>>,
    /// On an import that was refused: what its preview would have said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<Box<ImportView>>,
}

impl Problem {
    /// Says its sentences in a language. Codes, pointers and values stay as they are.
    pub(super) fn translate_texts(&mut self, language: Language) {
        translate_problem(language, [&mut self.title, &mut self.detail], &mut self.errors);
        if let Some(bulk) = &mut self.bulk {
            bulk.translate_problems(language);
        }
        if let Some(import) = &mut self.import {
            import.translate_details(language);
            self.errors = import.faults.iter().map(RequestFault::from).collect();
        }
    }
}

/// Says title, detail and faults of a problem in a language.
pub(super) fn translate_problem(
    language: Language,
    sentences: [&mut String; 2],
    faults: &mut [RequestFault],
) {
    for sentence in sentences.into_iter().chain(faults.iter_mut().map(|fault| &mut fault.detail)) {
        *sentence = wording::translate_sentence(language, sentence).into_owned();
    }
}

/// A kind of problem: its code, its title and what to do about it. `/docs/problems/` is made of these.
#[derive(Debug, Clone, Copy)]
pub struct ProblemKind {
    /// The stable name.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// In short.
    pub title: &'static str,
    /// What it means and what to do.
    pub help: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $help:literal;)+) => {
        $(pub(super) const $name: ProblemKind = ProblemKind { code: $code, status: $status, title: $title, help: $help };)+
        /// Every kind of problem, by status.
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
