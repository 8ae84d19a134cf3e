//! What the approved reports of earlier cycles state, for the projects of a page.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use crate::{
    domain::{report::ProjectStatus, value::Percent},
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{approved_reports, cycles},
        types::StoredUuid,
    },
};

/// The largest number of keys in one query.
const BATCH: usize = 500;

/// The values of the earlier reports of a project.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct EarlierValues {
    /// The status of the latest earlier report that states one. Readiness compares with the same status.
    pub(super) status: Option<ProjectStatus>,
    /// The percentage of the latest earlier report. `None` if that report states none.
    pub(super) percent: Option<Percent>,
}

/// The values of one approved report.
#[derive(Debug, Clone, Copy)]
struct ReportValues {
    as_of: NaiveDate,
    status: ProjectStatus,
    percent: Option<Percent>,
}

/// The approved reports of some projects, and the cut-off days of all cycles.
#[derive(Debug, Default)]
pub(super) struct EarlierReports {
    cut_offs: HashMap<String, NaiveDate>,
    /// By project, the latest cut-off day first.
    reports: HashMap<Uuid, Vec<ReportValues>>,
}

type ReportValuesRow = (StoredUuid, NaiveDate, String, Option<i64>);

impl EarlierReports {
    /// Loads the approved reports of the projects.
    pub(super) fn load(conn: &mut Conn, mut projects: Vec<StoredUuid>) -> StoreResult<Self> {
        if projects.is_empty() {
            return Ok(Self::default());
        }
        projects.sort_unstable();
        projects.dedup();
        let days: Vec<(String, NaiveDate)> =
            on!(conn, |c, DB| cycles::table.select((cycles::slug, cycles::as_of)).load(c))?;
        let mut reports: HashMap<Uuid, Vec<ReportValues>> = HashMap::new();
        for batch in projects.chunks(BATCH) {
            for (project, as_of, status, percent) in load_batch(conn, batch)? {
                let status = ProjectStatus::parse(status)?;
                let percent = percent.and_then(Percent::from_hundredths);
                reports.entry(project.0).or_default().push(ReportValues { as_of, status, percent });
            }
        }
        Ok(Self { cut_offs: days.into_iter().collect(), reports })
    }

    /// Returns the values from before the cut-off day of a cycle.
    pub(super) fn find_values(&self, project: Uuid, cycle: &str) -> EarlierValues {
        let (Some(as_of), Some(reports)) = (self.cut_offs.get(cycle), self.reports.get(&project))
        else {
            return EarlierValues::default();
        };
        let mut earlier = reports.iter().filter(|report| report.as_of < *as_of).peekable();
        EarlierValues {
            percent: earlier.peek().and_then(|report| report.percent),
            status: earlier.map(|report| report.status).find(|s| *s != ProjectStatus::NotStated),
        }
    }
}

fn load_batch(conn: &mut Conn, projects: &[StoredUuid]) -> StoreResult<Vec<ReportValuesRow>> {
    Ok(on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq_any(projects))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .select((
            approved_reports::project_id,
            approved_reports::as_of,
            approved_reports::status,
            approved_reports::percent,
        ))
        .load(c))?)
}
