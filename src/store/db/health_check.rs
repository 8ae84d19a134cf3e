//! Checks whether the database can be read and written now.
//!
//! Reads go on while nothing can be written, for example while the disk is full. So the check of the writer writes: at
//! most once a second, and not at all if records were written within the last second.

use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use tokio::time::timeout;

use super::{Db, write_history::WriteHistory};
use crate::store::{Conn, StoreError, StoreResult, journal, tx::CommitSummary};

/// How long a check takes at most.
const CHECK_MAX: Duration = Duration::from_millis(1500);
/// How long a write may occupy the writer before the check fails.
const LONG_WRITE: Duration = Duration::from_secs(10);

impl Db {
    /// Checks that the database can be read and written. Takes at most 1.5 seconds.
    ///
    /// A long write that occupies the writer is no failure for 10 seconds: others wait for it, and are then answered.
    ///
    /// # Errors
    /// Returns an error if the database cannot be read or written, or if too many jobs wait.
    pub async fn check_health(&self) -> StoreResult<()> {
        tokio::try_join!(self.check_reader(), self.check_writer()).map(drop)
    }

    async fn check_reader(&self) -> StoreResult<()> {
        // The head of the journal always exists.
        let read = self.read(|c| journal::load_head(c).map(drop));
        let in_time = timeout(CHECK_MAX, read).await;
        in_time.unwrap_or_else(|_late| Err(StoreError::Unavailable("no reader answers".into())))
    }

    async fn check_writer(&self) -> StoreResult<()> {
        let history = &self.load.history;
        match timeout(CHECK_MAX, self.try_write_in_turn(history)).await {
            Ok(result) => result,
            Err(_late) if history.committed_within(LONG_WRITE) => Ok(()),
            Err(_late) => Err(StoreError::Unavailable("the writer does not answer".into())),
        }
    }

    async fn try_write_in_turn(&self, history: &WriteHistory) -> StoreResult<()> {
        let _turn = history.take_turn().await;
        if let Some(known) = history.find_recent_result() {
            return known;
        }
        let Some(ticket) = history.start_trial() else {
            // A second trial behind one that waits would only make the queue longer. This ends with the time limit.
            return std::future::pending().await;
        };
        let work = move |c: &mut Conn| -> StoreResult<((), CommitSummary)> {
            let _ticket = ticket;
            write_trial(c).map(|()| ((), CommitSummary::default()))
        };
        let done = self.submit_write(work).await;
        match &done {
            Ok(()) => history.note_trial(),
            Err(StoreError::Busy) => {}
            Err(_) => history.note_failure(),
        }
        done
    }
}

/// Writes and commits without changing a record.
fn write_trial(conn: &mut Conn) -> StoreResult<()> {
    conn.begin()?;
    let written = match conn {
        // SQLite writes no page whose rows stay equal, but it always writes the page of this number, which the service
        // does not use.
        Conn::Sqlite(c) => c.batch_execute("pragma user_version = 0"),
        Conn::Pg(c) => c.batch_execute("update journal_head set seq = seq where id = 1"),
    };
    match written {
        Ok(()) => conn.commit(),
        Err(e) => {
            conn.rollback()?;
            Err(e.into())
        }
    }
}

#[cfg(test)]
mod tests;
