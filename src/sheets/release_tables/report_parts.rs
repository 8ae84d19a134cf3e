//! Tables of the parts of reports: milestones, indicators and their values, partnerships, and evidence links.

use super::{
    ForeignKey, ReleaseTable, ReleaseTableRow, RowContext, RowSource, reports::to_money_values,
    table_columns,
};
use crate::{
    domain::{
        attainment::compute_attainment,
        project_parts::{IndicatorReading, PartnerRole, PartnerStage},
        report::ApprovedReport,
        value::{Prose, Slug, Title},
    },
    sheets::flat::Datum,
};

/// The reference from a row to its report.
const OF_REPORT: &[ForeignKey] =
    &[ForeignKey { columns: &["project"], table: "reports", to: &["project"] }];

/// One row per milestone.
pub(crate) const MILESTONES: ReleaseTable = ReleaseTable {
    name: "milestones",
    title: "Milestones of the projects, as the reports froze them",
    columns: table_columns![
        ("project", Text, "The project."),
        ("milestone", Text, "The milestone's identifier."),
        ("title", Text, "What is reached."),
        ("due_on", Day, "By when."),
        ("weight", Integer, "Its share in the project's progress."),
        (
            "completed_on",
            Day,
            "When it was reached, by this report or by the project's record; empty while it is not."
        ),
    ],
    key: &["milestone"],
    foreign_keys: OF_REPORT,
    rows: RowSource::PerReport(build_milestone_rows),
};

/// One row per indicator.
pub(crate) const INDICATORS: ReleaseTable = ReleaseTable {
    name: "indicators",
    title: "Indicators of the projects, as the reports froze them",
    columns: table_columns![
        ("project", Text, "The project."),
        ("indicator", Text, "The indicator's identifier."),
        ("name", Text, "What is measured."),
        ("kind", Text, "output or outcome."),
        ("unit", Text, "The unit of its values."),
        ("better", Text, "The direction in which it gets better: up or down."),
        ("baseline", Number, "Where it started."),
        ("baseline_on", Day, "When."),
        ("target", Number, "Where it should get."),
        ("target_on", Day, "By when."),
    ],
    key: &["indicator"],
    foreign_keys: OF_REPORT,
    rows: RowSource::PerReport(build_indicator_rows),
};

/// One row per measured value.
pub(crate) const VALUES: ReleaseTable = ReleaseTable {
    name: "indicator_values",
    title: "Values of indicators, as the reports state them",
    columns: table_columns![
        ("project", Text, "The project."),
        ("indicator", Text, "The indicator's identifier."),
        ("measured_on", Day, "When it was measured."),
        ("value", Number, "What was measured, in the indicator's unit."),
        (
            "attainment",
            Number,
            "(value - baseline) / (target - baseline); empty where it is undefined."
        ),
    ],
    key: &["indicator", "measured_on"],
    foreign_keys: &[ForeignKey {
        columns: &["indicator"],
        table: "indicators",
        to: &["indicator"],
    }],
    rows: RowSource::PerReport(build_indicator_value_rows),
};

/// One row per partnership.
pub(crate) const PARTNERSHIPS: ReleaseTable = ReleaseTable {
    name: "partnerships",
    title: "Partners of the projects, as the reports froze them",
    columns: table_columns![
        ("project", Text, "The project."),
        ("partnership", Text, "The partnership's identifier."),
        ("partner", Text, "The partner, where it is one of the reference data."),
        ("as_stated", Text, "The partner as a source names it, where it is none of those."),
        ("role", Text, "What it does; empty where nobody states it."),
        ("stage", Text, "How far it has come; empty where nobody states it."),
        ("amount_minor", Integer, "The money involved, in minor units of its currency."),
        ("amount_currency", Text, "The currency, ISO 4217."),
        ("note", Text, "What else is to be said."),
    ],
    key: &["partnership"],
    foreign_keys: OF_REPORT,
    rows: RowSource::PerReport(build_partnership_rows),
};

/// One row per link.
pub(crate) const EVIDENCE: ReleaseTable = ReleaseTable {
    name: "evidence",
    title: "Where the reports can be looked up",
    columns: table_columns![
        ("project", Text, "The project."),
        ("number", Integer, "Its number within the report, from 1."),
        ("title", Text, "What it shows."),
        ("url", Text, "Where it is."),
    ],
    key: &["project", "number"],
    foreign_keys: OF_REPORT,
    rows: RowSource::PerReport(build_evidence_rows),
};

fn build_part_row(
    context: &RowContext<'_>,
    report: &ApprovedReport,
    own: impl IntoIterator<Item = Datum>,
) -> ReleaseTableRow {
    let mut row = context.leading_values();
    row.push(report.code.to_string().into());
    row.extend(own);
    row
}

fn build_milestone_rows(context: &RowContext<'_>, report: &ApprovedReport) -> Vec<ReleaseTableRow> {
    let done = |id| {
        let by_report = report.content.milestones.iter().find(|m| m.milestone_id == id);
        by_report.map(|m| m.completed_on)
    };
    let one = |m: &crate::domain::project_parts::Milestone| {
        build_part_row(
            context,
            report,
            [
                m.id.to_string().into(),
                m.title.to_string().into(),
                m.due_on.into(),
                m.weight.into(),
                done(m.id).or(m.completed_on).into(),
            ],
        )
    };
    report.header.milestones.iter().map(one).collect()
}

fn to_reading_values(reading: Option<&IndicatorReading>) -> [Datum; 2] {
    [reading.map(|r| r.value).into(), reading.map(|r| r.on).into()]
}

fn build_indicator_rows(context: &RowContext<'_>, report: &ApprovedReport) -> Vec<ReleaseTableRow> {
    let one = |i: &crate::domain::project_parts::Indicator| {
        let [baseline, baseline_on] = to_reading_values(i.baseline.as_ref());
        let [target, target_on] = to_reading_values(i.target.as_ref());
        build_part_row(
            context,
            report,
            [
                i.id.to_string().into(),
                i.name.to_string().into(),
                i.kind.as_str().into(),
                i.unit.to_string().into(),
                i.better.as_str().into(),
                baseline,
                baseline_on,
                target,
                target_on,
            ],
        )
    };
    report.header.indicators.iter().map(one).collect()
}

fn build_indicator_value_rows(
    context: &RowContext<'_>,
    report: &ApprovedReport,
) -> Vec<ReleaseTableRow> {
    let one = |v: &crate::domain::report::IndicatorValue| {
        let indicator = report.header.indicators.iter().find(|i| i.id == v.indicator_id)?;
        Some(build_part_row(
            context,
            report,
            [
                v.indicator_id.to_string().into(),
                v.measured_on.into(),
                v.value.into(),
                compute_attainment(indicator, v.value).ok().into(),
            ],
        ))
    };
    report.content.indicator_values.iter().filter_map(one).collect()
}

fn build_partnership_rows(
    context: &RowContext<'_>,
    report: &ApprovedReport,
) -> Vec<ReleaseTableRow> {
    let one = |p: &crate::domain::project_parts::Partnership| {
        let [amount, currency] = to_money_values(p.amount);
        build_part_row(
            context,
            report,
            [
                p.id.to_string().into(),
                p.partner.as_ref().map(Slug::to_string).into(),
                p.as_stated.as_ref().map(Title::to_string).into(),
                p.role.map(PartnerRole::as_str).into(),
                p.stage.map(PartnerStage::as_str).into(),
                amount,
                currency,
                p.note.as_ref().map(Prose::to_string).into(),
            ],
        )
    };
    report.header.partnerships.iter().map(one).collect()
}

fn build_evidence_rows(context: &RowContext<'_>, report: &ApprovedReport) -> Vec<ReleaseTableRow> {
    let one = |(number, e): (i64, &crate::domain::report::EvidenceLink)| {
        build_part_row(
            context,
            report,
            [number.into(), e.title.to_string().into(), e.url.as_str().into()],
        )
    };
    (1..).zip(&report.content.evidence).map(one).collect()
}
