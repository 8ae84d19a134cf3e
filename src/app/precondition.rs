//! Preconditions: a record changes only if the caller has read its current version.

use super::refusal::{AppResult, LastChange, Refusal};
use crate::{
    domain::id::Id,
    store::{Record, Tx, journal, users},
};

/// The version that the caller read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// The caller names no version.
    None,
    /// The caller names this version.
    Version(i64),
    /// The caller names something that matches no record.
    Unmatchable,
}

impl Precondition {
    /// Checks a precondition that is required: for changes of existing records.
    ///
    /// # Errors
    /// [`Refusal::PreconditionRequired`] without a version, [`Refusal::Stale`] if the record has a different version, or
    /// [`Refusal::UnusableTag`].
    pub(crate) fn check_required<R: Record>(self, tx: &mut Tx<'_>, record: &R) -> AppResult<()> {
        match self {
            Self::None => Err(Refusal::PreconditionRequired),
            Self::Version(_) | Self::Unmatchable => self.check_if_present(tx, record),
        }
    }

    /// Checks a precondition that is optional: for transitions.
    ///
    /// # Errors
    /// [`Refusal::Stale`] if the record has a different version, or [`Refusal::UnusableTag`].
    pub(crate) fn check_if_present<R: Record>(self, tx: &mut Tx<'_>, record: &R) -> AppResult<()> {
        match self {
            Self::None => Ok(()),
            Self::Version(v) if v == record.version() => Ok(()),
            Self::Version(_) => Err(Refusal::Stale(load_last_change(tx, record)?.map(Box::new))),
            Self::Unmatchable => Err(Refusal::UnusableTag),
        }
    }

    /// Checks that no version is named, because the record does not exist yet.
    ///
    /// # Errors
    /// [`Refusal::UnexpectedTag`] if a version is named.
    pub(crate) const fn check_absent(self) -> AppResult<()> {
        match self {
            Self::None => Ok(()),
            Self::Version(_) | Self::Unmatchable => Err(Refusal::UnexpectedTag),
        }
    }
}

/// Loads the last change of a record. It may name who made it, because the caller has the right to change the record.
fn load_last_change<R: Record>(tx: &mut Tx<'_>, record: &R) -> AppResult<Option<LastChange>> {
    let last = journal::find_last(tx.conn(), R::ENTITY, &record.key())?;
    let Some(last) = last else { return Ok(None) };
    let actor = last.actor.map(Id::from);
    let names = users::load_names(tx.conn(), actor)?;
    Ok(Some(LastChange {
        version: record.version(),
        at: last.at.0,
        action: last.action,
        by: actor.and_then(|id| Some((id, names.name_of(id)?.to_owned()))),
    }))
}
