//! The values of an indicator in the reports of its project.

use diesel::prelude::*;

use crate::{
    domain::{
        attainment::CycleReading, id::Id, project::Project, project_parts::Indicator,
        report::ReportContent, value::Slug,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        json,
        schema::{approved_reports, cycles, reports},
        types::StoredUuid,
    },
};

/// Lists the values that approved reports state, in the order of the cycles' cut-off days.
pub(crate) fn list_approved_values(
    conn: &mut Conn,
    project: Id<Project>,
    indicator: Id<Indicator>,
) -> StoreResult<Vec<CycleReading>> {
    let rows: Vec<(String, String)> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(project)))
        .order((approved_reports::as_of, approved_reports::cycle))
        .select((approved_reports::cycle, approved_reports::content))
        .load(c))?;
    parse_readings(rows, indicator)
}

/// Lists the values that the working copies of reports state, in the order of the cycles' cut-off days. Drafts that
/// were never submitted are included only if `drafts` is `true`.
pub(crate) fn list_working_values(
    conn: &mut Conn,
    project: Id<Project>,
    indicator: Id<Indicator>,
    drafts: bool,
) -> StoreResult<Vec<CycleReading>> {
    let rows: Vec<(String, String)> = on!(conn, |c, DB| {
        let mut query = reports::table
            .inner_join(cycles::table.on(cycles::slug.eq(reports::cycle)))
            .filter(reports::project_id.eq(StoredUuid::from(project)))
            .order((cycles::as_of, cycles::slug))
            .select((reports::cycle, reports::content))
            .into_boxed::<DB>();
        if !drafts {
            query = query.filter(reports::ever_submitted.eq(true));
        }
        query.load(c)
    })?;
    parse_readings(rows, indicator)
}

fn parse_readings(
    rows: Vec<(String, String)>,
    indicator: Id<Indicator>,
) -> StoreResult<Vec<CycleReading>> {
    let mut out = Vec::new();
    for (cycle, content) in rows {
        let cycle = Slug::parse(cycle)?;
        let content: ReportContent = json::read(&content)?;
        let own = content.indicator_values.into_iter().filter(|v| v.indicator_id == indicator);
        out.extend(own.map(|reading| CycleReading { cycle: cycle.clone(), reading }));
    }
    Ok(out)
}
