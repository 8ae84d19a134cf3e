//! The changes of a release: since the last release of the previous cycle, and since the previous release of its own
//! cycle.

use std::collections::BTreeMap;

use super::{
    field_corrections::{self, FieldCorrection},
    wording::ReportWording,
};
use crate::domain::{
    figures::{Dimension, UNKNOWN},
    project::ProjectCode,
    release::{FullRelease, ReleaseReference, errata::Erratum, published::CellChange},
    report::{ApprovedReport, ProjectStatus},
    value::Prose,
    wording,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProjectLabel {
    pub(super) code: String,
    /// The title in English. `None` if neither of the two releases has it.
    pub(super) title: Option<String>,
}

/// A project whose status changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StatusChange {
    pub(super) project: ProjectLabel,
    pub(super) from: ProjectStatus,
    pub(super) to: ProjectStatus,
    /// The explanation of the city, if it had to give one.
    pub(super) reason: Option<String>,
}

/// The changes since the last release of the previous cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CycleComparison {
    /// The key of the earlier release.
    pub(super) release: String,
    /// The name of its cycle.
    pub(super) cycle: String,
    /// The reports of the earlier release by status.
    pub(super) earlier_counts: BTreeMap<ProjectStatus, i64>,
    /// The reports of this release by status.
    pub(super) current_counts: BTreeMap<ProjectStatus, i64>,
    /// Projects with a report in this release and not in the earlier one.
    pub(super) added: Vec<ProjectLabel>,
    /// Projects with a report in the earlier release and not in this one.
    pub(super) removed: Vec<ProjectLabel>,
    /// Projects whose status is stated in both releases and differs.
    pub(super) status_changes: Vec<StatusChange>,
    /// The number of projects that state the same status in both releases.
    pub(super) same: i64,
    /// The number of projects in both releases of which at least one report states no status.
    pub(super) not_stated: i64,
}

/// Compares a release with that of the previous cycle, project by project.
pub(super) fn compare_with_last_cycle(
    full_release: &FullRelease,
    before: &FullRelease,
) -> CycleComparison {
    let by_code = |full_release: &'_ FullRelease| -> BTreeMap<ProjectCode, usize> {
        full_release.reports.iter().enumerate().map(|(i, r)| (r.code.clone(), i)).collect()
    };
    let (old, new) = (by_code(before), by_code(full_release));
    let without =
        |full_release: &FullRelease, other: &BTreeMap<ProjectCode, usize>| -> Vec<ProjectLabel> {
            full_release
                .reports
                .iter()
                .filter(|r| !other.contains_key(&r.code))
                .map(label_project)
                .collect()
        };
    let mut since = CycleComparison {
        release: before.release.release.to_string(),
        cycle: before.reference.cycle.name.to_string(),
        earlier_counts: before.release.counts.statuses.clone(),
        current_counts: full_release.release.counts.statuses.clone(),
        added: without(full_release, &old),
        removed: without(before, &new),
        status_changes: Vec::new(),
        same: 0,
        not_stated: 0,
    };
    for report in &full_release.reports {
        let earlier = old.get(&report.code).and_then(|i| before.reports.get(*i));
        if let Some(earlier) = earlier {
            since.compare_reports(earlier, report);
        }
    }
    since
}

fn read_status(report: &ApprovedReport) -> ProjectStatus {
    report.content.status.unwrap_or(ProjectStatus::NotStated)
}

impl CycleComparison {
    fn compare_reports(&mut self, earlier: &ApprovedReport, current: &ApprovedReport) {
        let (from, to) = (read_status(earlier), read_status(current));
        if from == ProjectStatus::NotStated || to == ProjectStatus::NotStated {
            self.not_stated += 1;
        } else if from == to {
            self.same += 1;
        } else {
            let reason = current.content.status_reason.as_ref().map(Prose::to_string);
            self.status_changes.push(StatusChange {
                project: label_project(current),
                from,
                to,
                reason,
            });
        }
    }
}

fn label_project(report: &ApprovedReport) -> ProjectLabel {
    let title = Some(report.header.details.title.to_string());
    ProjectLabel { code: report.code.to_string(), title }
}

/// A report that changed since the previous release of the same cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportCorrection {
    pub(super) project: ProjectLabel,
    /// The kind of change (added, removed or changed), in the language of the page.
    pub(super) change: &'static str,
    /// The reasons why the report was reopened.
    pub(super) reasons: Vec<String>,
    /// The fields that changed.
    pub(super) fields: Vec<FieldCorrection>,
}

pub(super) fn list_corrections(
    full_release: &FullRelease,
    says: ReportWording,
) -> Vec<ReportCorrection> {
    full_release.release.errata.iter().map(|e| build_correction(e, full_release, says)).collect()
}

fn build_correction(
    erratum: &Erratum,
    full_release: &FullRelease,
    says: ReportWording,
) -> ReportCorrection {
    let report = full_release.reports.iter().find(|r| r.code == erratum.project);
    let code = erratum.project.to_string();
    ReportCorrection {
        project: report.map_or(ProjectLabel { code, title: None }, label_project),
        change: wording::value_label(says.0, "item_change", erratum.change.as_str()),
        reasons: erratum.reasons.clone(),
        fields: field_corrections::list_field_corrections(erratum, report, full_release, says),
    }
}

/// A published figure that changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FigureCorrection {
    /// The name of the measure.
    pub(super) measure: String,
    /// The names of the dimension of the rows and of the row.
    pub(super) row: (String, String),
    /// The names of the dimension of the columns and of the column.
    pub(super) column: (String, String),
    /// The earlier number. `None` if no report stated it.
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

pub(super) fn list_figure_corrections(
    full_release: &FullRelease,
    says: ReportWording,
) -> Vec<FigureCorrection> {
    let line = |c: &CellChange| {
        let number = |n: Option<f64>| n.map(|n| says.format_measure(c.measure, n));
        let at = |d: Dimension, key: &str| {
            (
                says.name_dimension(d).to_owned(),
                name_dimension_value(d, key, &full_release.reference, says),
            )
        };
        FigureCorrection {
            measure: wording::value_label(says.0, "measure", c.measure.as_str()).to_owned(),
            row: at(c.rows, &c.row),
            column: at(c.columns, &c.column),
            from: number(c.from),
            to: number(c.to),
        }
    };
    full_release.release.figures_changed.iter().map(line).collect()
}

/// Returns the name of a row or column. A key without a name is returned as it is.
fn name_dimension_value(
    dimension: Dimension,
    key: &str,
    reference: &ReleaseReference,
    says: ReportWording,
) -> String {
    if key == UNKNOWN {
        return says.name_unknown().to_owned();
    }
    match dimension {
        Dimension::Status => ProjectStatus::parse(key)
            .map_or_else(|_other| key.to_owned(), |s| says.name_status(s).to_owned()),
        Dimension::FocusArea => says.name_focus_area(&reference.vocabulary.focus_areas, key),
        Dimension::Country => {
            reference.countries.iter().find(|c| c.code.as_str() == key).map_or_else(
                || key.to_owned(),
                |c| wording::reference_label(says.0, "country", &c.names, key),
            )
        }
        Dimension::City => reference
            .cities
            .iter()
            .find(|c| c.slug.as_str() == key)
            .map_or_else(|| key.to_owned(), |c| says.name_record(&c.names, key)),
        // No published table has these dimensions.
        Dimension::SubArea
        | Dimension::Cycle
        | Dimension::Outcome
        | Dimension::Enabler
        | Dimension::Sector
        | Dimension::Tag
        | Dimension::Sdg
        | Dimension::PartnerType => key.to_owned(),
    }
}
