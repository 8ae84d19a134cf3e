//! The columns of a release, and its record in the journal.

use diesel::prelude::*;

use super::frozen;
use crate::{
    domain::{
        figures::CountingRules,
        id::Id,
        journal::to_canonical_json,
        release::{Release, content_hash::ReleaseHasher},
        report::AuditStamp,
        value::{Prose, Slug},
    },
    store::{
        Conn, StoreError, StoreResult,
        conn::on,
        json,
        record::StoredRows,
        schema::releases,
        tx::{AuditedRecord, JournaledRecord, Record, audit_rows},
        types::{StoredTimestamp, StoredUuid},
    },
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = releases)]
pub(super) struct ReleaseRow {
    release: String,
    cycle: String,
    number: i64,
    note: Option<String>,
    published_at: StoredTimestamp,
    published_by: Option<StoredUuid>,
    published_for: Option<StoredUuid>,
    seq: i64,
    feed: i64,
    journal_hash: String,
    sha256: String,
    counts: String,
    errata: String,
    figures: String,
    figures_changed: String,
    rules: i64,
    version: i64,
}

impl TryFrom<&Release> for ReleaseRow {
    type Error = StoreError;
    fn try_from(r: &Release) -> StoreResult<Self> {
        Ok(Self {
            release: r.release.to_string(),
            cycle: r.cycle.to_string(),
            number: r.number,
            note: r.note.as_ref().map(Prose::to_string),
            published_at: StoredTimestamp(r.published_at),
            published_by: r.published.map(|d| d.by.into()),
            published_for: r.published.and_then(|d| d.acting_for).map(StoredUuid::from),
            seq: r.seq,
            feed: r.feed,
            journal_hash: r.journal_hash.clone(),
            sha256: r.sha256.clone(),
            counts: json::write(&r.counts)?,
            errata: json::write(&r.errata)?,
            figures: json::write(&r.figures)?,
            figures_changed: json::write(&r.figures_changed)?,
            rules: r.rules.number(),
            version: r.version,
        })
    }
}
impl TryFrom<ReleaseRow> for Release {
    type Error = StoreError;
    fn try_from(r: ReleaseRow) -> StoreResult<Self> {
        let at = r.published_at.0;
        let deed = |by: StoredUuid| AuditStamp {
            by: by.into(),
            acting_for: r.published_for.map(Id::from),
            at,
        };
        Ok(Self {
            release: Slug::parse(r.release)?,
            cycle: Slug::parse(r.cycle)?,
            number: r.number,
            note: r.note.map(Prose::parse).transpose()?,
            published: r.published_by.map(deed),
            published_at: at,
            seq: r.seq,
            feed: r.feed,
            journal_hash: r.journal_hash,
            sha256: r.sha256,
            counts: json::read(&r.counts)?,
            errata: json::read(&r.errata)?,
            figures: json::read(&r.figures)?,
            figures_changed: json::read(&r.figures_changed)?,
            rules: CountingRules::try_from(r.rules).map_err(StoreError::Corrupt)?,
            version: r.version,
        })
    }
}

impl Record for Release {
    const ENTITY: &'static str = "release";
    const PUBLIC: bool = true;
    fn key(&self) -> String {
        self.release.to_string()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn journal_content(&self) -> Result<String, serde_json::Error> {
        to_canonical_json(self)
    }
    fn has_content_of(&self, before: &Self) -> bool {
        Self { version: before.version, ..self.clone() } == *before
    }
}

impl StoredRows for Release {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ReleaseRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(releases::table).values(&row).execute(c))?;
        Ok(())
    }
    /// A release never changes.
    fn replace(&self, _conn: &mut Conn, _before: i64) -> StoreResult<bool> {
        Ok(false)
    }
    /// A release is never deleted.
    fn delete(&self, _conn: &mut Conn) -> StoreResult<bool> {
        Ok(false)
    }
}
impl JournaledRecord for Release {
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        load_rows(conn)?.into_iter().map(Self::try_from).collect()
    }
    /// Also recomputes the hash of the frozen content.
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>> {
        let mut found = audit_rows(load_rows(conn)?, |record| ReleaseRow::try_from(record));
        for AuditedRecord { record, sound } in &mut found {
            let mut hasher = ReleaseHasher::new(
                &record.release,
                &frozen::load_reference_text(conn, &record.release)?,
            )
            .map_err(StoreError::from_json)?;
            frozen::for_each_report(conn, &record.release, |row| -> StoreResult<()> {
                hasher.add_report(&row.record);
                Ok(())
            })?;
            *sound &= hasher.finish_hex() == record.sha256;
        }
        Ok(found)
    }
}

/// Loads the rows of all releases, ordered by cycle and number.
pub(super) fn load_rows(conn: &mut Conn) -> StoreResult<Vec<ReleaseRow>> {
    Ok(on!(conn, |c, DB| releases::table
        .order((releases::cycle, releases::number))
        .select(ReleaseRow::as_select())
        .load(c))?)
}
