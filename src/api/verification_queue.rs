//! The queue of verifications. A verification reads all rows of what it verifies, so only one runs at a time and few
//! may wait. What is verified is up to the callers of this module.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{ApiError, ApiResult};
use crate::store::{Conn, Db, StoreError};

/// How many verifications may wait for the one that runs. The next one is answered with 503.
const WAITING_MAX: usize = 8;

/// Lets one verification run, and limits the number of those that wait.
pub struct VerificationQueue {
    db: Db,
    running_permit: Arc<Semaphore>,
    waiting_permits: Semaphore,
}

impl VerificationQueue {
    /// Makes an empty queue in front of a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            running_permit: Arc::new(Semaphore::new(1)),
            waiting_permits: Semaphore::new(WAITING_MAX),
        }
    }

    /// Returns the number of verifications that wait.
    #[must_use]
    pub fn count_waiting(&self) -> usize {
        WAITING_MAX.saturating_sub(self.waiting_permits.available_permits())
    }

    /// Takes the turn, immediately or after those that wait. A caller that disconnects leaves the queue.
    async fn take_turn(&self) -> ApiResult<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.running_permit).try_acquire_owned() {
            return Ok(turn);
        }
        let _seat = self.waiting_permits.try_acquire().map_err(|_full| ApiError::Busy)?;
        let turn = Arc::clone(&self.running_permit).acquire_owned().await;
        turn.map_err(|e| ApiError::Internal(Box::new(e)))
    }

    /// Runs a verification in one snapshot, on a database thread, when it is its turn. The work holds the turn, not the
    /// request: if the caller disconnects, the next verification still waits until the work has ended.
    ///
    /// # Errors
    /// The errors of `check`, or [`ApiError::Busy`] if too many verifications wait.
    pub async fn run_verification<T, E>(
        &self,
        check: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> ApiResult<T>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        ApiError: From<E>,
    {
        let turn = self.take_turn().await?;
        let found = self.db.read(move |c| {
            let found = check(c);
            drop(turn);
            found
        });
        Ok(found.await?)
    }
}
