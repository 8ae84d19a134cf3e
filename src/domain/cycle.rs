//! Reporting cycles: named periods in which reports are filed.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    message::{self, Message},
    refusal::IllegalTransition,
    value::{Slug, Title, text_enum},
};

mod deadline;
mod raw_cycle;
#[cfg(test)]
mod tests;

pub(crate) use deadline::{CycleDeadlines, end_of_day};
pub(crate) use raw_cycle::{RawCycle, RawCyclePatch};

text_enum! {
    /// The state of a reporting cycle. Only the secretariat changes it.
    pub CycleState(cycle_state) {
        /// Not opened yet.
        Scheduled = "scheduled",
        /// Reports can be written and submitted.
        Open = "open",
        /// Reports can only be decided on. A city with an extension can still file.
        Closed = "closed",
    }
}

impl CycleState {
    /// Returns the state as it completes a sentence about a transition.
    pub(crate) fn describe_as_state(self) -> Message {
        match self {
            Self::Scheduled => message::transition::in_scheduled(),
            Self::Open => message::transition::in_open(),
            Self::Closed => message::transition::in_closed(),
        }
    }
}

/// A named reporting period. It does not have to be a calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportingCycle {
    /// The public key, such as `me-2025`.
    pub slug: Slug,
    pub name: Title,
    /// The plan cycle whose projects are reported.
    pub plan_cycle: Slug,
    /// First day on which the cycle should be open; none for imported cycles.
    pub opens_on: Option<NaiveDate>,
    /// Last day on which a submission is on time.
    pub due_on: Option<NaiveDate>,
    /// Last day on which a decision is on time.
    pub review_due_on: Option<NaiveDate>,
    /// The cut-off day that the figures of the cycle describe.
    pub as_of: NaiveDate,
    pub state: CycleState,
    /// The source of an imported cycle; none for other cycles.
    pub imported: Option<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// Returns the calendar day of an instant in a time zone.
#[must_use]
pub(crate) fn calendar_day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// Returns the last day on which a city's submission is on time: the later of the cycle's own day and the day of the
/// city's extension.
pub(crate) fn effective_due_day(due_on: NaiveDate, extension: Option<NaiveDate>) -> NaiveDate {
    extension.map_or(due_on, |extended| extended.max(due_on))
}

impl ReportingCycle {
    /// Returns `true` if a city may write, submit and withdraw reports on a day in its time zone. The cycle must be
    /// open, or closed while the city has an extension whose last day is not over.
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
    /// The cycle is already open.
    pub fn open_cycle(mut self) -> Result<Self, IllegalTransition> {
        match self.state {
            CycleState::Scheduled | CycleState::Closed => {
                self.state = CycleState::Open;
                self.version += 1;
                Ok(self)
            }
            CycleState::Open => Err(IllegalTransition {
                action: message::transition::open_cycle(),
                state: self.state.describe_as_state(),
            }),
        }
    }

    /// Closes an open cycle.
    ///
    /// # Errors
    /// The cycle is not open.
    pub fn close_cycle(mut self) -> Result<Self, IllegalTransition> {
        match self.state {
            CycleState::Open => {
                self.state = CycleState::Closed;
                self.version += 1;
                Ok(self)
            }
            state @ (CycleState::Scheduled | CycleState::Closed) => Err(IllegalTransition {
                action: message::transition::close_cycle(),
                state: state.describe_as_state(),
            }),
        }
    }
}
