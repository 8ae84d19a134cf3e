//! What an import makes of a file, as it is answered.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::{
    domain::{journal::to_hex, language::Language, wording},
    sheets::{
        Sheet,
        grid::{FileFault, SheetGrid},
        row_comparison::{ComparedRow, Outcome},
    },
};

/// How many rows became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportTotals {
    /// Rows that become new records.
    pub new: usize,
    /// Rows that change a record.
    pub changed: usize,
    /// Rows that change nothing.
    pub unchanged: usize,
    /// Rows that cannot be taken as they are.
    pub refused: usize,
    /// Rows that change a record which was changed meanwhile.
    pub stale: usize,
    /// Everything that is wrong, with rows and with the file.
    pub faults: usize,
}

/// A field that a row changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportChange {
    /// The column's name.
    #[schema(example = "title")]
    pub column: String,
    /// The cell; null where the file has none.
    #[schema(required, example = "C7")]
    pub cell: Option<String>,
    /// The field of the record as a JSON pointer.
    #[schema(example = "/title")]
    pub pointer: String,
    /// What stands there now.
    #[schema(required)]
    pub from: Value,
    /// What the file says.
    #[schema(required)]
    pub to: Value,
}

/// What becomes of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportRow {
    /// The sheet.
    pub sheet: Sheet,
    /// The row in the file, from 1.
    pub row: u32,
    /// What names the record in the file. Of a new one it is the key that it got, once it is written; empty before.
    #[schema(example = "da-nang-4")]
    pub key: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it changes, field by field.
    pub changes: Vec<ImportChange>,
}

/// Something wrong at a place of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportFault {
    /// The sheet, as the file names it.
    #[schema(example = "projects")]
    pub sheet: String,
    /// The cell; null for a fault of the whole sheet.
    #[schema(required, example = "C7")]
    pub cell: Option<String>,
    /// The row, from 1; null for a fault of the whole sheet.
    #[schema(required)]
    pub row: Option<u32>,
    /// The field of the record as a JSON pointer; empty where none is to blame.
    #[schema(example = "/starts_on")]
    pub pointer: String,
    /// A stable word for programs.
    #[schema(example = "day")]
    pub code: String,
    /// What was expected.
    pub detail: String,
    /// The values that would have been accepted, where there is a list of them.
    pub allowed: Vec<String>,
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

/// What an import makes of a file, row by row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportView {
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Whether it was a preview.
    pub dry_run: bool,
    /// Whether it was written.
    pub applied: bool,
    /// Ties a real import to its preview: the same as long as the file, what is there, and what becomes of each row are.
    pub digest: String,
    /// How many rows became what.
    pub totals: ImportTotals,
    /// Every row, in the order of the file's sheets.
    pub rows: Vec<ImportRow>,
    /// Everything that is wrong.
    pub faults: Vec<ImportFault>,
    /// The keys that new records get, by the place of their row. They are told once they are written, and are no part of the
    /// digest: a preview cannot know them.
    #[serde(skip)]
    made: Vec<(usize, String)>,
}

impl ImportView {
    /// Begins with the faults of the file.
    pub(super) fn new((city, cycle): (String, String), faults: Vec<FileFault>) -> Self {
        Self {
            city,
            cycle,
            dry_run: true,
            applied: false,
            digest: String::new(),
            totals: ImportTotals::default(),
            rows: Vec::new(),
            faults: faults.into_iter().map(ImportFault::from).collect(),
            made: Vec::new(),
        }
    }

    /// Says that everything was written, and under which keys.
    pub(super) fn mark_applied(&mut self) {
        self.applied = true;
        for (place, key) in std::mem::take(&mut self.made) {
            if let Some(row) = self.rows.get_mut(place) {
                row.key = key;
            }
        }
    }

    /// Adds the rows of a sheet.
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
                // The key of a record's own stands first, as in the rows of those that were there.
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

    /// Ends it: counts the faults, and ties what it says to the file and to what is there.
    pub(super) fn compute_digest(
        &mut self,
        file: &str,
        there: &str,
    ) -> Result<(), serde_json::Error> {
        self.totals.faults = self.faults.len();
        let said = serde_json::to_vec(&(&self.city, &self.cycle, &self.rows, &self.faults))?;
        let mut digest = Sha256::new();
        digest.update(file.as_bytes());
        digest.update(there.as_bytes());
        digest.update(&said);
        self.digest = to_hex(&digest.finalize());
        Ok(())
    }

    /// Says what is wrong in a language. The digest is that of what is wrong, not of the words.
    pub(in crate::api) fn translate_details(&mut self, language: Language) {
        for fault in &mut self.faults {
            fault.detail = wording::translate_sentence(language, &fault.detail).into_owned();
        }
    }

    /// Says whether every row can be taken.
    pub(super) const fn is_sound(&self) -> bool {
        self.totals.faults == 0 && self.totals.refused == 0 && self.totals.stale == 0
    }
}
