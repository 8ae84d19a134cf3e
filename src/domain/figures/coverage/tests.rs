use super::*;
use crate::domain::{
    cycle::CycleState,
    testing::{country, cycle, day, now, officer, representative, secretariat, slug, town},
    user::Scope,
};

fn city(key: &str, code: &str) -> City {
    City { time_zone: chrono_tz::Tz::UTC, ..town(key, code) }
}

fn filed(state: ReportState, ever_submitted: bool, last: &str) -> WorkingReport {
    let last_at: DateTime<Utc> = last.parse().unwrap();
    WorkingReport {
        state,
        ever_submitted,
        timing: SubmissionTiming::from_columns(state, None, ever_submitted.then_some(last_at)),
        last_at: Some(last_at),
    }
}

/// Da Nang has a project without a report, an archived one without a report, and a draft, a submitted and an approved
/// report. Two of its projects are public, one of them with an approved report. Vientiane has one project that was
/// never approved.
fn files() -> CoverageDataset {
    let worked = |archived, report| WorkingProject { city: slug("da-nang"), archived, report };
    let published =
        |approved| PublishedProject { city: slug("da-nang"), archived: false, approved };
    let submitted_at = "2026-11-17T00:00:00Z".parse().unwrap();
    CoverageDataset {
        cycle: cycle(CycleState::Open),
        cities: vec![city("da-nang", "VN"), city("vientiane", "LA")],
        countries: Vec::new(),
        working_projects: vec![
            worked(false, None),
            worked(true, None),
            worked(false, Some(filed(ReportState::Draft, false, "2026-11-19T00:00:00Z"))),
            worked(true, Some(filed(ReportState::Submitted, true, "2026-11-18T00:00:00Z"))),
            worked(false, Some(filed(ReportState::Approved, true, "2026-11-17T00:00:00Z"))),
            WorkingProject { city: slug("vientiane"), archived: false, report: None },
        ],
        published_projects: vec![
            published(Some(SubmissionTiming::SubmittedAt(submitted_at))),
            published(None),
        ],
        extensions: HashMap::from([(slug("da-nang"), day("2027-01-10"))]),
    }
}

fn standing(files: &CoverageDataset, actor: &Actor, at: DateTime<Utc>) -> CoverageCounts {
    let standings = files.count_coverage(actor, at).cities;
    standings.into_iter().find(|(c, _)| c.slug == slug("da-nang")).unwrap().1
}

#[test]
fn insiders_see_every_state_and_strangers_what_is_approved_and_the_rest() {
    let files = files();
    let own = standing(&files, &officer(1), now());
    let inside = own.insider_counts.unwrap();
    assert_eq!((own.expected, own.approved, own.count_not_approved()), (Some(4), 1, Some(3)));
    assert_eq!(
        (own.count_not_begun(), inside.draft, inside.submitted, inside.returned),
        (Some(1), 1, 1, 0)
    );
    assert_eq!((own.late, inside.extended), (Some(0), 1));
    let laos = Scope::Country(country("LA"));
    for role in [Role::CityOfficer, Role::NationalRepresentative] {
        let stranger = crate::domain::testing::actor(3, role, laos.clone());
        let seen = standing(&files, &stranger, now());
        assert_eq!((seen.expected, seen.approved, seen.insider_counts), (Some(2), 1, None));
        // They see whether approved reports were late, and not whether others are.
        assert_eq!(seen.late, Some(0));
    }
}

#[test]
fn strangers_see_how_many_approved_reports_were_late() {
    let mut files = files();
    let stranger =
        crate::domain::testing::actor(3, Role::CityOfficer, Scope::Country(country("LA")));
    let late = |files: &CoverageDataset| {
        standing(files, &stranger, "2027-02-01T00:00:00Z".parse().unwrap()).late
    };
    assert_eq!(late(&files), Some(0));
    files.published_projects[0].approved = Some(SubmissionTiming::Stated(true));
    assert_eq!(late(&files), Some(1));
    files.published_projects[1].approved = Some(SubmissionTiming::Unknown);
    assert_eq!(late(&files), None);
}

#[test]
fn when_a_draft_was_touched_is_known_to_its_city_alone() {
    let files = files();
    let last = |actor| standing(&files, &actor, now()).insider_counts.unwrap();
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!(last(officer(1)).last_activity, at("2026-11-19T00:00:00Z"));
    for other in [representative(2), secretariat(3)] {
        let inside = last(other);
        assert_eq!((inside.draft, inside.last_activity), (1, at("2026-11-18T00:00:00Z")));
    }
}

#[test]
fn what_was_never_begun_is_late_once_the_extension_is_over() {
    let files = files();
    let late = |at: &str| standing(&files, &officer(1), at.parse().unwrap()).late;
    assert_eq!(late("2027-01-10T23:59:59Z"), Some(0));
    assert_eq!(late("2027-01-11T00:00:00Z"), Some(2));
}

#[test]
fn nobody_says_what_an_imported_cycle_expected() {
    let mut files = files();
    files.cycle.imported = Some("ME22".into());
    let seen = standing(&files, &secretariat(1), now());
    assert_eq!((seen.expected, seen.count_not_approved(), seen.approved), (None, None, 1));
}

#[test]
fn a_sum_hides_what_one_of_its_parts_hides() {
    let (open, closed) = (
        CoverageCounts {
            expected: Some(3),
            approved: 1,
            late: Some(1),
            insider_counts: Some(InsiderCounts { draft: 2, ..InsiderCounts::default() }),
        },
        CoverageCounts { expected: Some(2), approved: 2, late: None, insider_counts: None },
    );
    let sum = CoverageCounts::sum([&open, &closed]);
    assert_eq!(
        (sum.expected, sum.approved, sum.late, sum.insider_counts),
        (Some(5), 3, None, None)
    );
    assert_eq!(CoverageCounts::sum([&open, &open]).insider_counts.map(|i| i.draft), Some(4));
}

/// The coverage of a cycle with these cities, in which nobody has a project.
fn without_projects(cities: Vec<City>) -> CoverageDataset {
    CoverageDataset {
        cities,
        working_projects: Vec::new(),
        published_projects: Vec::new(),
        extensions: HashMap::new(),
        ..files()
    }
}

#[test]
fn expected_city_without_a_project_is_a_row_of_zeros() {
    let cities = vec![
        City { joined_year: 2026, pilot: true, ..city("dili", "TL") },
        City { joined_year: 2025, ..city("denpasar", "ID") },
    ];
    let files = without_projects(cities);
    for actor in [secretariat(1), officer(2)] {
        let coverage = files.count_coverage(&actor, now());
        let [(denpasar, counts)] = coverage.cities[..] else { panic!("{coverage:?}") };
        assert_eq!(
            (denpasar.slug.as_str(), counts.expected, counts.approved),
            ("denpasar", Some(0), 0)
        );
        assert_eq!(coverage.count_reporting_cities(), (0, 1));
    }
}

#[test]
fn city_in_its_first_year_is_expected_once_it_has_an_approved_report() {
    let mut files = without_projects(vec![City { joined_year: 2026, ..city("dili", "TL") }]);
    let project = |report| WorkingProject { city: slug("dili"), archived: false, report };
    let seen = |files: &CoverageDataset, actor: &Actor| {
        let coverage = files.count_coverage(actor, now());
        let rows: Vec<Option<i64>> = coverage.cities.iter().map(|(_, c)| c.expected).collect();
        (rows, coverage.count_reporting_cities())
    };
    let (insider, stranger) = (secretariat(1), officer(2));
    files.working_projects = vec![project(None)];
    assert_eq!(seen(&files, &insider), (vec![], (0, 0)));
    // Who may see the submitted report sees that report. Nothing else is expected.
    let submitted = filed(ReportState::Submitted, true, "2026-11-18T00:00:00Z");
    files.working_projects.push(project(Some(submitted)));
    assert_eq!(seen(&files, &insider), (vec![Some(1)], (0, 0)));
    assert_eq!(seen(&files, &stranger), (vec![], (0, 0)));
    let approved = filed(ReportState::Approved, true, "2026-11-18T00:00:00Z");
    files.working_projects = vec![project(None), project(Some(approved))];
    let published = |approved| PublishedProject { city: slug("dili"), archived: false, approved };
    files.published_projects = vec![published(Some(SubmissionTiming::Unknown)), published(None)];
    assert_eq!(seen(&files, &insider), (vec![Some(2)], (1, 1)));
    assert_eq!(seen(&files, &stranger), (vec![Some(2)], (1, 1)));
}
