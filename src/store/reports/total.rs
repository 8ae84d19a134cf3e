//! Counts the reports of a list without scanning its rows.

use diesel::{dsl, prelude::*};

use super::queue::{QueueQuery, count_rows};
use crate::{
    domain::policy::{RecordCopy, visibility::ReadScope},
    store::{
        Conn, StoreResult,
        condition::{Condition, ConditionList},
        conn::on,
        schema::{report_faces, report_tallies},
    },
};

/// Counts the reports on all pages. Each copy is counted separately: the approved copies that the caller reads, minus
/// those of projects that the caller works on, plus the working copies of these.
pub(crate) fn count_visible(conn: &mut Conn, query: &QueueQuery) -> StoreResult<i64> {
    if query.filter.needs_scan() {
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
    // Both tables have these columns.
    let mut all = ConditionList::default();
    all.add([Condition::equals(report_faces::face, face.as_str())]);
    all.add([query.filter.to_tally_condition()]);
    all.add(reaches.iter().map(|reach| Condition::within_scope(reach)));
    all.add(drafts.map(|drafts| {
        let handed_in = Condition::equals(report_faces::ever_submitted, true);
        Condition::any([handed_in, Condition::within_scope(drafts)])
    }));
    let rows = all.into_condition();
    let bounds = reaches.iter().copied().filter(|reach| !reach.everything);
    if bounds.chain(drafts).all(|reach| reach.cities.is_empty()) {
        let sum: Option<i64> = on!(conn, |c, DB| report_tallies::table
            .filter(rows)
            .select(dsl::sum(report_tallies::reports))
            .get_result(c))?;
        return Ok(sum.unwrap_or_default());
    }
    Ok(on!(conn, |c, DB| report_faces::table.filter(rows).count().get_result(c))?)
}
