//! The feed: the public rows of the journal, in the order of their own gapless number.
//!
//! Only rows with such a number are read, and of them only the public columns: no author, no reason, no number of the
//! journal. A record is shown as it was after the change, as the journal holds it.

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

/// The number of rows that one reading scans if the caller's read scope excludes some of them.
const SCAN: i64 = 5_000;
/// The number of rows with records that one statement reads.
const CHUNK: usize = 100;
/// A page ends early once its records have this many bytes.
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// A public record as it was after a change.
#[derive(Debug, Clone)]
pub(crate) enum PublicRecord {
    /// The approved copy of a report.
    Report(Box<ApprovedReport>),
    /// The approved copy of a project.
    Project(Box<ApprovedProject>),
    Cycle(Box<ReportingCycle>),
    Plan(Box<ActionPlan>),
    City(Box<City>),
    Partner(Box<Partner>),
    Country(Box<Country>),
    PlanCycle(Box<PlanCycle>),
    Release(Box<Release>),
    Document(Box<ReferenceDocument>),
}

/// A change of a public record.
#[derive(Debug, Clone)]
pub(crate) struct PublicChange {
    /// The number in the feed, from 1 without gaps.
    pub feed: i64,
    /// When the change was made.
    pub at: DateTime<Utc>,
    pub entity: FeedEntity,
    /// The public key of the record.
    pub key: String,
    /// The version of the public copy.
    pub version: i64,
    pub action: FeedAction,
    /// The record after the change. `None` if it is no longer public.
    pub record: Option<PublicRecord>,
}

/// A part of the feed.
#[derive(Debug, Clone)]
pub(crate) struct FeedSlice {
    /// The changes within the caller's read scope, in order.
    pub changes: Vec<PublicChange>,
    /// The last number that was scanned. The numbers between are outside the read scope.
    pub next: i64,
}

/// Returns the feed's kind for a journaled kind of record. `None` if the kind is not public.
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

/// Returns the public action of a change. The action in the journal tells how the change came about, which is not
/// public.
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

/// Decides which changes are within a read scope.
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

    /// Returns `true` if the change is within the read scope. Reports and projects belong to the city of their key.
    /// Everything else is open to everybody.
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

/// Returns up to `limit` changes after a number that are within the read scope. If `next` is below the head, more of
/// them may follow.
pub(crate) fn load_changes_after(
    conn: &mut Conn,
    reach: &ReadScope,
    after: i64,
    limit: usize,
) -> StoreResult<FeedSlice> {
    let scope = FeedScope::load_scope(conn, reach)?;
    let most = i64::try_from(limit).unwrap_or(SCAN);
    let seen =
        load_feed_numbers(conn, after, if reach.everything { most } else { SCAN.max(most) })?;
    let mut next = seen.last().map_or(after, |(feed, ..)| *feed);
    let mut wanted = Vec::new();
    for (feed, name, key) in seen {
        if wanted.len() == limit {
            break;
        }
        if scope.covers_change(parse_feed_entity(&name)?, &key) {
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

/// Returns number, kind and key of the rows after a number, in order.
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

/// The public columns of a row.
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
        let scope = FeedScope { reach: &reach, countries };
        assert!(scope.covers_change(FeedEntity::Report, "da-nang-4/me-2022"));
        assert!(scope.covers_change(FeedEntity::Project, "gone-1"));
        assert!(!scope.covers_change(FeedEntity::Report, "phuket-1/me-2022"));
        assert!(!scope.covers_change(FeedEntity::Project, "nowhere-1"));
        assert!(
            scope.covers_change(FeedEntity::Partner, "phuket")
                && scope.covers_change(FeedEntity::Plan, "x/y")
        );
    }
}
