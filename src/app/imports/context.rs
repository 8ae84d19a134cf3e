//! The data that all rows of an import share.

use std::{cell::Cell, collections::BTreeMap};

use super::duplicate_rows::CreatedRecords;
use crate::{
    app::{AppResult, Refusal, workbook::CityWorkbook},
    domain::{
        fault::{FaultList, ValueFault},
        policy::{PolicyAction, PolicyResource},
        project::ProjectCode,
        reference::Vocabulary,
        subject::CityCycleSubject,
    },
    sheets::{
        WorkbookSheet,
        grid::{SheetGrid, find_nearest_name},
        message::import,
        row_comparison::ComparedRow,
    },
    store::{Caller, StoreResult, Tx, WriteProof, load::LoadByKey},
};

/// A sheet of the file, with its rows after the comparison.
pub(super) struct ComparedSheet {
    pub(super) grid: SheetGrid,
    pub(super) rows: Vec<ComparedRow>,
}

pub(super) type ComparedSheets = BTreeMap<WorkbookSheet, ComparedSheet>;

/// The number of rows that get a suggestion for an unknown project.
pub(super) const SUGGESTIONS_MAX: usize = 100;

pub(super) struct ImportContext<'b> {
    pub(super) caller: Caller,
    /// The reason of every change, for the journal.
    pub(super) reason: &'b str,
    /// The current records of the city, as an export would contain them.
    pub(super) book: &'b CityWorkbook,
    pub(super) words: &'b Vocabulary,
    /// The city of new projects, and the cycle of the reports.
    pub(super) place: &'b CityCycleSubject,
    pub(super) created: CreatedRecords,
    /// The number of rows that still get a suggestion for an unknown project. Each is compared with every project.
    pub(super) suggestions: Cell<usize>,
}

impl ImportContext<'_> {
    /// Asks the policy about the record of a row. The journal states the reason of the import for every change that the
    /// proof saves.
    pub(super) fn prove<A>(
        &self,
        tx: &mut Tx<'_>,
        key: &<A::Subject as PolicyResource>::Key,
    ) -> StoreResult<WriteProof<A>>
    where
        A: PolicyAction,
        A::Subject: LoadByKey,
    {
        Ok(self.add_reason(tx.prove::<A>(self.caller, key)?))
    }

    /// Adds the reason of the import to a proof, for every change that the proof saves.
    pub(super) fn add_reason<A: PolicyAction>(&self, proof: WriteProof<A>) -> WriteProof<A> {
        proof.with_reason(Some(self.reason.to_owned()))
    }

    /// Parses the project code of a row. A project of a different city or plan is refused as unknown. The fault names the
    /// nearest project of the city.
    pub(super) fn find_project_code(&self, code: &str) -> AppResult<ProjectCode> {
        let known = self.book.projects.contains(code);
        let parsed = ProjectCode::parse(code).ok().filter(|_| known);
        parsed.ok_or_else(|| self.refuse_unknown_project(code))
    }

    fn refuse_unknown_project(&self, code: &str) -> Refusal {
        let Some(left) = self.suggestions.get().checked_sub(1) else { return Refusal::NotFound };
        self.suggestions.set(left);
        let known = self.book.projects.iter().map(String::as_str);
        let Some(nearest) = find_nearest_name(code, known) else { return Refusal::NotFound };
        let mut faults = FaultList::new();
        let message = import::no_such_project_but(nearest);
        faults.add("/project", ValueFault::new("unknown", message));
        faults.into_vec().into()
    }
}
