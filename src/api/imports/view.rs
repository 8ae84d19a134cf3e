//! The result of an import, row by row.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::api::problem::RequestFault;
use crate::{
    domain::{journal::to_hex, language::Language, value::Slug, wording},
    sheets::{
        Sheet,
        grid::{FileFault, SheetGrid},
        row_comparison::{ComparedRow, Outcome},
    },
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
    pub sheet: Sheet,
    /// Number of the row in the file, from 1.
    pub row: u32,
    /// Key of the record in the file. For a new record it is empty in a preview; after the import it is the key that
    /// the record got.
    #[schema(example = "da-nang-4")]
    pub key: String,
    /// Outcome of the row.
    pub outcome: Outcome,
    /// Fields that the row changes.
    pub changes: Vec<ImportChange>,
}

/// A fault at a place of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportFault {
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
    pub detail: String,
    /// Accepted values; empty if there is no list of them.
    pub allowed: Vec<String>,
}
impl From<&ImportFault> for RequestFault {
    fn from(f: &ImportFault) -> Self {
        let at = f.cell.as_deref().map_or_else(|| f.sheet.clone(), |c| format!("{}!{c}", f.sheet));
        Self {
            pointer: Some(f.pointer.clone()),
            parameter: None,
            code: f.code.clone(),
            detail: format!("{at}: {}", f.detail),
            allowed: f.allowed.clone(),
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
            detail: f.fault.detail,
            allowed: f.fault.allowed,
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
    /// All faults.
    pub faults: Vec<ImportFault>,
    /// The keys of new records, by the index of their row. The answer has them after the write only, and they are no
    /// part of the digest: a preview cannot know them.
    #[serde(skip)]
    made: Vec<(usize, String)>,
}

impl ImportView {
    pub(super) fn new(city: &Slug, cycle: &Slug, faults: Vec<FileFault>) -> Self {
        Self {
            city: city.to_string(),
            cycle: cycle.to_string(),
            dry_run: true,
            applied: false,
            digest: String::new(),
            totals: ImportTotals::default(),
            rows: Vec::new(),
            faults: faults.into_iter().map(ImportFault::from).collect(),
            made: Vec::new(),
        }
    }

    /// Marks that the rows were written, and adds the keys of new records.
    pub(super) fn mark_applied(&mut self) {
        self.applied = true;
        for (index, key) in std::mem::take(&mut self.made) {
            if let Some(row) = self.rows.get_mut(index) {
                row.key = key;
            }
        }
    }

    pub(super) fn add_rows(&mut self, grid: &SheetGrid, rows: Vec<ComparedRow>) {
        for row in rows {
            let count = match row.outcome {
                Outcome::New => &mut self.totals.new,
                Outcome::Changed => &mut self.totals.changed,
                Outcome::Unchanged => &mut self.totals.unchanged,
                Outcome::Refused => &mut self.totals.refused,
                Outcome::Stale => &mut self.totals.stale,
            };
            *count += 1;
            let changes = row.changes.into_iter().filter_map(|change| {
                let column = grid.sheet.columns().get(change.column)?;
                Some(ImportChange {
                    column: column.name.to_owned(),
                    cell: grid.cell_address(change.column, row.number),
                    pointer: column.pointer.to_owned(),
                    from: change.from,
                    to: change.to,
                })
            });
            let key: Vec<String> = row.key.into_iter().filter(|part| !part.is_empty()).collect();
            if let Some(own) = row.created_key {
                // The record's own key comes first, as in the rows of existing records.
                let whole: Vec<&str> =
                    [own.as_str()].into_iter().chain(key.iter().map(String::as_str)).collect();
                self.made.push((self.rows.len(), whole.join("/")));
            }
            self.rows.push(ImportRow {
                sheet: grid.sheet,
                row: row.number,
                key: key.join("/"),
                outcome: row.outcome,
                changes: changes.collect(),
            });
            self.faults.extend(row.faults.into_iter().map(ImportFault::from));
        }
    }

    /// Counts the faults, and computes the digest of the file, the present records and the outcome of each row.
    pub(super) fn compute_digest(
        &mut self,
        file_digest: &str,
        records_digest: &str,
    ) -> Result<(), serde_json::Error> {
        self.totals.faults = self.faults.len();
        let result = serde_json::to_vec(&(&self.city, &self.cycle, &self.rows, &self.faults))?;
        let mut digest = Sha256::new();
        digest.update(file_digest.as_bytes());
        digest.update(records_digest.as_bytes());
        digest.update(&result);
        self.digest = to_hex(&digest.finalize());
        Ok(())
    }

    /// Translates the faults. The digest covers their English texts, so that it is computed before.
    pub(in crate::api) fn translate_details(&mut self, language: Language) {
        for fault in &mut self.faults {
            fault.detail = wording::translate_sentence(language, &fault.detail).into_owned();
        }
    }

    /// Returns `true` if every row can be accepted.
    pub(super) const fn is_sound(&self) -> bool {
        self.totals.faults == 0 && self.totals.refused == 0 && self.totals.stale == 0
    }
}
