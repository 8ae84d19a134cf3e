//! A city's action plan for a plan cycle, in the city's own words.

use serde::{Deserialize, Serialize};

use super::{
    reference::CountryCode,
    value::{Prose, Slug},
};

/// What a city set out to do in a plan cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionPlan {
    /// The city.
    pub city: Slug,
    /// Its country.
    pub country: CountryCode,
    /// The plan cycle.
    pub plan_cycle: Slug,
    /// Where the city wants to be.
    pub vision: Option<Prose>,
    /// What it wants to reach.
    pub strategic_targets: Vec<Prose>,
    /// Focus areas as the city itself named them.
    pub focus_areas_as_stated: Vec<Prose>,
    /// Square kilometres, as the plan states them.
    pub area_km2: Option<f64>,
    /// Inhabitants, as the plan states them.
    pub population: Option<i64>,
    /// Where an imported plan was published.
    pub source: Option<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}
