//! Countries, cities and projects as the report lists them.

use chrono::{Datelike as _, NaiveDate};

use super::{
    exhibits::{Grid, grid},
    named::{Name, Tagged, tagged},
    says::Says,
};
use crate::domain::{
    alphabet::alphabetical,
    figures::{Dimension, Filter, Ground, Label, Measure, Question},
    language::Language,
    reference::{City, Country},
    release::Edition,
    report::{ApprovedReport, Status},
    value::{Percent, Title},
    words,
};

/// A project with what is reported of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Its code.
    pub(super) code: String,
    /// Its title in English.
    pub(super) title: String,
    /// Its title in the local language, where there is one.
    pub(super) title_local: Option<Tagged>,
    /// Its city.
    pub(super) city: String,
    /// Its focus area; none where no report tells.
    pub(super) focus_area: Option<String>,
    /// Where it stands.
    pub(super) status: Status,
    /// How much is done, 0 to 100; none where the report does not state it.
    pub(super) percent: Option<f64>,
    /// Its first day.
    pub(super) starts_on: Option<NaiveDate>,
    /// Its last day.
    pub(super) ends_on: Option<NaiveDate>,
}

/// A city that reports, or was to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CityPart {
    /// Its key.
    pub(super) key: String,
    /// Its names.
    pub(super) name: Name,
    /// Its projects with a report, by number; none for a city that was to report and did not.
    pub(super) lines: Vec<Line>,
}

/// A country with its cities.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CountryPart {
    /// Its code.
    pub(super) key: String,
    /// Its names.
    pub(super) name: Name,
    /// Its reports by status, in the order of the statuses.
    pub(super) statuses: Vec<(Label, i64)>,
    /// All its reports.
    pub(super) total: i64,
    /// Its cities in alphabetical order.
    pub(super) cities: Vec<CityPart>,
}

/// Lists the countries with a city that reports or was to, in alphabetical order.
pub(super) fn countries(edition: &Edition, ground: &Ground, says: Says) -> Vec<CountryPart> {
    let by_status = grid(ground, says, Dimension::Country, Dimension::Status);
    let parts = edition.frame.countries.iter().map(|c| country(c, &by_status, edition, says));
    let mut parts: Vec<CountryPart> = parts.filter(|p| !p.cities.is_empty()).collect();
    parts.sort_by_cached_key(|p| alphabetical(&p.name.name));
    parts
}

fn country(country: &Country, by_status: &Grid, edition: &Edition, says: Says) -> CountryPart {
    let key = country.code.as_str();
    let name = words::term(says.0, "country", &country.names, key);
    let counted = by_status.rows.iter().find(|(label, ..)| label.key == key);
    let labels = by_status.columns.iter().map(|(label, _)| label.clone());
    let counts = counted.map(|(_, counts, _)| counts.clone()).unwrap_or_default();
    let own = edition.frame.cities.iter().filter(|c| c.country == country.code);
    let mut cities: Vec<CityPart> =
        own.map(|c| city(c, edition, says)).filter(|(_, told)| *told).map(|(c, _)| c).collect();
    cities.sort_by_cached_key(|c| alphabetical(&c.name.name));
    CountryPart {
        key: key.to_owned(),
        name: Name::new(name, &country.names, country.code),
        statuses: labels.zip(counts).collect(),
        total: counted.map_or(0, |(_, _, total)| *total),
        cities,
    }
}

/// Returns a city, and whether the report tells of it: it reports, or was to.
fn city(city: &City, edition: &Edition, says: Says) -> (CityPart, bool) {
    let own = edition.reports.iter().filter(|r| *r.code.city() == city.slug);
    let lines: Vec<Line> = own.map(|r| line(r, edition, says)).collect();
    let told = !lines.is_empty() || is_expected(city, edition);
    let key = city.slug.to_string();
    let name = Name::new(says.name(&city.names, &key), &city.names, city.country);
    (CityPart { key, name, lines }, told)
}

/// Says whether a city was to report: it joined in a year before that of the cut-off.
fn is_expected(city: &City, edition: &Edition) -> bool {
    city.joined_year < edition.frame.cycle.as_of.year()
}

/// Lists all projects, by city and number.
pub(super) fn lines(edition: &Edition, says: Says) -> Vec<Line> {
    let mut lines: Vec<Line> = edition.reports.iter().map(|r| line(r, edition, says)).collect();
    // Those of a city are in the order of their numbers already.
    lines.sort_by_cached_key(|l| alphabetical(&l.city));
    lines
}

fn line(report: &ApprovedReport, edition: &Edition, says: Says) -> Line {
    let details = &report.header.details;
    let key = report.code.city();
    let city = edition.frame.cities.iter().find(|c| c.slug == *key);
    let areas = &edition.frame.vocabulary.focus_areas;
    let title_local = details.title_local.as_ref().map(Title::as_str);
    Line {
        code: report.code.to_string(),
        title: details.title.to_string(),
        title_local: title_local.map(|t| tagged(t, report.country)),
        city: city.map_or_else(|| key.to_string(), |c| says.name(&c.names, key.as_str())),
        focus_area: details.focus_area.as_ref().map(|a| says.focus_area(areas, a.as_str())),
        status: report.content.status.unwrap_or(Status::NotStated),
        percent: report.content.percent_complete.map(Percent::value),
        starts_on: details.starts_on,
        ends_on: details.ends_on,
    }
}

/// What a release does not tell, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    /// All reports.
    pub(super) of: i64,
    /// Those whose status the source does not tell.
    pub(super) status: i64,
    /// Those that state no percentage.
    pub(super) percent: i64,
    /// Those of them of whose status none is stated by rule.
    pub(super) percent_by_rule: i64,
    /// Those without a first or last day.
    pub(super) dates: i64,
    /// Those without a focus area.
    pub(super) focus_area: i64,
    /// Cities with a report.
    pub(super) reporting: i64,
    /// Cities that were to report.
    pub(super) expected: i64,
    /// The cities that were to report and did not, with their countries, in alphabetical order.
    pub(super) silent: Vec<(Name, String)>,
}

/// Counts what a release does not tell.
pub(super) fn unknown(edition: &Edition, ground: &Ground, countries: &[CountryPart]) -> Unknown {
    let count = |is: &dyn Fn(&ApprovedReport) -> bool| {
        let found = edition.reports.iter().filter(|r| is(r)).count();
        i64::try_from(found).unwrap_or(i64::MAX)
    };
    let coverage = ground.table(&whole()).coverage;
    let silent = countries.iter().flat_map(|country| {
        let cities = country.cities.iter().filter(|c| c.lines.is_empty());
        cities.map(|city| (city.name.clone(), country.name.name.clone()))
    });
    let mut silent: Vec<(Name, String)> = silent.collect();
    silent.sort_by_cached_key(|(city, _)| alphabetical(&city.name));
    let without_percent = |r: &ApprovedReport| r.content.percent_complete.is_none();
    Unknown {
        of: count(&|_| true),
        status: coverage.not_stated,
        percent: count(&without_percent),
        percent_by_rule: count(&|r| {
            without_percent(r) && r.content.status.is_some_and(Status::without_percent)
        }),
        dates: count(&|r| {
            let details = &r.header.details;
            details.starts_on.is_none() || details.ends_on.is_none()
        }),
        focus_area: count(&|r| r.header.details.focus_area.is_none()),
        reporting: coverage.cities_reporting,
        expected: coverage.cities_expected,
        silent,
    }
}

/// Asks for everything, for its coverage.
fn whole() -> Question {
    Question {
        rows: Dimension::Status,
        columns: None,
        measure: Measure::Projects,
        filter: Filter::default(),
        language: Language::DEFAULT,
        receipts: false,
    }
}
