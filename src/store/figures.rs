//! What figures are counted from: the approved reports of one cycle, by its index, or the latest one of each project, with
//! the reference data beside them. Columns alone, unless the texts are asked for.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use diesel::prelude::*;
use serde::Deserialize;

use super::{
    Conn, StoreResult,
    conn::on,
    cycles, json,
    projects::{self, money},
    reference, releases,
    schema::{approved_reports, report_facets},
    types::DbUuid,
};
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    figures::{Base, Basis, Dimension, Fact, Ground, Told},
    parts::{Indicator, Milestone},
    policy::sight::Reachable,
    project::ProjectCode,
    reference::CountryCode,
    report::{Content, Status},
    value::{Percent, Slug, Title},
};

mod files;

pub use files::files;

/// The columns of an approved report that figures look at. Its texts stay where they are.
#[derive(Queryable, Selectable)]
#[diesel(table_name = approved_reports)]
struct FactRow {
    id: DbUuid,
    city: String,
    number: i64,
    country: String,
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

/// What the texts of reports tell, by report.
type Texts = HashMap<DbUuid, Told>;

/// What of a frozen project the figures read.
#[derive(Deserialize)]
struct Frozen {
    title: Title,
    milestones: Vec<Milestone>,
    indicators: Vec<Indicator>,
}

/// How much of each report is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What stands in columns: all that counting needs.
    Columns,
    /// What stands in its texts too: titles, milestones, indicators.
    Texts,
}

impl FactRow {
    fn project(&self) -> (&str, i64) {
        (&self.city, self.number)
    }

    fn fact(
        self,
        cycle: &ReportingCycle,
        terms: &mut Terms,
        texts: &mut Texts,
    ) -> StoreResult<Fact> {
        let city = Slug::parse(self.city)?;
        Ok(Fact {
            code: ProjectCode::new(city.clone(), self.number),
            city,
            country: CountryCode::parse(self.country)?,
            cycle: cycle.slug.clone(),
            as_of: cycle.as_of,
            status: Status::parse(self.status)?,
            percent: self.percent.and_then(Percent::from_hundredths),
            focus_area: self.focus_area.map(Slug::parse).transpose()?,
            sub_area: self.sub_area.map(Slug::parse).transpose()?,
            priority: self.priority,
            spent: money(self.spent_minor, self.spent_currency)?,
            terms: terms.remove(&self.id).unwrap_or_default(),
            told: texts.remove(&self.id).map(Box::new),
        })
    }
}

/// Reads everything that figures are made of, as far as the caller reads approved data; none for a cycle that does not
/// exist.
///
/// # Errors
/// Failures of the database.
pub fn ground(
    conn: &mut Conn,
    reach: &Reachable,
    base: &Base,
    depth: Depth,
) -> StoreResult<Option<Ground>> {
    let Some(basis) = basis(conn, base)? else {
        let whole = match base {
            Base::Release(release) => releases::frozen::ground(conn, release)?,
            Base::Line(release) => releases::line::ground(conn, release)?,
            Base::Cycle(_) | Base::AsOf(_) | Base::Everything => None,
        };
        return Ok(whole.map(|whole| whole.within(reach)));
    };
    let rows = match base {
        Base::AsOf(_) => latest(conn, reach, &basis)?,
        Base::Release(_) | Base::Line(_) | Base::Cycle(_) | Base::Everything => {
            all(conn, reach, &basis)?
        }
    };
    let facts = facts(conn, rows, &basis, depth)?;
    Ok(Some(Ground {
        basis,
        facts,
        countries: reference::countries(conn)?,
        cities: reference::cities(conn)?,
        with_project: projects::cities_with_approved(conn)?,
        vocabulary: Arc::new(reference::vocabulary(conn)?),
        reach: reach.clone(),
    }))
}

fn basis(conn: &mut Conn, base: &Base) -> StoreResult<Option<Basis>> {
    let opened = |c: &ReportingCycle| match c.state {
        CycleState::Open | CycleState::Closed => true,
        CycleState::Scheduled => false,
    };
    Ok(match base {
        // Their reports are frozen, and in no cycle's table.
        Base::Release(_) | Base::Line(_) => None,
        Base::Cycle(slug) => cycles::find(conn, slug)?.map(Basis::of_cycle),
        Base::AsOf(day) => Some(Basis::up_to(*day, cycles::list(conn)?)),
        Base::Everything => {
            Some(Basis::of_all(cycles::list(conn)?.into_iter().filter(opened).collect()))
        }
    })
}

/// Rows with their cycles.
type Reported<'b> = Vec<(&'b ReportingCycle, FactRow)>;

/// Reads the approved reports of the cycles, by city and number, those of a project in the order of the cycles.
fn all<'b>(conn: &mut Conn, reach: &Reachable, basis: &'b Basis) -> StoreResult<Reported<'b>> {
    let mut rows = Reported::new();
    for cycle in &basis.cycles {
        rows.extend(reported(conn, reach, &cycle.slug)?.into_iter().map(|row| (cycle, row)));
    }
    rows.sort_by(|(_, a), (_, b)| a.project().cmp(&b.project()));
    Ok(rows)
}

/// Reads the latest approved report of each project in the cycles, by city and number.
fn latest<'b>(conn: &mut Conn, reach: &Reachable, basis: &'b Basis) -> StoreResult<Reported<'b>> {
    let mut rows = Reported::new();
    for cycle in basis.cycles.iter().rev() {
        rows.extend(reported(conn, reach, &cycle.slug)?.into_iter().map(|row| (cycle, row)));
        // The sort keeps the order of equals: the row of the later cycle stays in front, and stays.
        rows.sort_by(|(_, a), (_, b)| a.project().cmp(&b.project()));
        rows.dedup_by(|(_, next), (_, first)| next.project() == first.project());
    }
    Ok(rows)
}

/// Reads the columns of the approved reports of a cycle, by city and number: all that an index holds, and in its order.
fn reported(conn: &mut Conn, reach: &Reachable, cycle: &Slug) -> StoreResult<Vec<FactRow>> {
    let countries: Vec<&str> = reach.countries.iter().map(CountryCode::as_str).collect();
    let cities: Vec<&str> = reach.cities.iter().map(Slug::as_str).collect();
    Ok(on!(conn, |c, DB| {
        let mut query = approved_reports::table
            .filter(approved_reports::cycle.eq(cycle.as_str()))
            .order((approved_reports::city, approved_reports::number))
            .select(FactRow::as_select())
            .into_boxed::<DB>();
        if !reach.everything {
            let there = approved_reports::country.eq_any(&countries);
            query = query.filter(there.or(approved_reports::city.eq_any(&cities)));
        }
        query.load(c)
    })?)
}

fn facts(
    conn: &mut Conn,
    rows: Reported<'_>,
    basis: &Basis,
    depth: Depth,
) -> StoreResult<Vec<Fact>> {
    let mut terms = terms(conn, basis)?;
    let mut texts = match depth {
        Depth::Columns => Texts::new(),
        Depth::Texts => texts(conn, &rows.iter().map(|(_, row)| row.id).collect::<Vec<_>>())?,
    };
    rows.into_iter().map(|(cycle, row)| row.fact(cycle, &mut terms, &mut texts)).collect()
}

/// Reads the outcomes, enablers and sectors of the reports of some cycles.
fn terms(conn: &mut Conn, basis: &Basis) -> StoreResult<Terms> {
    let cycles: Vec<&str> = basis.cycles.iter().map(|c| c.slug.as_str()).collect();
    let rows: Vec<(DbUuid, String, String)> = on!(conn, |c, DB| report_facets::table
        .inner_join(approved_reports::table.on(report_facets::report_id.eq(approved_reports::id)))
        .filter(approved_reports::cycle.eq_any(&cycles))
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

/// Most reports whose texts are asked for at once.
const CHUNK: usize = 500;

/// Reads what the texts of some reports tell.
fn texts(conn: &mut Conn, reports: &[DbUuid]) -> StoreResult<Texts> {
    let mut texts = Texts::new();
    for some in reports.chunks(CHUNK) {
        let rows: Vec<(DbUuid, String, String)> = on!(conn, |c, DB| approved_reports::table
            .filter(approved_reports::id.eq_any(some))
            .select((approved_reports::id, approved_reports::header, approved_reports::content))
            .load(c))?;
        for (id, header, content) in rows {
            let (frozen, content): (Frozen, Content) =
                (json::read(&header)?, json::read(&content)?);
            let parts = (frozen.milestones.as_slice(), frozen.indicators.as_slice());
            texts.insert(id, Told::new(frozen.title, parts, &content));
        }
    }
    Ok(texts)
}
