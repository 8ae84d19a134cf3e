//! The rows that a filter hides, or that people hide by hand. An import reads them like all others, which its author may
//! not expect.

use std::collections::BTreeSet;

use super::{
    grid::{FileFault, SheetGrid},
    message::file,
    package::Package,
    xml_tags::list_tags,
};
use crate::domain::fault::ValueFault;

/// The largest number of row numbers that a warning lists.
const LISTED_MAX: usize = 20;

/// Returns a warning if rows of a sheet are hidden.
pub(super) fn warn_of_hidden_rows(
    package: &mut Package<'_>,
    grid: &SheetGrid,
) -> Option<FileFault> {
    let part = package.read_sheet(grid.sheet.as_str())?;
    let hidden = list_hidden_rows(&part);
    let rows = grid.rows.iter().map(|row| row.number).filter(|number| hidden.contains(number));
    let rows: Vec<u32> = rows.collect();
    let first = *rows.first()?;
    let listed: Vec<String> = rows.iter().take(LISTED_MAX).map(u32::to_string).collect();
    let message = file::hidden_rows(rows.len(), &listed.join(", "));
    Some(FileFault {
        sheet: grid.sheet.as_str().to_owned(),
        cell: None,
        row: Some(first),
        pointer: String::new(),
        fault: ValueFault::new("hidden_rows", message).into(),
    })
}

/// Lists the numbers of the hidden rows, from 1. A row without a number follows the one before.
fn list_hidden_rows(part: &str) -> BTreeSet<u32> {
    let (mut hidden, mut number) = (BTreeSet::new(), 0_u32);
    for tag in list_tags(part).filter(|tag| tag.name == "row") {
        let stated = tag.find_attribute("r").and_then(|r| r.parse().ok());
        number = stated.unwrap_or(number.saturating_add(1));
        if tag.find_attribute("hidden").is_some_and(|value| matches!(value, "1" | "true")) {
            hidden.insert(number);
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_are_listed_with_and_without_numbers() {
        let part = "<sheetData><row r=\"1\"/><row r=\"4\" hidden=\"1\"><c r=\"A4\"/></row><row hidden='true'/>\
                    <row r=\"7\" hidden=\"0\"/></sheetData>";
        assert_eq!(list_hidden_rows(part), BTreeSet::from([4, 5]));
    }
}
