//! What the last writes show about the database: whether records can be written now.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::store::{StoreError, StoreResult, tx::CommitSummary};

/// How long a commit shows that records can be written.
const COMMIT_COUNTS: Duration = Duration::from_secs(1);
/// How long a failed commit shows that records cannot be written. The write of a check is small: it can find room on a
/// full disk that the writes of callers do not find.
const FAILURE_COUNTS: Duration = Duration::from_secs(3);

/// The last commits of the writers, and the state of the checks.
#[derive(Debug, Default)]
pub(super) struct WriteHistory {
    times: Mutex<WriteTimes>,
    /// Lets one check write at a time. The others wait for its result.
    turn: tokio::sync::Mutex<()>,
    /// `true` from the moment at which a check asks the writer until the writer has answered, even if nobody waits for
    /// the answer any more.
    is_trial_waiting: Arc<AtomicBool>,
}

#[derive(Debug, Default, Clone, Copy)]
struct WriteTimes {
    /// The last commit that wrote rows, or the last trial that wrote.
    succeeded: Option<Instant>,
    /// The last commit that wrote rows of callers.
    committed: Option<Instant>,
    failed: Option<Instant>,
}

fn is_within(at: Option<Instant>, span: Duration) -> bool {
    at.is_some_and(|at| at.elapsed() < span)
}

impl WriteHistory {
    /// Waits until no different check writes.
    pub(super) async fn take_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn lock(&self) -> MutexGuard<'_, WriteTimes> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a commit with the writes in it.
    pub(super) fn note_commit(&self, writes: &[CommitSummary]) {
        if writes.iter().any(|c| c.unjournaled || !c.entities.is_empty()) {
            let now = Some(Instant::now());
            let mut times = self.lock();
            (times.committed, times.succeeded) = (now, now);
        }
    }

    /// Notes a commit or a trial that failed.
    pub(super) fn note_failure(&self) {
        self.lock().failed = Some(Instant::now());
    }

    /// Notes a trial that wrote.
    pub(super) fn note_trial(&self) {
        self.lock().succeeded = Some(Instant::now());
    }

    /// Returns `true` if rows of callers were committed within the time span.
    pub(super) fn committed_within(&self, span: Duration) -> bool {
        is_within(self.lock().committed, span)
    }

    /// Returns what recent writes show. `None` if there is no recent one.
    pub(super) fn find_recent_result(&self) -> Option<StoreResult<()>> {
        let times = *self.lock();
        if is_within(times.failed, FAILURE_COUNTS) && times.committed < times.failed {
            return Some(Err(StoreError::Unavailable("a write failed recently".into())));
        }
        is_within(times.succeeded, COMMIT_COUNTS).then_some(Ok(()))
    }

    /// Takes the ticket of a trial. `None` while the writer has not answered the trial before.
    pub(super) fn start_trial(&self) -> Option<TrialTicket> {
        let waits = self.is_trial_waiting.swap(true, Ordering::AcqRel);
        (!waits).then(|| TrialTicket(Arc::clone(&self.is_trial_waiting)))
    }
}

/// Held by the job of a trial. It is dropped with the job, whether the job ran or not.
pub(super) struct TrialTicket(Arc<AtomicBool>);

impl Drop for TrialTicket {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_commit_counts_until_a_later_one_of_a_caller_succeeds() {
        let history = WriteHistory::default();
        let wrote = CommitSummary { unjournaled: true, ..CommitSummary::default() };
        assert!(history.find_recent_result().is_none());
        // A commit without rows shows nothing.
        history.note_commit(&[CommitSummary::default()]);
        assert!(history.find_recent_result().is_none());
        history.note_commit(std::slice::from_ref(&wrote));
        assert!(matches!(history.find_recent_result(), Some(Ok(()))));
        history.note_failure();
        assert!(matches!(history.find_recent_result(), Some(Err(StoreError::Unavailable(_)))));
        history.note_commit(&[wrote]);
        assert!(matches!(history.find_recent_result(), Some(Ok(()))));
    }
}
