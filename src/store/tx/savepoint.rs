//! Savepoints inside a write transaction: what was undone leaves no trace, neither in rows nor in the journal.

use super::{Tx, count_changes};
use crate::store::{Conn, StoreResult};

impl Tx<'_> {
    /// Does something that may fail. If it does, nothing of it is left, no row and no entry of the journal, and the
    /// transaction goes on as if it had not been tried.
    ///
    /// # Errors
    /// Failures of the database to begin, keep or undo it, after which the whole transaction must end; what the work itself
    /// answers is inside.
    pub fn attempt<T, E>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> StoreResult<Result<T, E>> {
        self.run_in_savepoint(work, Result::is_ok)
    }

    /// Does something and undoes it, for what it answers.
    ///
    /// # Errors
    /// As of [`Tx::attempt`].
    pub fn dry_run<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> StoreResult<T> {
        self.run_in_savepoint(work, |_answer| false)
    }

    fn run_in_savepoint<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> T,
        keep: impl FnOnce(&T) -> bool,
    ) -> StoreResult<T> {
        let (noted, actor, acting_for) = (self.entries.len(), self.actor, self.acting_for);
        let (undone, before) = (self.undone, self.count_changed_rows()?);
        self.conn.begin()?;
        let answer = work(self);
        if keep(&answer) {
            self.conn.commit()?;
            return Ok(answer);
        }
        self.conn.rollback()?;
        self.entries.truncate(noted);
        (self.actor, self.acting_for) = (actor, acting_for);
        // What was undone further in is part of the difference.
        self.undone = undone + self.count_changed_rows()? - before;
        Ok(answer)
    }

    /// Counts the rows that SQLite says were changed: it goes on counting those that were changed back. PostgreSQL gives
    /// up the locks of a savepoint with it, so that there is nothing to make up for.
    fn count_changed_rows(&mut self) -> StoreResult<i64> {
        match self.conn {
            Conn::Sqlite(_) => count_changes(self.conn),
            Conn::Pg(_) => Ok(0),
        }
    }
}
