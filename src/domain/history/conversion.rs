//! Converts published statements into records to be imported.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::json;

use super::{
    HistoryFile, HistoryReference, ImportPlan, PlannedPartner, PlannedProject, PlannedReport,
    StatedCycle, StatedPartner, StatedProject, StatedReport,
};
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    fault::{FaultList, ValueFault},
    message,
    project::ProjectDetails,
    project_parts::{PartnerRole, PartnerStage},
    reference::Vocabulary,
    report::ProjectStatus,
    value::{Prose, Slug, Title, parse_day},
};

/// The `dates_reason` of an imported project whose dates are the first or last day of a year.
const YEAR_ONLY: &str = "year only, as published";

type CyclesBySlug = BTreeMap<String, ReportingCycle>;

/// Converts everything that is valid, and adds the faults of the rest.
pub(super) fn convert_history(
    history: &HistoryFile,
    known: &HistoryReference,
    faults: &mut FaultList,
) -> ImportPlan {
    let mut cycles = CyclesBySlug::new();
    for (i, stated) in history.cycles.iter().enumerate() {
        let at = format!("/cycles/{i}");
        let Some(cycle) = convert_cycle(stated, known, &at, faults) else { continue };
        if cycles.insert(stated.slug.clone(), cycle).is_some() {
            faults.add(format!("{at}/slug"), duplicate_fault());
        }
    }
    let mut numbers: BTreeMap<&str, i64> = BTreeMap::new();
    let mut keys = BTreeSet::new();
    let mut projects = Vec::with_capacity(history.projects.len());
    for (i, stated) in history.projects.iter().enumerate() {
        let at = format!("/projects/{i}");
        if !keys.insert(stated.key.as_str()) {
            faults.add(format!("{at}/key"), duplicate_fault());
        }
        // A project with a fault is counted too, so that a corrected file gives the same numbers.
        let number = numbers.entry(stated.city.as_str()).or_default();
        *number += 1;
        projects.extend(convert_project(stated, *number, &cycles, known, &at, faults));
    }
    ImportPlan { cycles: cycles.into_values().collect(), projects }
}

fn duplicate_fault() -> ValueFault {
    ValueFault::new("duplicate", message::reference::in_file_already())
}

fn convert_cycle(
    stated: &StatedCycle,
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Option<ReportingCycle> {
    let slug = faults.take_parsed(&format!("{at}/slug"), Slug::parse(&stated.slug));
    let name = faults.take_parsed(&format!("{at}/name"), Title::parse(&stated.name));
    let as_of = faults.take_parsed(&format!("{at}/as_of"), parse_day(&stated.as_of));
    let source = faults.take_parsed(&format!("{at}/source"), Title::parse(&stated.source));
    let plan_cycle = known.plan_cycles.iter().find(|p| p.as_str() == stated.plan_cycle).cloned();
    if plan_cycle.is_none() {
        let allowed = known.plan_cycles.iter().map(Slug::as_str);
        faults.add(
            format!("{at}/plan_cycle"),
            ValueFault::unknown(message::thing::plan_cycle(), allowed),
        );
    }
    Some(ReportingCycle {
        slug: slug?,
        name: name?,
        plan_cycle: plan_cycle?,
        opens_on: None,
        due_on: None,
        review_due_on: None,
        as_of: as_of?,
        state: CycleState::Closed,
        imported: Some(source?.to_string()),
        version: 1,
    })
}

fn convert_project(
    stated: &StatedProject,
    number: i64,
    cycles: &CyclesBySlug,
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Option<PlannedProject> {
    let import_key = faults.take_parsed(&format!("{at}/key"), Title::parse(&stated.key));
    let city = known.cities.iter().find(|(slug, _)| slug.as_str() == stated.city);
    if city.is_none() {
        let fault = ValueFault::unknown(message::thing::city(), None::<String>);
        faults.add(format!("{at}/city"), fault);
    }
    let details = convert_details(stated, known, at, faults);
    let partners = convert_partners(&stated.partners, known, at, faults);
    let mut reports: Vec<PlannedReport> = stated
        .reports
        .iter()
        .filter_map(|(cycle, stated)| {
            convert_report(cycle, stated, cycles, known, &format!("{at}/reports/{cycle}"), faults)
        })
        .collect();
    reports.sort_by(|a, b| (a.cycle.as_of, &a.cycle.slug).cmp(&(b.cycle.as_of, &b.cycle.slug)));
    // A project that was never reported gets the plan cycle of the file's first cycle.
    let plan_cycle = reports.first().map(|r| &r.cycle).or_else(|| cycles.values().next());
    let (city, country) = city?;
    Some(PlannedProject {
        import_key: import_key?.to_string(),
        city: city.clone(),
        country: *country,
        number,
        plan_cycle: plan_cycle?.plan_cycle.clone(),
        details: details?,
        imported: json!({
            "aliases": stated.aliases,
            "title_2018": stated.title_2018,
            "money": stated.money_reported,
            "figures": stated.figures_reported,
            "barriers": stated.barriers_reported,
            "lineage": stated.lineage_note,
            "sources": stated.sources,
        }),
        partners,
        reports,
    })
}

fn convert_details(
    stated: &StatedProject,
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Option<ProjectDetails> {
    let title = faults.take_parsed(&format!("{at}/title"), Title::parse(&stated.title));
    let summary =
        faults.parse_optional(&format!("{at}/summary"), stated.summary.as_ref(), Prose::parse);
    let focus_area = find_focus_area(stated.focus_area.as_ref(), known, at, faults);
    let sub_area = find_sub_area(stated, known, at, faults);
    let starts_on = parse_year_day(stated.starts_year, 1, 1, &format!("{at}/starts_year"), faults);
    let ends_on = parse_year_day(stated.ends_year, 12, 31, &format!("{at}/ends_year"), faults);
    if matches!((starts_on, ends_on), (Some(starts), Some(ends)) if ends < starts) {
        let fault = ValueFault::new("order", message::reference::year_not_before_start());
        faults.add(format!("{at}/ends_year"), fault);
    }
    let dated = starts_on.or(ends_on).is_some();
    Some(ProjectDetails {
        title: title?,
        title_local: None,
        summary,
        focus_area,
        other_focus_areas: Vec::new(),
        sub_area,
        outcomes: Vec::new(),
        enablers: Vec::new(),
        sectors: Vec::new(),
        tags: Vec::new(),
        priority: stated.priority_2018,
        starts_on,
        ends_on,
        dates_reason: if dated { Prose::parse(YEAR_ONLY).ok() } else { None },
        budget: None,
        support_required: None,
        location: None,
        sdgs: Vec::new(),
        inclusion_note: None,
        continues: None,
        archived: false,
    })
}

fn find_focus_area(
    stated: Option<&String>,
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Option<Slug> {
    faults.parse_optional(&format!("{at}/focus_area"), stated, |raw| {
        Vocabulary::find_term(&known.vocabulary.focus_areas, message::thing::focus_area(), raw)
    })
}

/// Finds a sub-area of the project's own focus area.
fn find_sub_area(
    stated: &StatedProject,
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Option<Slug> {
    let of_area: Vec<_> = known
        .vocabulary
        .sub_areas
        .iter()
        .filter(|term| term.parent == stated.focus_area)
        .cloned()
        .collect();
    faults.parse_optional(&format!("{at}/sub_area"), stated.sub_area.as_ref(), |raw| {
        Vocabulary::find_term(&of_area, message::thing::sub_area_of_the_focus_area(), raw)
    })
}

/// Parses a year into its first or last day.
fn parse_year_day(
    year: Option<i32>,
    month: u32,
    of: u32,
    pointer: &str,
    faults: &mut FaultList,
) -> Option<NaiveDate> {
    faults.parse_optional(pointer, year, |year| parse_day(format!("{year:04}-{month:02}-{of:02}")))
}

fn convert_partners(
    stated: &[StatedPartner],
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Vec<PlannedPartner> {
    let mut partners = Vec::with_capacity(stated.len());
    for (i, stated) in stated.iter().enumerate() {
        let at = format!("{at}/partners/{i}");
        let name = faults.take_parsed(&format!("{at}/name"), Title::parse(&stated.name));
        let note = faults.take_parsed(&format!("{at}/role"), Prose::parse(&stated.role));
        let (Some(name), Some(note)) = (name, note) else { continue };
        let partner = known.find_partner(name.as_str()).cloned();
        let (role, stage) = interpret_role(&stated.role);
        let as_stated = if partner.is_some() { None } else { Some(name) };
        partners.push(PlannedPartner { partner, as_stated, role, stage, note });
    }
    partners
}

/// Returns the role or the stage, if the words mean exactly one of them. Words with several meanings, such as "lead" or
/// "partner", give none. The words themselves stay in the note.
fn interpret_role(stated: &str) -> (Option<PartnerRole>, Option<PartnerStage>) {
    match stated {
        "funder" => (Some(PartnerRole::Funder), None),
        "lender" | "loan" => (Some(PartnerRole::Lender), None),
        "implementer" => (Some(PartnerRole::Implementer), None),
        "technical support" | "technical assistance" => (Some(PartnerRole::Technical), None),
        "MoU" => (None, Some(PartnerStage::Mou)),
        _ => (None, None),
    }
}

fn convert_report(
    cycle: &str,
    stated: &StatedReport,
    cycles: &CyclesBySlug,
    known: &HistoryReference,
    at: &str,
    faults: &mut FaultList,
) -> Option<PlannedReport> {
    let of = cycles.get(cycle);
    if of.is_none() {
        let thing = message::thing::cycle_of_the_file();
        faults.add(at, ValueFault::unknown(thing, cycles.keys()));
    }
    let title = faults.take_parsed(&format!("{at}/title"), Title::parse(&stated.title));
    let focus_area = find_focus_area(stated.focus_area.as_ref(), known, at, faults);
    let status = faults.take_parsed(&format!("{at}/status"), ProjectStatus::parse(&stated.status));
    let basis = faults.take_parsed(&format!("{at}/basis"), Prose::parse(&stated.basis));
    let of = of?;
    Some(PlannedReport {
        cycle: of.clone(),
        title: title?,
        focus_area,
        status: status?,
        imported: json!({ "source": of.imported, "basis": basis?.as_str() }),
    })
}
