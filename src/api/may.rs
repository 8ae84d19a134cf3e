//! `May<A, B>`: the one extractor that reads state or a body, in the order in which refusals come: credentials, the
//! record, the policy, then the body. Handlers take nothing else, so a malformed body never answers before 401, 404
//! and 403 had their say.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::Method, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    answer::Answer,
    body::FromBody,
    cache::{Key, View},
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
        project::ProjectCode,
        reference::CountryCode,
        value::Slug,
    },
    store::{Caller, Conn, StoreError, load::Load, tx},
};

/// A key that stands in the path, in its first segments with a name.
pub trait PathKey: Sized {
    /// Reads it; text that cannot be a key is as good as a key of nothing.
    fn from_path(path: &[&str]) -> Option<Self>;
}
impl PathKey for () {
    fn from_path(_: &[&str]) -> Option<Self> {
        Some(())
    }
}
impl PathKey for Slug {
    fn from_path(path: &[&str]) -> Option<Self> {
        Self::parse(path.first()?).ok()
    }
}
impl PathKey for CountryCode {
    fn from_path(path: &[&str]) -> Option<Self> {
        Self::parse(path.first()?).ok()
    }
}
impl PathKey for ProjectCode {
    fn from_path(path: &[&str]) -> Option<Self> {
        Self::parse(path.first()?).ok()
    }
}
impl<T> PathKey for Id<T> {
    fn from_path(path: &[&str]) -> Option<Self> {
        path.first()?.parse().ok()
    }
}
impl<A: PathKey, B: PathKey> PathKey for (A, B) {
    fn from_path(path: &[&str]) -> Option<Self> {
        Some((A::from_path(path)?, B::from_path(path.get(1..)?)?))
    }
}

/// Who asks, found from the credentials alone: no database work.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The user and session.
    pub caller: Caller,
    /// The grants in force now.
    pub actor: Arc<Actor>,
    /// When the token ends.
    pub until: DateTime<Utc>,
}

/// Authenticates a request. Absent credentials are none; bad ones are refused, never taken for none.
///
/// # Errors
/// [`ApiError::Unauthenticated`] for credentials that do not hold.
pub fn sign_in(req: &HttpRequest) -> ApiResult<Option<SignedIn>> {
    let mut headers = req.headers().get_all(actix_web::http::header::AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(None) };
    // Two could be read as either by what stands in between.
    if headers.next().is_some() {
        return Err(ApiError::Unauthenticated);
    }
    let state = state(req)?;
    let token = header
        .to_str()
        .ok()
        .and_then(|h| h.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(ApiError::Unauthenticated)?;
    let now = state.clock.now();
    let claims = state.tokens.verify(token, now).map_err(|_reason| ApiError::Unauthenticated)?;
    let caller = Caller { user: Id::new(claims.user), session: claims.session };
    if !state.directory.is_current() {
        return Err(ApiError::Unavailable("who may act could not be read back".into()));
    }
    let actor = state.directory.actor(caller, now).ok_or(ApiError::Unauthenticated)?;
    Ok(Some(SignedIn { caller, actor, until: claims.expires_at }))
}

/// Returns the shared state of the service.
pub(crate) fn state(req: &HttpRequest) -> ApiResult<&State> {
    req.app_data::<web::Data<State>>()
        .map(actix_web::web::Data::get_ref)
        .ok_or_else(|| ApiError::Internal("the service has no state".into()))
}

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
            let path: Vec<String> = decoded_path(&req)?;
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let key = <A::On as Resource>::Key::from_path(&path).ok_or(ApiError::NotFound)?;
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

/// Returns the named segments of the path in order, percent-decoded; what is no UTF-8 names nothing.
pub(crate) fn decoded_path(req: &HttpRequest) -> ApiResult<Vec<String>> {
    req.match_info().iter().map(|(_, raw)| percent_decode(raw).ok_or(ApiError::NotFound)).collect()
}

fn percent_decode(raw: &str) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let hex = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            out.push(b);
        }
    }
    String::from_utf8(out).ok()
}

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
            let path: Vec<String> = decoded_path(&req)?;
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let key = <A::On as Resource>::Key::from_path(&path).ok_or(ApiError::NotFound)?;
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

/// The proof of the signed-in caller alone, for what is one's own: `/me`. With the body or query `B`.
pub struct Own<B = ()> {
    /// Who asks.
    pub caller: Caller,
    /// Who asks, with rights.
    pub actor: Arc<Actor>,
    /// What came with it.
    pub body: B,
}

impl<B: FromBody + 'static> FromRequest for Own<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let SignedIn { caller, actor, .. } = sign_in(&req)?.ok_or(ApiError::Unauthenticated)?;
            Ok(Self { caller, actor, body: B::read(&req, &mut payload).await? })
        })
    }
}

/// Says that an operation is open to everybody. Credentials that are sent all the same must hold.
pub struct Public<B = ()> {
    /// What came with it.
    pub body: B,
    /// The named segments of the path.
    pub path: Vec<String>,
    /// The language of the words in the answer.
    pub language: Language,
}

impl<B: FromBody + 'static> FromRequest for Public<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            sign_in(&req)?;
            let path = decoded_path(&req)?;
            let language = language::of(&req);
            Ok(Self { body: B::read(&req, &mut payload).await?, path, language })
        })
    }
}

/// Says that an operation is a way in: what comes with it is the credential, and an `Authorization` header is not looked
/// at. Programs send their expired token along when they ask for a new one, and that must not be what refuses it.
pub struct Entry<B> {
    /// What came with it.
    pub body: B,
}

impl<B: FromBody + 'static> FromRequest for Entry<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move { Ok(Self { body: B::read(&req, &mut payload).await? }) })
    }
}
