//! Verifies the hash chain: each row is checked against the row before it. The store reads the rows.

use chrono::{DateTime, Utc};

use super::{ChainLink, GENESIS, JournalHash, hash_record};
use crate::domain::value::text_enum;

text_enum! {
    /// What is wrong with the journal, or with a table that it records.
    #[schema(as = Flaw)]
    pub(crate) JournalFlaw(flaw) {
        /// A row before this one is missing, or rows are missing at the end.
        Gap = "gap",
        /// The time of the row is before the time of the previous row.
        Time = "time",
        /// The feed number is missing, out of order, or on a row that must not have one.
        Feed = "feed",
        /// The row does not contain the hash of the previous row.
        Link = "link",
        /// The hash in the row is not the hash of the row.
        Hash = "hash",
        /// The hash of the record and the reason is not the hash in the row.
        Content = "content",
        /// The version does not follow the previous version of the same record.
        Version = "version",
        /// The service does not know this kind of record.
        Entity = "entity",
        /// The stored head of the chain does not match the last row.
        Head = "head",
        /// A head hash that was saved earlier is not part of the chain.
        Kept = "kept",
        /// The table has no readable record, although the last row has one.
        Missing = "missing",
        /// The record in the table differs from the record in the last row.
        Differs = "differs",
        /// The journal does not know the record in the table, or its version.
        Unjournaled = "unjournaled",
    }
}

/// A journal row as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct ChainRow<'a> {
    /// The parts that the chain protects.
    pub link: ChainLink<'a>,
    pub reason: Option<&'a str>,
    /// The record after the change, as canonical JSON; none if it was deleted or redacted.
    pub record: Option<&'a str>,
    /// The hash of the previous row, as stored in this row.
    pub previous_hash: JournalHash,
    /// The hash of this row, as stored.
    pub hash: JournalHash,
}

/// The result of checking one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowFinding {
    pub flaws: Vec<JournalFlaw>,
    /// Whether the record was removed from the row later. The chain allows this, because it protects only the record's
    /// hash.
    pub redacted: bool,
}

/// The state of the verification after the last checked row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChainVerifier {
    pub seq: i64,
    /// The last feed number.
    pub feed: i64,
    /// The instant of the last row; none before the first row.
    pub at: Option<DateTime<Utc>>,
    pub hash: JournalHash,
}

impl Default for ChainVerifier {
    fn default() -> Self {
        Self { seq: 0, feed: 0, at: None, hash: GENESIS }
    }
}

impl ChainVerifier {
    /// Checks the next row. `public` states if records of its kind have feed numbers; `None` if the kind is unknown.
    /// After a flaw the check continues with the values in the row, so that each flaw is reported once.
    ///
    /// # Errors
    /// The row has no canonical form.
    pub(crate) fn check_row(
        &mut self,
        row: &ChainRow<'_>,
        public: Option<bool>,
    ) -> Result<RowFinding, serde_json::Error> {
        let mut found = RowFinding::default();
        let mut check = |holds: bool, flaw: JournalFlaw| {
            if !holds {
                found.flaws.push(flaw);
            }
        };
        check(row.link.seq == self.seq + 1, JournalFlaw::Gap);
        check(self.at.is_none_or(|at| at <= row.link.at), JournalFlaw::Time);
        check(row.previous_hash == self.hash, JournalFlaw::Link);
        check(row.link.hash_row(&row.previous_hash)? == row.hash, JournalFlaw::Hash);
        check(public.is_some(), JournalFlaw::Entity);
        check(row.link.feed.is_none_or(|feed| feed == self.feed + 1), JournalFlaw::Feed);
        check(public.is_none_or(|public| public == row.link.feed.is_some()), JournalFlaw::Feed);
        let whole = hash_record(row.reason, row.record)? == row.link.record_sha256;
        found.redacted = !whole && row.record.is_none();
        check(whole || row.record.is_none(), JournalFlaw::Content);
        found.flaws.dedup();
        *self = Self {
            seq: row.link.seq,
            feed: row.link.feed.unwrap_or(self.feed),
            at: Some(row.link.at),
            hash: row.hash,
        };
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(seq: i64, feed: Option<i64>, record: &str) -> ChainLink<'static> {
        ChainLink {
            seq,
            at: DateTime::from_timestamp(1_800_000_000 + seq, 0).unwrap(),
            actor: None,
            acting_for: None,
            entity: "city",
            key: "da-nang",
            version: seq,
            action: "edit",
            record_sha256: hash_record(None, Some(record)).unwrap(),
            feed,
        }
    }

    fn row<'a>(link: ChainLink<'a>, record: &'a str, previous_hash: JournalHash) -> ChainRow<'a> {
        let hash = link.hash_row(&previous_hash).unwrap();
        ChainRow { link, reason: None, record: Some(record), previous_hash, hash }
    }

    /// Three valid rows.
    fn rows() -> Vec<ChainRow<'static>> {
        let mut previous = GENESIS;
        (1..=3)
            .map(|seq| {
                let row = row(link(seq, Some(seq), r#"{"a":1}"#), r#"{"a":1}"#, previous);
                previous = row.hash;
                row
            })
            .collect()
    }

    fn walk(rows: &[ChainRow<'_>]) -> Vec<(i64, RowFinding)> {
        let mut chain = ChainVerifier::default();
        rows.iter()
            .map(|row| (row.link.seq, chain.check_row(row, Some(true)).unwrap()))
            .filter(|(_, found)| *found != RowFinding::default())
            .collect()
    }

    fn flaws(rows: &[ChainRow<'_>]) -> Vec<(i64, Vec<JournalFlaw>)> {
        walk(rows).into_iter().map(|(seq, found)| (seq, found.flaws)).collect()
    }

    #[test]
    fn a_sound_chain_has_no_flaw() {
        assert_eq!(walk(&rows()), []);
    }

    #[test]
    fn whatever_is_edited_in_a_row_breaks_its_hash() {
        let edits: [fn(&mut ChainLink<'static>); 7] = [
            |l| l.actor = Some(uuid::Uuid::nil()),
            |l| l.acting_for = Some(uuid::Uuid::nil()),
            |l| l.entity = "country",
            |l| l.key = "hue",
            |l| l.version = 9,
            |l| l.action = "delete",
            |l| l.at += chrono::TimeDelta::microseconds(1),
        ];
        for edit in edits {
            let mut rows = rows();
            edit(&mut rows[1].link);
            assert_eq!(flaws(&rows), [(2, vec![JournalFlaw::Hash])]);
        }
    }

    #[test]
    fn an_edited_row_with_a_fresh_hash_no_longer_fits_the_next() {
        let mut rows = rows();
        rows[1].link.key = "hue";
        rows[1].hash = rows[1].link.hash_row(&rows[1].previous_hash).unwrap();
        assert_eq!(flaws(&rows), [(3, vec![JournalFlaw::Link])]);
    }

    #[test]
    fn a_row_that_was_taken_out_leaves_a_gap() {
        let mut rows = rows();
        rows.remove(1);
        assert_eq!(
            flaws(&rows),
            [(3, vec![JournalFlaw::Gap, JournalFlaw::Link, JournalFlaw::Feed])]
        );
    }

    #[test]
    fn time_never_goes_back_and_the_feed_is_dense() {
        let mut previous = GENESIS;
        let mut late = link(1, Some(1), "{}");
        late.at += chrono::TimeDelta::days(1);
        let mut rows = Vec::new();
        for link in [late, link(2, None, "{}"), link(3, Some(3), "{}")] {
            let row = row(link, "{}", previous);
            previous = row.hash;
            rows.push(row);
        }
        assert_eq!(
            flaws(&rows),
            [(2, vec![JournalFlaw::Time, JournalFlaw::Feed]), (3, vec![JournalFlaw::Feed])]
        );
    }

    #[test]
    fn a_record_can_be_redacted_but_not_rewritten() {
        let mut rows = rows();
        rows[1].record = None;
        assert_eq!(walk(&rows), [(2, RowFinding { flaws: Vec::new(), redacted: true })]);
        rows[1].record = Some(r#"{"a":2}"#);
        assert_eq!(flaws(&rows), [(2, vec![JournalFlaw::Content])]);
        rows[1].record = Some(r#"{"a":1}"#);
        rows[1].reason = Some("because");
        assert_eq!(flaws(&rows), [(2, vec![JournalFlaw::Content])]);
    }

    #[test]
    fn a_kind_that_nobody_knows_is_a_flaw() {
        let mut chain = ChainVerifier::default();
        assert_eq!(chain.check_row(&rows()[0], None).unwrap().flaws, [JournalFlaw::Entity]);
    }
}
