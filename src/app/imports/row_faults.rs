//! The faults of a row that cannot be accepted: which cell is at fault, and which faults are left out because a cell
//! that they depend on is wrong.

use crate::{
    app::{AppResult, Refusal},
    domain::{
        fault::{FieldFault, ValueFault},
        message::Message,
        policy::AccessDenied,
    },
    sheets::{
        WorkbookSheet,
        grid::{FaultDetails, SheetGrid},
        message::import,
        row_comparison::ComparedRow,
    },
};

/// Codes of faults that several fields cause together. They cannot be judged while one of the cells is wrong.
pub(super) const TOGETHER: [&str; 5] =
    ["order", "milestones_differ", "no_milestones", "changed", "stale"];
/// Columns whose values are judged by a different column: each with that column.
const JUDGED_BY: [(&str, &str); 3] =
    [("sub_area", "focus_area"), ("other_focus_areas", "focus_area"), ("partner", "as_stated")];

/// A fault of a row.
pub(super) struct RowFault {
    /// The JSON pointer of the field. It is empty if no single field is at fault.
    pub(super) pointer: String,
    pub(super) details: FaultDetails,
}

impl From<FieldFault> for RowFault {
    fn from(fault: FieldFault) -> Self {
        let FieldFault { pointer, code, message, allowed, existing } = fault;
        Self { pointer, details: FaultDetails { code, message, allowed, existing } }
    }
}

impl RowFault {
    /// Creates a fault of a whole row.
    fn of_row(code: &'static str, message: Message) -> Self {
        Self { pointer: String::new(), details: ValueFault::new(code, message).into() }
    }
}

/// Adds the faults of a row that cannot be accepted. A refusal that is not about the row ends the import.
pub(super) fn refuse_row(
    row: &mut ComparedRow,
    grid: &SheetGrid,
    refusal: Refusal,
) -> AppResult<()> {
    for RowFault { pointer, details } in list_row_faults(refusal)? {
        let project =
            || grid.sheet.find_column_index("project").filter(|_| details.code == "unknown");
        let column = grid.sheet.find_field_column(&pointer).or_else(project);
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
    sheet: WorkbookSheet,
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

/// Converts a refusal into the faults of a row.
pub(super) fn list_row_faults(refusal: Refusal) -> AppResult<Vec<RowFault>> {
    let fault = match refusal {
        Refusal::Invalid(faults) => return Ok(faults.into_iter().map(RowFault::from).collect()),
        Refusal::NotFound | Refusal::Denied(AccessDenied::Hidden) => {
            RowFault::of_row("unknown", import::no_such_record())
        }
        Refusal::Denied(AccessDenied::Forbidden(reason)) => RowFault::of_row("forbidden", reason),
        Refusal::IllegalTransition(illegal) => {
            RowFault::of_row("illegal_transition", illegal.message())
        }
        Refusal::Conflict(reason) => RowFault::of_row("conflict", reason),
        Refusal::Stale(_) | Refusal::PreconditionRequired => {
            RowFault::of_row("stale", import::record_changed())
        }
        other @ (Refusal::Denied(AccessDenied::Undecided(_))
        | Refusal::InvalidParameter(..)
        | Refusal::UnusableTag
        | Refusal::UnexpectedTag
        | Refusal::Store(_)
        | Refusal::Internal(_)) => return Err(other),
    };
    Ok(vec![fault])
}
