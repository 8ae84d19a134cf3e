//! Which reports are counted.

use std::collections::BTreeMap;

use super::{Dimension, Fact, UNKNOWN};
use crate::domain::reference::City;

/// Which reports are counted: those that have one of the wanted values in each dimension that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The wanted values of each dimension; [`UNKNOWN`] means reports that do not tell.
    pub wanted: BTreeMap<Dimension, Vec<String>>,
    /// Only pilot cities, or only others.
    pub pilot: Option<bool>,
    /// Only priority projects, or only others.
    pub priority: Option<bool>,
}

impl Filter {
    /// Says whether a value of a dimension is wanted.
    pub(super) fn wants(&self, dimension: Dimension, key: &str) -> bool {
        self.wanted.get(&dimension).is_none_or(|wanted| wanted.iter().any(|w| w == key))
    }

    /// Says whether a report has a wanted value in a dimension.
    pub(super) fn admits(&self, dimension: Dimension, fact: &Fact) -> bool {
        let keys = fact.keys(dimension);
        if keys.is_empty() {
            self.wants(dimension, UNKNOWN)
        } else {
            keys.into_iter().any(|key| self.wants(dimension, key))
        }
    }

    /// Says whether a report is asked about, whatever its status and city.
    pub(super) fn admits_but_status(&self, fact: &Fact) -> bool {
        let mut dimensions = self.wanted.keys().filter(|d| **d != Dimension::Status);
        self.priority.is_none_or(|p| fact.priority == p)
            && dimensions.all(|d| self.admits(*d, fact))
    }

    /// Says whether a city is asked about.
    pub(super) fn admits_city(&self, city: &City) -> bool {
        self.pilot.is_none_or(|pilot| city.pilot == pilot)
            && self.wants(Dimension::City, city.slug.as_str())
            && self.wants(Dimension::Country, city.country.as_str())
    }
}
