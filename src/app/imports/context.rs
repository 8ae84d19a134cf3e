//! The data that all rows of an import share.

use std::collections::BTreeMap;

use super::duplicate_rows::CreatedRecords;
use crate::{
    app::{AppResult, Refusal, workbook::CityWorkbook},
    domain::{
        policy::{PolicyAction, PolicyResource},
        project::ProjectCode,
        reference::Vocabulary,
        subject::CityCycleSubject,
    },
    sheets::{WorkbookSheet, grid::SheetGrid, row_comparison::ComparedRow},
    store::{Caller, StoreResult, Tx, WriteProof, load::LoadByKey},
};

/// A sheet of the file, with its rows after the comparison.
pub(super) struct ComparedSheet {
    pub(super) grid: SheetGrid,
    pub(super) rows: Vec<ComparedRow>,
}

pub(super) type ComparedSheets = BTreeMap<WorkbookSheet, ComparedSheet>;

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

    /// Parses the project code of a row. A project of a different city or plan is refused as not found.
    pub(super) fn find_project_code(&self, code: &str) -> AppResult<ProjectCode> {
        let known = self.book.projects.contains(code);
        ProjectCode::parse(code).ok().filter(|_| known).ok_or(Refusal::NotFound)
    }
}
