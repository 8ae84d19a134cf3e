//! Records for tests, saved without a caller. `tests/architecture.rs` checks that no other module names this one.

use super::{
    JournaledRecord, RecordWriter as _, StoreResult, Tx, record::Change, tx::ServiceProof,
};

/// Writes a version of a record as the service itself.
///
/// # Errors
/// Returns an error if no row has the version before, or if a constraint would be broken.
pub fn save_record<K: JournaledRecord>(
    tx: &mut Tx<'_>,
    record: &K,
    change: Change,
) -> StoreResult<()> {
    ServiceProof::write_version(tx, record, change)
}

/// Removes a record as the service itself.
///
/// # Errors
/// Returns the errors of [`RecordWriter::remove`](super::RecordWriter::remove).
pub fn remove_record<K: JournaledRecord>(
    tx: &mut Tx<'_>,
    record: &K,
    change: Change,
) -> StoreResult<()> {
    ServiceProof::new().remove(tx, record, change)
}

/// Replaces the rows of a record without a journal entry, which the transaction must notice. Returns `true` if the version
/// before was there.
///
/// # Errors
/// Returns an error if the database fails.
pub fn replace_unjournaled<K: JournaledRecord>(tx: &mut Tx<'_>, record: &K) -> StoreResult<bool> {
    record.replace(tx.conn(), record.version() - 1)
}
