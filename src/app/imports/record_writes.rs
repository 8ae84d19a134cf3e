//! Writes the rows of projects, milestones, indicators and partnerships. Each row is a record of its own.

use super::{
    context::{ComparedSheets, ImportContext},
    duplicate_rows::join_duplicate_fault,
    record_rows::{ImportedPart, PartMembers, ProjectMembers},
    row_faults::refuse_row,
};
use crate::{
    app::{
        AppResult, Precondition, Refusal,
        merge::MergeMembers as _,
        parts::{self, NewPart},
        projects::{self, ProjectChanges, RawProject},
    },
    domain::{
        fault::ValueFault,
        message,
        policy::{EditProject, Saves},
        project::{ProjectCode, parse::RawProjectDetails},
        project_parts::{Indicator, Milestone, Partnership},
        subject::project_part::EditPart,
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
    let place = context.place;
    let mut raw = RawProject {
        city: Some(place.city.slug.to_string()),
        plan_cycle: Some(place.cycle.plan_cycle.to_string()),
        ..RawProject::default()
    };
    ProjectMembers::new(row).merge(&mut raw.details);
    let duplicate = find_duplicate_project(context, tx, &raw.details)?;
    let built = projects::build_project(tx, context.caller, &raw, context.words);
    let (proof, project) = join_duplicate_fault("/title", duplicate, built)?;
    let proof = context.add_reason(proof);
    proof.save(tx, &project, Change::without_reason("create"))?;
    let code = project.code.to_string();
    context.created.note_record(code.clone(), row.number);
    Ok(Some(code))
}

/// Returns the fault of a row whose project is in the city already. The values of the row may have faults of their own.
fn find_duplicate_project(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    details: &RawProjectDetails,
) -> AppResult<Option<ValueFault>> {
    let Some(title) = details.title.as_deref() else { return Ok(None) };
    let continues = details.continues.as_deref().and_then(|code| ProjectCode::parse(code).ok());
    let city = &context.place.city.slug;
    let found = projects::find_duplicate(tx.conn(), city, title, continues.as_ref())?;
    Ok(found.map(|code| {
        let repeated = context.created.describe_record(&code.to_string());
        repeated.into_fault(message::project::title_taken)
    }))
}

fn edit_project(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    row: &ComparedRow,
) -> AppResult<Option<String>> {
    let members = ProjectMembers::new(row);
    let code = context.find_project_code(&row.project)?;
    let proof = context.prove::<EditProject>(tx, &code)?;
    to_precondition(row, WorkbookSheet::Projects).check_required(tx, &proof.subject().project)?;
    let changes = ProjectChanges { city: None, plan_cycle: None, details: members };
    projects::patch_project(tx, &proof, changes, context.words)?;
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
        let NewPart { part, duplicate_of } = parts::build_part::<P>(tx, &proof, members)?;
        let duplicate = duplicate_of.map(|id| {
            let repeated = context.created.describe_record(&id.to_string());
            repeated.into_fault(|record| message::project::same_part(P::name_several(), record))
        });
        let part = join_duplicate_fault(part.naming_pointer(), duplicate, Ok(part))?;
        parts::save_new_part(tx, &proof, &part)?;
        let id = part.part_id().to_string();
        context.created.note_record(id.clone(), row.number);
        return Ok(Some(id));
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
