//! `ReleaseRequest<B>`: the extractor of every operation that reads releases. Callers need to be signed in with a
//! grant. If releases are public by `ASCN_PUBLIC_RELEASES`, everybody may read them, but nothing else.

use std::{pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use serde::Serialize;

mod address;

use address::ReleaseAddress;

use super::{
    answer::Answer,
    body::{FromBody, FromQuery},
    cache::{AnswerKey, CacheAudience},
    error::{ApiError, ApiResult},
    filter_values::UnknownValues,
    format::{AcceptHeader, AnswerFormat},
    language,
    may::{SignedInCaller, decode_path, find_state, sign_in},
    operation::{OperationAccess, OperationRequest},
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

/// For a public answer that never changes. One year is the longest useful `max-age`.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// For a public answer that changes with the next release.
pub(super) const SHORT: &str = "public, max-age=60";

/// The right to read releases, with the input of the request.
pub(crate) struct ReleaseRequest<B = ()> {
    /// The caller with the grants in force; `None` if releases are public and the caller is not signed in.
    pub actor: Option<Arc<Actor>>,
    pub language: Language,
    pub accept: AcceptHeader,
    /// What filters do with values that the release does not know.
    pub unknown_values: UnknownValues,
    /// The release in the path, which may be `latest`; `None` for the list of releases.
    release_word: Option<Slug>,
    /// The input of the request. A fault in it is reported only after 404.
    input: ApiResult<B>,
    /// The address of the request; `None` if it is not that of a release.
    address: Option<ReleaseAddress>,
}

impl<B: FromBody + 'static> FromRequest for ReleaseRequest<B> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let actor = find_reader(&req)?;
            let path: Vec<String> = decode_path(&req)?;
            let release_word = match path.first() {
                Some(raw) => Some(Slug::parse(raw).map_err(|_not_one| ApiError::NotFound)?),
                None => None,
            };
            let input = B::read_request(&req, &mut payload).await;
            Ok(Self {
                actor,
                language: language::negotiate_language(&req),
                accept: AcceptHeader::from_headers(&req),
                unknown_values: UnknownValues::Refuse,
                release_word,
                input,
                address: ReleaseAddress::from_request(&req),
            })
        })
    }
}

impl<B: FromBody + 'static> OperationRequest for ReleaseRequest<B> {
    const ACCESS: OperationAccess = OperationAccess::Policy;
}

/// A request for the path of a share.
#[derive(Clone, Copy)]
pub(super) struct SharedRequest<'s> {
    pub path: &'s SharedPath,
    pub format: AnswerFormat,
    /// The language of the answer, unless the path names one.
    pub language: Language,
    pub unknown_values: UnknownValues,
}

/// Returns the caller, if signed in with a grant, or `None` if releases are public.
///
/// # Errors
/// [`ApiError::Unauthenticated`], or a refusal by the policy.
pub(super) fn find_reader(req: &HttpRequest) -> ApiResult<Option<Arc<Actor>>> {
    match sign_in(req)? {
        Some(SignedInCaller { actor, .. }) => {
            Unproved::seal_resource(NetworkSubject).authorize::<ReadReleases>(&actor)?;
            Ok(Some(actor))
        }
        None if find_state(req)?.public_releases => Ok(None),
        None => Err(ApiError::Unauthenticated),
    }
}

/// An existing release.
#[derive(Debug, Clone)]
pub(crate) struct FoundRelease {
    /// The key of the release, also if the path says `latest`.
    pub key: Slug,
    /// The address under this key, if the path says `latest`.
    address: Option<String>,
}

impl FoundRelease {
    /// Adds the address that always leads to this answer, if the path says `latest`.
    pub(crate) fn add_content_location(&self, answer: Answer) -> Answer {
        match &self.address {
            Some(address) => answer.with_header(header::CONTENT_LOCATION, address.clone()),
            None => answer,
        }
    }
}

impl<B: FromQuery> ReleaseRequest<B> {
    /// Makes the request that a share stands for. The secret address of the share is the permission, whether releases
    /// are public or not.
    pub(super) fn from_share(shared: &SharedRequest<'_>) -> Self {
        let SharedRequest { path, format, language, unknown_values } = *shared;
        Self {
            actor: None,
            language: language::find_language_in_query(&path.query).unwrap_or(language),
            accept: AcceptHeader::from_format(format),
            unknown_values,
            release_word: Some(path.release.clone()),
            input: B::from_query(&path.query),
            address: Some(ReleaseAddress::from_share(path)),
        }
    }
}

impl<B> ReleaseRequest<B> {
    /// Finds the release in the path, and returns it with the input of the request.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], then a fault in the input.
    pub(crate) async fn find_release(self, state: &State) -> ApiResult<(FoundRelease, B)> {
        self.find_release_in(state, None).await
    }

    /// Like [`ReleaseRequest::find_release`], for an answer in this format.
    async fn find_release_in(
        self,
        state: &State,
        form: Option<AnswerFormat>,
    ) -> ApiResult<(FoundRelease, B)> {
        let word = self.release_word.ok_or(ApiError::NotFound)?;
        let latest = word.as_str() == LATEST;
        let form = form.filter(|form| self.accept.names_format(*form));
        let found = state
            .db
            .read_point(move |c: &mut Conn| -> StoreResult<_> { releases::resolve_key(c, &word) });
        let key = found.await?.ok_or(ApiError::NotFound)?;
        let address = self.address.filter(|_| latest);
        let address = address.map(|address| address.name_release(&key, form, self.language));
        Ok((FoundRelease { key, address }, self.input?))
    }

    /// Makes a request for an answer that no operation gives, so that no address leads to it.
    pub(crate) fn without_address(self) -> Self {
        Self { address: None, ..self }
    }

    /// Chooses one of the formats that the operation offers, by the parameter or the header. A fault in the input is
    /// ignored here, because it is reported later.
    ///
    /// # Errors
    /// The format is unknown. Pass the result to [`Self::check_release_before_fault`], because 404 has priority.
    pub(crate) fn choose_format(
        &self,
        asked: impl FnOnce(&B) -> Option<&str>,
        offered: &[AnswerFormat],
    ) -> ApiResult<AnswerFormat> {
        self.accept.choose_format(self.input.as_ref().ok().and_then(asked), offered)
    }

    /// Reports a fault only after it is known that the release exists.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if the release does not exist, otherwise the fault.
    pub(crate) async fn check_release_before_fault<T>(
        &self,
        state: &State,
        found: ApiResult<T>,
    ) -> ApiResult<T> {
        if found.is_err() {
            let word = self.release_word.clone().ok_or(ApiError::NotFound)?;
            let key = state.db.read_point(move |c: &mut Conn| -> StoreResult<_> {
                releases::resolve_key(c, &word)
            });
            key.await?.ok_or(ApiError::NotFound)?;
        }
        found
    }

    /// Returns the input of a request whose path has no release.
    ///
    /// # Errors
    /// A fault in the input.
    pub(crate) fn into_input(self) -> ApiResult<B> {
        self.input
    }
}

impl<B: Serialize + Send + 'static> ReleaseRequest<B> {
    /// Returns the cached answer, or makes it from the content of the release. The answer stays valid, because a
    /// release never changes. `make` gets the key of the release.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], a fault in the input, or the errors of `make`. None of them is cached.
    pub(crate) async fn answer_cached(
        self,
        state: &State,
        route: &'static str,
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        self.answer_cached_as(state, route, None, make).await
    }

    /// Like [`ReleaseRequest::answer_cached`], in a format that was chosen before.
    ///
    /// # Errors
    /// The same as [`ReleaseRequest::answer_cached`].
    pub(crate) async fn answer_cached_in(
        self,
        state: &State,
        route: &'static str,
        form: AnswerFormat,
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        self.answer_cached_as(state, route, Some(form), make).await
    }

    /// `chosen` is the format, if the operation has several.
    async fn answer_cached_as(
        self,
        state: &State,
        route: &'static str,
        chosen: Option<AnswerFormat>,
        make: impl FnOnce(&mut Conn, &Slug, B, Language) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let form = chosen.unwrap_or(AnswerFormat::Json);
        let (language, public) = (self.language, state.public_releases);
        let unknown_values = self.unknown_values;
        let key_of = |key: &Slug, body: &B| -> ApiResult<AnswerKey> {
            let answer_key = AnswerKey::new(route, CacheAudience::for_everybody(), body)?;
            let answer_key = answer_key.with_unknown_values(unknown_values);
            Ok(answer_key.in_language(language).with_format(form).with_release(key))
        };
        // No cache key contains `latest`. An answer under the key of a release proves that the release exists, because
        // releases cannot be deleted.
        if let (Some(word), Ok(body)) = (&self.release_word, &self.input)
            && let Some(answer) = state.cache.find(&key_of(word, body)?)
        {
            return Ok(set_cache_control(answer, false, public));
        }
        let is_latest = self.release_word.as_ref().is_some_and(|word| word.as_str() == LATEST);
        let (found, body) = self.find_release_in(state, chosen).await?;
        let answer_key = key_of(&found.key, &body)?;
        let read = {
            let key = found.key.clone();
            move |c: &mut Conn, _| make(c, &key, body, language)
        };
        let answer = found.add_content_location(state.cache.answer(answer_key, read).await?);
        Ok(set_cache_control(answer, is_latest, public))
    }
}

/// Sets how long caches may keep the answer.
fn set_cache_control(answer: Answer, is_latest: bool, public: bool) -> Answer {
    match (public, is_latest) {
        (true, false) => answer.with_header(header::CACHE_CONTROL, FOREVER),
        (true, true) => answer.with_header(header::CACHE_CONTROL, SHORT),
        (false, _) => answer,
    }
}
