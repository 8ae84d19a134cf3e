//! The rules by which figures choose the cities of their rows. A release keeps the rules under which it was published.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::value::Slug;

/// The rules by which a release was counted. They are stored as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum CountingRules {
    /// 1: rows are the pilot cities, the cities with an approved project and the cities with a counted report. The
    /// coverage of a release lists the pilot cities and the cities with a report, and expects the latter.
    #[default]
    PilotCities,
    /// 2: rows are the cities that are expected to report, and the cities with a counted report.
    ExpectedCities,
}

impl CountingRules {
    /// The rules of new releases, and of figures that belong to no release.
    pub const CURRENT: Self = Self::ExpectedCities;

    /// Returns the number of the rules, from 1.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::PilotCities => 1,
            Self::ExpectedCities => 2,
        }
    }

    /// Returns `true` for the first rules. They are left out of the canonical form, so that the hashes of the releases
    /// that were published before there were other rules stay valid.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::PilotCities
    }
}

impl TryFrom<i64> for CountingRules {
    type Error = String;
    fn try_from(number: i64) -> Result<Self, String> {
        [Self::PilotCities, Self::ExpectedCities]
            .into_iter()
            .find(|rules| rules.number() == number)
            .ok_or_else(|| format!("unknown counting rules {number}"))
    }
}
impl From<CountingRules> for i64 {
    fn from(rules: CountingRules) -> Self {
        rules.number()
    }
}

/// The cities that tables and maps list although no selected report is counted in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CityRows {
    /// The pilot cities, and these cities, which have an approved project in any cycle.
    PilotsAnd(BTreeSet<Slug>),
    /// The cities that are expected to report on the day of the figures.
    Expected,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_stored_as_their_number() {
        assert_eq!(serde_json::to_string(&CountingRules::CURRENT).unwrap(), "2");
        let read = |text: &str| serde_json::from_str::<CountingRules>(text).ok();
        assert_eq!(read("1"), Some(CountingRules::PilotCities));
        assert_eq!(read("2"), Some(CountingRules::ExpectedCities));
        assert_eq!((read("0"), read("3"), read("\"2\"")), (None, None, None));
        assert_eq!(CountingRules::default(), CountingRules::PilotCities);
    }
}
