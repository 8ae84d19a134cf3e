//! The table `action_plans`.

use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    json,
    load::LoadByKey,
    reference,
    schema::action_plans,
    tx::{impl_journaled_record, impl_record},
};
use crate::domain::{
    plan::ActionPlan,
    reference::CountryCode,
    subject::PlanSubject,
    value::{Prose, Slug},
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = action_plans, treat_none_as_null = true)]
struct PlanRow {
    city: String,
    plan_cycle: String,
    country: String,
    vision: Option<String>,
    strategic_targets: String,
    focus_areas_as_stated: String,
    area_km2: Option<f64>,
    population: Option<i64>,
    source: Option<String>,
    version: i64,
}

impl TryFrom<&ActionPlan> for PlanRow {
    type Error = StoreError;
    fn try_from(p: &ActionPlan) -> StoreResult<Self> {
        Ok(Self {
            city: p.city.to_string(),
            plan_cycle: p.plan_cycle.to_string(),
            country: p.country.to_string(),
            vision: p.vision.as_ref().map(ToString::to_string),
            strategic_targets: json::write(&p.strategic_targets)?,
            focus_areas_as_stated: json::write(&p.focus_areas_as_stated)?,
            area_km2: p.area_km2,
            population: p.population,
            source: p.source.clone(),
            version: p.version,
        })
    }
}
impl TryFrom<PlanRow> for ActionPlan {
    type Error = StoreError;
    fn try_from(r: PlanRow) -> StoreResult<Self> {
        Ok(Self {
            city: Slug::parse(r.city)?,
            country: CountryCode::parse(r.country)?,
            plan_cycle: Slug::parse(r.plan_cycle)?,
            vision: r.vision.map(Prose::parse).transpose()?,
            strategic_targets: json::read(&r.strategic_targets)?,
            focus_areas_as_stated: json::read(&r.focus_areas_as_stated)?,
            area_km2: r.area_km2,
            population: r.population,
            source: r.source,
            version: r.version,
        })
    }
}
impl_journaled_record!(ActionPlan, PlanRow, action_plans, |p| (
    p.city.to_string(),
    p.plan_cycle.to_string()
));
impl_record!(ActionPlan, "action_plan", public, |p| format!("{}/{}", p.city, p.plan_cycle));

/// Finds the plan of a city for a plan cycle.
pub(crate) fn find_plan(
    conn: &mut Conn,
    city: &Slug,
    plan_cycle: &Slug,
) -> StoreResult<Option<ActionPlan>> {
    let row: Option<PlanRow> = on!(conn, |c, DB| action_plans::table
        .find((city.as_str(), plan_cycle.as_str()))
        .select(PlanRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ActionPlan::try_from).transpose()
}

impl LoadByKey for PlanSubject {
    fn load_by_key(conn: &mut Conn, (city, cycle): &(Slug, Slug)) -> StoreResult<Option<Self>> {
        let Some(city) = reference::find_city(conn, city)? else { return Ok(None) };
        let Some(plan_cycle) = reference::find_plan_cycle(conn, cycle)? else { return Ok(None) };
        let plan = find_plan(conn, &city.slug, &plan_cycle.slug)?;
        Ok(Some(Self { city, plan_cycle, plan }))
    }
}
