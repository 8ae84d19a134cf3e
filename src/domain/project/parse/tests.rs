//! Parsing a project's details.

use proptest::prelude::*;

use super::*;
use crate::domain::reference::NamesByLanguage;

fn term(slug: &str, parent: Option<&str>) -> VocabularyTerm {
    VocabularyTerm {
        slug: slug.to_owned(),
        names: NamesByLanguage::new(),
        parent: parent.map(str::to_owned),
    }
}

fn words() -> Vocabulary {
    Vocabulary {
        focus_areas: vec![term("water", None), term("air", None)],
        sub_areas: vec![term("rivers", Some("water")), term("wind", Some("air"))],
        outcomes: vec![term("green", None)],
        enablers: vec![term("money", None)],
        sectors: vec![term("ict", None), term("energy", None)],
        tags: vec![term("vn-tag", Some("VN")), term("th-tag", Some("TH"))],
        partner_types: Vec::new(),
    }
}

fn cycle() -> PlanCycle {
    PlanCycle {
        slug: Slug::parse("2018-2025").unwrap(),
        starts_year: 2018,
        ends_year: 2025,
        framework: Slug::parse("ascf-2018").unwrap(),
        note: None,
        version: 1,
    }
}

fn sample() -> RawProjectDetails {
    RawProjectDetails {
        title: Some("Water".into()),
        summary: Some("About water.".into()),
        focus_area: Some("water".into()),
        starts_on: Some("2020-01-01".into()),
        ends_on: Some("2021-01-01".into()),
        ..RawProjectDetails::default()
    }
}

/// Parses a new project's details. Returns them, or the pointers and codes of the faults.
fn parse(raw: &RawProjectDetails) -> Result<ProjectDetails, Vec<String>> {
    let (words, cycle) = (words(), cycle());
    let on = DetailsContext {
        vocabulary: &words,
        country: Some(CountryCode::parse("VN").unwrap()),
        plan_cycle: Some(&cycle),
        before: None,
        continues: None,
    };
    let mut faults = FaultList::new();
    let details = raw.parse(&on, &mut faults);
    faults
        .finish_built(details)
        .map_err(|found| found.iter().map(|f| format!("{} {}", f.pointer, f.code)).collect())
}

#[test]
fn what_is_required_is_enough() {
    let details = parse(&sample()).unwrap();
    assert_eq!(RawProjectDetails::from(&details), sample());
}

#[test]
fn a_sub_area_belongs_to_its_focus_area() {
    let raw = RawProjectDetails { sub_area: Some("wind".into()), ..sample() };
    assert_eq!(parse(&raw).unwrap_err(), ["/sub_area unknown"]);
    let raw = RawProjectDetails { sub_area: Some("rivers".into()), ..sample() };
    assert!(parse(&raw).is_ok());
    // If the focus area is invalid, any known sub-area is accepted.
    let raw = RawProjectDetails {
        sub_area: Some("wind".into()),
        focus_area: Some("fire".into()),
        ..sample()
    };
    assert_eq!(parse(&raw).unwrap_err(), ["/focus_area unknown"]);
}

#[test]
fn tags_are_those_of_the_own_country() {
    let raw = RawProjectDetails { tags: vec!["vn-tag".into(), "th-tag".into()], ..sample() };
    assert_eq!(parse(&raw).unwrap_err(), ["/tags/1 unknown"]);
}

#[test]
fn the_last_days_of_a_plan_cycle_are_within_it() {
    let days = |start: &str, end: &str| RawProjectDetails {
        starts_on: Some(start.into()),
        ends_on: Some(end.into()),
        ..sample()
    };
    assert!(parse(&days("2018-01-01", "2025-12-31")).is_ok());
    assert!(parse(&days("2020-02-29", "2020-02-29")).is_ok());
    assert_eq!(parse(&days("2017-12-31", "2025-12-31")).unwrap_err(), ["/dates_reason required"]);
    assert_eq!(parse(&days("2018-01-01", "2026-01-01")).unwrap_err(), ["/dates_reason required"]);
    let explained = RawProjectDetails {
        dates_reason: Some("a loan".into()),
        ..days("2017-01-01", "2030-01-01")
    };
    assert!(parse(&explained).is_ok());
    let backwards = RawProjectDetails {
        dates_reason: Some("no reason is good for that".into()),
        ..days("2021-01-02", "2021-01-01")
    };
    assert_eq!(parse(&backwards).unwrap_err(), ["/ends_on order"]);
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    some: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop::option::of(some)
}

fn some_of(known: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(known, 0..=known.len())
        .prop_map(|list| list.into_iter().map(str::to_owned).collect())
}

prop_compose! {
    /// Any input that a client may send, valid or not.
    fn anything()(
        title in maybe(".{0,20}"), title_local in maybe("\\PC{1,20}"), summary in maybe("(?s).{0,40}"),
        focus_area in maybe("water|air|fire"), sub_area in maybe("rivers|wind|"),
        other_focus_areas in some_of(&["air", "water"]), sectors in some_of(&["ict", "energy", "magic"]),
        days in maybe(("20(1[0-9]|2[0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
                       "20(1[0-9]|2[0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")),
        dates_reason in maybe("[a-z ]{0,9}"), minor in maybe(any::<i64>()), currency in maybe("VND|USD|XXX|usd"),
        latitude in maybe(any::<f64>()), longitude in maybe(-200.0..200.0_f64),
    )(
        sdgs in prop::collection::vec(-1..20_i64, 0..5), priority in any::<bool>(),
        title in Just(title), title_local in Just(title_local), summary in Just(summary),
        focus_area in Just(focus_area), sub_area in Just(sub_area), sectors in Just(sectors),
        other_focus_areas in Just(other_focus_areas), days in Just(days), dates_reason in Just(dates_reason),
        budget in Just((minor, currency)), place in Just((latitude, longitude)),
    ) -> RawProjectDetails {
        let (starts_on, ends_on) = days.unzip();
        let (amount_minor, currency) = budget;
        let (latitude, longitude) = place;
        RawProjectDetails {
            title, title_local, summary, focus_area, sub_area, other_focus_areas, sectors, starts_on, ends_on,
            dates_reason, priority, sdgs,
            budget: Some(RawMoney { amount_minor, currency }).filter(|b| *b != RawMoney::default()),
            location: Some(RawLocation { latitude, longitude, text: None }),
            ..RawProjectDetails::default()
        }
    }
}

proptest! {
    #[test]
    fn what_was_accepted_is_accepted_again_and_survives_json(raw in anything()) {
        if let Ok(details) = parse(&raw) {
            let again = parse(&RawProjectDetails::from(&details));
            prop_assert_eq!(again.as_ref(), Ok(&details));
            let json = crate::domain::journal::to_canonical_json(&details).unwrap();
            prop_assert_eq!(serde_json::from_str::<ProjectDetails>(&json).unwrap(), details);
        }
    }

    #[test]
    fn every_fault_points_at_a_member(raw in anything()) {
        for fault in parse(&raw).err().unwrap_or_default() {
            prop_assert!(fault.starts_with('/'), "{}", fault);
        }
    }
}
