//! Countries, cities and projects as the report lists them, and the counts of what is unknown.

use chrono::NaiveDate;

use super::{
    exhibits::{CountGrid, count_grid},
    place_names::{PlaceName, TaggedText, tag_language},
    wording::ReportWording,
};
use crate::domain::{
    alphabet::alphabetical_key,
    expected_city::is_expected_city,
    figures::{AxisLabel, Dimension, FigureDataset, FigureFilter, FigureQuery, Measure},
    language::Language,
    reference::{City, Country},
    release::FullRelease,
    report::{ApprovedReport, ProjectStatus},
    value::{Percent, Title},
    wording,
};

/// A project with the content of its report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ProjectSummary {
    pub(super) code: String,
    /// The title in English.
    pub(super) title: String,
    /// The title in the local language, if there is one.
    pub(super) title_local: Option<TaggedText>,
    /// The name of the city.
    pub(super) city: String,
    /// The name of the focus area. `None` if the report states none.
    pub(super) focus_area: Option<String>,
    pub(super) status: ProjectStatus,
    /// The stated percentage of completion, 0 to 100.
    pub(super) percent: Option<f64>,
    pub(super) starts_on: Option<NaiveDate>,
    pub(super) ends_on: Option<NaiveDate>,
}

/// A city that reports or was expected to report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CitySection {
    pub(super) key: String,
    pub(super) name: PlaceName,
    /// The projects with a report, by number. Empty if the city was expected to report and did not.
    pub(super) projects: Vec<ProjectSummary>,
}

/// A country with its cities.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CountrySection {
    pub(super) key: String,
    pub(super) name: PlaceName,
    /// The number of reports by status, in the order of the statuses.
    pub(super) statuses: Vec<(AxisLabel, i64)>,
    /// The number of all reports.
    pub(super) total: i64,
    /// The cities in alphabetical order.
    pub(super) cities: Vec<CitySection>,
}

/// Lists in alphabetical order the countries that have a city which reports or was expected to report.
pub(super) fn list_countries(
    full_release: &FullRelease,
    dataset: &FigureDataset,
    says: ReportWording,
) -> Vec<CountrySection> {
    let by_status = count_grid(dataset, says, Dimension::Country, Dimension::Status);
    let parts = full_release
        .reference
        .countries
        .iter()
        .map(|c| build_country_section(c, &by_status, full_release, says));
    let mut parts: Vec<CountrySection> = parts.filter(|p| !p.cities.is_empty()).collect();
    parts.sort_by_cached_key(|p| alphabetical_key(&p.name.name));
    parts
}

fn build_country_section(
    country: &Country,
    by_status: &CountGrid,
    full_release: &FullRelease,
    says: ReportWording,
) -> CountrySection {
    let key = country.code.as_str();
    let name = wording::reference_label(says.0, "country", &country.names, key);
    let counted = by_status.rows.iter().find(|(label, ..)| label.key == key);
    let labels = by_status.columns.iter().map(|(label, _)| label.clone());
    let counts = counted.map(|(_, counts, _)| counts.clone()).unwrap_or_default();
    let own = full_release.reference.cities.iter().filter(|c| c.country == country.code);
    let mut cities: Vec<CitySection> = own
        .map(|c| build_city_section(c, full_release, says))
        .filter(|(_, listed)| *listed)
        .map(|(c, _)| c)
        .collect();
    cities.sort_by_cached_key(|c| alphabetical_key(&c.name.name));
    CountrySection {
        key: key.to_owned(),
        name: PlaceName::new(name, &country.names, country.code),
        statuses: labels.zip(counts).collect(),
        total: counted.map_or(0, |(_, _, total)| *total),
        cities,
    }
}

/// Returns a city, and whether the report lists it: it reports or was expected to report.
fn build_city_section(
    city: &City,
    full_release: &FullRelease,
    says: ReportWording,
) -> (CitySection, bool) {
    let own = full_release.reports.iter().filter(|r| *r.code.city() == city.slug);
    let lines: Vec<ProjectSummary> =
        own.map(|r| summarise_project(r, full_release, says)).collect();
    let as_of = full_release.reference.cycle.as_of;
    let listed = is_expected_city(city, as_of, !lines.is_empty());
    let key = city.slug.to_string();
    let name = PlaceName::new(says.name_record(&city.names, &key), &city.names, city.country);
    (CitySection { key, name, projects: lines }, listed)
}

/// Lists all projects, by the name of the city and by number.
pub(super) fn list_projects(
    full_release: &FullRelease,
    says: ReportWording,
) -> Vec<ProjectSummary> {
    let mut lines: Vec<ProjectSummary> =
        full_release.reports.iter().map(|r| summarise_project(r, full_release, says)).collect();
    // The sort is stable, and the projects of a city are in the order of their numbers already.
    lines.sort_by_cached_key(|l| alphabetical_key(&l.city));
    lines
}

fn summarise_project(
    report: &ApprovedReport,
    full_release: &FullRelease,
    says: ReportWording,
) -> ProjectSummary {
    let details = &report.header.details;
    let key = report.code.city();
    let city = full_release.reference.cities.iter().find(|c| c.slug == *key);
    let areas = &full_release.reference.vocabulary.focus_areas;
    let title_local = details.title_local.as_ref().map(Title::as_str);
    ProjectSummary {
        code: report.code.to_string(),
        title: details.title.to_string(),
        title_local: title_local.map(|t| tag_language(t, report.country)),
        city: city.map_or_else(|| key.to_string(), |c| says.name_record(&c.names, key.as_str())),
        focus_area: details.focus_area.as_ref().map(|a| says.name_focus_area(areas, a.as_str())),
        status: report.content.status.unwrap_or(ProjectStatus::NotStated),
        percent: report.content.percent_complete.map(Percent::value),
        starts_on: details.starts_on,
        ends_on: details.ends_on,
    }
}

/// Counts of what a release does not state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnknownCounts {
    /// All reports.
    pub(super) of: i64,
    /// Reports whose source states no status.
    pub(super) status: i64,
    /// Reports that state no percentage.
    pub(super) percent: i64,
    /// Reports that state no percentage because their status has none by rule. They are part of `percent`.
    pub(super) percent_by_rule: i64,
    /// Projects without a first or a last day.
    pub(super) dates: i64,
    /// Projects without a focus area.
    pub(super) focus_area: i64,
    pub(super) reporting: i64,
    pub(super) expected: i64,
    /// The cities that were expected to report and did not, each with the name of its country, in alphabetical order.
    pub(super) silent: Vec<(PlaceName, String)>,
}

pub(super) fn count_unknown(
    full_release: &FullRelease,
    dataset: &FigureDataset,
    countries: &[CountrySection],
) -> UnknownCounts {
    let count = |wanted: &dyn Fn(&ApprovedReport) -> bool| {
        let found = full_release.reports.iter().filter(|r| wanted(r)).count();
        i64::try_from(found).unwrap_or(i64::MAX)
    };
    let coverage = dataset.count_table(&build_coverage_question()).coverage;
    let silent = countries.iter().flat_map(|country| {
        let cities = country.cities.iter().filter(|c| c.projects.is_empty());
        cities.map(|city| (city.name.clone(), country.name.name.clone()))
    });
    let mut silent: Vec<(PlaceName, String)> = silent.collect();
    silent.sort_by_cached_key(|(city, _)| alphabetical_key(&city.name));
    let without_percent = |r: &ApprovedReport| r.content.percent_complete.is_none();
    UnknownCounts {
        of: count(&|_| true),
        status: coverage.not_stated,
        percent: count(&without_percent),
        percent_by_rule: count(&|r| {
            without_percent(r) && r.content.status.is_some_and(ProjectStatus::has_no_percent)
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

/// Builds a query for all reports. Only its coverage is used.
fn build_coverage_question() -> FigureQuery {
    FigureQuery {
        rows: Dimension::Status,
        columns: None,
        measure: Measure::Projects,
        filter: FigureFilter::default(),
        language: Language::DEFAULT,
        receipts: false,
    }
}
