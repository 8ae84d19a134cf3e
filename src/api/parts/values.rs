//! The values of an indicator over time, and how far it has come.

use actix_web::web::Data;
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
        attainment::{CycleReading, UndefinedReason, compute_attainment, merge_series},
        policy::{Actor, PolicyResource as _, RecordCopy, Visibility},
        project_parts::Indicator,
        subject::project_part::{PartSubject, ReadPart},
        user::Role,
    },
    store::{Conn, StoreResult, reports},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_indicator_values));
}

/// A measured value of an indicator.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct StatedValue {
    /// Measured value, in the unit of the indicator.
    pub value: f64,
    /// Day of the measurement.
    pub measured_on: NaiveDate,
    /// Slug of the cycle whose report first states this value.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// (value − baseline) ÷ (target − baseline): 0 at the baseline, 1 at the target. Null if it is undefined.
    #[schema(required, example = 0.75)]
    pub attainment: Option<f64>,
}

/// The values of an indicator over time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct IndicatorValues {
    /// The indicator.
    pub indicator: IndicatorView,
    /// Its values, ordered by day. A value that later reports repeat is listed once. A value that a later report
    /// corrects is listed as corrected.
    pub values: Vec<StatedValue>,
    /// Attainment of the last value. Null if it is undefined, or if there is no value.
    #[schema(required)]
    pub attainment: Option<f64>,
    /// Reason why the attainment of this indicator cannot be computed; null if it can.
    #[schema(required)]
    pub undefined: Option<UndefinedReason>,
    /// The formula of the attainment.
    #[schema(example = "(value - baseline) / (target - baseline)")]
    pub formula: &'static str,
}

/// Read the values of an indicator
///
/// Lists the values in all reports of the project that the caller may read. Officers of the project's city get the
/// values of their drafts too. The national representative and the secretariat get those of every report that was
/// submitted at least once; all other callers get those of approved reports.
#[utoipa::path(get, path = "/projects/{project}/indicators/{id}/values", tag = "projects",
    responses((status = 200, body = IndicatorValues)))]
async fn list_indicator_values(
    may: May<ReadPart<Indicator>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (proof, actor) = (may.proof, may.actor);
    let indicator = proof.subject().visible_copy(&actor).cloned().ok_or(ApiError::NotFound)?;
    let stated = state.db.read_point(move |c| read_values(c, proof.subject(), &actor)).await?;
    Answer::from_value(&IndicatorValues::new(indicator, merge_series(stated)))
}

fn read_values(
    conn: &mut Conn,
    subject: &PartSubject<Indicator>,
    actor: &Actor,
) -> StoreResult<Vec<CycleReading>> {
    let Some(indicator) = subject.visible_copy(actor) else { return Ok(Vec::new()) };
    let (project, id) = (subject.project.project.id, indicator.id);
    match subject.visibility_for(actor) {
        Visibility::Readable(RecordCopy::Working) => {
            let drafts = actor.has_role_at(&[Role::CityOfficer], &subject.record_place());
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
            // Whether the attainment is defined does not depend on the value.
            undefined: compute_attainment(&indicator, 0.0).err(),
            values,
            formula: "(value - baseline) / (target - baseline)",
            indicator: indicator.into(),
        }
    }
}
