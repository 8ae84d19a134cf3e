//! Equal questions at one time: one is computed, the others wait for its answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering},
};

use actix_web::{rt, web::block};
use tokio::sync;
use tracing::{Instrument as _, Span};

use super::{Key, Place};
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
type Flight = sync::Mutex<Option<Answer>>;

/// The questions that are under way.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<Place, Weak<Flight>>>);

impl Flights {
    /// Finds the flight of a question, or begins one. It ends with the last who holds it.
    fn join(&self, place: &Place) -> Arc<Flight> {
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
    fn place(&self, key: Key) -> Place {
        (key.source.number(self.heads.seq(), self.heads.feed()), key)
    }

    /// Finds an answer in memory.
    #[must_use]
    pub fn at_hand(&self, key: &Key) -> Option<Answer> {
        self.cache.find(&self.place(key.clone()))
    }

    /// Answers from memory, or reads in one snapshot, keeps the answer and gives it. `read` is told the data version of
    /// its snapshot, under which the answer is kept: it is never older than what the caller wrote before. While it reads,
    /// equal questions wait for its answer; whoever goes away meanwhile leaves it to them.
    ///
    /// # Errors
    /// Those of `read`, which are not kept, or that the database is busy or unavailable.
    pub async fn kept(
        &self,
        key: Key,
        read: impl FnOnce(&mut Conn, i64) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let place = self.place(key);
        if let Some(answer) = self.cache.find(&place) {
            return Ok(answer);
        }
        // The number in the place was known before the flight began: its answer is not older.
        let mut landed = self.cache.flights.join(&place).lock_owned().await;
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
            let answer = state.compute(key, read).await?;
            *landed = Some(answer.clone());
            Ok(answer)
        };
        // A task of its own: it does not end with the request.
        let work = rt::spawn(work.instrument(Span::current()));
        work.await.map_err(|e| ApiError::Internal(Box::new(e)))?
    }

    /// Reads, and keeps the answer under the version of the snapshot.
    async fn compute(
        &self,
        key: Key,
        read: impl FnOnce(&mut Conn, i64) -> ApiResult<Answer> + Send + 'static,
    ) -> ApiResult<Answer> {
        let (source, language) = (key.source, key.language);
        let (version, answer) = self
            .db
            .read(move |c| -> ApiResult<(i64, Answer)> {
                let head = journal::head(c)?;
                let version = source.number(head.seq, head.feed);
                Ok((version, read(c, version)?.in_language(language)))
            })
            .await?;
        // A long one is compressed while the database thread does something else.
        let answer = if answer.is_long() {
            block(|| answer.to_keep()).await.map_err(|e| ApiError::Internal(Box::new(e)))?
        } else {
            answer.to_keep()
        };
        self.cache.kept.insert((version, key), answer.clone());
        Ok(answer)
    }
}
