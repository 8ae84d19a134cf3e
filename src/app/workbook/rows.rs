//! Builds the rows of a workbook from records: one value for each column of the sheet.

use serde_json::Value;

use crate::{
    domain::{
        project::{Project, ProjectLocation},
        project_parts::{
            Indicator, IndicatorReading, Milestone, PartnerRole, PartnerStage, Partnership,
        },
        report::{IndicatorValue, PercentMethod, ProjectStatus, Report, ReportContent},
        value::{Percent, Prose, Slug, Title},
    },
    sheets::{WorkbookSheet, row_comparison::ExportedRow},
};

#[cfg(test)]
mod tests;

fn to_line(text: Option<&Title>) -> Value {
    Value::from(text.map(Title::as_str))
}

fn to_prose(text: Option<&Prose>) -> Value {
    Value::from(text.map(Prose::as_str))
}

fn to_slug(slug: Option<&Slug>) -> Value {
    Value::from(slug.map(Slug::as_str))
}

fn to_slugs(slugs: &[Slug]) -> Value {
    slugs.iter().map(Slug::as_str).collect()
}

/// Returns a value that is written as text, such as a day or an id.
fn to_text(value: Option<impl ToString>) -> Value {
    Value::from(value.map(|v| v.to_string()))
}

pub(super) fn build_project_row(project: &Project) -> ExportedRow {
    let d = &project.details;
    let at = d.location.as_ref();
    ExportedRow::from_cells(
        WorkbookSheet::Projects,
        [
            ("code", to_text(Some(&project.code))),
            ("version", Value::from(project.version)),
            ("title", to_line(Some(&d.title))),
            ("title_local", to_line(d.title_local.as_ref())),
            ("summary", to_prose(d.summary.as_ref())),
            ("focus_area", to_slug(d.focus_area.as_ref())),
            ("other_focus_areas", to_slugs(&d.other_focus_areas)),
            ("sub_area", to_slug(d.sub_area.as_ref())),
            ("outcomes", to_slugs(&d.outcomes)),
            ("enablers", to_slugs(&d.enablers)),
            ("sectors", to_slugs(&d.sectors)),
            ("tags", to_slugs(&d.tags)),
            ("priority", Value::from(d.priority)),
            ("starts_on", to_text(d.starts_on)),
            ("ends_on", to_text(d.ends_on)),
            ("dates_reason", to_prose(d.dates_reason.as_ref())),
            ("budget_minor", Value::from(d.budget.map(|m| m.amount_minor))),
            ("budget_currency", Value::from(d.budget.as_ref().map(|m| m.currency.as_str()))),
            ("support_required", to_prose(d.support_required.as_ref())),
            ("latitude", Value::from(at.and_then(|l| l.latitude))),
            ("longitude", Value::from(at.and_then(|l| l.longitude))),
            ("place", to_line(at.and_then(|l: &ProjectLocation| l.text.as_ref()))),
            ("sdgs", d.sdgs.iter().copied().collect()),
            ("inclusion_note", to_prose(d.inclusion_note.as_ref())),
            ("continues", to_text(d.continues.as_ref())),
            ("archived", Value::from(d.archived)),
        ],
    )
}

pub(super) fn build_milestone_row(milestone: &Milestone) -> ExportedRow {
    ExportedRow::from_cells(
        WorkbookSheet::Milestones,
        [
            ("id", to_text(Some(milestone.id))),
            ("project", to_text(Some(&milestone.code))),
            ("version", Value::from(milestone.version)),
            ("title", to_line(Some(&milestone.title))),
            ("due_on", to_text(Some(milestone.due_on))),
            ("weight", Value::from(milestone.weight)),
            ("completed_on", to_text(milestone.completed_on)),
        ],
    )
}

pub(super) fn build_indicator_row(indicator: &Indicator) -> ExportedRow {
    let value = |reading: Option<IndicatorReading>| Value::from(reading.map(|r| r.value));
    let day = |reading: Option<IndicatorReading>| to_text(reading.map(|r| r.on));
    ExportedRow::from_cells(
        WorkbookSheet::Indicators,
        [
            ("id", to_text(Some(indicator.id))),
            ("project", to_text(Some(&indicator.code))),
            ("version", Value::from(indicator.version)),
            ("name", to_line(Some(&indicator.name))),
            ("kind", Value::from(indicator.kind.as_str())),
            ("unit", to_line(Some(&indicator.unit))),
            ("better", Value::from(indicator.better.as_str())),
            ("baseline_value", value(indicator.baseline)),
            ("baseline_on", day(indicator.baseline)),
            ("target_value", value(indicator.target)),
            ("target_on", day(indicator.target)),
        ],
    )
}

pub(super) fn build_partnership_row(partnership: &Partnership) -> ExportedRow {
    let amount = partnership.amount.as_ref();
    ExportedRow::from_cells(
        WorkbookSheet::Partnerships,
        [
            ("id", to_text(Some(partnership.id))),
            ("project", to_text(Some(&partnership.code))),
            ("version", Value::from(partnership.version)),
            ("partner", to_slug(partnership.partner.as_ref())),
            ("as_stated", to_line(partnership.as_stated.as_ref())),
            ("role", Value::from(partnership.role.map(PartnerRole::as_str))),
            ("stage", Value::from(partnership.stage.map(PartnerStage::as_str))),
            ("amount_minor", Value::from(amount.map(|m| m.amount_minor))),
            ("amount_currency", Value::from(amount.map(|m| m.currency.as_str()))),
            ("note", to_prose(partnership.note.as_ref())),
        ],
    )
}

/// Builds the rows of a project's report. The report may not exist yet: its values are then empty.
pub(super) struct ReportRows<'r> {
    project: &'r Project,
    report: Option<&'r Report>,
    /// The code of the project.
    code: Value,
    /// The version of the report.
    version: Value,
}

impl<'r> ReportRows<'r> {
    pub(super) fn new(project: &'r Project, report: Option<&'r Report>) -> Self {
        let code = Value::from(project.code.to_string());
        Self { project, report, code, version: Value::from(report.map(|r| r.version)) }
    }

    fn content(&self) -> Option<&'r ReportContent> {
        self.report.map(|r| &r.content)
    }

    pub(super) fn build_row(&self) -> ExportedRow {
        let content = self.content();
        let prose = |of: fn(&ReportContent) -> Option<&Prose>| to_prose(content.and_then(of));
        let percent = content.and_then(|c| c.percent_complete).map(Percent::value);
        let method = content.and_then(|c| c.percent_method);
        let spent = content.and_then(|c| c.spent.as_ref());
        let status = content.and_then(|c| c.status);
        ExportedRow::from_cells(
            WorkbookSheet::Reports,
            [
                ("project", self.code.clone()),
                ("project_title", to_line(Some(&self.project.details.title))),
                ("state", Value::from(self.report.map(|r| r.state.as_str()))),
                ("version", self.version.clone()),
                ("status", Value::from(status.map(ProjectStatus::as_str))),
                ("status_reason", prose(|c| c.status_reason.as_ref())),
                ("percent_complete", Value::from(percent)),
                ("percent_method", Value::from(method.map(PercentMethod::as_str))),
                ("achievements", prose(|c| c.achievements.as_ref())),
                ("challenges", prose(|c| c.challenges.as_ref())),
                ("next_steps", prose(|c| c.next_steps.as_ref())),
                ("support_needed", prose(|c| c.support_needed.as_ref())),
                ("spent_minor", Value::from(spent.map(|m| m.amount_minor))),
                ("spent_currency", Value::from(spent.map(|m| m.currency.as_str()))),
                ("unchanged", Value::from(content.map(|c| c.unchanged))),
            ],
        )
    }

    /// Builds one row for each milestone, reached or not.
    pub(super) fn build_completions(&self, milestones: &[Milestone]) -> Vec<ExportedRow> {
        let done = self.content().map(|c| c.milestones.as_slice()).unwrap_or_default();
        let row = |milestone: &Milestone| {
            let done = done.iter().find(|item| item.milestone_id == milestone.id);
            ExportedRow::from_cells(
                WorkbookSheet::Completions,
                [
                    ("milestone", to_text(Some(milestone.id))),
                    ("project", self.code.clone()),
                    ("milestone_title", to_line(Some(&milestone.title))),
                    ("version", self.version.clone()),
                    ("completed_on", to_text(done.map(|item| item.completed_on))),
                ],
            )
        };
        milestones.iter().map(row).collect()
    }

    /// Builds one row for each value, and one empty row for the next value of each indicator.
    pub(super) fn build_values(&self, indicators: &[Indicator]) -> Vec<ExportedRow> {
        let stated = self.content().map(|c| c.indicator_values.as_slice()).unwrap_or_default();
        let rows = indicators.iter().flat_map(|indicator| {
            let numbered = (1_usize..).zip(stated);
            let own = numbered.filter(|(_, value)| value.indicator_id == indicator.id);
            let filled =
                own.map(|(entry, value)| self.build_value(indicator, Some((entry, value))));
            filled.chain([self.build_value(indicator, None)])
        });
        rows.collect()
    }

    /// Builds the row of a value with its place in the report, or the empty row of the next value.
    fn build_value(
        &self,
        indicator: &Indicator,
        stated: Option<(usize, &IndicatorValue)>,
    ) -> ExportedRow {
        let value = stated.map(|(_, value)| value);
        ExportedRow::from_cells(
            WorkbookSheet::Values,
            [
                ("entry", Value::from(stated.map(|(entry, _)| entry))),
                ("indicator", to_text(Some(indicator.id))),
                ("project", self.code.clone()),
                ("indicator_name", to_line(Some(&indicator.name))),
                ("version", self.version.clone()),
                ("value", Value::from(value.map(|v| v.value))),
                ("measured_on", to_text(value.map(|v| v.measured_on))),
            ],
        )
    }

    pub(super) fn build_evidence(&self) -> Vec<ExportedRow> {
        let links = self.content().map(|c| c.evidence.as_slice()).unwrap_or_default();
        let rows = (1_usize..).zip(links).map(|(entry, link)| {
            ExportedRow::from_cells(
                WorkbookSheet::Evidence,
                [
                    ("entry", Value::from(entry)),
                    ("project", self.code.clone()),
                    ("version", self.version.clone()),
                    ("title", to_line(Some(&link.title))),
                    ("url", Value::from(link.url.as_str())),
                ],
            )
        });
        rows.collect()
    }
}
