//! The faults of a row that cannot be accepted: which cell is at fault, and which faults are left out because a cell
//! that they depend on is wrong.

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

/// Codes of faults that several fields cause together. They cannot be judged while one of the cells is wrong.
pub(super) const TOGETHER: [&str; 5] =
    ["order", "milestones_differ", "no_milestones", "changed", "stale"];
/// Columns whose values are judged by a different column: each with that column.
const JUDGED_BY: [(&str, &str); 3] =
    [("sub_area", "focus_area"), ("other_focus_areas", "focus_area"), ("partner", "as_stated")];

/// Adds the faults of a row that cannot be accepted. An error that is not about the row ends the import.
pub(super) fn refuse_row(
    row: &mut ComparedRow,
    grid: &SheetGrid,
    error: ApiError,
) -> ApiResult<()> {
    for (pointer, details) in to_row_faults(error)? {
        let project =
            || grid.sheet.find_column_index("project").filter(|_| details.code == "unknown");
        let column = find_column(grid.sheet, &pointer).or_else(project);
        if !is_reportable(row, grid.sheet, column, &details.code) {
            continue;
        }
        row.refuse_row(grid, column, details);
        if let (Some(fault), false) = (row.faults.last_mut(), pointer.is_empty()) {
            fault.pointer = pointer;
        }
    }
    Ok(())
}

/// Returns `true` if a fault can be reported: its cell, and each cell that it depends on, must hold a valid value.
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

/// Converts an error into the faults of a row, each with its pointer.
pub(super) fn to_row_faults(error: ApiError) -> ApiResult<Vec<(String, FaultDetails)>> {
    let one = |code: &str, detail: String| {
        vec![(String::new(), FaultDetails { code: code.to_owned(), detail, allowed: Vec::new() })]
    };
    Ok(match error {
        ApiError::Invalid(faults) => {
            let convert = |f: FieldFault| {
                (f.pointer, FaultDetails { code: f.code, detail: f.detail, allowed: f.allowed })
            };
            faults.into_iter().map(convert).collect()
        }
        ApiError::Malformed(f) => {
            let f = *f;
            let details = FaultDetails { code: f.code, detail: f.detail, allowed: f.allowed };
            vec![(f.pointer.unwrap_or_default(), details)]
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
