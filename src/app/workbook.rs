//! The workbook of a city: its projects and reports in a cycle, one row for each record.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::{AppResult, Refusal};
use crate::{
    domain::{
        fault::ValueFault,
        id::Id,
        journal::to_hex,
        message::thing,
        policy::Actor,
        project::Project,
        project_parts::{Indicator, Milestone, Partnership},
        report::{Report, ReportContent},
        subject::{CityCycleSubject, project_part::ProjectPart},
        value::Slug,
    },
    sheets::{WorkbookSheet, row_comparison::ExportedRow},
    store::{Conn, StoreResult, cycles, parts, projects, reports},
};

mod rows;

/// Refuses a cycle that does not exist. The refusal lists the cycles that do.
///
/// # Errors
/// [`Refusal::InvalidParameter`] for the parameter `cycle`.
pub(crate) fn check_cycle_exists(conn: &mut Conn, cycle: &Slug) -> AppResult<()> {
    if cycles::find(conn, cycle)?.is_some() {
        return Ok(());
    }
    let known = cycles::list(conn)?;
    let known = known.into_iter().map(|c| c.slug.to_string());
    Err(Refusal::InvalidParameter("cycle", ValueFault::unknown(thing::cycle(), known)))
}

/// The content of a report, and the version of the report.
pub(crate) struct VersionedContent {
    pub(crate) version: i64,
    pub(crate) content: ReportContent,
}

/// The rows of a city's workbook, and the records that an import compares with.
pub(crate) struct CityWorkbook {
    tables: Vec<(WorkbookSheet, Vec<ExportedRow>)>,
    /// The content of each project's report, by the code of the project.
    pub(crate) reports: HashMap<String, VersionedContent>,
    /// The codes of the projects.
    pub(crate) projects: BTreeSet<String>,
}

/// Groups parts by their project. The order within a project stays.
fn group_by_project<P: ProjectPart>(parts: Vec<P>) -> HashMap<Id<Project>, Vec<P>> {
    let mut groups: HashMap<Id<Project>, Vec<P>> = HashMap::new();
    for part in parts {
        groups.entry(part.project_id()).or_default().push(part);
    }
    groups
}

struct ProjectRecords {
    project: Project,
    milestones: Vec<Milestone>,
    indicators: Vec<Indicator>,
    partnerships: Vec<Partnership>,
    report: Option<Report>,
}

impl CityWorkbook {
    /// Loads the records that the actor reads. A draft that was never submitted is loaded for officers of its city
    /// only.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub(crate) fn load_for_city(
        conn: &mut Conn,
        actor: &Actor,
        subject: &CityCycleSubject,
    ) -> StoreResult<Self> {
        let (city, cycle): (&Slug, &Slug) = (&subject.city.slug, &subject.cycle.slug);
        let drafts = actor.visible_rows().drafts.covers_city(subject.city.country, city);
        let mut by_project: HashMap<Id<Project>, Report> =
            reports::list_for_city(conn, city, cycle)?
                .into_iter()
                .filter(|r| drafts || r.ever_submitted)
                .map(|r| (r.project, r))
                .collect();
        let mut milestones = group_by_project(parts::list_city_milestones(conn, city)?);
        let mut indicators = group_by_project(parts::list_city_indicators(conn, city)?);
        let mut partnerships = group_by_project(parts::list_city_partnerships(conn, city)?);
        let tables = WorkbookSheet::ALL.iter().map(|s| (*s, Vec::new())).collect();
        let mut book = Self { tables, reports: HashMap::new(), projects: BTreeSet::new() };
        for project in projects::list_for_city(conn, city, &subject.cycle.plan_cycle)? {
            book.add_project(ProjectRecords {
                milestones: milestones.remove(&project.id).unwrap_or_default(),
                indicators: indicators.remove(&project.id).unwrap_or_default(),
                partnerships: partnerships.remove(&project.id).unwrap_or_default(),
                report: by_project.remove(&project.id),
                project,
            });
        }
        Ok(book)
    }

    /// Returns a digest of all rows. It changes if any of the records changes.
    ///
    /// # Errors
    /// A value has no JSON form.
    pub(crate) fn compute_digest(&self) -> Result<String, serde_json::Error> {
        let mut digest = Sha256::new();
        for (sheet, rows) in &self.tables {
            digest.update(sheet.as_str());
            for row in rows {
                digest.update(serde_json::to_vec(&row.values().collect::<Vec<_>>())?);
            }
        }
        Ok(to_hex(&digest.finalize()))
    }

    pub(crate) fn tables(&self) -> &[(WorkbookSheet, Vec<ExportedRow>)] {
        &self.tables
    }

    pub(crate) fn rows(&self, sheet: WorkbookSheet) -> &[ExportedRow] {
        self.tables
            .iter()
            .find(|(s, _)| *s == sheet)
            .map(|(_, rows)| rows.as_slice())
            .unwrap_or_default()
    }

    fn add_rows(&mut self, sheet: WorkbookSheet, rows: impl IntoIterator<Item = ExportedRow>) {
        if let Some((_, table)) = self.tables.iter_mut().find(|(s, _)| *s == sheet) {
            table.extend(rows);
        }
    }

    fn add_project(&mut self, records: ProjectRecords) {
        let ProjectRecords { project, milestones, indicators, partnerships, report } = records;
        let report_rows = rows::ReportRows::new(&project, report.as_ref());
        self.add_rows(WorkbookSheet::Reports, [report_rows.build_row()]);
        self.add_rows(WorkbookSheet::Completions, report_rows.build_completions(&milestones));
        self.add_rows(WorkbookSheet::Values, report_rows.build_values(&indicators));
        self.add_rows(WorkbookSheet::Evidence, report_rows.build_evidence());
        self.add_rows(WorkbookSheet::Milestones, milestones.iter().map(rows::build_milestone_row));
        self.add_rows(WorkbookSheet::Indicators, indicators.iter().map(rows::build_indicator_row));
        self.add_rows(
            WorkbookSheet::Partnerships,
            partnerships.iter().map(rows::build_partnership_row),
        );
        self.add_rows(WorkbookSheet::Projects, [rows::build_project_row(&project)]);
        let code = project.code.to_string();
        if let Some(Report { version, content, .. }) = report {
            self.reports.insert(code.clone(), VersionedContent { version, content });
        }
        self.projects.insert(code);
    }
}
