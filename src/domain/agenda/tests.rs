use super::*;
use crate::domain::testing::{self, city, country, slug};

fn standing(code: &str, city: &str, state: Option<ReportState>, ever: bool) -> ProjectReportState {
    ProjectReportState { country: country(code), city: slug(city), state, ever_submitted: ever }
}

fn joined(key: &str, code: &str, joined_year: i32) -> City {
    City { joined_year, ..testing::town(key, code) }
}

#[test]
fn expected_city_is_silent_until_it_submits_a_report() {
    let all = [
        standing("VN", "da-nang", Some(ReportState::Draft), false),
        standing("VN", "da-nang", Some(ReportState::Returned), true),
        standing("VN", "ha-noi", Some(ReportState::Draft), false),
        standing("TH", "phuket", None, false),
    ];
    let cities = [
        joined("da-nang", "VN", 2018),
        joined("ha-noi", "VN", 2018),
        joined("phuket", "TH", 2018),
        // No project yet.
        joined("vientiane", "LA", 2025),
        joined("dili", "TL", 2026),
    ];
    let as_of = testing::day("2026-12-31");
    let silent = list_silent_cities(&all, &cities, as_of);
    let expected = [("LA", "vientiane"), ("TH", "phuket"), ("VN", "ha-noi")];
    assert_eq!(silent, expected.map(|(code, city)| (country(code), slug(city))));
    let coverage = CountryReportCounts::count_by_country(&all, &cities, as_of);
    let vn = coverage[&country("VN")];
    assert_eq!((vn.projects, vn.draft, vn.returned, vn.to_write), (3, 2, 1, 0));
    assert_eq!(coverage[&country("LA")], CountryReportCounts::default());
    assert_eq!(coverage.len(), 3);
}

#[test]
fn city_in_its_first_year_counts_what_it_began() {
    let cities = [joined("dili", "TL", 2026)];
    let as_of = testing::day("2026-12-31");
    let count = |all: &[ProjectReportState]| {
        let counts = CountryReportCounts::count_by_country(all, &cities, as_of);
        counts.get(&country("TL")).map(|c| (c.projects, c.to_write, c.draft, c.submitted))
    };
    let unbegun = standing("TL", "dili", None, false);
    let draft = standing("TL", "dili", Some(ReportState::Draft), false);
    let submitted = standing("TL", "dili", Some(ReportState::Submitted), true);
    assert_eq!(count(std::slice::from_ref(&unbegun)), None);
    assert_eq!(count(&[unbegun.clone(), draft.clone()]), Some((1, 0, 1, 0)));
    // A city that reports is expected to report all its projects.
    assert_eq!(count(&[unbegun, draft, submitted.clone()]), Some((3, 1, 1, 1)));
    assert!(list_silent_cities(&[submitted], &cities, as_of).is_empty());
}

#[test]
fn deadlines_follow_the_roles_and_the_extensions() {
    use crate::domain::{cycle::CycleState, extension::ExtensionTerms, value::Prose};
    let all = [
        joined("da-nang", "VN", 2018),
        joined("hue", "VN", 2025),
        joined("dili", "TL", 2026),
        joined("vinh", "VN", 2026),
    ];
    let cities = DeadlineCities { all: &all, with_project: [slug("vinh")].into() };
    let days = |held: &[(Role, Scope)], state, extensions: &[DeadlineExtension]| {
        let cycles = [testing::cycle(state)];
        let all = list_deadlines(held, &cycles, &cities, extensions);
        all.into_iter().map(|d| format!("{} {}", d.on, d.key)).collect::<Vec<_>>()
    };
    let officer = [(Role::CityOfficer, city("da-nang", "VN"))];
    assert_eq!(days(&officer, CycleState::Open, &[]), ["2026-12-31 me-2026-due-da-nang"]);
    assert!(days(&officer, CycleState::Closed, &[]).is_empty());
    let terms = ExtensionTerms {
        due_on: testing::day("2027-02-01"),
        reason: Prose::parse("Flood.").unwrap(),
    };
    let da_nang = testing::town("da-nang", "VN");
    let more = [DeadlineExtension::grant_or_replace(None, &slug("me-2026"), &da_nang, terms)];
    assert_eq!(days(&officer, CycleState::Closed, &more), ["2027-02-01 me-2026-due-da-nang"]);
    let secretariat = [(Role::Secretariat, Scope::Network)];
    assert_eq!(
        days(&secretariat, CycleState::Scheduled, &[]),
        ["2026-12-31 me-2026-due", "2027-01-31 me-2026-review-due"]
    );
    assert!(days(&[(Role::Reader, Scope::Network)], CycleState::Open, &[]).is_empty());
    // An expected city has a deadline, even if it has no project yet.
    let due = |key: &str, code: &str| {
        days(&[(Role::CityOfficer, city(key, code))], CycleState::Open, &[])
    };
    assert_eq!(due("hue", "VN"), ["2026-12-31 me-2026-due-hue"]);
    // In its first year a city may report, but need not.
    assert_eq!(due("vinh", "VN"), ["2026-12-31 me-2026-due-vinh"]);
    assert!(due("dili", "TL").is_empty());
}

#[test]
fn an_office_is_vacant_when_nobody_holds_it_there() {
    let cities = BTreeSet::from([(country("VN"), slug("da-nang")), (country("VN"), slug("hue"))]);
    let held = BTreeSet::from([
        (Role::CityOfficer, city("hue", "VN")),
        // The secretariat of the network is neither an officer nor a representative.
        (Role::Secretariat, Scope::Network),
    ]);
    let vacant = list_vacancies(&cities, &held);
    let scopes: Vec<&Scope> = vacant.iter().map(|v| &v.scope).collect();
    assert_eq!(scopes, [&Scope::Country(country("VN")), &city("da-nang", "VN")]);
}
