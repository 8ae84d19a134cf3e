//! The parts of an approved report that figures need: plain data, from rows or from a frozen copy.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Dimension;
use crate::domain::{
    attainment::{UndefinedReason, compute_attainment},
    project::ProjectCode,
    project_parts::{Indicator, IndicatorKind, Milestone},
    reference::CountryCode,
    report::{ApprovedReport, ProjectStatus, ReportContent, progress::MilestoneWeighting},
    value::{Money, Percent, Prose, Slug, Title},
};

/// The parts of an approved report that figures need.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportFact {
    /// The project.
    pub code: ProjectCode,
    /// The project's city.
    pub city: Slug,
    /// The project's country.
    pub country: CountryCode,
    /// The cycle.
    pub cycle: Slug,
    /// The cycle's cut-off day.
    pub as_of: NaiveDate,
    /// The project's status.
    pub status: ProjectStatus,
    /// The completed percentage.
    pub percent: Option<Percent>,
    /// The project's focus area in that cycle.
    pub focus_area: Option<Slug>,
    /// The project's sub-area in that cycle.
    pub sub_area: Option<Slug>,
    /// Whether the project is one of the plan's priority projects.
    pub priority: bool,
    /// Money spent to date.
    pub spent: Option<Money>,
    /// The planned money; none if the header was not read.
    pub budget: Option<Money>,
    /// The partners that are in the reference data; empty if the header was not read.
    pub partners: Vec<Slug>,
    /// The values of the dimensions of which a report can have several.
    pub terms: BTreeMap<Dimension, Vec<String>>,
    /// The texts; none if they were not read, because plain counts do not need them.
    pub texts: Option<Box<FactTexts>>,
}

/// The values of a frozen header that no column has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactDetails {
    /// The planned money.
    pub budget: Option<Money>,
    /// Sustainable Development Goals, 1 to 17.
    pub sdgs: Vec<i64>,
    /// The partners that are in the reference data.
    pub partners: Vec<Slug>,
}

/// The texts of an approved report, and the values of its milestones and indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct FactTexts {
    /// The project's title in that cycle.
    pub title: Title,
    /// The reason for the status, if the city had to state one.
    pub status_reason: Option<Prose>,
    /// The weights of the milestones; none for a project without milestones.
    pub milestones: Option<MilestoneWeights>,
    /// The attainment of each outcome indicator, in the order of their creation.
    pub outcomes: Vec<IndicatorAttainment>,
}

/// Sums of milestone weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MilestoneWeights {
    /// Sum over the milestones that are reached.
    pub reached: i64,
    /// Sum over all milestones.
    pub total: i64,
}

/// The attainment of an indicator in one report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IndicatorAttainment {
    /// The share of the way from the baseline to the target: 0 at the baseline, 1 at the target.
    Share(f64),
    /// The report states a value, but its attainment is undefined.
    Undefined(UndefinedReason),
    /// The report states no value.
    NotMeasured,
}

impl ReportFact {
    /// Returns the report's values in a dimension; none if it states no value.
    #[must_use]
    pub fn list_keys(&self, dimension: Dimension) -> Vec<&str> {
        match dimension {
            Dimension::FocusArea => self.focus_area.iter().map(Slug::as_str).collect(),
            Dimension::SubArea => self.sub_area.iter().map(Slug::as_str).collect(),
            Dimension::Status => vec![self.status.as_str()],
            Dimension::Country => vec![self.country.as_str()],
            Dimension::City => vec![self.city.as_str()],
            Dimension::Cycle => vec![self.cycle.as_str()],
            Dimension::Outcome
            | Dimension::Enabler
            | Dimension::Sector
            | Dimension::Tag
            | Dimension::Sdg
            | Dimension::PartnerType => {
                self.terms.get(&dimension).into_iter().flatten().map(String::as_str).collect()
            }
        }
    }

    /// Adds the values of the frozen header that no column has.
    pub(crate) fn add_details(&mut self, details: FactDetails) {
        let FactDetails { budget, sdgs, partners } = details;
        let sdgs: BTreeSet<i64> = sdgs.into_iter().collect();
        if !sdgs.is_empty() {
            self.terms.insert(Dimension::Sdg, sdgs.iter().map(ToString::to_string).collect());
        }
        self.budget = budget;
        self.partners = partners;
    }

    /// Looks up the types of the partners. A partner without a known type has none.
    pub(crate) fn add_partner_types(&mut self, types: &BTreeMap<Slug, String>) {
        let own: BTreeSet<&String> = self.partners.iter().filter_map(|p| types.get(p)).collect();
        if !own.is_empty() {
            self.terms.insert(Dimension::PartnerType, own.into_iter().cloned().collect());
        }
    }

    /// Returns the percentage that counts in means. A cancelled project has none: its progress says nothing about the
    /// progress of the others.
    #[must_use]
    pub fn counted_percent(&self) -> Option<Percent> {
        self.percent.filter(|_| self.is_pursued())
    }

    /// Returns `true` unless the project is cancelled.
    #[must_use]
    pub const fn is_pursued(&self) -> bool {
        match self.status {
            ProjectStatus::Cancelled => false,
            ProjectStatus::Planning
            | ProjectStatus::Ongoing
            | ProjectStatus::Completed
            | ProjectStatus::Suspended
            | ProjectStatus::NotStated => true,
        }
    }
}

impl From<&ApprovedReport> for ReportFact {
    fn from(a: &ApprovedReport) -> Self {
        let (content, header) = (&a.content, &a.header);
        let details = &header.details;
        let terms = [
            (Dimension::Outcome, &details.outcomes),
            (Dimension::Enabler, &details.enablers),
            (Dimension::Sector, &details.sectors),
            (Dimension::Tag, &details.tags),
        ];
        let terms = terms.into_iter().filter(|(_, words)| !words.is_empty());
        let to_keys = |words: &[Slug]| words.iter().map(Slug::to_string).collect();
        let mut fact = Self {
            code: a.code.clone(),
            city: a.code.city().clone(),
            country: a.country,
            cycle: a.cycle.clone(),
            as_of: a.as_of,
            status: content.status.unwrap_or(ProjectStatus::NotStated),
            percent: content.percent_complete,
            focus_area: details.focus_area.clone(),
            sub_area: details.sub_area.clone(),
            priority: details.priority,
            spent: content.spent,
            budget: None,
            partners: Vec::new(),
            terms: terms.map(|(dimension, words)| (dimension, to_keys(words))).collect(),
            texts: Some(Box::new(FactTexts::new(
                details.title.clone(),
                &header.milestones,
                &header.indicators,
                content,
            ))),
        };
        fact.add_details(FactDetails {
            budget: details.budget,
            sdgs: details.sdgs.clone(),
            partners: header.partnerships.iter().filter_map(|p| p.partner.clone()).collect(),
        });
        fact
    }
}

impl FactTexts {
    /// Builds the texts from the title, milestones and indicators that the report froze, and from its content. Every day
    /// in them counts: the caller leaves out what came after a cut-off.
    #[must_use]
    pub fn new(
        title: Title,
        milestones: &[Milestone],
        indicators: &[Indicator],
        content: &ReportContent,
    ) -> Self {
        let outcomes = indicators.iter().filter(|i| match i.kind {
            IndicatorKind::Outcome => true,
            IndicatorKind::Output => false,
        });
        Self {
            title,
            status_reason: content.status_reason.clone(),
            milestones: MilestoneWeighting::from_milestones(milestones, content, None)
                .map(|w| MilestoneWeights { reached: w.reached, total: w.total }),
            outcomes: outcomes
                .map(|indicator| IndicatorAttainment::from_last_value(indicator, content))
                .collect(),
        }
    }
}

impl IndicatorAttainment {
    /// Computes the attainment of the last value that the report states for the indicator.
    fn from_last_value(indicator: &Indicator, content: &ReportContent) -> Self {
        let stated = content.indicator_values.iter().filter(|v| v.indicator_id == indicator.id);
        match stated.max_by_key(|v| v.measured_on).map(|v| compute_attainment(indicator, v.value)) {
            Some(Ok(share)) => Self::Share(share),
            Some(Err(why)) => Self::Undefined(why),
            None => Self::NotMeasured,
        }
    }
}
