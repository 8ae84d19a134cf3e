//! A request for the list of projects: its order and cursor.

use chrono::{DateTime, NaiveDate};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::ProjectFilter;
use crate::{
    domain::{policy::VisibleRows, value::parse_day},
    store::{
        condition::{BindValue, ListOrder, SortColumn},
        schema::project_faces,
        types::{StoredTimestamp, StoredUuid},
    },
};

/// What the list is ordered by first. Ties are ordered by code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProjectSortKey {
    /// By city and number.
    #[default]
    Code,
    /// By title.
    Title,
    /// By the first day. Projects without one come last.
    StartsOn,
    /// By the last day. Projects without one come last.
    EndsOn,
    /// By the time of the last change.
    UpdatedAt,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProjectSort {
    /// What the list is ordered by.
    pub key: ProjectSortKey,
    /// Whether the order is descending.
    pub descending: bool,
}

/// The position of a project in a list: the value that it is sorted by, its city, its number. The value is empty if the
/// project has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCursor(String, String, i64);

/// The columns of a copy of a project from which its cursor is made.
#[derive(Queryable, Selectable)]
#[diesel(table_name = project_faces)]
pub(super) struct ProjectCopyRow {
    pub(super) id: StoredUuid,
    city: String,
    number: i64,
    title_key: String,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    updated_at: StoredTimestamp,
}

impl ProjectSort {
    pub(super) fn make_cursor(self, row: &ProjectCopyRow) -> ProjectCursor {
        let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let by = match self.key {
            ProjectSortKey::Code => String::new(),
            ProjectSortKey::Title => row.title_key.clone(),
            ProjectSortKey::StartsOn => day(row.starts_on),
            ProjectSortKey::EndsOn => day(row.ends_on),
            ProjectSortKey::UpdatedAt => row.updated_at.0.timestamp_micros().to_string(),
        };
        ProjectCursor(by, row.city.clone(), row.number)
    }

    /// Returns `true` if a cursor fits this order. Only a forged cursor does not.
    #[must_use]
    pub fn accepts_cursor(self, cursor: &ProjectCursor) -> bool {
        self.read_position(cursor).is_some()
    }

    /// Returns the order of the rows.
    pub(super) fn to_order(self) -> ListOrder {
        let first = match self.key {
            ProjectSortKey::Code => None,
            ProjectSortKey::Title => Some(SortColumn::new(project_faces::title_key)),
            ProjectSortKey::StartsOn => Some(SortColumn::nulls_last(project_faces::starts_on)),
            ProjectSortKey::EndsOn => Some(SortColumn::nulls_last(project_faces::ends_on)),
            ProjectSortKey::UpdatedAt => Some(SortColumn::new(project_faces::updated_at)),
        };
        let code = [SortColumn::new(project_faces::city), SortColumn::new(project_faces::number)];
        ListOrder::new(first.into_iter().chain(code).collect(), self.descending)
    }

    /// Returns the values of a cursor, one for each column of the order. `None` if the cursor is forged.
    pub(super) fn read_position(self, cursor: &ProjectCursor) -> Option<Vec<Option<BindValue>>> {
        let ProjectCursor(by, city, number) = cursor;
        let first = match self.key {
            ProjectSortKey::Code => None,
            ProjectSortKey::Title => Some(Some(BindValue::Text(by.clone()))),
            ProjectSortKey::StartsOn | ProjectSortKey::EndsOn if by.is_empty() => Some(None),
            ProjectSortKey::StartsOn | ProjectSortKey::EndsOn => {
                Some(Some(BindValue::Day(parse_day(by).ok()?)))
            }
            ProjectSortKey::UpdatedAt => {
                let at = DateTime::from_timestamp_micros(by.parse().ok()?)?;
                Some(Some(BindValue::Time(StoredTimestamp(at))))
            }
        };
        let code = [Some(BindValue::Text(city.clone())), Some(BindValue::Integer(*number))];
        Some(first.into_iter().chain(code).collect())
    }
}

/// Selects a page of the list.
#[derive(Debug, Clone, Copy)]
pub struct ProjectPageQuery<'q> {
    /// The rows that the caller may read.
    pub visible: &'q VisibleRows,
    /// The filter.
    pub filter: &'q ProjectFilter,
    /// The order.
    pub sort: ProjectSort,
    /// The page starts after this project. `None` for the first page.
    pub after: Option<&'q ProjectCursor>,
    /// The maximum number of projects.
    pub limit: i64,
}
