//! The data that figures are counted from, as plain values: no database is needed to build it.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    CityRows, Dimension, FigureBasis, FigureFilter, ReportFact, ReportingCoverage, UNKNOWN,
};
use crate::domain::{
    expected_city::is_expected_city,
    fault::ValueFault,
    policy::visibility::ReadScope,
    project::GOALS,
    reference::{City, Country, Vocabulary, VocabularyTerm},
    report::ProjectStatus,
    value::{Slug, to_count},
};

/// The data that figures are counted from: the reports that the caller may read, and the reference data.
#[derive(Debug, Clone)]
pub struct FigureDataset {
    /// The cycles and the cut-off day.
    pub basis: FigureBasis,
    /// The approved reports within the caller's read scope: those of one cycle, or the latest one of each project.
    /// Ordered by city and project number, and within a project by cut-off.
    pub facts: Vec<ReportFact>,
    /// The countries, ordered by code.
    pub countries: Vec<Country>,
    /// The cities, ordered by slug.
    pub cities: Vec<City>,
    /// The cities that have a row without a counted report.
    pub city_rows: CityRows,
    /// The terms of the framework.
    pub vocabulary: Arc<Vocabulary>,
    /// The places whose approved data the caller may read.
    pub reach: ReadScope,
}

impl FigureDataset {
    /// Restricts the dataset to a read scope, so that two tables are compared over the same places.
    #[must_use]
    pub fn restrict_to(mut self, reach: &ReadScope) -> Self {
        self.facts.retain(|fact| reach.covers_city(fact.country, &fact.city));
        self.reach = reach.clone();
        self
    }

    /// Returns the framework's terms of a dimension; none if the values of the dimension are no terms.
    pub(super) fn list_terms(&self, dimension: Dimension) -> &[VocabularyTerm] {
        match dimension {
            Dimension::FocusArea => &self.vocabulary.focus_areas,
            Dimension::SubArea => &self.vocabulary.sub_areas,
            Dimension::Outcome => &self.vocabulary.outcomes,
            Dimension::Enabler => &self.vocabulary.enablers,
            Dimension::Sector => &self.vocabulary.sectors,
            Dimension::Tag => &self.vocabulary.tags,
            Dimension::Status
            | Dimension::Country
            | Dimension::City
            | Dimension::Cycle
            | Dimension::Sdg
            | Dimension::PartnerType => &[],
        }
    }

    pub(super) fn can_read_city(&self, city: &City) -> bool {
        self.reach.covers_city(city.country, &city.slug)
    }

    /// Returns the cities that tables and maps list even if no selected report is counted in them.
    pub(super) fn list_city_rows(&self) -> BTreeSet<&Slug> {
        let reporting = collect_cities(&self.facts);
        let is_listed = |city: &&City| match &self.city_rows {
            CityRows::PilotsAnd(with_project) => city.pilot || with_project.contains(&city.slug),
            CityRows::Expected => {
                is_expected_city(city, self.basis.as_of, reporting.contains(&city.slug))
            }
        };
        self.cities.iter().filter(is_listed).map(|city| &city.slug).collect()
    }

    /// Returns every value that a filter on a dimension accepts.
    fn list_values(&self, dimension: Dimension) -> Vec<String> {
        match dimension {
            Dimension::Status => ProjectStatus::ALL.iter().map(ToString::to_string).collect(),
            Dimension::Country => self.countries.iter().map(|c| c.code.to_string()).collect(),
            Dimension::City => self.cities.iter().map(|c| c.slug.to_string()).collect(),
            Dimension::Cycle => self.basis.cycles.iter().map(|c| c.slug.to_string()).collect(),
            Dimension::FocusArea
            | Dimension::SubArea
            | Dimension::Outcome
            | Dimension::Enabler
            | Dimension::Sector
            | Dimension::Tag => {
                let known = self.list_terms(dimension).iter().map(|t| t.slug.clone());
                known.chain([UNKNOWN.to_owned()]).collect()
            }
            Dimension::Sdg => {
                let goals = GOALS.map(|goal| goal.to_string());
                goals.chain([UNKNOWN.to_owned()]).collect()
            }
            Dimension::PartnerType => {
                let types = self.vocabulary.partner_types.iter().cloned();
                types.chain([UNKNOWN.to_owned()]).collect()
            }
        }
    }

    /// Refuses a filter on a value that does not exist: a table of zeros would look like a real answer.
    ///
    /// # Errors
    /// The first dimension with such a value, and the accepted values.
    pub fn check_filter(&self, filter: &FigureFilter) -> Result<(), (Dimension, ValueFault)> {
        for (dimension, wanted) in &filter.wanted {
            let values = self.list_values(*dimension);
            if let Some(unknown) = wanted.iter().find(|w| !values.contains(w)) {
                let fault = ValueFault::unknown(dimension.name_value(), values);
                return Err((*dimension, fault.with_nearest(unknown)));
            }
        }
        Ok(())
    }

    /// Returns the selected reports, and how complete they are.
    pub(super) fn select_facts(
        &self,
        filter: &FigureFilter,
    ) -> (Vec<&ReportFact>, ReportingCoverage) {
        self.select_facts_from(&self.basis, &self.facts.iter().collect::<Vec<_>>(), filter)
    }

    /// Returns the selected reports among the given ones, and how complete they are.
    pub(super) fn select_facts_from<'f>(
        &self,
        basis: &FigureBasis,
        facts: &[&'f ReportFact],
        filter: &FigureFilter,
    ) -> (Vec<&'f ReportFact>, ReportingCoverage) {
        let asked: BTreeSet<&Slug> = self.select_cities(filter);
        let (cities_reporting, cities_expected) = self.count_reporting_cities(basis, facts, &asked);
        // A report without a status can have any status, so the coverage counts it before the filter on the status.
        let mut not_stated = 0;
        let facts: Vec<&ReportFact> = facts
            .iter()
            .copied()
            .filter(|fact| asked.contains(&fact.city) && filter.matches_except_status(fact))
            .inspect(|fact| not_stated += i64::from(fact.status == ProjectStatus::NotStated))
            .filter(|fact| filter.matches_dimension(Dimension::Status, fact))
            .collect();
        let stale = to_count(facts.iter().filter(|fact| basis.is_stale(fact)).count());
        (facts, ReportingCoverage { cities_reporting, cities_expected, not_stated, stale })
    }

    fn select_cities(&self, filter: &FigureFilter) -> BTreeSet<&Slug> {
        self.cities
            .iter()
            .filter(|c| self.can_read_city(c) && filter.matches_city(c))
            .map(|c| &c.slug)
            .collect()
    }

    /// Counts the selected cities that report, and those that are expected to.
    fn count_reporting_cities(
        &self,
        basis: &FigureBasis,
        facts: &[&ReportFact],
        asked: &BTreeSet<&Slug>,
    ) -> (i64, i64) {
        let mut reporting = collect_cities(facts.iter().copied());
        reporting.retain(|city| asked.contains(city));
        let expected = self
            .cities
            .iter()
            .filter(|c| asked.contains(&c.slug))
            .filter(|c| is_expected_city(c, basis.as_of, reporting.contains(&c.slug)))
            .count();
        (to_count(reporting.len()), to_count(expected))
    }
}

/// Collects the cities of some reports.
pub(super) fn collect_cities<'f>(
    facts: impl IntoIterator<Item = &'f ReportFact>,
) -> BTreeSet<&'f Slug> {
    let mut cities: Vec<&Slug> = facts.into_iter().map(|fact| &fact.city).collect();
    // The reports of a city follow each other, so this leaves few to sort.
    cities.dedup();
    cities.into_iter().collect()
}
