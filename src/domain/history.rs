//! The published history: projects and reports of past cycles as the network's public reports list them, and what they
//! become here.
//!
//! Nothing is added to what a source says: a year stays known as a year only, a status that is not told is `not_stated`,
//! a partner that is none of the reference data is kept as stated. Not here: identifiers, the time, what is there already.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    cycle::ReportingCycle,
    fault::{FaultList, FieldFault},
    project::ProjectDetails,
    project_parts::{PartnerRole, PartnerStage},
    reference::{CountryCode, Partner, Vocabulary},
    report::Status,
    value::{Prose, Slug, Title, fold_for_search},
};

mod conversion;
mod records;

/// A file of published history.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryFile {
    /// What the file is.
    pub note: String,
    /// The cycles that were reported in.
    pub cycles: Vec<StatedCycle>,
    /// The projects with their reports, in the order of their numbers within a city.
    pub projects: Vec<StatedProject>,
    /// The publications that the file names by short keys.
    pub sources: BTreeMap<String, StatedSource>,
}

/// A past cycle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedCycle {
    /// Its key.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its cut-off day.
    pub as_of: String,
    /// The plan cycle whose projects it reports.
    pub plan_cycle: String,
    /// The publication.
    pub source: String,
}

/// A publication.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedSource {
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Where it is.
    pub url: String,
    /// Official or press.
    pub kind: String,
}

/// A project as published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedProject {
    /// The file's own key of it.
    pub key: String,
    /// Its city.
    pub city: String,
    /// Its latest title.
    pub title: String,
    /// Other titles.
    pub aliases: Vec<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// Its latest focus area.
    pub focus_area: Option<String>,
    /// Its sub-area.
    pub sub_area: Option<String>,
    /// One of the priority projects of the plan of 2018.
    pub priority_2018: bool,
    /// Its title in the plan of 2018.
    pub title_2018: Option<String>,
    /// The year in which it starts.
    pub starts_year: Option<i32>,
    /// The year in which it ends.
    pub ends_year: Option<i32>,
    /// Its partners.
    pub partners: Vec<StatedPartner>,
    /// Sums of money that were reported, of many kinds.
    pub money_reported: Vec<Value>,
    /// Numbers that were reported.
    pub figures_reported: Option<Map<String, Value>>,
    /// What stood in the way.
    pub barriers_reported: Option<String>,
    /// Where it comes from and what became of it.
    pub lineage_note: Option<String>,
    /// Its reports by cycle.
    pub reports: BTreeMap<String, StatedReport>,
    /// The publications that mention it.
    pub sources: Vec<String>,
}

/// A partner as published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedPartner {
    /// Its name.
    pub name: String,
    /// What it does, in words.
    pub role: String,
}

/// A report as published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedReport {
    /// The project's title in it.
    pub title: String,
    /// The project's focus area in it.
    pub focus_area: Option<String>,
    /// Where the project stands.
    pub status: String,
    /// How the status was found.
    pub basis: String,
}

/// The reference data that a history refers to.
#[derive(Debug, Clone)]
pub struct HistoryReference {
    /// The cities with their countries.
    pub cities: BTreeMap<Slug, CountryCode>,
    /// The plan cycles.
    pub plan_cycles: Vec<Slug>,
    /// The framework's words.
    pub vocabulary: Vocabulary,
    partners: BTreeMap<String, Slug>,
}

impl HistoryReference {
    /// Gathers what a history refers to.
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

    /// Finds a partner by its name or an alias, without regard to case. Nothing like it is good enough.
    fn find_partner(&self, name: &str) -> Option<&Slug> {
        self.partners.get(&fold_for_search(name))
    }
}

/// A history that was understood: records but for their identifiers.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// Closed cycles.
    pub cycles: Vec<ReportingCycle>,
    /// Projects with what hangs on them.
    pub projects: Vec<PlannedProject>,
}

/// A project to be recorded.
#[derive(Debug, Clone)]
pub struct PlannedProject {
    /// Its key in the file.
    pub import_key: String,
    /// Its city.
    pub city: Slug,
    /// Its country.
    pub country: CountryCode,
    /// Its number within the city: the order in the file, from 1.
    pub number: i64,
    /// The plan cycle it belongs to.
    pub plan_cycle: Slug,
    /// What is said of it.
    pub details: ProjectDetails,
    /// What has no field of its own.
    pub imported: Value,
    /// Its partners.
    pub partners: Vec<PlannedPartner>,
    /// Its reports, the earliest cut-off first.
    pub reports: Vec<PlannedReport>,
}

/// A partnership to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPartner {
    /// The partner of the reference data.
    pub partner: Option<Slug>,
    /// The name, where it is none of them.
    pub as_stated: Option<Title>,
    /// What it does, where the words mean just that.
    pub role: Option<PartnerRole>,
    /// How far it has come, where the words mean just that.
    pub stage: Option<PartnerStage>,
    /// The words.
    pub note: Prose,
}

/// A report to be recorded.
#[derive(Debug, Clone)]
pub struct PlannedReport {
    /// Its cycle.
    pub cycle: ReportingCycle,
    /// The project's title in it.
    pub title: Title,
    /// The project's focus area in it.
    pub focus_area: Option<Slug>,
    /// Where the project stands.
    pub status: Status,
    /// Source and basis.
    pub imported: Value,
}

impl HistoryFile {
    /// Understands the history against the reference data.
    ///
    /// # Errors
    /// Everything that is wrong with it, by JSON pointers into the file.
    pub fn plan_import(&self, known: &HistoryReference) -> Result<ImportPlan, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let plan = conversion::convert_history(self, known, &mut faults);
        faults.finish_with(plan)
    }
}

#[cfg(test)]
mod tests;
