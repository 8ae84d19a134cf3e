//! Request and response shapes of the journal.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    api::{
        closed_list::define_closed_list,
        error::{ApiError, ApiResult},
        filter_values::check_values,
        message::parameter,
        page::list_type,
        views::PersonView,
    },
    domain::{
        fault::ValueFault,
        id::Id,
        journal::{chain::JournalFlaw, to_hex},
        message::thing,
        user::User,
    },
    store::{
        Conn, StoreError, StoreResult,
        journal::{ChainHead, JournalRow, search::JournalFilter},
        keys,
        users::{self, PersonNames},
        verify::{self, JournalCheck},
    },
};

define_closed_list!(
    /// The kinds of records in the journal.
    RecordKinds: verify::ENTITIES.iter().copied()
);

/// The parameters of the list of journal entries.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JournalParams {
    /// Only entries on records of these kinds.
    #[param(value_type = Vec<RecordKinds>, inline, example = json!(["project"]))]
    pub entity: Vec<String>,
    /// Only entries on records with one of these keys.
    #[param(example = json!(["da-nang-4"]))]
    pub key: Vec<String>,
    /// Only changes by these users, by identifier.
    #[param(value_type = Vec<Uuid>)]
    pub actor: Vec<String>,
    /// Only changes at this time or later, in RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-07-01T00:00:00Z")]
    pub at_gte: Option<String>,
    /// Only changes at this time or earlier, in RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-12-31T23:59:59Z")]
    pub at_lte: Option<String>,
    /// The cursor of the page to return: `next` of the previous page. Without it the first page is returned.
    pub cursor: Option<String>,
    /// The maximum number of items on the page, 1 to 1000. Default: 50.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

impl JournalParams {
    /// Parses the filter.
    ///
    /// # Errors
    /// 400 for an unknown kind of record, an invalid identifier or an invalid time.
    pub(super) fn parse_filter(&self) -> ApiResult<JournalFilter> {
        check_values("entity", thing::record_kind(), &self.entity, verify::ENTITIES)?;
        Ok(JournalFilter {
            entities: self.entity.clone(),
            keys: self.key.clone(),
            actors: self.actor.iter().map(|a| parse_user(a)).collect::<ApiResult<_>>()?,
            from: parse_instant("at_gte", self.at_gte.as_deref())?,
            until: parse_instant("at_lte", self.at_lte.as_deref())?,
        })
    }
}

/// Refuses keys and users that the journal has no entry about.
///
/// # Errors
/// 400 for the first unknown key or user. Failures of the database.
pub(super) fn check_keys_in_journal(conn: &mut Conn, filter: &JournalFilter) -> ApiResult<()> {
    let (entities, keys) = (&filter.entities, &filter.keys);
    if let Some(unknown) = keys::find_unknown_in_journal(conn, entities, keys)? {
        let similar = keys::list_similar_in_journal(conn, entities, unknown)?;
        let fault = ValueFault::unknown(thing::record(), similar).with_nearest(unknown);
        return Err(ApiError::invalid_parameter("key", fault));
    }
    let names = users::load_names(conn, filter.actors.iter().copied().map(Id::new))?;
    if filter.actors.iter().any(|actor| names.name_of(Id::new(*actor)).is_none()) {
        let fault = ValueFault::unknown(thing::user(), std::iter::empty::<String>());
        return Err(ApiError::invalid_parameter("actor", fault));
    }
    Ok(())
}

fn parse_user(text: &str) -> ApiResult<Uuid> {
    Uuid::parse_str(text).map_err(|_e| {
        ApiError::invalid_parameter("actor", ValueFault::new("type", parameter::user_id()))
    })
}

fn parse_instant(name: &str, text: Option<&str>) -> ApiResult<Option<DateTime<Utc>>> {
    text.map(|text| {
        DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_e| {
            ApiError::invalid_parameter(name, ValueFault::new("type", parameter::instant()))
        })
    })
    .transpose()
}

/// An entry of the journal: one change of one record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalEntryView {
    /// The number of the entry, from 1 without gaps, in the order of the commits.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The time of the change. It is never before the time of the previous entry.
    pub at: DateTime<Utc>,
    /// The user who made the change. Null if the service itself made it.
    #[schema(required)]
    pub actor: Option<PersonView>,
    /// The user on whose behalf `actor` made the change. Null if there is none.
    #[schema(required)]
    pub acting_for: Option<PersonView>,
    /// The kind of the record.
    #[schema(example = "project")]
    pub entity: String,
    /// The key of the record.
    #[schema(example = "da-nang-4")]
    pub key: String,
    /// The version of the record after the change.
    pub version: i64,
    /// The action, in one word.
    #[schema(example = "edit")]
    pub action: String,
    /// The reason for the change. Null if none was given or if the caller may not read it.
    #[schema(required)]
    pub reason: Option<String>,
    /// The record after the change. Null if the record was deleted or if the caller may not read it.
    #[schema(required, value_type = Option<Object>)]
    pub record: Option<Value>,
    /// The SHA-256 of the canonical JSON (RFC 8785) of `{"reason","record"}`, in lower-case hexadecimal digits. Null if
    /// the caller may not read reason and record.
    #[schema(required)]
    pub record_sha256: Option<String>,
    /// The number of the change in the feed of changes (`GET /changes`). Null if the change is not public.
    #[schema(required)]
    pub feed: Option<i64>,
    /// The hash of the previous entry, in lower-case hexadecimal digits.
    pub previous_hash: String,
    /// The hash of this entry, in lower-case hexadecimal digits.
    pub hash: String,
}
list_type!(
    /// A page of journal entries, newest first.
    JournalList of JournalEntryView
);

impl JournalEntryView {
    /// Builds the view of an entry, with reason and record if `contents` is true.
    ///
    /// # Errors
    /// A stored record that is not JSON.
    pub(super) fn new(row: JournalRow, names: &PersonNames, contents: bool) -> StoreResult<Self> {
        let person = |id: Option<Id<User>>| PersonView::from_names(names, id?);
        let record = match row.record.filter(|_| contents) {
            Some(text) => Some(serde_json::from_str(&text).map_err(StoreError::from_json)?),
            None => None,
        };
        Ok(Self {
            seq: row.seq,
            at: row.at.0,
            actor: person(row.actor.map(Id::from)),
            acting_for: person(row.acting_for.map(Id::from)),
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
    /// The number of the last entry; 0 if the journal is empty.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The last number of the feed of changes; 0 if there is none.
    #[schema(example = 611)]
    pub feed: i64,
    /// The time of the last entry. Null if the journal is empty.
    #[schema(required)]
    pub at: Option<DateTime<Utc>>,
    /// The hash of the last entry, 64 lower-case hexadecimal digits; zeros if the journal is empty.
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

/// The parameters of a verification: an earlier head of the journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VerifyParams {
    /// The number (`seq`) of an entry that was the head at some time. It needs `hash`.
    #[param(minimum = 0, example = 0)]
    pub seq: Option<i64>,
    /// The hash of that entry, 64 lower-case hexadecimal digits. It needs `seq`.
    #[param(example = "0000000000000000000000000000000000000000000000000000000000000000")]
    pub hash: Option<String>,
}

/// A fault that the verification found in the journal or in the records.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalFault {
    /// The number of the entry at which the fault shows. If an entry is missing at the end, the number after the last
    /// entry.
    pub seq: i64,
    /// The kind of the record that the fault concerns. Null if it concerns none.
    #[schema(required)]
    pub entity: Option<String>,
    /// The key of that record. Null if the fault concerns none.
    #[schema(required)]
    pub key: Option<String>,
    /// The kind of the fault.
    pub flaw: JournalFlaw,
}

/// The result of the verification of the journal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JournalVerification {
    /// Whether there is no fault: the chain is intact, every record equals its last entry, and the given head is part
    /// of the chain.
    pub valid: bool,
    /// The hash of the last entry.
    pub head: String,
    /// The number of the last entry.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The number of the first entry with a fault. Null if there is none.
    #[schema(required)]
    pub first_broken: Option<i64>,
    /// Whether the given head is part of the chain. Null if no head was given.
    #[schema(required)]
    pub kept: Option<bool>,
    /// The number of records that were compared with their last entry.
    #[schema(example = 1107)]
    pub records: usize,
    /// The first 100 faults, in the order of the entries.
    pub faults: Vec<JournalFault>,
    /// The number of all faults.
    pub faults_total: usize,
    /// The numbers of the first 100 entries whose record was redacted. Redaction does not break the chain, because the
    /// chain covers a hash of the record.
    pub redacted: Vec<i64>,
    /// The number of all entries whose record was redacted.
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
