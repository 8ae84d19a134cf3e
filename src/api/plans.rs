//! Action plans of cities, in the cities' own words.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::Json,
    error::{ApiError, ApiResult},
    may::May,
    precondition::VersionIfExists,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::plans::{self, PlanRequest},
    domain::{
        plan::{ActionPlan, PlanFields},
        policy::{ReadPlan, WritePlan},
        value::Prose,
    },
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_plan)).put(operation!(write_plan));
}

/// A city's action plan for a plan cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Slug of the plan cycle.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// Vision of the city: what it wants to become; null if not stated.
    #[schema(required)]
    pub vision: Option<String>,
    /// Strategic targets: what the city wants to reach.
    pub strategic_targets: Vec<String>,
    /// Focus areas in the city's own words.
    pub focus_areas_as_stated: Vec<String>,
    /// Area of the city in square kilometres, as the plan states it; null if not stated.
    #[schema(required)]
    pub area_km2: Option<f64>,
    /// Number of inhabitants, as the plan states it; null if not stated.
    #[schema(required)]
    pub population: Option<i64>,
    /// Place of publication of a plan that is unchanged since then; null if the city wrote the plan here.
    #[schema(required)]
    pub source: Option<String>,
    /// Version of the record, from 1.
    pub version: i64,
}

impl From<ActionPlan> for PlanView {
    fn from(p: ActionPlan) -> Self {
        let texts = |list: Vec<Prose>| list.iter().map(ToString::to_string).collect();
        Self {
            city: p.city.to_string(),
            plan_cycle: p.plan_cycle.to_string(),
            vision: p.vision.map(|v| v.to_string()),
            strategic_targets: texts(p.strategic_targets),
            focus_areas_as_stated: texts(p.focus_areas_as_stated),
            area_km2: p.area_km2,
            population: p.population,
            source: p.source,
            version: p.version,
        }
    }
}

/// An action plan as a whole. A member that is absent or null clears what was there before.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "vision": "A city that is easy to live in.", "strategic_targets": ["2030: every bus on time"],
    "focus_areas_as_stated": ["Built Infrastructure"]
}))]
pub(crate) struct NewPlan {
    /// Vision of the city: what it wants to become, at most 10,000 characters.
    #[schema(max_length = 10_000)]
    pub vision: Option<String>,
    /// Strategic targets: what the city wants to reach, at most 100 texts.
    #[schema(max_items = 100)]
    pub strategic_targets: Option<Vec<String>>,
    /// Focus areas in the city's own words, at most 100 texts.
    #[schema(max_items = 100)]
    pub focus_areas_as_stated: Option<Vec<String>>,
    /// Area of the city in square kilometres, above 0.
    #[schema(example = 1285.4)]
    pub area_km2: Option<f64>,
    /// Number of inhabitants.
    #[schema(maximum = 9_007_199_254_740_991_i64, minimum = 0, example = 1_046_876)]
    pub population: Option<i64>,
}

impl From<NewPlan> for PlanFields {
    fn from(n: NewPlan) -> Self {
        Self {
            vision: n.vision,
            strategic_targets: n.strategic_targets,
            focus_areas_as_stated: n.focus_areas_as_stated,
            area_km2: n.area_km2,
            population: n.population,
        }
    }
}

/// Read an action plan
///
/// Returns what a city set out to do in a plan cycle, in its own words. For every signed-in caller. The answer is 404
/// if the city has not written a plan.
#[utoipa::path(get, path = "/cities/{city}/plans/{plan_cycle}", tag = "plans",
    responses((status = 200, body = PlanView)))]
async fn get_plan(may: May<ReadPlan>) -> ApiResult<Answer> {
    let plan = may.proof.into_subject().plan.ok_or(ApiError::NotFound)?;
    let view = PlanView::from(plan);
    Answer::from_record(view.version, &view)
}

/// Write an action plan
///
/// Creates the plan, or replaces it as a whole. Only officers of the city may do this. `If-Match` is required to
/// replace a plan, and refused if there is none. A plan with the same content adds no version.
#[utoipa::path(put, path = "/cities/{city}/plans/{plan_cycle}", tag = "plans", request_body = NewPlan, responses(
    (status = 200, body = PlanView, description = "The plan existed before; this is its new state"),
    (status = 201, body = PlanView, description = "The plan is new"),
))]
async fn write_plan(
    may: May<WritePlan, Json<NewPlan>, VersionIfExists>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(body)) =
        (may.caller, may.key, may.precondition.into(), may.body);
    let request = PlanRequest { caller, key, precondition };
    let written = state.db.write(move |tx| plans::write_plan(tx, &request, body.into())).await?;
    let view = PlanView::from(written.plan);
    let answer = Answer::from_record(view.version, &view)?;
    let place = || format!("/api/v1/cities/{}/plans/{}", view.city, view.plan_cycle);
    Ok(if written.is_new { answer.mark_created(place()) } else { answer })
}
