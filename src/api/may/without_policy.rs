//! The extractors of operations for which no policy is asked: what is one's own, what is open to everybody, and the ways in.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::{SignedIn, decode_path, sign_in};
use crate::{
    api::{
        body::FromBody,
        error::{ApiError, ApiResult},
        language,
    },
    domain::{language::Language, policy::Actor},
    store::Caller,
};

/// The proof of the signed-in caller alone, for what is one's own: `/me`. With the body or query `B`.
pub(crate) struct OwnRequest<B = ()> {
    /// Who asks.
    pub caller: Caller,
    /// Who asks, with rights.
    pub actor: Arc<Actor>,
    /// What came with it.
    pub body: B,
}

impl<B: FromBody + 'static> FromRequest for OwnRequest<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedIn { caller, actor, .. } = sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            Ok(Self { caller, actor, body: B::read_request(&req, &mut payload).await? })
        })
    }
}

/// Says that an operation is open to everybody. Credentials that are sent all the same must hold.
pub(crate) struct PublicRequest {
    /// The named segments of the path.
    pub path: Vec<String>,
    /// The language of the words in the answer.
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

/// Says that an operation is a way in: what comes with it is the credential, and an `Authorization` header is not looked
/// at. Programs send their expired token along when they ask for a new one, and that must not be what refuses it.
pub(crate) struct CredentialRequest<B> {
    /// What came with it.
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
