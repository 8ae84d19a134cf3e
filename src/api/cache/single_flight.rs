//! Single flight: of equal requests at the same time, one computes the answer and the others wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering},
};

use actix_web::{rt, web::block};
use tokio::sync;
use tracing::{Instrument as _, Span};

use super::{AnswerKey, Cache, CacheKey, CacheUsage};
use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
    },
    store::{Conn, Db, journal, watch::JournalHeads},
};

/// A request in progress. The holder of the lock computes the answer and leaves it here for those who wait. After an
/// error the slot stays empty, and the next of them computes.
type InFlightAnswer = sync::Mutex<Option<Answer>>;

/// The requests in progress, by their cache key.
#[derive(Debug, Default)]
pub(super) struct InFlightAnswers(Mutex<HashMap<CacheKey, Weak<InFlightAnswer>>>);

impl InFlightAnswers {
    /// Finds the request in progress with this key, or starts one. It ends when the last holder drops it.
    fn join_or_begin(&self, key: &CacheKey) -> Arc<InFlightAnswer> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = all.get(key).and_then(Weak::upgrade) {
            return flight;
        }
        all.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        all.insert(key.clone(), Arc::downgrade(&flight));
        flight
    }
}

/// The cached answers, with the database that new answers are computed from.
pub struct AnswerCache {
    db: Db,
    heads: Arc<JournalHeads>,
    cache: Cache,
}

impl AnswerCache {
    /// Makes a cache of at most `bytes`; 0 disables caching.
    #[must_use]
    pub fn new(db: Db, heads: Arc<JournalHeads>, bytes: u64) -> Self {
        Self { db, heads, cache: Cache::new(bytes) }
    }

    /// Returns how the cache is used, for the metrics.
    #[must_use]
    pub fn measure_usage(&self) -> CacheUsage {
        self.cache.measure_usage()
    }

    /// Adds the data version that this process knows now.
    fn build_cache_key(&self, key: AnswerKey) -> CacheKey {
        (key.source.choose_version(self.heads.seq(), self.heads.feed()), key)
    }

    /// Finds a cached answer. Returns `None` if it is not in memory.
    #[must_use]
    pub fn find(&self, key: &AnswerKey) -> Option<Answer> {
        self.cache.find(&self.build_cache_key(key.clone()))
    }

    /// Returns a cached answer, or computes it in one snapshot of the database and caches it. `read` gets the data
    /// version of its snapshot, and the answer is cached under that version: it is never older than what the caller
    /// wrote before. Equal requests wait for the answer. If the caller disconnects meanwhile, the work continues for
    /// them.
    ///
    /// # Errors
    /// The errors of `read`, which are not cached, or a busy or unavailable database.
    pub async fn answer(
        self: &Arc<Self>,
        key: AnswerKey,
        read: impl FnOnce(&mut Conn, i64) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let cache_key = self.build_cache_key(key);
        if let Some(answer) = self.cache.find(&cache_key) {
            return Ok(answer);
        }
        // The version in this key was known before the work began, so the answer is not older than that version.
        let mut slot = self.cache.in_flight.join_or_begin(&cache_key).lock_owned().await;
        if let Some(answer) = slot.as_ref().filter(|a| !a.is_broken()) {
            self.cache.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(answer.clone());
        }
        // An earlier flight may have finished between the two lookups.
        if let Some(answer) = self.cache.find(&cache_key) {
            return Ok(answer);
        }
        self.cache.misses.fetch_add(1, Ordering::Relaxed);
        let (answers, (_, key)) = (Arc::clone(self), cache_key);
        let work = async move {
            let answer = answers.compute_and_store(key, read).await?;
            *slot = Some(answer.clone());
            Ok(answer)
        };
        // A separate task, so that it does not end with the request.
        let work = rt::spawn(work.instrument(Span::current()));
        work.await.map_err(|e| ApiError::Internal(Box::new(e)))?
    }

    /// Computes the answer and caches it under the version of the snapshot.
    async fn compute_and_store(
        &self,
        key: AnswerKey,
        read: impl FnOnce(&mut Conn, i64) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let (source, language) = (key.source, key.language);
        let (version, answer) = self
            .db
            .read(move |c| -> ApiResult<(i64, Answer)> {
                let head = journal::load_head(c)?;
                let version = source.choose_version(head.seq, head.feed);
                Ok((version, read(c, version)?.in_language(language)))
            })
            .await?;
        // A long answer is compressed on a different thread, so that the database thread is free again.
        let answer = if answer.is_on_disk() {
            block(|| answer.prepare_for_cache())
                .await
                .map_err(|e| ApiError::Internal(Box::new(e)))?
        } else {
            answer.prepare_for_cache()
        };
        self.cache.entries.insert((version, key), answer.clone());
        Ok(answer)
    }
}
