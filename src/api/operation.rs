//! What the types of a handler state about its operation: who may call it, how it uses `If-Match`, and which headers its
//! answers have. The extractors do what the types state, and the contract describes it.

use actix_web::{FromRequest, HttpResponse, Responder, web::Data};

use super::{error::ApiResult, precondition::IfMatch};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationAccess {
    /// Everybody. Credentials are not needed.
    Public,
    /// Everybody who is signed in, because the operation is about the caller's own data. The policy is not asked.
    OwnData,
    /// The callers whom the policy allows.
    Policy,
}

/// The first argument of a handler, which reads the request. A further property that the contract describes and the
/// extractor enforces, for example a key of idempotency, is one more constant here.
pub trait OperationRequest: FromRequest + 'static {
    /// Who may call the operation.
    const ACCESS: OperationAccess;
    /// The way in which the operation uses `If-Match`.
    const IF_MATCH: IfMatch = IfMatch::Ignored;
}

/// A request with a precondition.
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
    /// It can contain texts of this service, and then has a `Content-Language`.
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
/// A response that the handler builds itself.
impl OperationAnswer for HttpResponse {
    const CONTRACT: AnswerContract = AnswerContract::UNTAGGED;
}

/// Everything that the types of a handler state about its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationContract {
    /// Who may call it.
    pub access: OperationAccess,
    /// The way in which it uses `If-Match`.
    pub if_match: IfMatch,
    /// The properties of a successful answer.
    pub answer: AnswerContract,
}
