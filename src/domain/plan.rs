//! A city's action plan for a plan cycle, in the city's own words.

use serde::{Deserialize, Serialize};

use super::{
    fault::{FaultList, FieldFault, ValueFault},
    message,
    reference::{City, CountryCode},
    value::{MAX_SAFE_INTEGER, Prose, Slug, parse_measured},
};

/// Maximum number of targets, and of focus areas, in one plan.
const LIST_MAX: usize = 100;

/// The action plan of a city for a plan cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionPlan {
    pub city: Slug,
    pub country: CountryCode,
    pub plan_cycle: Slug,
    pub vision: Option<Prose>,
    pub strategic_targets: Vec<Prose>,
    /// Focus areas in the city's own words; they need not be terms of the framework.
    pub focus_areas_as_stated: Vec<Prose>,
    /// In square kilometres, as the plan states it.
    pub area_km2: Option<f64>,
    /// Number of inhabitants, as the plan states it.
    pub population: Option<i64>,
    /// Where the plan was published; none if it was written here.
    pub source: Option<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// The fields of a plan as the client sent them; any of them may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct PlanFields {
    pub vision: Option<String>,
    pub strategic_targets: Option<Vec<String>>,
    pub focus_areas_as_stated: Option<Vec<String>>,
    /// In square kilometres.
    pub area_km2: Option<f64>,
    pub population: Option<i64>,
}

impl ActionPlan {
    /// Keeps the published source of the plan before, if both have the same content.
    #[must_use]
    pub(crate) fn keep_source_of(self, before: &Self) -> Self {
        let sourced = Self { source: before.source.clone(), ..self.clone() };
        let same = Self { version: before.version, ..sourced.clone() } == *before;
        if same { sourced } else { self }
    }
}

impl PlanFields {
    /// Parses a city's plan. A plan that is written here has no published source.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(
        self,
        city: &City,
        plan_cycle: Slug,
        version: i64,
    ) -> Result<ActionPlan, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let f = &mut faults;
        let plan = ActionPlan {
            city: city.slug.clone(),
            country: city.country,
            plan_cycle,
            vision: f.parse_optional("/vision", self.vision, Prose::parse),
            strategic_targets: parse_texts(f, "/strategic_targets", self.strategic_targets),
            focus_areas_as_stated: parse_texts(
                f,
                "/focus_areas_as_stated",
                self.focus_areas_as_stated,
            ),
            area_km2: f.parse_optional("/area_km2", self.area_km2, |raw| {
                parse_measured(raw)
                    .ok()
                    .filter(|v| *v > 0.0)
                    .ok_or_else(|| ValueFault::new("range", message::project::square_kilometres()))
            }),
            population: f.parse_optional("/population", self.population, |raw| {
                if (0..=MAX_SAFE_INTEGER).contains(&raw) {
                    Ok(raw)
                } else {
                    Err(ValueFault::new("range", message::project::people()))
                }
            }),
            source: None,
            version,
        };
        faults.finish_with(plan)
    }
}

fn parse_texts(faults: &mut FaultList, pointer: &str, raw: Option<Vec<String>>) -> Vec<Prose> {
    let raw = raw.unwrap_or_default();
    if raw.len() > LIST_MAX {
        faults.add(pointer, ValueFault::too_many(LIST_MAX));
        return Vec::new();
    }
    faults.parse_each(pointer, raw, Prose::parse)
}
