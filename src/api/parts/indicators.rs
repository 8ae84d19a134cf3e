//! The indicators of projects.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PartResource;
use crate::{
    api::{
        answer::Answer,
        body::{Json, Query},
        error::ApiResult,
        may::May,
        merge::{ReadingInput, define_request_shapes},
        page::{WholeListParams, list_type},
        precondition::VersionRequired,
        service_config::ServiceConfig,
        state::State,
        views::RecordWarning,
    },
    domain::{
        id::Id,
        policy::{EditProject, ReadProject},
        project::Project,
        project_parts::{
            Indicator, IndicatorDirection, IndicatorKind, IndicatorReading, parse::RawIndicator,
        },
        subject::project_part::{EditPart, ReadPart},
    },
    store::{Conn, StoreResult},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_indicators))
        .get(operation!(get_indicator))
        .post(operation!(create_indicator))
        .patch(operation!(edit_indicator))
        .delete(operation!(delete_indicator));
}

/// A value on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReadingView {
    /// The value, in the unit of the indicator.
    pub value: f64,
    /// The day on which the value was measured, or is to be reached.
    pub on: NaiveDate,
}
impl From<IndicatorReading> for ReadingView {
    fn from(r: IndicatorReading) -> Self {
        Self { value: r.value, on: r.on }
    }
}

/// Something that a project measures, with its baseline and its target.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IndicatorView {
    /// Identifier of the indicator.
    pub id: Uuid,
    /// Name of the measured quantity.
    #[schema(example = "Water lost in the network")]
    pub name: String,
    /// Kind of the indicator: `output` for what was built or done, `outcome` for what changed for people.
    pub kind: IndicatorKind,
    /// Unit of the values.
    #[schema(example = "percent")]
    pub unit: String,
    /// Direction in which the indicator improves.
    pub better: IndicatorDirection,
    /// Value at the start; null if not stated.
    #[schema(required)]
    pub baseline: Option<ReadingView>,
    /// Value to be reached; null if not stated.
    #[schema(required)]
    pub target: Option<ReadingView>,
    /// Version of the indicator, from 1. In the approved copy of a project or report, the version of that copy.
    pub version: i64,
    /// Doubts about a record that was just created. Absent if there are none, and in every answer but that of `POST`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RecordWarning>,
}
list_type!(
    /// All indicators of a project.
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
            warnings: Vec::new(),
        }
    }
}

define_request_shapes! {
    /// A new indicator. A null member is the same as an absent one.
    #[schema(example = json!({
        "name": "Water lost in the network", "kind": "outcome", "unit": "percent", "better": "down",
        "baseline": {"value": 23.5, "on": "2018-12-31"}, "target": {"value": 15, "on": "2025-12-31"}
    }))]
    NewIndicator {}
    /// A patch of an indicator (RFC 7396): an absent member stays, null clears it.
    #[schema(example = json!({"target": {"value": 14}}))]
    IndicatorPatch {}
    RawIndicator {
        /// Name of the measured quantity, one line of at most 300 characters. A project has each name once.
        #[schema(max_length = 300)]
        set name: String = String,
        /// Kind of the indicator: `output` for what was built or done, `outcome` for what changed for people.
        set kind: String = IndicatorKind,
        /// Unit of the values, one line of at most 300 characters.
        #[schema(max_length = 300)]
        set unit: String = String,
        /// Direction in which the indicator improves: `up` or `down`.
        set better: String = IndicatorDirection,
        /// Value at the start.
        nest baseline: ReadingInput = Option<ReadingInput>,
        /// Value to be reached.
        nest target: ReadingInput = Option<ReadingInput>,
    }
}

impl PartResource for Indicator {
    type View = IndicatorView;
    type New = NewIndicator;
    type Patch = IndicatorPatch;
    type List = IndicatorList;
    type Context = ();

    fn load_context(_conn: &mut Conn, _project: Id<Project>) -> StoreResult<()> {
        Ok(())
    }

    fn into_view(self, (): &()) -> IndicatorView {
        self.into()
    }

    fn with_warnings(view: IndicatorView, warnings: Vec<RecordWarning>) -> IndicatorView {
        IndicatorView { warnings, ..view }
    }

    fn sort_key(&self) -> String {
        self.id.to_string()
    }
}

/// List indicators
///
/// Lists all indicators of the project, in the order in which they were added. Callers who read the approved copy of
/// the project get the indicators of that copy.
#[utoipa::path(get, path = "/projects/{project}/indicators", tag = "projects",
    params(WholeListParams), responses((status = 200, body = IndicatorList)))]
async fn list_indicators(
    may: May<ReadProject, Query<WholeListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::list_parts::<Indicator>(may, &state).await
}

/// Read an indicator
///
/// Returns one indicator of the project. Callers who read the approved copy of the project get the indicator of that
/// copy.
#[utoipa::path(get, path = "/projects/{project}/indicators/{id}", tag = "projects",
    responses((status = 200, body = IndicatorView)))]
async fn get_indicator(may: May<ReadPart<Indicator>>, state: Data<State>) -> ApiResult<Answer> {
    super::get_part(may, &state).await
}

/// Add an indicator
///
/// Adds an indicator to the project. Only officers of the project's city may do this. The answer is 409 if the project
/// has an indicator with this name already, or has 200 indicators. If the names differ in their spaces only, the indicator
/// is added, and `warnings` names the one that is there.
#[utoipa::path(post, path = "/projects/{project}/indicators",
    tag = "projects", request_body = NewIndicator,
    responses((status = 201, body = IndicatorView)))]
async fn create_indicator(
    may: May<EditProject, Json<NewIndicator>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::create_part::<Indicator>(may, &state).await
}

/// Edit an indicator
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole indicator again. Only officers of
/// the project's city may do this. A patch that changes nothing adds no version.
#[utoipa::path(patch, path = "/projects/{project}/indicators/{id}",
    tag = "projects", request_body = IndicatorPatch,
    responses((status = 200, body = IndicatorView)))]
async fn edit_indicator(
    may: May<EditPart<Indicator>, Json<IndicatorPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::edit_part(may, &state).await
}

/// Delete an indicator
///
/// Deletes the indicator and answers its last state. Only officers of the project's city may do this. Approved copies
/// that contain the indicator do not change.
#[utoipa::path(delete, path = "/projects/{project}/indicators/{id}", tag = "projects",
    responses((status = 200, body = IndicatorView)))]
async fn delete_indicator(
    may: May<EditPart<Indicator>, (), VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::delete_part(may, &state).await
}
