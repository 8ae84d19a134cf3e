//! Savepoints inside a write transaction. An undone savepoint leaves no rows and no journal entries.

use super::{Tx, count_changes};
use crate::store::{Conn, StoreResult};

impl Tx<'_> {
    /// Runs work that may fail. If it fails, its rows and its journal entries are undone, and the transaction goes
    /// on.
    ///
    /// # Errors
    /// Returns an error if the database fails. The whole transaction must then end. The result of the work itself is
    /// the inner one.
    pub fn attempt<T, E>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> StoreResult<Result<T, E>> {
        self.run_in_savepoint(work, Result::is_ok)
    }

    /// Runs work and undoes it, for its result.
    ///
    /// # Errors
    /// Returns the errors of [`Tx::attempt`].
    pub fn dry_run<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> StoreResult<T> {
        self.run_in_savepoint(work, |_answer| false)
    }

    fn run_in_savepoint<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> T,
        keep: impl FnOnce(&T) -> bool,
    ) -> StoreResult<T> {
        let noted = self.entries.len();
        let (undone, before) = (self.undone, self.count_changed_rows()?);
        self.conn.begin()?;
        let answer = work(self);
        if keep(&answer) {
            self.conn.commit()?;
            return Ok(answer);
        }
        self.conn.rollback()?;
        self.entries.truncate(noted);
        // Changes that inner savepoints undid are part of the difference.
        self.undone = undone + self.count_changed_rows()? - before;
        Ok(answer)
    }

    /// Returns the number of rows that SQLite counts as changed. It still counts rows whose change was rolled back.
    /// PostgreSQL releases the locks of a savepoint on rollback, so nothing has to be corrected there.
    fn count_changed_rows(&mut self) -> StoreResult<i64> {
        match self.conn {
            Conn::Sqlite(_) => count_changes(self.conn),
            Conn::Pg(_) => Ok(0),
        }
    }
}
