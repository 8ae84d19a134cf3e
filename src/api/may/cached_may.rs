//! `CachedMay<A>`: a read that asks the policy only if its answer is not in the cache.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{PathKey, SignedInCaller, decode_path, load_proof, parse_path_key, sign_in};
use crate::{
    api::{
        answer::Answer,
        body::FromBody as _,
        cache::{AnswerKey, CacheAudience},
        error::{ApiError, ApiResult},
        language,
        operation::{OperationAccess, OperationRequest},
        state::State,
    },
    domain::{
        language::Language,
        policy::{Actor, Authorized, PolicyAction, PolicyResource},
    },
    store::{Conn, load::LoadByKey, tx},
};

/// The extractor of a read whose answer may be cached. It works like `May<A>`, but loads the record and asks the policy
/// only on a cache miss. That is safe, because the cache key contains everything that the permission and the record
/// depend on: the number of the journal, the caller with the grants in force, and the quarter of an hour. So the policy
/// would allow a cached answer again.
pub(crate) struct CachedMay<A: PolicyAction> {
    pub key: <A::Subject as PolicyResource>::Key,
    /// The caller with the grants in force.
    pub actor: Arc<Actor>,
    pub language: Language,
    query_check: ApiResult<()>,
}

impl<A> FromRequest for CachedMay<A>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
    <A::Subject as PolicyResource>::Key: PathKey,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedInCaller { actor, .. } = sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let key = parse_path_key(&decode_path(&req)?)?;
            // A fault of the query is reported only after 404 and 403.
            let query_check = <()>::read_request(&req, &mut payload).await;
            Ok(Self { key, actor, language: language::negotiate_language(&req), query_check })
        })
    }
}

impl<A: PolicyAction> OperationRequest for CachedMay<A>
where
    Self: FromRequest,
{
    const ACCESS: OperationAccess = OperationAccess::Policy;
}

impl<A> CachedMay<A>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
    <A::Subject as PolicyResource>::Key: Serialize,
{
    /// Returns the cached answer. On a miss it asks the policy, calls `show` and caches the answer. `route` names the
    /// operation in cache keys; `at` is the instant that `show` uses too.
    ///
    /// # Errors
    /// A refusal by the policy, parameters that the operation does not accept, or the errors of `show`. None of them is
    /// cached.
    pub(crate) async fn answer_cached(
        self,
        state: &State,
        route: &'static str,
        at: DateTime<Utc>,
        show: impl FnOnce(&mut Conn, &Authorized<A>) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let Self { key, actor, language, query_check } = self;
        let cache_key = AnswerKey::new(route, CacheAudience::for_caller(&actor), &key)?
            .with_working_copies(at)
            .in_language(language);
        if query_check.is_err() {
            load_proof::<A>(state, &key, &actor, true).await?;
        }
        query_check?;
        let read = move |c: &mut Conn, _| {
            let proof = tx::load_proved::<A>(c, &key, &actor)?;
            show(c, &proof)
        };
        state.cache.answer(cache_key, read).await
    }
}
