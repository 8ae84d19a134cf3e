//! What figures are counted from: the approved reports of one cycle, by its index, with the reference data beside them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::on,
    cycles,
    projects::money,
    reference,
    schema::{approved_projects, approved_reports, report_facets},
    types::DbUuid,
};
use crate::domain::{
    figures::{Dimension, Fact, Ground},
    policy::sight::Reachable,
    reference::CountryCode,
    report::Status,
    value::{Percent, Slug},
};

/// The columns of an approved report that figures look at. Its texts stay where they are.
#[derive(Queryable, Selectable)]
#[diesel(table_name = approved_reports)]
struct FactRow {
    id: DbUuid,
    city: String,
    country: String,
    cycle: String,
    status: String,
    percent: Option<i64>,
    focus_area: Option<String>,
    sub_area: Option<String>,
    priority: bool,
    spent_minor: Option<i64>,
    spent_currency: Option<String>,
}

/// The words of reports by report.
type Terms = HashMap<DbUuid, BTreeMap<Dimension, Vec<Slug>>>;

impl FactRow {
    fn fact(self, terms: &mut Terms) -> StoreResult<Fact> {
        Ok(Fact {
            city: Slug::parse(self.city)?,
            country: CountryCode::parse(self.country)?,
            cycle: Slug::parse(self.cycle)?,
            status: Status::parse(self.status)?,
            percent: self.percent.and_then(Percent::from_hundredths),
            focus_area: self.focus_area.map(Slug::parse).transpose()?,
            sub_area: self.sub_area.map(Slug::parse).transpose()?,
            priority: self.priority,
            spent: money(self.spent_minor, self.spent_currency)?,
            terms: terms.remove(&self.id).unwrap_or_default(),
        })
    }
}

/// Reads everything that a table of a cycle is made of, as far as the caller reads approved data; none for a cycle that
/// does not exist.
///
/// # Errors
/// Failures of the database.
pub fn ground(conn: &mut Conn, reach: &Reachable, cycle: &Slug) -> StoreResult<Option<Ground>> {
    let Some(cycle) = cycles::find(conn, cycle)? else { return Ok(None) };
    let mut terms = terms(conn, &cycle.slug)?;
    let facts = fact_rows(conn, reach, &cycle.slug)?
        .into_iter()
        .map(|row| row.fact(&mut terms))
        .collect::<StoreResult<_>>()?;
    let with_project: Vec<String> = on!(conn, |c, DB| approved_projects::table
        .select(approved_projects::city)
        .distinct()
        .load(c))?;
    Ok(Some(Ground {
        cycle,
        facts,
        countries: reference::countries(conn)?,
        cities: reference::cities(conn)?,
        with_project: with_project.into_iter().map(Slug::parse).collect::<Result<_, _>>()?,
        vocabulary: Arc::new(reference::vocabulary(conn)?),
        reach: reach.clone(),
    }))
}

fn fact_rows(conn: &mut Conn, reach: &Reachable, cycle: &Slug) -> StoreResult<Vec<FactRow>> {
    let countries: Vec<&str> = reach.countries.iter().map(CountryCode::as_str).collect();
    let cities: Vec<&str> = reach.cities.iter().map(Slug::as_str).collect();
    Ok(on!(conn, |c, DB| {
        let mut query = approved_reports::table
            .filter(approved_reports::cycle.eq(cycle.as_str()))
            .order((approved_reports::city, approved_reports::number))
            .select(FactRow::as_select())
            .into_boxed::<DB>();
        if !reach.everything {
            query = query.filter(
                approved_reports::country
                    .eq_any(&countries)
                    .or(approved_reports::city.eq_any(&cities)),
            );
        }
        query.load(c)
    })?)
}

/// Reads the outcomes, enablers and sectors of a cycle's reports.
fn terms(conn: &mut Conn, cycle: &Slug) -> StoreResult<Terms> {
    let rows: Vec<(DbUuid, String, String)> = on!(conn, |c, DB| report_facets::table
        .inner_join(approved_reports::table.on(report_facets::report_id.eq(approved_reports::id)))
        .filter(approved_reports::cycle.eq(cycle.as_str()))
        .select((report_facets::report_id, report_facets::kind, report_facets::value))
        .load(c))?;
    let mut terms = Terms::new();
    for (report, kind, value) in rows {
        // Tags and further focus areas are no dimensions.
        if let Ok(dimension) = Dimension::parse(kind) {
            let of = terms.entry(report).or_default();
            of.entry(dimension).or_default().push(Slug::parse(value)?);
        }
    }
    Ok(terms)
}
