//! Two datasets compared, receipts, shares and progress.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    attainment::UndefinedReason,
    id::Id,
    project_parts::{Indicator, IndicatorDirection, IndicatorKind, IndicatorReading, Milestone},
    report::{IndicatorValue, MilestoneDone, ReportContent},
    testing::{approved, project},
};

use ProjectMovement::{Changed, Entered, Left};

/// Gives each report a project of its own, so that the reports can be distinguished.
fn numbered(facts: Vec<ReportFact>) -> Vec<ReportFact> {
    let number = |(n, fact): (i64, ReportFact)| ReportFact {
        code: ProjectCode::new(fact.city.clone(), n),
        ..fact
    };
    (1..).zip(facts).map(number).collect()
}

fn told(title: &str) -> FactTexts {
    FactTexts {
        title: Title::parse(title).unwrap(),
        status_reason: None,
        milestones: None,
        outcomes: Vec::new(),
    }
}

#[test]
fn what_happened_to_projects_is_told_by_code() {
    let named = |n, area: &str, status, title: &str| ReportFact {
        code: ProjectCode::new(slug("da-nang"), n),
        texts: Some(Box::new(told(title))),
        ..fact("da-nang", area, status)
    };
    let then = ground(vec![
        named(1, "air", ProjectStatus::Planning, "One"),
        named(2, "air", ProjectStatus::Ongoing, "Two"),
        named(3, "air", ProjectStatus::Ongoing, "Three"),
        named(9, "air", ProjectStatus::Ongoing, "Nine"),
    ]);
    let now = ground(vec![
        named(1, "air", ProjectStatus::Ongoing, "One"),
        named(2, "zeal", ProjectStatus::Ongoing, "Two, renamed"),
        named(9, "air", ProjectStatus::Ongoing, "Nine"),
        named(10, "air", ProjectStatus::Planning, "Ten"),
    ]);
    let q =
        FigureQuery { receipts: true, ..question(Dimension::FocusArea, Some(Dimension::Status)) };
    let table = now.count_table_since(&then, &q);
    let told: Vec<(i64, ProjectMovement)> =
        table.changes.iter().map(|c| (c.code.number(), c.movement)).collect();
    assert_eq!(told, [(1, Changed), (2, Changed), (3, Left), (10, Entered)]);
    let [one, two] = [&table.changes[0], &table.changes[1]];
    assert_eq!(
        one.status,
        Some(ValueChange { from: ProjectStatus::Planning, to: ProjectStatus::Ongoing })
    );
    assert_eq!((&one.retitled, &one.focus_area), (&None, &None));
    assert_eq!(
        two.focus_area,
        Some(ValueChange { from: Some(slug("air")), to: Some(slug("zeal")) })
    );
    assert_eq!(two.retitled.as_ref().unwrap().to.as_str(), "Two, renamed");
    assert_eq!(table.earlier_total.unwrap().value, Count(4));
    let ongoing = table
        .cells
        .iter()
        .find(|c| c.row.key == "air" && c.column.as_ref().unwrap().key == "ongoing")
        .unwrap();
    assert_eq!(ongoing.earlier.as_ref().map(|f| f.value), Some(Count(3)));
    let codes: Vec<i64> =
        ongoing.receipts.as_ref().unwrap().projects.iter().map(ProjectCode::number).collect();
    assert_eq!((ongoing.figure.value, codes), (Count(2), vec![1, 9]));
    let compared = now.compare_with(&then, &q);
    let cell = |row: &str, column: &str| {
        let of = |c: &&DifferentCell| c.row.key == row && c.column.as_ref().unwrap().key == column;
        let cell = compared.cells.iter().find(of).unwrap();
        cell.reports.iter().map(|r| (r.change.code.number(), r.change.movement)).collect::<Vec<_>>()
    };
    assert_eq!(cell("air", "ongoing"), [(1, Entered), (2, Left), (3, Left)]);
    // One project replaced a different one: the number is the same, but the cell differs.
    assert_eq!(cell("air", "planning"), [(1, Left), (10, Entered)]);
    assert_eq!(cell("zeal", "ongoing"), [(2, Entered)]);
    assert_eq!(compared.cells.len(), 3);
}

#[test]
fn a_key_that_only_was_there_before_keeps_its_row() {
    let unknown = ReportFact { focus_area: None, ..fact("da-nang", "air", ProjectStatus::Ongoing) };
    let now = ground(vec![fact("da-nang", "air", ProjectStatus::Ongoing)]);
    let table =
        now.count_table_since(&ground(vec![unknown]), &question(Dimension::FocusArea, None));
    assert_eq!(rows(&table), [("zeal", Count(0)), ("air", Count(1)), (UNKNOWN, Count(0))]);
    assert_eq!(table.cells[2].earlier.as_ref().map(|f| f.value), Some(Count(1)));
}

#[test]
fn nothing_is_counted_on_no_cycle() {
    let mut nothing = ground(Vec::new());
    nothing.basis =
        FigureBasis::from_cycles_until(day("2020-01-01"), vec![cycle("me-2023", "2023-08-14")]);
    let table = nothing.count_table(&question(Dimension::City, Some(Dimension::Status)));
    assert_eq!(
        (table.cells.len(), table.row_totals.len(), table.total.value),
        (0, 0, FigureValue::None)
    );
    let (filter, language) = (FigureFilter::default(), Language::En);
    assert_eq!(nothing.measure_progress(ProgressGrouping::City, filter, language).rows.len(), 0);
}

#[test]
fn a_fact_of_an_approved_report_is_what_its_columns_are() {
    let indicator = |n, kind, better, ends: Option<(f64, f64)>| Indicator {
        id: Id::new(Uuid::from_u128(n)),
        project: project().id,
        code: project().code,
        name: Title::parse("Measured").unwrap(),
        kind,
        unit: Title::parse("percent").unwrap(),
        better,
        baseline: ends.map(|(value, _)| IndicatorReading { value, on: day("2018-12-31") }),
        target: ends.map(|(_, value)| IndicatorReading { value, on: day("2025-12-31") }),
        version: 1,
    };
    let milestone = |n, weight| Milestone {
        id: Id::new(Uuid::from_u128(n)),
        project: project().id,
        code: project().code,
        title: Title::parse("A step").unwrap(),
        due_on: day("2026-01-01"),
        weight,
        completed_on: None,
        version: 1,
    };
    let value = |n, value, on: &str| IndicatorValue {
        indicator_id: Id::new(Uuid::from_u128(n)),
        value,
        measured_on: day(on),
    };
    let mut report = approved();
    report.header.details.sectors = vec![slug("water")];
    report.header.milestones = vec![milestone(11, 3), milestone(12, 5)];
    report.header.indicators = vec![
        indicator(1, IndicatorKind::Outcome, IndicatorDirection::Down, Some((20.0, 10.0))),
        indicator(2, IndicatorKind::Outcome, IndicatorDirection::Up, None),
        indicator(3, IndicatorKind::Output, IndicatorDirection::Up, Some((0.0, 1.0))),
        indicator(4, IndicatorKind::Outcome, IndicatorDirection::Up, Some((0.0, 1.0))),
    ];
    report.content = ReportContent {
        milestones: vec![MilestoneDone {
            milestone_id: Id::new(Uuid::from_u128(11)),
            completed_on: day("2026-02-01"),
        }],
        indicator_values: vec![
            value(1, 15.0, "2026-06-30"),
            value(1, 19.0, "2025-06-30"),
            value(2, 1.0, "2026-06-30"),
            value(3, 1.0, "2026-06-30"),
        ],
        ..report.content
    };
    let fact = ReportFact::from(&report);
    assert_eq!((fact.code.to_string(), fact.status), ("da-nang-4".into(), ProjectStatus::Ongoing));
    assert_eq!(fact.list_keys(Dimension::Sector), ["water"]);
    let told = fact.texts.unwrap();
    assert_eq!(told.milestones, Some(MilestoneWeights { reached: 3, total: 8 }));
    assert_eq!(
        told.outcomes,
        [
            IndicatorAttainment::Share(0.5),
            IndicatorAttainment::Undefined(UndefinedReason::NoBaseline),
            IndicatorAttainment::NotMeasured
        ]
    );
}

#[test]
fn progress_is_told_by_name_and_leaves_out_what_was_given_up() {
    let with = |city: &str, status, percent, weights, outcomes| ReportFact {
        percent: Percent::from_hundredths(percent),
        texts: Some(Box::new(FactTexts { milestones: weights, outcomes, ..told("A project") })),
        ..fact(city, "air", status)
    };
    let weights = |reached, total| Some(MilestoneWeights { reached, total });
    let ground = ground(vec![
        with(
            "vientiane",
            ProjectStatus::Ongoing,
            5000,
            weights(1, 4),
            vec![IndicatorAttainment::Share(0.5)],
        ),
        with(
            "vientiane",
            ProjectStatus::Ongoing,
            2500,
            weights(2, 2),
            vec![IndicatorAttainment::Share(-0.25), IndicatorAttainment::NotMeasured],
        ),
        with(
            "vientiane",
            ProjectStatus::Cancelled,
            9000,
            weights(9, 9),
            vec![IndicatorAttainment::Share(1.0)],
        ),
        with(
            "da-nang",
            ProjectStatus::Ongoing,
            0,
            None,
            vec![IndicatorAttainment::Undefined(UndefinedReason::NoTarget)],
        ),
    ]);
    let table =
        ground.measure_progress(ProgressGrouping::City, FigureFilter::default(), Language::En);
    let names: Vec<&str> = table.rows.iter().map(|(l, _)| l.name.as_str()).collect();
    assert_eq!(names, ["da-nang", "hue", "vientiane"]);
    let [(_, da_nang), (_, hue), (_, vientiane)] = &table.rows[..] else { panic!() };
    assert_eq!((vientiane.percent, vientiane.known, vientiane.total), (Mean(37.5), 2, 3));
    assert_eq!(vientiane.milestones.reached_share(), Some(0.5));
    assert_eq!(vientiane.milestones.known, 2);
    let outcomes = &vientiane.outcomes;
    assert_eq!(
        (outcomes.mean_attainment(), outcomes.count_defined(), outcomes.of),
        (Some(0.125), 2, 3)
    );
    // Only the percentage is a stated 0; the other values are missing.
    assert_eq!((da_nang.percent, da_nang.milestones.reached_share()), (Mean(0.0), None));
    assert_eq!((da_nang.outcomes.mean_attainment(), da_nang.outcomes.undefined), (None, 1));
    assert_eq!((hue.percent, hue.total), (FigureValue::None, 0));
    assert_eq!((table.total.known, table.total.total), (3, 4));
}

proptest! {
    #[test]
    fn shares_of_a_table_add_up_to_100_or_are_none(
        facts in prop::collection::vec(any_fact(), 0..40),
        rows in prop::sample::select(Dimension::ALL.to_vec()),
        columns in prop::option::of(prop::sample::select(Dimension::ALL.to_vec())),
    ) {
        let table = ground(facts).count_table(&question(rows, columns));
        let width = if columns.is_some() { table.column_totals.len() } else { table.cells.len() };
        for row in table.cells.chunks(width.max(1)) {
            let counted: i64 = row.iter().map(|c| c.figure.report_count).sum();
            let shares: Vec<i64> = row.iter().filter_map(|c| c.share).collect();
            if counted == 0 || columns.unwrap_or(rows).is_multiple() {
                prop_assert!(shares.is_empty());
            } else {
                prop_assert_eq!((shares.len(), shares.iter().sum::<i64>()), (row.len(), 100));
            }
        }
    }

    #[test]
    fn what_entered_less_what_left_is_the_difference(
        before in prop::collection::vec(any_fact(), 0..30),
        after in prop::collection::vec(any_fact(), 0..30),
        rows in prop::sample::select(Dimension::ALL.to_vec()),
        columns in prop::sample::select(Dimension::ALL.to_vec()),
    ) {
        let (then, now) = (ground(numbered(before)), ground(numbered(after)));
        let question = question(rows, Some(columns));
        let compared = now.compare_with(&then, &question);
        let moved = |movements: &mut dyn Iterator<Item = ProjectMovement>| -> i64 {
            movements.map(|m| match m {
                Entered => 1,
                Left => -1,
                Changed => 0,
            }).sum()
        };
        for cell in &compared.cells {
            let sum = moved(&mut cell.reports.iter().map(|r| r.change.movement));
            prop_assert_eq!(cell.b.difference_from(&cell.a), Count(sum));
        }
        let total = moved(&mut compared.changes.iter().map(|c| c.movement));
        prop_assert_eq!(compared.total.to.difference_from(&compared.total.from), Count(total));
        // A cell that is not listed is the same in both tables.
        let told = compared.cells.len();
        let table = now.count_table_since(&then, &question);
        let differ = table.cells.iter().filter(|c| Some(&c.figure) != c.earlier.as_ref()).count();
        prop_assert!(differ <= told);
    }
}
