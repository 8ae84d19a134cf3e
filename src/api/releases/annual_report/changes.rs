//! What became another: since the release of the cycle before, and since the release before of the same cycle.

use std::collections::BTreeMap;

use super::{
    field_corrections::{self, FieldCorrection},
    wording::ReportWording,
};
use crate::domain::{
    figures::{Dimension, UNKNOWN},
    project::ProjectCode,
    release::{FullRelease, ReleaseReference, errata::Erratum, published::CellChange},
    report::{ApprovedReport, Status},
    value::Prose,
    wording,
};

/// A project by its code and title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProjectLabel {
    /// Its code.
    pub(super) code: String,
    /// Its title; none where neither release at hand has it.
    pub(super) title: Option<String>,
}

/// A project whose status became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StatusChange {
    /// The project.
    pub(super) project: ProjectLabel,
    /// The status that it had.
    pub(super) from: Status,
    /// The status that it has.
    pub(super) to: Status,
    /// Why, where the city had to say so.
    pub(super) reason: Option<String>,
}

/// What became another since the last release of the cycle before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CycleComparison {
    /// That release.
    pub(super) release: String,
    /// The name of its cycle.
    pub(super) cycle: String,
    /// Its reports by status.
    pub(super) earlier_counts: BTreeMap<Status, i64>,
    /// The reports of this release by status.
    pub(super) current_counts: BTreeMap<Status, i64>,
    /// Projects that this release has a report of and that one has not.
    pub(super) added: Vec<ProjectLabel>,
    /// Projects that that release has a report of and this one has not.
    pub(super) removed: Vec<ProjectLabel>,
    /// Projects whose status is stated in both and is another.
    pub(super) status_changes: Vec<StatusChange>,
    /// How many have the same status in both, stated.
    pub(super) same: i64,
    /// How many are in both and have a status that one of them does not state.
    pub(super) not_stated: i64,
}

/// Compares a release with that of the cycle before, project by project.
pub(super) fn compare_with_last_cycle(
    edition: &FullRelease,
    before: &FullRelease,
) -> CycleComparison {
    let by_code = |edition: &'_ FullRelease| -> BTreeMap<ProjectCode, usize> {
        edition.reports.iter().enumerate().map(|(i, r)| (r.code.clone(), i)).collect()
    };
    let (old, new) = (by_code(before), by_code(edition));
    let without = |edition: &FullRelease,
                   other: &BTreeMap<ProjectCode, usize>|
     -> Vec<ProjectLabel> {
        edition.reports.iter().filter(|r| !other.contains_key(&r.code)).map(label_project).collect()
    };
    let mut since = CycleComparison {
        release: before.release.release.to_string(),
        cycle: before.frame.cycle.name.to_string(),
        earlier_counts: before.release.counts.statuses.clone(),
        current_counts: edition.release.counts.statuses.clone(),
        added: without(edition, &old),
        removed: without(before, &new),
        status_changes: Vec::new(),
        same: 0,
        not_stated: 0,
    };
    for report in &edition.reports {
        let was = old.get(&report.code).and_then(|i| before.reports.get(*i));
        if let Some(was) = was {
            since.compare_reports(was, report);
        }
    }
    since
}

fn read_status(report: &ApprovedReport) -> Status {
    report.content.status.unwrap_or(Status::NotStated)
}

impl CycleComparison {
    fn compare_reports(&mut self, was: &ApprovedReport, is: &ApprovedReport) {
        let (from, to) = (read_status(was), read_status(is));
        if from == Status::NotStated || to == Status::NotStated {
            self.not_stated += 1;
        } else if from == to {
            self.same += 1;
        } else {
            let reason = is.content.status_reason.as_ref().map(Prose::to_string);
            self.status_changes.push(StatusChange { project: label_project(is), from, to, reason });
        }
    }
}

fn label_project(report: &ApprovedReport) -> ProjectLabel {
    let title = Some(report.header.details.title.to_string());
    ProjectLabel { code: report.code.to_string(), title }
}

/// A report that became another since the release before of the same cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportCorrection {
    /// The project.
    pub(super) project: ProjectLabel,
    /// Whether the report came, went or changed.
    pub(super) change: &'static str,
    /// Why it was taken up again.
    pub(super) reasons: Vec<String>,
    /// What it said and says now.
    pub(super) fields: Vec<FieldCorrection>,
}

/// Lists the errata of a release.
pub(super) fn list_corrections(
    edition: &FullRelease,
    says: ReportWording,
) -> Vec<ReportCorrection> {
    edition.release.errata.iter().map(|e| build_correction(e, edition, says)).collect()
}

fn build_correction(
    erratum: &Erratum,
    edition: &FullRelease,
    says: ReportWording,
) -> ReportCorrection {
    let report = edition.reports.iter().find(|r| r.code == erratum.project);
    let code = erratum.project.to_string();
    ReportCorrection {
        project: report.map_or(ProjectLabel { code, title: None }, label_project),
        change: wording::value_label(says.0, "item_change", erratum.change.as_str()),
        reasons: erratum.reasons.clone(),
        fields: field_corrections::list_field_corrections(erratum, report, edition, says),
    }
}

/// A published figure that became another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FigureCorrection {
    /// What is measured.
    pub(super) measure: String,
    /// Its row: what it is, and which.
    pub(super) row: (String, String),
    /// Its column: what it is, and which.
    pub(super) column: (String, String),
    /// What it was; none where nothing was stated.
    pub(super) from: Option<String>,
    /// What it is.
    pub(super) to: Option<String>,
}

/// Lists the published figures that became others.
pub(super) fn list_figure_corrections(
    edition: &FullRelease,
    says: ReportWording,
) -> Vec<FigureCorrection> {
    let line = |c: &CellChange| {
        let number = |n: Option<f64>| n.map(|n| says.format_measure(c.measure, n));
        let at = |d: Dimension, key: &str| {
            (says.name_dimension(d).to_owned(), name_dimension_value(d, key, &edition.frame, says))
        };
        FigureCorrection {
            measure: wording::value_label(says.0, "measure", c.measure.as_str()).to_owned(),
            row: at(c.rows, &c.row),
            column: at(c.columns, &c.column),
            from: number(c.from),
            to: number(c.to),
        }
    };
    edition.release.figures_changed.iter().map(line).collect()
}

/// Names a row or column of a table.
fn name_dimension_value(
    dimension: Dimension,
    key: &str,
    frame: &ReleaseReference,
    says: ReportWording,
) -> String {
    if key == UNKNOWN {
        return says.name_unknown().to_owned();
    }
    match dimension {
        Dimension::Status => Status::parse(key)
            .map_or_else(|_other| key.to_owned(), |s| says.name_status(s).to_owned()),
        Dimension::FocusArea => says.name_focus_area(&frame.vocabulary.focus_areas, key),
        Dimension::Country => frame.countries.iter().find(|c| c.code.as_str() == key).map_or_else(
            || key.to_owned(),
            |c| wording::reference_label(says.0, "country", &c.names, key),
        ),
        Dimension::City => frame
            .cities
            .iter()
            .find(|c| c.slug.as_str() == key)
            .map_or_else(|| key.to_owned(), |c| says.name_record(&c.names, key)),
        // No published table is broken down by these.
        Dimension::SubArea
        | Dimension::Cycle
        | Dimension::Outcome
        | Dimension::Enabler
        | Dimension::Sector => key.to_owned(),
    }
}
