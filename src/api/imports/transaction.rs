//! Runs an import inside one write transaction. Every row uses the functions that the operations of the API use. Each
//! row has its own savepoint, so that a row that cannot be accepted does not hide the faults of the next one.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    ImportView, input::ImportJob, project_titles::ProjectTitles, report_rows,
    row_faults::refuse_row,
};
use crate::{
    api::{
        body::parse_json,
        error::{ApiError, ApiResult},
        parts::PartResource,
        precondition::Precondition,
        projects::{NewProject, ProjectPatch},
        workbook::{CityWorkbook, check_cycle_exists},
    },
    app::{
        parts,
        projects::{self, ProjectChanges, RawProject},
    },
    domain::{
        fault::ValueFault,
        policy::{EditProject, ImportInto, PolicyAction, PolicyResource, Saves},
        project::ProjectCode,
        project_parts::{Indicator, Milestone, Partnership},
        reference::Vocabulary,
        subject::{CityCycleSubject, project_part::EditPart},
        value::{Slug, fold_for_search},
    },
    sheets::{
        FORMAT, Sheet,
        grid::{FileFault, SheetGrid},
        request_body::build_record_body,
        row_comparison::{self, ComparedRow, Outcome},
        workbook_reader,
    },
    store::{
        Caller, Change, RecordWriter as _, StoreError, Tx, WriteProof, load::LoadByKey, reference,
    },
};

/// The reason why the transaction of an import is rolled back.
pub(super) enum ImportAbort {
    /// The result of a preview, or of an import with rows that cannot be accepted.
    NotWritten(Box<ImportView>),
    Failed(ApiError),
}
impl From<ApiError> for ImportAbort {
    fn from(e: ApiError) -> Self {
        Self::Failed(e)
    }
}
impl From<StoreError> for ImportAbort {
    fn from(e: StoreError) -> Self {
        Self::Failed(e.into())
    }
}

/// The compared rows of each sheet.
pub(super) type ComparedSheets = BTreeMap<Sheet, (SheetGrid, Vec<ComparedRow>)>;

/// The data that all rows share.
pub(super) struct ImportContext<'b> {
    pub(super) caller: Caller,
    /// The reason of every change, for the journal.
    pub(super) reason: String,
    /// The cycle of the reports.
    pub(super) cycle: Slug,
    /// The present records of the city.
    pub(super) book: &'b CityWorkbook,
    words: &'b Vocabulary,
    /// The city and the plan cycle of new projects.
    on: &'b CityCycleSubject,
    titles: ProjectTitles,
}

/// Imports a file. A preview is the same work, rolled back.
pub(super) fn run_import(
    tx: &mut Tx<'_>,
    caller: Caller,
    job: ImportJob,
    words: &Vocabulary,
) -> Result<ImportView, ImportAbort> {
    let (city, cycle) = &job.key;
    if reference::find_city(tx.conn(), city)?.is_none() {
        let fault = ValueFault::unknown("city", Vec::<String>::new());
        return Err(ApiError::invalid_parameter("city", fault).into());
    }
    check_cycle_exists(tx.conn(), cycle)?;
    let proof = tx.prove::<ImportInto>(caller, &job.key)?;
    let mut faults = find_mismatches(&job);
    let wrong_file = !faults.is_empty();
    faults.extend(job.upload.faults);
    let mut view = ImportView::new(city, cycle, faults);
    let mut records_digest = String::new();
    if !wrong_file {
        let book = CityWorkbook::load_for_city(tx.conn(), proof.actor(), proof.subject())?;
        records_digest = book.compute_digest().map_err(|e| ApiError::Internal(Box::new(e)))?;
        let titles = ProjectTitles::from_workbook(&book);
        let context = ImportContext {
            caller,
            reason: job.reason.clone(),
            cycle: cycle.clone(),
            book: &book,
            words,
            on: proof.subject(),
            titles,
        };
        let compared = job.upload.grids.into_iter().map(|grid| {
            let rows = row_comparison::compare_rows(&grid, book.rows(grid.sheet));
            (grid.sheet, (grid, rows))
        });
        let mut sheets: ComparedSheets = compared.collect();
        context.apply_rows(tx, &mut sheets)?;
        for (grid, rows) in sheets.into_values() {
            view.add_rows(&grid, rows);
        }
    }
    view.dry_run = job.dry_run;
    view.compute_digest(&job.file_digest, &records_digest)
        .map_err(|e| ApiError::Internal(Box::new(e)))?;
    if job.digest.is_some_and(|digest| digest != view.digest) {
        let detail = "the file, or what is there, is no longer what the preview was made of";
        return Err(ApiError::Conflict(detail.to_owned()).into());
    }
    if job.dry_run || !view.is_sound() {
        return Err(ImportAbort::NotWritten(Box::new(view)));
    }
    view.mark_applied();
    Ok(view)
}

/// Lists how a workbook differs from the supported format and from the city and cycle of the import.
fn find_mismatches(job: &ImportJob) -> Vec<FileFault> {
    if !job.is_workbook {
        return Vec::new();
    }
    let expected =
        [("format", FORMAT), ("city", job.key.0.as_str()), ("cycle", job.key.1.as_str())];
    expected
        .iter()
        .filter_map(|(name, value)| workbook_reader::check_metadata(&job.upload, name, value))
        .collect()
}

impl ImportContext<'_> {
    /// Writes every row that can be written, and adds the faults of the others.
    fn apply_rows(&self, tx: &mut Tx<'_>, sheets: &mut ComparedSheets) -> ApiResult<()> {
        for (sheet, (grid, rows)) in sheets.iter_mut().filter(|(s, _)| is_record(**s)) {
            for row in rows.iter_mut() {
                if matches!(row.outcome, Outcome::New | Outcome::Changed) {
                    match tx.attempt(|tx| self.write_record(tx, *sheet, row))? {
                        Ok(made) => row.created_key = made,
                        Err(error) => refuse_row(row, grid, error)?,
                    }
                } else if row.has_only_cell_faults() && !row.changes.is_empty() {
                    let judged = row.without_wrong_cells(*sheet);
                    if let Err(error) = tx.dry_run(|tx| self.write_record(tx, *sheet, &judged))? {
                        refuse_row(row, grid, error)?;
                    }
                }
            }
        }
        report_rows::apply_reports(self, tx, sheets)
    }

    /// Creates or edits the record of a row. Returns the key of a new record.
    fn write_record(
        &self,
        tx: &mut Tx<'_>,
        sheet: Sheet,
        row: &ComparedRow,
    ) -> ApiResult<Option<String>> {
        match sheet {
            Sheet::Projects => self.write_project(tx, row),
            Sheet::Milestones => self.write_part::<Milestone>(tx, sheet, row),
            Sheet::Indicators => self.write_part::<Indicator>(tx, sheet, row),
            Sheet::Partnerships => self.write_part::<Partnership>(tx, sheet, row),
            Sheet::Reports | Sheet::Completions | Sheet::Values | Sheet::Evidence => Ok(None),
        }
    }

    fn write_project(&self, tx: &mut Tx<'_>, row: &ComparedRow) -> ApiResult<Option<String>> {
        let mut body = build_record_body(Sheet::Projects, row);
        let title = body.get("title").and_then(Value::as_str).map(fold_for_search);
        if row.outcome == Outcome::New {
            body.insert("city".to_owned(), Value::from(self.on.city.slug.as_str()));
            body.insert("plan_cycle".to_owned(), Value::from(self.on.cycle.plan_cycle.as_str()));
            let raw = RawProject::from(parse_body::<NewProject>(&body)?);
            let made = projects::build_project(tx, self.caller, &raw, self.words);
            let (proof, project) = self.titles.check_unique(title.as_deref(), made)?;
            let proof = proof.with_reason(Some(self.reason.clone()));
            proof.save(tx, &project, Change::without_reason("create"))?;
            let row = format!("row {}", row.number);
            self.titles.remember_title(row, title);
            return Ok(Some(project.code.to_string()));
        }
        let proof = self.prove::<EditProject>(tx, &self.find_project_code(row)?)?;
        to_precondition(row, Sheet::Projects).check_required(tx, &proof.subject().project)?;
        let changes = ProjectChanges::from(parse_body::<ProjectPatch>(&body)?);
        projects::patch_project(tx, &proof, changes, self.words)?;
        self.titles.remember_title(row.project.clone(), title);
        Ok(None)
    }

    fn write_part<P: PartResource>(
        &self,
        tx: &mut Tx<'_>,
        sheet: Sheet,
        row: &ComparedRow,
    ) -> ApiResult<Option<String>>
    where
        EditProject: Saves<P>,
    {
        let (code, body) = (self.find_project_code(row)?, build_record_body(sheet, row));
        if row.outcome == Outcome::New {
            let proof = self.prove::<EditProject>(tx, &code)?;
            let part: P = parts::insert_part(tx, &proof, parse_body::<P::New>(&body)?)?;
            return Ok(Some(part.part_id().to_string()));
        }
        let id = row.key.first().and_then(|id| id.parse().ok()).ok_or(ApiError::NotFound)?;
        let precondition = to_precondition(row, sheet);
        let proof = self.prove::<EditPart<P>>(tx, &(code, id))?;
        let patch = parse_body::<P::Patch>(&body)?;
        parts::patch_part(tx, &proof, precondition, patch)?;
        Ok(None)
    }

    /// Asks the policy about the record of a row. What the proof saves has the reason of the import.
    pub(super) fn prove<A>(
        &self,
        tx: &mut Tx<'_>,
        key: &<A::Subject as PolicyResource>::Key,
    ) -> ApiResult<WriteProof<A>>
    where
        A: PolicyAction,
        A::Subject: LoadByKey,
    {
        Ok(tx.prove::<A>(self.caller, key)?.with_reason(Some(self.reason.clone())))
    }

    /// Returns the project of a row. A project of a different city or plan is treated as missing.
    pub(super) fn find_project_code(&self, row: &ComparedRow) -> ApiResult<ProjectCode> {
        let known = self.book.projects.contains(&row.project);
        ProjectCode::parse(&row.project).ok().filter(|_| known).ok_or(ApiError::NotFound)
    }
}

/// Returns `true` if each row of the sheet is a record of its own. The other sheets hold parts of reports.
const fn is_record(sheet: Sheet) -> bool {
    match sheet {
        Sheet::Projects | Sheet::Milestones | Sheet::Indicators | Sheet::Partnerships => true,
        Sheet::Reports | Sheet::Completions | Sheet::Values | Sheet::Evidence => false,
    }
}

/// The version that a row was made from has the role of `If-Match`.
fn to_precondition(row: &ComparedRow, sheet: Sheet) -> Precondition {
    row.version(sheet).map_or(Precondition::None, Precondition::Version)
}

/// Parses a body in the same way as the body of a request.
pub(super) fn parse_body<T: DeserializeOwned>(body: &Map<String, Value>) -> ApiResult<T> {
    let bytes = serde_json::to_vec(body).map_err(|e| ApiError::Internal(Box::new(e)))?;
    parse_json(&bytes)
}
