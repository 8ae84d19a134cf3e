//! `Look<A>`: a read that asks the policy only where its answer is not in memory.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{PathKey, SignedIn, decoded_path, key_in, prove, sign_in};
use crate::{
    api::{
        answer::Answer,
        body::FromBody as _,
        cache::{Key, View},
        error::{ApiError, ApiResult},
        state::State,
    },
    domain::policy::{Action, Actor, Authorized, Resource},
    store::{Conn, load::Load, tx},
};

/// A read whose answer may be in memory: `May<A>` that loads and asks the policy only when it is not. An answer is kept under
/// everything that rights and record depend on (the number of the journal, the caller with the grants in force, the quarter
/// of an hour), so a proof of then is a proof of now.
pub struct Look<A: Action> {
    /// The key that the record is found by.
    pub key: <A::On as Resource>::Key,
    /// Who asks, with rights.
    pub actor: Arc<Actor>,
    shape: ApiResult<()>,
}

impl<A> FromRequest for Look<A>
where
    A: Action,
    A::On: Load,
    <A::On as Resource>::Key: PathKey,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedIn { actor, .. } = sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            let key = key_in(&decoded_path(&req)?)?;
            // Said after 404 and 403 had their say.
            let shape = <()>::read(&req, &mut payload).await;
            Ok(Self { key, actor, shape })
        })
    }
}

impl<A> Look<A>
where
    A: Action,
    A::On: Load,
    <A::On as Resource>::Key: Serialize,
{
    /// Answers from memory, or proves, shows and keeps the answer. `at` is the instant that `show` looks at too.
    ///
    /// # Errors
    /// What the policy says, parameters that the operation does not take, and those of `show`; none of them is kept.
    pub async fn answer(
        self,
        state: &State,
        (route, at): (&'static str, DateTime<Utc>),
        show: impl FnOnce(&mut Conn, &Authorized<A>) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let Self { key, actor, shape } = self;
        let kept = Key::new(route, View::own(&actor), &key)?.of_everything(at);
        if shape.is_err() {
            prove::<A>(state, &key, &actor, true).await?;
        }
        shape?;
        let read = move |c: &mut Conn, _| {
            let proof = tx::prove::<A>(c, &key, &actor)?;
            show(c, &proof)
        };
        state.kept(kept, read).await
    }
}
