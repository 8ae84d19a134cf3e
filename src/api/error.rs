//! API errors. This is the only place that maps a failure to an HTTP status.

pub use super::problem::{FaultView, LastChange, PROBLEMS, Problem, ProblemKind, RequestFault};
use super::{message::request, problem};
use crate::{
    domain::{
        fault::{FaultList, FieldFault, ValueFault},
        message::{Argument, Message},
        refusal::IllegalTransition,
    },
    store::error::format_error_chain,
};
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};

mod conversions;
mod refused_result;

pub use refused_result::RefusedResult;
use refused_result::ResultMember;

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// The failures that a request can end with.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message())]
pub enum ApiError {
    /// The request has no access token, or credentials of a different kind.
    Unauthenticated,
    /// The access token is malformed, has expired, or belongs to a session or an account that ended.
    InvalidToken,
    /// A sign-in with an unknown address, a disabled account or a wrong password. The message does not say which of
    /// them, so that nobody can find out which accounts exist.
    WrongPassword,
    /// The caller may know of the record, but may not do this; with the reason.
    Forbidden(Message),
    /// The record does not exist, or the caller may not know that it does.
    NotFound,
    /// Something that the request refers to does not exist, and the caller may know that; with what is missing.
    MissingResource(Message),
    /// The path exists, but not with this method; with the methods that it supports.
    MethodNotAllowed(Vec<String>),
    /// The body is too large; with the limit in bytes.
    BodyTooLarge(usize),
    /// The body arrives too slowly.
    BodyTooSlow,
    /// The body has a `Content-Encoding`.
    UnsupportedEncoding,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The body does not have the media type that the operation reads; with the types that it does read.
    OtherMediaType(Argument),
    /// The request cannot be read: broken JSON, an unknown member, a wrong type or an unknown parameter.
    Malformed(Vec<RequestFault>),
    /// An existing record was to be changed without `If-Match`.
    PreconditionRequired,
    /// The record changed since the caller read it; with the last change, if the caller may know it.
    Stale(Option<Box<LastChange>>),
    /// The `If-Match` header names no version: it is weak, a list, `*`, or not a tag of this service.
    UnusableTag,
    /// `If-Match` was sent, but the record does not exist yet, so no tag can match it.
    UnexpectedTag,
    /// The state of the record does not allow the transition.
    IllegalTransition(#[from] IllegalTransition),
    /// A similar record exists already, or a different record depends on this one.
    Conflict(Message),
    /// A request on many records was refused as a whole; with the result of each record.
    RefusedWithResult(Box<RefusedResult>),
    /// The request was understood, but some values are not acceptable.
    Invalid(Vec<FieldFault>),
    /// Too many requests of this caller are waiting; with the seconds after which the caller may try again.
    TooManyWaiting(u64),
    /// Too much work is waiting. The caller may try again.
    Busy,
    /// The database is not available. Nothing was written.
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of the service. Its text is logged and not sent to the caller.
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// Returns the kind of problem that this failure is answered with.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        match self {
            Self::Unauthenticated | Self::InvalidToken | Self::WrongPassword => {
                problem::UNAUTHENTICATED
            }
            Self::Forbidden(_) => problem::FORBIDDEN,
            Self::NotFound | Self::MissingResource(_) => problem::NOT_FOUND,
            Self::MethodNotAllowed(_) => problem::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge(_) => problem::TOO_LARGE,
            Self::BodyTooSlow => problem::TOO_SLOW,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding | Self::OtherMediaType(_) => {
                problem::UNSUPPORTED_MEDIA_TYPE
            }
            Self::Malformed(_) => problem::MALFORMED,
            Self::PreconditionRequired => problem::PRECONDITION_REQUIRED,
            Self::Stale(_) | Self::UnusableTag | Self::UnexpectedTag => problem::STALE,
            Self::IllegalTransition(_) => problem::ILLEGAL_TRANSITION,
            Self::Conflict(_) => problem::CONFLICT,
            Self::RefusedWithResult(refused) => refused.kind,
            Self::Invalid(_) => problem::INVALID,
            Self::TooManyWaiting(_) => problem::TOO_MANY,
            Self::Busy => problem::BUSY,
            Self::Unavailable(_) => problem::UNAVAILABLE,
            Self::Internal(_) => problem::INTERNAL,
        }
    }

    /// Makes the error of a request that cannot be read.
    #[must_use]
    pub fn malformed(fault: RequestFault) -> Self {
        Self::Malformed(vec![fault])
    }

    /// Makes the error of a query parameter whose value is not acceptable.
    #[must_use]
    pub fn invalid_parameter(name: &str, fault: ValueFault) -> Self {
        Self::malformed(RequestFault::at_parameter(name, fault))
    }

    /// Makes the error of one value that is not acceptable. `pointer` is its JSON pointer.
    #[must_use]
    pub fn invalid_value(pointer: &str, fault: ValueFault) -> Self {
        let mut faults = FaultList::new();
        faults.add(pointer, fault);
        Self::Invalid(faults.into_vec())
    }

    /// Returns the explanation for the caller.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Unauthenticated | Self::InvalidToken => request::unauthenticated(),
            Self::WrongPassword => request::wrong_password(),
            Self::Forbidden(reason) => request::forbidden(reason.clone()),
            Self::NotFound => request::not_found(),
            Self::MissingResource(reason) | Self::Conflict(reason) => reason.clone(),
            Self::MethodNotAllowed(_) => request::method_not_allowed(),
            Self::BodyTooLarge(limit) => request::body_too_large(*limit),
            Self::BodyTooSlow => request::body_too_slow(),
            Self::UnsupportedEncoding => request::body_encoded(),
            Self::UnsupportedMediaType => request::json_expected(),
            Self::OtherMediaType(expected) => request::media_type_expected(expected.clone()),
            Self::Malformed(_) => request::malformed(),
            Self::PreconditionRequired => request::precondition_required(),
            Self::Stale(_) => request::stale(),
            Self::UnusableTag => request::unusable_tag(),
            Self::UnexpectedTag => request::unexpected_tag(),
            Self::IllegalTransition(illegal) => illegal.message(),
            Self::RefusedWithResult(refused) => refused.detail.clone(),
            Self::Invalid(_) => request::invalid(),
            Self::TooManyWaiting(_) => request::too_many_waiting(),
            Self::Busy => request::busy(),
            Self::Unavailable(_) => request::unavailable(),
            Self::Internal(_) => request::internal(),
        }
    }

    /// Returns the problem document, without the id of the request. Its texts are not in words yet.
    pub(super) fn to_problem(&self) -> Problem {
        let kind = self.kind();
        let mut problem = Problem {
            kind: format!("/docs/problems/{}", kind.code),
            code: kind.code.to_owned(),
            title: kind.title().into(),
            status: kind.status,
            detail: self.message().into(),
            instance: String::new(),
            errors: Vec::new(),
            changed: None,
            bulk: None,
            import: None,
        };
        match self {
            Self::Malformed(faults) => {
                problem.errors = faults.iter().cloned().map(FaultView::from).collect();
            }
            Self::Invalid(faults) => {
                problem.errors = faults.iter().cloned().map(FaultView::from).collect();
            }
            Self::RefusedWithResult(refused) => {
                problem.errors.clone_from(&refused.errors);
                let result = Some(refused.result.clone());
                match refused.member {
                    ResultMember::Bulk => problem.bulk = result,
                    ResultMember::Import => problem.import = result,
                }
            }
            Self::Stale(Some(change)) => problem.changed = Some((**change).clone()),
            Self::UnexpectedTag => {
                let fault = ValueFault::new("no_tag", request::takes_no_tag());
                problem.errors.push(RequestFault::at_parameter("If-Match", fault).into());
            }
            Self::Stale(None)
            | Self::UnusableTag
            | Self::Unauthenticated
            | Self::InvalidToken
            | Self::WrongPassword
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::MissingResource(_)
            | Self::MethodNotAllowed(_)
            | Self::BodyTooLarge(_)
            | Self::BodyTooSlow
            | Self::UnsupportedEncoding
            | Self::UnsupportedMediaType
            | Self::OtherMediaType(_)
            | Self::PreconditionRequired
            | Self::IllegalTransition(_)
            | Self::Conflict(_)
            | Self::TooManyWaiting(_)
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
    /// Attaches the problem to the response as an extension. The outermost middleware writes it into the body, because
    /// the body contains the request's id and is in the caller's language.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            Self::Unauthenticated | Self::WrongPassword => {
                response
                    .insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="ascn-tracker""#));
            }
            Self::UnsupportedEncoding => {
                response.insert_header((header::ACCEPT_ENCODING, "identity"));
            }
            // RFC 6750, section 3.1: an error code only if the request has a token.
            Self::InvalidToken => {
                let challenge = r#"Bearer realm="ascn-tracker", error="invalid_token""#;
                response.insert_header((header::WWW_AUTHENTICATE, challenge));
            }
            Self::MethodNotAllowed(allow) => {
                response.insert_header((header::ALLOW, allow.join(", ")));
            }
            Self::TooManyWaiting(seconds) => {
                response.insert_header((header::RETRY_AFTER, seconds.to_string()));
            }
            Self::Busy | Self::Unavailable(_) => {
                response.insert_header((header::RETRY_AFTER, "1"));
            }
            _ => {}
        }
        if let Self::Internal(source) | Self::Unavailable(source) = self {
            // This is the only log entry of the failure, inside the span of the request. The response contains nothing
            // of it.
            tracing::error!(error = %format_error_chain(source.as_ref()), "{self}");
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.to_problem());
        response
    }
}
