//! Indicators.

use actix_web::{delete, get, patch, post, web::Data};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PartResource;
use crate::{
    api::{
        answer::Answer,
        body::Json,
        error::ApiResult,
        may::May,
        merge::{ReadingInput, typed},
        page::list_type,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        policy::{EditProject, ReadProject},
        project_parts::{Better, Indicator, IndicatorKind, IndicatorReading, parse::RawIndicator},
        subject::project_part::{EditPart, ReadPart},
    },
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_indicators)
        .service(get_indicator)
        .service(create_indicator)
        .service(edit_indicator)
        .service(delete_indicator);
}

/// A value on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReadingView {
    /// The value.
    pub value: f64,
    /// The day it was measured, or is to be reached.
    pub on: NaiveDate,
}
impl From<IndicatorReading> for ReadingView {
    fn from(r: IndicatorReading) -> Self {
        Self { value: r.value, on: r.on }
    }
}

/// Something that is measured, with where it started and where it should get.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IndicatorView {
    /// Its identifier.
    pub id: Uuid,
    /// What is measured.
    #[schema(example = "Water lost in the network")]
    pub name: String,
    /// What was built or done, or what changed for people.
    pub kind: IndicatorKind,
    /// The unit of the values.
    #[schema(example = "percent")]
    pub unit: String,
    /// The direction in which it gets better.
    pub better: Better,
    /// Where it started.
    #[schema(required)]
    pub baseline: Option<ReadingView>,
    /// Where it should get.
    #[schema(required)]
    pub target: Option<ReadingView>,
    /// Counts the changes, from 1; in an approved copy, those of the copy.
    pub version: i64,
}
list_type!(
    /// The indicators of a project, all of them.
    IndicatorList of IndicatorView
);

impl From<Indicator> for IndicatorView {
    fn from(i: Indicator) -> Self {
        Self {
            id: i.id.as_uuid(),
            name: i.name.to_string(),
            kind: i.kind,
            unit: i.unit.to_string(),
            better: i.better,
            baseline: i.baseline.map(ReadingView::from),
            target: i.target.map(ReadingView::from),
            version: i.version,
        }
    }
}

typed! {
    /// A new indicator.
    #[schema(example = json!({
        "name": "Water lost in the network", "kind": "outcome", "unit": "percent", "better": "down",
        "baseline": {"value": 23.5, "on": "2018-12-31"}, "target": {"value": 15, "on": "2025-12-31"}
    }))]
    NewIndicator {}
    /// What changes of an indicator (RFC 7396).
    #[schema(example = json!({"target": {"value": 14}}))]
    IndicatorPatch {}
    RawIndicator {
        /// What is measured, one line of at most 300 characters; once in a project.
        set name: String = String,
        /// What was built or done (`output`), or what changed for people (`outcome`).
        set kind: String = IndicatorKind,
        /// The unit of the values.
        set unit: String = String,
        /// The direction in which it gets better: `up` or `down`.
        set better: String = Better,
        /// Where it started.
        nest baseline: ReadingInput = Option<ReadingInput>,
        /// Where it should get.
        nest target: ReadingInput = Option<ReadingInput>,
    }
}

impl PartResource for Indicator {
    type View = IndicatorView;
    type New = NewIndicator;
    type Patch = IndicatorPatch;
    const SEGMENT: &'static str = "indicators";
}

/// List indicators
///
/// In the order in which they were added. Strangers read them as they were last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = IndicatorList)))]
#[get("/projects/{project}/indicators")]
async fn list_indicators(may: May<ReadProject>, state: Data<State>) -> ApiResult<Answer> {
    Answer::from_value(&IndicatorList::from(super::list_parts::<Indicator>(may, &state).await?))
}

/// Read an indicator
///
/// Strangers read it as it was last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = IndicatorView)))]
#[get("/projects/{project}/indicators/{id}")]
async fn get_indicator(may: May<ReadPart<Indicator>>) -> ApiResult<Answer> {
    super::get_part(&may)
}

/// Add an indicator
///
/// A project has an indicator of one name only once.
#[utoipa::path(tag = "projects", request_body = NewIndicator, responses((status = 201, body = IndicatorView)))]
#[post("/projects/{project}/indicators")]
async fn create_indicator(
    may: May<EditProject, Json<NewIndicator>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::create_part::<Indicator>(may, &state).await
}

/// Edit an indicator
///
/// Changes what the patch names; the whole is checked again.
#[utoipa::path(tag = "projects", request_body = IndicatorPatch, responses((status = 200, body = IndicatorView)))]
#[patch("/projects/{project}/indicators/{id}")]
async fn edit_indicator(
    may: May<EditPart<Indicator>, Json<IndicatorPatch>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::edit_part(may, &state).await
}

/// Delete an indicator
///
/// Answers its last state. What was approved with it stays as it was approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = IndicatorView)))]
#[delete("/projects/{project}/indicators/{id}")]
async fn delete_indicator(may: May<EditPart<Indicator>>, state: Data<State>) -> ApiResult<Answer> {
    super::delete_part(may, &state).await
}
