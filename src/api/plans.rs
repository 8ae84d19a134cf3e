//! Action plans of cities, in the cities' own words.

use actix_web::{get, put, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::Json,
    error::{ApiError, ApiResult},
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        plan::{ActionPlan, PlanFields},
        policy::{ReadPlan, WritePlan},
        subject::PlanSubject,
        value::Prose,
    },
    store::{Change, Tx},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_plan).service(write_plan);
}

/// A city's action plan for a plan cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// The city's slug.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The plan cycle's slug.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// Where the city wants to be.
    #[schema(required)]
    pub vision: Option<String>,
    /// What it wants to reach.
    pub strategic_targets: Vec<String>,
    /// Focus areas as the city itself names them.
    pub focus_areas_as_stated: Vec<String>,
    /// Square kilometres, as the plan states them.
    #[schema(required)]
    pub area_km2: Option<f64>,
    /// Inhabitants, as the plan states them.
    #[schema(required)]
    pub population: Option<i64>,
    /// Where the plan was published, for one that stands as it was published.
    #[schema(required)]
    pub source: Option<String>,
    /// Counts the changes of this record, from 1.
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

/// A plan as its city writes it, whole: what is absent or null is nothing.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "vision": "A city that is easy to live in.", "strategic_targets": ["2030: every bus on time"],
    "focus_areas_as_stated": ["Built Infrastructure"]
}))]
pub(crate) struct NewPlan {
    /// Where the city wants to be, at most 10,000 characters.
    pub vision: Option<String>,
    /// What it wants to reach, at most 100 texts.
    pub strategic_targets: Option<Vec<String>>,
    /// Focus areas as the city itself names them, at most 100 texts.
    pub focus_areas_as_stated: Option<Vec<String>>,
    /// Square kilometres.
    #[schema(example = 1285.4)]
    pub area_km2: Option<f64>,
    /// Inhabitants.
    #[schema(minimum = 0, example = 1_046_876)]
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
/// What a city set out to do in a plan cycle, in its own words; 404 where it has not written one.
#[utoipa::path(tag = "plans", responses((status = 200, body = PlanView)))]
#[get("/cities/{city}/plans/{plan_cycle}")]
async fn get_plan(may: May<ReadPlan>) -> ApiResult<Answer> {
    let plan = may.proof.into_subject().plan.ok_or(ApiError::NotFound)?;
    let view = PlanView::from(plan);
    Answer::from_record(view.version, &view)
}

/// Write an action plan
///
/// A city's officer writes the plan whole, or replaces it.
#[utoipa::path(tag = "plans", request_body = NewPlan, responses(
    (status = 200, body = PlanView, description = "The plan that was replaced, as it is now"),
    (status = 201, body = PlanView, description = "The plan that was not there before"),
))]
#[put("/cities/{city}/plans/{plan_cycle}")]
async fn write_plan(may: May<WritePlan, Json<NewPlan>>, state: Data<State>) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(body)) = (may.caller, may.key, may.precondition, may.body);
    let write = move |tx: &mut Tx<'_>| {
        let on = tx.prove::<WritePlan>(caller, &key)?.into_subject();
        match &on.plan {
            Some(plan) => precondition.check_required(tx, plan)?,
            None => precondition.check_absent()?,
        }
        let created = on.plan.is_none();
        let plan = save_plan(tx, on, body.into())?;
        Ok::<_, ApiError>((created, PlanView::from(plan)))
    };
    let (created, view) = state.db.write(write).await?;
    let answer = Answer::from_record(view.version, &view)?;
    let place = || format!("/api/v1/cities/{}/plans/{}", view.city, view.plan_cycle);
    Ok(if created { answer.mark_created(place()) } else { answer })
}

/// Keeps what was written, unless it is what stands there already.
fn save_plan(tx: &mut Tx<'_>, on: PlanSubject, fields: PlanFields) -> ApiResult<ActionPlan> {
    let version = on.plan.as_ref().map_or(1, |p| p.version + 1);
    let plan = fields.parse(&on.city, on.plan_cycle.slug, version)?;
    if let Some(before) = on.plan {
        let same =
            ActionPlan { source: before.source.clone(), version: before.version, ..plan.clone() };
        if same == before {
            return Ok(before);
        }
        tx.save(&plan, Change::without_reason("edit"))?;
    } else {
        tx.save(&plan, Change::without_reason("create"))?;
    }
    Ok(plan)
}
