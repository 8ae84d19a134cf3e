//! Reporting cycles: named windows in which reports are filed.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    value::{Slug, Title, words},
    workflow::IllegalTransition,
};

mod deadline;
mod raw_cycle;
#[cfg(test)]
mod tests;

pub(crate) use deadline::{CycleDeadlines, end_of_day};
pub(crate) use raw_cycle::{RawCycle, RawCyclePatch};

words! {
    /// Where a reporting cycle stands; only acts of the secretariat move it.
    pub CycleState("cycle state") {
        /// Not opened yet.
        Scheduled = "scheduled",
        /// Reports can be written and submitted.
        Open = "open",
        /// Reports can only be decided on.
        Closed = "closed",
    }
}

/// A named window of reporting; not a calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportingCycle {
    /// The public key, such as `me-2025`.
    pub slug: Slug,
    /// Its name.
    pub name: Title,
    /// The plan cycle whose projects are reported.
    pub plan_cycle: Slug,
    /// First day on which it is meant to be open; imported cycles have none.
    pub opens_on: Option<NaiveDate>,
    /// Last day for submissions to be on time.
    pub due_on: Option<NaiveDate>,
    /// Last day for decisions to be on time.
    pub review_due_on: Option<NaiveDate>,
    /// The cut-off day that its figures are about.
    pub as_of: NaiveDate,
    /// Where it stands.
    pub state: CycleState,
    /// The source it was imported from, if it was.
    pub imported: Option<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// Returns the calendar day of an instant in a time zone.
#[must_use]
pub(crate) fn calendar_day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

impl ReportingCycle {
    /// Says whether reports of a city may be written, submitted and withdrawn on a day of that city: while the cycle is
    /// open, or closed with an extension of the city that has not passed (its last day included).
    #[must_use]
    pub fn accepts_reports(&self, extension: Option<NaiveDate>, today: NaiveDate) -> bool {
        match self.state {
            CycleState::Open => true,
            CycleState::Closed => extension.is_some_and(|until| today <= until),
            CycleState::Scheduled => false,
        }
    }

    /// Opens a scheduled or closed cycle.
    ///
    /// # Errors
    /// When it is open already.
    pub fn open_cycle(mut self) -> Result<Self, IllegalTransition> {
        match self.state {
            CycleState::Scheduled | CycleState::Closed => {
                self.state = CycleState::Open;
                self.version += 1;
                Ok(self)
            }
            CycleState::Open => Err(IllegalTransition { from: "open", action: "open" }),
        }
    }

    /// Closes an open cycle.
    ///
    /// # Errors
    /// When it is not open.
    pub fn close_cycle(mut self) -> Result<Self, IllegalTransition> {
        match self.state {
            CycleState::Open => {
                self.state = CycleState::Closed;
                self.version += 1;
                Ok(self)
            }
            from @ (CycleState::Scheduled | CycleState::Closed) => {
                Err(IllegalTransition { from: from.as_str(), action: "close" })
            }
        }
    }
}
