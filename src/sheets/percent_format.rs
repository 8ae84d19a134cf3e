//! The cells of a workbook that a spreadsheet shows as percentages. Such a cell holds a hundredth of the number that it
//! shows: 0.6 with the number format `0%` is shown as 60%.

use std::{
    collections::{BTreeSet, HashMap},
    io::{Read, Seek},
};

use calamine::{Xlsx, XlsxError};

use super::{COLUMNS_MAX, ROW_NUMBERS_MAX};

/// The percent cells of a sheet: a bit for each column, for each row that has such cells. The reader of values refuses
/// cells beyond the limits.
#[derive(Debug, Default)]
pub(super) struct PercentCells(HashMap<u32, u128>);

impl PercentCells {
    /// Finds the percent cells of a sheet. The cells are read only if the workbook has a percent format.
    ///
    /// # Errors
    /// The sheet cannot be read.
    pub(super) fn find_in_sheet<RS: Read + Seek>(
        book: &mut Xlsx<RS>,
        sheet: &str,
    ) -> Result<Self, XlsxError> {
        let mut reader = book.worksheet_cells_reader(sheet)?;
        let styles = (0_usize..).zip(reader.styles()).filter(|(_, style)| {
            style.number_format.as_ref().is_some_and(|f| is_percent_format(&f.format_code))
        });
        let styles: BTreeSet<usize> = styles.map(|(id, _)| id).collect();
        let mut found = Self::default();
        if styles.is_empty() {
            return Ok(found);
        }
        while let Some((cell, style)) = reader.next_cell_with_style_id()? {
            let (row, column) = cell.get_position();
            if styles.contains(&style) && row < ROW_NUMBERS_MAX && column < COLUMNS_MAX {
                *found.0.entry(row).or_default() |= 1 << column;
            }
        }
        Ok(found)
    }

    /// Returns `true` if a cell is shown as a percentage. Rows and columns count from 0.
    pub(super) fn contains(&self, row: u32, column: u32) -> bool {
        let columns = self.0.get(&row).copied().unwrap_or_default();
        column < COLUMNS_MAX && columns & (1 << column) != 0
    }
}

/// Returns `true` if a number format multiplies by 100 and shows a percent sign. A sign in quotes, in brackets or after
/// a backslash is only a text.
fn is_percent_format(code: &str) -> bool {
    let (mut is_quoted, mut characters) = (false, code.chars());
    while let Some(c) = characters.next() {
        match c {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                characters.by_ref().find(|c| *c == ']');
            }
            '%' => return true,
            _ => {}
        }
    }
    false
}

/// Returns the number that a percent format shows: 57 for 0.57, without the binary error of a product.
pub(super) fn multiply_by_hundred(number: f64) -> f64 {
    shift_decimal_point(number, 2)
}

/// Returns the number that a percent cell holds: 0.57 for 57.
pub(super) fn divide_by_hundred(number: f64) -> f64 {
    shift_decimal_point(number, -2)
}

/// Moves the decimal point. Spreadsheets keep 15 digits of a number.
fn shift_decimal_point(number: f64, places: i32) -> f64 {
    let text = format!("{number:.14e}");
    let shifted = text.split_once('e').and_then(|(digits, exponent)| {
        let exponent = exponent.parse::<i32>().ok()?.checked_add(places)?;
        format!("{digits}e{exponent}").parse().ok()
    });
    shifted.unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_format_has_a_percent_sign_that_is_no_text() {
        for code in ["0%", "0.00%", "#,##0.0%;[Red]-0.0%", "[$-409]0%", "\"about\" 0%"] {
            assert!(is_percent_format(code), "{code}");
        }
        for code in ["General", "0.00\"%\"", "0.00\\%", "@", "0_%", "[$%-409]0", "0*%"] {
            assert!(!is_percent_format(code), "{code}");
        }
    }

    #[test]
    fn shown_percentage_has_the_digits_of_the_number() {
        for (held, shown) in
            [(0.6, 60.0), (0.57, 57.0), (0.07, 7.0), (7.0, 700.0), (0.6125, 61.25), (0.0, 0.0)]
        {
            assert_eq!(multiply_by_hundred(held).to_string(), shown.to_string());
            assert_eq!(divide_by_hundred(shown).to_string(), held.to_string());
        }
        assert!(multiply_by_hundred(f64::MAX).is_infinite());
    }
}
