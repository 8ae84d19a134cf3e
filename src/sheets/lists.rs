//! The lists of allowed values behind the drop-downs.

use crate::domain::{
    parts::{Better, IndicatorKind, PartnerRole, PartnerStage},
    reference::{CountryCode, Term, Vocabulary},
    report::{PercentMethod, Status},
    value::words,
};

words! {
    /// A list of allowed values.
    List("list") {
        /// Focus areas.
        FocusAreas = "focus_areas",
        /// Sub-areas of all focus areas.
        SubAreas = "sub_areas",
        /// Strategic outcomes.
        Outcomes = "outcomes",
        /// Enablers.
        Enablers = "enablers",
        /// Sectors.
        Sectors = "sectors",
        /// Tags of the country's own scheme.
        Tags = "tags",
        /// Statuses of a project.
        Statuses = "statuses",
        /// How a percentage came about.
        PercentMethods = "percent_methods",
        /// What an indicator counts.
        IndicatorKinds = "indicator_kinds",
        /// In which direction an indicator gets better.
        Directions = "directions",
        /// What a partner does.
        Roles = "roles",
        /// How far a partnership has come.
        Stages = "stages",
        /// Currencies that are used here; any other of ISO 4217 is taken as well.
        Currencies = "currencies",
        /// Yes and no.
        YesNo = "yes_no",
    }
}

/// The currencies of the network's countries, and those that partners pay in.
const CURRENCIES: &[&str] = &[
    "BND", "KHR", "IDR", "LAK", "MYR", "MMK", "PHP", "SGD", "THB", "VND", "USD", "EUR", "JPY",
    "KRW", "AUD", "CNY", "GBP",
];

/// A value, and its name in English where it has another.
pub type Entry = (String, String);

impl List {
    /// Says whether another value may be right all the same.
    #[must_use]
    pub fn is_open(self) -> bool {
        self == Self::Currencies
    }

    /// Returns its values for the cities of a country.
    #[must_use]
    pub fn entries(self, words: &Vocabulary, country: CountryCode) -> Vec<Entry> {
        let own = |t: &&Term| t.parent.as_deref() == Some(country.as_str());
        match self {
            Self::FocusAreas => terms(words.focus_areas.iter()),
            Self::SubAreas => terms(words.sub_areas.iter()),
            Self::Outcomes => terms(words.outcomes.iter()),
            Self::Enablers => terms(words.enablers.iter()),
            Self::Sectors => terms(words.sectors.iter()),
            Self::Tags => terms(words.tags.iter().filter(own)),
            Self::Statuses => {
                plain(Status::ALL.iter().map(|s| s.as_str()).filter(|s| *s != "not_stated"))
            }
            Self::PercentMethods => plain(PercentMethod::ALL.iter().map(|s| s.as_str())),
            Self::IndicatorKinds => plain(IndicatorKind::ALL.iter().map(|s| s.as_str())),
            Self::Directions => plain(Better::ALL.iter().map(|s| s.as_str())),
            Self::Roles => plain(PartnerRole::ALL.iter().map(|s| s.as_str())),
            Self::Stages => plain(PartnerStage::ALL.iter().map(|s| s.as_str())),
            Self::Currencies => plain(CURRENCIES.iter().copied()),
            Self::YesNo => plain(["yes", "no"].into_iter()),
        }
    }
}

fn terms<'a>(terms: impl Iterator<Item = &'a Term>) -> Vec<Entry> {
    let name = |t: &Term| t.names.get("en").cloned().unwrap_or_else(|| t.slug.clone());
    terms.map(|t| (t.slug.clone(), name(t))).collect()
}

fn plain<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Entry> {
    words.map(|w| (w.to_owned(), w.replace('_', " "))).collect()
}
