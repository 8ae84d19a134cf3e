//! Which reports are counted.

use std::collections::BTreeMap;

use super::{Dimension, ReportFact, UNKNOWN};
use crate::domain::reference::City;

/// Which reports are counted: those that have one of the wanted values in each dimension that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureFilter {
    /// The wanted values of each dimension; [`UNKNOWN`] means reports that do not tell.
    pub wanted: BTreeMap<Dimension, Vec<String>>,
    /// Only pilot cities, or only others.
    pub pilot: Option<bool>,
    /// Only priority projects, or only others.
    pub priority: Option<bool>,
}

impl FigureFilter {
    /// Says whether a value of a dimension is wanted.
    pub(super) fn includes_value(&self, dimension: Dimension, key: &str) -> bool {
        self.wanted.get(&dimension).is_none_or(|wanted| wanted.iter().any(|w| w == key))
    }

    /// Says whether a report has a wanted value in a dimension.
    pub(super) fn matches_dimension(&self, dimension: Dimension, fact: &ReportFact) -> bool {
        let keys = fact.list_keys(dimension);
        if keys.is_empty() {
            self.includes_value(dimension, UNKNOWN)
        } else {
            keys.into_iter().any(|key| self.includes_value(dimension, key))
        }
    }

    /// Says whether a report is asked about, whatever its status and city.
    pub(super) fn matches_except_status(&self, fact: &ReportFact) -> bool {
        let mut dimensions = self.wanted.keys().filter(|d| **d != Dimension::Status);
        self.priority.is_none_or(|p| fact.priority == p)
            && dimensions.all(|d| self.matches_dimension(*d, fact))
    }

    /// Says whether a city is asked about.
    pub(super) fn matches_city(&self, city: &City) -> bool {
        self.pilot.is_none_or(|pilot| city.pilot == pilot)
            && self.includes_value(Dimension::City, city.slug.as_str())
            && self.includes_value(Dimension::Country, city.country.as_str())
    }
}
