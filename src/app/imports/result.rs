//! The result of an import, row by row, and its digest.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    domain::{journal::to_hex, value::Slug},
    sheets::{
        WorkbookSheet,
        grid::{FileFault, SheetGrid},
        row_comparison::{ComparedRow, ImportOutcome},
    },
};

/// The number of faults that an answer lists.
pub(crate) const FAULTS_MAX: usize = 1_000;

/// The number of rows with each outcome, and of all faults.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OutcomeTotals {
    pub(crate) new: usize,
    pub(crate) changed: usize,
    pub(crate) unchanged: usize,
    pub(crate) refused: usize,
    pub(crate) stale: usize,
    pub(crate) faults: usize,
}

impl OutcomeTotals {
    const fn count_row(&mut self, outcome: ImportOutcome) {
        let count = match outcome {
            ImportOutcome::New => &mut self.new,
            ImportOutcome::Changed => &mut self.changed,
            ImportOutcome::Unchanged => &mut self.unchanged,
            ImportOutcome::Refused => &mut self.refused,
            ImportOutcome::Stale => &mut self.stale,
        };
        *count += 1;
    }
}

// The digest of a preview covers the JSON of rows and faults. A different name or order of the fields below would
// change the digests of previews that were made before.

/// A field that a row changes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ImportedChange {
    /// The name of the column.
    pub(crate) column: &'static str,
    /// The address of the cell; none if the file has none.
    pub(crate) cell: Option<String>,
    /// The JSON pointer to the field of the record.
    pub(crate) pointer: &'static str,
    /// The present value.
    pub(crate) from: Value,
    /// The value in the file.
    pub(crate) to: Value,
}

/// A row of the file, and its outcome.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ImportedRow {
    pub(crate) sheet: WorkbookSheet,
    /// The number of the row in the file, from 1.
    pub(crate) row: u32,
    /// The key of the record in the file. For a new record it is empty in a preview; after the import it is the key
    /// that the record got.
    pub(crate) key: String,
    pub(crate) outcome: ImportOutcome,
    pub(crate) changes: Vec<ImportedChange>,
}

/// The fields of a fault that the digest covers. It covers the English text, whatever the language of the answer.
#[derive(Serialize)]
struct DigestedFault<'f> {
    sheet: &'f str,
    cell: Option<&'f str>,
    row: Option<u32>,
    pointer: &'f str,
    code: &'f str,
    detail: String,
    allowed: &'f [String],
}

impl<'f> From<&'f FileFault> for DigestedFault<'f> {
    fn from(f: &'f FileFault) -> Self {
        Self {
            sheet: &f.sheet,
            cell: f.cell.as_deref(),
            row: f.row,
            pointer: &f.pointer,
            code: &f.fault.code,
            detail: f.fault.message.to_string(),
            allowed: &f.fault.allowed,
        }
    }
}

/// The key of a record that a row created.
#[derive(Debug)]
struct CreatedKey {
    /// The index of the row in the result.
    row: usize,
    key: String,
}

/// The result of an import or of its preview.
#[derive(Debug)]
pub(crate) struct ImportResult {
    pub(crate) city: Slug,
    pub(crate) cycle: Slug,
    /// `true` for a preview.
    pub(crate) dry_run: bool,
    /// `true` if the rows were written.
    pub(crate) applied: bool,
    /// Ties an import to its preview. It stays the same while the file, the records and the outcome of each row do.
    pub(crate) digest: String,
    pub(crate) totals: OutcomeTotals,
    /// All rows, in the order of the file's sheets.
    pub(crate) rows: Vec<ImportedRow>,
    /// The first faults, at most [`FAULTS_MAX`].
    pub(crate) faults: Vec<FileFault>,
    /// The number of faults beyond these.
    pub(crate) more_faults: usize,
    /// Facts that the author of the file may not expect. They refuse nothing, and are no part of the digest.
    pub(crate) warnings: Vec<FileFault>,
    /// The keys of new records. Rows have them after the write only, and they are no part of the digest: a preview
    /// cannot know them.
    created_keys: Vec<CreatedKey>,
}

impl ImportResult {
    pub(super) fn new(city: &Slug, cycle: &Slug, dry_run: bool) -> Self {
        Self {
            city: city.clone(),
            cycle: cycle.clone(),
            dry_run,
            applied: false,
            digest: String::new(),
            totals: OutcomeTotals::default(),
            rows: Vec::new(),
            faults: Vec::new(),
            more_faults: 0,
            warnings: Vec::new(),
            created_keys: Vec::new(),
        }
    }

    /// Marks that the rows were written, and adds the keys of new records.
    pub(super) fn mark_applied(&mut self) {
        self.applied = true;
        for CreatedKey { row, key } in std::mem::take(&mut self.created_keys) {
            if let Some(row) = self.rows.get_mut(row) {
                row.key = key;
            }
        }
    }

    /// Adds faults, and only counts them beyond [`FAULTS_MAX`].
    pub(super) fn add_faults(&mut self, faults: Vec<FileFault>) {
        let room = FAULTS_MAX.saturating_sub(self.faults.len());
        self.more_faults += faults.len().saturating_sub(room);
        self.faults.extend(faults.into_iter().take(room));
    }

    pub(super) fn add_rows(&mut self, grid: &SheetGrid, rows: Vec<ComparedRow>) {
        for row in rows {
            self.totals.count_row(row.outcome);
            let changes = row.changes.into_iter().filter_map(|change| {
                let column = grid.sheet.columns().get(change.column)?;
                Some(ImportedChange {
                    column: column.name,
                    cell: grid.cell_address(change.column, row.number),
                    pointer: column.pointer,
                    from: change.from,
                    to: change.to,
                })
            });
            let key: Vec<String> = row.key.into_iter().filter(|part| !part.is_empty()).collect();
            if let Some(own) = row.created_key {
                // The record's own key comes first, as in the rows of existing records.
                let whole: Vec<&str> =
                    [own.as_str()].into_iter().chain(key.iter().map(String::as_str)).collect();
                self.created_keys.push(CreatedKey { row: self.rows.len(), key: whole.join("/") });
            }
            self.rows.push(ImportedRow {
                sheet: grid.sheet,
                row: row.number,
                key: key.join("/"),
                outcome: row.outcome,
                changes: changes.collect(),
            });
            self.add_faults(row.faults);
        }
    }

    /// Counts the faults, and computes the digest of the file, the present records and the outcome of each row.
    pub(super) fn compute_digest(
        &mut self,
        file_digest: &str,
        records_digest: &str,
    ) -> Result<(), serde_json::Error> {
        self.totals.faults = self.faults.len() + self.more_faults;
        let faults: Vec<DigestedFault<'_>> = self.faults.iter().map(DigestedFault::from).collect();
        let result = serde_json::to_vec(&(&self.city, &self.cycle, &self.rows, faults))?;
        let mut digest = Sha256::new();
        digest.update(file_digest.as_bytes());
        digest.update(records_digest.as_bytes());
        digest.update(&result);
        self.digest = to_hex(&digest.finalize());
        Ok(())
    }

    /// Returns `true` if every row can be accepted.
    pub(super) const fn is_acceptable(&self) -> bool {
        self.totals.faults == 0 && self.totals.refused == 0 && self.totals.stale == 0
    }
}
