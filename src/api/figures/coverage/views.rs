//! The shapes of coverage: rows of flat counts, and what they rest on.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    figures::coverage::{CoverageCounts, CycleCoverage},
    language::Language,
    reference::{City, Country},
    value::Slug,
    wording,
};

/// Defines a row of flat counts: what it is about, and how far the reports there are. What is not for the caller to see is
/// null, and is part of `not_yet_approved`.
macro_rules! standing_row {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, ToSchema)]
        pub(crate) struct $name {
            $($own)*
            /// The reports that are to be filed: one for each project of the plan, archived ones without a report aside. To strangers
            /// projects that were ever approved. Null for the cycles of the published history, of which nobody wrote it down, and
            /// for releases, which hold nothing of it.
            #[schema(required, example = 4)]
            pub expected: Option<i64>,
            /// Accepted; of a release the reports that it holds.
            #[schema(example = 1)]
            pub approved: i64,
            /// Expected and not accepted; null where nobody wrote down what was expected.
            #[schema(required, example = 3)]
            pub not_yet_approved: Option<i64>,
            /// Not begun.
            #[schema(required)]
            pub to_write: Option<i64>,
            /// Being written and not handed in.
            #[schema(required)]
            pub draft: Option<i64>,
            /// Waiting for a decision.
            #[schema(required)]
            pub submitted: Option<i64>,
            /// Sent back to the city.
            #[schema(required)]
            pub returned: Option<i64>,
            /// Came late, or are late by now, also where none was begun. Of a release: of the reports that it holds those that were
            /// last handed in after the due day of the cycle, without regard to extensions, which are not frozen; null where nothing
            /// was due.
            #[schema(required)]
            pub late: Option<i64>,
            /// Cities that were given more time: 0 or 1 for a city.
            #[schema(required)]
            pub extended: Option<i64>,
            /// When a report was last edited, submitted or decided on, as far as the caller sees into it.
            #[schema(required)]
            pub last_activity: Option<DateTime<Utc>>,
        }
    };
}

/// Fills in a row of flat counts.
macro_rules! standing_of {
    ($standing:expr, $name:tt { $($own:tt)* }) => {{
        let s: CoverageCounts = $standing;
        $name {
            $($own)*
            expected: s.expected,
            approved: s.approved,
            not_yet_approved: s.count_not_approved(),
            to_write: s.count_not_begun(),
            draft: s.insider_counts.map(|i| i.draft),
            submitted: s.insider_counts.map(|i| i.submitted),
            returned: s.insider_counts.map(|i| i.returned),
            late: s.late,
            extended: s.insider_counts.map(|i| i.extended),
            last_activity: s.insider_counts.and_then(|i| i.last_activity),
        }
    }};
}

standing_row! {
    /// How far the reports of all cities are; null what is not for the caller to see in one of them.
    StandingView {}
}
standing_row! {
    /// How far the reports of a city are. What is not for the caller to see is null, and is part of `not_yet_approved`.
    CityCoverage {
        /// The city.
        #[schema(example = "da-nang")]
        pub city: String,
        /// Its name.
        #[schema(example = "Da Nang")]
        pub city_name: String,
        /// Its country.
        #[schema(example = "VN")]
        pub country: String,
        /// The country's name.
        #[schema(example = "Viet Nam")]
        pub country_name: String,
    }
}
standing_row! {
    /// How far the reports of a country's cities are; null what is not for the caller to see in one of them.
    CountryCoverage {
        /// The country.
        #[schema(example = "VN")]
        pub country: String,
        /// Its name.
        #[schema(example = "Viet Nam")]
        pub country_name: String,
    }
}

/// What the coverage rests on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CoverageBasis {
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Its cut-off day.
    #[schema(example = "2026-12-31")]
    pub as_of: NaiveDate,
    /// The release, for what one holds; null for the cycle as it is now.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number of the last public change that is counted in.
    #[schema(example = 1312)]
    pub seq: i64,
    /// Where the cycle stands.
    pub state: CycleState,
    /// The last day to be on time, without extensions; null where nothing is due.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
}

/// How many cities have come how far.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct CitiesCoverage {
    /// Cities with an approved report in the cycle.
    #[schema(example = 26)]
    pub cities_reporting: usize,
    /// Cities of which something is expected, or that report all the same.
    #[schema(example = 26)]
    pub cities_expected: usize,
}

/// How far a cycle is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresCoverage {
    /// What it rests on.
    pub basis: CoverageBasis,
    /// The cities within the caller's reach, by key: the pilots, and those that report or of which something is expected.
    pub cities: Vec<CityCoverage>,
    /// Their countries, by code.
    pub countries: Vec<CountryCoverage>,
    /// All of them.
    pub total: StandingView,
    /// How many cities have come how far.
    pub coverage: CitiesCoverage,
    /// How the counts are made.
    pub formula: String,
}

/// What the counts are of, and how they are made.
pub(super) struct CoverageInput<'t> {
    /// How far each city is.
    pub(super) standings: &'t CycleCoverage<'t>,
    /// The release that holds it; none for the cycle as it is now.
    pub(super) release: Option<&'t Slug>,
    /// The data version.
    pub(super) version: i64,
    /// How the counts are made.
    pub(super) formula: &'static str,
}

impl FiguresCoverage {
    pub(super) fn new(told: &CoverageInput<'_>, language: Language) -> Self {
        let standings = told.standings;
        let (cities_reporting, cities_expected) = standings.count_reporting_cities();
        let countries = standings.sum_by_country().into_iter();
        let cities = standings.cities.iter();
        Self {
            basis: CoverageBasis::new(standings.cycle, told.release, told.version),
            total: standings.total().into(),
            coverage: CitiesCoverage { cities_reporting, cities_expected },
            countries: countries.map(|c| CountryCoverage::new(c, language)).collect(),
            cities: cities
                .map(|city| CityCoverage::new(standings.countries, *city, language))
                .collect(),
            formula: wording::translate_sentence(language, told.formula).into_owned(),
        }
    }
}

impl CoverageBasis {
    fn new(cycle: &ReportingCycle, release: Option<&Slug>, version: i64) -> Self {
        Self {
            cycle: cycle.slug.to_string(),
            as_of: cycle.as_of,
            release: release.map(ToString::to_string),
            seq: version,
            state: cycle.state,
            due_on: cycle.due_on,
        }
    }
}

fn country_name(country: &Country, language: Language) -> String {
    wording::reference_label(language, "country", &country.names, country.code.as_str())
}

impl CityCoverage {
    fn new(
        countries: &[Country],
        (city, standing): (&City, CoverageCounts),
        language: Language,
    ) -> Self {
        let country = countries.iter().find(|c| c.code == city.country);
        standing_of!(
            standing,
            Self {
                city: city.slug.to_string(),
                city_name: wording::choose_name(language, &city.names, city.slug.as_str())
                    .to_owned(),
                country: city.country.to_string(),
                country_name: country.map(|c| country_name(c, language)).unwrap_or_default(),
            }
        )
    }
}

impl CountryCoverage {
    fn new((country, standing): (&Country, CoverageCounts), language: Language) -> Self {
        standing_of!(
            standing,
            Self {
                country: country.code.to_string(),
                country_name: country_name(country, language),
            }
        )
    }
}

impl From<CoverageCounts> for StandingView {
    fn from(standing: CoverageCounts) -> Self {
        standing_of!(standing, Self {})
    }
}
