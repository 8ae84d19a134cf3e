//! Response shapes of coverage: rows of counts, and their basis.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    figures::coverage::{CoverageCounts, CycleCoverage},
    language::Language,
    message::Message,
    reference::{City, Country},
    value::Slug,
    wording,
};

/// Defines a response shape with the counts of a city, of a country or of all cities, after its own fields. Counts that
/// the caller may not see are null; those reports are still part of `not_yet_approved`.
macro_rules! define_coverage_row {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, ToSchema)]
        pub(crate) struct $name {
            $($own)*
            /// The reports that are expected: one for each project of the plan. An archived project counts only if it
            /// has a report; so does a project of a city that is not expected to report. For callers who do not work on the city, only projects that were approved at least once
            /// count. Null for cycles imported from the published history, because nobody recorded what was expected,
            /// and for releases, because they do not hold it.
            #[schema(required, example = 4)]
            pub expected: Option<i64>,
            /// Approved reports. For a release: the reports that it holds.
            #[schema(example = 1)]
            pub approved: i64,
            /// Expected reports that are not approved: `expected` minus `approved`. Null if `expected` is null.
            #[schema(required, example = 3)]
            pub not_yet_approved: Option<i64>,
            /// Expected reports that nobody has begun. Null if the caller may not see it, or if `expected` is null.
            #[schema(required)]
            pub to_write: Option<i64>,
            /// Reports that are being written and are not submitted. Null if the caller may not see it, and for
            /// releases.
            #[schema(required)]
            pub draft: Option<i64>,
            /// Reports that wait for a decision. Null if the caller may not see it, and for releases.
            #[schema(required)]
            pub submitted: Option<i64>,
            /// Reports that were sent back to the city. Null if the caller may not see it, and for releases.
            #[schema(required)]
            pub returned: Option<i64>,
            /// Reports that were first submitted late or are late now, also if nobody has begun them. For callers who
            /// do not work on the city, and for a release: the approved reports that were first submitted late. A
            /// report that was approved before this was recorded counts by its last submission; a release compares
            /// that with the due day of the cycle, without extensions. Null if nothing was due, or if the time of a
            /// submission is unknown.
            #[schema(required)]
            pub late: Option<i64>,
            /// Cities that were given more time; 0 or 1 for a single city. Null if the caller may not see it, and for
            /// releases.
            #[schema(required)]
            pub extended: Option<i64>,
            /// When one of the reports was last edited, submitted or decided on, among those that the caller may read.
            /// Null if there is none, if the caller may not see it, and for releases.
            #[schema(required)]
            pub last_activity: Option<DateTime<Utc>>,
        }
    };
}

/// Builds a shape of `define_coverage_row!` from its counts and its own fields.
macro_rules! build_coverage_row {
    ($counts:expr, $name:tt { $($own:tt)* }) => {{
        let s: CoverageCounts = $counts;
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

define_coverage_row! {
    /// The counts of all cities. A count is null if the caller may not see it in one of the cities.
    StandingView {}
}
define_coverage_row! {
    /// The counts of a city. Counts that the caller may not see are null; those reports are still part of
    /// `not_yet_approved`.
    CityCoverage {
        /// The key of the city.
        #[schema(example = "da-nang")]
        pub city: String,
        /// The name of the city, in the language of the answer.
        #[schema(example = "Da Nang")]
        pub city_name: String,
        /// The ISO 3166-1 alpha-2 code of its country.
        #[schema(example = "VN")]
        pub country: String,
        /// The name of its country, in the language of the answer.
        #[schema(example = "Viet Nam")]
        pub country_name: String,
    }
}
define_coverage_row! {
    /// The counts of the cities of a country. A count is null if the caller may not see it in one of these cities.
    CountryCoverage {
        /// The ISO 3166-1 alpha-2 code of the country.
        #[schema(example = "VN")]
        pub country: String,
        /// The name of the country, in the language of the answer.
        #[schema(example = "Viet Nam")]
        pub country_name: String,
    }
}

/// The data that the coverage is counted from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CoverageBasis {
    /// The key of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The cut-off day of the cycle.
    #[schema(example = "2026-12-31")]
    pub as_of: NaiveDate,
    /// The key of the release whose reports are counted. Null for the cycle as it is now.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number in the feed of changes (`feed`) of the last public change that is included.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The state of the cycle. For a release: the state that the release froze.
    pub state: CycleState,
    /// The last day on which a report is on time, without extensions. Null if the cycle has no due day.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
}

/// How many cities report, and how many are expected to.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct CitiesCoverage {
    /// Cities with an approved report in the cycle.
    #[schema(example = 26)]
    pub cities_reporting: usize,
    /// Cities that are expected to report: those that joined in a year before the year of the cut-off, and those that
    /// report anyway. It is the same number as in tables. For a release with the `rules` 1: cities that report.
    #[schema(example = 26)]
    pub cities_expected: usize,
}

/// The coverage of a cycle or of a release.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresCoverage {
    /// The data that the coverage is counted from.
    pub basis: CoverageBasis,
    /// The cities that the caller may read, by key: those that are expected to report, also without a project, and those
    /// that began a report, if the caller may see it. For a release with the `rules` 1: the pilot cities, and the cities
    /// that report.
    pub cities: Vec<CityCoverage>,
    /// The countries of these cities, by code.
    pub countries: Vec<CountryCoverage>,
    /// The counts of all these cities together.
    pub total: StandingView,
    /// How many of these cities report, and how many are expected to.
    pub coverage: CitiesCoverage,
    /// How the counts are calculated, as a sentence in the language of the answer.
    pub formula: String,
}

pub(super) struct CoverageInput<'t> {
    pub(super) standings: &'t CycleCoverage<'t>,
    /// `None` for the cycle as it is now.
    pub(super) release: Option<&'t Slug>,
    pub(super) version: i64,
    pub(super) formula: Message,
}

impl FiguresCoverage {
    pub(super) fn new(input: &CoverageInput<'_>, language: Language) -> Self {
        let standings = input.standings;
        let (cities_reporting, cities_expected) = standings.count_reporting_cities();
        let countries = standings.sum_by_country().into_iter();
        let cities = standings.cities.iter();
        Self {
            basis: CoverageBasis::new(standings.cycle, input.release, input.version),
            total: standings.total().into(),
            coverage: CitiesCoverage { cities_reporting, cities_expected },
            countries: countries
                .map(|(country, counts)| CountryCoverage::new(country, counts, language))
                .collect(),
            cities: cities
                .map(|(city, counts)| {
                    let country = standings.countries.iter().find(|c| c.code == city.country);
                    CityCoverage::new(city, country, *counts, language)
                })
                .collect(),
            formula: input.formula.to_text(language),
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
        city: &City,
        country: Option<&Country>,
        counts: CoverageCounts,
        language: Language,
    ) -> Self {
        build_coverage_row!(
            counts,
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
    fn new(country: &Country, counts: CoverageCounts, language: Language) -> Self {
        build_coverage_row!(
            counts,
            Self {
                country: country.code.to_string(),
                country_name: country_name(country, language),
            }
        )
    }
}

impl From<CoverageCounts> for StandingView {
    fn from(counts: CoverageCounts) -> Self {
        build_coverage_row!(counts, Self {})
    }
}
