//! JSON in text columns. It is stored and returned, never queried.

use serde::{Serialize, de::DeserializeOwned};

use super::{StoreError, StoreResult};
use crate::domain::journal::to_canonical_json;

/// Writes a value as canonical JSON text.
pub(crate) fn write<T: Serialize>(value: &T) -> StoreResult<String> {
    to_canonical_json(value).map_err(StoreError::from_json)
}

pub(crate) fn write_optional<T: Serialize>(value: Option<&T>) -> StoreResult<Option<String>> {
    value.map(write).transpose()
}

/// Reads a value from JSON text that this service wrote.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(StoreError::from_json)
}

pub(crate) fn read_optional<T: DeserializeOwned>(text: Option<&String>) -> StoreResult<Option<T>> {
    text.map(|t| read(t)).transpose()
}
