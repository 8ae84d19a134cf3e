//! Indicators of projects.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        project::{Project, ProjectCode},
        project_parts::{Indicator, IndicatorDirection, IndicatorKind, IndicatorReading},
        value::{Slug, Title, fold_for_search},
    },
    store::{
        Conn, StoreError, StoreResult,
        conn::on,
        schema::{indicators, projects},
        tx::{impl_journaled_record, impl_record},
        types::StoredUuid,
    },
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = indicators, treat_none_as_null = true)]
struct IndicatorRow {
    id: StoredUuid,
    project_id: StoredUuid,
    code: String,
    name: String,
    name_key: String,
    kind: String,
    unit: String,
    better: String,
    baseline_value: Option<f64>,
    baseline_on: Option<NaiveDate>,
    target_value: Option<f64>,
    target_on: Option<NaiveDate>,
    version: i64,
}

impl TryFrom<&Indicator> for IndicatorRow {
    type Error = StoreError;
    fn try_from(i: &Indicator) -> StoreResult<Self> {
        Ok(Self {
            id: i.id.into(),
            project_id: i.project.into(),
            code: i.code.to_string(),
            name: i.name.to_string(),
            name_key: fold_for_search(i.name.as_str()),
            kind: i.kind.to_string(),
            unit: i.unit.to_string(),
            better: i.better.to_string(),
            baseline_value: i.baseline.map(|r| r.value),
            baseline_on: i.baseline.map(|r| r.on),
            target_value: i.target.map(|r| r.value),
            target_on: i.target.map(|r| r.on),
            version: i.version,
        })
    }
}

/// The schema guarantees that value and day are both present or both absent.
fn to_reading(value: Option<f64>, on: Option<NaiveDate>) -> Option<IndicatorReading> {
    value.zip(on).map(|(value, on)| IndicatorReading { value, on })
}

impl TryFrom<IndicatorRow> for Indicator {
    type Error = StoreError;
    fn try_from(r: IndicatorRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            project: r.project_id.into(),
            code: ProjectCode::parse(r.code)?,
            name: Title::parse(r.name)?,
            kind: IndicatorKind::parse(r.kind)?,
            unit: Title::parse(r.unit)?,
            better: IndicatorDirection::parse(r.better)?,
            baseline: to_reading(r.baseline_value, r.baseline_on),
            target: to_reading(r.target_value, r.target_on),
            version: r.version,
        })
    }
}
impl_journaled_record!(Indicator, IndicatorRow, indicators, |i| StoredUuid::from(i.id));
impl_record!(Indicator, "indicator", private, |r| format!("{}/{}", r.code, r.id));
/// Lists the indicators of a project, in the order in which they were created.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_indicators(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Indicator>> {
    let rows: Vec<IndicatorRow> = on!(conn, |c, DB| indicators::table
        .filter(indicators::project_id.eq(StoredUuid::from(project)))
        .order(indicators::id)
        .select(IndicatorRow::as_select())
        .load(c))?;
    rows.into_iter().map(Indicator::try_from).collect()
}

/// Lists the indicators of all projects of a city, in the order in which they were created.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_city_indicators(conn: &mut Conn, city: &Slug) -> StoreResult<Vec<Indicator>> {
    let rows: Vec<IndicatorRow> = on!(conn, |c, DB| indicators::table
        .inner_join(projects::table.on(projects::id.eq(indicators::project_id)))
        .filter(projects::city.eq(city.as_str()))
        .order(indicators::id)
        .select(IndicatorRow::as_select())
        .load(c))?;
    rows.into_iter().map(Indicator::try_from).collect()
}

/// Finds an indicator of a project.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_indicator(
    conn: &mut Conn,
    project: Id<Project>,
    id: Id<Indicator>,
) -> StoreResult<Option<Indicator>> {
    let row: Option<IndicatorRow> = on!(conn, |c, DB| indicators::table
        .find(StoredUuid::from(id))
        .filter(indicators::project_id.eq(StoredUuid::from(project)))
        .select(IndicatorRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Indicator::try_from).transpose()
}
