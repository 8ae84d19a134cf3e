//! The days on which the milestones of a project were reached, as its latest approved report states them.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    domain::{id::Id, project::Project, project_parts::Milestone, report::ReportContent},
    store::{Conn, StoreResult, conn::on, json, schema::approved_reports, types::StoredUuid},
};

/// The day on which each milestone was reached.
pub(crate) type ReachedDays = HashMap<Id<Milestone>, NaiveDate>;

/// Loads the days from the project's approved report with the latest cut-off. If two cycles have the same cut-off day,
/// the greater key counts as the later one. Empty if no report was approved.
pub(crate) fn load_reached_days(conn: &mut Conn, project: Id<Project>) -> StoreResult<ReachedDays> {
    let content: Option<String> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(project)))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .limit(1)
        .select(approved_reports::content)
        .get_result(c)
        .optional())?;
    let Some(content) = content else { return Ok(ReachedDays::new()) };
    let content: ReportContent = json::read(&content)?;
    Ok(content.milestones.into_iter().map(|done| (done.milestone_id, done.completed_on)).collect())
}
