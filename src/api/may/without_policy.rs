//! The extractors of operations without a policy: the caller's own data, public operations, and signing in.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::{SignedInCaller, decode_path, sign_in};
use crate::{
    api::{
        body::FromBody,
        error::{ApiError, ApiResult},
        language,
        operation::{OperationAccess, OperationRequest},
    },
    domain::{language::Language, policy::Actor},
    store::Caller,
};

/// The proof that the caller is signed in, for the caller's own data under `/me`. It has the body or query `B`.
pub(crate) struct OwnRequest<B = ()> {
    pub caller: Caller,
    /// The caller with the grants in force.
    pub actor: Arc<Actor>,
    pub body: B,
    pub language: Language,
}

impl<B: FromBody + 'static> FromRequest for OwnRequest<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedInCaller { caller, actor, .. } =
                sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let body = B::read_request(&req, &mut payload).await?;
            Ok(Self { caller, actor, body, language: language::negotiate_language(&req) })
        })
    }
}

impl<B: FromBody + 'static> OperationRequest for OwnRequest<B> {
    const ACCESS: OperationAccess = OperationAccess::OwnData;
}

/// The extractor of operations that are open to everybody. If credentials are sent, they must be valid.
pub(crate) struct PublicRequest {
    /// The named segments of the path.
    pub path: Vec<String>,
    pub language: Language,
}

impl FromRequest for PublicRequest {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            sign_in(&req)?;
            let path = decode_path(&req)?;
            let language = language::negotiate_language(&req);
            <()>::read_request(&req, &mut payload).await?;
            Ok(Self { path, language })
        })
    }
}

impl OperationRequest for PublicRequest {
    const ACCESS: OperationAccess = OperationAccess::Public;
}

/// The extractor of operations whose body is the credential, such as signing in. It ignores the `Authorization` header:
/// clients send their expired token with it when they request a new one, and that must not be refused.
pub(crate) struct CredentialRequest<B> {
    pub body: B,
}

impl<B: FromBody + 'static> FromRequest for CredentialRequest<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move { Ok(Self { body: B::read_request(&req, &mut payload).await? }) })
    }
}

impl<B: FromBody + 'static> OperationRequest for CredentialRequest<B> {
    const ACCESS: OperationAccess = OperationAccess::Public;
}
