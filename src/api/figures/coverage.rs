//! Coverage: what a cycle expects of each city, and how far that is, as far as the caller sees it.

use actix_web::{get, web::Data};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::params::{no_such_cycle, parse};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::Key,
        error::{ApiError, ApiResult},
        format::{Form, TABLE, Tabular as _},
        may::May,
        state::State,
    },
    domain::{
        cycle::CycleState,
        fault::ValueFault,
        figures::coverage::{CycleFiles, FORMULA, Standing},
        language::Language,
        policy::{Actor, ReadFigures},
        reference::{City, Country},
        value::Slug,
        words,
    },
    store::{Conn, cycles, figures, journal},
};

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_coverage);
}

/// Of which cycle.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageParams {
    /// The cycle.
    #[param(value_type = String, required = true, example = "me-2026")]
    pub cycle: Option<String>,
    /// The format, if not that of `Accept`.
    #[param(value_type = Form, required = false, inline)]
    pub format: Option<String>,
}

/// Defines a row of flat counts: what it is about, and how far the reports there are. What is not for the caller to see is
/// null, and is part of `not_yet_approved`.
macro_rules! standing_row {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, ToSchema)]
        pub struct $name {
            $($own)*
            /// The reports that are to be filed: one for each project of the plan, archived ones without a report aside. To strangers
            /// projects that were ever approved. Null for the cycles of the published history, of which nobody wrote it down.
            #[schema(required, example = 4)]
            pub expected: Option<i64>,
            /// Accepted.
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
            /// Came late, or are late by now, also where none was begun.
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
        let s: Standing = $standing;
        $name {
            $($own)*
            expected: s.expected,
            approved: s.approved,
            not_yet_approved: s.not_yet_approved(),
            to_write: s.to_write(),
            draft: s.inside.map(|i| i.draft),
            submitted: s.inside.map(|i| i.submitted),
            returned: s.inside.map(|i| i.returned),
            late: s.inside.map(|i| i.late),
            extended: s.inside.map(|i| i.extended),
            last_activity: s.inside.and_then(|i| i.last_activity),
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
pub struct CoverageBasis {
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Its cut-off day.
    #[schema(example = "2026-12-31")]
    pub as_of: NaiveDate,
    /// Null: of a release nothing is still to come.
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
pub struct CitiesCoverage {
    /// Cities with an approved report in the cycle.
    #[schema(example = 26)]
    pub cities_reporting: usize,
    /// Cities of which something is expected, or that report all the same.
    #[schema(example = 26)]
    pub cities_expected: usize,
}

/// How far a cycle is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FiguresCoverage {
    /// What it rests on.
    pub basis: CoverageBasis,
    /// The cities within the caller's reach, by key: the pilots, and those of which something is expected.
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

/// Read how far a cycle is
///
/// What is expected of each city in a cycle, and where that stands. Every reader learns what is approved and what is not yet.
/// Where the rest stands, what is late and when something last happened is for the city, its representative and the
/// secretariat; to everybody else it is null. That there is a draft that was never submitted is counted for the latter two,
/// when it was touched is not told.
#[utoipa::path(tag = "figures", params(CoverageParams), responses((status = 200, body = FiguresCoverage)))]
#[get("/figures/coverage")]
async fn get_figures_coverage(
    may: May<ReadFigures, Query<CoverageParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let cycle = parse("cycle", params.cycle.as_deref(), Slug::parse)?
        .ok_or_else(|| ApiError::parameter("cycle", ValueFault::required()))?;
    let form = may.accept.choose(params.format.as_deref(), TABLE)?;
    let (now, language, actor) = (state.clock.now(), may.language, may.actor);
    let key = Key::of_records("figures/coverage", &actor, params, now)?;
    let key = key.in_language(language).in_form(form);
    let read = move |c: &mut Conn, _| count(c, &cycle, (&actor, now), language)?.answer_in(form);
    state.kept(key, read).await
}

fn count(
    conn: &mut Conn,
    cycle: &Slug,
    (actor, now): (&Actor, DateTime<Utc>),
    language: Language,
) -> ApiResult<FiguresCoverage> {
    let Some(cycle) = cycles::find(conn, cycle)? else {
        return Err(no_such_cycle(conn, "cycle"));
    };
    let seq = journal::head(conn)?.feed;
    let files = figures::files(conn, cycle)?;
    Ok(FiguresCoverage::new(&files, (actor, now), language, seq))
}

impl FiguresCoverage {
    fn new(
        files: &CycleFiles,
        (actor, now): (&Actor, DateTime<Utc>),
        language: Language,
        seq: i64,
    ) -> Self {
        let standings = files.standings(actor, now);
        let countries = files.by_country(&standings);
        let cycle = &files.cycle;
        Self {
            basis: CoverageBasis {
                cycle: cycle.slug.to_string(),
                as_of: cycle.as_of,
                release: None,
                seq,
                state: cycle.state,
                due_on: cycle.due_on,
            },
            total: Standing::sum(standings.iter().map(|(_, standing)| standing)).into(),
            coverage: CitiesCoverage::of(&standings),
            countries: countries.into_iter().map(|c| CountryCoverage::new(c, language)).collect(),
            cities: standings
                .into_iter()
                .map(|city| CityCoverage::new(files, city, language))
                .collect(),
            formula: words::say(language, FORMULA).into_owned(),
        }
    }
}

impl CitiesCoverage {
    fn of(standings: &[(&City, Standing)]) -> Self {
        let reporting = |s: &Standing| s.approved > 0;
        let count = |wanted: &dyn Fn(&Standing) -> bool| {
            standings.iter().filter(|(_, standing)| wanted(standing)).count()
        };
        Self {
            cities_reporting: count(&reporting),
            cities_expected: count(&|s| reporting(s) || s.expected.is_some_and(|n| n > 0)),
        }
    }
}

fn country_name(country: &Country, language: Language) -> String {
    words::term(language, "country", &country.names, country.code.as_str())
}

impl CityCoverage {
    fn new(files: &CycleFiles, (city, standing): (&City, Standing), language: Language) -> Self {
        let country = files.countries.iter().find(|c| c.code == city.country);
        standing_of!(
            standing,
            Self {
                city: city.slug.to_string(),
                city_name: words::name(language, &city.names, city.slug.as_str()).to_owned(),
                country: city.country.to_string(),
                country_name: country.map(|c| country_name(c, language)).unwrap_or_default(),
            }
        )
    }
}

impl CountryCoverage {
    fn new((country, standing): (&Country, Standing), language: Language) -> Self {
        standing_of!(
            standing,
            Self {
                country: country.code.to_string(),
                country_name: country_name(country, language),
            }
        )
    }
}

impl From<Standing> for StandingView {
    fn from(standing: Standing) -> Self {
        standing_of!(standing, Self {})
    }
}
