//! Verifications: they read everything, so one runs at a time and few may wait for it. Not here: what is verified.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    error::{ApiError, ApiResult},
    state::State,
};
use crate::store::{Conn, StoreError};

/// How many verifications may wait for the one that runs; whoever comes then is told to try again.
const WAITING_MAX: usize = 8;

/// Whose turn it is, and who waits.
#[derive(Debug)]
pub struct VerificationQueue {
    running_permit: Arc<Semaphore>,
    waiting_permits: Semaphore,
}

impl Default for VerificationQueue {
    fn default() -> Self {
        Self {
            running_permit: Arc::new(Semaphore::new(1)),
            waiting_permits: Semaphore::new(WAITING_MAX),
        }
    }
}

impl VerificationQueue {
    /// Returns how many wait for their turn.
    #[must_use]
    pub fn count_waiting(&self) -> usize {
        WAITING_MAX.saturating_sub(self.waiting_permits.available_permits())
    }

    /// Takes the turn, at once or after those who wait. Whoever goes away while waiting leaves the seat.
    async fn take_turn(&self) -> ApiResult<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.running_permit).try_acquire_owned() {
            return Ok(turn);
        }
        let _seat = self.waiting_permits.try_acquire().map_err(|_full| ApiError::Busy)?;
        let turn = Arc::clone(&self.running_permit).acquire_owned().await;
        turn.map_err(|e| ApiError::Internal(Box::new(e)))
    }
}

impl State {
    /// Runs a verification in one snapshot on a database thread, when its turn comes. The turn belongs to the work and not to
    /// the request: a caller who goes away does not make room for another while the work goes on.
    ///
    /// # Errors
    /// Those of the closure, or [`ApiError::Busy`] where too many wait.
    pub async fn run_verification<T, E>(
        &self,
        check: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> ApiResult<T>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        ApiError: From<E>,
    {
        let turn = self.verifying.take_turn().await?;
        let found = self.db.read(move |c| {
            let found = check(c);
            drop(turn);
            found
        });
        Ok(found.await?)
    }
}
