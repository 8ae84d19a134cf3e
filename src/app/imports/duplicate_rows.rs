//! Refuses new rows that would add a duplicate. New rows have no key of their own, so that a file that is imported twice
//! would create each of their records twice.

use std::{cell::RefCell, collections::HashMap};

use crate::{
    app::{AppResult, Refusal},
    domain::{
        fault::{FaultList, ValueFault},
        message::{self, Argument, Message},
    },
};

/// The records that rows of the file created: the key of each, and the number of its row.
#[derive(Debug, Default)]
pub(super) struct CreatedRecords(RefCell<HashMap<String, u32>>);

/// A record that a row would repeat.
pub(super) struct RepeatedRecord {
    /// How a message names it: the key, or the row of the file that creates it.
    name: Argument,
    /// The key, if the record was there before the import. Nobody can look up the key of a record that a preview creates.
    key: Option<String>,
}

impl CreatedRecords {
    /// Notes the record that a row created.
    pub(super) fn note_record(&self, key: String, row: u32) {
        self.0.borrow_mut().insert(key, row);
    }

    /// Describes the record that a row would repeat.
    pub(super) fn describe_record(&self, key: &str) -> RepeatedRecord {
        match self.0.borrow().get(key) {
            Some(row) => {
                RepeatedRecord { name: message::project::row_of_file(*row).into(), key: None }
            }
            None => RepeatedRecord { name: key.into(), key: Some(key.to_owned()) },
        }
    }
}

impl RepeatedRecord {
    /// Returns the fault of the row. `message` names the record.
    pub(super) fn into_fault(self, message: impl FnOnce(Argument) -> Message) -> ValueFault {
        let fault = ValueFault::new("duplicate", message(self.name));
        match self.key {
            Some(key) => fault.with_existing(&key),
            None => fault,
        }
    }
}

/// Adds the fault of a duplicate to all other faults of the row. Returns the built record if there is no fault.
pub(super) fn join_duplicate_fault<T>(
    pointer: &str,
    duplicate: Option<ValueFault>,
    built: AppResult<T>,
) -> AppResult<T> {
    let Some(fault) = duplicate else { return built };
    let mut faults = FaultList::new();
    faults.add(pointer, fault);
    let mut faults = faults.into_vec();
    match built {
        Ok(_) => {}
        Err(Refusal::Invalid(others)) => faults.extend(others),
        Err(other) => return Err(other),
    }
    Err(faults.into())
}
