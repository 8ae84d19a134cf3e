//! The lists of allowed values for the drop-downs of a workbook.

use crate::domain::{
    project_parts::{IndicatorDirection, IndicatorKind, PartnerRole, PartnerStage},
    reference::{CountryCode, Vocabulary, VocabularyTerm},
    report::{PercentMethod, ProjectStatus},
    value::text_enum,
};

text_enum! {
    /// A list of allowed values.
    pub AllowedList(list) {
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
        /// How a percentage was determined.
        PercentMethods = "percent_methods",
        /// Kinds of indicator.
        IndicatorKinds = "indicator_kinds",
        /// The direction in which an indicator improves.
        Directions = "directions",
        /// Roles of a partner.
        Roles = "roles",
        /// Stages of a partnership.
        Stages = "stages",
        /// Suggested currencies. Every other currency of ISO 4217 is accepted too.
        Currencies = "currencies",
        /// Yes and no.
        YesNo = "yes_no",
    }
}

/// The currencies of the network's countries, and those in which partners pay.
const CURRENCIES: &[&str] = &[
    "BND", "KHR", "IDR", "LAK", "MYR", "MMK", "PHP", "SGD", "THB", "VND", "USD", "EUR", "JPY",
    "KRW", "AUD", "CNY", "GBP",
];

/// A value and its English name.
pub(crate) type AllowedValue = (String, String);

impl AllowedList {
    /// Returns `true` if values outside the list are accepted too.
    #[must_use]
    pub(crate) fn is_open(self) -> bool {
        self == Self::Currencies
    }

    /// Returns the values for the cities of a country. Tags are those of that country only.
    #[must_use]
    pub(crate) fn allowed_values(
        self,
        words: &Vocabulary,
        country: CountryCode,
    ) -> Vec<AllowedValue> {
        let own = |t: &&VocabularyTerm| t.parent.as_deref() == Some(country.as_str());
        match self {
            Self::FocusAreas => values_from_terms(words.focus_areas.iter()),
            Self::SubAreas => values_from_terms(words.sub_areas.iter()),
            Self::Outcomes => values_from_terms(words.outcomes.iter()),
            Self::Enablers => values_from_terms(words.enablers.iter()),
            Self::Sectors => values_from_terms(words.sectors.iter()),
            Self::Tags => values_from_terms(words.tags.iter().filter(own)),
            Self::Statuses => values_from_words(
                ProjectStatus::ALL.iter().map(|s| s.as_str()).filter(|s| *s != "not_stated"),
            ),
            Self::PercentMethods => {
                values_from_words(PercentMethod::ALL.iter().map(|s| s.as_str()))
            }
            Self::IndicatorKinds => {
                values_from_words(IndicatorKind::ALL.iter().map(|s| s.as_str()))
            }
            Self::Directions => {
                values_from_words(IndicatorDirection::ALL.iter().map(|s| s.as_str()))
            }
            Self::Roles => values_from_words(PartnerRole::ALL.iter().map(|s| s.as_str())),
            Self::Stages => values_from_words(PartnerStage::ALL.iter().map(|s| s.as_str())),
            Self::Currencies => values_from_words(CURRENCIES.iter().copied()),
            Self::YesNo => values_from_words(["yes", "no"].into_iter()),
        }
    }
}

fn values_from_terms<'a>(terms: impl Iterator<Item = &'a VocabularyTerm>) -> Vec<AllowedValue> {
    let name = |t: &VocabularyTerm| t.names.get("en").cloned().unwrap_or_else(|| t.slug.clone());
    terms.map(|t| (t.slug.clone(), name(t))).collect()
}

fn values_from_words<'a>(words: impl Iterator<Item = &'a str>) -> Vec<AllowedValue> {
    words.map(|w| (w.to_owned(), w.replace('_', " "))).collect()
}
