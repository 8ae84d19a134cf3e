//! Reporting cycles.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    load::LoadByKey,
    schema::cycles,
    tx::{impl_journaled_record, impl_record},
};
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    subject::CycleSubject,
    value::{Slug, Title},
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cycles, treat_none_as_null = true)]
struct CycleRow {
    slug: String,
    name: String,
    plan_cycle: String,
    opens_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    review_due_on: Option<NaiveDate>,
    as_of: NaiveDate,
    state: String,
    imported: Option<String>,
    version: i64,
}

impl TryFrom<&ReportingCycle> for CycleRow {
    type Error = StoreError;
    fn try_from(c: &ReportingCycle) -> StoreResult<Self> {
        Ok(Self {
            slug: c.slug.to_string(),
            name: c.name.to_string(),
            plan_cycle: c.plan_cycle.to_string(),
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
            state: c.state.to_string(),
            imported: c.imported.clone(),
            version: c.version,
        })
    }
}
impl TryFrom<CycleRow> for ReportingCycle {
    type Error = StoreError;
    fn try_from(r: CycleRow) -> StoreResult<Self> {
        Ok(Self {
            slug: Slug::parse(r.slug)?,
            name: Title::parse(r.name)?,
            plan_cycle: Slug::parse(r.plan_cycle)?,
            opens_on: r.opens_on,
            due_on: r.due_on,
            review_due_on: r.review_due_on,
            as_of: r.as_of,
            state: CycleState::parse(r.state)?,
            imported: r.imported,
            version: r.version,
        })
    }
}
impl_journaled_record!(ReportingCycle, CycleRow, cycles, |c| c.slug.as_str());
impl_record!(ReportingCycle, "cycle", public, |r| r.slug.to_string());

/// Finds a cycle by its key.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find(conn: &mut Conn, slug: &Slug) -> StoreResult<Option<ReportingCycle>> {
    let row: Option<CycleRow> = on!(conn, |c, DB| cycles::table
        .find(slug.as_str())
        .select(CycleRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ReportingCycle::try_from).transpose()
}

/// Lists all cycles, ordered by key.
pub(crate) fn list(conn: &mut Conn) -> StoreResult<Vec<ReportingCycle>> {
    let rows: Vec<CycleRow> =
        on!(conn, |c, DB| cycles::table.order(cycles::slug).select(CycleRow::as_select()).load(c))?;
    rows.into_iter().map(ReportingCycle::try_from).collect()
}

impl LoadByKey for CycleSubject {
    fn load_by_key(conn: &mut Conn, key: &Slug) -> StoreResult<Option<Self>> {
        Ok(find(conn, key)?.map(|cycle| Self { cycle }))
    }
}
