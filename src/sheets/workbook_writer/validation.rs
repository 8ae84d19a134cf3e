//! The rules that a workbook gives to the cells of its columns.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Formula, XlsxError,
};

use super::AllowedValueLists;
use crate::sheets::{
    LISTS,
    allowed_values::AllowedList,
    columns::{ColumnKind, ColumnRole, SheetColumn},
    grid::column_letters,
};

/// Returns the validation rule of a column: a drop-down, a date or a number. Some programs ignore such rules, so the
/// importer checks every value again.
pub(super) fn build_validation(
    column: &SheetColumn,
    lists: &AllowedValueLists,
) -> Result<Option<DataValidation>, XlsxError> {
    let rule = DataValidation::new();
    let rule = match column.kind {
        _ if column.role != ColumnRole::Input => return Ok(None),
        ColumnKind::Word(list) => build_list_validation(rule, list, lists),
        ColumnKind::Flag => build_list_validation(rule, AllowedList::YesNo, lists),
        ColumnKind::Day => {
            let (first, last) =
                (ExcelDateTime::from_ymd(1900, 1, 1)?, ExcelDateTime::from_ymd(2200, 12, 31)?);
            rule.allow_date(DataValidationRule::Between(first, last))
        }
        ColumnKind::Percent => rule.allow_decimal_number(DataValidationRule::Between(0.0, 100.0)),
        ColumnKind::Degrees => {
            rule.allow_decimal_number(DataValidationRule::Between(-180.0, 180.0))
        }
        ColumnKind::Number => rule.allow_decimal_number(DataValidationRule::Between(-1e15, 1e15)),
        ColumnKind::Whole => {
            rule.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0))
        }
        ColumnKind::Line | ColumnKind::Prose | ColumnKind::Words(_) | ColumnKind::Wholes => {
            return Ok(None);
        }
    };
    Ok(Some(rule))
}

fn build_list_validation(
    rule: DataValidation,
    list: AllowedList,
    lists: &AllowedValueLists,
) -> DataValidation {
    let place = lists.iter().position(|(l, _)| *l == list).unwrap_or_default();
    let bottom = lists.get(place).map_or(0, |(_, entries)| entries.len()).max(1) + 1;
    let column = column_letters(u32::try_from(place * 2).unwrap_or_default());
    let rule =
        rule.allow_list_formula(Formula::new(format!("={LISTS}!${column}$2:${column}${bottom}")));
    if list.is_open() { rule.set_error_style(DataValidationErrorStyle::Warning) } else { rule }
}
