//! A request for the list of projects: its filter, order and cursor.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    domain::policy::VisibleRows,
    store::{
        schema::project_faces,
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The filter of the list. Several values of a field mean any of them. An empty field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Slugs of cities.
    pub cities: Vec<String>,
    /// Codes of countries.
    pub countries: Vec<String>,
    /// Slugs of focus areas.
    pub focus_areas: Vec<String>,
    /// Slugs of sub-areas.
    pub sub_areas: Vec<String>,
    /// Statuses in the latest approved report.
    pub statuses: Vec<String>,
    /// Slugs of plan cycles.
    pub plan_cycles: Vec<String>,
    /// `true` for priority projects, `false` for the others.
    pub priority: Option<bool>,
    /// `true` for archived projects, `false` for the others.
    pub archived: Option<bool>,
    /// Facets that a project must have: the kind, and the accepted values.
    pub facets: Vec<(&'static str, Vec<String>)>,
    /// Changed at this instant or later.
    pub updated_since: Option<DateTime<Utc>>,
    /// The first and the last day on which a project may start.
    pub starts: (Option<NaiveDate>, Option<NaiveDate>),
    /// The first and the last day on which a project may end.
    pub ends: (Option<NaiveDate>, Option<NaiveDate>),
    /// Words that must all occur in the titles and the summary.
    pub q: Option<String>,
}

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
pub struct ProjectCursor(pub(super) String, pub(super) String, pub(super) i64);

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
    pub fn accepts_cursor(self, place: &ProjectCursor) -> bool {
        match self {
            Self::Code | Self::Title | Self::TitleDown => true,
            Self::Updated | Self::UpdatedDown => parse_cursor_instant(place).is_some(),
        }
    }
}

pub(super) fn parse_cursor_instant(place: &ProjectCursor) -> Option<StoredTimestamp> {
    DateTime::from_timestamp_micros(place.0.parse().ok()?).map(StoredTimestamp)
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
