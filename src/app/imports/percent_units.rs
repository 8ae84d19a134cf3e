//! The percent cells of indicators. A cell that shows 60% is 60 in an indicator whose unit is a percentage. In a
//! different unit the cell is refused, because 60 and 0.6 can be meant.

use std::collections::HashMap;

use crate::{
    app::workbook::CityWorkbook,
    sheets::{
        ColumnKind, SheetCell, SheetGrid, WorkbookSheet, cell::cell_text, grid::GridRow,
        row_comparison::ExportedRow,
    },
};

/// The beginnings of units that are percentages, in lower case: in general, English, Vietnamese, Indonesian and Malay.
const PERCENT_UNITS: [&str; 6] = ["%", "percent", "per cent", "phần trăm", "persen", "peratus"];

/// Replaces the percent cells of indicators in percent by the numbers that they show.
pub(super) fn read_percent_cells(grid: &mut SheetGrid, book: &CityWorkbook) {
    let key = match grid.sheet {
        WorkbookSheet::Indicators => "id",
        WorkbookSheet::Values => "indicator",
        WorkbookSheet::Projects
        | WorkbookSheet::Reports
        | WorkbookSheet::Milestones
        | WorkbookSheet::Completions
        | WorkbookSheet::Evidence
        | WorkbookSheet::Partnerships => return,
    };
    let (sheet, units) = (grid.sheet, map_units(book.rows(WorkbookSheet::Indicators)));
    for row in grid.rows.iter_mut().filter(|row| has_percent_cell(row)) {
        let stated = read_text(sheet, row, "unit");
        let present = || units.get(read_text(sheet, row, key)?.as_str()).copied();
        if stated.as_deref().or_else(present).is_some_and(is_percent_unit) {
            show_percentages(sheet, row);
        }
    }
}

fn has_percent_cell(row: &GridRow) -> bool {
    row.cells.iter().flatten().any(|cell| matches!(cell, SheetCell::Percent(_)))
}

/// Reads the text of a column. `None` if the row does not state it.
fn read_text(sheet: WorkbookSheet, row: &GridRow, column: &str) -> Option<String> {
    let cell = row.cells.get(sheet.find_column_index(column)?)?.as_ref()?;
    let text = cell_text(cell).trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

/// Returns the unit of each indicator, by its id.
fn map_units(indicators: &[ExportedRow]) -> HashMap<&str, &str> {
    let position = |column| WorkbookSheet::Indicators.find_column_index(column);
    let units = indicators.iter().filter_map(|row| {
        Some((row.get(position("id")?).as_str()?, row.get(position("unit")?).as_str()?))
    });
    units.collect()
}

fn is_percent_unit(unit: &str) -> bool {
    let unit = unit.to_lowercase();
    PERCENT_UNITS.iter().any(|percent| unit.starts_with(percent))
}

fn show_percentages(sheet: WorkbookSheet, row: &mut GridRow) {
    for (column, cell) in sheet.columns().iter().zip(&mut row.cells) {
        if let (ColumnKind::Number, Some(SheetCell::Percent(shown))) = (column.kind, &*cell) {
            *cell = Some(SheetCell::Number(*shown));
        }
    }
}
