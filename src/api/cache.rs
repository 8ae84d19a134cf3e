//! Answers kept as bytes, under everything that they depend on: the data version, what the caller may see, the operation
//! with its parameters, and the form of the answer. A kept answer costs no database work.
//!
//! Nothing is ever thrown out because data changed: the version in the key moves on, and what nobody asks for any more is
//! the first to go. Only what depends on public data may be kept here: drafts do not move the version.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
    format::Form,
};
use crate::domain::{
    language::Language,
    policy::{Actor, VisibleRows},
    reference::CountryCode,
    value::Slug,
};

mod single_flight;

use single_flight::InFlightAnswers;

/// What an entry costs beside its bytes and its key: the cache's own books.
const OVERHEAD: usize = 256;

/// What the answer depends on of its caller. Never a token or a person: two callers with the same rights share answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheAudience(String);

impl CacheAudience {
    /// The answer is the same for every caller who may ask at all.
    #[must_use]
    pub fn for_everybody() -> Self {
        Self(String::new())
    }

    /// The answer holds approved data as far as the caller reads it, by the grants in force now.
    #[must_use]
    pub fn for_approved_data(visible: &VisibleRows) -> Self {
        let reach = &visible.approved;
        if reach.everything {
            return Self("approved:*".to_owned());
        }
        let mut parts: Vec<&str> = reach.countries.iter().map(CountryCode::as_str).collect();
        parts.extend(reach.cities.iter().map(Slug::as_str));
        parts.sort_unstable();
        parts.dedup();
        // Country codes are capitals and slugs are not, and neither has a comma: two views never look the same.
        Self(format!("approved:{}", parts.join(",")))
    }

    /// The answer holds approved data alone, with what the caller may do with it: that is decided by the roles, and there is
    /// nobody among them who works on records.
    #[must_use]
    pub fn for_roles(actor: &Actor, visible: &VisibleRows) -> Self {
        let mut roles: Vec<&str> = actor.grants().iter().map(|g| g.role.as_str()).collect();
        roles.sort_unstable();
        roles.dedup();
        Self(format!("{};{}", Self::for_approved_data(visible).0, roles.join(",")))
    }

    /// The answer is one caller's own: it holds working copies as far as the grants in force show them, or what the caller
    /// has to do.
    #[must_use]
    pub fn for_caller(actor: &Actor) -> Self {
        let mut parts: Vec<String> =
            actor.grants().iter().map(|g| format!("{}:{}", g.id, g.version)).collect();
        parts.sort_unstable();
        Self(format!("own:{}:{}", actor.user(), parts.join(",")))
    }
}

/// What an answer is computed from, and so which number it is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum VersionSource {
    /// Approved, released and reference data: the number of the feed, which drafts do not move.
    Public,
    /// Anything that is recorded: the number of the journal.
    Everything,
    /// What a release holds: it never changes.
    Release,
}

/// The pieces of time in which no day ends anywhere: zones are whole quarters of an hour from UTC.
const QUARTER: i64 = 15 * 60;

/// What an answer is kept under, but for the data version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnswerKey {
    route: &'static str,
    view: CacheAudience,
    query: String,
    /// The language of the words in it, where it has any.
    language: Option<Language>,
    /// The day or instant on which the answer depends, where a date decides what is in it.
    moment: Option<String>,
    source: VersionSource,
    form: Form,
    /// The release that it is made of.
    release: Option<Slug>,
}

impl AnswerKey {
    /// Names an answer by its operation, the caller's view and the parameters: equal parameters give equal keys, whatever
    /// their order.
    ///
    /// # Errors
    /// Parameters without a JSON form.
    pub fn new<P: Serialize>(
        route: &'static str,
        view: CacheAudience,
        parameters: &P,
    ) -> ApiResult<Self> {
        let value =
            serde_json::to_value(parameters).map_err(|e| ApiError::Internal(Box::new(e)))?;
        Ok(Self {
            route,
            view,
            query: normalise_parameters(value),
            language: None,
            moment: None,
            source: VersionSource::Public,
            form: Form::Json,
            release: None,
        })
    }

    /// Names an answer about records as the caller sees them: for strangers it is made of approved data alone, for those who
    /// work on records of working copies too, and of the day that it is.
    ///
    /// # Errors
    /// Parameters without a JSON form.
    pub fn for_records<P: Serialize>(
        route: &'static str,
        actor: &Actor,
        parameters: &P,
        now: DateTime<Utc>,
    ) -> ApiResult<Self> {
        let visible = actor.visible_rows();
        if visible.working.is_empty() {
            return Self::new(route, CacheAudience::for_roles(actor, &visible), parameters);
        }
        Ok(Self::new(route, CacheAudience::for_caller(actor), parameters)?.with_working_copies(now))
    }

    /// Says that there are words in the answer, and in which language. An answer without words is the same in every one.
    #[must_use]
    pub const fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Says in which format the answer is; JSON when nothing is said.
    #[must_use]
    pub const fn with_format(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Names what else the answer depends on because a date decides: the day it is now where days are meant, or the next
    /// instant at which it changes.
    #[must_use]
    pub fn with_moment(mut self, moment: impl Into<String>) -> Self {
        self.moment = Some(moment.into());
        self
    }

    /// Says that the answer is computed from working copies too, and from the day that it is now somewhere.
    #[must_use]
    pub fn with_working_copies(mut self, now: DateTime<Utc>) -> Self {
        self.source = VersionSource::Everything;
        self.with_moment(now.timestamp().div_euclid(QUARTER).to_string())
    }

    /// Says that the answer is made of what one release holds.
    #[must_use]
    pub fn with_release(mut self, release: &Slug) -> Self {
        self.source = VersionSource::Release;
        self.release = Some(release.clone());
        self
    }

    fn count_bytes(&self) -> usize {
        let release = self.release.as_ref().map_or(0, |r| r.as_str().len());
        let moment = self.moment.as_ref().map_or(0, String::len);
        self.view.0.len() + self.query.len() + moment + release
    }
}

/// Writes parameters in one way only: by name, without what is not given, the values of a list in order and once.
fn normalise_parameters(mut parameters: Value) -> String {
    if let Some(map) = parameters.as_object_mut() {
        map.retain(|_, v| !v.is_null() && v.as_array().is_none_or(|list| !list.is_empty()));
        for list in map.values_mut().filter_map(Value::as_array_mut) {
            list.sort_unstable_by_key(Value::to_string);
            list.dedup();
        }
    }
    parameters.to_string()
}

/// What an answer is kept under: the data version, and the question.
type CacheKey = (i64, AnswerKey);

/// Answers in memory, bounded in bytes.
pub struct Cache {
    entries: moka::sync::Cache<CacheKey, Answer>,
    in_flight: InFlightAnswers,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How full a cache is and how well it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUsage {
    /// Questions that were answered from memory, or that waited for the answer to an equal one.
    pub hits: u64,
    /// Questions that had to be computed.
    pub misses: u64,
    /// Answers in memory; not exact while they come and go.
    pub entries: u64,
    /// Bytes that they take, likewise.
    pub bytes: u64,
}

impl Cache {
    /// Makes a cache of so many bytes; 0 keeps nothing.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let size = |(_, key): &CacheKey, answer: &Answer| {
            u32::try_from(key.count_bytes() + answer.estimate_size() + OVERHEAD).unwrap_or(u32::MAX)
        };
        // Least recently used, not moka's default: that one turns newcomers away in favour of what was often asked for,
        // which here is the version before.
        let kept = moka::sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(size)
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .build();
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { entries: kept, in_flight: InFlightAnswers::default(), hits, misses }
    }

    /// Finds an answer, which is counted where it is found. One that cannot be sent any more is dropped, so that it is made
    /// anew.
    fn find(&self, place: &CacheKey) -> Option<Answer> {
        let found = self.entries.get(place)?;
        if found.is_broken() {
            self.entries.invalidate(place);
            return None;
        }
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    /// Returns how full it is and how well it does.
    #[must_use]
    pub fn measure_usage(&self) -> CacheUsage {
        CacheUsage {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.entries.entry_count(),
            bytes: self.entries.weighted_size(),
        }
    }
}

impl VersionSource {
    const fn choose_version(self, seq: i64, feed: i64) -> i64 {
        match self {
            Self::Public => feed,
            Self::Everything => seq,
            Self::Release => 0,
        }
    }
}

#[cfg(test)]
mod tests;
