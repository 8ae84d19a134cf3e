//! The values of an indicator over time, and how far it has come.

use actix_web::{get, web::Data};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::indicators::IndicatorView;
use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
        may::May,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        attainment::{CycleReading, Undefined, compute_attainment, merge_series},
        policy::{Actor, PolicyResource as _, RecordCopy, Visibility},
        project_parts::Indicator,
        subject::project_part::{PartSubject, ReadPart},
        user::Role,
    },
    store::{Conn, StoreResult, reports},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_indicator_values);
}

/// A value of an indicator.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StatedValue {
    /// The value.
    pub value: f64,
    /// The day it was measured.
    pub measured_on: NaiveDate,
    /// The cycle whose report states it.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// (value − baseline) ÷ (target − baseline): 0 at the start, 1 at the target; null when it is undefined.
    #[schema(required, example = 0.75)]
    pub attainment: Option<f64>,
}

/// An indicator over time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct IndicatorValues {
    /// The indicator.
    pub indicator: IndicatorView,
    /// Its values by day. A value that later reports repeat is there once; one that they correct is there as corrected.
    pub values: Vec<StatedValue>,
    /// The attainment of the last value; null when it is undefined or there is none.
    #[schema(required)]
    pub attainment: Option<f64>,
    /// Why the attainment of this indicator cannot be computed; null when it can.
    #[schema(required)]
    pub undefined: Option<Undefined>,
    /// How it is computed, in words.
    #[schema(example = "(value - baseline) / (target - baseline)")]
    pub formula: &'static str,
}

/// Read the values of an indicator
///
/// Over all reports of its project that the caller sees: strangers the approved ones, the representative and the
/// secretariat all that were ever submitted, the city its drafts too.
#[utoipa::path(tag = "projects", responses((status = 200, body = IndicatorValues)))]
#[get("/projects/{project}/indicators/{id}/values")]
async fn list_indicator_values(
    may: May<ReadPart<Indicator>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (proof, actor) = (may.proof, may.actor);
    let indicator = proof.subject().visible_copy(&actor).cloned().ok_or(ApiError::NotFound)?;
    let stated = state.db.read_point(move |c| read_values(c, proof.subject(), &actor)).await?;
    Answer::from_value(&IndicatorValues::new(indicator, merge_series(stated)))
}

/// Reads what the actor sees of the values.
fn read_values(
    conn: &mut Conn,
    on: &PartSubject<Indicator>,
    actor: &Actor,
) -> StoreResult<Vec<CycleReading>> {
    let Some(indicator) = on.visible_copy(actor) else { return Ok(Vec::new()) };
    let (project, id) = (on.project.project.id, indicator.id);
    match on.visibility_for(actor) {
        Visibility::Readable(RecordCopy::Working) => {
            let drafts = actor.has_role_at(&[Role::CityOfficer], &on.record_place());
            reports::list_working_values(conn, project, id, drafts)
        }
        Visibility::Readable(RecordCopy::Approved) => {
            reports::list_approved_values(conn, project, id)
        }
        Visibility::ExistenceOnly | Visibility::Hidden => Ok(Vec::new()),
    }
}

impl IndicatorValues {
    fn new(indicator: Indicator, series: Vec<CycleReading>) -> Self {
        let value = |s: CycleReading| StatedValue {
            value: s.reading.value,
            measured_on: s.reading.measured_on,
            cycle: s.cycle.to_string(),
            attainment: compute_attainment(&indicator, s.reading.value).ok(),
        };
        let values: Vec<StatedValue> = series.into_iter().map(value).collect();
        Self {
            attainment: values.last().and_then(|v| v.attainment),
            // Whether it is defined does not depend on the value.
            undefined: compute_attainment(&indicator, 0.0).err(),
            values,
            formula: "(value - baseline) / (target - baseline)",
            indicator: indicator.into(),
        }
    }
}
