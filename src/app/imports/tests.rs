use serde_json::{Value, json};

use super::{
    record_rows::{ImportedPart, PartMembers, ProjectMembers},
    report_content::{RowPosition, UploadedRow, merge_report_rows},
};
use crate::{
    app::merge::MergeMembers,
    domain::{
        project::parse::RawProjectDetails,
        project_parts::{Indicator, Milestone, Partnership},
        report::ReportContent,
        testing::ready,
        value::{CurrencyCode, Money},
    },
    sheets::{
        ColumnKind, ColumnRole, SheetColumn, WorkbookSheet,
        row_comparison::{ComparedRow, FieldChange, ImportOutcome},
    },
};

/// A row that states these values, and changes those that people fill in.
fn row(sheet: WorkbookSheet, cells: &[(&str, Value)]) -> ComparedRow {
    let mut row = ComparedRow {
        index: 0,
        number: 4,
        project: "da-nang-4".to_owned(),
        key: Vec::new(),
        values: vec![None; sheet.columns().len()],
        outcome: ImportOutcome::Changed,
        changes: Vec::new(),
        faults: Vec::new(),
        wrong_columns: Vec::new(),
        created_key: None,
    };
    for (name, value) in cells {
        let column = sheet.find_column_index(name).unwrap();
        row.values[column] = Some(value.clone());
        if sheet.columns()[column].role == ColumnRole::Input {
            row.changes.push(FieldChange { column, from: Value::Null, to: value.clone() });
        }
    }
    row
}

/// A value as `parse_cell` makes it for the column.
fn sample(column: &SheetColumn) -> Value {
    match column.kind {
        ColumnKind::Line | ColumnKind::Prose | ColumnKind::Word(_) => json!("x"),
        ColumnKind::Number | ColumnKind::Degrees | ColumnKind::Percent => json!(1.5),
        ColumnKind::Whole => json!(7),
        ColumnKind::Day => json!("2026-01-01"),
        ColumnKind::Flag => json!(true),
        ColumnKind::Words(_) => json!(["x"]),
        ColumnKind::Wholes => json!([7]),
    }
}

/// Lists the columns that people fill in, but that `is_read` ignores when a row states only them.
fn list_ignored_columns(
    sheet: WorkbookSheet,
    is_read: impl Fn(&ComparedRow) -> bool,
) -> Vec<&'static str> {
    let inputs = sheet.columns().iter().filter(|column| column.role == ColumnRole::Input);
    let ignored = inputs.filter(|c| !is_read(&row(sheet, &[(c.name, sample(c))])));
    ignored.map(|column| column.name).collect()
}

fn merge_into_new<M: MergeMembers>(members: M) -> M::Into {
    let mut raw = M::Into::default();
    members.merge(&mut raw);
    raw
}

fn merge_project(cells: &[(&str, Value)], raw: &mut RawProjectDetails) {
    ProjectMembers::new(&row(WorkbookSheet::Projects, cells)).merge(raw);
}

fn list_ignored_part_columns<P: ImportedPart>() -> Vec<&'static str> {
    list_ignored_columns(P::SHEET, |row| {
        merge_into_new(PartMembers::<P>::new(row)) != P::Raw::default()
    })
}

/// The debug form of a report's content after the changes of one row.
fn merge_report(
    present: Option<&ReportContent>,
    sheet: WorkbookSheet,
    row: &ComparedRow,
) -> String {
    let position = RowPosition { sheet, index: 0 };
    format!("{:?}", merge_report_rows(present, &[UploadedRow { position, row }]).raw)
}

#[test]
fn every_column_of_a_record_is_read() {
    let is_read = |row: &ComparedRow| {
        merge_into_new(ProjectMembers::new(row)) != RawProjectDetails::default()
    };
    assert_eq!(list_ignored_columns(WorkbookSheet::Projects, is_read), [""; 0]);
    assert_eq!(list_ignored_part_columns::<Milestone>(), [""; 0]);
    assert_eq!(list_ignored_part_columns::<Indicator>(), [""; 0]);
    assert_eq!(list_ignored_part_columns::<Partnership>(), [""; 0]);
}

#[test]
fn every_column_of_a_report_is_read() {
    for sheet in [
        WorkbookSheet::Reports,
        WorkbookSheet::Completions,
        WorkbookSheet::Values,
        WorkbookSheet::Evidence,
    ] {
        let before = merge_report(None, sheet, &row(sheet, &[]));
        let is_read = |row: &ComparedRow| merge_report(None, sheet, row) != before;
        assert_eq!(list_ignored_columns(sheet, is_read), [""; 0], "{sheet}");
    }
}

#[test]
fn empty_cells_clear_members_and_absent_columns_keep_them() {
    let mut raw = RawProjectDetails::default();
    let full = [("title", json!("A")), ("priority", json!(true)), ("tags", json!(["x"]))];
    merge_project(&full, &mut raw);
    merge_project(&[("priority", Value::Null), ("tags", json!([]))], &mut raw);
    assert_eq!(raw, RawProjectDetails { title: Some("A".to_owned()), ..Default::default() });
}

#[test]
fn object_of_a_record_keeps_absent_columns_unless_all_stated_columns_are_empty() {
    let mut raw = RawProjectDetails::default();
    merge_project(&[("budget_minor", json!(5)), ("budget_currency", json!("USD"))], &mut raw);
    merge_project(&[("budget_minor", json!(6))], &mut raw);
    let budget = raw.budget.clone().unwrap();
    assert_eq!((budget.amount_minor, budget.currency.as_deref()), (Some(6), Some("USD")));
    merge_project(&[("budget_minor", Value::Null)], &mut raw);
    assert_eq!(raw.budget, None);
}

#[test]
fn money_of_a_report_keeps_absent_columns() {
    let present = ReportContent {
        spent: Some(Money { amount_minor: 5, currency: CurrencyCode::parse("USD").unwrap() }),
        ..ready()
    };
    let merge = |cells: &[(&str, Value)]| {
        let row = row(WorkbookSheet::Reports, cells);
        let position = RowPosition { sheet: WorkbookSheet::Reports, index: 0 };
        merge_report_rows(Some(&present), &[UploadedRow { position, row: &row }]).raw.spent
    };
    let spent = merge(&[("spent_minor", Value::Null)]).unwrap();
    assert_eq!((spent.amount_minor, spent.currency.as_deref()), (None, Some("USD")));
    assert_eq!(merge(&[("spent_minor", Value::Null), ("spent_currency", Value::Null)]), None);
}

#[test]
fn removed_items_keep_the_positions_of_later_rows() {
    let link = |entry: Value, title: &str, url: &str| {
        let text = |t: &str| if t.is_empty() { Value::Null } else { json!(t) };
        row(
            WorkbookSheet::Evidence,
            &[("entry", entry), ("title", text(title)), ("url", text(url))],
        )
    };
    let at = |index: usize| RowPosition { sheet: WorkbookSheet::Evidence, index };
    let new = [link(Value::Null, "A", "a"), link(Value::Null, "B", "b"), link(json!(1), "", "")];
    let last = link(json!(2), "C", "c");
    let rows: Vec<UploadedRow<'_>> = (0..)
        .zip(new.iter().chain([&last]))
        .map(|(index, row)| UploadedRow { position: at(index), row })
        .collect();
    let content = merge_report_rows(None, &rows);
    let urls: Vec<Option<&str>> =
        content.raw.evidence.iter().map(|link| link.url.as_deref()).collect();
    assert_eq!(urls, [Some("c")]);
    let fault = content.origins.locate_fault("/evidence/0/url").unwrap();
    assert_eq!(
        (fault.row, fault.column),
        (at(3), WorkbookSheet::Evidence.find_column_index("url"))
    );
    assert_eq!(content.origins.locate_fault("/evidence/1/url"), None);
    assert_eq!(content.origins.locate_fault("/status"), None);
}
