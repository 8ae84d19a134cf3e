//! The dataset that the coverage of a cycle is counted from: the projects of its plan and the states of their
//! reports, in the working copies and in the approved copies.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    domain::{
        cycle::ReportingCycle,
        figures::coverage::{CoverageDataset, PublishedProject, WorkingProject, WorkingReport},
        report::{ReportState, SubmissionTiming},
        value::Slug,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        extensions, reference,
        schema::{approved_projects, approved_reports, projects, reports},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The columns of a report that coverage needs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reports)]
struct CoverageReportRow {
    project_id: StoredUuid,
    state: String,
    ever_submitted: bool,
    edited_at: Option<StoredTimestamp>,
    submitted_at: Option<StoredTimestamp>,
    decided_at: Option<StoredTimestamp>,
    first_submitted_at: Option<StoredTimestamp>,
    first_late: Option<bool>,
}

impl CoverageReportRow {
    fn to_working_report(&self) -> StoreResult<WorkingReport> {
        let times = [self.edited_at, self.submitted_at, self.decided_at];
        let state = ReportState::parse(&self.state)?;
        let late = self.first_submitted_at.map(|_at| self.first_late.unwrap_or_default());
        let submitted_at = self.first_submitted_at.or(self.submitted_at).map(|at| at.0);
        Ok(WorkingReport {
            state,
            ever_submitted: self.ever_submitted,
            timing: SubmissionTiming::from_columns(state, late, submitted_at),
            last_at: times.into_iter().flatten().map(DateTime::<Utc>::from).max(),
        })
    }
}

pub(crate) fn load_coverage_dataset(
    conn: &mut Conn,
    cycle: ReportingCycle,
) -> StoreResult<CoverageDataset> {
    let extensions = extensions::list_in_force(conn)?.into_iter().filter(|e| e.cycle == cycle.slug);
    Ok(CoverageDataset {
        extensions: extensions.map(|e| (e.city, e.due_on)).collect(),
        cities: reference::list_cities(conn)?,
        countries: reference::list_countries(conn)?,
        working_projects: load_working_projects(conn, &cycle)?,
        published_projects: load_published_projects(conn, &cycle)?,
        cycle,
    })
}

fn load_working_projects(
    conn: &mut Conn,
    cycle: &ReportingCycle,
) -> StoreResult<Vec<WorkingProject>> {
    let rows: Vec<CoverageReportRow> = on!(conn, |c, DB| reports::table
        .filter(reports::cycle.eq(cycle.slug.as_str()))
        .select(CoverageReportRow::as_select())
        .load(c))?;
    let mut filed: HashMap<StoredUuid, WorkingReport> = HashMap::new();
    for row in rows {
        filed.insert(row.project_id, row.to_working_report()?);
    }
    let rows: Vec<(StoredUuid, String, bool)> = on!(conn, |c, DB| projects::table
        .filter(projects::plan_cycle.eq(cycle.plan_cycle.as_str()))
        .select((projects::id, projects::city, projects::archived))
        .load(c))?;
    let worked_on = |(id, city, archived): (StoredUuid, String, bool)| {
        Ok(WorkingProject { city: Slug::parse(city)?, archived, report: filed.remove(&id) })
    };
    rows.into_iter().map(worked_on).collect()
}

/// Loads what the approved reports of a cycle state about their submission, by project.
fn load_approved_timings(
    conn: &mut Conn,
    cycle: &ReportingCycle,
) -> StoreResult<HashMap<StoredUuid, SubmissionTiming>> {
    let rows: Vec<(StoredUuid, Option<bool>, Option<StoredTimestamp>)> =
        on!(conn, |c, DB| approved_reports::table
            .filter(approved_reports::cycle.eq(cycle.slug.as_str()))
            .select((
                approved_reports::project_id,
                approved_reports::late,
                approved_reports::submitted_at,
            ))
            .load(c))?;
    let timing = |(project, late, at): (StoredUuid, Option<bool>, Option<StoredTimestamp>)| {
        let at = at.map(|at| at.0);
        (project, SubmissionTiming::from_columns(ReportState::Approved, late, at))
    };
    Ok(rows.into_iter().map(timing).collect())
}

fn load_published_projects(
    conn: &mut Conn,
    cycle: &ReportingCycle,
) -> StoreResult<Vec<PublishedProject>> {
    let mut approved = load_approved_timings(conn, cycle)?;
    let rows: Vec<(StoredUuid, String, bool)> = on!(conn, |c, DB| approved_projects::table
        .filter(approved_projects::plan_cycle.eq(cycle.plan_cycle.as_str()))
        .select((approved_projects::id, approved_projects::city, approved_projects::archived))
        .load(c))?;
    let published = |(id, city, archived): (StoredUuid, String, bool)| {
        Ok(PublishedProject { city: Slug::parse(city)?, archived, approved: approved.remove(&id) })
    };
    rows.into_iter().map(published).collect()
}
