//! Parsing the content of a report.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    project_parts::{IndicatorDirection, IndicatorKind},
    raw_values::RawMoney,
    testing::{day, milestone, project, ready},
    value::{CurrencyCode, Title},
};

fn id<T>(n: u128) -> Id<T> {
    Id::new(uuid::Uuid::from_u128(n))
}
fn indicator(n: u128) -> Indicator {
    Indicator {
        id: id(n),
        project: project().id,
        code: project().code,
        name: Title::parse("Minutes lost").unwrap(),
        kind: IndicatorKind::Outcome,
        unit: Title::parse("min").unwrap(),
        better: IndicatorDirection::Down,
        baseline: None,
        target: None,
        version: 1,
    }
}
fn parse(raw: RawReport) -> Result<ReportContent, Vec<String>> {
    let (milestones, indicators) = (vec![milestone(1), milestone(2)], vec![indicator(3)]);
    let known = ReportContext {
        milestones: &milestones,
        indicators: &indicators,
        cut_off: day("2026-12-31"),
        earlier: None,
    };
    raw.parse(known)
        .map_err(|faults| faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect())
}
fn text(n: u128) -> String {
    uuid::Uuid::from_u128(n).to_string()
}
fn done(n: u128, on: &str) -> RawMilestoneDone {
    RawMilestoneDone { milestone_id: Some(text(n)), completed_on: Some(on.to_owned()) }
}
fn value(n: u128, value: f64, on: &str) -> RawIndicatorValue {
    RawIndicatorValue {
        indicator_id: Some(text(n)),
        value: Some(value),
        measured_on: Some(on.to_owned()),
    }
}
fn link(url: &str) -> RawEvidence {
    RawEvidence { title: Some("Minutes".to_owned()), url: Some(url.to_owned()) }
}

#[test]
fn nothing_is_required_before_the_submission() {
    assert_eq!(parse(RawReport::default()), Ok(ReportContent::default()));
}

#[test]
fn raw_form_of_a_content_is_parsed_to_the_same_content() {
    let content = ReportContent {
        status_reason: Some(Prose::parse("a strike").unwrap()),
        support_needed: Some(Prose::parse("advice").unwrap()),
        spent: Some(Money { amount_minor: 5, currency: CurrencyCode::parse("USD").unwrap() }),
        milestones: vec![MilestoneDone {
            milestone_id: milestone(1).id,
            completed_on: "2026-01-01".parse().unwrap(),
        }],
        indicator_values: vec![IndicatorValue {
            indicator_id: id(3),
            value: 2.5,
            measured_on: "2026-01-01".parse().unwrap(),
        }],
        evidence: vec![EvidenceLink {
            title: Title::parse("Minutes").unwrap(),
            url: HttpsUrl::parse("https://example.org").unwrap(),
        }],
        unchanged: true,
        ..ready()
    };
    assert_eq!(parse(RawReport::from(&content)), Ok(content));
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = parse(RawReport {
        status: Some("not_stated".to_owned()),
        status_reason: Some("\u{0}".to_owned()),
        percent_complete: Some(140.0),
        percent_method: Some("guess".to_owned()),
        achievements: Some("x".repeat(10_001)),
        challenges: Some("a \u{202E}b".to_owned()),
        next_steps: Some("  ".to_owned()),
        spent: Some(RawMoney { amount_minor: Some(-1), currency: Some("XXQ".to_owned()) }),
        milestones: vec![
            done(1, "2026-02-30"),
            done(9, "2026-02-01"),
            done(2, "2026-01-01"),
            done(2, "2026-01-02"),
        ],
        indicator_values: vec![
            value(3, 1.0, "2026-06-30"),
            value(3, f64::INFINITY, "2026-07-31"),
            value(3, 2.0, "2026-06-30"),
            value(1, 2.0, "2026-06-30"),
            RawIndicatorValue::default(),
        ],
        evidence: vec![
            link("http://example.org"),
            link("https://user:pw@example.org"),
            RawEvidence::default(),
        ],
        ..RawReport::default()
    })
    .unwrap_err();
    insta::assert_snapshot!("faults", faults.join("\n"));
}

#[test]
fn what_fields_say_together_is_named_beside_what_is_wrong_with_one() {
    let (milestones, earlier) = (vec![milestone(1), milestone(2)], ready());
    let faults = |raw: RawReport| -> Vec<String> {
        let known = ReportContext {
            milestones: &milestones,
            indicators: &[],
            cut_off: day("2026-12-31"),
            earlier: Some(&earlier),
        };
        let faults = raw.parse(known).unwrap_err();
        faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
    };
    let doubled = RawReport {
        status: Some("completed".to_owned()),
        percent_complete: Some(80.0),
        percent_method: Some("milestones".to_owned()),
        milestones: vec![done(1, "2026-01-01"), done(1, "2026-01-02")],
        unchanged: true,
        ..RawReport::default()
    };
    let expected = [
        "/milestones/1/milestone_id duplicate",
        "/percent_complete milestones_differ",
        "/status changed",
        "/percent_complete changed",
        "/milestones changed",
    ];
    assert_eq!(faults(doubled.clone()), expected);
    // With an unknown milestone, neither the milestones' percentage nor the change of the list is judged.
    let unknown = RawReport { milestones: vec![done(9, "2026-01-01")], ..doubled };
    let told = faults(unknown);
    assert_eq!(
        told,
        ["/milestones/0/milestone_id unknown", "/status changed", "/percent_complete changed"]
    );
}

#[test]
fn lists_that_are_too_long_are_not_looked_into() {
    let faults = parse(RawReport {
        evidence: vec![RawEvidence::default(); 51],
        indicator_values: vec![RawIndicatorValue::default(); 2001],
        milestones: vec![RawMilestoneDone::default(); 501],
        ..RawReport::default()
    });
    let expected = ["/milestones too_many", "/indicator_values too_many", "/evidence too_many"];
    assert_eq!(faults.unwrap_err(), expected);
}

#[test]
fn percentages_have_two_decimals() {
    let percent = |p| parse(RawReport { percent_complete: Some(p), ..RawReport::default() });
    assert_eq!(percent(62.55).unwrap().percent_complete.unwrap().hundredths(), 6255);
    // The result of a spreadsheet's computation is the same number up to its fifteenth digit.
    assert_eq!(percent(62.3 + 1e-14).unwrap().percent_complete.unwrap().hundredths(), 6230);
    assert!(percent(0.0).is_ok() && percent(100.0).is_ok());
    for wrong in [62.555, 1e-9, 0.001, 99.999_999_99, -0.01, 100.01, f64::NAN, f64::NEG_INFINITY] {
        assert!(percent(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn what_is_accepted_survives_the_journal(
        hundredths in proptest::option::of(0..=10_000_i64),
        measured in proptest::collection::btree_map(0..28_u32, -1e15..1e15_f64, 0..8),
        said in proptest::option::of("\\PC{1,40}"),
        unchanged in any::<bool>(),
    ) {
        let raw = RawReport {
            percent_complete: hundredths.and_then(Percent::from_hundredths).map(Percent::value),
            indicator_values: measured.iter().map(|(d, v)| value(3, *v, &format!("2026-02-{:02}", d + 1))).collect(),
            achievements: said,
            unchanged,
            ..RawReport::default()
        };
        if let Ok(content) = parse(raw) {
            prop_assert_eq!(content.percent_complete.map(Percent::hundredths), hundredths);
            let text = crate::domain::journal::to_canonical_json(&content).unwrap();
            let back: ReportContent = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&back, &content);
            prop_assert_eq!(crate::domain::journal::to_canonical_json(&back).unwrap(), text);
        }
    }
}
