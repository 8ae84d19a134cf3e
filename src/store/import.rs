//! Imports the published history in one transaction. The import can be repeated: records that exist stay as they are.

use std::{collections::BTreeMap, sync::OnceLock};

use super::{
    Conn, StoreError, StoreResult, Tx, cycles, parts, projects, reference, releases, reports,
    tx::{Change, RecordWriter as _, ServiceProof},
};
use crate::{
    clock,
    domain::{
        cycle::ReportingCycle,
        fault::FieldFault,
        history::{
            HistoryFile, HistoryReference, ImportPlan, PlannedProject, PlannedReport, StatedSource,
        },
        id::Id,
        project::Project,
        project_parts::Partnership,
        release::{self, ReleaseMetadata},
        report::ApprovedReport,
        value::Prose,
        workflow,
    },
};

/// The history that is compiled into the program.
const FILE: &str = include_str!("../data/me_history.json");
/// The journal action of imported records.
pub const ACTION: &str = "import";

/// Parses the embedded history.
///
/// # Errors
/// Returns an error if the file has an unexpected form. Tests check that it does not.
pub fn parse_embedded_history() -> Result<HistoryFile, serde_json::Error> {
    serde_json::from_str(FILE)
}

/// Returns the publications of the embedded history, by their keys.
pub(crate) fn list_publications() -> &'static BTreeMap<String, StatedSource> {
    static PUBLICATIONS: OnceLock<BTreeMap<String, StatedSource>> = OnceLock::new();
    PUBLICATIONS
        .get_or_init(|| parse_embedded_history().map(|file| file.sources).unwrap_or_default())
}

/// The reason why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file does not match the reference data.
    #[error("the history cannot be understood: {}", join_faults(.0))]
    Invalid(Vec<FieldFault>),
}

fn join_faults(faults: &[FieldFault]) -> String {
    let texts: Vec<String> =
        faults.iter().map(|f| format!("{} at {}", f.message, f.pointer)).collect();
    texts.join("; ")
}

/// The numbers of records that a run added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Added cycles.
    pub cycles: usize,
    /// Added projects.
    pub projects: usize,
    /// Added partnerships.
    pub partnerships: usize,
    /// Added approved reports.
    pub reports: usize,
    /// Published releases.
    pub releases: usize,
}

impl std::fmt::Display for ImportSummary {
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

/// Adds the missing records of a history. Records that were imported before are not touched, even if they changed
/// since.
///
/// # Errors
/// Returns an error if the history does not match the reference data, or if the database fails.
pub fn import_history(
    tx: &mut Tx<'_>,
    history: &HistoryFile,
) -> Result<ImportSummary, ImportError> {
    let known = load_history_reference(tx.conn())?;
    let mut plan = history.plan_import(&known).map_err(ImportError::Invalid)?;
    let mut done = ImportSummary::default();
    add_cycles(tx, &mut plan, &mut done)?;
    for planned in &plan.projects {
        let project = add_project(tx, planned, &mut done)?;
        add_reports(tx, planned, &project, &mut done)?;
    }
    Ok(done)
}

fn load_history_reference(conn: &mut Conn) -> StoreResult<HistoryReference> {
    let cities = reference::list_cities(conn)?.into_iter().map(|c| (c.slug, c.country)).collect();
    let plan_cycles = reference::list_plan_cycles(conn)?.into_iter().map(|p| p.slug).collect();
    let partners = reference::list_partners(conn)?;
    Ok(HistoryReference::new(cities, plan_cycles, reference::load_vocabulary(conn)?, &partners))
}

fn import_change() -> Change {
    Change::without_reason(ACTION)
}

/// Adds the cycles. A cycle that exists is used with its own cut-off day.
fn add_cycles(tx: &mut Tx<'_>, plan: &mut ImportPlan, done: &mut ImportSummary) -> StoreResult<()> {
    let mut there: Vec<ReportingCycle> = Vec::new();
    for cycle in &plan.cycles {
        if let Some(found) = cycles::find(tx.conn(), &cycle.slug)? {
            there.push(found);
        } else {
            ServiceProof::new().save(tx, cycle, import_change())?;
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

/// Finds the project, or adds it with its partnerships.
fn add_project(
    tx: &mut Tx<'_>,
    planned: &PlannedProject,
    done: &mut ImportSummary,
) -> StoreResult<Project> {
    if let Some(found) = projects::find_imported(tx.conn(), &planned.import_key)? {
        return Ok(found);
    }
    // If the city recorded projects of its own before, they keep their numbers.
    let number = planned.number.max(projects::next_number(tx.conn(), &planned.city)?);
    let project = planned.to_project(Id::new(clock::generate_uuid()), number, tx.at());
    ServiceProof::new().save(tx, &project, import_change())?;
    for partner in &planned.partners {
        ServiceProof::new().save(
            tx,
            &partner.to_partnership(Id::new(clock::generate_uuid()), &project),
            import_change(),
        )?;
    }
    done.projects += 1;
    done.partnerships += planned.partners.len();
    Ok(project)
}

/// Adds the missing reports, and updates the approved copy of the project if one of them is its latest.
fn add_reports(
    tx: &mut Tx<'_>,
    planned: &PlannedProject,
    project: &Project,
    done: &mut ImportSummary,
) -> StoreResult<()> {
    let partnerships = parts::list_partnerships(tx.conn(), project.id)?;
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
        let copy = workflow::build_approved_project(&approved, before.as_ref());
        ServiceProof::new().save_or_replace(tx, before.as_ref(), copy, import_change())?;
    }
    Ok(())
}

/// Publishes the cycles of the history that have no release yet, in the order of their cut-off days, and returns how
/// many. This needs a transaction after that of the import, because a release records the head of the journal before
/// it.
///
/// # Errors
/// Returns an error if the database fails.
pub fn publish_cycles(tx: &mut Tx<'_>) -> StoreResult<usize> {
    let mut all = cycles::list(tx.conn())?;
    all.sort_by_key(|c| c.as_of);
    let mut done = 0;
    for cycle in all {
        let Some(source) = cycle.imported.clone() else { continue };
        let reports = releases::assembly::list_reports(tx.conn(), &cycle.slug)?;
        if reports.is_empty() || releases::find_latest(tx.conn(), &cycle.slug)?.is_some() {
            continue;
        }
        let metadata = ReleaseMetadata {
            note: Some(Prose::parse(format!(
                "The published history as imported, source: {source}"
            ))?),
            published: None,
            at: tx.at(),
            recorded: releases::assembly::load_journal_position(tx.conn())?,
        };
        let reference = releases::assembly::build_reference(tx.conn(), cycle)?;
        let full_release = release::publish_release(metadata, reference, reports, None)
            .map_err(|e| StoreError::Corrupt(e.to_string()))?;
        releases::insert_full_release(tx, &ServiceProof::new(), &full_release, ACTION)?;
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
    let header = planned.freeze_header(project, partnerships, report);
    let working = report.to_report(Id::new(clock::generate_uuid()), project, header.clone());
    ServiceProof::new().save(tx, &working, import_change())?;
    let approved = report.to_approved_report(&working, header, tx.at());
    ServiceProof::new().save(tx, &approved, import_change())?;
    Ok(Some(approved))
}
