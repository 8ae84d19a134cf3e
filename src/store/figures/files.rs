//! What the coverage of a cycle is counted from: the projects of its plan with where their reports stand, on both faces.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    domain::{
        cycle::ReportingCycle,
        figures::coverage::{CycleFiles, Filed, Published, WorkedOn},
        report::ReportState,
        value::Slug,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        extensions, reference,
        schema::{approved_projects, approved_reports, projects, reports},
        types::{DbTs, DbUuid},
    },
};

/// The columns of a report by which it is counted.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reports)]
struct FiledRow {
    project_id: DbUuid,
    state: String,
    ever_submitted: bool,
    edited_at: Option<DbTs>,
    submitted_at: Option<DbTs>,
    decided_at: Option<DbTs>,
}

impl FiledRow {
    fn filed(&self) -> StoreResult<Filed> {
        let times = [self.edited_at, self.submitted_at, self.decided_at];
        Ok(Filed {
            state: ReportState::parse(&self.state)?,
            ever_submitted: self.ever_submitted,
            submitted_at: self.submitted_at.map(DateTime::<Utc>::from),
            last_at: times.into_iter().flatten().map(DateTime::<Utc>::from).max(),
        })
    }
}

/// Reads what the coverage of a cycle is made of.
///
/// # Errors
/// Failures of the database.
pub fn files(conn: &mut Conn, cycle: ReportingCycle) -> StoreResult<CycleFiles> {
    let extensions = extensions::in_force(conn)?.into_iter().filter(|e| e.cycle == cycle.slug);
    Ok(CycleFiles {
        extensions: extensions.map(|e| (e.city, e.due_on)).collect(),
        cities: reference::cities(conn)?,
        countries: reference::countries(conn)?,
        worked_on: worked_on(conn, &cycle)?,
        published: published(conn, &cycle)?,
        cycle,
    })
}

fn worked_on(conn: &mut Conn, cycle: &ReportingCycle) -> StoreResult<Vec<WorkedOn>> {
    let rows: Vec<FiledRow> = on!(conn, |c, DB| reports::table
        .filter(reports::cycle.eq(cycle.slug.as_str()))
        .select(FiledRow::as_select())
        .load(c))?;
    let mut filed: HashMap<DbUuid, Filed> = HashMap::new();
    for row in rows {
        filed.insert(row.project_id, row.filed()?);
    }
    let rows: Vec<(DbUuid, String, bool)> = on!(conn, |c, DB| projects::table
        .filter(projects::plan_cycle.eq(cycle.plan_cycle.as_str()))
        .select((projects::id, projects::city, projects::archived))
        .load(c))?;
    let worked_on = |(id, city, archived): (DbUuid, String, bool)| {
        Ok(WorkedOn { city: Slug::parse(city)?, archived, report: filed.remove(&id) })
    };
    rows.into_iter().map(worked_on).collect()
}

fn published(conn: &mut Conn, cycle: &ReportingCycle) -> StoreResult<Vec<Published>> {
    let approved: Vec<DbUuid> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::cycle.eq(cycle.slug.as_str()))
        .select(approved_reports::project_id)
        .load(c))?;
    let approved: HashSet<DbUuid> = approved.into_iter().collect();
    let rows: Vec<(DbUuid, String, bool)> = on!(conn, |c, DB| approved_projects::table
        .filter(approved_projects::plan_cycle.eq(cycle.plan_cycle.as_str()))
        .select((approved_projects::id, approved_projects::city, approved_projects::archived))
        .load(c))?;
    let published = |(id, city, archived): (DbUuid, String, bool)| {
        Ok(Published { city: Slug::parse(city)?, archived, approved: approved.contains(&id) })
    };
    rows.into_iter().map(published).collect()
}
