//! The published history: projects and reports of past cycles, from the network's public reports, and their conversion.
//!
//! The conversion adds nothing to a source: a year stays a year, a missing status becomes `not_stated`, and a partner
//! outside the reference data keeps its stated name. Identifiers, the time and existing records are not used here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    cycle::ReportingCycle,
    fault::{FaultList, FieldFault},
    project::ProjectDetails,
    project_parts::{PartnerRole, PartnerStage},
    reference::{CountryCode, Partner, Vocabulary},
    report::ProjectStatus,
    value::{Prose, Slug, Title, fold_for_search},
};

mod conversion;
mod records;

/// A file with the published history.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryFile {
    /// A description of the file.
    pub note: String,
    /// The past reporting cycles.
    pub cycles: Vec<StatedCycle>,
    /// The projects with their reports, in the order of their numbers within a city.
    pub projects: Vec<StatedProject>,
    /// The publications, by the short keys that the file uses for them.
    pub sources: BTreeMap<String, StatedSource>,
}

/// A past cycle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedCycle {
    /// The key of the cycle.
    pub slug: String,
    /// The name of the cycle.
    pub name: String,
    /// The cut-off day, as `YYYY-MM-DD`.
    pub as_of: String,
    /// The plan cycle whose projects are reported.
    pub plan_cycle: String,
    /// The short key of the publication.
    pub source: String,
}

/// A publication.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedSource {
    /// The title of the publication.
    pub title: String,
    /// The publisher.
    pub publisher: String,
    /// The web address.
    pub url: String,
    /// The kind of publication: official or press.
    pub kind: String,
}

/// A project as published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedProject {
    /// The key of the project in the file.
    pub key: String,
    /// The slug of the city.
    pub city: String,
    /// The latest title.
    pub title: String,
    /// Other titles.
    pub aliases: Vec<String>,
    /// A summary of the project.
    pub summary: Option<String>,
    /// The latest focus area.
    pub focus_area: Option<String>,
    /// The sub-area of the latest focus area.
    pub sub_area: Option<String>,
    /// Whether it is a priority project of the plan of 2018.
    pub priority_2018: bool,
    /// The title in the plan of 2018.
    pub title_2018: Option<String>,
    /// The year in which the project starts.
    pub starts_year: Option<i32>,
    /// The year in which the project ends.
    pub ends_year: Option<i32>,
    /// The partners.
    pub partners: Vec<StatedPartner>,
    /// Reported sums of money, of many kinds.
    pub money_reported: Vec<Value>,
    /// Reported numbers.
    pub figures_reported: Option<Map<String, Value>>,
    /// Reported obstacles.
    pub barriers_reported: Option<String>,
    /// Notes on the project's origin and later course.
    pub lineage_note: Option<String>,
    /// The reports, by cycle.
    pub reports: BTreeMap<String, StatedReport>,
    /// The short keys of the publications that mention the project.
    pub sources: Vec<String>,
}

/// A partner as published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedPartner {
    /// The name of the partner.
    pub name: String,
    /// What the partner does, in the publication's words.
    pub role: String,
}

/// A report as published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedReport {
    /// The project's title in the report.
    pub title: String,
    /// The project's focus area in the report.
    pub focus_area: Option<String>,
    /// The project's status.
    pub status: String,
    /// How the status was derived.
    pub basis: String,
}

/// The reference data that a history refers to.
#[derive(Debug, Clone)]
pub struct HistoryReference {
    /// The cities with their countries.
    pub cities: BTreeMap<Slug, CountryCode>,
    /// The plan cycles.
    pub plan_cycles: Vec<Slug>,
    /// The terms of the framework.
    pub vocabulary: Vocabulary,
    partners: BTreeMap<String, Slug>,
}

impl HistoryReference {
    /// Collects the reference data.
    #[must_use]
    pub fn new(
        cities: BTreeMap<Slug, CountryCode>,
        plan_cycles: Vec<Slug>,
        vocabulary: Vocabulary,
        partners: &[Partner],
    ) -> Self {
        let mut names = BTreeMap::new();
        for partner in partners {
            for name in std::iter::once(partner.name.as_str())
                .chain(partner.aliases.iter().map(String::as_str))
            {
                names.entry(fold_for_search(name)).or_insert_with(|| partner.slug.clone());
            }
        }
        Self { cities, plan_cycles, vocabulary, partners: names }
    }

    /// Finds a partner by its name or an alias, in search-folded form. A similar name is not accepted.
    fn find_partner(&self, name: &str) -> Option<&Slug> {
        self.partners.get(&fold_for_search(name))
    }
}

/// A converted history: complete records, except for their identifiers.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// The cycles, all closed.
    pub cycles: Vec<ReportingCycle>,
    /// The projects with their partnerships and reports.
    pub projects: Vec<PlannedProject>,
}

/// A project to be imported.
#[derive(Debug, Clone)]
pub struct PlannedProject {
    /// The key of the project in the file.
    pub import_key: String,
    /// The slug of the city.
    pub city: Slug,
    /// The country of the city.
    pub country: CountryCode,
    /// The number within the city, from 1, in the order of the file.
    pub number: i64,
    /// The plan cycle that the project belongs to.
    pub plan_cycle: Slug,
    /// The details of the project.
    pub details: ProjectDetails,
    /// Published data for which there is no field, as JSON.
    pub imported: Value,
    /// The partnerships.
    pub partners: Vec<PlannedPartner>,
    /// The reports, the earliest cut-off first.
    pub reports: Vec<PlannedReport>,
}

/// A partnership to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPartner {
    /// The partner, if it is in the reference data.
    pub partner: Option<Slug>,
    /// The stated name, if the partner is not in the reference data.
    pub as_stated: Option<Title>,
    /// The role, if the published words mean exactly this role.
    pub role: Option<PartnerRole>,
    /// The stage, if the published words mean exactly this stage.
    pub stage: Option<PartnerStage>,
    /// The published words.
    pub note: Prose,
}

/// A report to be imported.
#[derive(Debug, Clone)]
pub struct PlannedReport {
    /// The cycle of the report.
    pub cycle: ReportingCycle,
    /// The project's title in the report.
    pub title: Title,
    /// The project's focus area in the report.
    pub focus_area: Option<Slug>,
    /// The project's status.
    pub status: ProjectStatus,
    /// The source of the report and how its status was derived, as JSON.
    pub imported: Value,
}

impl HistoryFile {
    /// Converts the history into records, with the help of the reference data.
    ///
    /// # Errors
    /// Every fault, with JSON pointers into the file.
    pub fn plan_import(&self, known: &HistoryReference) -> Result<ImportPlan, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let plan = conversion::convert_history(self, known, &mut faults);
        faults.finish_with(plan)
    }
}

#[cfg(test)]
mod tests;
