//! What is told of a row that cannot be taken: which cell is to blame, and what cannot be judged while another one is wrong.

use crate::{
    api::error::{ApiError, ApiResult},
    domain::fault::FieldFault,
    sheets::{
        Sheet,
        grid::{FaultDetails, SheetGrid},
        request_body::find_column,
        row_comparison::ComparedRow,
    },
};

/// Codes of faults that come of several fields together: while a cell is wrong, nobody knows whether they hold.
pub(super) const TOGETHER: [&str; 5] =
    ["order", "milestones_differ", "no_milestones", "changed", "stale"];
/// Columns that are judged by another one.
const JUDGED_BY: [(&str, &str); 3] =
    [("sub_area", "focus_area"), ("other_focus_areas", "focus_area"), ("partner", "as_stated")];

/// Notes why a row cannot be taken; what is no fault of the row ends the import.
pub(super) fn refuse_row(
    row: &mut ComparedRow,
    grid: &SheetGrid,
    error: ApiError,
) -> ApiResult<()> {
    for (pointer, said) in to_row_faults(error)? {
        let project = || grid.sheet.find_column_index("project").filter(|_| said.code == "unknown");
        let column = find_column(grid.sheet, &pointer).or_else(project);
        if !is_reportable(row, grid.sheet, column, &said.code) {
            continue;
        }
        row.refuse_row(grid, column, said);
        if let (Some(fault), false) = (row.faults.last_mut(), pointer.is_empty()) {
            fault.pointer = pointer;
        }
    }
    Ok(())
}

/// Says whether a fault can be told of a row: not where the cell that it is about, or one that it depends on, holds no value.
pub(super) fn is_reportable(
    row: &ComparedRow,
    sheet: Sheet,
    column: Option<usize>,
    code: &str,
) -> bool {
    if row.wrong_columns.is_empty() {
        return true;
    }
    let wrong =
        |name: &str| sheet.find_column_index(name).is_some_and(|i| row.wrong_columns.contains(&i));
    let name = column.and_then(|i| sheet.columns().get(i)).map(|c| c.name);
    let judged_by = JUDGED_BY.iter().any(|(own, by)| name == Some(own) && wrong(by));
    !judged_by
        && !column.is_some_and(|i| row.wrong_columns.contains(&i))
        && !TOGETHER.contains(&code)
}

/// Says what an error has against a row, each with its pointer.
pub(super) fn to_row_faults(error: ApiError) -> ApiResult<Vec<(String, FaultDetails)>> {
    let one = |code: &str, detail: String| {
        vec![(String::new(), FaultDetails { code: code.to_owned(), detail, allowed: Vec::new() })]
    };
    Ok(match error {
        ApiError::Invalid(faults) => {
            let said = |f: FieldFault| {
                (f.pointer, FaultDetails { code: f.code, detail: f.detail, allowed: f.allowed })
            };
            faults.into_iter().map(said).collect()
        }
        ApiError::Malformed(f) => {
            let f = *f;
            let said = FaultDetails { code: f.code, detail: f.detail, allowed: f.allowed };
            vec![(f.pointer.unwrap_or_default(), said)]
        }
        ApiError::NotFound => {
            one("unknown", "nothing of this key is among those of the city in this cycle".into())
        }
        ApiError::Forbidden(reason) => one("forbidden", reason),
        ApiError::IllegalTransition(state) => one("illegal_transition", state.to_string()),
        ApiError::Conflict(detail) => one("conflict", detail),
        ApiError::Stale(_) | ApiError::PreconditionRequired => {
            one("stale", "it was changed since the row was made".into())
        }
        other => return Err(other),
    })
}
