//! Figures for a map: the cities with their positions and the statuses of their projects.

use super::{
    Dimension, Figure, FigureDataset, FigureQuery, Measure, ReportFact, ReportingCoverage,
    axis::TableAxis, tally::ReportTally,
};
use crate::domain::{reference::City, report::ProjectStatus, wording};

/// A city on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapCity<'g> {
    /// The city.
    pub city: &'g City,
    /// The city's name in the requested language.
    pub name: String,
    /// The country's name in the requested language.
    pub country_name: String,
    /// Number of the city's selected projects.
    pub projects: i64,
    /// Number of these projects in each status, in the order of the statuses.
    pub statuses: Vec<(ProjectStatus, i64)>,
    /// Mean of the percentages that their reports state.
    pub percent: Figure,
    /// Number of these projects whose report is stale.
    pub stale: i64,
}

impl FigureDataset {
    /// Returns the cities ordered by key, with the statuses of their projects. Cities without a selected project are
    /// included. The rows, columns and measure of the question are ignored.
    #[must_use]
    pub fn map_cities(&self, question: &FigureQuery) -> (Vec<MapCity<'_>>, ReportingCoverage) {
        let (facts, coverage) = self.select_facts(&question.filter);
        if self.basis.is_empty() {
            return (Vec::new(), coverage);
        }
        let axis = TableAxis::new(Dimension::City, &[self], question, &facts);
        let place = |city| {
            let label = axis.labels().iter().find(|l| l.key == city_key(city))?;
            let here: Vec<&ReportFact> =
                facts.iter().filter(|f| f.city.as_str() == label.key).copied().collect();
            Some(self.map_city(question, city, label.name.clone(), &here))
        };
        (self.cities.iter().filter_map(place).collect(), coverage)
    }

    fn map_city<'g>(
        &'g self,
        question: &FigureQuery,
        city: &'g City,
        name: String,
        facts: &[&ReportFact],
    ) -> MapCity<'g> {
        let mut tally = ReportTally::default();
        for fact in facts {
            tally.add_fact(fact);
        }
        let count = |wanted: &dyn Fn(&ReportFact) -> bool| {
            crate::domain::value::to_count(facts.iter().filter(|fact| wanted(fact)).count())
        };
        let code = city.country.as_str();
        let country = self.countries.iter().find(|c| c.code == city.country);
        MapCity {
            city,
            name,
            country_name: country.map_or_else(
                || code.to_owned(),
                |c| wording::reference_label(question.language, "country", &c.names, code),
            ),
            projects: tally.report_count(),
            statuses: ProjectStatus::ALL.iter().map(|s| (*s, count(&|f| f.status == *s))).collect(),
            percent: tally.into_figure(Measure::PercentComplete),
            stale: count(&|fact| self.basis.is_stale(fact)),
        }
    }
}

fn city_key(city: &City) -> &str {
    city.slug.as_str()
}
