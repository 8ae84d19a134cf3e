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
    format::Accept,
    language,
    precondition::Precondition,
    state::State,
};
use crate::{
    domain::{
        id::Id,
        language::Language,
        policy::{Action, Actor, Authorized, Resource},
    },
    store::{Caller, Conn, StoreError, load::Load, tx},
};

mod key;
mod look;
mod open;
mod who;

pub use key::PathKey;
pub(crate) use key::decoded_path;
use key::key_in;
pub use look::Look;
pub use open::{Entry, Own, Public};
pub(crate) use who::state;
pub use who::{SignedIn, sign_in};

/// The proof that the caller may do `A`, with the body or query `B` that came with it.
///
/// For reads `proof` holds the record. A write proves again inside its transaction, on the rows that it sees there:
/// `tx.prove::<A>(may.caller, &may.key)`.
pub struct May<A: Action, B = ()> {
    /// The record, opened by the policy.
    pub proof: Authorized<A>,
    /// The key that the record was found by.
    pub key: <A::On as Resource>::Key,
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
    pub accept: Accept,
    /// When the token ends, for those who stay longer than one answer.
    pub until: DateTime<Utc>,
}

impl<A: Action, B> May<A, B> {
    /// Returns the id in the path; text that is no id names nothing.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub fn part_id<T>(&self) -> ApiResult<Id<T>> {
        self.part.map(Id::new).ok_or(ApiError::NotFound)
    }
}

impl<A, B> FromRequest for May<A, B>
where
    A: Action,
    A::On: Load,
    <A::On as Resource>::Key: PathKey,
    B: FromBody + 'static,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedIn { caller, actor, until } =
                sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let path = decoded_path(&req)?;
            let key = key_in(&path)?;
            let part = path.last().and_then(|p| Uuid::parse_str(p).ok());
            // HEAD is GET by now.
            let reads = req.method() == Method::GET;
            let proof = prove::<A>(state(&req)?, &key, &actor, reads).await?;
            let body = B::read(&req, &mut payload).await?;
            let precondition = Precondition::read(&req);
            let language = language::of(&req);
            let accept = Accept::read(&req);
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
pub(super) async fn prove<A: Action>(
    state: &State,
    key: &<A::On as Resource>::Key,
    actor: &Arc<Actor>,
    reads: bool,
) -> ApiResult<Authorized<A>>
where
    A::On: Load,
{
    if let Some(sealed) = tx::at_hand::<A::On>(key) {
        return Ok(sealed.authorize::<A>(actor)?);
    }
    let (actor, key) = (Arc::clone(actor), key.clone());
    let load = move |c: &mut Conn| -> Result<_, StoreError> {
        if reads { tx::prove::<A>(c, &key, &actor) } else { tx::admit::<A>(c, &key, &actor) }
    };
    Ok(state.db.point(load).await?)
}
