//! The types of a handler define some properties of its operation: who may call it, how it uses `If-Match`, and which
//! headers its answers have. The extractors enforce these properties, and the contract describes them.

use actix_web::{FromRequest, HttpResponse, Responder, web::Data};

use super::{error::ApiResult, precondition::IfMatch};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationAccess {
    /// Everybody. Credentials are not needed.
    Public,
    /// Every signed-in caller, because the operation is about the caller's own data. The policy is not asked.
    OwnData,
    /// The callers whom the policy allows.
    Policy,
}

/// The first argument of a handler. It reads the request. If the contract must describe one more property that the
/// extractor enforces, such as an idempotency key, add a constant here.
pub trait OperationRequest: FromRequest + 'static {
    /// Who may call the operation.
    const ACCESS: OperationAccess;
    /// The way in which the operation uses `If-Match`.
    const IF_MATCH: IfMatch = IfMatch::Ignored;
}

/// A request whose type defines a precondition. Every `PATCH` handler needs one.
pub trait VersionedRequest: OperationRequest {}

/// The arguments of a handler: the request, and the state of the service if the handler needs it.
pub trait OperationArguments: FromRequest + 'static {
    /// The argument that reads the request.
    type Request: OperationRequest;
}
impl<R: OperationRequest> OperationArguments for (R,) {
    type Request = R;
}
impl<R: OperationRequest, S: 'static> OperationArguments for (R, Data<S>) {
    type Request = R;
}

/// The properties of a successful answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerContract {
    /// It has an `ETag`.
    pub has_etag: bool,
    /// It can contain texts of this service. It has a `Content-Language` if it contains any.
    pub has_language: bool,
    /// It is a page of the feed: it links to the next page, and a request can wait for it.
    pub is_feed: bool,
}

impl AnswerContract {
    /// An answer with an `ETag` and a language.
    pub const TAGGED: Self = Self { has_etag: true, has_language: true, is_feed: false };
    /// An answer with a language and without an `ETag`.
    pub const UNTAGGED: Self = Self { has_etag: false, ..Self::TAGGED };
}

/// A successful answer of a handler.
pub trait OperationAnswer: Responder + 'static {
    /// Its properties.
    const CONTRACT: AnswerContract;
}
impl<A: OperationAnswer> OperationAnswer for ApiResult<A> {
    const CONTRACT: AnswerContract = A::CONTRACT;
}
/// A response that the handler builds itself. The contract promises no `ETag` for it.
impl OperationAnswer for HttpResponse {
    const CONTRACT: AnswerContract = AnswerContract::UNTAGGED;
}

/// All properties that the types of a handler define for its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationContract {
    /// Who may call it.
    pub access: OperationAccess,
    /// The way in which it uses `If-Match`.
    pub if_match: IfMatch,
    /// The properties of a successful answer.
    pub answer: AnswerContract,
}
