//! The line that a release stands in: of each cycle that was cut off before its own, the last release that was published by
//! then. What is published later changes nothing in it, so what is said of a line stays as it was.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{find, frozen};
use crate::{
    domain::{
        cycle::ReportingCycle,
        figures::{FigureDataset, ReportFact},
        release::{FullRelease, Release, ReleaseReference},
        value::Slug,
    },
    store::{Conn, StoreResult, conn::on, schema::releases},
};

/// Reads the releases that stand before one, each with its cycle as it froze it, in the order of the cut-offs.
fn load_predecessors(
    conn: &mut Conn,
    own: &Release,
    frame: &ReleaseReference,
) -> StoreResult<Vec<(Slug, ReportingCycle)>> {
    // The row of the journal that a release rests on tells which was published first. Those of the published history rest on
    // one row: among them the cut-offs alone tell.
    let rows: Vec<(String, String)> = on!(conn, |c, DB| releases::table
        .filter(releases::seq.le(own.seq))
        .filter(releases::cycle.ne(own.cycle.as_str()))
        .order((releases::cycle, releases::number))
        .select((releases::cycle, releases::release))
        .load(c))?;
    // Of a cycle the last one stays.
    let last: BTreeMap<String, String> = rows.into_iter().collect();
    let mut line = Vec::new();
    for release in last.into_values() {
        let release = Slug::parse(release)?;
        let cycle = frozen::load_reference(conn, &release)?.cycle;
        if cycle.as_of < frame.cycle.as_of {
            line.push((release, cycle));
        }
    }
    line.sort_by(|(_, a), (_, b)| (a.as_of, &a.slug).cmp(&(b.as_of, &b.slug)));
    Ok(line)
}

/// Reads the release that stands right before one, to compare it with.
///
/// # Errors
/// Failures of the database.
pub(crate) fn find_predecessor(
    conn: &mut Conn,
    edition: &FullRelease,
) -> StoreResult<Option<FullRelease>> {
    let Some((last, _)) = load_predecessors(conn, &edition.release, &edition.frame)?.pop() else {
        return Ok(None);
    };
    match find(conn, &last)? {
        Some(release) => frozen::load_full_release(conn, release).map(Some),
        None => Ok(None),
    }
}

/// Reads what the trend until a release is counted from; none where there is no such release.
///
/// # Errors
/// Failures of the database.
pub(crate) fn load_trend_dataset(
    conn: &mut Conn,
    release: &Slug,
) -> StoreResult<Option<FigureDataset>> {
    let Some(own) = find(conn, release)? else { return Ok(None) };
    let frame = frozen::load_reference(conn, release)?;
    let before = load_predecessors(conn, &own, &frame)?;
    let mut facts = Vec::new();
    for key in before.iter().map(|(key, _)| key).chain([release]) {
        frozen::for_each_report(conn, key, |row| -> StoreResult<()> {
            facts.push(ReportFact::from(&row.parse_report()?));
            Ok(())
        })?;
    }
    Ok(Some(frame.build_trend_dataset(release, before, facts)))
}
