//! Importing the published history, in one transaction and as often as one likes: what is there already stays as it is.

use super::{
    Conn, StoreError, StoreResult, Tx, cycles, parts, projects, reference, releases, reports,
    tx::Change,
};
use crate::{
    clock,
    domain::{
        cycle::ReportingCycle,
        fault::FieldFault,
        history::{History, Known, Plan, PlannedProject, PlannedReport},
        id::Id,
        parts::Partnership,
        project::Project,
        release::{self, Imprint},
        report::ApprovedReport,
        value::Prose,
        workflow,
    },
};

/// The history that the service brings along.
const FILE: &str = include_str!("../data/me_history.json");
/// The action under which the journal keeps what was imported.
pub const ACTION: &str = "import";

/// Reads the embedded history.
///
/// # Errors
/// A file of another shape; the tests see to it that it is not.
pub fn embedded() -> Result<History, serde_json::Error> {
    serde_json::from_str(FILE)
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file does not fit the reference data.
    #[error("the history cannot be understood: {}", list(.0))]
    Invalid(Vec<FieldFault>),
}

fn list(faults: &[FieldFault]) -> String {
    let said: Vec<String> =
        faults.iter().map(|f| format!("{} at {}", f.detail, f.pointer)).collect();
    said.join("; ")
}

/// What a run added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Cycles.
    pub cycles: usize,
    /// Projects.
    pub projects: usize,
    /// Partnerships.
    pub partnerships: usize,
    /// Approved reports.
    pub reports: usize,
    /// Releases.
    pub releases: usize,
}

impl std::fmt::Display for Imported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cycles, projects, partnerships, reports, releases } = self;
        if *self == Self::default() {
            return f.write_str("nothing to import: everything is there already");
        }
        write!(
            f,
            "imported {cycles} cycles, {projects} projects, {partnerships} partnerships, {reports} reports, \
             and published {releases} releases"
        )
    }
}

/// Adds what is missing of a history. What was imported before is not touched, whatever became of it since.
///
/// # Errors
/// A history that does not fit the reference data, or failures of the database.
pub fn run(tx: &mut Tx<'_>, history: &History) -> Result<Imported, ImportError> {
    let known = known(tx.conn())?;
    let mut plan = history.plan(&known).map_err(ImportError::Invalid)?;
    let mut done = Imported::default();
    add_cycles(tx, &mut plan, &mut done)?;
    for planned in &plan.projects {
        let project = add_project(tx, planned, &mut done)?;
        add_reports(tx, planned, &project, &mut done)?;
    }
    Ok(done)
}

fn known(conn: &mut Conn) -> StoreResult<Known> {
    let cities = reference::cities(conn)?.into_iter().map(|c| (c.slug, c.country)).collect();
    let plan_cycles = reference::plan_cycles(conn)?.into_iter().map(|p| p.slug).collect();
    let partners = reference::partners(conn)?;
    Ok(Known::new(cities, plan_cycles, reference::vocabulary(conn)?, &partners))
}

fn import() -> Change {
    Change::plain(ACTION)
}

/// Adds the cycles; one that is there already is taken with the cut-off that it has here.
fn add_cycles(tx: &mut Tx<'_>, plan: &mut Plan, done: &mut Imported) -> StoreResult<()> {
    let mut there: Vec<ReportingCycle> = Vec::new();
    for cycle in &plan.cycles {
        if let Some(found) = cycles::find(tx.conn(), &cycle.slug)? {
            there.push(found);
        } else {
            tx.save(cycle, import())?;
            done.cycles += 1;
        }
    }
    for report in plan.projects.iter_mut().flat_map(|p| &mut p.reports) {
        if let Some(found) = there.iter().find(|c| c.slug == report.cycle.slug) {
            report.cycle = found.clone();
        }
    }
    Ok(())
}

/// Finds the project or adds it with its partnerships.
fn add_project(
    tx: &mut Tx<'_>,
    planned: &PlannedProject,
    done: &mut Imported,
) -> StoreResult<Project> {
    if let Some(found) = projects::find_imported(tx.conn(), &planned.import_key)? {
        return Ok(found);
    }
    // Where the city recorded projects of its own before, their numbers are theirs.
    let number = planned.number.max(projects::next_number(tx.conn(), &planned.city)?);
    let project = planned.project(Id::new(clock::fresh_uuid()), number, tx.at());
    tx.save(&project, import())?;
    for partner in &planned.partners {
        tx.save(&partner.partnership(Id::new(clock::fresh_uuid()), &project), import())?;
    }
    done.projects += 1;
    done.partnerships += planned.partners.len();
    Ok(project)
}

/// Adds the reports that are missing, and what strangers see of the project because of them.
fn add_reports(
    tx: &mut Tx<'_>,
    planned: &PlannedProject,
    project: &Project,
    done: &mut Imported,
) -> StoreResult<()> {
    let partnerships = parts::partnerships(tx.conn(), project.id)?;
    let mut latest: Option<ApprovedReport> = None;
    for report in &planned.reports {
        if let Some(approved) = add_report(tx, planned, project, &partnerships, report)? {
            latest = Some(approved);
            done.reports += 1;
        }
    }
    let Some(approved) = latest else { return Ok(()) };
    if reports::is_latest(tx.conn(), &approved)? {
        let before = projects::find_approved(tx.conn(), project.id)?;
        tx.save(&workflow::show(&approved, before.as_ref()), import())?;
    }
    Ok(())
}

/// Publishes the cycles of the history that were not published yet, in the order of their cut-offs, and returns how many
/// that were. It needs a transaction after that of the import: a release records the journal as it stands before it.
///
/// # Errors
/// Failures of the database.
pub fn publish(tx: &mut Tx<'_>) -> StoreResult<usize> {
    let mut all = cycles::list(tx.conn())?;
    all.sort_by_key(|c| c.as_of);
    let mut done = 0;
    for cycle in all {
        let Some(source) = cycle.imported.clone() else { continue };
        let reports = releases::made::reports(tx.conn(), &cycle.slug)?;
        if reports.is_empty() || releases::last_of(tx.conn(), &cycle.slug)?.is_some() {
            continue;
        }
        let imprint = Imprint {
            note: Some(Prose::parse(format!(
                "The published history as imported, source: {source}"
            ))?),
            published: None,
            at: tx.at(),
            recorded: releases::made::recorded(tx.conn())?,
        };
        let frame = releases::made::frame(tx.conn(), cycle)?;
        let edition = release::publish(imprint, frame, reports, None)
            .map_err(|e| StoreError::Corrupt(e.to_string()))?;
        releases::keep(tx, &edition, ACTION)?;
        done += 1;
    }
    Ok(done)
}

fn add_report(
    tx: &mut Tx<'_>,
    planned: &PlannedProject,
    project: &Project,
    partnerships: &[Partnership],
    report: &PlannedReport,
) -> StoreResult<Option<ApprovedReport>> {
    if reports::find(tx.conn(), project.id, &report.cycle.slug)?.is_some() {
        return Ok(None);
    }
    let header = planned.header(project, partnerships, report);
    let working = report.report(Id::new(clock::fresh_uuid()), project, header.clone());
    tx.save(&working, import())?;
    let approved = report.approved(&working, header, tx.at());
    tx.save(&approved, import())?;
    Ok(Some(approved))
}
