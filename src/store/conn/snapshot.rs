//! Transactions that see one snapshot and are undone: reads and previews.

use diesel::connection::{SimpleConnection as _, TransactionManager as _};

use super::{Conn, PgTransactionManager, SqliteTransactionManager};
use crate::store::{StoreError, StoreResult};

impl Conn {
    /// Runs a read in a transaction, so that all its queries see one snapshot.
    pub(in crate::store) fn run_in_snapshot<T, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_snapshot("read only")?;
        let result = f(self);
        self.rollback()?;
        result
    }
    /// Runs work in a transaction that is always undone. All its queries see one snapshot. On SQLite it takes no lock of
    /// a writer, as long as it writes to temporary tables only.
    pub(in crate::store) fn run_undone<T, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_snapshot("read write")?;
        let result = f(self);
        self.rollback()?;
        result
    }
    /// Begins a transaction whose queries see one snapshot. SQLite gives this by default, and takes the lock of a writer
    /// only at the first write.
    fn begin_snapshot(&mut self, access: &str) -> StoreResult<()> {
        match self {
            Self::Sqlite(c) => SqliteTransactionManager::begin_transaction(c)?,
            Self::Pg(c) => {
                PgTransactionManager::begin_transaction(c)?;
                c.batch_execute(&format!(
                    "set transaction isolation level repeatable read {access}"
                ))?;
            }
        }
        Ok(())
    }
}
