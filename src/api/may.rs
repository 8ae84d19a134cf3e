//! `May<A, B, P>`: the one extractor that reads a record or a body. It checks in a fixed order: credentials, the
//! record, the policy, the body, then the precondition. Handlers use no other extractor for these. So a malformed body
//! is reported only after 401, 404 and 403, and `If-Match` after the body. The submodules contain the extractors for
//! cached answers and for operations without a policy.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::Method};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    body::FromBody,
    error::{ApiError, ApiResult},
    format::AcceptHeader,
    language,
    operation::{OperationAccess, OperationRequest, VersionedRequest},
    precondition::{IfMatch, NoVersion, RequestPrecondition, StatedPrecondition},
    state::State,
};
use crate::{
    domain::{
        id::Id,
        language::Language,
        policy::{Actor, Authorized, PolicyAction, PolicyResource},
    },
    store::{Caller, Conn, StoreError, load::LoadByKey, tx},
};

mod cached_may;
mod path_key;
mod signed_in;
mod without_policy;

pub(crate) use cached_may::CachedMay;
pub(crate) use path_key::PathKey;
pub(crate) use path_key::decode_path;
use path_key::parse_path_key;
pub(crate) use signed_in::find_state;
pub(crate) use signed_in::{SignedInCaller, sign_in};
pub(crate) use without_policy::{CredentialRequest, OwnRequest, PublicRequest};

/// The proof that the caller may do `A`, with the body or query `B` and the precondition `P` of the request.
///
/// For reads, `proof` contains the record. A write checks the policy again inside its transaction, on the rows that the
/// transaction sees: `tx.prove::<A>(may.caller, &may.key)`.
pub struct May<A: PolicyAction, B = (), P = NoVersion> {
    /// The record, checked by the policy.
    pub(crate) proof: Authorized<A>,
    /// The key of the record, from the path.
    pub(crate) key: <A::Subject as PolicyResource>::Key,
    /// The user and the session of the caller.
    pub(crate) caller: Caller,
    /// The caller with the grants in force.
    pub(crate) actor: Arc<Actor>,
    pub(crate) body: B,
    /// The version that the caller read, as far as the operation asks for it.
    pub(crate) precondition: P,
    /// The id in the last segment of the path, for a part of the record (`/milestones/{id}`).
    pub(crate) part: Option<Uuid>,
    pub(crate) language: Language,
    pub(crate) accept: AcceptHeader,
    /// The end of the access token: a stream must not outlive it.
    pub(crate) until: DateTime<Utc>,
}

impl<A: PolicyAction, B, P> May<A, B, P> {
    /// Returns the id of the part in the path.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if the segment is not an id.
    pub(crate) fn part_id<T>(&self) -> ApiResult<Id<T>> {
        self.part.map(Id::new).ok_or(ApiError::NotFound)
    }
}

impl<A, B, P> FromRequest for May<A, B, P>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
    <A::Subject as PolicyResource>::Key: PathKey,
    B: FromBody + 'static,
    P: RequestPrecondition,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedInCaller { caller, actor, until } =
                sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let path = decode_path(&req)?;
            let key = parse_path_key(&path)?;
            let part = path.last().and_then(|p| Uuid::parse_str(p).ok());
            // HEAD has become GET by now.
            let is_read = req.method() == Method::GET;
            let proof = load_proof::<A>(find_state(&req)?, &key, &actor, is_read).await?;
            if P::IF_MATCH == IfMatch::Required && !proof.subject().has_version() {
                return Err(ApiError::NotFound);
            }
            let body = B::read_request(&req, &mut payload).await?;
            let precondition = P::read_precondition(&req)?;
            let language = language::negotiate_language(&req);
            let accept = AcceptHeader::from_headers(&req);
            Ok(Self {
                proof,
                key,
                caller,
                actor,
                body,
                precondition,
                part,
                language,
                accept,
                until,
            })
        })
    }
}

impl<A, B, P> OperationRequest for May<A, B, P>
where
    Self: FromRequest,
    A: PolicyAction,
    B: 'static,
    P: RequestPrecondition,
{
    const ACCESS: OperationAccess = OperationAccess::Policy;
    const IF_MATCH: IfMatch = P::IF_MATCH;
}

impl<A: PolicyAction, B, P: StatedPrecondition> VersionedRequest for May<A, B, P> where
    Self: OperationRequest
{
}

/// Loads the record and asks the policy. For a write, only what the policy needs is loaded: the transaction loads the
/// record again.
pub(super) async fn load_proof<A: PolicyAction>(
    state: &State,
    key: &<A::Subject as PolicyResource>::Key,
    actor: &Arc<Actor>,
    is_read: bool,
) -> ApiResult<Authorized<A>>
where
    A::Subject: LoadByKey,
{
    if let Some(sealed) = tx::build_unproved::<A::Subject>(key) {
        return Ok(sealed.authorize::<A>(actor)?);
    }
    let (actor, key) = (Arc::clone(actor), key.clone());
    let load = move |c: &mut Conn| -> Result<_, StoreError> {
        if is_read {
            tx::load_proved::<A>(c, &key, &actor)
        } else {
            tx::load_admitted::<A>(c, &key, &actor)
        }
    };
    Ok(state.db.read_point(load).await?)
}
