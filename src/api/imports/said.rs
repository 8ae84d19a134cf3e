//! What is told of a row that cannot be taken: which cell is to blame, and what cannot be judged while another one is wrong.

use crate::{
    api::error::{ApiError, ApiResult},
    domain::fault::FieldFault,
    sheets::{
        Sheet,
        body::column_of,
        compare::Compared,
        grid::{Grid, Said},
    },
};

/// Codes of faults that come of several fields together: while a cell is wrong, nobody knows whether they hold.
pub(super) const TOGETHER: [&str; 5] =
    ["order", "milestones_differ", "no_milestones", "changed", "stale"];
/// Columns that are judged by another one.
const JUDGED_BY: [(&str, &str); 3] =
    [("sub_area", "focus_area"), ("other_focus_areas", "focus_area"), ("partner", "as_stated")];

/// Notes why a row cannot be taken; what is no fault of the row ends the import.
pub(super) fn refuse(row: &mut Compared, grid: &Grid, error: ApiError) -> ApiResult<()> {
    for (pointer, said) in told(error)? {
        let project = || grid.sheet.position("project").filter(|_| said.code == "unknown");
        let column = column_of(grid.sheet, &pointer).or_else(project);
        if !is_told(row, grid.sheet, column, &said.code) {
            continue;
        }
        row.refuse(grid, column, said);
        if let (Some(fault), false) = (row.faults.last_mut(), pointer.is_empty()) {
            fault.pointer = pointer;
        }
    }
    Ok(())
}

/// Says whether a fault can be told of a row: not where the cell that it is about, or one that it depends on, holds no value.
pub(super) fn is_told(row: &Compared, sheet: Sheet, column: Option<usize>, code: &str) -> bool {
    if row.wrong.is_empty() {
        return true;
    }
    let wrong = |name: &str| sheet.position(name).is_some_and(|i| row.wrong.contains(&i));
    let name = column.and_then(|i| sheet.columns().get(i)).map(|c| c.name);
    let judged_by = JUDGED_BY.iter().any(|(own, by)| name == Some(own) && wrong(by));
    !judged_by && !column.is_some_and(|i| row.wrong.contains(&i)) && !TOGETHER.contains(&code)
}

/// Says what an error has against a row, each with its pointer.
pub(super) fn told(error: ApiError) -> ApiResult<Vec<(String, Said)>> {
    let one = |code: &str, detail: String| {
        vec![(String::new(), Said { code: code.to_owned(), detail, allowed: Vec::new() })]
    };
    Ok(match error {
        ApiError::Invalid(faults) => {
            let said = |f: FieldFault| {
                (f.pointer, Said { code: f.code, detail: f.detail, allowed: f.allowed })
            };
            faults.into_iter().map(said).collect()
        }
        ApiError::Malformed(f) => {
            let f = *f;
            let said = Said { code: f.code, detail: f.detail, allowed: f.allowed };
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
