use super::*;
use crate::domain::seed;

const FILE: &str = include_str!("../../data/me_history.json");

fn known() -> HistoryReference {
    let seed = seed::parse(include_str!("../../data/reference.json")).unwrap();
    HistoryReference::new(
        seed.cities.into_iter().map(|c| (c.slug, c.country)).collect(),
        seed.plan_cycles.into_iter().map(|p| p.slug).collect(),
        Vocabulary::from_documents(&seed.documents),
        &seed.partners,
    )
}
fn history() -> HistoryFile {
    serde_json::from_str(FILE).unwrap()
}
fn find<'a>(plan: &'a ImportPlan, key: &str) -> &'a PlannedProject {
    plan.projects.iter().find(|p| p.import_key == key).unwrap()
}

#[test]
fn the_published_history_is_understood_whole() {
    let plan = history().plan_import(&known()).unwrap();
    assert_eq!((plan.cycles.len(), plan.projects.len()), (4, 152));
    let reports = || plan.projects.iter().flat_map(|p| &p.reports);
    assert_eq!(reports().count(), 405);
    assert_eq!(plan.projects.iter().map(|p| p.partners.len()).sum::<usize>(), 100);
    assert_eq!(plan.projects.iter().filter(|p| !p.reports.is_empty()).count(), 143);
    assert_eq!(plan.projects.iter().filter(|p| p.details.focus_area.is_none()).count(), 9);
    assert_eq!(reports().filter(|r| r.status == ProjectStatus::NotStated).count(), 12);
}

#[test]
fn numbers_follow_the_order_in_the_file() {
    let plan = history().plan_import(&known()).unwrap();
    let numbers: Vec<i64> =
        plan.projects.iter().filter(|p| p.city.as_str() == "da-nang").map(|p| p.number).collect();
    assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
    assert!(numbers.len() > 1);
}

#[test]
fn partners_are_matched_by_name_or_alias_and_kept_as_stated_otherwise() {
    let plan = history().plan_import(&known()).unwrap();
    let partners = || plan.projects.iter().flat_map(|p| &p.partners);
    assert_eq!(partners().filter(|p| p.partner.is_some()).count(), 42);
    assert!(partners().all(|p| p.partner.is_some() != p.as_stated.is_some()));
    // The alias of a ministry, and a name that only contains it.
    let mlit = "ministry-of-land-infrastructure-transport-and-tourism-mlit";
    assert!(partners().any(|p| p.partner.as_ref().is_some_and(|s| s.as_str() == mlit)));
    assert!(
        partners()
            .any(|p| p.as_stated.as_ref().is_some_and(|n| n.as_str() == "MLIT Japan / SmartJAMP"))
    );
    assert!(partners().any(|p| p.note.as_str() == "lead" && p.role.is_none() && p.stage.is_none()));
    assert!(partners().any(|p| p.note.as_str() == "funder" && p.role == Some(PartnerRole::Funder)));
    assert!(partners().any(|p| p.note.as_str() == "MoU" && p.stage == Some(PartnerStage::Mou)));
}

#[test]
fn a_year_is_a_day_with_a_reason_and_no_year_is_none() {
    let plan = history().plan_import(&known()).unwrap();
    for p in &plan.projects {
        let d = &p.details;
        assert_eq!(d.starts_on.or(d.ends_on).is_some(), d.dates_reason.is_some());
    }
    let both =
        plan.projects.iter().find(|p| p.details.starts_on.is_some() && p.details.ends_on.is_some());
    let details = &both.unwrap().details;
    assert_eq!(details.starts_on.unwrap().format("%m-%d").to_string(), "01-01");
    assert_eq!(details.ends_on.unwrap().format("%m-%d").to_string(), "12-31");
}

#[test]
fn a_report_has_the_title_and_focus_area_of_its_own_cycle() {
    let plan = history().plan_import(&known()).unwrap();
    let planned = find(&plan, "ryg-eic");
    let project = planned.to_project(
        crate::domain::id::Id::new(uuid::Uuid::nil()),
        planned.number,
        chrono::DateTime::UNIX_EPOCH,
    );
    let headers: Vec<_> =
        planned.reports.iter().map(|r| planned.freeze_header(&project, &[], r).details).collect();
    assert_eq!(headers[0].focus_area.as_ref().unwrap().as_str(), "quality-environment");
    assert_eq!(headers[0].sub_area, None);
    assert_eq!(headers[1].focus_area, project.details.focus_area);
    assert_eq!(headers[1].sub_area, project.details.sub_area);
    assert_eq!(planned.reports[0].imported["source"], "ME24");
}

#[test]
fn everything_wrong_with_a_file_is_said_at_once() {
    let mut history = history();
    history.projects[0].city = "atlantis".into();
    history.projects[1].focus_area = Some("nonsense".into());
    history.projects[2].key = history.projects[3].key.clone();
    history.projects[4].reports.values_mut().next().unwrap().status = "unknown".into();
    history.cycles[3].as_of = "2025-02-30".into();
    let pointers: Vec<String> =
        history.plan_import(&known()).unwrap_err().into_iter().map(|f| f.pointer).collect();
    for expected in
        ["/cycles/3/as_of", "/projects/0/city", "/projects/1/focus_area", "/projects/3/key"]
    {
        assert!(pointers.iter().any(|p| p == expected), "{expected} in {pointers:?}");
    }
    assert!(
        pointers.iter().any(|p| p.starts_with("/projects/4/reports/") && p.ends_with("/status"))
    );
    assert!(
        serde_json::from_str::<HistoryFile>(
            r#"{"note":"","cycles":[],"projects":[],"sources":{},"more":1}"#
        )
        .is_err()
    );
}
