//! The project's record as a submission freezes it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::{
        parts::{IndicatorView, MilestoneView, PartnershipView},
        projects::LocationView,
        views::MoneyView,
    },
    domain::{
        project::{Header, ProjectCode},
        value::{Prose, Slug, Title},
    },
};

/// A project with its milestones, indicators and partnerships, as frozen at the last submission of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HeaderView {
    /// Public code: the slug of the city and a number that is never reused.
    #[schema(example = "da-nang-4")]
    pub code: String,
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// ISO 3166-1 alpha-2 code of the country.
    #[schema(example = "VN")]
    pub country: String,
    /// Slug of the plan cycle.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// Title in English.
    pub title: String,
    /// Title in the local language and script; null if none.
    #[schema(required)]
    pub title_local: Option<String>,
    /// Summary of the project; null for some imported projects.
    #[schema(required)]
    pub summary: Option<String>,
    /// Slug of the one focus area under which official tables count the project; null for some imported projects.
    #[schema(required)]
    pub focus_area: Option<String>,
    /// Slugs of further focus areas.
    pub other_focus_areas: Vec<String>,
    /// Slug of a sub-area of `focus_area`; null if none.
    #[schema(required)]
    pub sub_area: Option<String>,
    /// Slugs of strategic outcomes of the framework.
    pub outcomes: Vec<String>,
    /// Slugs of enablers of the framework.
    pub enablers: Vec<String>,
    /// Slugs of sectors.
    pub sectors: Vec<String>,
    /// Slugs of tags of the country's own scheme.
    pub tags: Vec<String>,
    /// `true` if the project is one of the plan's priority projects.
    pub priority: bool,
    /// First day of the project; null for some imported projects.
    #[schema(required)]
    pub starts_on: Option<NaiveDate>,
    /// Last day of the project; null for some imported projects.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// Reason for dates outside the plan cycle, or the basis of the dates; null if not stated.
    #[schema(required)]
    pub dates_reason: Option<String>,
    /// Money that is planned for the project; null if not stated.
    #[schema(required)]
    pub budget: Option<MoneyView>,
    /// Support that the city looks for; null if none.
    #[schema(required)]
    pub support_required: Option<String>,
    /// Location of the project; null if not stated.
    #[schema(required)]
    pub location: Option<LocationView>,
    /// Numbers of Sustainable Development Goals, 1 to 17.
    pub sdgs: Vec<i64>,
    /// Note on rights and inclusion: who is reached, and who might be left out. Null if none.
    #[schema(required)]
    pub inclusion_note: Option<String>,
    /// Code of the project that this project continues; null if none.
    #[schema(required)]
    pub continues: Option<String>,
    /// `true` if the project is no longer pursued or listed.
    pub archived: bool,
    /// Facts of the published history that have no field of their own; null for projects that were recorded in this
    /// service.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// Milestones, ordered by due day.
    pub milestones: Vec<MilestoneView>,
    /// Indicators, in the order in which they were added.
    pub indicators: Vec<IndicatorView>,
    /// Partnerships, in the order in which they were added.
    pub partnerships: Vec<PartnershipView>,
}

fn to_strings(slugs: &[Slug]) -> Vec<String> {
    slugs.iter().map(Slug::to_string).collect()
}

impl HeaderView {
    /// Builds the view of a header in the approved copy of this version. Older copies lack the version in the
    /// milestones, indicators and partnerships, so that it is filled in here.
    pub(in crate::api) fn from_approved_copy(header: &Header, version: i64) -> Self {
        Self::from(&header.clone().into_approved_copy(version))
    }
}

impl From<&Header> for HeaderView {
    fn from(h: &Header) -> Self {
        let d = &h.details;
        Self {
            code: h.code.to_string(),
            city: h.city.to_string(),
            country: h.country.to_string(),
            plan_cycle: h.plan_cycle.to_string(),
            title: d.title.to_string(),
            title_local: d.title_local.as_ref().map(Title::to_string),
            summary: d.summary.as_ref().map(Prose::to_string),
            focus_area: d.focus_area.as_ref().map(Slug::to_string),
            other_focus_areas: to_strings(&d.other_focus_areas),
            sub_area: d.sub_area.as_ref().map(Slug::to_string),
            outcomes: to_strings(&d.outcomes),
            enablers: to_strings(&d.enablers),
            sectors: to_strings(&d.sectors),
            tags: to_strings(&d.tags),
            priority: d.priority,
            starts_on: d.starts_on,
            ends_on: d.ends_on,
            dates_reason: d.dates_reason.as_ref().map(Prose::to_string),
            budget: d.budget.map(MoneyView::from),
            support_required: d.support_required.as_ref().map(Prose::to_string),
            location: d.location.clone().map(LocationView::from),
            sdgs: d.sdgs.clone(),
            inclusion_note: d.inclusion_note.as_ref().map(Prose::to_string),
            continues: d.continues.as_ref().map(ProjectCode::to_string),
            archived: d.archived,
            imported: h.imported.clone(),
            milestones: h.milestones.iter().cloned().map(MilestoneView::from).collect(),
            indicators: h.indicators.iter().cloned().map(IndicatorView::from).collect(),
            partnerships: h.partnerships.iter().cloned().map(PartnershipView::from).collect(),
        }
    }
}
