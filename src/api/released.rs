//! `Released<B>`: the one way in to what a release holds. Everybody who is signed in with a grant reads releases; where
//! the setting says so, everybody else does too, and reads nothing else by it.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use serde::Serialize;

use super::{
    answer::Answer,
    body::{FromBody, FromQuery},
    cache::{AnswerKey, CacheAudience},
    error::{ApiError, ApiResult},
    format::{AcceptHeader, Form},
    language,
    may::{SignedIn, decode_path, find_state, sign_in},
    state::State,
};
use crate::{
    domain::{
        language::Language,
        policy::{Actor, ReadReleases, Unproved},
        release::LATEST,
        share::SharedPath,
        subject::NetworkSubject,
        value::Slug,
    },
    store::{Conn, StoreResult, releases},
};

/// What is public and never changes may be kept by everybody for a year, the longest that means anything.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// What is public and changes with the next release.
pub(super) const SHORT: &str = "public, max-age=60";

/// The right to read releases, proved or given to everybody, with what came with the request.
pub(crate) struct Released<B = ()> {
    /// Who asks, with rights; nobody where releases are public.
    pub actor: Option<Arc<Actor>>,
    /// The language of the words in the answer.
    pub language: Language,
    /// The formats that the header asks for.
    pub accept: AcceptHeader,
    /// The release that the path names, `latest` included; none for the list of releases.
    release_word: Option<Slug>,
    /// What came with it, said after 404 had its say.
    input: ApiResult<B>,
}

impl<B: FromBody + 'static> FromRequest for Released<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let actor = find_reader(&req)?;
            let path: Vec<String> = decode_path(&req)?;
            let word = match path.first() {
                Some(raw) => Some(Slug::parse(raw).map_err(|_not_one| ApiError::NotFound)?),
                None => None,
            };
            let shape = B::read_request(&req, &mut payload).await;
            Ok(Self {
                actor,
                language: language::negotiate_language(&req),
                accept: AcceptHeader::from_headers(&req),
                release_word: word,
                input: shape,
            })
        })
    }
}

/// Finds who reads: somebody signed in with a grant, or anybody where releases are public.
///
/// # Errors
/// [`ApiError::Unauthenticated`], or what the policy says.
pub(super) fn find_reader(req: &HttpRequest) -> ApiResult<Option<Arc<Actor>>> {
    match sign_in(req)? {
        Some(SignedIn { actor, .. }) => {
            Unproved::seal_resource(NetworkSubject).authorize::<ReadReleases>(&actor)?;
            Ok(Some(actor))
        }
        None if find_state(req)?.public_releases => Ok(None),
        None => Err(ApiError::Unauthenticated),
    }
}

/// A release that is there, by its own key.
#[derive(Debug, Clone)]
pub(crate) struct FoundRelease {
    /// The key.
    pub key: Slug,
    /// It was asked for as the latest one.
    latest: bool,
}

impl<B: FromQuery> Released<B> {
    /// Reads what a share names as if it had been asked for. The secret of the share is the right to it, whatever the
    /// setting says.
    pub(super) fn from_share(path: &SharedPath, form: Form, language: Language) -> Self {
        Self {
            actor: None,
            language: language::find_language_in_query(&path.query).unwrap_or(language),
            accept: AcceptHeader::from_format(form),
            release_word: Some(path.release.clone()),
            input: B::from_query(&path.query),
        }
    }
}

impl<B> Released<B> {
    /// Finds the release that the path names, and takes what came with it.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], then the faults of what came with it.
    pub(crate) async fn find_release(self, state: &State) -> ApiResult<(FoundRelease, B)> {
        let word = self.release_word.ok_or(ApiError::NotFound)?;
        let latest = word.as_str() == LATEST;
        let found = state
            .db
            .read_point(move |c: &mut Conn| -> StoreResult<_> { releases::resolve_key(c, &word) });
        let key = found.await?.ok_or(ApiError::NotFound)?;
        Ok((FoundRelease { key, latest }, self.input?))
    }

    /// Chooses a format among those of the operation, by the parameter or the header. What came with the request may be broken;
    /// that is said later.
    ///
    /// # Errors
    /// A format that is none of them, which is said later too where there is no such release.
    pub(crate) fn choose_format(
        &self,
        asked: impl FnOnce(&B) -> Option<&str>,
        offered: &[Form],
    ) -> ApiResult<Form> {
        self.accept.choose_format(self.input.as_ref().ok().and_then(asked), offered)
    }

    /// Says a fault of the request, after 404 had its say.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] where there is no such release, else the fault.
    pub(crate) async fn check_release_before_fault<T>(
        &self,
        state: &State,
        found: ApiResult<T>,
    ) -> ApiResult<T> {
        if found.is_err() {
            let word = self.release_word.clone().ok_or(ApiError::NotFound)?;
            let there = state.db.read_point(move |c: &mut Conn| -> StoreResult<_> {
                releases::resolve_key(c, &word)
            });
            there.await?.ok_or(ApiError::NotFound)?;
        }
        found
    }

    /// Takes what came with a request that names no release.
    ///
    /// # Errors
    /// The faults of what came with it.
    pub(crate) fn into_input(self) -> ApiResult<B> {
        self.input
    }
}

impl<B: Serialize + Send + 'static> Released<B> {
    /// Answers from memory, or makes the answer out of what the release holds and keeps it for good: a release never
    /// changes. `make` is told the key of the release.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], the faults of what came with it, those of `make`; none of them is kept.
    pub(crate) async fn answer_cached(
        self,
        state: &State,
        route: &'static str,
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        self.answer_cached_in(state, (route, Form::Json), make).await
    }

    /// The same in a format that was chosen.
    ///
    /// # Errors
    /// As of [`Released::answer_cached`].
    pub(crate) async fn answer_cached_in(
        self,
        state: &State,
        (route, form): (&'static str, Form),
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let (language, public) = (self.language, state.public_releases);
        let key_of = |key: &Slug, body: &B| -> ApiResult<AnswerKey> {
            let question = AnswerKey::new(route, CacheAudience::for_everybody(), body)?;
            Ok(question.in_language(language).with_format(form).with_release(key))
        };
        // Nothing is kept under `latest`, and what is kept under a key was there and cannot go.
        if let (Some(word), Ok(body)) = (&self.release_word, &self.input)
            && let Some(answer) = state.find_cached(&key_of(word, body)?)
        {
            return Ok(set_cache_control(answer, None, public));
        }
        let (FoundRelease { key, latest }, body) = self.find_release(state).await?;
        let kept = key_of(&key, &body)?;
        let read = {
            let key = key.clone();
            move |c: &mut Conn, _| make(c, &key, body, language)
        };
        let answer = state.answer_cached(kept, read).await?;
        Ok(set_cache_control(answer, latest.then_some(&key), public))
    }
}

/// Says how long others may keep an answer, and which release it is about where it was asked for as the latest one.
fn set_cache_control(answer: Answer, latest: Option<&Slug>, public: bool) -> Answer {
    let answer = match latest {
        Some(key) => {
            answer.with_header(header::CONTENT_LOCATION, format!("/api/v1/releases/{key}"))
        }
        None => answer,
    };
    match (public, latest) {
        (true, None) => answer.with_header(header::CACHE_CONTROL, FOREVER),
        (true, Some(_)) => answer.with_header(header::CACHE_CONTROL, SHORT),
        (false, _) => answer,
    }
}
