//! The content of a report after the changes of its rows, and the row that each item of it comes from.

use std::collections::BTreeMap;

use super::row_members::RowMembers;
use crate::{
    app::merge::{set, set_or_default},
    domain::{
        raw_values::RawMoney,
        report::{
            PercentMethod, RawEvidence, RawIndicatorValue, RawMilestoneDone, RawReport,
            ReportContent,
        },
    },
    sheets::{SheetColumn, WorkbookSheet, row_comparison::ComparedRow},
};

/// The position of a row: its sheet, and its index among the rows of that sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowPosition {
    pub(super) sheet: WorkbookSheet,
    pub(super) index: usize,
}

/// A row of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct UploadedRow<'r> {
    pub(super) position: RowPosition,
    pub(super) row: &'r ComparedRow,
}

impl<'r> UploadedRow<'r> {
    const fn members(&self) -> RowMembers<'r> {
        RowMembers::new(self.position.sheet, self.row)
    }
}

/// A row, and the column of its sheet, that caused a fault. The column is `None` if the whole row is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FaultLocation {
    pub(super) row: RowPosition,
    pub(super) column: Option<usize>,
}

/// The row that each item comes from, for each list of the report. An item that no row changes has no row.
#[derive(Debug, Clone, Default)]
pub(super) struct ItemOrigins(BTreeMap<&'static str, Vec<Option<RowPosition>>>);

impl ItemOrigins {
    /// Returns the row and the column that caused a fault in the content. `None` if no row of the file changes the
    /// item.
    pub(super) fn locate_fault(&self, pointer: &str) -> Option<FaultLocation> {
        let mut path = pointer.trim_start_matches('/').splitn(3, '/');
        let (list, index, member) = (path.next()?, path.next()?, path.next());
        let row = self.0.get(list)?.get(index.parse::<usize>().ok()?).copied()??;
        let names = |c: &SheetColumn| member.is_some() && find_item_member(c) == member;
        Some(FaultLocation { row, column: row.sheet.columns().iter().position(names) })
    }
}

/// Returns the member of an item that a column holds.
fn find_item_member(column: &SheetColumn) -> Option<&'static str> {
    match column.name {
        "milestone" => Some("milestone_id"),
        "indicator" => Some("indicator_id"),
        name @ ("completed_on" | "value" | "measured_on" | "title" | "url") => Some(name),
        _ => None,
    }
}

/// The content of a report after the changes of its rows.
#[derive(Debug)]
pub(super) struct ImportedContent {
    pub(super) raw: RawReport,
    pub(super) origins: ItemOrigins,
}

/// Applies the changes of rows to the present content of a report.
pub(super) fn merge_report_rows(
    present: Option<&ReportContent>,
    rows: &[UploadedRow<'_>],
) -> ImportedContent {
    let mut raw = present.map(RawReport::from).unwrap_or_default();
    let mut origins = ItemOrigins::default();
    let own = rows.iter().find(|uploaded| uploaded.position.sheet == WorkbookSheet::Reports);
    let own = own.map(UploadedRow::members);
    if let Some(own) = own {
        merge_own_row(own, &mut raw);
    }
    merge_items(&mut raw.milestones, rows, &mut origins);
    merge_items(&mut raw.indicator_values, rows, &mut origins);
    merge_items(&mut raw.evidence, rows, &mut origins);
    // The percentage is computed from the milestones again, unless the row states a percentage.
    let is_computed = raw.percent_method.as_deref() == Some(PercentMethod::Milestones.as_str());
    if is_computed && !own.is_some_and(|own| own.is_changed("percent_complete")) {
        raw.percent_complete = None;
    }
    ImportedContent { raw, origins }
}

/// Merges the report's own row.
fn merge_own_row(row: RowMembers<'_>, into: &mut RawReport) {
    set(&mut into.status, row.changed("status"));
    set(&mut into.status_reason, row.changed("status_reason"));
    set(&mut into.percent_complete, row.changed("percent_complete"));
    set(&mut into.percent_method, row.changed("percent_method"));
    set(&mut into.achievements, row.changed("achievements"));
    set(&mut into.challenges, row.changed("challenges"));
    set(&mut into.next_steps, row.changed("next_steps"));
    set(&mut into.support_needed, row.changed("support_needed"));
    if row.is_changed("spent_minor") || row.is_changed("spent_currency") {
        // The report is replaced as a whole, so that the present amount is a part of the new one.
        let spent = into.spent.get_or_insert_default();
        set(&mut spent.amount_minor, row.stated("spent_minor"));
        set(&mut spent.currency, row.stated("spent_currency"));
        if *spent == RawMoney::default() {
            into.spent = None;
        }
    }
    set_or_default(&mut into.unchanged, row.changed("unchanged"));
}

/// An item of a list of a report.
trait ListItem: Default {
    /// The sheet of its rows.
    const SHEET: WorkbookSheet;
    /// The name of the list in the content.
    const LIST: &'static str;
    /// Merges what a row states.
    fn merge_row(&mut self, row: RowMembers<'_>);
    /// Returns the position of the item that a row refers to.
    fn find_position(row: RowMembers<'_>, items: &[MergedItem<Self>]) -> Option<usize> {
        let entry: i64 = row.stated("entry").flatten()?;
        usize::try_from(entry).ok()?.checked_sub(1).filter(|index| *index < items.len())
    }
}

struct MergedItem<I> {
    /// `None` if a row removes the item. The item keeps its position until all rows are applied, so that the positions
    /// in later rows stay valid.
    item: Option<I>,
    origin: Option<RowPosition>,
}

/// Applies the rows of one list, and notes the row that each item comes from.
fn merge_items<I: ListItem>(
    list: &mut Vec<I>,
    rows: &[UploadedRow<'_>],
    origins: &mut ItemOrigins,
) {
    let present = std::mem::take(list).into_iter();
    let mut items: Vec<MergedItem<I>> =
        present.map(|item| MergedItem { item: Some(item), origin: None }).collect();
    let own = rows.iter().filter(|uploaded| uploaded.position.sheet == I::SHEET);
    for uploaded in own.filter(|uploaded| !uploaded.row.changes.is_empty()) {
        let members = uploaded.members();
        let index = I::find_position(members, &items).unwrap_or(items.len());
        let mut item = items.get_mut(index).and_then(|m| m.item.take()).unwrap_or_default();
        item.merge_row(members);
        let item = members.has_input().then_some(item);
        let merged = MergedItem { item, origin: Some(uploaded.position) };
        match items.get_mut(index) {
            Some(slot) => *slot = merged,
            None => items.push(merged),
        }
    }
    let remaining = items.into_iter().filter_map(|merged| Some((merged.item?, merged.origin)));
    let (items, rows): (Vec<I>, Vec<Option<RowPosition>>) = remaining.unzip();
    *list = items;
    origins.0.insert(I::LIST, rows);
}

impl ListItem for RawMilestoneDone {
    const SHEET: WorkbookSheet = WorkbookSheet::Completions;
    const LIST: &'static str = "milestones";
    fn merge_row(&mut self, row: RowMembers<'_>) {
        set(&mut self.milestone_id, row.stated("milestone"));
        set(&mut self.completed_on, row.stated("completed_on"));
    }
    fn find_position(row: RowMembers<'_>, items: &[MergedItem<Self>]) -> Option<usize> {
        let id: String = row.stated("milestone").flatten()?;
        let stated = |m: &MergedItem<Self>| m.item.as_ref()?.milestone_id.clone();
        items.iter().position(|merged| stated(merged).as_ref() == Some(&id))
    }
}

impl ListItem for RawIndicatorValue {
    const SHEET: WorkbookSheet = WorkbookSheet::Values;
    const LIST: &'static str = "indicator_values";
    fn merge_row(&mut self, row: RowMembers<'_>) {
        set(&mut self.indicator_id, row.stated("indicator"));
        set(&mut self.value, row.stated("value"));
        set(&mut self.measured_on, row.stated("measured_on"));
    }
}

impl ListItem for RawEvidence {
    const SHEET: WorkbookSheet = WorkbookSheet::Evidence;
    const LIST: &'static str = "evidence";
    fn merge_row(&mut self, row: RowMembers<'_>) {
        set(&mut self.title, row.stated("title"));
        set(&mut self.url, row.stated("url"));
    }
}
