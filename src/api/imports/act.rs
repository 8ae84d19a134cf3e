//! Importing inside one write transaction: every row goes through the functions that typing goes through, each in a savepoint,
//! so that one that cannot be taken does not hide what is wrong with the next.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{ImportView, input::Job, report, said::refuse, titles::Titles};
use crate::{
    api::{
        body::parse_json,
        error::{ApiError, ApiResult},
        parts::{self, Shaped},
        precondition::Precondition,
        projects,
        workbook::{Book, known_cycle},
    },
    clock,
    domain::{
        fault::ValueFault,
        id::Id,
        parts::{Indicator, Milestone, Partnership},
        policy::{EditProject, ImportInto},
        project::ProjectCode,
        reference::Vocabulary,
        subject::CityCycleSubject,
        value::{Slug, fold},
    },
    sheets::{
        FORMAT, Sheet,
        body::changed,
        compare::{self, Compared, Outcome},
        grid::{FileFault, Grid},
        read,
    },
    store::{Caller, Change, StoreError, Tx, reference},
};

/// Why the transaction of an import ends without a commit.
pub(super) enum Halt {
    /// What becomes of the rows: a preview, or an import that cannot be taken.
    Told(Box<ImportView>),
    /// A failure.
    Failed(ApiError),
}
impl From<ApiError> for Halt {
    fn from(e: ApiError) -> Self {
        Self::Failed(e)
    }
}
impl From<StoreError> for Halt {
    fn from(e: StoreError) -> Self {
        Self::Failed(e.into())
    }
}

/// A sheet with its rows, compared.
pub(super) type Compareds = BTreeMap<Sheet, (Grid, Vec<Compared>)>;

/// What rows are applied with.
pub(super) struct Bench<'b> {
    /// Who imports.
    pub(super) caller: Caller,
    /// The cycle of the reports.
    pub(super) cycle: Slug,
    /// What is there.
    pub(super) book: &'b Book,
    /// The framework's words.
    words: &'b Vocabulary,
    /// City and plan cycle, for new projects.
    on: &'b CityCycleSubject,
    /// What the projects are called.
    titles: Titles,
}

/// Imports a file, or says what would become of it.
pub(super) fn import(
    tx: &mut Tx<'_>,
    caller: Caller,
    job: Job,
    words: &Vocabulary,
) -> Result<ImportView, Halt> {
    let (city, cycle) = &job.key;
    if reference::city(tx.conn(), city)?.is_none() {
        let fault = ValueFault::unknown("city", Vec::<String>::new());
        return Err(ApiError::parameter("city", fault).into());
    }
    known_cycle(tx.conn(), cycle)?;
    let proof = tx.prove::<ImportInto>(caller, &job.key)?;
    tx.because(Some(job.reason.clone()));
    let mut faults = others(&job);
    let wrong_file = !faults.is_empty();
    faults.extend(job.upload.faults);
    let mut view = ImportView::new((city.to_string(), cycle.to_string()), faults);
    let mut there = String::new();
    if !wrong_file {
        let book = Book::read(tx.conn(), proof.actor(), proof.on())?;
        there = book.state().map_err(|e| ApiError::Internal(Box::new(e)))?;
        let titles = Titles::of(&book);
        let bench =
            Bench { caller, cycle: cycle.clone(), book: &book, words, on: proof.on(), titles };
        let compared = job.upload.grids.into_iter().map(|grid| {
            let rows = compare::compare(&grid, book.rows(grid.sheet));
            (grid.sheet, (grid, rows))
        });
        let mut sheets: Compareds = compared.collect();
        bench.apply(tx, &mut sheets)?;
        for (grid, rows) in sheets.into_values() {
            view.add(&grid, rows);
        }
    }
    view.dry_run = job.dry_run;
    view.seal(&job.file, &there).map_err(|e| ApiError::Internal(Box::new(e)))?;
    if job.digest.is_some_and(|digest| digest != view.digest) {
        let detail = "the file, or what is there, is no longer what the preview was made of";
        return Err(ApiError::Conflict(detail.to_owned()).into());
    }
    if job.dry_run || !view.is_sound() {
        return Err(Halt::Told(Box::new(view)));
    }
    view.apply();
    Ok(view)
}

/// Says how a workbook differs from those that are read for this city and cycle.
fn others(job: &Job) -> Vec<FileFault> {
    if !job.is_workbook {
        return Vec::new();
    }
    let expected =
        [("format", FORMAT), ("city", job.key.0.as_str()), ("cycle", job.key.1.as_str())];
    expected.iter().filter_map(|(name, value)| read::other(&job.upload, name, value)).collect()
}

impl Bench<'_> {
    /// Applies every row that can be applied, and notes why the others cannot.
    fn apply(&self, tx: &mut Tx<'_>, sheets: &mut Compareds) -> ApiResult<()> {
        for (sheet, (grid, rows)) in sheets.iter_mut().filter(|(s, _)| is_record(**s)) {
            for row in rows.iter_mut() {
                if matches!(row.outcome, Outcome::New | Outcome::Changed) {
                    match tx.attempt(|tx| self.record(tx, *sheet, row))? {
                        Ok(made) => row.made = made,
                        Err(error) => refuse(row, grid, error)?,
                    }
                } else if row.is_half_read() && !row.changes.is_empty() {
                    let judged = row.but_wrong(*sheet);
                    if let Err(error) = tx.rehearse(|tx| self.record(tx, *sheet, &judged))? {
                        refuse(row, grid, error)?;
                    }
                }
            }
        }
        report::apply(self, tx, sheets)
    }

    /// Makes or edits the record of a row; returns the key of one that was made.
    fn record(&self, tx: &mut Tx<'_>, sheet: Sheet, row: &Compared) -> ApiResult<Option<String>> {
        match sheet {
            Sheet::Projects => self.project(tx, row),
            Sheet::Milestones => self.part::<Milestone>(tx, sheet, row),
            Sheet::Indicators => self.part::<Indicator>(tx, sheet, row),
            Sheet::Partnerships => self.part::<Partnership>(tx, sheet, row),
            Sheet::Reports | Sheet::Completions | Sheet::Values | Sheet::Evidence => Ok(None),
        }
    }

    fn project(&self, tx: &mut Tx<'_>, row: &Compared) -> ApiResult<Option<String>> {
        let mut body = changed(Sheet::Projects, row);
        let title = body.get("title").and_then(Value::as_str).map(fold);
        if row.outcome == Outcome::New {
            body.insert("city".to_owned(), Value::from(self.on.city.slug.as_str()));
            body.insert("plan_cycle".to_owned(), Value::from(self.on.cycle.plan_cycle.as_str()));
            let id = Id::new(clock::fresh_uuid());
            let made = projects::create(tx, self.caller, typed(&body)?, self.words, id);
            let (_, project) = self.titles.once(title.as_deref(), made)?;
            tx.save(&project, Change::plain("create"))?;
            let row = format!("row {}", row.number);
            self.titles.note(row, title);
            return Ok(Some(project.code.to_string()));
        }
        let proof = tx.prove::<EditProject>(self.caller, &self.code(row)?)?;
        precondition(row, Sheet::Projects).required(tx, &proof.on().project)?;
        projects::edit(tx, &proof, typed(&body)?, self.words)?;
        self.titles.note(row.project.clone(), title);
        Ok(None)
    }

    fn part<P: Shaped>(
        &self,
        tx: &mut Tx<'_>,
        sheet: Sheet,
        row: &Compared,
    ) -> ApiResult<Option<String>> {
        let (code, body) = (self.code(row)?, changed(sheet, row));
        if row.outcome == Outcome::New {
            let id = Id::new(clock::fresh_uuid());
            return parts::create_in::<P>(tx, self.caller, &code, typed(&body)?, id)
                .map(|_part| Some(id.to_string()));
        }
        let id = row.key.first().and_then(|id| id.parse().ok()).ok_or(ApiError::NotFound)?;
        let precondition = precondition(row, sheet);
        parts::edit_in::<P>(tx, self.caller, &(code, id), precondition, typed(&body)?)
            .map(|_part| None)
    }

    /// Returns the project of a row; one that is not of this city and plan is as good as none.
    pub(super) fn code(&self, row: &Compared) -> ApiResult<ProjectCode> {
        let known = self.book.projects.contains(&row.project);
        ProjectCode::parse(&row.project).ok().filter(|_| known).ok_or(ApiError::NotFound)
    }
}

/// Says whether the rows of a sheet are records of their own.
const fn is_record(sheet: Sheet) -> bool {
    match sheet {
        Sheet::Projects | Sheet::Milestones | Sheet::Indicators | Sheet::Partnerships => true,
        Sheet::Reports | Sheet::Completions | Sheet::Values | Sheet::Evidence => false,
    }
}

/// The version that a row was made from stands for `If-Match`.
fn precondition(row: &Compared, sheet: Sheet) -> Precondition {
    row.version(sheet).map_or(Precondition::None, Precondition::Version)
}

/// Reads a body through the same door as one that was sent.
pub(super) fn typed<T: DeserializeOwned>(body: &Map<String, Value>) -> ApiResult<T> {
    let bytes = serde_json::to_vec(body).map_err(|e| ApiError::Internal(Box::new(e)))?;
    parse_json(&bytes)
}
