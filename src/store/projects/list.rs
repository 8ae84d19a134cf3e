//! The list of projects: filters, sorts and keyset pages over whichever copy of each the actor sees.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl, prelude::*};
use serde::{Deserialize, Serialize};

use super::{facets::face_word, many::subjects};
use crate::{
    domain::{
        id::Id,
        policy::{Face, Visible},
        subject::ProjectSubject,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{project_faces, project_facets},
        search,
        types::{DbTs, DbUuid},
    },
};

/// Which projects are listed. An empty list of values asks for nothing; several values mean any of them.
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
    /// Latest approved statuses.
    pub statuses: Vec<String>,
    /// Slugs of plan cycles.
    pub plan_cycles: Vec<String>,
    /// Priority projects, or the others.
    pub priority: Option<bool>,
    /// Archived projects, or the others.
    pub archived: Option<bool>,
    /// What a project has several of: the kind, and its values.
    pub facets: Vec<(&'static str, Vec<String>)>,
    /// Changed at this instant or later.
    pub updated_since: Option<DateTime<Utc>>,
    /// First and last day on which they start.
    pub starts: (Option<NaiveDate>, Option<NaiveDate>),
    /// First and last day on which they end.
    pub ends: (Option<NaiveDate>, Option<NaiveDate>),
    /// Words that are all in the titles and the summary.
    pub q: Option<String>,
}

/// The order of a list of projects. Ties are in the order of the codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProjectSort {
    /// By city and number.
    #[default]
    Code,
    /// By title.
    Title,
    /// By title, backwards.
    TitleDown,
    /// By the last change.
    Updated,
    /// By the last change, newest first.
    UpdatedDown,
}

/// Where a project stands in a list: the value that it is sorted by, its city, its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPlace(String, String, i64);

type FaceRow = (DbUuid, String, i64, String, DbTs);

impl ProjectSort {
    fn place(self, (_, city, number, title, updated): &FaceRow) -> ProjectPlace {
        let by = match self {
            Self::Code => String::new(),
            Self::Title | Self::TitleDown => title.clone(),
            Self::Updated | Self::UpdatedDown => updated.0.timestamp_micros().to_string(),
        };
        ProjectPlace(by, city.clone(), *number)
    }
    /// Says whether a place can be one of this order; only a forged cursor holds another.
    #[must_use]
    pub fn holds(self, place: &ProjectPlace) -> bool {
        match self {
            Self::Code | Self::Title | Self::TitleDown => true,
            Self::Updated | Self::UpdatedDown => instant(place).is_some(),
        }
    }
}

fn instant(place: &ProjectPlace) -> Option<DbTs> {
    DateTime::from_timestamp_micros(place.0.parse().ok()?).map(DbTs)
}

/// Narrows a query to the copies that the actor sees: the working ones of those inside, the approved ones of the others.
macro_rules! seen {
    ($query:expr, $visible:expr) => {{
        let (query, v): (_, &Visible) = ($query, $visible);
        let (working, approved) = (
            project_faces::face.eq(face_word(Face::Working)),
            project_faces::face.eq(face_word(Face::Approved)),
        );
        let countries: Vec<String> = v.working.countries.iter().map(ToString::to_string).collect();
        let cities: Vec<String> = v.working.cities.iter().map(ToString::to_string).collect();
        let inside =
            || project_faces::country.eq_any(countries.clone()).or(project_faces::city.eq_any(cities.clone()));
        let query = if v.working.everything {
            query.filter(working)
        } else if v.working.is_empty() {
            query.filter(approved)
        } else {
            query.filter(working.and(inside()).or(approved.and(dsl::not(inside()))))
        };
        if v.approved.everything || v.working.everything {
            query
        } else {
            // Whoever works on something reads whatever was approved: this is a reader within a scope, or nobody.
            let countries: Vec<String> =
                v.approved.countries.iter().map(ToString::to_string).collect();
            let cities: Vec<String> = v.approved.cities.iter().map(ToString::to_string).collect();
            query.filter(
                project_faces::country.eq_any(countries).or(project_faces::city.eq_any(cities)),
            )
        }
    }};
}

/// Narrows a query by a filter.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let (mut query, f): (_, &ProjectFilter) = ($query, $filter);
        filtered!(@any query, f, cities => city, countries => country, focus_areas => focus_area,
            sub_areas => sub_area, statuses => latest_status, plan_cycles => plan_cycle);
        if let Some(priority) = f.priority {
            query = query.filter(project_faces::priority.eq(priority));
        }
        if let Some(archived) = f.archived {
            query = query.filter(project_faces::archived.eq(archived));
        }
        if let Some(since) = f.updated_since {
            query = query.filter(project_faces::updated_at.ge(DbTs(since)));
        }
        filtered!(@day query, f.starts.0, starts_on, ge);
        filtered!(@day query, f.starts.1, starts_on, le);
        filtered!(@day query, f.ends.0, ends_on, ge);
        filtered!(@day query, f.ends.1, ends_on, le);
        for word in f.q.iter().flat_map(|q| q.split_whitespace()).filter_map(search::pattern) {
            query = query.filter(project_faces::search_key.like(word).escape('\\'));
        }
        for (kind, values) in f.facets.iter().filter(|(_, values)| !values.is_empty()) {
            query = query.filter(dsl::exists(
                project_facets::table
                    .filter(project_facets::project_id.eq(project_faces::id))
                    .filter(project_facets::face.eq(project_faces::face))
                    .filter(project_facets::kind.eq(*kind))
                    .filter(project_facets::value.eq_any(values.clone())),
            ));
        }
        query
    }};
    (@any $query:ident, $f:ident, $($field:ident => $column:ident),+) => {
        $(if !$f.$field.is_empty() {
            $query = $query.filter(project_faces::$column.eq_any($f.$field.clone()));
        })+
    };
    (@day $query:ident, $day:expr, $column:ident, $op:ident) => {
        if let Some(day) = $day {
            $query = $query.filter(project_faces::$column.$op(day));
        }
    };
}

/// Sorts a query, and starts it after a place. The first comparison alone lets an index find the place.
macro_rules! paged {
    ($query:expr, $sort:expr, $after:expr) => {{
        let query = $query;
        match $sort {
            ProjectSort::Code => {
                let query = match $after {
                    Some(ProjectPlace(_, city, number)) => query.filter(
                        project_faces::city.ge(city.clone()).and(
                            project_faces::city
                                .gt(city.clone())
                                .or(project_faces::number.gt(*number)),
                        ),
                    ),
                    None => query,
                };
                query.order((project_faces::city.asc(), project_faces::number.asc()))
            }
            ProjectSort::Title => {
                paged!(@by query, $after, title_key, |p: &ProjectPlace| Some(p.0.clone()), ge, gt, asc)
            }
            ProjectSort::TitleDown => {
                paged!(@by query, $after, title_key, |p: &ProjectPlace| Some(p.0.clone()), le, lt, desc)
            }
            ProjectSort::Updated => paged!(@by query, $after, updated_at, instant, ge, gt, asc),
            ProjectSort::UpdatedDown => paged!(@by query, $after, updated_at, instant, le, lt, desc),
        }
    }};
    (@by $query:ident, $after:expr, $column:ident, $value:expr, $reach:ident, $pass:ident, $order:ident) => {{
        let query = match $after.and_then(|p| Some(($value(p)?, p.1.clone(), p.2))) {
            Some((value, city, number)) => $query.filter(
                project_faces::$column.$reach(value.clone()).and(
                    project_faces::$column
                        .$pass(value)
                        .or(project_faces::city.$pass(city.clone()))
                        .or(project_faces::city.eq(city).and(project_faces::number.$pass(number))),
                ),
            ),
            None => $query,
        };
        query.order((
            project_faces::$column.$order(),
            project_faces::city.$order(),
            project_faces::number.$order(),
        ))
    }};
}

/// Reads up to `limit` projects after a place with their places, and counts all.
///
/// # Errors
/// Failures of the database.
pub fn list(
    conn: &mut Conn,
    visible: &Visible,
    filter: &ProjectFilter,
    sort: ProjectSort,
    after: Option<&ProjectPlace>,
    limit: i64,
) -> StoreResult<(Vec<(ProjectPlace, ProjectSubject)>, i64)> {
    let (rows, total): (Vec<FaceRow>, i64) = on!(conn, |c, DB| {
        let all = seen!(project_faces::table.into_boxed::<DB>(), visible);
        let total = filtered!(all, filter).count().get_result(c)?;
        let all = seen!(project_faces::table.into_boxed::<DB>(), visible);
        let page = paged!(filtered!(all, filter), sort, after).limit(limit).select((
            project_faces::id,
            project_faces::city,
            project_faces::number,
            project_faces::title_key,
            project_faces::updated_at,
        ));
        (page.load(c)?, total)
    });
    let mut found = subjects(conn, rows.iter().map(|r| r.0))?;
    let page = rows
        .iter()
        .filter_map(|row| Some((sort.place(row), found.remove(&Id::from(row.0))?)))
        .collect();
    Ok((page, total))
}
