//! The shapes of the journal.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    api::{
        error::{ApiError, ApiResult, RequestFault},
        page::list_type,
        views::PersonView,
    },
    domain::journal::{chain::Flaw, to_hex},
    store::{
        StoreError, StoreResult,
        journal::{ChainHead, JournalRow, search::JournalFilter},
        verify::{self, JournalCheck},
    },
};

/// Which entries of the journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JournalParams {
    /// Kinds of record; several mean any of them.
    #[param(example = json!(["project"]))]
    pub entity: Vec<String>,
    /// Keys of records; several mean any of them.
    #[param(example = json!(["da-nang-4"]))]
    pub key: Vec<String>,
    /// Identifiers of the users who did it; several mean any of them.
    pub actor: Vec<String>,
    /// The first instant, RFC 3339.
    #[param(example = "2026-07-01T00:00:00Z")]
    pub at_gte: Option<String>,
    /// The last instant, RFC 3339.
    #[param(example = "2026-12-31T23:59:59Z")]
    pub at_lte: Option<String>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

impl JournalParams {
    /// Reads the filter.
    ///
    /// # Errors
    /// An unknown kind of record, or text that is no identifier or instant: 400.
    pub(super) fn parse_filter(&self) -> ApiResult<JournalFilter> {
        if let Some(unknown) = self.entity.iter().find(|e| !verify::ENTITIES.contains(&e.as_str()))
        {
            let mut fault =
                RequestFault::at_parameter("entity", "unknown", format!("no such kind: {unknown}"));
            fault.allowed = verify::ENTITIES.iter().map(|e| (*e).to_owned()).collect();
            return Err(ApiError::malformed(fault));
        }
        Ok(JournalFilter {
            entities: self.entity.clone(),
            keys: self.key.clone(),
            actors: self.actor.iter().map(|a| parse_user(a)).collect::<ApiResult<_>>()?,
            from: parse_instant("at_gte", self.at_gte.as_deref())?,
            until: parse_instant("at_lte", self.at_lte.as_deref())?,
        })
    }
}

fn parse_user(text: &str) -> ApiResult<Uuid> {
    Uuid::parse_str(text).map_err(|_e| {
        ApiError::malformed(RequestFault::at_parameter(
            "actor",
            "type",
            "a user's identifier is expected",
        ))
    })
}

fn parse_instant(name: &str, text: Option<&str>) -> ApiResult<Option<DateTime<Utc>>> {
    text.map(|text| {
        DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_e| {
            let detail = "an RFC 3339 instant such as 2026-07-01T00:00:00Z is expected";
            ApiError::malformed(RequestFault::at_parameter(name, "type", detail))
        })
    })
    .transpose()
}

/// An entry of the journal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalEntryView {
    /// Its number: gapless, in the order of the commits, from 1.
    #[schema(example = 1312)]
    pub seq: i64,
    /// When. Never before the entry before it.
    pub at: DateTime<Utc>,
    /// Who; null for the service itself.
    #[schema(required)]
    pub actor: Option<PersonView>,
    /// On whose behalf.
    #[schema(required)]
    pub acting_for: Option<PersonView>,
    /// The kind of record.
    #[schema(example = "project")]
    pub entity: String,
    /// The record's key.
    #[schema(example = "da-nang-4")]
    pub key: String,
    /// The record's version after the change.
    pub version: i64,
    /// What was done.
    #[schema(example = "edit")]
    pub action: String,
    /// Why, where a reason was given and the caller may read it.
    #[schema(required)]
    pub reason: Option<String>,
    /// The record after the change; null when it was deleted or the caller may not read it.
    #[schema(required, value_type = Option<Object>)]
    pub record: Option<Value>,
    /// SHA-256 of the canonical `{"reason","record"}`; null where the caller may not read those.
    #[schema(required)]
    pub record_sha256: Option<String>,
    /// The number among the changes that strangers may know of.
    #[schema(required)]
    pub feed: Option<i64>,
    /// The hash of the entry before it.
    pub previous_hash: String,
    /// Its hash.
    pub hash: String,
}
list_type!(
    /// Entries of the journal, newest first.
    JournalList of JournalEntryView
);

impl JournalEntryView {
    /// Makes the view, with or without the contents.
    ///
    /// # Errors
    /// A record that is no JSON.
    pub(super) fn new(
        row: JournalRow,
        people: &HashMap<Uuid, PersonView>,
        contents: bool,
    ) -> StoreResult<Self> {
        let person = |id: Option<Uuid>| id.and_then(|id| people.get(&id)).cloned();
        let record = match row.record.filter(|_| contents) {
            Some(text) => Some(serde_json::from_str(&text).map_err(StoreError::from_json)?),
            None => None,
        };
        Ok(Self {
            seq: row.seq,
            at: row.at.0,
            actor: person(row.actor.map(|id| id.0)),
            acting_for: person(row.acting_for.map(|id| id.0)),
            entity: row.entity,
            key: row.key,
            version: row.version,
            action: row.action,
            reason: row.reason.filter(|_| contents),
            record,
            record_sha256: contents.then(|| to_hex(&row.record_sha256)),
            feed: row.feed,
            previous_hash: to_hex(&row.previous_hash),
            hash: to_hex(&row.hash),
        })
    }
}

/// The last entry of the journal in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalHead {
    /// Its number; 0 before the first.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The last number of the feed; 0 before the first.
    #[schema(example = 611)]
    pub feed: i64,
    /// Its instant; null before the first.
    #[schema(required)]
    pub at: Option<DateTime<Utc>>,
    /// Its hash; zeros before the first.
    #[schema(example = "0000000000000000000000000000000000000000000000000000000000000000")]
    pub hash: String,
}
impl From<ChainHead> for JournalHead {
    fn from(head: ChainHead) -> Self {
        Self {
            seq: head.seq,
            feed: head.feed,
            at: (head.seq > 0).then_some(head.at),
            hash: to_hex(&head.hash),
        }
    }
}

/// A head that somebody kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VerifyParams {
    /// The number of a row that was once the last; together with its hash.
    #[param(minimum = 0, example = 0)]
    pub seq: Option<i64>,
    /// Its hash, 64 hexadecimal digits.
    #[param(example = "0000000000000000000000000000000000000000000000000000000000000000")]
    pub hash: Option<String>,
}

/// Something that is wrong with the journal or beside it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalFault {
    /// The entry at which it shows; one past the last for an entry that should be there.
    pub seq: i64,
    /// The kind of record, where one is concerned.
    #[schema(required)]
    pub entity: Option<String>,
    /// The record's key.
    #[schema(required)]
    pub key: Option<String>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What a verification of the journal found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalVerification {
    /// Whether nothing is wrong: the chain holds, every record is as its last entry says, and the head that was asked about
    /// is part of the chain.
    pub valid: bool,
    /// The hash of the last entry.
    pub head: String,
    /// The number of the last entry.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The first entry at which anything is wrong.
    #[schema(required)]
    pub first_broken: Option<i64>,
    /// Whether the head that was asked about is part of the chain; null when none was.
    #[schema(required)]
    pub kept: Option<bool>,
    /// How many records were held against their last entry.
    #[schema(example = 1107)]
    pub records: usize,
    /// The first hundred faults, in the order of the entries.
    pub faults: Vec<JournalFault>,
    /// How many faults there are.
    pub faults_total: usize,
    /// The first hundred entries whose record was taken out. The chain holds all the same: it covers a hash of the record.
    pub redacted: Vec<i64>,
    /// How many entries' records were taken out.
    pub redacted_total: usize,
}
impl From<JournalCheck> for JournalVerification {
    fn from(v: JournalCheck) -> Self {
        let fault = |f: verify::JournalCheckFault| JournalFault {
            seq: f.seq,
            entity: f.entity,
            key: f.key,
            flaw: f.flaw,
        };
        Self {
            valid: v.faults_total == 0,
            head: to_hex(&v.end.hash),
            seq: v.end.seq,
            first_broken: v.first_broken,
            kept: v.kept,
            records: v.records,
            faults: v.faults.into_iter().map(fault).collect(),
            faults_total: v.faults_total,
            redacted: v.redacted,
            redacted_total: v.redacted_total,
        }
    }
}
