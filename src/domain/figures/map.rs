//! Figures on a map: the cities with where they lie and how their projects stand.

use super::{
    Dimension, Figure, FigureDataset, FigureQuery, Measure, ReportFact, ReportingCoverage,
    axis::TableAxis, tally::ReportTally,
};
use crate::domain::{reference::City, report::Status, wording};

/// A city on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapCity<'g> {
    /// The city.
    pub city: &'g City,
    /// Its name in the language asked for.
    pub name: String,
    /// Its country's name in that language.
    pub country_name: String,
    /// Its projects that are asked about.
    pub projects: i64,
    /// How many of them stand where, every status in order.
    pub statuses: Vec<(Status, i64)>,
    /// The mean of what they state of their progress.
    pub percent: Figure,
    /// Those that fell out of the list since their report.
    pub stale: i64,
}

impl FigureDataset {
    /// Returns the cities by key, those without a project included, with how their projects stand. The question's rows,
    /// columns and measure do not matter.
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
            Some(self.map_city(question, (city, label.name.clone()), &here))
        };
        (self.cities.iter().filter_map(place).collect(), coverage)
    }

    fn map_city<'g>(
        &'g self,
        question: &FigureQuery,
        (city, name): (&'g City, String),
        facts: &[&ReportFact],
    ) -> MapCity<'g> {
        let mut tally = ReportTally::default();
        for fact in facts {
            tally.add_fact(fact);
        }
        let count = |wanted: &dyn Fn(&ReportFact) -> bool| {
            super::dataset::to_count(facts.iter().filter(|fact| wanted(fact)).count())
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
            statuses: Status::ALL.iter().map(|s| (*s, count(&|f| f.status == *s))).collect(),
            percent: tally.to_figure(Measure::PercentComplete),
            stale: count(&|fact| self.basis.is_stale(fact)),
        }
    }
}

fn city_key(city: &City) -> &str {
    city.slug.as_str()
}
