//! `Released<B>`: the one way in to what a release holds. Everybody who is signed in with a grant reads releases; where
//! the setting says so, everybody else does too, and reads nothing else by it.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use serde::Serialize;

use super::{
    answer::Answer,
    body::{FromBody, FromQuery},
    cache::{Key, View},
    error::{ApiError, ApiResult},
    format::{Accept, Form},
    language,
    may::{SignedIn, decoded_path, sign_in, state},
    state::State,
};
use crate::{
    domain::{
        language::Language,
        policy::{Actor, ReadReleases, Unproved},
        release::LATEST,
        share::SharedPath,
        subject::Network,
        value::Slug,
    },
    store::{Conn, StoreResult, releases},
};

/// What is public and never changes may be kept by everybody for a year, the longest that means anything.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// What is public and changes with the next release.
pub(super) const SHORT: &str = "public, max-age=60";

/// The right to read releases, proved or given to everybody, with what came with the request.
pub struct Released<B = ()> {
    /// Who asks, with rights; nobody where releases are public.
    pub actor: Option<Arc<Actor>>,
    /// The language of the words in the answer.
    pub language: Language,
    /// The formats that the header asks for.
    pub accept: Accept,
    /// The release that the path names, `latest` included; none for the list of releases.
    word: Option<Slug>,
    /// What came with it, said after 404 had its say.
    shape: ApiResult<B>,
}

impl<B: FromBody + 'static> FromRequest for Released<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let actor = reader(&req)?;
            let path: Vec<String> = decoded_path(&req)?;
            let word = match path.first() {
                Some(raw) => Some(Slug::parse(raw).map_err(|_not_one| ApiError::NotFound)?),
                None => None,
            };
            let shape = B::read(&req, &mut payload).await;
            Ok(Self {
                actor,
                language: language::of(&req),
                accept: Accept::read(&req),
                word,
                shape,
            })
        })
    }
}

/// Finds who reads: somebody signed in with a grant, or anybody where releases are public.
///
/// # Errors
/// [`ApiError::Unauthenticated`], or what the policy says.
pub(super) fn reader(req: &HttpRequest) -> ApiResult<Option<Arc<Actor>>> {
    match sign_in(req)? {
        Some(SignedIn { actor, .. }) => {
            Unproved::seal(Network).authorize::<ReadReleases>(&actor)?;
            Ok(Some(actor))
        }
        None if state(req)?.public_releases => Ok(None),
        None => Err(ApiError::Unauthenticated),
    }
}

/// A release that is there, by its own key.
#[derive(Debug, Clone)]
pub struct Named {
    /// The key.
    pub key: Slug,
    /// It was asked for as the latest one.
    latest: bool,
}

impl<B: FromQuery> Released<B> {
    /// Reads what a share names as if it had been asked for. The secret of the share is the right to it, whatever the
    /// setting says.
    pub(super) fn shared(path: &SharedPath, form: Form, language: Language) -> Self {
        Self {
            actor: None,
            language: language::asked_in(&path.query).unwrap_or(language),
            accept: Accept::only(form),
            word: Some(path.release.clone()),
            shape: B::from_query(&path.query),
        }
    }
}

impl<B> Released<B> {
    /// Finds the release that the path names, and takes what came with it.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], then the faults of what came with it.
    pub async fn named(self, state: &State) -> ApiResult<(Named, B)> {
        let word = self.word.ok_or(ApiError::NotFound)?;
        let latest = word.as_str() == LATEST;
        let found =
            state.db.point(move |c: &mut Conn| -> StoreResult<_> { releases::resolve(c, &word) });
        let key = found.await?.ok_or(ApiError::NotFound)?;
        Ok((Named { key, latest }, self.shape?))
    }

    /// Chooses a format among those of the operation, by the parameter or the header. What came with the request may be broken;
    /// that is said later.
    ///
    /// # Errors
    /// A format that is none of them, which is said later too where there is no such release.
    pub fn form(
        &self,
        asked: impl FnOnce(&B) -> Option<&str>,
        offered: &[Form],
    ) -> ApiResult<Form> {
        self.accept.choose(self.shape.as_ref().ok().and_then(asked), offered)
    }

    /// Says a fault of the request, after 404 had its say.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] where there is no such release, else the fault.
    pub async fn said<T>(&self, state: &State, found: ApiResult<T>) -> ApiResult<T> {
        if found.is_err() {
            let word = self.word.clone().ok_or(ApiError::NotFound)?;
            let there = state
                .db
                .point(move |c: &mut Conn| -> StoreResult<_> { releases::resolve(c, &word) });
            there.await?.ok_or(ApiError::NotFound)?;
        }
        found
    }

    /// Takes what came with a request that names no release.
    ///
    /// # Errors
    /// The faults of what came with it.
    pub fn body(self) -> ApiResult<B> {
        self.shape
    }
}

impl<B: Serialize + Send + 'static> Released<B> {
    /// Answers from memory, or makes the answer out of what the release holds and keeps it for good: a release never
    /// changes. `make` is told the key of the release.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], the faults of what came with it, those of `make`; none of them is kept.
    pub async fn answer(
        self,
        state: &State,
        route: &'static str,
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        self.answer_in(state, (route, Form::Json), make).await
    }

    /// The same in a format that was chosen.
    ///
    /// # Errors
    /// As of [`Released::answer`].
    pub async fn answer_in(
        self,
        state: &State,
        (route, form): (&'static str, Form),
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let (language, public) = (self.language, state.public_releases);
        let key_of = |key: &Slug, body: &B| -> ApiResult<Key> {
            let question = Key::new(route, View::everybody(), body)?;
            Ok(question.in_language(language).in_form(form).of_release(key))
        };
        // Nothing is kept under `latest`, and what is kept under a key was there and cannot go.
        if let (Some(word), Ok(body)) = (&self.word, &self.shape)
            && let Some(answer) = state.at_hand(&key_of(word, body)?)
        {
            return Ok(stamped(answer, None, public));
        }
        let (Named { key, latest }, body) = self.named(state).await?;
        let kept = key_of(&key, &body)?;
        let read = {
            let key = key.clone();
            move |c: &mut Conn, _| make(c, &key, body, language)
        };
        let answer = state.kept(kept, read).await?;
        Ok(stamped(answer, latest.then_some(&key), public))
    }
}

/// Says how long others may keep an answer, and which release it is about where it was asked for as the latest one.
fn stamped(answer: Answer, latest: Option<&Slug>, public: bool) -> Answer {
    let answer = match latest {
        Some(key) => answer.header(header::CONTENT_LOCATION, format!("/api/v1/releases/{key}")),
        None => answer,
    };
    match (public, latest) {
        (true, None) => answer.header(header::CACHE_CONTROL, FOREVER),
        (true, Some(_)) => answer.header(header::CACHE_CONTROL, SHORT),
        (false, _) => answer,
    }
}
