//! The feed: the public half of the journal, in the order of its own dense number.
//!
//! Only rows with such a number are read, and of them only what strangers see of the record: no author, no reason, no
//! number of the journal. A record is the one of then, as the journal kept it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    Conn, Record, StoreError, StoreResult, conn::on, json, reference, schema::journal,
    types::StoredTimestamp,
};
use crate::domain::{
    cycle::ReportingCycle,
    feed::{FeedAction, FeedEntity},
    plan::ActionPlan,
    policy::visibility::ReadScope,
    project::{ApprovedProject, ProjectCode},
    reference::{City, Country, CountryCode, Partner, PlanCycle, ReferenceDocument},
    release::Release,
    report::ApprovedReport,
    value::Slug,
};

/// Numbers that one reading looks at where some of them may lie out of the caller's reach.
const SCAN: i64 = 5_000;
/// Rows with their records that are read by one statement.
const CHUNK: usize = 100;
/// Bytes of records after which a page ends early.
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// A public record as it stood after a change.
#[derive(Debug, Clone)]
pub(crate) enum PublicRecord {
    /// A report's approved copy.
    Report(Box<ApprovedReport>),
    /// A project's approved copy.
    Project(Box<ApprovedProject>),
    /// A reporting cycle.
    Cycle(Box<ReportingCycle>),
    /// A city's action plan.
    Plan(Box<ActionPlan>),
    /// A city.
    City(Box<City>),
    /// A partner.
    Partner(Box<Partner>),
    /// A country.
    Country(Box<Country>),
    /// A plan cycle.
    PlanCycle(Box<PlanCycle>),
    /// A release.
    Release(Box<Release>),
    /// A document of the reference data.
    Document(Box<ReferenceDocument>),
}

/// A change of a public record.
#[derive(Debug, Clone)]
pub(crate) struct PublicChange {
    /// Its number in the feed, from 1 without gaps.
    pub feed: i64,
    /// When the public act was done.
    pub at: DateTime<Utc>,
    /// The kind of record.
    pub entity: FeedEntity,
    /// The record's public key.
    pub key: String,
    /// The version of the public copy.
    pub version: i64,
    /// What became of it.
    pub action: FeedAction,
    /// What it is since then; none when it left public sight.
    pub record: Option<PublicRecord>,
}

/// Changes in order, and how far they were looked for.
#[derive(Debug, Clone)]
pub(crate) struct FeedSlice {
    /// Those within reach.
    pub changes: Vec<PublicChange>,
    /// The last number that was looked at: what lies between is out of reach.
    pub next: i64,
}

/// Names the kind of a record of the journal; none for one that is not public.
fn find_feed_entity(journaled: &str) -> Option<FeedEntity> {
    [
        (ApprovedReport::ENTITY, FeedEntity::Report),
        (ApprovedProject::ENTITY, FeedEntity::Project),
        (ReportingCycle::ENTITY, FeedEntity::Cycle),
        (ActionPlan::ENTITY, FeedEntity::Plan),
        (City::ENTITY, FeedEntity::City),
        (Partner::ENTITY, FeedEntity::Partner),
        (Country::ENTITY, FeedEntity::Country),
        (PlanCycle::ENTITY, FeedEntity::PlanCycle),
        (Release::ENTITY, FeedEntity::Release),
        (ReferenceDocument::ENTITY, FeedEntity::Document),
    ]
    .into_iter()
    .find_map(|(name, entity)| (name == journaled).then_some(entity))
}

fn parse_feed_entity(journaled: &str) -> StoreResult<FeedEntity> {
    find_feed_entity(journaled)
        .ok_or_else(|| StoreError::Corrupt(format!("{journaled} is not in the feed")))
}

fn parse_public_record(entity: FeedEntity, text: &str) -> StoreResult<PublicRecord> {
    Ok(match entity {
        FeedEntity::Report => PublicRecord::Report(json::read(text)?),
        FeedEntity::Project => PublicRecord::Project(json::read(text)?),
        FeedEntity::Cycle => PublicRecord::Cycle(json::read(text)?),
        FeedEntity::Plan => PublicRecord::Plan(json::read(text)?),
        FeedEntity::City => PublicRecord::City(json::read(text)?),
        FeedEntity::Partner => PublicRecord::Partner(json::read(text)?),
        FeedEntity::Country => PublicRecord::Country(json::read(text)?),
        FeedEntity::PlanCycle => PublicRecord::PlanCycle(json::read(text)?),
        FeedEntity::Release => PublicRecord::Release(json::read(text)?),
        FeedEntity::Document => PublicRecord::Document(json::read(text)?),
    })
}

/// Returns what became of a record. The journal's own word tells how it came about, which is not public.
const fn derive_feed_action(entity: FeedEntity, version: i64, there: bool) -> FeedAction {
    let is_approved = match entity {
        FeedEntity::Report | FeedEntity::Project => true,
        FeedEntity::Cycle
        | FeedEntity::Plan
        | FeedEntity::City
        | FeedEntity::Partner
        | FeedEntity::Country
        | FeedEntity::PlanCycle
        | FeedEntity::Release
        | FeedEntity::Document => false,
    };
    match (there, is_approved, version) {
        (false, ..) => FeedAction::Removed,
        (true, true, _) => FeedAction::Approved,
        (true, false, 1) => FeedAction::Added,
        (true, false, _) => FeedAction::Changed,
    }
}

/// What decides whether a change lies within somebody's reach.
struct FeedScope<'a> {
    reach: &'a ReadScope,
    countries: HashMap<Slug, CountryCode>,
}

impl<'a> FeedScope<'a> {
    fn load_scope(conn: &mut Conn, reach: &'a ReadScope) -> StoreResult<Self> {
        let mut countries = HashMap::new();
        if !reach.everything {
            countries.extend(
                reference::list_cities(conn)?.into_iter().map(|city| (city.slug, city.country)),
            );
        }
        Ok(Self { reach, countries })
    }

    /// Says whether a change is to be told. Reports and projects lie in the city of their key; all else is for everybody.
    fn covers_change(&self, entity: FeedEntity, key: &str) -> bool {
        match entity {
            FeedEntity::Report | FeedEntity::Project => {
                let code = key.split('/').next().unwrap_or_default();
                self.reach.everything
                    || ProjectCode::parse(code).is_ok_and(|code| self.covers_city(code.city()))
            }
            FeedEntity::Cycle
            | FeedEntity::Plan
            | FeedEntity::City
            | FeedEntity::Partner
            | FeedEntity::Country
            | FeedEntity::PlanCycle
            | FeedEntity::Release
            | FeedEntity::Document => true,
        }
    }

    fn covers_city(&self, city: &Slug) -> bool {
        match self.countries.get(city) {
            Some(country) => self.reach.covers_city(*country, city),
            None => self.reach.cities.contains(city),
        }
    }
}

/// Reads up to `limit` changes after a number that lie within reach. There may be more of them before the head where
/// `next` is below it.
///
/// # Errors
/// Failures of the database, or a row that cannot be understood.
pub(crate) fn load_changes_after(
    conn: &mut Conn,
    reach: &ReadScope,
    after: i64,
    limit: usize,
) -> StoreResult<FeedSlice> {
    let lands = FeedScope::load_scope(conn, reach)?;
    let most = i64::try_from(limit).unwrap_or(SCAN);
    let seen =
        load_feed_numbers(conn, after, if reach.everything { most } else { SCAN.max(most) })?;
    let mut next = seen.last().map_or(after, |(feed, ..)| *feed);
    let mut wanted = Vec::new();
    for (feed, name, key) in seen {
        if wanted.len() == limit {
            break;
        }
        if lands.covers_change(parse_feed_entity(&name)?, &key) {
            wanted.push(feed);
        }
    }
    if wanted.len() == limit {
        next = wanted.last().copied().unwrap_or(next);
    }
    let mut changes: Vec<PublicChange> = Vec::with_capacity(wanted.len());
    let mut bytes = 0;
    for chunk in wanted.chunks(CHUNK) {
        for row in load_feed_rows(conn, chunk)? {
            if bytes >= BYTES_MAX {
                let next = changes.last().map_or(after, |c| c.feed);
                return Ok(FeedSlice { changes, next });
            }
            bytes += row.record.as_ref().map_or(0, String::len);
            changes.push(row.try_into()?);
        }
    }
    Ok(FeedSlice { changes, next })
}

/// Reads numbers with kind and key of the records, in order.
fn load_feed_numbers(
    conn: &mut Conn,
    after: i64,
    limit: i64,
) -> StoreResult<Vec<(i64, String, String)>> {
    let found: Vec<(Option<i64>, String, String)> = on!(conn, |c, DB| journal::table
        .filter(journal::feed.gt(after))
        .order(journal::feed)
        .limit(limit)
        .select((journal::feed, journal::entity, journal::key))
        .load(c))?;
    Ok(found.into_iter().filter_map(|(feed, entity, key)| Some((feed?, entity, key))).collect())
}

/// What is read of a row: nothing that strangers may not know.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = journal)]
struct FeedRow {
    feed: Option<i64>,
    at: StoredTimestamp,
    entity: String,
    key: String,
    version: i64,
    record: Option<String>,
}

fn load_feed_rows(conn: &mut Conn, feeds: &[i64]) -> StoreResult<Vec<FeedRow>> {
    Ok(on!(conn, |c, DB| journal::table
        .filter(journal::feed.eq_any(feeds))
        .order(journal::feed)
        .select(FeedRow::as_select())
        .load(c))?)
}

impl TryFrom<FeedRow> for PublicChange {
    type Error = StoreError;
    fn try_from(row: FeedRow) -> StoreResult<Self> {
        let entity = parse_feed_entity(&row.entity)?;
        Ok(Self {
            feed: row.feed.unwrap_or_default(),
            at: row.at.0,
            entity,
            key: row.key,
            version: row.version,
            action: derive_feed_action(entity, row.version, row.record.is_some()),
            record: row.record.map(|text| parse_public_record(entity, &text)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::verify::{ENTITIES, is_public};

    #[test]
    fn the_feed_knows_every_kind_of_public_record_and_no_other() {
        for name in ENTITIES {
            assert_eq!(find_feed_entity(name).is_some(), is_public(name) == Some(true), "{name}");
        }
    }

    #[test]
    fn a_reader_of_a_country_is_told_of_its_projects_and_of_what_is_for_everybody() {
        let slug = |s: &str| Slug::parse(s).unwrap();
        let vn = CountryCode::parse("VN").unwrap();
        let reach =
            ReadScope { countries: vec![vn], cities: vec![slug("gone")], everything: false };
        let countries = HashMap::from([
            (slug("da-nang"), vn),
            (slug("phuket"), CountryCode::parse("TH").unwrap()),
        ]);
        let lands = FeedScope { reach: &reach, countries };
        assert!(lands.covers_change(FeedEntity::Report, "da-nang-4/me-2022"));
        assert!(lands.covers_change(FeedEntity::Project, "gone-1"));
        assert!(!lands.covers_change(FeedEntity::Report, "phuket-1/me-2022"));
        assert!(!lands.covers_change(FeedEntity::Project, "nowhere-1"));
        assert!(
            lands.covers_change(FeedEntity::Partner, "phuket")
                && lands.covers_change(FeedEntity::Plan, "x/y")
        );
    }
}
