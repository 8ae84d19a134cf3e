//! Problem answers (RFC 9457): the only place that knows which failure has which status.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::password::PasswordError,
    domain::{
        fault::{FieldFault, ValueFault},
        policy::Denied,
        workflow::{IllegalTransition, Refused},
    },
    store::{StoreError, error::Constraint},
};

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// Everything that can end a request without its answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No credentials, or none that hold.
    #[error("authentication is required")]
    Unauthenticated,
    /// Known, but not allowed; with the reason.
    #[error("you may not do this: {0}")]
    Forbidden(String),
    /// Nothing there, or nothing that the caller may know of.
    #[error("no such resource")]
    NotFound,
    /// The resource is there, the method is not.
    #[error("this method is not supported here")]
    MethodNotAllowed(Vec<String>),
    /// The body is larger than allowed; with the limit in bytes.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is not of a type that is read here.
    #[error("the body must be application/json")]
    UnsupportedMediaType,
    /// The request cannot be read: broken JSON, an unknown key, a wrong type, an unknown parameter.
    #[error("the request is malformed")]
    Malformed(Box<Fault>),
    /// A change of an existing record without `If-Match`.
    #[error("an If-Match header is required")]
    PreconditionRequired,
    /// The record changed since the caller read it.
    #[error("the record changed since you read it")]
    Stale(Option<Box<LastChange>>),
    /// The state of the record forbids it.
    #[error(transparent)]
    IllegalTransition(#[from] IllegalTransition),
    /// Something like it exists already, or something depends on it.
    #[error("{0}")]
    Conflict(String),
    /// Understood, but some values are not acceptable.
    #[error("some values are not acceptable")]
    Invalid(Vec<FieldFault>),
    /// Too much is waiting; try again.
    #[error("the service is busy")]
    Busy,
    /// The database is unavailable; nothing was written.
    #[error("the service is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of the service.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One thing wrong with a request, as answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
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

impl Fault {
    /// A fault of a query parameter or header.
    pub fn parameter(name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(name.into()),
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }
    /// A fault of a field of the body.
    pub fn pointer(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            code: code.to_owned(),
            detail: detail.into(),
            ..Self::default()
        }
    }
}
impl From<FieldFault> for Fault {
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
    pub by: Option<super::views::Person>,
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
    pub errors: Vec<Fault>,
    /// On a stale write: who changed the record last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<LastChange>,
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
        $(const $name: ProblemKind = ProblemKind { code: $code, status: $status, title: $title, help: $help };)+
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
        "`If-Match` names another version than the record has. `changed` says who changed it and when. Read it again, then decide.";
    TOO_LARGE = "too-large", 413, "The body is too large",
        "`detail` says how many bytes are read.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "The body is of another type",
        "Send `Content-Type: application/json` in UTF-8.";
    INVALID = "invalid", 422, "Some values are not acceptable",
        "The request was understood, but values are unknown, out of range, too long or contradict each other. `errors` names every one by its JSON pointer.";
    PRECONDITION_REQUIRED = "precondition-required", 428, "An If-Match header is required",
        "Send the `ETag` of the record that you read as `If-Match`, so that nobody's change is overwritten unseen.";
    INTERNAL = "internal", 500, "Internal error",
        "A fault of the service. The operator finds it in the log under the request's id.";
    BUSY = "busy", 503, "The service is busy",
        "Too much work is waiting. Nothing was done. Try again after the seconds in `Retry-After`.";
    UNAVAILABLE = "unavailable", 503, "The service is unavailable",
        "The database cannot be reached or a commit failed. Nothing was written. Try again after the seconds in `Retry-After`.";
}

impl ApiError {
    /// Returns the kind of problem; every failure has one.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        match self {
            Self::Unauthenticated => UNAUTHENTICATED,
            Self::Forbidden(_) => FORBIDDEN,
            Self::NotFound => NOT_FOUND,
            Self::MethodNotAllowed(_) => METHOD_NOT_ALLOWED,
            Self::TooLarge(_) => TOO_LARGE,
            Self::UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed(_) => MALFORMED,
            Self::PreconditionRequired => PRECONDITION_REQUIRED,
            Self::Stale(_) => STALE,
            Self::IllegalTransition(_) => ILLEGAL_TRANSITION,
            Self::Conflict(_) => CONFLICT,
            Self::Invalid(_) => INVALID,
            Self::Busy => BUSY,
            Self::Unavailable(_) => UNAVAILABLE,
            Self::Internal(_) => INTERNAL,
        }
    }

    /// A request that cannot be read.
    #[must_use]
    pub fn malformed(fault: Fault) -> Self {
        Self::Malformed(Box::new(fault))
    }

    /// A query parameter with a value that it does not take.
    #[must_use]
    pub fn parameter(name: &str, fault: ValueFault) -> Self {
        let mut at = Fault::parameter(name, fault.code, fault.detail);
        at.allowed = fault.allowed;
        Self::malformed(at)
    }

    /// One unacceptable value.
    pub fn invalid(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail: detail.into(),
            allowed: Vec::new(),
        }])
    }

    fn problem(&self) -> Problem {
        let kind = self.kind();
        let mut problem = Problem {
            kind: format!("/docs/problems/{}", kind.code),
            code: kind.code.to_owned(),
            title: kind.title.to_owned(),
            status: kind.status,
            detail: self.to_string(),
            instance: String::new(),
            errors: Vec::new(),
            changed: None,
        };
        match self {
            Self::Malformed(fault) => problem.errors.push((**fault).clone()),
            Self::Invalid(faults) => {
                problem.errors = faults.iter().cloned().map(Fault::from).collect();
            }
            Self::Stale(Some(change)) => problem.changed = Some((**change).clone()),
            Self::Stale(None)
            | Self::Unauthenticated
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::MethodNotAllowed(_)
            | Self::TooLarge(_)
            | Self::UnsupportedMediaType
            | Self::PreconditionRequired
            | Self::IllegalTransition(_)
            | Self::Conflict(_)
            | Self::Busy
            | Self::Unavailable(_)
            | Self::Internal(_) => {}
        }
        problem
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    /// The problem travels beside the response; the outermost middleware writes it with the request's id.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::Unauthenticated => {
                response
                    .insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="ascn-tracker""#));
            }
            Self::MethodNotAllowed(allow) => {
                response.insert_header((header::ALLOW, allow.join(", ")));
            }
            Self::Busy | Self::Unavailable(_) => {
                response.insert_header((header::RETRY_AFTER, "1"));
            }
            _ => {}
        }
        if let Self::Internal(source) | Self::Unavailable(source) = self {
            // Logged here once, with the request's span around it; the answer carries nothing of it.
            tracing::error!(error = %chain(source.as_ref()), "{self}");
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.problem());
        response
    }
}

fn chain(e: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(e), |e| e.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

impl From<StoreError> for ApiError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Stale => Self::Stale(None),
            StoreError::Denied(denied) => denied.into(),
            StoreError::SignedOut => Self::Unauthenticated,
            StoreError::Busy => Self::Busy,
            StoreError::Conflict(Constraint::Unique(_)) => {
                Self::Conflict("something like it exists already".into())
            }
            StoreError::Conflict(Constraint::ForeignKey) => Self::Conflict(
                "something depends on it, or it depends on something that is gone".into(),
            ),
            e @ StoreError::Unavailable(_) => Self::Unavailable(Box::new(e)),
            e @ (StoreError::Conflict(Constraint::Check(_))
            | StoreError::NotJournaled
            | StoreError::Corrupt(_)
            | StoreError::Database(_)) => Self::Internal(Box::new(e)),
        }
    }
}
impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Forbidden(reason) => Self::Forbidden(reason.to_owned()),
        }
    }
}
impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Self::NotFound,
            Refused::State(state) => Self::IllegalTransition(state),
            Refused::NotReady(faults) => Self::Invalid(faults),
        }
    }
}
impl From<Vec<FieldFault>> for ApiError {
    fn from(faults: Vec<FieldFault>) -> Self {
        Self::Invalid(faults)
    }
}
impl From<PasswordError> for ApiError {
    fn from(e: PasswordError) -> Self {
        match e {
            PasswordError::Busy => Self::Busy,
            other @ PasswordError::Internal(_) => Self::Internal(Box::new(other)),
        }
    }
}
