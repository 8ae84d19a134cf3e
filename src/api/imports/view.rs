//! The result of an import, row by row.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::{answer_text::AnswerText, problem::FaultView},
    app::imports::{ImportResult, ImportedChange, ImportedRow, OutcomeTotals},
    domain::{language::Language, message::Message},
    sheets::{WorkbookSheet, grid::FileFault, message::import, row_comparison::ImportOutcome},
};

/// Number of rows with each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ImportTotals {
    /// Rows that create a record.
    pub new: usize,
    /// Rows that change a record.
    pub changed: usize,
    /// Rows that change nothing.
    pub unchanged: usize,
    /// Rows that cannot be accepted.
    pub refused: usize,
    /// Rows that change a record which was changed after the file was made.
    pub stale: usize,
    /// All faults, of rows and of the file.
    pub faults: usize,
}

/// A field that a row changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ImportChange {
    /// Name of the column.
    #[schema(example = "title")]
    pub column: String,
    /// Address of the cell; null if the file has none.
    #[schema(required, example = "C7")]
    pub cell: Option<String>,
    /// JSON pointer to the field of the record.
    #[schema(example = "/title")]
    pub pointer: String,
    /// Present value.
    #[schema(required)]
    pub from: Value,
    /// Value in the file.
    #[schema(required)]
    pub to: Value,
}

/// A row of the file, and its outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ImportRow {
    /// Sheet of the row.
    pub sheet: WorkbookSheet,
    /// Number of the row in the file, from 1.
    pub row: u32,
    /// Key of the record in the file. For a new record it is empty in a preview; after the import it is the key that
    /// the record got.
    #[schema(example = "da-nang-4")]
    pub key: String,
    /// Outcome of the row.
    pub outcome: ImportOutcome,
    /// Fields that the row changes.
    pub changes: Vec<ImportChange>,
}

/// A fault at a place of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ImportFault {
    /// Name of the sheet, as in the file.
    #[schema(example = "projects")]
    pub sheet: String,
    /// Address of the cell; null for a fault of the whole sheet.
    #[schema(required, example = "C7")]
    pub cell: Option<String>,
    /// Number of the row, from 1; null for a fault of the whole sheet.
    #[schema(required)]
    pub row: Option<u32>,
    /// JSON pointer to the field of the record; empty if no single field is at fault.
    #[schema(example = "/starts_on")]
    pub pointer: String,
    /// Stable code of the fault, for programs.
    #[schema(example = "day")]
    pub code: String,
    /// Explanation of what was expected, in the language of the answer.
    #[schema(value_type = String)]
    pub detail: AnswerText,
    /// Accepted values; empty if there is no list of them.
    pub allowed: Vec<String>,
    /// Key of the record that the row repeats: the code of a project, or the identifier of a milestone, an indicator or a
    /// partnership. Absent if the fault is no duplicate of a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "da-nang-3")]
    pub existing: Option<String>,
    /// The message behind `detail`.
    #[serde(skip)]
    message: Message,
}
impl ImportFault {
    /// Returns the fault for the list of the problem, with its place in the message.
    pub(super) fn to_fault_view(&self, language: Language) -> FaultView {
        let sheet = &self.sheet;
        let place = self.cell.as_deref().map_or_else(|| sheet.clone(), |c| format!("{sheet}!{c}"));
        FaultView {
            pointer: Some(self.pointer.clone()),
            parameter: None,
            code: self.code.clone(),
            detail: import::fault_at(&place, self.message.clone()).to_text(language).into(),
            allowed: self.allowed.clone(),
            existing: self.existing.clone(),
        }
    }
}

impl From<FileFault> for ImportFault {
    fn from(f: FileFault) -> Self {
        Self {
            sheet: f.sheet,
            cell: f.cell,
            row: f.row,
            pointer: f.pointer,
            code: f.fault.code,
            detail: f.fault.message.clone().into(),
            message: f.fault.message,
            allowed: f.fault.allowed,
            existing: f.fault.existing,
        }
    }
}

/// The result of an import or of its preview, row by row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ImportView {
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// `true` if this is a preview.
    pub dry_run: bool,
    /// `true` if the rows were written.
    pub applied: bool,
    /// Digest that ties an import to its preview. It stays the same while the file, the records and the outcome of each
    /// row do.
    pub digest: String,
    /// Number of rows with each outcome.
    pub totals: ImportTotals,
    /// All rows, in the order of the file's sheets.
    pub rows: Vec<ImportRow>,
    /// The first faults, at most 1,000.
    pub faults: Vec<ImportFault>,
    /// Number of faults beyond the first 1,000, which are not listed.
    pub more_faults: usize,
    /// Facts that the author of the file may not expect; they refuse nothing. `lost_letters`: a text has a replacement
    /// character, or a question mark where a letter stood. `hidden_rows`: rows are hidden, by a filter or by hand, and
    /// are imported like the others.
    pub warnings: Vec<ImportFault>,
}

impl From<OutcomeTotals> for ImportTotals {
    fn from(t: OutcomeTotals) -> Self {
        Self {
            new: t.new,
            changed: t.changed,
            unchanged: t.unchanged,
            refused: t.refused,
            stale: t.stale,
            faults: t.faults,
        }
    }
}

impl From<ImportedChange> for ImportChange {
    fn from(c: ImportedChange) -> Self {
        Self {
            column: c.column.to_owned(),
            cell: c.cell,
            pointer: c.pointer.to_owned(),
            from: c.from,
            to: c.to,
        }
    }
}

impl From<ImportedRow> for ImportRow {
    fn from(r: ImportedRow) -> Self {
        Self {
            sheet: r.sheet,
            row: r.row,
            key: r.key,
            outcome: r.outcome,
            changes: r.changes.into_iter().map(ImportChange::from).collect(),
        }
    }
}

impl From<ImportResult> for ImportView {
    fn from(r: ImportResult) -> Self {
        Self {
            city: r.city.to_string(),
            cycle: r.cycle.to_string(),
            dry_run: r.dry_run,
            applied: r.applied,
            digest: r.digest,
            totals: r.totals.into(),
            rows: r.rows.into_iter().map(ImportRow::from).collect(),
            faults: r.faults.into_iter().map(ImportFault::from).collect(),
            more_faults: r.more_faults,
            warnings: r.warnings.into_iter().map(ImportFault::from).collect(),
        }
    }
}

impl ImportView {
    /// Puts the faults and warnings into words. The digest covers the English texts of the faults.
    pub(super) fn word_faults(&mut self, language: Language) {
        for fault in self.faults.iter_mut().chain(&mut self.warnings) {
            fault.detail.word(language);
        }
    }
}
