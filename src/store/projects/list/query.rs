//! A request for the list of projects: its order and cursor.

use chrono::DateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::ProjectFilter;
use crate::{
    domain::policy::VisibleRows,
    store::{
        condition::{BindValue, ListOrder, SortColumn},
        schema::project_faces,
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The order of the list. Ties are ordered by code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProjectSort {
    /// By city and number.
    #[default]
    Code,
    /// By title.
    Title,
    /// By title, descending.
    TitleDown,
    /// By the time of the last change.
    Updated,
    /// By the time of the last change, newest first.
    UpdatedDown,
}

/// The position of a project in a list: the value that it is sorted by, its city, its number.
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
    updated_at: StoredTimestamp,
}

impl ProjectSort {
    pub(super) fn make_cursor(self, row: &ProjectCopyRow) -> ProjectCursor {
        let by = match self {
            Self::Code => String::new(),
            Self::Title | Self::TitleDown => row.title_key.clone(),
            Self::Updated | Self::UpdatedDown => row.updated_at.0.timestamp_micros().to_string(),
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
        let descending = match self {
            Self::Code | Self::Title | Self::Updated => false,
            Self::TitleDown | Self::UpdatedDown => true,
        };
        let mut columns = match self {
            Self::Code => Vec::new(),
            Self::Title | Self::TitleDown => vec![SortColumn::new(project_faces::title_key)],
            Self::Updated | Self::UpdatedDown => vec![SortColumn::new(project_faces::updated_at)],
        };
        columns.push(SortColumn::new(project_faces::city));
        columns.push(SortColumn::new(project_faces::number));
        ListOrder::new(columns, descending)
    }

    /// Returns the values of a cursor, one for each column of the order. `None` if the cursor is forged.
    pub(super) fn read_position(self, cursor: &ProjectCursor) -> Option<Vec<Option<BindValue>>> {
        let ProjectCursor(by, city, number) = cursor;
        let mut position = match self {
            Self::Code => Vec::new(),
            Self::Title | Self::TitleDown => vec![Some(BindValue::Text(by.clone()))],
            Self::Updated | Self::UpdatedDown => {
                let at = DateTime::from_timestamp_micros(by.parse().ok()?)?;
                vec![Some(BindValue::Time(StoredTimestamp(at)))]
            }
        };
        position.push(Some(BindValue::Text(city.clone())));
        position.push(Some(BindValue::Integer(*number)));
        Some(position)
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
