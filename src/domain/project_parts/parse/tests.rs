//! Parsing the parts of a project.

use chrono::DateTime;

use super::*;
use crate::domain::{
    project::{ProjectCode, ProjectDetails},
    reference::CountryCode,
};

fn project() -> Project {
    let slug = |s: &str| Slug::parse(s).unwrap();
    Project {
        id: Id::new(uuid::Uuid::nil()),
        code: ProjectCode::new(slug("da-nang"), 1),
        city: slug("da-nang"),
        country: CountryCode::parse("VN").unwrap(),
        plan_cycle: slug("2018-2025"),
        details: ProjectDetails {
            title: Title::parse("Water").unwrap(),
            title_local: None,
            summary: None,
            focus_area: None,
            other_focus_areas: Vec::new(),
            sub_area: None,
            outcomes: Vec::new(),
            enablers: Vec::new(),
            sectors: Vec::new(),
            tags: Vec::new(),
            priority: false,
            starts_on: None,
            ends_on: None,
            dates_reason: None,
            budget: None,
            support_required: None,
            location: None,
            sdgs: Vec::new(),
            inclusion_note: None,
            continues: None,
            archived: false,
        },
        imported: None,
        import_key: None,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        version: 1,
    }
}

fn parse<P: ParsablePart>(raw: &P::Raw, before: Option<&P>) -> Result<P, Vec<String>> {
    let project = project();
    let stub =
        PartContext { id: Id::new(uuid::Uuid::nil()), project: &project, before, version: 2 };
    let mut faults = FaultList::new();
    let part = P::parse_part(raw, &stub, &mut faults);
    faults
        .finish_built(part)
        .map_err(|found| found.iter().map(|f| format!("{} {}", f.pointer, f.code)).collect())
}

#[test]
fn a_milestone_weighs_one_unless_it_is_said() {
    let raw = RawMilestone {
        title: Some("A".into()),
        due_on: Some("2024-02-29".into()),
        ..RawMilestone::default()
    };
    let milestone: Milestone = parse(&raw, None).unwrap();
    assert_eq!((milestone.weight, milestone.version), (1, 2));
    for weight in [0, -1, 1001, i64::MAX] {
        let raw = RawMilestone { weight: Some(weight), ..raw.clone() };
        assert_eq!(parse::<Milestone>(&raw, None).unwrap_err(), ["/weight range"]);
    }
}

#[test]
fn an_imported_partnership_keeps_what_it_lacks_and_loses_nothing() {
    let full = RawPartnership {
        as_stated: Some("A bank".into()),
        role: Some("lender".into()),
        stage: Some("mou".into()),
        ..RawPartnership::default()
    };
    let lacking = RawPartnership { role: None, stage: None, ..full.clone() };
    let missing = ["/role required", "/stage required"];
    assert_eq!(parse::<Partnership>(&lacking, None).unwrap_err(), missing);
    let whole: Partnership = parse(&full, None).unwrap();
    assert_eq!(parse(&lacking, Some(&whole)).unwrap_err(), missing);
    let imported = Partnership { role: None, stage: None, ..whole };
    assert_eq!(parse(&lacking, Some(&imported)).unwrap(), imported);
    let half = RawPartnership { stage: None, ..full };
    assert_eq!(parse(&half, Some(&imported)).unwrap().role, Some(PartnerRole::Lender));
}

#[test]
fn numbers_that_a_database_would_bend_are_refused() {
    let reading = |value: f64| RawIndicator {
        name: Some("A".into()),
        kind: Some("output".into()),
        unit: Some("m".into()),
        better: Some("up".into()),
        target: Some(RawReading { value: Some(value), on: Some("2024-01-01".into()) }),
        ..RawIndicator::default()
    };
    for value in [f64::NAN, f64::INFINITY, 1.1e15, -1.1e15] {
        assert_eq!(parse::<Indicator>(&reading(value), None).unwrap_err(), ["/target/value range"]);
    }
    let zero: Indicator = parse(&reading(-0.0), None).unwrap();
    assert!(zero.target.unwrap().value.is_sign_positive());
}
