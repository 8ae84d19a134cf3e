//! Queries for the agenda: the states of reports, the cities with projects, and new grants of powerful roles.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::on,
    reference,
    schema::{grants, projects, reports},
    types::StoredTimestamp,
    users,
};
use crate::domain::{
    agenda::ProjectReportState,
    cycle::ReportingCycle,
    reference::CountryCode,
    report::ReportState,
    user::{Grant, Role},
    value::Slug,
};

/// The largest number of cities that one query names.
const CHUNK: usize = 500;

/// Lists the report state of each project of a cycle's plan. An archived project is included only if it has a report.
pub(crate) fn load_report_states(
    conn: &mut Conn,
    cycle: &ReportingCycle,
) -> StoreResult<Vec<ProjectReportState>> {
    let in_cycle =
        reports::project_id.eq(projects::id).and(reports::cycle.eq(cycle.slug.to_string()));
    let rows: Vec<(String, String, Option<String>, Option<bool>)> = on!(conn, |c, DB| {
        projects::table
            .left_join(reports::table.on(in_cycle))
            .filter(projects::plan_cycle.eq(cycle.plan_cycle.to_string()))
            .filter(projects::archived.eq(false).or(reports::id.nullable().is_not_null()))
            .order((projects::city, projects::number))
            .select((
                projects::country,
                projects::city,
                reports::state.nullable(),
                reports::ever_submitted.nullable(),
            ))
            .load(c)
    })?;
    let to_report_state =
        |(country, city, state, ever): (String, String, Option<String>, Option<bool>)| {
            Ok(ProjectReportState {
                country: CountryCode::parse(country)?,
                city: Slug::parse(city)?,
                state: state.map(ReportState::parse).transpose()?,
                ever_submitted: ever.unwrap_or_default(),
            })
        };
    rows.into_iter().map(to_report_state).collect()
}

/// Lists the cities that have a project.
pub(crate) fn cities_with_projects(conn: &mut Conn) -> StoreResult<BTreeSet<Slug>> {
    let cities: Vec<String> =
        on!(conn, |c, DB| projects::table.select(projects::city).distinct().load(c))?;
    Ok(cities.into_iter().map(Slug::parse).collect::<Result<_, _>>()?)
}

/// Lists those of some cities that submitted a report in one of the cycles, even if it was returned later.
pub(crate) fn list_submitting_cities(
    conn: &mut Conn,
    cities: &[&Slug],
    cycles: &[&Slug],
) -> StoreResult<BTreeSet<Slug>> {
    let cities: Vec<&str> = cities.iter().map(|city| city.as_str()).collect();
    let cycles: Vec<&str> = cycles.iter().map(|cycle| cycle.as_str()).collect();
    let mut found = BTreeSet::new();
    for some in cities.chunks(CHUNK) {
        let rows: Vec<String> = on!(conn, |c, DB| reports::table
            .filter(reports::city.eq_any(some))
            .filter(reports::cycle.eq_any(&cycles))
            .filter(reports::ever_submitted.eq(true))
            .select(reports::city)
            .distinct()
            .load(c))?;
        for city in rows {
            found.insert(Slug::parse(city)?);
        }
    }
    Ok(found)
}

/// Returns the time zone of each country. The country's days end in it.
pub(crate) fn load_country_zones(conn: &mut Conn) -> StoreResult<HashMap<CountryCode, Tz>> {
    Ok(reference::list_countries(conn)?.into_iter().map(|c| (c.code, c.time_zone)).collect())
}

/// Lists the grants of the roles that decide, run or administer that were given at or after `since`, newest first.
pub(crate) fn list_powerful_grants(
    conn: &mut Conn,
    since: DateTime<Utc>,
) -> StoreResult<Vec<Grant>> {
    let roles = [Role::NationalRepresentative, Role::Secretariat, Role::Administrator];
    let given: bool = on!(conn, |c, DB| diesel::select(diesel::dsl::exists(
        grants::table
            .filter(grants::role.eq_any(roles.map(Role::as_str)))
            .filter(grants::granted_at.ge(StoredTimestamp(since)))
    ))
    .get_result(c))?;
    if !given {
        return Ok(Vec::new());
    }
    let all = users::list_zoned_grants(conn, None)?.into_iter().map(|g| g.grant);
    let mut new: Vec<Grant> =
        all.filter(|g| roles.contains(&g.role) && g.granted_at >= since).collect();
    new.sort_by_key(|g| std::cmp::Reverse((g.granted_at, g.id)));
    Ok(new)
}
