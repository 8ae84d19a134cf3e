//! Changes as they are answered. A record is shown as strangers see it, whoever asks: the feed is the same for everybody
//! whom it reaches.

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

/// What a release tells of the journal. Whoever wants to check it reads the release itself.
const JOURNALS_OWN: [&str; 2] = ["seq", "journal_hash"];

/// A change of a public record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// Its number in the feed, from 1 without gaps.
    #[schema(example = 17)]
    pub feed: i64,
    /// When the public act was done: the approval, not what led to it.
    pub at: DateTime<Utc>,
    /// The kind of record.
    pub entity: FeedEntity,
    /// Its key, in segments where it is below another.
    #[schema(example = "da-nang-4/me-2022")]
    pub key: String,
    /// What became of it.
    pub action: FeedAction,
    /// The version of the copy that everybody reads.
    pub version: i64,
    /// Where it is read as it is now; null when it left public sight.
    #[schema(required, example = "/api/v1/projects/da-nang-4/reports/me-2022")]
    pub href: Option<String>,
    /// The record as it was approved or published by this change, with the members of the answer at `href` that depend on
    /// nobody and no day (a document as `kind` and `document`, as it was published; a release without `seq` and
    /// `journal_hash`); null when it left public sight.
    #[schema(required, value_type = Option<Object>)]
    pub record: Option<Value>,
}

/// Changes of public records, in the order in which they were made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ChangeList {
    /// The changes after the one that was asked for. Fewer than asked for, or none, does not mean that there are no more.
    pub items: Vec<ChangeView>,
    /// What to ask for next as `after`: the last number that was looked at.
    #[schema(minimum = 0, example = 17)]
    pub next: i64,
    /// The last number of the feed.
    #[schema(minimum = 0, example = 17)]
    pub head: i64,
    /// Whether there is nothing after `next` yet.
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

/// Returns where a record is read.
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

/// Shows a record as strangers see it.
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

/// Shows what has a name in every language: the one of the answer's language is left out, for the feed has none.
fn render_without_name<T: Serialize>(view: &T) -> ApiResult<Value> {
    let mut value = to_json_value(view)?;
    value.as_object_mut().map(|members| members.remove("name"));
    Ok(value)
}

/// Shows a release without who published it, and without the journal's own numbers: between two releases they count what
/// was done that is nobody else's affair.
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
