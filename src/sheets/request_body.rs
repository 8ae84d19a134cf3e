//! Builds the request bodies of the API from changed rows, and finds the cell that caused a fault in a body.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    columns::{Sheet, SheetColumn},
    row_comparison::ComparedRow,
};

/// Returns the body that creates a record, or the patch of an existing one. It holds the changed members. Nested
/// objects are complete.
#[must_use]
pub(crate) fn build_record_body(sheet: Sheet, row: &ComparedRow) -> Map<String, Value> {
    let mut body = Map::new();
    apply_changes(sheet, row, &mut body);
    body
}

/// Applies the changes of a row to a body. A member that spans several columns, such as money, is replaced as a
/// whole. It is null if all its columns are empty.
fn apply_changes(sheet: Sheet, row: &ComparedRow, body: &mut Map<String, Value>) {
    for change in &row.changes {
        let Some(column) = sheet.columns().get(change.column) else { continue };
        let (name, inner) = split_pointer(column);
        if inner.is_none() {
            body.insert(name.to_owned(), change.to.clone());
            continue;
        }
        let mut object = match body.get(name) {
            Some(Value::Object(object)) => object.clone(),
            Some(_) | None => Map::new(),
        };
        for (member, value) in sheet.columns().iter().zip(&row.values) {
            if let (of, Some(inner)) = split_pointer(member)
                && of == name
                && let Some(value) = value
            {
                object.insert(inner.to_owned(), value.clone());
            }
        }
        let has_value = object.values().any(|v| !v.is_null());
        body.insert(name.to_owned(), if has_value { Value::Object(object) } else { Value::Null });
    }
}

/// Splits a column's pointer into the member of the record and the member of the nested object.
fn split_pointer(column: &SheetColumn) -> (&'static str, Option<&'static str>) {
    let path = column.pointer.strip_prefix('/').unwrap_or(column.pointer);
    path.split_once('/').map_or((path, None), |(name, inner)| (name, Some(inner)))
}

/// The origin of an item in a body: a sheet, and the index of the row among the rows of that sheet.
pub(crate) type RowOrigin = (Sheet, usize);

/// The body of a report, and the origins of its items.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReportBody {
    /// The body for the operation that writes a report.
    pub body: Map<String, Value>,
    item_origins: BTreeMap<&'static str, Vec<Option<RowOrigin>>>,
}

/// The rows of one report, each with its index in its sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadedReportRows<'r> {
    /// The report's own row. `None` if the file does not have it.
    pub own: Option<(usize, &'r ComparedRow)>,
    /// The rows of the report's lists.
    pub items: Vec<(Sheet, usize, &'r ComparedRow)>,
}

impl ReportBody {
    /// Applies the changes of rows to the current body of a report.
    #[must_use]
    pub(crate) fn from_rows(now: Map<String, Value>, rows: &UploadedReportRows<'_>) -> Self {
        let mut merged = Self { body: now, item_origins: BTreeMap::new() };
        let mut says_percent = false;
        if let Some((_, row)) = rows.own {
            apply_changes(Sheet::Reports, row, &mut merged.body);
            let percent = Sheet::Reports.find_column_index("percent_complete");
            says_percent = row.changes.iter().any(|c| Some(c.column) == percent);
        }
        for sheet in [Sheet::Completions, Sheet::Values, Sheet::Evidence] {
            let own = rows.items.iter().filter(|(s, ..)| *s == sheet);
            merged.merge_list(sheet, own.map(|(_, i, row)| (*i, *row)));
        }
        // The percentage is computed from the milestones again, unless the row states a percentage.
        let computed = merged.body.get("percent_method").is_some_and(|m| m == "milestones");
        if computed && !says_percent {
            merged.body.insert("percent_complete".to_owned(), Value::Null);
        }
        merged
    }

    fn merge_list<'r>(
        &mut self,
        sheet: Sheet,
        rows: impl Iterator<Item = (usize, &'r ComparedRow)>,
    ) {
        let Some(name) = sheet.report_list_name() else { return };
        let now = self.body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut items: Vec<(Value, Option<RowOrigin>)> =
            now.into_iter().map(|v| (v, None)).collect();
        for (index, row) in rows.filter(|(_, row)| !row.changes.is_empty()) {
            let at = find_item(sheet, row, &items);
            let mut item = match at.and_then(|i| items.get(i)) {
                Some((Value::Object(item), _)) => item.clone(),
                Some(_) | None => Map::new(),
            };
            for (column, value) in sheet.columns().iter().zip(&row.values) {
                if let (Some(member), Some(value)) = (item_member(column), value) {
                    item.insert(member.to_owned(), value.clone());
                }
            }
            // `null` marks a removed item. It keeps its position until all rows are applied, so that the positions in
            // later rows stay valid.
            let item = if has_input(sheet, row) { Value::Object(item) } else { Value::Null };
            match at.and_then(|i| items.get_mut(i)) {
                Some(slot) => *slot = (item, Some((sheet, index))),
                None => items.push((item, Some((sheet, index)))),
            }
        }
        items.retain(|(item, _)| !item.is_null());
        let (items, origins): (Vec<Value>, Vec<Option<RowOrigin>>) = items.into_iter().unzip();
        self.body.insert(name.to_owned(), Value::from(items));
        self.item_origins.insert(name, origins);
    }

    /// Returns the row, and the column of its sheet, that caused a fault in the body. `None` if no row of the file
    /// changed the item.
    #[must_use]
    pub(crate) fn locate_fault(&self, pointer: &str) -> Option<(RowOrigin, Option<usize>)> {
        let mut path = pointer.trim_start_matches('/').splitn(3, '/');
        let (list, index, inner) = (path.next()?, path.next()?, path.next());
        let (sheet, row) =
            self.item_origins.get(list)?.get(index.parse::<usize>().ok()?).copied()??;
        let named = |c: &SheetColumn| inner.is_some() && item_member(c) == inner;
        Some(((sheet, row), sheet.columns().iter().position(named)))
    }
}

/// Returns the position of the item that a row refers to.
fn find_item(
    sheet: Sheet,
    row: &ComparedRow,
    items: &[(Value, Option<RowOrigin>)],
) -> Option<usize> {
    let value =
        |name: &str| sheet.find_column_index(name).and_then(|i| row.values.get(i)?.as_ref());
    if sheet == Sheet::Completions {
        let id = value("milestone")?;
        return items.iter().position(|(item, _)| item.get("milestone_id") == Some(id));
    }
    let entry = value("entry")?.as_u64()?;
    usize::try_from(entry).ok()?.checked_sub(1).filter(|i| *i < items.len())
}

/// Returns `true` if a row states a value of its item.
fn has_input(sheet: Sheet, row: &ComparedRow) -> bool {
    let inputs = sheet.columns().iter().zip(&row.values);
    inputs
        .filter(|(c, _)| c.role == super::ColumnRole::Input)
        .any(|(_, v)| v.as_ref().is_some_and(|v| !v.is_null()))
}

/// Returns the member of an item that a column holds.
fn item_member(column: &SheetColumn) -> Option<&'static str> {
    match column.name {
        "milestone" => Some("milestone_id"),
        "indicator" => Some("indicator_id"),
        name @ ("completed_on" | "value" | "measured_on" | "title" | "url") => Some(name),
        _ => None,
    }
}

/// Returns the column that a pointer into a record refers to. If the field has no column of its own, this is the
/// first column of its parts, or the column of the nearest parent.
#[must_use]
pub(crate) fn find_column(sheet: Sheet, pointer: &str) -> Option<usize> {
    let mut pointer = pointer;
    while !pointer.is_empty() {
        let own = sheet.columns().iter().position(|c| c.pointer == pointer);
        let part =
            || sheet.columns().iter().position(|c| c.pointer.starts_with(&format!("{pointer}/")));
        if let Some(found) = own.or_else(part) {
            return Some(found);
        }
        pointer = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_a_part_points_at_the_column_of_the_whole() {
        let name = |pointer: &str| {
            find_column(Sheet::Projects, pointer).map(|i| Sheet::Projects.columns()[i].name)
        };
        assert_eq!(name("/budget/currency"), Some("budget_currency"));
        assert_eq!(name("/sectors/3"), Some("sectors"));
        assert_eq!(name("/location"), Some("latitude"));
        assert_eq!(name("/nothing"), None);
    }
}
