//! The table `plan_cycles`.

use diesel::prelude::*;

use super::{
    super::{
        Conn, StoreError, StoreResult,
        conn::on,
        schema::plan_cycles,
        tx::{impl_journaled_record, impl_record},
    },
    parse_year,
};
use crate::domain::{reference::PlanCycle, value::Slug};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plan_cycles, treat_none_as_null = true)]
struct PlanCycleRow {
    slug: String,
    starts_year: i64,
    ends_year: i64,
    framework: String,
    note: Option<String>,
    version: i64,
}

impl TryFrom<&PlanCycle> for PlanCycleRow {
    type Error = StoreError;
    fn try_from(p: &PlanCycle) -> StoreResult<Self> {
        Ok(Self {
            slug: p.slug.to_string(),
            starts_year: p.starts_year.into(),
            ends_year: p.ends_year.into(),
            framework: p.framework.to_string(),
            note: p.note.clone(),
            version: p.version,
        })
    }
}
impl TryFrom<PlanCycleRow> for PlanCycle {
    type Error = StoreError;
    fn try_from(r: PlanCycleRow) -> StoreResult<Self> {
        Ok(Self {
            slug: Slug::parse(r.slug)?,
            starts_year: parse_year(r.starts_year)?,
            ends_year: parse_year(r.ends_year)?,
            framework: Slug::parse(r.framework)?,
            note: r.note,
            version: r.version,
        })
    }
}
impl_journaled_record!(PlanCycle, PlanCycleRow, plan_cycles, |p| p.slug.to_string());
impl_record!(PlanCycle, "plan_cycle", public, |p| p.slug.to_string());

/// Finds a plan cycle by its slug.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_plan_cycle(conn: &mut Conn, slug: &Slug) -> StoreResult<Option<PlanCycle>> {
    let row: Option<PlanCycleRow> = on!(conn, |c, DB| plan_cycles::table
        .find(slug.as_str())
        .select(PlanCycleRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(PlanCycle::try_from).transpose()
}

/// Lists all plan cycles, ordered by slug.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_plan_cycles(conn: &mut Conn) -> StoreResult<Vec<PlanCycle>> {
    let rows: Vec<PlanCycleRow> = on!(conn, |c, DB| plan_cycles::table
        .order(plan_cycles::slug)
        .select(PlanCycleRow::as_select())
        .load(c))?;
    rows.into_iter().map(PlanCycle::try_from).collect()
}
