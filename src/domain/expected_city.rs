//! Which cities are expected to report. Tables, maps, coverage, tasks, deadlines and vacancies all ask this file.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};

use super::{
    reference::{City, CountryCode},
    value::Slug,
};

/// Returns `true` if a city is expected to report: it joined in a year before the year of the day, or it reports.
///
/// `day` is the cut-off of the cycle or table, or today if no cycle is meant. `reports` is true if the city has a
/// report in the cycle that counts for the answer: an approved one in figures, a submitted one in tasks.
#[must_use]
pub(crate) fn is_expected_city(city: &City, day: NaiveDate, reports: bool) -> bool {
    reports || city.joined_year < day.year()
}

/// Lists the expected cities with their countries. Both functions get a city: `day` and `reports` are the arguments of
/// [`is_expected_city`].
#[must_use]
pub(crate) fn list_expected_cities(
    cities: &[City],
    day: impl Fn(&City) -> NaiveDate,
    reports: impl Fn(&City) -> bool,
) -> BTreeSet<(CountryCode, Slug)> {
    cities
        .iter()
        .filter(|city| is_expected_city(city, day(city), reports(city)))
        .map(|city| (city.country, city.slug.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{country, day, slug, town};

    fn joined(year: i32) -> City {
        City { joined_year: year, ..town("vinh", "VN") }
    }

    #[test]
    fn city_is_expected_from_the_year_after_it_joined() {
        let expected = |on: &str| is_expected_city(&joined(2025), day(on), false);
        assert!(!expected("2024-12-31") && !expected("2025-01-01") && !expected("2025-12-31"));
        assert!(expected("2026-01-01") && expected("2030-06-30"));
    }

    #[test]
    fn city_that_reports_is_expected_in_the_year_in_which_it_joined() {
        assert!(is_expected_city(&joined(2026), day("2026-12-31"), true));
        assert!(is_expected_city(&joined(2027), day("2026-12-31"), true));
    }

    #[test]
    fn pilot_flag_does_not_make_a_city_expected() {
        let pilot = City { pilot: true, ..joined(2026) };
        assert!(!is_expected_city(&pilot, day("2026-12-31"), false));
    }

    #[test]
    fn expected_cities_have_their_countries() {
        let cities = [
            town("da-nang", "VN"),
            joined(2026),
            City { joined_year: 2026, ..town("vientiane", "LA") },
        ];
        let reports = |city: &City| city.slug == slug("vientiane");
        let expected = list_expected_cities(&cities, |_city| day("2026-12-31"), reports);
        let found: Vec<_> = expected.into_iter().collect();
        assert_eq!(found, [(country("LA"), slug("vientiane")), (country("VN"), slug("da-nang"))]);
    }
}
