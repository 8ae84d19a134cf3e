//! The dataset that figures are counted from: the approved reports of cycles or of a release, and the reference data.
//! Only columns are read, unless the texts are requested.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::on,
    cycles,
    projects::parse_money,
    reference, releases,
    schema::{approved_reports, report_facets},
    types::StoredUuid,
};
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    figures::{
        BasisRequest, CityRows, Dimension, FigureBasis, FigureDataset, FigureQuery, ReportFact,
    },
    policy::visibility::ReadScope,
    project::ProjectCode,
    reference::CountryCode,
    report::ProjectStatus,
    value::{Percent, Slug},
};

mod coverage;
mod headers;

use headers::{HeaderParts, load_headers};

pub(crate) use coverage::load_coverage_dataset;

/// The columns of an approved report that figures need. Its texts are not read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = approved_reports)]
struct ReportFactRow {
    id: StoredUuid,
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

/// The facet values of each report.
type ReportTerms = HashMap<StoredUuid, BTreeMap<Dimension, Vec<String>>>;

/// How much of each report is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactDepth {
    /// Only the columns. They are enough for most counts.
    Columns,
    /// Also the values that only the frozen headers have: budgets, goals and partners.
    Headers,
    /// Also the texts: titles, milestones, indicators.
    Texts,
}

impl FactDepth {
    /// Returns the least depth that is enough to count the figures of a question.
    pub(crate) fn for_question(question: &FigureQuery) -> Self {
        if question.needs_headers() { Self::Headers } else { Self::Columns }
    }
}

impl ReportFactRow {
    fn project_key(&self) -> (&str, i64) {
        (&self.city, self.number)
    }

    fn into_fact(
        self,
        cycle: &ReportingCycle,
        terms: &mut ReportTerms,
        header: Option<HeaderParts>,
    ) -> StoreResult<ReportFact> {
        let city = Slug::parse(self.city)?;
        let (details, texts) = header.map(|h| (h.details, h.texts)).unwrap_or_default();
        let mut fact = ReportFact {
            code: ProjectCode::new(city.clone(), self.number),
            city,
            country: CountryCode::parse(self.country)?,
            cycle: cycle.slug.clone(),
            as_of: cycle.as_of,
            status: ProjectStatus::parse(self.status)?,
            percent: self.percent.and_then(Percent::from_hundredths),
            focus_area: self.focus_area.map(Slug::parse).transpose()?,
            sub_area: self.sub_area.map(Slug::parse).transpose()?,
            priority: self.priority,
            spent: parse_money(self.spent_minor, self.spent_currency)?,
            budget: None,
            partners: Vec::new(),
            terms: terms.remove(&self.id).unwrap_or_default(),
            texts: texts.map(Box::new),
        };
        fact.add_details(details);
        Ok(fact)
    }
}

/// Loads the dataset of figures, restricted to the approved data that the caller may read. `None` if the cycle or the
/// release does not exist.
pub(crate) fn load_dataset(
    conn: &mut Conn,
    reach: &ReadScope,
    base: &BasisRequest,
    depth: FactDepth,
) -> StoreResult<Option<FigureDataset>> {
    let Some(basis) = resolve_basis(conn, base)? else {
        let whole = match base {
            BasisRequest::Release(release) => releases::frozen::load_dataset(conn, release)?,
            BasisRequest::ReleaseSeries(release) => {
                releases::predecessors::load_trend_dataset(conn, release)?
            }
            BasisRequest::Cycle(_) | BasisRequest::AsOf(_) | BasisRequest::Everything => None,
        };
        return Ok(whole.map(|whole| whole.restrict_to(reach)));
    };
    let rows = match base {
        BasisRequest::AsOf(_) => load_latest_rows(conn, reach, &basis)?,
        BasisRequest::Release(_)
        | BasisRequest::ReleaseSeries(_)
        | BasisRequest::Cycle(_)
        | BasisRequest::Everything => load_all_rows(conn, reach, &basis)?,
    };
    let facts = load_facts(conn, rows, &basis, depth)?;
    Ok(Some(FigureDataset {
        basis,
        facts,
        countries: reference::list_countries(conn)?,
        cities: reference::list_cities(conn)?,
        city_rows: CityRows::Expected,
        vocabulary: Arc::new(reference::load_vocabulary(conn)?),
        reach: reach.clone(),
    }))
}

fn resolve_basis(conn: &mut Conn, base: &BasisRequest) -> StoreResult<Option<FigureBasis>> {
    let opened = |c: &ReportingCycle| match c.state {
        CycleState::Open | CycleState::Closed => true,
        CycleState::Scheduled => false,
    };
    Ok(match base {
        // The reports of a release are frozen. They are not read from the table of approved reports.
        BasisRequest::Release(_) | BasisRequest::ReleaseSeries(_) => None,
        BasisRequest::Cycle(slug) => cycles::find(conn, slug)?.map(FigureBasis::from_cycle),
        BasisRequest::AsOf(day) => Some(FigureBasis::from_cycles_until(*day, cycles::list(conn)?)),
        BasisRequest::Everything => {
            Some(FigureBasis::from_cycles(cycles::list(conn)?.into_iter().filter(opened).collect()))
        }
    })
}

type CycleFactRows<'b> = Vec<(&'b ReportingCycle, ReportFactRow)>;

/// Loads the approved reports of the cycles, ordered by city and number. The reports of one project are in the order
/// of the cycles.
fn load_all_rows<'b>(
    conn: &mut Conn,
    reach: &ReadScope,
    basis: &'b FigureBasis,
) -> StoreResult<CycleFactRows<'b>> {
    let mut rows = CycleFactRows::new();
    for cycle in &basis.cycles {
        rows.extend(load_cycle_rows(conn, reach, &cycle.slug)?.into_iter().map(|row| (cycle, row)));
    }
    rows.sort_by(|(_, a), (_, b)| a.project_key().cmp(&b.project_key()));
    Ok(rows)
}

/// Loads the latest approved report of each project in the cycles, ordered by city and number.
fn load_latest_rows<'b>(
    conn: &mut Conn,
    reach: &ReadScope,
    basis: &'b FigureBasis,
) -> StoreResult<CycleFactRows<'b>> {
    let mut rows = CycleFactRows::new();
    for cycle in basis.cycles.iter().rev() {
        rows.extend(load_cycle_rows(conn, reach, &cycle.slug)?.into_iter().map(|row| (cycle, row)));
        // The sort is stable, so the row of the later cycle comes first and is the one that stays.
        rows.sort_by(|(_, a), (_, b)| a.project_key().cmp(&b.project_key()));
        rows.dedup_by(|(_, next), (_, first)| next.project_key() == first.project_key());
    }
    Ok(rows)
}

/// Loads the columns of the approved reports of a cycle, ordered by city and number. One index holds all of them in
/// this order.
fn load_cycle_rows(
    conn: &mut Conn,
    reach: &ReadScope,
    cycle: &Slug,
) -> StoreResult<Vec<ReportFactRow>> {
    let countries: Vec<&str> = reach.countries.iter().map(CountryCode::as_str).collect();
    let cities: Vec<&str> = reach.cities.iter().map(Slug::as_str).collect();
    Ok(on!(conn, |c, DB| {
        let mut query = approved_reports::table
            .filter(approved_reports::cycle.eq(cycle.as_str()))
            .order((approved_reports::city, approved_reports::number))
            .select(ReportFactRow::as_select())
            .into_boxed::<DB>();
        if !reach.everything {
            let there = approved_reports::country.eq_any(&countries);
            query = query.filter(there.or(approved_reports::city.eq_any(&cities)));
        }
        query.load(c)
    })?)
}

fn load_facts(
    conn: &mut Conn,
    rows: CycleFactRows<'_>,
    basis: &FigureBasis,
    depth: FactDepth,
) -> StoreResult<Vec<ReportFact>> {
    let mut terms = load_terms(conn, basis)?;
    let ids: Vec<StoredUuid> = rows.iter().map(|(_, row)| row.id).collect();
    let (mut headers, types) = match depth {
        FactDepth::Columns => Default::default(),
        FactDepth::Headers | FactDepth::Texts => {
            (load_headers(conn, &ids, depth)?, reference::list_types_of_partners(conn)?)
        }
    };
    let fact = |(cycle, row): (&ReportingCycle, ReportFactRow)| {
        let header = headers.remove(&row.id);
        let mut fact = row.into_fact(cycle, &mut terms, header)?;
        fact.add_partner_types(&types);
        Ok(fact)
    };
    rows.into_iter().map(fact).collect()
}

/// Loads the outcomes, enablers, sectors and tags of the reports of some cycles.
fn load_terms(conn: &mut Conn, basis: &FigureBasis) -> StoreResult<ReportTerms> {
    let cycles: Vec<&str> = basis.cycles.iter().map(|c| c.slug.as_str()).collect();
    let rows: Vec<(StoredUuid, String, String)> = on!(conn, |c, DB| report_facets::table
        .inner_join(approved_reports::table.on(report_facets::report_id.eq(approved_reports::id)))
        .filter(approved_reports::cycle.eq_any(&cycles))
        .select((report_facets::report_id, report_facets::kind, report_facets::value))
        .load(c))?;
    let mut terms = ReportTerms::new();
    for (report, kind, value) in rows {
        // Other focus areas are no dimension.
        if let Ok(dimension) = Dimension::parse(kind) {
            let of = terms.entry(report).or_default();
            of.entry(dimension).or_default().push(value);
        }
    }
    Ok(terms)
}
