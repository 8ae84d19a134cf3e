//! Writes the rows of projects, milestones, indicators and partnerships. Each row is a record of its own.

use super::{
    context::{ComparedSheets, ImportContext},
    record_rows::{ImportedPart, PartMembers, ProjectMembers},
    row_faults::refuse_row,
};
use crate::{
    app::{
        AppResult, Precondition, Refusal,
        merge::MergeMembers as _,
        parts,
        projects::{self, ProjectChanges, RawProject},
    },
    domain::{
        policy::{EditProject, Saves},
        project_parts::{Indicator, Milestone, Partnership},
        subject::project_part::EditPart,
        value::fold_for_search,
    },
    sheets::{
        WorkbookSheet,
        row_comparison::{ComparedRow, ImportOutcome},
    },
    store::{Change, RecordWriter as _, Tx},
};

/// Writes every row that can be written, and adds the faults of the others.
pub(super) fn apply_records(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheets: &mut ComparedSheets,
) -> AppResult<()> {
    for (sheet, compared) in sheets.iter_mut().filter(|(sheet, _)| is_record(**sheet)) {
        for row in &mut compared.rows {
            if matches!(row.outcome, ImportOutcome::New | ImportOutcome::Changed) {
                match tx.attempt(|tx| write_record(context, tx, *sheet, row))? {
                    Ok(created_key) => row.created_key = created_key,
                    Err(refusal) => refuse_row(row, &compared.grid, refusal)?,
                }
            } else if row.has_only_cell_faults() && !row.changes.is_empty() {
                // Nothing of the row is written, but its valid cells are still checked.
                let valid = row.without_wrong_cells(*sheet);
                let checked = tx.dry_run(|tx| write_record(context, tx, *sheet, &valid))?;
                if let Err(refusal) = checked {
                    refuse_row(row, &compared.grid, refusal)?;
                }
            }
        }
    }
    Ok(())
}

/// Returns `true` if each row of the sheet is a record of its own. The other sheets hold parts of reports.
const fn is_record(sheet: WorkbookSheet) -> bool {
    match sheet {
        WorkbookSheet::Projects
        | WorkbookSheet::Milestones
        | WorkbookSheet::Indicators
        | WorkbookSheet::Partnerships => true,
        WorkbookSheet::Reports
        | WorkbookSheet::Completions
        | WorkbookSheet::Values
        | WorkbookSheet::Evidence => false,
    }
}

/// Creates or edits the record of a row. Returns the key of a new record.
fn write_record(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheet: WorkbookSheet,
    row: &ComparedRow,
) -> AppResult<Option<String>> {
    match sheet {
        WorkbookSheet::Projects if row.outcome == ImportOutcome::New => {
            create_project(context, tx, row)
        }
        WorkbookSheet::Projects => edit_project(context, tx, row),
        WorkbookSheet::Milestones => write_part::<Milestone>(context, tx, row),
        WorkbookSheet::Indicators => write_part::<Indicator>(context, tx, row),
        WorkbookSheet::Partnerships => write_part::<Partnership>(context, tx, row),
        WorkbookSheet::Reports
        | WorkbookSheet::Completions
        | WorkbookSheet::Values
        | WorkbookSheet::Evidence => Ok(None),
    }
}

fn create_project(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    row: &ComparedRow,
) -> AppResult<Option<String>> {
    let members = ProjectMembers::new(row);
    let title = members.title().map(|title| fold_for_search(&title));
    let place = context.place;
    let mut raw = RawProject {
        city: Some(place.city.slug.to_string()),
        plan_cycle: Some(place.cycle.plan_cycle.to_string()),
        ..RawProject::default()
    };
    members.merge(&mut raw.details);
    let built = projects::build_project(tx, context.caller, &raw, context.words);
    let (proof, project) = context.titles.check_unique(title.as_deref(), built)?;
    let proof = context.add_reason(proof);
    proof.save(tx, &project, Change::without_reason("create"))?;
    context.titles.remember_title(format!("row {}", row.number), title);
    Ok(Some(project.code.to_string()))
}

fn edit_project(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    row: &ComparedRow,
) -> AppResult<Option<String>> {
    let members = ProjectMembers::new(row);
    let title = members.title().map(|title| fold_for_search(&title));
    let code = context.find_project_code(&row.project)?;
    let proof = context.prove::<EditProject>(tx, &code)?;
    to_precondition(row, WorkbookSheet::Projects).check_required(tx, &proof.subject().project)?;
    let changes = ProjectChanges { city: None, plan_cycle: None, details: members };
    projects::patch_project(tx, &proof, changes, context.words)?;
    context.titles.remember_title(row.project.clone(), title);
    Ok(None)
}

fn write_part<P: ImportedPart>(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    row: &ComparedRow,
) -> AppResult<Option<String>>
where
    EditProject: Saves<P>,
{
    let (code, members) = (context.find_project_code(&row.project)?, PartMembers::<P>::new(row));
    if row.outcome == ImportOutcome::New {
        let proof = context.prove::<EditProject>(tx, &code)?;
        let part: P = parts::insert_part(tx, &proof, members)?;
        return Ok(Some(part.part_id().to_string()));
    }
    let id = row.key.first().and_then(|id| id.parse().ok()).ok_or(Refusal::NotFound)?;
    let proof = context.prove::<EditPart<P>>(tx, &(code, id))?;
    parts::patch_part(tx, &proof, to_precondition(row, P::SHEET), members)?;
    Ok(None)
}

/// The version that a row was made from has the role of `If-Match`.
fn to_precondition(row: &ComparedRow, sheet: WorkbookSheet) -> Precondition {
    row.version(sheet).map_or(Precondition::None, Precondition::Version)
}
