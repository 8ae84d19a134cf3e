//! Everything that figures are made of, as a plain value: it knows no database, and whoever has the records can make one.

use std::{collections::BTreeSet, sync::Arc};

use super::{Dimension, FigureBasis, FigureFilter, ReportFact, ReportingCoverage, UNKNOWN};
use crate::domain::{
    fault::ValueFault,
    policy::visibility::ReadScope,
    reference::{City, Country, Vocabulary, VocabularyTerm},
    report::Status,
    value::Slug,
};

/// Everything that figures are made of: the reports that the caller may read, and the reference data.
#[derive(Debug, Clone)]
pub struct FigureDataset {
    /// Which cycles and which day.
    pub basis: FigureBasis,
    /// The approved reports that are counted, within the caller's reach: of one cycle, or the latest one of each project.
    /// By city and number, and within a project by cut-off.
    pub facts: Vec<ReportFact>,
    /// The countries, by code.
    pub countries: Vec<Country>,
    /// The cities, by slug.
    pub cities: Vec<City>,
    /// Cities with an approved project in any cycle.
    pub with_project: BTreeSet<Slug>,
    /// The framework's words.
    pub vocabulary: Arc<Vocabulary>,
    /// Where the caller reads approved data.
    pub reach: ReadScope,
}

impl FigureDataset {
    /// Keeps what lies within a reach: two tables are compared over the same places.
    #[must_use]
    pub fn restrict_to(mut self, reach: &ReadScope) -> Self {
        self.facts.retain(|fact| reach.covers_city(fact.country, &fact.city));
        self.reach = reach.clone();
        self
    }

    /// Returns the framework's words of a dimension; none where the values are no words of it.
    pub(super) fn list_terms(&self, dimension: Dimension) -> &[VocabularyTerm] {
        match dimension {
            Dimension::FocusArea => &self.vocabulary.focus_areas,
            Dimension::SubArea => &self.vocabulary.sub_areas,
            Dimension::Outcome => &self.vocabulary.outcomes,
            Dimension::Enabler => &self.vocabulary.enablers,
            Dimension::Sector => &self.vocabulary.sectors,
            Dimension::Status | Dimension::Country | Dimension::City | Dimension::Cycle => &[],
        }
    }

    pub(super) fn can_read_city(&self, city: &City) -> bool {
        self.reach.covers_city(city.country, &city.slug)
    }

    /// Returns every value that a filter on a dimension takes.
    fn list_values(&self, dimension: Dimension) -> Vec<String> {
        match dimension {
            Dimension::Status => Status::ALL.iter().map(ToString::to_string).collect(),
            Dimension::Country => self.countries.iter().map(|c| c.code.to_string()).collect(),
            Dimension::City => self.cities.iter().map(|c| c.slug.to_string()).collect(),
            Dimension::Cycle => self.basis.cycles.iter().map(|c| c.slug.to_string()).collect(),
            Dimension::FocusArea
            | Dimension::SubArea
            | Dimension::Outcome
            | Dimension::Enabler
            | Dimension::Sector => {
                let known = self.list_terms(dimension).iter().map(|t| t.slug.clone());
                known.chain([UNKNOWN.to_owned()]).collect()
            }
        }
    }

    /// Refuses a filter for something that does not exist: a table of zeros would look like an answer.
    ///
    /// # Errors
    /// The first dimension with such a value, and the values that it takes.
    pub fn check_filter(&self, filter: &FigureFilter) -> Result<(), (Dimension, ValueFault)> {
        for (dimension, wanted) in &filter.wanted {
            let values = self.list_values(*dimension);
            if wanted.iter().any(|w| !values.contains(w)) {
                let what = dimension.as_str().replace('_', " ");
                return Err((*dimension, ValueFault::unknown(&what, values)));
            }
        }
        Ok(())
    }

    /// Returns the reports asked about, and how complete they are.
    pub(super) fn select_facts(
        &self,
        filter: &FigureFilter,
    ) -> (Vec<&ReportFact>, ReportingCoverage) {
        self.select_facts_from(&self.basis, &self.facts.iter().collect::<Vec<_>>(), filter)
    }

    /// Returns those among some reports that are asked about, and how complete they are.
    pub(super) fn select_facts_from<'f>(
        &self,
        basis: &FigureBasis,
        facts: &[&'f ReportFact],
        filter: &FigureFilter,
    ) -> (Vec<&'f ReportFact>, ReportingCoverage) {
        let asked: BTreeSet<&Slug> = self.select_cities(filter);
        let (cities_reporting, cities_expected) = self.count_reporting_cities(basis, facts, &asked);
        // A report that does not tell its status may be of any: the coverage says how many, whatever status is asked for.
        let mut not_stated = 0;
        let facts: Vec<&ReportFact> = facts
            .iter()
            .copied()
            .filter(|fact| asked.contains(&fact.city) && filter.matches_except_status(fact))
            .inspect(|fact| not_stated += i64::from(fact.status == Status::NotStated))
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

    /// Counts the cities asked about that report, and those that are expected to: who joined in a year
    /// before that of the cut-off, and who reports all the same.
    fn count_reporting_cities(
        &self,
        basis: &FigureBasis,
        facts: &[&ReportFact],
        asked: &BTreeSet<&Slug>,
    ) -> (i64, i64) {
        use chrono::Datelike as _;
        let reporting: BTreeSet<&Slug> =
            facts.iter().map(|f| &f.city).filter(|c| asked.contains(c)).collect();
        let expected = self
            .cities
            .iter()
            .filter(|c| asked.contains(&c.slug))
            .filter(|c| c.joined_year < basis.as_of.year() || reporting.contains(&c.slug))
            .count();
        (to_count(reporting.len()), to_count(expected))
    }
}

/// A number of things as JSON has it.
pub(super) fn to_count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
