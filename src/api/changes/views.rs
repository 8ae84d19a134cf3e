//! Response shapes of the feed. Records are shown as everybody may read them: the feed is the same for all callers who
//! may read a change.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    api::{
        cities::CityView,
        cycles::CycleView,
        error::{ApiError, ApiResult},
        partners::PartnerView,
        plans::PlanView,
        projects::LatestView,
        reference::{CountryView, PlanCycleView},
        releases::ReleaseView,
        reports::{ApprovedReportView, HeaderView},
    },
    domain::{
        feed::{FeedAction, FeedEntity},
        language::Language,
        project::ApprovedProject,
        release::Release,
    },
    store::feed::{PublicChange, PublicRecord},
};

/// The fields of a release that are about the journal. The feed leaves them out; `GET /releases/{release}` has them.
const JOURNALS_OWN: [&str; 2] = ["seq", "journal_hash"];

/// A change of a public record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// The number of the change in the feed, from 1 without gaps.
    #[schema(example = 17)]
    pub feed: i64,
    /// When the change became public, for example the time of the approval. The edits before it are not shown.
    pub at: DateTime<Utc>,
    /// The kind of the record.
    pub entity: FeedEntity,
    /// The key of the record. A record that belongs to a different record has its key in segments, separated by `/`.
    #[schema(example = "da-nang-4/me-2022")]
    pub key: String,
    /// What happened to the record.
    pub action: FeedAction,
    /// The version of the public copy of the record.
    pub version: i64,
    /// The path of the current state of the record. Null if this change removed the record from public data.
    #[schema(required, example = "/api/v1/projects/da-nang-4/reports/me-2022")]
    pub href: Option<String>,
    /// The record as this change approved or published it. It has the fields of the answer at `href`, except those that
    /// depend on the caller, the language or the day. A document of the reference data has `kind` and `document`. A
    /// release has no `seq` and no `journal_hash`. Null if this change removed the record from public data.
    #[schema(required, value_type = Option<Object>)]
    pub record: Option<Value>,
}

/// A page of changes of public records, in the order of their numbers.
#[derive(Debug, Clone, ToSchema)]
pub(crate) struct ChangeList {
    /// The changes after `after`. There can be fewer than `limit`, or none, although more follow; see `caught_up`.
    pub items: Vec<ChangeView>,
    /// The value of `after` for the next request: the last number that this answer looked at.
    #[schema(minimum = 0, example = 17)]
    pub next: i64,
    /// The last number of the feed.
    #[schema(minimum = 0, example = 17)]
    pub head: i64,
    /// Whether the feed has no change after `next` yet.
    pub caught_up: bool,
}

impl ChangeView {
    pub(super) fn new(change: PublicChange) -> ApiResult<Self> {
        let there = change.record.is_some();
        Ok(Self {
            feed: change.feed,
            at: change.at,
            entity: change.entity,
            action: change.action,
            version: change.version,
            href: there.then(|| build_href(change.entity, &change.key)),
            record: change.record.map(render_record).transpose()?,
            key: change.key,
        })
    }
}

/// Returns the path at which the current state of a record is read.
fn build_href(entity: FeedEntity, key: &str) -> String {
    let (first, second) = key.split_once('/').unwrap_or((key, ""));
    let path = match entity {
        FeedEntity::Report => format!("projects/{first}/reports/{second}"),
        FeedEntity::Project => format!("projects/{key}"),
        FeedEntity::Cycle => format!("cycles/{key}"),
        FeedEntity::Plan => format!("cities/{first}/plans/{second}"),
        FeedEntity::City => format!("cities/{key}"),
        FeedEntity::Partner => format!("partners/{key}"),
        FeedEntity::Country => "countries".to_owned(),
        FeedEntity::PlanCycle => "plan-cycles".to_owned(),
        FeedEntity::Release => format!("releases/{key}"),
        FeedEntity::Document => match first {
            "partner_types" => "partner-types".to_owned(),
            "chairs" | "shepherds" | "annual_meetings" => "chairs".to_owned(),
            _ => "framework".to_owned(),
        },
    };
    format!("/api/v1/{path}")
}

fn to_json_value<T: Serialize>(value: &T) -> ApiResult<Value> {
    serde_json::to_value(value).map_err(|e| ApiError::Internal(Box::new(e)))
}

/// Builds the public view of a record.
fn render_record(record: PublicRecord) -> ApiResult<Value> {
    match record {
        PublicRecord::Report(r) => to_json_value(&ApprovedReportView::from(r.as_ref())),
        PublicRecord::Project(p) => render_project(&p),
        PublicRecord::Cycle(c) => to_json_value(&CycleView::from(*c)),
        PublicRecord::Plan(p) => to_json_value(&PlanView::from(*p)),
        PublicRecord::City(c) => render_without_name(&CityView::new(*c, Language::DEFAULT)),
        PublicRecord::Partner(p) => to_json_value(&PartnerView::from(*p)),
        PublicRecord::Country(c) => render_without_name(&CountryView::new(*c, Language::DEFAULT)),
        PublicRecord::PlanCycle(p) => to_json_value(&PlanCycleView::from(*p)),
        PublicRecord::Release(r) => render_release(*r),
        PublicRecord::Document(d) => Ok(json!({ "kind": d.kind, "document": d.document })),
    }
}

/// Builds the view of a record that has a name in every language. It removes `name`, the name in the language of the
/// answer, because the feed is the same in all languages.
fn render_without_name<T: Serialize>(view: &T) -> ApiResult<Value> {
    let mut value = to_json_value(view)?;
    value.as_object_mut().map(|members| members.remove("name"));
    Ok(value)
}

/// Builds the view of a release, without its publisher and without the numbers of the journal. The difference of these
/// numbers between two releases would show how much was changed that is not public.
fn render_release(release: Release) -> ApiResult<Value> {
    let mut value = to_json_value(&ReleaseView::new(release, None))?;
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !JOURNALS_OWN.contains(&name.as_str()));
    }
    Ok(value)
}

fn render_project(project: &ApprovedProject) -> ApiResult<Value> {
    let mut value =
        to_json_value(&HeaderView::from_approved_copy(&project.header, project.version))?;
    let Some(members) = value.as_object_mut() else { return Ok(value) };
    let about = json!({
        "latest": to_json_value(&LatestView::from(&project.latest))?,
        "version": project.version,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
    });
    if let Value::Object(about) = about {
        members.extend(about);
    }
    Ok(value)
}
