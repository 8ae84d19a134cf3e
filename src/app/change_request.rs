//! A request to change one record.

use super::Precondition;
use crate::store::Caller;

/// A request to change one record, without the new values. `K` is the key of the record.
#[derive(Debug, Clone)]
pub(crate) struct ChangeRequest<K> {
    pub(crate) caller: Caller,
    pub(crate) key: K,
    /// The version of the record that the caller read.
    pub(crate) precondition: Precondition,
}
