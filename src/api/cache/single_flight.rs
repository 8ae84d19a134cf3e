//! Equal questions at one time: one is computed, the others wait for its answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering},
};

use actix_web::{rt, web::block};
use tokio::sync;
use tracing::{Instrument as _, Span};

use super::{AnswerKey, CacheKey};
use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
        state::State,
    },
    store::{Conn, journal},
};

/// A question under way. Whoever holds the lock computes; the answer is there for those who waited. After an error it is not,
/// and the next of them computes.
type InFlightAnswer = sync::Mutex<Option<Answer>>;

/// The questions that are under way.
#[derive(Debug, Default)]
pub(super) struct InFlightAnswers(Mutex<HashMap<CacheKey, Weak<InFlightAnswer>>>);

impl InFlightAnswers {
    /// Finds the flight of a question, or begins one. It ends with the last who holds it.
    fn join_or_begin(&self, place: &CacheKey) -> Arc<InFlightAnswer> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = all.get(place).and_then(Weak::upgrade) {
            return flight;
        }
        all.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        all.insert(place.clone(), Arc::downgrade(&flight));
        flight
    }
}

impl State {
    /// Returns what the answer to a question is looked for under: the data version that is known here now.
    fn build_cache_key(&self, key: AnswerKey) -> CacheKey {
        (key.source.choose_version(self.heads.seq(), self.heads.feed()), key)
    }

    /// Finds an answer in memory.
    #[must_use]
    pub fn find_cached(&self, key: &AnswerKey) -> Option<Answer> {
        self.cache.find(&self.build_cache_key(key.clone()))
    }

    /// Answers from memory, or reads in one snapshot, keeps the answer and gives it. `read` is told the data version of
    /// its snapshot, under which the answer is kept: it is never older than what the caller wrote before. While it reads,
    /// equal questions wait for its answer; whoever goes away meanwhile leaves it to them.
    ///
    /// # Errors
    /// Those of `read`, which are not kept, or that the database is busy or unavailable.
    pub async fn answer_cached(
        &self,
        key: AnswerKey,
        read: impl FnOnce(&mut Conn, i64) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let place = self.build_cache_key(key);
        if let Some(answer) = self.cache.find(&place) {
            return Ok(answer);
        }
        // The number in the place was known before the flight began: its answer is not older.
        let mut landed = self.cache.in_flight.join_or_begin(&place).lock_owned().await;
        if let Some(answer) = landed.as_ref().filter(|a| !a.is_broken()) {
            self.cache.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(answer.clone());
        }
        // The flight that was missed may have landed meanwhile.
        if let Some(answer) = self.cache.find(&place) {
            return Ok(answer);
        }
        self.cache.misses.fetch_add(1, Ordering::Relaxed);
        let (state, (_, key)) = (self.clone(), place);
        let work = async move {
            let answer = state.compute_and_store(key, read).await?;
            *landed = Some(answer.clone());
            Ok(answer)
        };
        // A task of its own: it does not end with the request.
        let work = rt::spawn(work.instrument(Span::current()));
        work.await.map_err(|e| ApiError::Internal(Box::new(e)))?
    }

    /// Reads, and keeps the answer under the version of the snapshot.
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
        // A long one is compressed while the database thread does something else.
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
