//! The order of lists of reports, and their cursors.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::QueueItem;
use crate::store::{
    condition::{BindValue, ListOrder, SortColumn},
    schema::report_faces,
    types::StoredTimestamp,
};

/// What a list is ordered by first. Ties are ordered by cycle, city and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum QueueSortKey {
    /// By cycle, city and number.
    #[default]
    Cycle,
    /// By city, number and cycle.
    Project,
    /// By the time of the submission. Reports that were never submitted come last.
    SubmittedAt,
    /// By the time of the last decision. Reports without a decision come last.
    DecidedAt,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct QueueSort {
    pub key: QueueSortKey,
    pub descending: bool,
}

impl QueueSort {
    pub(crate) const fn ascending(key: QueueSortKey) -> Self {
        Self { key, descending: false }
    }

    pub(super) fn to_order(self) -> ListOrder {
        let (cycle, city, number) = (
            SortColumn::new(report_faces::cycle),
            SortColumn::new(report_faces::city),
            SortColumn::new(report_faces::number),
        );
        let columns = match self.key {
            QueueSortKey::Cycle => vec![cycle, city, number],
            QueueSortKey::Project => vec![city, number, cycle],
            QueueSortKey::SubmittedAt => {
                vec![SortColumn::nulls_last(report_faces::submitted_at), cycle, city, number]
            }
            QueueSortKey::DecidedAt => {
                vec![SortColumn::nulls_last(report_faces::decided_at), cycle, city, number]
            }
        };
        ListOrder::new(columns, self.descending)
    }
}

/// The position after which the next page starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueueCursor {
    submitted_at: Option<DateTime<Utc>>,
    /// Absent in the cursors of earlier versions, which could not order by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<Utc>>,
    cycle: String,
    city: String,
    number: i64,
}

impl QueueCursor {
    /// Returns the values of the cursor, one for each column of the order.
    pub(super) fn to_position(&self, sort: QueueSort) -> Vec<Option<BindValue>> {
        let time = |at: Option<DateTime<Utc>>| at.map(|at| BindValue::Time(StoredTimestamp(at)));
        let (cycle, city, number) = (
            Some(BindValue::Text(self.cycle.clone())),
            Some(BindValue::Text(self.city.clone())),
            Some(BindValue::Integer(self.number)),
        );
        match sort.key {
            QueueSortKey::Cycle => vec![cycle, city, number],
            QueueSortKey::Project => vec![city, number, cycle],
            QueueSortKey::SubmittedAt => vec![time(self.submitted_at), cycle, city, number],
            QueueSortKey::DecidedAt => vec![time(self.decided_at), cycle, city, number],
        }
    }
}

impl QueueItem {
    /// Returns the cursor of a page that ends with this item.
    #[must_use]
    pub(crate) fn to_cursor(&self) -> QueueCursor {
        QueueCursor {
            submitted_at: self.submitted_at,
            decided_at: self.decided_at,
            cycle: self.cycle.to_string(),
            city: self.code.city().to_string(),
            number: self.code.number(),
        }
    }
}
