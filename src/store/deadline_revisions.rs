//! The revisions of deadlines, read from the journal: calendar programs take over a deadline only if its revision is
//! higher than the one that they know.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Conn, Record as _, StoreResult,
    history::{self, HistoryFilter},
    journal::{self, JournalRow},
    json,
};
use crate::domain::{cycle::ReportingCycle, extension::DeadlineExtension, value::Slug};

/// The largest number of changes of a cycle that are read. A cycle changes a few times.
const CHANGES_MAX: i64 = 1_000;

/// The revision of a deadline. Neither value ever decreases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeadlineRevision {
    /// The time of the last change of the cycle's days, or of the extension.
    pub at: DateTime<Utc>,
    /// The sum of the versions of the cycle and of the extension.
    pub sequence: i64,
}

/// Loads the revision of a cycle's deadline. With a city, its extension counts too, also after it was withdrawn.
pub(crate) fn load_revision(
    conn: &mut Conn,
    cycle: &Slug,
    city: Option<&Slug>,
) -> StoreResult<Option<DeadlineRevision>> {
    let filter = HistoryFilter::new(ReportingCycle::ENTITY, cycle.to_string(), &[]);
    let changes = history::list_newest(conn, &filter, 0, CHANGES_MAX)?;
    let Some(last) = changes.first() else { return Ok(None) };
    let mut revision = DeadlineRevision {
        at: find_last_change_of_days(&changes)?.unwrap_or(last.at.0),
        sequence: last.version,
    };
    if let Some(city) = city {
        let key = format!("{cycle}/{city}");
        if let Some(extension) = journal::find_last(conn, DeadlineExtension::ENTITY, &key)? {
            revision.at = revision.at.max(extension.at.0);
            revision.sequence += extension.version;
        }
    }
    Ok(Some(revision))
}

/// Finds the last change after which a day of the cycle was different. `changes` are all changes, newest first.
fn find_last_change_of_days(changes: &[JournalRow]) -> StoreResult<Option<DateTime<Utc>>> {
    let mut last: Option<(DateTime<Utc>, [Option<NaiveDate>; 4])> = None;
    for row in changes.iter().rev() {
        let Some(record) = &row.record else { continue };
        let cycle: ReportingCycle = json::read(record)?;
        let days = [cycle.opens_on, cycle.due_on, cycle.review_due_on, Some(cycle.as_of)];
        if last.is_none_or(|(_, before)| before != days) {
            last = Some((row.at.0, days));
        }
    }
    Ok(last.map(|(at, _)| at))
}
