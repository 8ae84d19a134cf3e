//! The cache of answers. The key contains everything that an answer depends on: the data version, what the caller may
//! see, the operation with its parameters, the language and the format. A cached answer needs no database work.
//!
//! Changes of data do not invalidate entries. They increase the version in the key, and the old entries are evicted as
//! least recently used. An answer that contains drafts uses [`VersionSource::Everything`], because drafts do not
//! increase the public version.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
    filter_values::UnknownValues,
    format::AnswerFormat,
};
use crate::domain::{
    language::Language,
    policy::{Actor, VisibleRows},
    reference::CountryCode,
    value::Slug,
};

mod single_flight;

pub(crate) use single_flight::AnswerCache;
use single_flight::InFlightAnswers;

/// The memory that an entry takes in addition to its bytes and its key, in bytes: the bookkeeping of `moka`.
const OVERHEAD: usize = 256;

/// The part of the cache key that stands for the caller. It holds rights, not tokens, so that callers with equal rights
/// share answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheAudience(String);

impl CacheAudience {
    /// For answers that are the same for every caller who may use the operation.
    #[must_use]
    pub fn for_everybody() -> Self {
        Self(String::new())
    }

    /// For answers with approved data, limited to what the caller may read by the grants in force now.
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
        // Country codes are upper case, slugs are lower case, and neither contains a comma: different scopes give
        // different keys.
        Self(format!("approved:{}", parts.join(",")))
    }

    /// For answers with approved data and the actions that the caller may take. These actions depend on the caller's
    /// roles only, because a caller without access to working copies cannot change records.
    #[must_use]
    pub fn for_roles(actor: &Actor, visible: &VisibleRows) -> Self {
        let mut roles: Vec<&str> = actor.grants().iter().map(|g| g.role.as_str()).collect();
        roles.sort_unstable();
        roles.dedup();
        Self(format!("{};{}", Self::for_approved_data(visible).0, roles.join(",")))
    }

    /// For answers that belong to one caller: working copies that the grants in force allow, or the caller's tasks.
    #[must_use]
    pub fn for_caller(actor: &Actor) -> Self {
        let mut parts: Vec<String> =
            actor.grants().iter().map(|g| format!("{}:{}", g.id, g.version)).collect();
        parts.sort_unstable();
        Self(format!("own:{}:{}", actor.user(), parts.join(",")))
    }
}

/// The data that an answer is computed from. It selects the version number in the cache key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum VersionSource {
    /// Approved, released and reference data. The version is the number of the feed, which drafts do not increase.
    Public,
    /// Any recorded data. The version is the number of the journal.
    Everything,
    /// The content of a release, which never changes.
    Release,
}

/// The length of a time slot in seconds. No day ends inside a slot: the offsets of time zones are multiples of 15
/// minutes.
const QUARTER: i64 = 15 * 60;

/// The cache key of an answer, without the data version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnswerKey {
    route: &'static str,
    view: CacheAudience,
    query: String,
    /// `None` if the answer contains no texts that depend on the language.
    language: Option<Language>,
    /// The day, instant or time slot, if the content depends on a date.
    moment: Option<String>,
    source: VersionSource,
    form: AnswerFormat,
    /// The release that the answer is made from.
    release: Option<Slug>,
    unknown_values: UnknownValues,
}

impl AnswerKey {
    /// Makes a key from the operation, the audience and the parameters. Equal parameters give equal keys, whatever
    /// their order.
    ///
    /// # Errors
    /// The parameters cannot be serialised as JSON.
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
            form: AnswerFormat::Json,
            release: None,
            unknown_values: UnknownValues::Refuse,
        })
    }

    /// Makes a key for an answer about records. If the caller can see no working copies, the answer depends on approved
    /// data only, and callers with equal rights share it. Otherwise it depends on working copies and the current day as
    /// well.
    ///
    /// # Errors
    /// The parameters cannot be serialised as JSON.
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

    /// Adds the language of the texts in the answer. Answers without texts are the same in every language.
    #[must_use]
    pub const fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Sets the format of the answer; JSON is the default.
    #[must_use]
    pub const fn with_format(mut self, form: AnswerFormat) -> Self {
        self.form = form;
        self
    }

    /// Adds a date on which the content depends: the current day, or the next instant at which the answer changes.
    #[must_use]
    pub fn with_moment(mut self, moment: impl Into<String>) -> Self {
        self.moment = Some(moment.into());
        self
    }

    /// Sets what filters do with values that do not exist; they are refused by default.
    #[must_use]
    pub(crate) const fn with_unknown_values(mut self, unknown_values: UnknownValues) -> Self {
        self.unknown_values = unknown_values;
        self
    }

    /// Makes the answer depend on working copies, and on the current day in every time zone.
    #[must_use]
    pub fn with_working_copies(mut self, now: DateTime<Utc>) -> Self {
        self.source = VersionSource::Everything;
        self.with_moment(now.timestamp().div_euclid(QUARTER).to_string())
    }

    /// Makes the answer depend on the content of one release, and on nothing that changes.
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

/// Normalises parameters: sorted by name, without absent ones, the values of a list sorted and without duplicates.
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

/// A complete cache key: the data version, and the rest.
type CacheKey = (i64, AnswerKey);

/// The cached answers in memory, limited by their total size in bytes. [`AnswerCache`] computes new ones.
struct Cache {
    entries: moka::sync::Cache<CacheKey, Answer>,
    in_flight: InFlightAnswers,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// The size and the hit rate of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUsage {
    /// Requests that were answered from memory, or that waited for an equal request.
    pub hits: u64,
    /// Requests whose answer had to be computed.
    pub misses: u64,
    /// Answers in memory; approximate while entries are added and evicted.
    pub entries: u64,
    /// The bytes that these answers take; approximate too.
    pub bytes: u64,
}

impl Cache {
    /// Makes a cache of at most `bytes`; 0 disables caching.
    #[must_use]
    fn new(bytes: u64) -> Self {
        let size = |(_, key): &CacheKey, answer: &Answer| {
            u32::try_from(key.count_bytes() + answer.estimate_size() + OVERHEAD).unwrap_or(u32::MAX)
        };
        // LRU instead of moka's default policy (TinyLFU): TinyLFU rejects new entries in favour of keys that were
        // requested often, and those belong to the previous data version.
        let kept = moka::sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(size)
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .build();
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { entries: kept, in_flight: InFlightAnswers::default(), hits, misses }
    }

    /// Finds a cached answer and counts the hit. Removes an answer that cannot be sent any more, so that it is computed
    /// again.
    fn find(&self, key: &CacheKey) -> Option<Answer> {
        let found = self.entries.get(key)?;
        if found.is_broken() {
            self.entries.invalidate(key);
            return None;
        }
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    #[must_use]
    fn measure_usage(&self) -> CacheUsage {
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
