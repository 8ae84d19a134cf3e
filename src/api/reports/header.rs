//! The project's record as a report froze it.

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

/// A project with what hangs on it, as frozen at the last submission of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HeaderView {
    /// The public code.
    #[schema(example = "da-nang-4")]
    pub code: String,
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The country.
    #[schema(example = "VN")]
    pub country: String,
    /// The plan cycle.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// Title in English.
    pub title: String,
    /// Title in the local language and script.
    #[schema(required)]
    pub title_local: Option<String>,
    /// What it is about.
    #[schema(required)]
    pub summary: Option<String>,
    /// The one focus area that official tables count it in; unknown for some imported projects.
    #[schema(required)]
    pub focus_area: Option<String>,
    /// Further focus areas.
    pub other_focus_areas: Vec<String>,
    /// A sub-area of its focus area.
    #[schema(required)]
    pub sub_area: Option<String>,
    /// Strategic outcomes of the framework.
    pub outcomes: Vec<String>,
    /// Enablers of the framework.
    pub enablers: Vec<String>,
    /// Sectors.
    pub sectors: Vec<String>,
    /// Tags of the country's own scheme.
    pub tags: Vec<String>,
    /// One of the plan's priority projects.
    pub priority: bool,
    /// First day; unknown for some imported projects.
    #[schema(required)]
    pub starts_on: Option<NaiveDate>,
    /// Last day; unknown for some imported projects.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// Why the dates lie outside the plan cycle, or what they are based on.
    #[schema(required)]
    pub dates_reason: Option<String>,
    /// The money planned for it.
    #[schema(required)]
    pub budget: Option<MoneyView>,
    /// Support the city looks for.
    #[schema(required)]
    pub support_required: Option<String>,
    /// Where it takes place.
    #[schema(required)]
    pub location: Option<LocationView>,
    /// Sustainable Development Goals.
    pub sdgs: Vec<i64>,
    /// Rights and inclusion.
    #[schema(required)]
    pub inclusion_note: Option<String>,
    /// The project that it grew out of.
    #[schema(required)]
    pub continues: Option<String>,
    /// No longer pursued or listed.
    pub archived: bool,
    /// What the published history says of it beyond these fields.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// Milestones, in the order of their days.
    pub milestones: Vec<MilestoneView>,
    /// Indicators, in the order of their making.
    pub indicators: Vec<IndicatorView>,
    /// Partnerships, in the order of their making.
    pub partnerships: Vec<PartnershipView>,
}

fn to_strings(slugs: &[Slug]) -> Vec<String> {
    slugs.iter().map(Slug::to_string).collect()
}

impl HeaderView {
    /// Shows what an approved copy of that version froze. Copies that were written before they bore their version in
    /// every part are shown as if they did.
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
