//! The filter that selects the reports to count.

use std::collections::BTreeMap;

use super::{Dimension, ReportFact, UNKNOWN};
use crate::domain::reference::City;

/// Selects the reports to count: those with one of the wanted values in each filtered dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureFilter {
    /// The wanted values of each filtered dimension. [`UNKNOWN`] selects reports without a value.
    pub wanted: BTreeMap<Dimension, Vec<String>>,
    /// `true` for pilot cities only, `false` for all other cities.
    pub pilot: Option<bool>,
    /// `true` for priority projects only, `false` for all other projects.
    pub priority: Option<bool>,
}

impl FigureFilter {
    /// Returns `true` if the filter accepts a value of a dimension.
    pub(super) fn includes_value(&self, dimension: Dimension, key: &str) -> bool {
        self.wanted.get(&dimension).is_none_or(|wanted| wanted.iter().any(|w| w == key))
    }

    /// Returns `true` if the filter accepts a report's values in a dimension.
    pub(super) fn matches_dimension(&self, dimension: Dimension, fact: &ReportFact) -> bool {
        let keys = fact.list_keys(dimension);
        if keys.is_empty() {
            self.includes_value(dimension, UNKNOWN)
        } else {
            keys.into_iter().any(|key| self.includes_value(dimension, key))
        }
    }

    /// Returns `true` if the filter accepts a report, apart from its status and from `pilot`.
    pub(super) fn matches_except_status(&self, fact: &ReportFact) -> bool {
        let mut dimensions = self.wanted.keys().filter(|d| **d != Dimension::Status);
        self.priority.is_none_or(|p| fact.priority == p)
            && dimensions.all(|d| self.matches_dimension(*d, fact))
    }

    /// Returns `true` if the filter accepts a city.
    pub(super) fn matches_city(&self, city: &City) -> bool {
        self.pilot.is_none_or(|pilot| city.pilot == pilot)
            && self.includes_value(Dimension::City, city.slug.as_str())
            && self.includes_value(Dimension::Country, city.country.as_str())
    }
}
