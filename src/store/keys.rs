//! The keys that filters of lists name: those of the reference data, of cycles, and of records in the journal.

use super::{
    Conn, StoreResult,
    condition::{Comparison, Condition, KeyQuery},
    schema::{cities, countries, cycles, journal, partners, plan_cycles},
    verify,
};
use crate::domain::{
    fault::ValueFault,
    message::{Message, thing},
};

/// The most keys of the journal that are similar to a given one.
const SIMILAR_MAX: i64 = 50;

/// A kind of key. Every caller who may read a list may know all keys of these kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    City,
    Country,
    /// A country of the network, or a country that a partner is from.
    PartnerCountry,
    Cycle,
    Partner,
    PlanCycle,
}

impl KeyKind {
    fn thing(self) -> Message {
        match self {
            Self::City => thing::city(),
            Self::Country | Self::PartnerCountry => thing::country(),
            Self::Cycle => thing::cycle(),
            Self::Partner => thing::partner(),
            Self::PlanCycle => thing::plan_cycle(),
        }
    }

    fn list_queries(self) -> Vec<KeyQuery> {
        let countries = || KeyQuery::new("countries", countries::code);
        match self {
            Self::City => vec![KeyQuery::new("cities", cities::slug)],
            Self::Country => vec![countries()],
            Self::PartnerCountry => vec![countries(), KeyQuery::new("partners", partners::country)],
            Self::Cycle => vec![KeyQuery::new("cycles", cycles::slug)],
            Self::Partner => vec![KeyQuery::new("partners", partners::slug)],
            Self::PlanCycle => vec![KeyQuery::new("plan_cycles", plan_cycles::slug)],
        }
    }
}

/// Lists all keys of a kind, in order.
fn list_keys(conn: &mut Conn, kind: KeyKind) -> StoreResult<Vec<String>> {
    let mut keys = Vec::new();
    for query in kind.list_queries() {
        keys.extend(query.load(conn)?);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Returns the position and the fault of the first value that is no key of the kind.
pub(crate) fn find_fault(
    conn: &mut Conn,
    kind: KeyKind,
    values: &[String],
) -> StoreResult<Option<(usize, ValueFault)>> {
    if values.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for query in kind.list_queries() {
        found.extend(query.with_values(values).load(conn)?);
    }
    let unknown = values.iter().enumerate().find(|(_, value)| !found.contains(value));
    let Some((position, unknown)) = unknown else { return Ok(None) };
    let fault = ValueFault::unknown(kind.thing(), list_keys(conn, kind)?).with_nearest(unknown);
    Ok(Some((position, fault)))
}

/// Selects the keys of records that the journal has entries about. The condition names the kinds, because the index
/// begins with them.
fn query_journal_keys(entities: &[String]) -> KeyQuery {
    let kinds = if entities.is_empty() {
        Condition::one_of(journal::entity, verify::ENTITIES.iter().copied())
    } else {
        Condition::one_of(journal::entity, entities.iter().cloned())
    };
    KeyQuery::new("journal", journal::key).with_condition(kinds)
}

/// Returns the first of the keys that the journal has no entry about. `entities` are the kinds of record, or none for
/// all kinds.
pub(crate) fn find_unknown_in_journal<'v>(
    conn: &mut Conn,
    entities: &[String],
    keys: &'v [String],
) -> StoreResult<Option<&'v String>> {
    if keys.is_empty() {
        return Ok(None);
    }
    let found = query_journal_keys(entities).with_values(keys).load(conn)?;
    Ok(keys.iter().find(|key| !found.contains(key)))
}

/// Lists keys of the journal that begin like a given key, up to its last separator.
pub(crate) fn list_similar_in_journal(
    conn: &mut Conn,
    entities: &[String],
    key: &str,
) -> StoreResult<Vec<String>> {
    let end = key.rfind(['-', '/']).map_or(0, |at| at + 1);
    let Some(first) = key.get(..end).filter(|first| !first.is_empty()) else {
        return Ok(Vec::new());
    };
    // Keys have only ASCII letters, which are less than this in byte order.
    let last = format!("{first}~");
    query_journal_keys(entities)
        .with_condition(Condition::at_least(journal::key, first))
        .with_condition(Condition::compare(journal::key, Comparison::Less, last))
        .with_limit(SIMILAR_MAX)
        .load(conn)
}
