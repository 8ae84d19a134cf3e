//! Everything that figures are made of, as a plain value: it knows no database, and whoever has the records can make one.

use std::{collections::BTreeSet, sync::Arc};

use super::{Basis, Coverage, Dimension, Fact, Filter, UNKNOWN};
use crate::domain::{
    fault::ValueFault,
    policy::sight::Reachable,
    reference::{City, Country, Term, Vocabulary},
    report::Status,
    value::Slug,
};

/// Everything that figures are made of: the reports that the caller may read, and the reference data.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Which cycles and which day.
    pub basis: Basis,
    /// The approved reports that are counted, within the caller's reach: of one cycle, or the latest one of each project.
    /// By city and number, and within a project by cut-off.
    pub facts: Vec<Fact>,
    /// The countries, by code.
    pub countries: Vec<Country>,
    /// The cities, by slug.
    pub cities: Vec<City>,
    /// Cities with an approved project in any cycle.
    pub with_project: BTreeSet<Slug>,
    /// The framework's words.
    pub vocabulary: Arc<Vocabulary>,
    /// Where the caller reads approved data.
    pub reach: Reachable,
}

impl Ground {
    /// Keeps what lies within a reach: two tables are compared over the same places.
    #[must_use]
    pub fn within(mut self, reach: &Reachable) -> Self {
        self.facts.retain(|fact| reach.covers(fact.country, &fact.city));
        self.reach = reach.clone();
        self
    }

    /// Returns the framework's words of a dimension; none where the values are no words of it.
    pub(super) fn terms(&self, dimension: Dimension) -> &[Term] {
        match dimension {
            Dimension::FocusArea => &self.vocabulary.focus_areas,
            Dimension::SubArea => &self.vocabulary.sub_areas,
            Dimension::Outcome => &self.vocabulary.outcomes,
            Dimension::Enabler => &self.vocabulary.enablers,
            Dimension::Sector => &self.vocabulary.sectors,
            Dimension::Status | Dimension::Country | Dimension::City | Dimension::Cycle => &[],
        }
    }

    pub(super) fn sees(&self, city: &City) -> bool {
        self.reach.covers(city.country, &city.slug)
    }

    /// Returns every value that a filter on a dimension takes.
    fn values(&self, dimension: Dimension) -> Vec<String> {
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
                let known = self.terms(dimension).iter().map(|t| t.slug.clone());
                known.chain([UNKNOWN.to_owned()]).collect()
            }
        }
    }

    /// Refuses a filter for something that does not exist: a table of zeros would look like an answer.
    ///
    /// # Errors
    /// The first dimension with such a value, and the values that it takes.
    pub fn check(&self, filter: &Filter) -> Result<(), (Dimension, ValueFault)> {
        for (dimension, wanted) in &filter.wanted {
            let values = self.values(*dimension);
            if wanted.iter().any(|w| !values.contains(w)) {
                let what = dimension.as_str().replace('_', " ");
                return Err((*dimension, ValueFault::unknown(&what, values)));
            }
        }
        Ok(())
    }

    /// Returns the reports asked about, and how complete they are.
    pub(super) fn asked(&self, filter: &Filter) -> (Vec<&Fact>, Coverage) {
        self.asked_of(&self.basis, &self.facts.iter().collect::<Vec<_>>(), filter)
    }

    /// Returns those among some reports that are asked about, and how complete they are.
    pub(super) fn asked_of<'f>(
        &self,
        basis: &Basis,
        facts: &[&'f Fact],
        filter: &Filter,
    ) -> (Vec<&'f Fact>, Coverage) {
        let asked: BTreeSet<&Slug> = self.cities_asked(filter);
        let (cities_reporting, cities_expected) = self.reporting(basis, facts, &asked);
        // A report that does not tell its status may be of any: the coverage says how many, whatever status is asked for.
        let mut not_stated = 0;
        let facts: Vec<&Fact> = facts
            .iter()
            .copied()
            .filter(|fact| asked.contains(&fact.city) && filter.admits_but_status(fact))
            .inspect(|fact| not_stated += i64::from(fact.status == Status::NotStated))
            .filter(|fact| filter.admits(Dimension::Status, fact))
            .collect();
        let stale = count(facts.iter().filter(|fact| basis.is_stale(fact)).count());
        (facts, Coverage { cities_reporting, cities_expected, not_stated, stale })
    }

    fn cities_asked(&self, filter: &Filter) -> BTreeSet<&Slug> {
        self.cities
            .iter()
            .filter(|c| self.sees(c) && filter.admits_city(c))
            .map(|c| &c.slug)
            .collect()
    }

    /// Counts the cities asked about that report, and those that are expected to: who joined in a year
    /// before that of the cut-off, and who reports all the same.
    fn reporting(&self, basis: &Basis, facts: &[&Fact], asked: &BTreeSet<&Slug>) -> (i64, i64) {
        use chrono::Datelike as _;
        let reporting: BTreeSet<&Slug> =
            facts.iter().map(|f| &f.city).filter(|c| asked.contains(c)).collect();
        let expected = self
            .cities
            .iter()
            .filter(|c| asked.contains(&c.slug))
            .filter(|c| c.joined_year < basis.as_of.year() || reporting.contains(&c.slug))
            .count();
        (count(reporting.len()), count(expected))
    }
}

/// A number of things as JSON has it.
pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
