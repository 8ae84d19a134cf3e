//! `Look<A>`: a read that asks the policy only where its answer is not in memory.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{PathKey, SignedIn, decode_path, load_proof, parse_path_key, sign_in};
use crate::{
    api::{
        answer::Answer,
        body::FromBody as _,
        cache::{AnswerKey, CacheAudience},
        error::{ApiError, ApiResult},
        state::State,
    },
    domain::policy::{Actor, Authorized, PolicyAction, PolicyResource},
    store::{Conn, load::LoadByKey, tx},
};

/// A read whose answer may be in memory: `May<A>` that loads and asks the policy only when it is not. An answer is kept under
/// everything that rights and record depend on (the number of the journal, the caller with the grants in force, the quarter
/// of an hour), so a proof of then is a proof of now.
pub(crate) struct CachedMay<A: PolicyAction> {
    /// The key that the record is found by.
    pub key: <A::Subject as PolicyResource>::Key,
    /// Who asks, with rights.
    pub actor: Arc<Actor>,
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
            let SignedIn { actor, .. } = sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let key = parse_path_key(&decode_path(&req)?)?;
            // Said after 404 and 403 had their say.
            let shape = <()>::read_request(&req, &mut payload).await;
            Ok(Self { key, actor, query_check: shape })
        })
    }
}

impl<A> CachedMay<A>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
    <A::Subject as PolicyResource>::Key: Serialize,
{
    /// Answers from memory, or proves, shows and keeps the answer. `at` is the instant that `show` looks at too.
    ///
    /// # Errors
    /// What the policy says, parameters that the operation does not take, and those of `show`; none of them is kept.
    pub(crate) async fn answer_cached(
        self,
        state: &State,
        (route, at): (&'static str, DateTime<Utc>),
        show: impl FnOnce(&mut Conn, &Authorized<A>) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let Self { key, actor, query_check: shape } = self;
        let kept =
            AnswerKey::new(route, CacheAudience::for_caller(&actor), &key)?.with_working_copies(at);
        if shape.is_err() {
            load_proof::<A>(state, &key, &actor, true).await?;
        }
        shape?;
        let read = move |c: &mut Conn, _| {
            let proof = tx::load_proved::<A>(c, &key, &actor)?;
            show(c, &proof)
        };
        state.answer_cached(kept, read).await
    }
}
