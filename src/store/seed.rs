//! Writes the reference data of this version of the service to the database. This can be repeated.

use std::collections::HashMap;

use super::{
    JournaledRecord, StoreResult, Tx, journal,
    tx::{Change, RecordWriter as _, ServiceProof},
};
use crate::domain::{
    plan::ActionPlan,
    reference::{City, Country, Partner, PlanCycle, ReferenceDocument},
    seed::{ReferenceSeed, SeedError, parse},
};

/// The reference data that is compiled into the program.
const FILE: &str = include_str!("../data/reference.json");
/// The journal action of records that come from the file.
const ACTION: &str = "seed";

/// Parses the embedded file.
///
/// # Errors
/// Returns an error if an entry is invalid. Tests check that there is none.
pub fn parse_embedded_seed() -> Result<ReferenceSeed, SeedError> {
    parse(FILE)
}

/// The numbers of records in one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeedSummary {
    /// Added records.
    pub created: usize,
    /// Updated records: the file changed, and nobody had edited the record since it came from the file.
    pub changed: usize,
    /// Records that stayed as they are.
    pub unchanged: usize,
}

/// A record that can come from the file.
trait SeededRecord: JournaledRecord {
    /// Returns the record with a different version.
    fn with_version(self, version: i64) -> Self;
}
macro_rules! impl_seeded_record {
    ($($record:ty),+) => {
        $(impl SeededRecord for $record {
            fn with_version(self, version: i64) -> Self {
                Self { version, ..self }
            }
        })+
    };
}
impl_seeded_record!(Country, City, ReferenceDocument, PlanCycle, Partner, ActionPlan);

/// Adds missing records, and updates records that differ from the file unless somebody edited them. A correction
/// through the API stays.
///
/// # Errors
/// Returns an error if the database fails.
pub fn apply_seed(tx: &mut Tx<'_>, seed: ReferenceSeed) -> StoreResult<SeedSummary> {
    let mut counts = SeedSummary::default();
    // In the order of their references.
    save_records(tx, seed.countries, &mut counts)?;
    save_records(tx, seed.documents, &mut counts)?;
    save_records(tx, seed.plan_cycles, &mut counts)?;
    save_records(tx, seed.cities, &mut counts)?;
    save_records(tx, seed.partners, &mut counts)?;
    save_records(tx, seed.action_plans, &mut counts)?;
    Ok(counts)
}

fn save_records<K: SeededRecord>(
    tx: &mut Tx<'_>,
    wanted: Vec<K>,
    counts: &mut SeedSummary,
) -> StoreResult<()> {
    let there: HashMap<String, K> =
        K::load_all(tx.conn())?.into_iter().map(|record| (record.key(), record)).collect();
    for record in wanted {
        let Some(old) = there.get(&record.key()) else {
            ServiceProof::new().save(tx, &record, Change::without_reason(ACTION))?;
            counts.created += 1;
            continue;
        };
        let record = record.with_version(old.version());
        if to_journal_text(&record)? == to_journal_text(old)? || !is_from_seed(tx, old)? {
            counts.unchanged += 1;
            continue;
        }
        let next = record.with_version(old.version() + 1);
        ServiceProof::new().replace(tx, old, next, Change::without_reason(ACTION))?;
        counts.changed += 1;
    }
    Ok(())
}

/// Returns the journal text of a record. Two records are equal if their journal texts are.
fn to_journal_text<K: JournaledRecord>(record: &K) -> StoreResult<String> {
    record.journal_content().map_err(super::StoreError::from_json)
}

fn is_from_seed<K: JournaledRecord>(tx: &mut Tx<'_>, record: &K) -> StoreResult<bool> {
    let last = journal::find_last(tx.conn(), K::ENTITY, &record.key())?;
    Ok(last.is_some_and(|row| row.action == ACTION))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{reference::Vocabulary, value::Slug};

    #[test]
    fn the_embedded_file_is_as_expected() {
        let seed = parse_embedded_seed().unwrap();
        assert_eq!(seed.countries.len(), 11);
        assert_eq!(seed.cities.len(), 38);
        assert_eq!(seed.cities.iter().filter(|c| c.pilot).count(), 26);
        assert_eq!(seed.partners.len(), 51);
        assert_eq!(seed.plan_cycles.len(), 2);
        assert_eq!(seed.action_plans.len(), 26);
        let kinds: Vec<&str> = seed.documents.iter().map(|d| d.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "framework/ascf-2018",
                "sectors",
                "national_schemes",
                "chairs",
                "shepherds",
                "annual_meetings",
                "partner_types",
                "sources"
            ]
        );
    }

    #[test]
    fn every_key_is_there_once() {
        fn unique<K: JournaledRecord>(records: &[K]) {
            let keys: BTreeSet<String> = records.iter().map(K::key).collect();
            assert_eq!(keys.len(), records.len(), "{}", K::ENTITY);
        }
        let seed = parse_embedded_seed().unwrap();
        unique(&seed.countries);
        unique(&seed.cities);
        unique(&seed.documents);
        unique(&seed.plan_cycles);
        unique(&seed.partners);
        unique(&seed.action_plans);
    }

    #[test]
    fn every_word_of_the_framework_is_a_slug_with_a_parent() {
        let seed = parse_embedded_seed().unwrap();
        let words = Vocabulary::from_documents(&seed.documents);
        let lists = [
            (&words.focus_areas, 6),
            (&words.sub_areas, 19),
            (&words.outcomes, 3),
            (&words.enablers, 2),
            (&words.sectors, 8),
            (&words.tags, 3),
        ];
        for (list, n) in lists {
            assert_eq!(list.len(), n);
            for term in list {
                Slug::parse(&term.slug).unwrap();
                assert!(term.names.contains_key("en"), "{}", term.slug);
            }
        }
        for sub in &words.sub_areas {
            let parent = sub.parent.as_deref().unwrap();
            assert!(words.focus_areas.iter().any(|f| f.slug == parent), "{}", sub.slug);
        }
        for tag in &words.tags {
            let country = tag.parent.as_deref().unwrap();
            assert!(seed.countries.iter().any(|c| c.code.as_str() == country), "{}", tag.slug);
        }
        assert_eq!(words.partner_types.len(), 8);
    }

    #[test]
    fn what_refers_to_something_finds_it() {
        let seed = parse_embedded_seed().unwrap();
        for plan in &seed.action_plans {
            assert!(seed.plan_cycles.iter().any(|c| c.slug == plan.plan_cycle));
        }
        for cycle in &seed.plan_cycles {
            let kind = format!("framework/{}", cycle.framework);
            assert!(seed.documents.iter().any(|d| d.kind == kind));
        }
        for city in &seed.cities {
            assert!(seed.countries.iter().any(|c| c.code == city.country));
        }
    }

    #[test]
    fn a_wrong_entry_is_named() {
        let text = FILE.replacen("Asia/Brunei", "Asia/Atlantis", 1);
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains("countries/0/time_zone"), "{error}");
    }
}
