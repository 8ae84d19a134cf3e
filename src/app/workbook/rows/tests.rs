use chrono::NaiveDate;
use uuid::Uuid;

use super::*;
use crate::domain::{
    id::Id,
    project::ProjectCode,
    project_parts::{IndicatorDirection, IndicatorKind, PartnerRole, PartnerStage},
    report::{EvidenceLink, MilestoneDone, ReportState},
    testing::{day, milestone, project, report, slug},
    value::{CurrencyCode, HttpsUrl, Money},
};

/// Lists the columns in which a row has no value. Every row has a digest.
fn list_empty_columns(sheet: WorkbookSheet, row: &ExportedRow) -> Vec<&'static str> {
    let columns = sheet.columns().iter().enumerate();
    columns.filter(|(i, _)| row.get(*i).is_null()).map(|(_, column)| column.name).collect()
}

fn prose() -> Prose {
    Prose::parse("Text").unwrap()
}

fn line() -> Title {
    Title::parse("Line").unwrap()
}

fn money() -> Money {
    Money { amount_minor: 5, currency: CurrencyCode::parse("USD").unwrap() }
}

fn full_project() -> Project {
    let mut project = project();
    let details = &mut project.details;
    details.title_local = Some(line());
    details.summary = Some(prose());
    details.sub_area = Some(slug("a"));
    details.dates_reason = Some(prose());
    details.budget = Some(money());
    details.support_required = Some(prose());
    details.location =
        Some(ProjectLocation { latitude: Some(1.5), longitude: Some(2.5), text: Some(line()) });
    details.inclusion_note = Some(prose());
    details.continues = Some(ProjectCode::parse("da-nang-1").unwrap());
    project
}

fn full_indicator() -> Indicator {
    let reading = |on: NaiveDate| Some(IndicatorReading { value: 1.5, on });
    Indicator {
        id: Id::new(Uuid::from_u128(8)),
        project: project().id,
        code: project().code,
        name: line(),
        kind: IndicatorKind::Output,
        unit: line(),
        better: IndicatorDirection::Up,
        baseline: reading(day("2020-01-01")),
        target: reading(day("2025-01-01")),
        version: 1,
    }
}

fn full_report() -> Report {
    let mut report = report(ReportState::Draft);
    let content = &mut report.content;
    content.status_reason = Some(prose());
    content.support_needed = Some(prose());
    content.spent = Some(money());
    content.milestones =
        vec![MilestoneDone { milestone_id: milestone(7).id, completed_on: day("2025-01-01") }];
    content.indicator_values = vec![IndicatorValue {
        indicator_id: full_indicator().id,
        value: 1.5,
        measured_on: day("2025-01-01"),
    }];
    content.evidence =
        vec![EvidenceLink { title: line(), url: HttpsUrl::parse("https://example.org").unwrap() }];
    report
}

#[test]
fn row_of_a_full_record_has_a_value_in_every_column() {
    let full_milestone = Milestone { completed_on: Some(day("2025-01-01")), ..milestone(7) };
    let partnership = Partnership {
        id: Id::new(Uuid::from_u128(9)),
        project: project().id,
        code: project().code,
        partner: Some(slug("a")),
        as_stated: Some(line()),
        role: Some(PartnerRole::Funder),
        stage: Some(PartnerStage::Mou),
        amount: Some(money()),
        note: Some(prose()),
        version: 1,
    };
    let (project, report) = (full_project(), full_report());
    let report = ReportRows::new(&project, Some(&report));
    let mut rows = vec![
        (WorkbookSheet::Projects, build_project_row(&project)),
        (WorkbookSheet::Milestones, build_milestone_row(&full_milestone)),
        (WorkbookSheet::Indicators, build_indicator_row(&full_indicator())),
        (WorkbookSheet::Partnerships, build_partnership_row(&partnership)),
        (WorkbookSheet::Reports, report.build_row()),
    ];
    rows.extend(
        report
            .build_completions(&[milestone(7)])
            .into_iter()
            .map(|r| (WorkbookSheet::Completions, r)),
    );
    rows.extend(
        report
            .build_values(&[full_indicator()])
            .into_iter()
            .take(1)
            .map(|r| (WorkbookSheet::Values, r)),
    );
    rows.extend(report.build_evidence().into_iter().map(|r| (WorkbookSheet::Evidence, r)));
    assert_eq!(rows.len(), WorkbookSheet::ALL.len());
    for (sheet, row) in rows {
        assert_eq!(list_empty_columns(sheet, &row), [""; 0], "{sheet}");
    }
}

#[test]
fn rows_of_a_missing_report_have_no_values() {
    let project = project();
    let report = ReportRows::new(&project, None);
    let filled = |sheet: WorkbookSheet, row: &ExportedRow| -> Vec<&str> {
        let empty = list_empty_columns(sheet, row);
        sheet.columns().iter().map(|c| c.name).filter(|name| !empty.contains(name)).collect()
    };
    let row = report.build_row();
    assert_eq!(filled(WorkbookSheet::Reports, &row), ["project", "project_title", "check"]);
    let [row] = &report.build_values(&[full_indicator()])[..] else { panic!("one row") };
    assert_eq!(
        filled(WorkbookSheet::Values, row),
        ["indicator", "project", "indicator_name", "check"]
    );
    assert_eq!(report.build_evidence(), []);
}
