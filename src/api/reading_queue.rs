//! The queue of uploaded files. Reading a file takes much memory for a short time, so only two are read at a time.

use std::sync::Arc;

use actix_web::{error::BlockingError, web};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{ApiError, ApiResult};

/// The number of files that are read at a time.
const READINGS_MAX: usize = 2;
/// How many files may wait. Each of them is held in memory. The next one is answered with 503.
const WAITING_MAX: usize = 8;

/// Lets two files be read at a time, and limits the number of those that wait.
pub struct ReadingQueue {
    running_permits: Arc<Semaphore>,
    waiting_permits: Semaphore,
}

impl Default for ReadingQueue {
    fn default() -> Self {
        Self {
            running_permits: Arc::new(Semaphore::new(READINGS_MAX)),
            waiting_permits: Semaphore::new(WAITING_MAX),
        }
    }
}

impl ReadingQueue {
    /// Takes a turn, immediately or after those that wait. A caller that disconnects leaves the queue.
    async fn take_turn(&self) -> ApiResult<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.running_permits).try_acquire_owned() {
            return Ok(turn);
        }
        let _seat = self.waiting_permits.try_acquire().map_err(|_full| ApiError::Busy)?;
        let turn = Arc::clone(&self.running_permits).acquire_owned().await;
        turn.map_err(|e| ApiError::Internal(Box::new(e)))
    }

    /// Reads a file on the pool for blocking work, when it is its turn. The work holds the turn, not the request: if the
    /// caller disconnects, the next file still waits until this one is read.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if too many files wait. The inner error if the reader panicked.
    pub(super) async fn read_file<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> ApiResult<Result<T, BlockingError>> {
        let turn = self.take_turn().await?;
        let work = move || {
            let file = read();
            drop(turn);
            file
        };
        Ok(web::block(work).await)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[actix_web::test]
    async fn third_file_waits_until_one_of_two_is_read() {
        let queue = ReadingQueue::default();
        let (first, second) = (queue.take_turn().await.unwrap(), queue.take_turn().await.unwrap());
        let (sender, receiver) = mpsc::channel();
        let third = queue.read_file(move || sender.send("third").unwrap());
        let release = async {
            assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Empty));
            drop(first);
        };
        let (read, ()) = futures_util::future::join(third, release).await;
        read.unwrap().unwrap();
        assert_eq!(receiver.try_recv(), Ok("third"));
        drop(second);
    }

    #[actix_web::test]
    async fn file_behind_a_full_queue_is_refused() {
        let queue = ReadingQueue::default();
        let _running = (queue.take_turn().await.unwrap(), queue.take_turn().await.unwrap());
        let _waiting = queue.waiting_permits.acquire_many(8).await.unwrap();
        assert!(matches!(queue.take_turn().await, Err(ApiError::Busy)));
    }
}
