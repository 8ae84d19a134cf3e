//! Reports: the working copy, the approved copy, and the data that their rules need.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::on,
    json,
    schema::{approved_reports, projects, reports},
    types::StoredUuid,
};
use crate::domain::{
    cycle::ReportingCycle,
    id::Id,
    project::{Project, ProjectCode},
    report::{ApprovedReport, ProjectStatus, Report, ReportContent, ReportState},
    value::Slug,
};

mod approved;
pub(crate) mod bulk_keys;
mod city_checklist;
mod contributors;
mod earlier;
mod items;
pub(crate) mod queue;
mod reached_days;
mod rows;
mod subject;
mod total;
mod values;
pub(crate) mod versions;

use approved::ApprovedReportRow;
pub(crate) use city_checklist::load_checklist_items;
pub(crate) use contributors::CREATE;
pub(crate) use reached_days::{ReachedDays, load_reached_days};
use rows::ReportRow;
pub(crate) use subject::SharedLookups;
pub(crate) use total::count_visible;
pub(crate) use values::{list_approved_values, list_working_values};

/// Finds the working copy of a project's report in a cycle.
pub(crate) fn find(
    conn: &mut Conn,
    project: Id<Project>,
    cycle: &Slug,
) -> StoreResult<Option<Report>> {
    let row: Option<ReportRow> = on!(conn, |c, DB| reports::table
        .filter(reports::project_id.eq(StoredUuid::from(project)))
        .filter(reports::cycle.eq(cycle.as_str()))
        .select(ReportRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Report::try_from).transpose()
}

/// Lists the working copies of a city's reports in a cycle, ordered by number.
pub(crate) fn list_for_city(
    conn: &mut Conn,
    city: &Slug,
    cycle: &Slug,
) -> StoreResult<Vec<Report>> {
    let rows: Vec<ReportRow> = on!(conn, |c, DB| reports::table
        .filter(reports::city.eq(city.as_str()))
        .filter(reports::cycle.eq(cycle.as_str()))
        .order(reports::number)
        .select(ReportRow::as_select())
        .load(c))?;
    rows.into_iter().map(Report::try_from).collect()
}

/// Finds the approved copy of a project's report in a cycle.
pub(crate) fn find_approved(
    conn: &mut Conn,
    project: Id<Project>,
    cycle: &Slug,
) -> StoreResult<Option<ApprovedReport>> {
    let row: Option<ApprovedReportRow> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(project)))
        .filter(approved_reports::cycle.eq(cycle.as_str()))
        .select(ApprovedReportRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ApprovedReport::try_from).transpose()
}

/// Lists the approved copies of a cycle, ordered by city and number.
pub(crate) fn list_approved(conn: &mut Conn, cycle: &Slug) -> StoreResult<Vec<ApprovedReport>> {
    let rows: Vec<ApprovedReportRow> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::cycle.eq(cycle.as_str()))
        .order((approved_reports::city, approved_reports::number))
        .select(ApprovedReportRow::as_select())
        .load(c))?;
    rows.into_iter().map(ApprovedReport::try_from).collect()
}

/// Returns the status in the project's latest approved report before a cut-off day. Reports that state no status are
/// skipped.
pub(crate) fn find_status_before(
    conn: &mut Conn,
    project: Id<Project>,
    as_of: NaiveDate,
) -> StoreResult<Option<ProjectStatus>> {
    let word: Option<String> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(project)))
        .filter(approved_reports::as_of.lt(as_of))
        .filter(approved_reports::status.ne(ProjectStatus::NotStated.as_str()))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .limit(1)
        .select(approved_reports::status)
        .get_result(c)
        .optional())?;
    Ok(word.map(ProjectStatus::parse).transpose()?)
}

/// Returns the content of the project's latest approved report before a cut-off day.
pub(crate) fn find_content_before(
    conn: &mut Conn,
    project: Id<Project>,
    as_of: NaiveDate,
) -> StoreResult<Option<ReportContent>> {
    let content: Option<String> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(project)))
        .filter(approved_reports::as_of.lt(as_of))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .limit(1)
        .select(approved_reports::content)
        .get_result(c)
        .optional())?;
    content.as_deref().map(json::read).transpose()
}

/// Returns `true` if the project has no approved report of a cycle with a later cut-off day. If two cycles have the
/// same cut-off day, the greater key counts as the later one.
pub(crate) fn is_latest(conn: &mut Conn, report: &ApprovedReport) -> StoreResult<bool> {
    let later: i64 = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(report.project)))
        .filter(
            approved_reports::as_of.gt(report.as_of).or(approved_reports::as_of
                .eq(report.as_of)
                .and(approved_reports::cycle.gt(report.cycle.as_str())))
        )
        .count()
        .get_result(c))?;
    Ok(later == 0)
}

/// Lists the projects of a cycle's plan without an approved report in the cycle, with the states of their reports,
/// ordered by city and number. Archived projects are left out.
pub(crate) fn list_unapproved_projects(
    conn: &mut Conn,
    cycle: &ReportingCycle,
) -> StoreResult<Vec<(ProjectCode, Option<ReportState>)>> {
    let in_cycle =
        reports::project_id.eq(projects::id).and(reports::cycle.eq(cycle.slug.to_string()));
    let approved = approved_reports::project_id
        .eq(projects::id)
        .and(approved_reports::cycle.eq(cycle.slug.to_string()));
    let rows: Vec<(String, i64, Option<String>)> = on!(conn, |c, DB| projects::table
        .left_join(reports::table.on(in_cycle))
        .left_join(approved_reports::table.on(approved))
        .filter(projects::plan_cycle.eq(cycle.plan_cycle.to_string()))
        .filter(projects::archived.eq(false))
        .filter(approved_reports::id.nullable().is_null())
        .order((projects::city, projects::number))
        .select((projects::city, projects::number, reports::state.nullable()))
        .load(c))?;
    let item = |(city, number, state): (String, i64, Option<String>)| {
        let state = state.map(ReportState::parse).transpose()?;
        Ok((ProjectCode::new(Slug::parse(city)?, number), state))
    };
    rows.into_iter().map(item).collect()
}
