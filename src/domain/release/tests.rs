use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{errata::compare_reports, published, *};
use crate::domain::{
    figures::Dimension,
    journal::{to_canonical_json, to_hex},
    policy::visibility::ReadScope,
    project::ProjectCode,
    project_parts::Milestone,
    report::diff::ItemOp,
    testing,
    value::Percent,
};

fn reference(state: CycleState) -> ReleaseReference {
    ReleaseReference {
        cycle: testing::cycle(state),
        countries: Vec::new(),
        cities: Vec::new(),
        with_project: BTreeSet::new(),
        vocabulary: Vocabulary::default(),
        partner_types: BTreeMap::new(),
        rules: CountingRules::CURRENT,
    }
}

fn metadata() -> ReleaseMetadata {
    ReleaseMetadata {
        note: None,
        published: None,
        at: DateTime::UNIX_EPOCH,
        recorded: JournalPosition { seq: 7, hash: "0".repeat(64), feed: 3 },
    }
}

fn numbered(number: i64, hundredths: i64) -> ApprovedReport {
    let mut report = testing::approved();
    report.code = ProjectCode::new(report.code.city().clone(), number);
    report.content.percent_complete = Percent::from_hundredths(hundredths);
    report
}

fn first(reports: Vec<ApprovedReport>) -> FullRelease {
    publish_release(metadata(), reference(CycleState::Closed), reports, None).unwrap()
}

#[test]
fn only_a_closed_cycle_with_reports_is_published() {
    for open in [CycleState::Scheduled, CycleState::Open] {
        let refused = publish_release(metadata(), reference(open), vec![numbered(1, 0)], None);
        assert_eq!(refused, Err(PublishError::Cycle(open)));
    }
    let empty = publish_release(metadata(), reference(CycleState::Closed), Vec::new(), None);
    assert_eq!(empty, Err(PublishError::Empty));
    let release = first(vec![numbered(1, 0), numbered(2, 100)]).release;
    assert_eq!(release.release.as_str(), format!("{}-r1", release.cycle));
    assert_eq!((release.counts.reports, release.counts.cities), (2, 1));
    assert_eq!((release.seq, release.feed), (7, 3));
}

#[test]
fn the_next_release_says_what_became_another_and_why() {
    let full_release = first(vec![numbered(1, 1_000), numbered(2, 2_000), numbered(3, 3_000)]);
    let same = PreviousRelease { full_release: full_release.clone(), reasons: BTreeMap::new() };
    let again = publish_release(
        metadata(),
        reference(CycleState::Closed),
        full_release.reports.clone(),
        Some(same),
    );
    assert_eq!(again, Err(PublishError::Unchanged(full_release.release.release.clone())));

    let after = vec![numbered(1, 1_000), numbered(2, 2_500), numbered(4, 4_000)];
    let changed = after[1].code.clone();
    let reasons = [(changed.clone(), vec!["A slip.".to_owned()])].into();
    let before = PreviousRelease { full_release, reasons };
    let next = publish_release(metadata(), reference(CycleState::Closed), after, Some(before))
        .unwrap()
        .release;
    assert_eq!(next.number, 2);
    let told: Vec<(i64, ItemOp, usize)> =
        next.errata.iter().map(|e| (e.project.number(), e.change, e.fields.len())).collect();
    assert_eq!(told, [(2, ItemOp::Changed, 1), (3, ItemOp::Removed, 0), (4, ItemOp::Added, 0)]);
    let slip = &next.errata[0];
    assert_eq!((&slip.project, slip.reasons.as_slice()), (&changed, &["A slip.".to_owned()][..]));
    assert_eq!(slip.fields[0].pointer, "/percent_complete");
    assert_eq!((&slip.fields[0].from, &slip.fields[0].to), (&json!(20.0), &json!(25.0)));
}

#[test]
fn the_same_reports_have_no_errata_in_whatever_order() {
    let (a, b) = (numbered(1, 1), numbered(2, 2));
    assert_eq!(compare_reports(&[a.clone(), b.clone()], &[b, a]), []);
}

#[test]
fn a_part_that_is_only_counted_on_is_no_erratum() {
    let at = |version: i64, typed: i64, due_on: &str| {
        let mut report = numbered(1, 1_000);
        let milestone =
            Milestone { due_on: testing::day(due_on), version: typed, ..testing::milestone(7) };
        report.version = version;
        report.header.milestones = vec![milestone];
        report
    };
    let before = at(1, 1, "2025-06-30");
    let again = compare_reports(std::slice::from_ref(&before), &[at(2, 9, "2025-06-30")]);
    assert_eq!((again.len(), again[0].fields.len()), (1, 0));
    let later = compare_reports(&[before], &[at(2, 9, "2025-07-31")]);
    let [field] = &later[0].fields[..] else { panic!("{later:?}") };
    assert_eq!(field.pointer, "/header/milestones");
    assert_eq!((&field.from[0]["version"], &field.to[0]["version"]), (&json!(2), &json!(2)));
}

#[test]
fn the_hash_is_that_of_the_canonical_content() {
    for n in 0..3 {
        let reports: Vec<ApprovedReport> = (1..=n).map(|i| numbered(i, i)).collect();
        let (key, reference) = (testing::slug("me-2026-r1"), reference(CycleState::Closed));
        let whole = json!({ "reports": reports, "release": key, "frame": reference, "format": content_hash::FORMAT });
        let expected = to_hex(&Sha256::digest(to_canonical_json(&whole).unwrap().as_bytes()));
        assert_eq!(
            content_hash::hash_release(&key, &reference, &reports).unwrap(),
            expected,
            "{n}"
        );
    }
}

#[test]
fn published_figures_say_what_they_were_and_are() {
    use crate::domain::figures::Measure;
    let cell = |row: &str, value: Option<f64>| published::PublishedCell {
        row: row.to_owned(),
        column: "ongoing".to_owned(),
        value,
        known: 0,
        of: i64::from(value.is_some_and(|v| v > 0.0)),
    };
    let table = |cells| published::PublishedTable {
        measure: Measure::Projects,
        rows: Dimension::City,
        columns: Dimension::Status,
        cells,
    };
    let before = [table(vec![
        cell("a", Some(1.0)),
        cell("b", Some(2.0)),
        cell("gone", Some(3.0)),
        cell("left empty", Some(0.0)),
    ])];
    // A row without reports that is added or removed changes no figure.
    let after = [table(vec![
        cell("a", Some(1.0)),
        cell("b", None),
        cell("new", Some(4.0)),
        cell("came empty", Some(0.0)),
    ])];
    let told: Vec<(String, Option<f64>, Option<f64>)> =
        published::list_cell_changes(&before, &after)
            .into_iter()
            .map(|c| (c.row, c.from, c.to))
            .collect();
    assert_eq!(
        told,
        [
            ("b".to_owned(), Some(2.0), None),
            ("new".to_owned(), None, Some(4.0)),
            ("gone".to_owned(), Some(3.0), None)
        ]
    );
    assert!(published::list_cell_changes(&after, &after).is_empty());
}

#[test]
fn a_release_counts_what_it_froze_and_nothing_else() {
    let full_release = first(vec![numbered(1, 1_000)]);
    let ground = full_release.reference.build_dataset(
        &full_release.release.release,
        full_release.reports.iter().map(crate::domain::figures::ReportFact::from).collect(),
    );
    assert_eq!(ground.basis.release.as_ref(), Some(&full_release.release.release));
    assert_eq!(ground.basis.as_of, full_release.reference.cycle.as_of);
    assert_eq!(ground.reach, ReadScope { everything: true, ..ReadScope::default() });
    assert_eq!(ground.facts.len(), 1);
}

#[test]
fn what_came_late_is_known_where_something_was_due_and_every_report_has_its_time() {
    let city = testing::town("da-nang", "VN");
    let mut reference =
        ReleaseReference { cities: vec![city.clone()], ..reference(CycleState::Closed) };
    reference.cycle.due_on = Some(testing::day("2026-12-31"));
    let handed = |at: Option<&str>| {
        let submitted_at = at.map(|at| at.parse().unwrap());
        coverage::FrozenSubmission::from(&ApprovedReport { submitted_at, ..testing::approved() })
    };
    let late = |reference: &ReleaseReference, times: &[Option<&str>]| {
        let reports: Vec<_> = times.iter().map(|at| handed(*at)).collect();
        let told = reference.count_coverage(&reports);
        let [(_, standing)] = told.cities[..] else { panic!("{told:?}") };
        assert_eq!((standing.expected, standing.insider_counts), (None, None));
        (standing.approved, standing.late)
    };
    let (in_time, past_it) = (Some("2026-12-31T16:59:59Z"), Some("2026-12-31T17:00:00Z"));
    assert_eq!(late(&reference, &[in_time, past_it, past_it]), (3, Some(2)));
    assert_eq!(late(&reference, &[past_it, None]), (2, None));
    reference.cycle.due_on = None;
    assert_eq!(late(&reference, &[past_it]), (1, None));
}

#[test]
fn report_that_states_whether_it_was_late_is_not_compared_with_the_due_day() {
    let mut reference = reference(CycleState::Closed);
    reference.cities = vec![testing::town("da-nang", "VN")];
    let frozen = |late: Option<bool>, submitted_at: &str| {
        let submitted_at = Some(submitted_at.parse().unwrap());
        let report = ApprovedReport { submitted_at, late, ..testing::approved() };
        coverage::FrozenSubmission::from(&report)
    };
    let reports = [
        // First submitted in time, and corrected later.
        frozen(Some(false), "2027-03-01T00:00:00Z"),
        frozen(Some(true), "2027-03-01T00:00:00Z"),
        // Approved before this was recorded: the last submission counts.
        frozen(None, "2027-03-01T00:00:00Z"),
        frozen(None, "2026-11-01T00:00:00Z"),
    ];
    assert_eq!(reference.count_coverage(&reports).total().late, Some(2));
}

#[test]
fn rules_of_a_release_decide_which_cities_its_coverage_lists() {
    let town =
        |key: &str, joined_year, pilot| City { joined_year, pilot, ..testing::town(key, "VN") };
    let cities = vec![
        town("da-nang", 2018, true),
        town("ha-long", 2026, false),
        town("hue", 2025, false),
        town("vinh", 2026, true),
    ];
    let mut reference = ReleaseReference { cities, ..reference(CycleState::Closed) };
    let reports = [coverage::FrozenSubmission {
        city: testing::slug("ha-long"),
        timing: crate::domain::report::SubmissionTiming::Unknown,
    }];
    let count = |reference: &ReleaseReference| {
        let told = reference.count_coverage(&reports);
        let cities: Vec<String> =
            told.cities.iter().map(|(city, _)| city.slug.to_string()).collect();
        (cities.join(" "), told.total().approved, told.count_reporting_cities())
    };
    assert_eq!(count(&reference), ("da-nang ha-long hue".to_owned(), 1, (1, 3)));
    reference.rules = CountingRules::PilotCities;
    assert_eq!(count(&reference), ("da-nang ha-long vinh".to_owned(), 1, (1, 1)));
}

#[test]
fn release_states_the_rules_by_which_its_figures_were_counted() {
    let town = |key: &str, joined_year| City { joined_year, ..testing::town(key, "VN") };
    let cities = vec![town("da-nang", 2018), town("hue", 2025), town("vinh", 2026)];
    let publish = |rules| {
        let with_project = [testing::slug("vinh")].into();
        let reference = ReleaseReference {
            cities: cities.clone(),
            with_project,
            rules,
            ..reference(CycleState::Closed)
        };
        publish_release(metadata(), reference, vec![numbered(1, 1_000)], None).unwrap()
    };
    let rows = |full: &FullRelease| {
        let table = full.release.figures.iter().find(|t| t.rows == Dimension::City).unwrap();
        let mut rows: Vec<String> = table.cells.iter().map(|c| c.row.clone()).collect();
        rows.dedup();
        rows.join(" ")
    };
    let (old, new) = (publish(CountingRules::PilotCities), publish(CountingRules::CURRENT));
    assert_eq!((rows(&old), rows(&new)), ("da-nang vinh".into(), "da-nang hue".into()));
    assert_eq!(old.release.rules, CountingRules::PilotCities);
    // The canonical forms of older releases have no such member.
    let texts = |full: &FullRelease| {
        [to_canonical_json(&full.release).unwrap(), to_canonical_json(&full.reference).unwrap()]
    };
    assert!(texts(&old).iter().all(|text| !text.contains("rules")));
    assert!(texts(&new).iter().all(|text| text.contains(r#""rules":2"#)));
    let read: ReleaseReference = serde_json::from_str(&texts(&old)[1]).unwrap();
    assert_eq!(read, old.reference);
}
