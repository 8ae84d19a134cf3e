//! Counts the reports of a list without scanning its rows.

use diesel::{dsl, prelude::*};

use super::queue::{QueueQuery, count_rows};
use crate::{
    domain::policy::{RecordCopy, visibility::ReadScope},
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{report_faces, report_tallies},
    },
};

/// Counts the reports on all pages. Each copy is counted separately: the approved copies that the caller reads, minus
/// those of projects that the caller works on, plus the working copies of these.
pub(crate) fn count_visible(conn: &mut Conn, query: &QueueQuery) -> StoreResult<i64> {
    let f = &query.filter;
    if f.project.is_some() || f.late.is_some() || !f.cities.is_empty() {
        return count_rows(conn, query);
    }
    let (inside, read) = (&query.visible.working, &query.visible.approved);
    let mut all = 0;
    if !inside.is_empty() {
        all += count_copies(conn, query, RecordCopy::Working, &[inside])?;
    }
    if !inside.everything && !read.is_empty() {
        all += count_copies(conn, query, RecordCopy::Approved, &[read])?;
        if !inside.is_empty() {
            all -= count_copies(conn, query, RecordCopy::Approved, &[read, inside])?;
        }
    }
    Ok(all)
}

/// Applies the conditions of a filter that both tables have columns for.
macro_rules! narrowed {
    ($rows:expr, $table:ident, $query:expr) => {{
        let (mut rows, f) = ($rows, &$query.filter);
        if !f.states.is_empty() {
            let words: Vec<&str> = f.states.iter().map(|s| s.as_str()).collect();
            rows = rows.filter($table::state.eq_any(words));
        }
        if !f.countries.is_empty() {
            rows = rows.filter($table::country.eq_any(&f.countries));
        }
        if !f.cycles.is_empty() {
            rows = rows.filter($table::cycle.eq_any(&f.cycles));
        }
        rows
    }};
}

/// Counts one copy of the reports that are within all of the given scopes. The tallies in the database give the
/// numbers by country. If a scope names cities, the rows are counted, which an index finds.
fn count_copies(
    conn: &mut Conn,
    query: &QueueQuery,
    face: RecordCopy,
    reaches: &[&ReadScope],
) -> StoreResult<i64> {
    let drafts = match face {
        RecordCopy::Working => Some(&query.visible.drafts).filter(|drafts| !drafts.everything),
        RecordCopy::Approved => None,
    };
    let bounds = || reaches.iter().copied().filter(|reach| !reach.everything);
    if bounds().chain(drafts).all(|reach| reach.cities.is_empty()) {
        let sum: Option<i64> = on!(conn, |c, DB| {
            let rows = report_tallies::table.filter(report_tallies::face.eq(face.as_str()));
            let mut rows = narrowed!(rows.into_boxed::<DB>(), report_tallies, query);
            for reach in bounds() {
                rows = rows.filter(report_tallies::country.eq_any(to_country_codes(reach)));
            }
            if let Some(drafts) = drafts {
                let own = report_tallies::country.eq_any(to_country_codes(drafts));
                rows = rows.filter(report_tallies::ever_submitted.eq(true).or(own));
            }
            rows.select(dsl::sum(report_tallies::reports)).get_result(c)
        })?;
        return Ok(sum.unwrap_or_default());
    }
    Ok(on!(conn, |c, DB| {
        let rows = report_faces::table.filter(report_faces::face.eq(face.as_str()));
        let mut rows = narrowed!(rows.into_boxed::<DB>(), report_faces, query);
        for reach in bounds() {
            let here = report_faces::city.eq_any(to_city_slugs(reach));
            rows = if reach.countries.is_empty() {
                rows.filter(here)
            } else {
                rows.filter(here.or(report_faces::country.eq_any(to_country_codes(reach))))
            };
        }
        if let Some(drafts) = drafts {
            let own = report_faces::city.eq_any(to_city_slugs(drafts));
            let own = own.or(report_faces::country.eq_any(to_country_codes(drafts)));
            rows = rows.filter(report_faces::ever_submitted.eq(true).or(own));
        }
        rows.count().get_result(c)
    })?)
}

fn to_country_codes(reach: &ReadScope) -> Vec<String> {
    reach.countries.iter().map(ToString::to_string).collect()
}

fn to_city_slugs(reach: &ReadScope) -> Vec<String> {
    reach.cities.iter().map(ToString::to_string).collect()
}
