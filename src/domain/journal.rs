//! The journal's canonical rows and its hash chain. Pure functions: no clock, no database.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub(crate) mod chain;

pub use crate::canonical::to_canonical_json;

/// Prefix of every hashed row. It separates this chain from every other use of SHA-256.
const DOMAIN: &[u8] = b"ascn-journal-1\0";

/// A SHA-256 digest.
pub type JournalHash = [u8; 32];

/// The previous hash of the first row.
pub const GENESIS: JournalHash = [0; 32];

/// Formats an instant with six decimals of a second, so that each instant has exactly one text.
#[must_use]
pub fn format_instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Serialises instants with six decimals of a second.
pub mod micros {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes an instant with six decimals of a second.
    ///
    /// # Errors
    /// The errors of the serialiser.
    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&super::format_instant(*at))
    }
    /// Reads an instant.
    ///
    /// # Errors
    /// The text is not an instant.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<DateTime<Utc>, D::Error> {
        DateTime::<Utc>::deserialize(d)
    }
    /// The same for an optional instant.
    pub mod opt {
        use chrono::{DateTime, Utc};
        use serde::{Deserialize, Deserializer, Serializer};

        /// Writes an instant with six decimals of a second, or null.
        ///
        /// # Errors
        /// The errors of the serialiser.
        pub fn serialize<S: Serializer>(
            at: &Option<DateTime<Utc>>,
            s: S,
        ) -> Result<S::Ok, S::Error> {
            match at {
                Some(at) => super::serialize(at, s),
                None => s.serialize_none(),
            }
        }
        /// Reads an instant or null.
        ///
        /// # Errors
        /// The text is not an instant.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            d: D,
        ) -> Result<Option<DateTime<Utc>>, D::Error> {
            Option::<DateTime<Utc>>::deserialize(d)
        }
    }
}

/// Writes bytes as lower-case hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(n.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// Parses 32 bytes of lower-case hexadecimal. Returns `None` for any other text.
#[must_use]
pub fn parse_hex(text: &str) -> Option<JournalHash> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    let mut out = GENESIS;
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(out)
}

/// Hashes a record with the reason of its change: SHA-256 of the canonical JSON `{"reason", "record"}`.
///
/// `record` must be canonical JSON text; `None` means that the record was deleted.
///
/// # Errors
/// The errors of [`to_canonical_json`].
pub fn hash_record(
    reason: Option<&str>,
    record: Option<&str>,
) -> Result<JournalHash, serde_json::Error> {
    // The keys are in order and there are no spaces, so this is canonical JSON without parsing the record again.
    let text = format!(
        r#"{{"reason":{},"record":{}}}"#,
        to_canonical_json(&reason)?,
        record.unwrap_or("null")
    );
    Ok(Sha256::digest(text.as_bytes()).into())
}

/// The parts of a journal row that the chain protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLink<'a> {
    /// The number of the row: from 1, without gaps, in commit order.
    pub seq: i64,
    /// When the change was made; never before the instant of the previous row.
    pub at: DateTime<Utc>,
    /// The user who made the change; none for the system.
    pub actor: Option<Uuid>,
    /// The user on whose behalf the change was made.
    pub acting_for: Option<Uuid>,
    /// The kind of record.
    pub entity: &'a str,
    /// The record's public key.
    pub key: &'a str,
    /// The record's version after the change.
    pub version: i64,
    /// The name of the action.
    pub action: &'a str,
    /// The hash of the record and the reason, see [`hash_record`].
    pub record_sha256: JournalHash,
    /// The number in the public change feed, from 1 without gaps; none if the change is not public.
    pub feed: Option<i64>,
}

/// The row as canonical JSON. The fields are declared in canonical order.
#[derive(Serialize)]
struct CanonicalRow<'a> {
    acting_for: Option<Uuid>,
    action: &'a str,
    actor: Option<Uuid>,
    at: String,
    entity: &'a str,
    feed: Option<i64>,
    key: &'a str,
    record_sha256: String,
    seq: i64,
    version: i64,
}

impl ChainLink<'_> {
    /// Hashes the row together with the hash of its predecessor: SHA-256("ascn-journal-1" ‖ 0 ‖ previous hash ‖
    /// canonical row).
    ///
    /// # Errors
    /// The errors of [`to_canonical_json`].
    pub fn hash_row(&self, previous: &JournalHash) -> Result<JournalHash, serde_json::Error> {
        let row = CanonicalRow {
            acting_for: self.acting_for,
            action: self.action,
            actor: self.actor,
            at: format_instant(self.at),
            entity: self.entity,
            feed: self.feed,
            key: self.key,
            record_sha256: to_hex(&self.record_sha256),
            seq: self.seq,
            version: self.version,
        };
        let mut sha = Sha256::new();
        sha.update(DOMAIN);
        sha.update(previous);
        sha.update(to_canonical_json(&row)?.as_bytes());
        Ok(sha.finalize().into())
    }
}
