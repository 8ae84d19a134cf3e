//! `May<A, B>`: the one extractor that reads state or a body, in the order in which refusals come: credentials, the
//! record, the policy, then the body. Handlers take nothing else, so a malformed body never answers before 401, 404
//! and 403 had their say. Beside it the extractors of operations that need no record, or no policy.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::Method};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    body::FromBody,
    error::{ApiError, ApiResult},
    format::AcceptHeader,
    language,
    precondition::Precondition,
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
pub(crate) use signed_in::{SignedIn, sign_in};
pub(crate) use without_policy::{CredentialRequest, OwnRequest, PublicRequest};

/// The proof that the caller may do `A`, with the body or query `B` that came with it.
///
/// For reads `proof` holds the record. A write proves again inside its transaction, on the rows that it sees there:
/// `tx.prove::<A>(may.caller, &may.key)`.
pub(crate) struct May<A: PolicyAction, B = ()> {
    /// The record, opened by the policy.
    pub proof: Authorized<A>,
    /// The key that the record was found by.
    pub key: <A::Subject as PolicyResource>::Key,
    /// Who asks.
    pub caller: Caller,
    /// Who asks, with rights.
    pub actor: Arc<Actor>,
    /// What came with it.
    pub body: B,
    /// `If-Match`.
    pub precondition: Precondition,
    /// The id in the path, of a part of the record (`/milestones/{id}`).
    pub part: Option<Uuid>,
    /// The language of the words in the answer.
    pub language: Language,
    /// The formats that the header asks for.
    pub accept: AcceptHeader,
    /// When the token ends, for those who stay longer than one answer.
    pub until: DateTime<Utc>,
}

impl<A: PolicyAction, B> May<A, B> {
    /// Returns the id in the path; text that is no id names nothing.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub(crate) fn part_id<T>(&self) -> ApiResult<Id<T>> {
        self.part.map(Id::new).ok_or(ApiError::NotFound)
    }
}

impl<A, B> FromRequest for May<A, B>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
    <A::Subject as PolicyResource>::Key: PathKey,
    B: FromBody + 'static,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedIn { caller, actor, until } =
                sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let path = decode_path(&req)?;
            let key = parse_path_key(&path)?;
            let part = path.last().and_then(|p| Uuid::parse_str(p).ok());
            // HEAD is GET by now.
            let reads = req.method() == Method::GET;
            let proof = load_proof::<A>(find_state(&req)?, &key, &actor, reads).await?;
            let body = B::read_request(&req, &mut payload).await?;
            let precondition = Precondition::from_headers(&req);
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

/// Loads the record, of which a write shows nothing from here, and asks the policy.
pub(super) async fn load_proof<A: PolicyAction>(
    state: &State,
    key: &<A::Subject as PolicyResource>::Key,
    actor: &Arc<Actor>,
    reads: bool,
) -> ApiResult<Authorized<A>>
where
    A::Subject: LoadByKey,
{
    if let Some(sealed) = tx::build_unproved::<A::Subject>(key) {
        return Ok(sealed.authorize::<A>(actor)?);
    }
    let (actor, key) = (Arc::clone(actor), key.clone());
    let load = move |c: &mut Conn| -> Result<_, StoreError> {
        if reads {
            tx::load_proved::<A>(c, &key, &actor)
        } else {
            tx::load_admitted::<A>(c, &key, &actor)
        }
    };
    Ok(state.db.read_point(load).await?)
}
