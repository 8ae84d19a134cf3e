//! What a file changes of what is there: each row of it beside the row that an export would have now.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    cell::{self, canonical, is_same, plain},
    columns::{Column, Part, Sheet},
    grid::{FileFault, Grid, GridRow, Said},
};
pub use crate::domain::sheet::Outcome;
use crate::domain::{fault::ValueFault, journal::hex};

/// A row as it is exported: a value for each column of its sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Vec<Value>);

impl Row {
    /// Takes the values of a record out of its JSON.
    #[must_use]
    pub fn of(sheet: Sheet, record: &Value) -> Self {
        let value =
            |c: &Column| record.pointer(c.pointer).filter(|_| !c.pointer.is_empty()).cloned();
        let mut row = Self(sheet.columns().iter().map(|c| value(c).unwrap_or_default()).collect());
        let check = Value::from(digest(sheet, &row.0));
        if let Some(slot) = place(sheet, Part::Check).and_then(|i| row.0.get_mut(i)) {
            *slot = check;
        }
        row
    }

    /// Returns the values, in the order of the columns.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter()
    }

    /// Returns the value of a column.
    #[must_use]
    pub fn get(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Null)
    }

    /// Returns what names the record within its sheet.
    #[must_use]
    pub fn key(&self, sheet: Sheet) -> Vec<String> {
        let keys = sheet.columns().iter().zip(&self.0).filter(|(c, _)| c.is_key());
        keys.map(|(_, v)| if v.is_null() { String::new() } else { plain(v) }).collect()
    }
}

fn place(sheet: Sheet, part: Part) -> Option<usize> {
    sheet.columns().iter().position(|c| c.part == part)
}

/// Digests a row but for its check: enough to know that nobody touched it, not a seal.
fn digest(sheet: Sheet, values: &[Value]) -> String {
    let pairs = sheet.columns().iter().zip(values).filter(|(c, _)| c.part != Part::Check);
    let said: Vec<Value> = pairs.map(|(_, v)| canonical(v)).collect();
    hex(&Sha256::digest(Value::from(said).to_string())).chars().take(12).collect()
}

/// A field that a row changes.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The place of the column in its sheet.
    pub column: usize,
    /// What stands there now.
    pub from: Value,
    /// What the file says.
    pub to: Value,
}

/// A row of a file, compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The place of the row in its grid.
    pub index: usize,
    /// Its number in the file, from 1.
    pub number: u32,
    /// The code of the project, as the file has it; empty for a new project.
    pub project: String,
    /// What names the record, as the file has it.
    pub key: Vec<String>,
    /// The values of the file; none where it lacks the column or the cell is wrong.
    pub values: Vec<Option<Value>>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it changes.
    pub changes: Vec<FieldChange>,
    /// What is wrong with it.
    pub faults: Vec<FileFault>,
    /// The columns whose cells cannot be taken, whatever the rules say.
    pub wrong: Vec<usize>,
    /// The key of the record that it became; none while it is not made.
    pub made: Option<String>,
}

impl Compared {
    /// Returns the version that the row was made from, or that of a record that is not there yet.
    #[must_use]
    pub fn version(&self, sheet: Sheet) -> Option<i64> {
        place(sheet, Part::Version).and_then(|i| self.values.get(i)?.as_ref()?.as_i64())
    }

    /// Says whether cells of it are wrong, so that it cannot be taken, while the others can be judged all the same.
    #[must_use]
    pub fn is_half_read(&self) -> bool {
        self.outcome == Outcome::Refused
            && !self.wrong.is_empty()
            && self.faults.len() == self.wrong.len()
    }

    /// Returns the row as if its wrong cells were not there: for what the rules say of the others, never to be written.
    #[must_use]
    pub fn but_wrong(&self, sheet: Sheet) -> Self {
        let outcome = if is_new(sheet, self) { Outcome::New } else { Outcome::Changed };
        Self { outcome, ..self.clone() }
    }

    /// Refuses the row.
    pub fn refuse(&mut self, grid: &Grid, column: Option<usize>, fault: impl Into<Said>) {
        self.outcome = Outcome::Refused;
        self.note(grid, column, fault);
    }

    fn note(&mut self, grid: &Grid, column: Option<usize>, fault: impl Into<Said>) {
        let at = column.or_else(|| grid.sheet.columns().iter().position(Column::is_key));
        let pointer =
            column.and_then(|i| grid.sheet.columns().get(i)).map(|c| c.pointer.to_owned());
        self.faults.push(FileFault {
            sheet: grid.sheet.as_str().to_owned(),
            cell: at.and_then(|i| grid.address(i, self.number)),
            row: Some(self.number),
            pointer: pointer.unwrap_or_default(),
            fault: fault.into(),
        });
    }
}

/// Compares the rows of a sheet with those that are there.
#[must_use]
pub fn compare(grid: &Grid, there: &[Row]) -> Vec<Compared> {
    let sheet = grid.sheet;
    let known: HashMap<Vec<String>, &Row> = there.iter().map(|row| (row.key(sheet), row)).collect();
    let mut seen: HashMap<Vec<String>, u32> = HashMap::new();
    let rows = grid.rows.iter().enumerate().map(|(index, row)| {
        let mut compared = parse(grid, index, row);
        let half_read = !compared.wrong.is_empty();
        // Without its key or version nobody knows which record it is, or what it was made from.
        if compared.wrong.iter().any(|i| !sheet.columns().get(*i).is_some_and(is_said)) {
            compared.outcome = Outcome::Refused;
            return compared;
        }
        let is_new = is_new(sheet, &compared);
        match seen.entry(compared.key.clone()) {
            Entry::Occupied(first) if !is_new => {
                let detail = format!("this is row {} already", first.get());
                compared.refuse(grid, None, ValueFault::new("duplicate", detail));
                return compared;
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(slot) => {
                slot.insert(row.number);
            }
        }
        match known.get(&compared.key) {
            Some(row) if !is_new => with(&mut compared, grid, row),
            Some(_) | None if is_new => fresh(&mut compared, grid),
            Some(_) | None => {
                let detail =
                    format!("nothing of this key is among the {sheet} of the city in this cycle");
                compared.refuse(grid, None, ValueFault::new("unknown", detail));
            }
        }
        if half_read && compared.outcome != Outcome::Stale {
            compared.outcome = Outcome::Refused;
        }
        compared
    });
    rows.collect()
}

/// Says whether a column is what the row says, rather than which row it is.
const fn is_said(column: &Column) -> bool {
    match column.part {
        Part::Input | Part::Shown => true,
        Part::Own | Part::Place | Part::Version | Part::Check => false,
    }
}

fn is_new(sheet: Sheet, row: &Compared) -> bool {
    let own = place(sheet, Part::Own).and_then(|i| row.values.get(i)?.as_ref());
    sheet.takes_new() && own.is_none_or(Value::is_null)
}

/// Reads the cells of a row.
fn parse(grid: &Grid, index: usize, row: &GridRow) -> Compared {
    let mut compared = Compared {
        index,
        number: row.number,
        project: String::new(),
        key: Vec::new(),
        values: Vec::with_capacity(row.cells.len()),
        outcome: Outcome::Unchanged,
        changes: Vec::new(),
        faults: Vec::new(),
        wrong: Vec::new(),
        made: None,
    };
    for (i, (column, cell)) in grid.sheet.columns().iter().zip(&row.cells).enumerate() {
        let value = match cell.as_ref().map(|cell| cell::value(column.kind, cell)).transpose() {
            Ok(value) => value,
            Err(fault) => {
                compared.note(grid, Some(i), fault);
                compared.wrong.push(i);
                None
            }
        };
        if column.is_key() {
            let key = value.as_ref().filter(|v| !v.is_null()).map(plain).unwrap_or_default();
            if matches!(column.name, "project" | "code") {
                compared.project.clone_from(&key);
            }
            compared.key.push(key);
        }
        compared.values.push(value);
    }
    compared
}

/// Compares a row with the record that it names.
fn with(compared: &mut Compared, grid: &Grid, there: &Row) {
    let mut shown = None;
    for (i, column) in grid.sheet.columns().iter().enumerate() {
        let Some(to) = compared.values.get(i).cloned().flatten() else { continue };
        let from = there.get(i);
        if is_same(from, &to) {
            continue;
        }
        match column.part {
            Part::Input => compared.changes.push(FieldChange { column: i, from: from.clone(), to }),
            Part::Shown => shown = Some(i),
            Part::Own | Part::Place | Part::Version | Part::Check => {}
        }
    }
    if is_untouched(compared, grid.sheet) {
        compared.changes.clear();
        return;
    }
    let place = place(grid.sheet, Part::Version);
    let (said, now) = (compared.version(grid.sheet), place.and_then(|i| there.get(i).as_i64()));
    if said != now && !compared.changes.is_empty() {
        let words = |v: Option<i64>| v.map_or_else(|| "none".to_owned(), |v| v.to_string());
        let detail = format!(
            "it was changed meanwhile: the row was made from version {}, there is version {} now",
            words(said),
            words(now)
        );
        compared.note(grid, place, ValueFault::new("stale", detail));
        compared.outcome = Outcome::Stale;
    } else if let Some(column) = shown.filter(|_| said == now) {
        let fault = ValueFault::new("read_only", "this is for reading; it is changed elsewhere");
        compared.refuse(grid, shown, fault);
        compared.wrong.push(column);
    } else if !compared.changes.is_empty() {
        compared.outcome = Outcome::Changed;
    }
}

/// Says whether a row stands as it was exported, whatever happened to its record since.
fn is_untouched(compared: &Compared, sheet: Sheet) -> bool {
    let whole: Option<Vec<Value>> = compared.values.iter().cloned().collect();
    let check = place(sheet, Part::Check).and_then(|i| compared.values.get(i)?.as_ref()?.as_str());
    whole.is_some_and(|values| check == Some(digest(sheet, &values).as_str()))
}

/// Takes a row without a key of its own: a new record, or one that waits to be filled in.
fn fresh(compared: &mut Compared, grid: &Grid) {
    let columns = grid.sheet.columns().iter().enumerate();
    for (i, _) in columns.filter(|(_, c)| c.part == Part::Input) {
        let Some(to) = compared.values.get(i).cloned().flatten() else { continue };
        if !is_same(&Value::Null, &to) && to != Value::Array(Vec::new()) {
            compared.changes.push(FieldChange { column: i, from: Value::Null, to });
        }
    }
    if !compared.changes.is_empty() {
        compared.outcome = Outcome::New;
    }
}
