//! The releases that precede a release: for each cycle with an earlier cut-off day, the last release that was
//! published before. Later releases do not change them, so a trend stays as it was published.

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

/// Lists the predecessors of a release, each with its frozen cycle, in the order of the cut-off days.
fn load_predecessors(
    conn: &mut Conn,
    own: &Release,
    reference: &ReleaseReference,
) -> StoreResult<Vec<(Slug, ReportingCycle)>> {
    // The journal number that a release records tells which release was published first. The releases of the imported
    // history may all have one number. Among those only the cut-off days decide.
    let rows: Vec<(String, String)> = on!(conn, |c, DB| releases::table
        .filter(releases::seq.le(own.seq))
        .filter(releases::cycle.ne(own.cycle.as_str()))
        .order((releases::cycle, releases::number))
        .select((releases::cycle, releases::release))
        .load(c))?;
    // For each cycle the last release stays.
    let last: BTreeMap<String, String> = rows.into_iter().collect();
    let mut predecessors = Vec::new();
    for release in last.into_values() {
        let release = Slug::parse(release)?;
        let cycle = frozen::load_reference(conn, &release)?.cycle;
        if cycle.as_of < reference.cycle.as_of {
            predecessors.push((release, cycle));
        }
    }
    predecessors.sort_by(|(_, a), (_, b)| (a.as_of, &a.slug).cmp(&(b.as_of, &b.slug)));
    Ok(predecessors)
}

/// Loads the release directly before one, to compare the two.
pub(crate) fn find_predecessor(
    conn: &mut Conn,
    full_release: &FullRelease,
) -> StoreResult<Option<FullRelease>> {
    let Some((last, _)) =
        load_predecessors(conn, &full_release.release, &full_release.reference)?.pop()
    else {
        return Ok(None);
    };
    match find(conn, &last)? {
        Some(release) => frozen::load_full_release(conn, release).map(Some),
        None => Ok(None),
    }
}

/// Loads the dataset of the trend up to a release. `None` if there is no such release.
pub(crate) fn load_trend_dataset(
    conn: &mut Conn,
    release: &Slug,
) -> StoreResult<Option<FigureDataset>> {
    let Some(own) = find(conn, release)? else { return Ok(None) };
    let reference = frozen::load_reference(conn, release)?;
    let before = load_predecessors(conn, &own, &reference)?;
    let mut facts = Vec::new();
    for key in before.iter().map(|(key, _)| key).chain([release]) {
        frozen::for_each_report(conn, key, |row| -> StoreResult<()> {
            facts.push(ReportFact::from(&row.parse_report()?));
            Ok(())
        })?;
    }
    Ok(Some(reference.build_trend_dataset(release, before, facts)))
}
