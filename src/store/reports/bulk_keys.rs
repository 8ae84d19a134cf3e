//! The keys of the reports that a bulk act applies to.

use diesel::prelude::*;

use super::queue::{self, QueueQuery};
use crate::{
    domain::{
        cycle::ReportingCycle,
        policy::visibility::ReadScope,
        project::ProjectCode,
        report::bulk::{BulkFilter, ITEMS_MAX},
        value::Slug,
    },
    store::{
        Conn, StoreResult,
        condition::{Condition, ConditionList, SideRows},
        conn::on,
        cycles,
        schema::{projects, reports},
    },
};

type BulkReportKey = (ProjectCode, Slug);

/// Returns the keys of the reports on a page of a list.
pub(crate) fn list_listed_keys(
    conn: &mut Conn,
    query: &QueueQuery,
) -> StoreResult<Vec<BulkReportKey>> {
    queue::load_rows(conn, query)?
        .into_iter()
        .map(|row| {
            let code = ProjectCode::new(Slug::parse(row.city)?, row.number);
            Ok((code, Slug::parse(row.cycle)?))
        })
        .collect()
}

/// Lists the projects within the read scope that have no report yet in the cycles of a filter, ordered by cycle, city
/// and number. Archived projects are left out. Each cycle gives at most one project more than an act takes, so that
/// the caller notices if there are too many.
pub(crate) fn list_unreported_projects(
    conn: &mut Conn,
    reach: &ReadScope,
    filter: &BulkFilter,
) -> StoreResult<Vec<BulkReportKey>> {
    let mut slugs = filter.cycles.clone();
    slugs.sort_unstable();
    let mut found = Vec::new();
    for slug in slugs {
        if let Some(cycle) = cycles::find(conn, &slug)?
            && found.len() <= ITEMS_MAX
        {
            for (city, number) in list_unreported_in_cycle(conn, reach, filter, &cycle)? {
                found.push((ProjectCode::new(Slug::parse(city)?, number), slug.clone()));
            }
        }
    }
    Ok(found)
}

fn list_unreported_in_cycle(
    conn: &mut Conn,
    reach: &ReadScope,
    filter: &BulkFilter,
    cycle: &ReportingCycle,
) -> StoreResult<Vec<(String, i64)>> {
    let written = SideRows::new(
        "reports",
        reports::project_id,
        Condition::equals(reports::cycle, cycle.slug.as_str()),
    );
    let mut all = ConditionList::default();
    all.add([
        Condition::equals(projects::plan_cycle, cycle.plan_cycle.as_str()),
        Condition::equals(projects::archived, false),
        Condition::in_rows(projects::id, written).not(),
        Condition::within_scope(reach),
    ]);
    let to_words = |slugs: &[Slug]| -> Vec<String> { slugs.iter().map(Slug::to_string).collect() };
    all.add_list(projects::city, &to_words(&filter.cities));
    let countries: Vec<String> = filter.countries.iter().map(ToString::to_string).collect();
    all.add_list(projects::country, &countries);
    let rows = all.into_condition();
    Ok(on!(conn, |c, DB| projects::table
        .filter(rows)
        .order((projects::city, projects::number))
        .limit(i64::try_from(ITEMS_MAX + 1).unwrap_or(i64::MAX))
        .select((projects::city, projects::number))
        .load(c))?)
}
