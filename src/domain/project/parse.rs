//! Parses a project's details as a client sends them, and collects all faults.

use chrono::{Datelike as _, NaiveDate};

use super::{Project, ProjectCode, ProjectDetails};
use crate::domain::{
    fault::{FaultList, ValueFault},
    message::{self, Message},
    raw_values::{RawLocation, RawMoney, parse_list},
    reference::{CountryCode, PlanCycle, Vocabulary, VocabularyTerm},
    value::{Prose, Slug, Title, parse_day},
};

#[cfg(test)]
mod tests;

/// A project's details as the client sent them, or as a patch changes them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawProjectDetails {
    pub title: Option<String>,
    pub title_local: Option<String>,
    pub summary: Option<String>,
    pub focus_area: Option<String>,
    pub other_focus_areas: Vec<String>,
    pub sub_area: Option<String>,
    pub outcomes: Vec<String>,
    pub enablers: Vec<String>,
    pub sectors: Vec<String>,
    pub tags: Vec<String>,
    pub priority: bool,
    pub starts_on: Option<String>,
    pub ends_on: Option<String>,
    pub dates_reason: Option<String>,
    pub budget: Option<RawMoney>,
    pub support_required: Option<String>,
    pub location: Option<RawLocation>,
    pub sdgs: Vec<i64>,
    pub inclusion_note: Option<String>,
    pub continues: Option<String>,
    pub archived: bool,
}

fn to_strings(slugs: &[Slug]) -> Vec<String> {
    slugs.iter().map(Slug::to_string).collect()
}

impl From<&ProjectDetails> for RawProjectDetails {
    fn from(d: &ProjectDetails) -> Self {
        Self {
            title: Some(d.title.to_string()),
            title_local: d.title_local.as_ref().map(Title::to_string),
            summary: d.summary.as_ref().map(Prose::to_string),
            focus_area: d.focus_area.as_ref().map(Slug::to_string),
            other_focus_areas: to_strings(&d.other_focus_areas),
            sub_area: d.sub_area.as_ref().map(Slug::to_string),
            outcomes: to_strings(&d.outcomes),
            enablers: to_strings(&d.enablers),
            sectors: to_strings(&d.sectors),
            tags: to_strings(&d.tags),
            priority: d.priority,
            starts_on: d.starts_on.map(|d| d.to_string()),
            ends_on: d.ends_on.map(|d| d.to_string()),
            dates_reason: d.dates_reason.as_ref().map(Prose::to_string),
            budget: d.budget.map(RawMoney::from),
            support_required: d.support_required.as_ref().map(Prose::to_string),
            location: d.location.as_ref().map(RawLocation::from),
            sdgs: d.sdgs.clone(),
            inclusion_note: d.inclusion_note.as_ref().map(Prose::to_string),
            continues: d.continues.as_ref().map(ProjectCode::to_string),
            archived: d.archived,
        }
    }
}

/// The data that the rules of the details need besides the details.
#[derive(Debug, Clone)]
pub(crate) struct DetailsContext<'a> {
    pub vocabulary: &'a Vocabulary,
    /// The project's country; none if its city is unknown.
    pub country: Option<CountryCode>,
    /// The project's plan cycle; none if it is unknown, for which the caller adds a fault.
    pub plan_cycle: Option<&'a PlanCycle>,
    /// The project before the edit; none for a new project.
    pub before: Option<&'a Project>,
    /// The project that this one continues. The caller looks it up, and adds a fault if it is invalid.
    pub continues: Option<ProjectCode>,
}

impl DetailsContext<'_> {
    /// Returns `true` if a field may be empty. An imported project may keep a field empty, but not clear one.
    fn may_lack(&self, lacked: impl FnOnce(&ProjectDetails) -> bool) -> bool {
        self.before.is_some_and(|p| p.import_key.is_some() && lacked(&p.details))
    }
}

/// Parses a value that is required, unless `may_lack` is set.
fn parse_required<'r, T>(
    faults: &mut FaultList,
    pointer: &str,
    raw: Option<&'r str>,
    may_lack: bool,
    parse: impl FnOnce(&'r str) -> Result<T, ValueFault>,
) -> Option<T> {
    if raw.is_none() && may_lack { None } else { faults.parse_required(pointer, raw, parse) }
}

/// The place of a project in the framework.
struct ProjectThemes {
    focus_area: Option<Slug>,
    other_focus_areas: Vec<Slug>,
    sub_area: Option<Slug>,
    outcomes: Vec<Slug>,
    enablers: Vec<Slug>,
    sectors: Vec<Slug>,
    tags: Vec<Slug>,
}

struct ProjectDates {
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    reason: Option<Prose>,
}

impl RawProjectDetails {
    /// Parses all details and adds every fault. Returns `None` if the title is missing or invalid. The caller may use
    /// the details only if there is no fault.
    pub(crate) fn parse(
        &self,
        context: &DetailsContext<'_>,
        faults: &mut FaultList,
    ) -> Option<ProjectDetails> {
        let f = faults;
        let title = f.parse_required("/title", self.title.as_deref(), Title::parse);
        let title_local =
            f.parse_optional("/title_local", self.title_local.as_deref(), Title::parse);
        let may_lack = context.may_lack(|d| d.summary.is_none());
        let summary =
            parse_required(f, "/summary", self.summary.as_deref(), may_lack, Prose::parse);
        let themes = self.parse_themes(context, f);
        let dates = self.parse_dates(context, f);
        let support = self.support_required.as_deref();
        Some(ProjectDetails {
            title_local,
            summary,
            focus_area: themes.focus_area,
            other_focus_areas: themes.other_focus_areas,
            sub_area: themes.sub_area,
            outcomes: themes.outcomes,
            enablers: themes.enablers,
            sectors: themes.sectors,
            tags: themes.tags,
            priority: self.priority,
            starts_on: dates.starts_on,
            ends_on: dates.ends_on,
            dates_reason: dates.reason,
            budget: self.budget.as_ref().and_then(|b| b.parse("/budget", f)),
            support_required: f.parse_optional("/support_required", support, Prose::parse),
            location: self.location.as_ref().and_then(|l| l.parse("/location", f)),
            sdgs: parse_list(f, "/sdgs", &self.sdgs, |n| parse_goal(*n)),
            inclusion_note: f.parse_optional(
                "/inclusion_note",
                self.inclusion_note.as_deref(),
                Prose::parse,
            ),
            continues: context.continues.clone(),
            archived: self.archived,
            title: title?,
        })
    }

    fn parse_themes(&self, context: &DetailsContext<'_>, f: &mut FaultList) -> ProjectThemes {
        let v = context.vocabulary;
        let area =
            |raw: &str| Vocabulary::find_term(&v.focus_areas, message::thing::focus_area(), raw);
        let may_lack = context.may_lack(|d| d.focus_area.is_none());
        let focus_area =
            parse_required(f, "/focus_area", self.focus_area.as_deref(), may_lack, area);
        let others = parse_list(f, "/other_focus_areas", &self.other_focus_areas, |raw| {
            let other = area(raw)?;
            if Some(&other) == focus_area.as_ref() {
                return Err(ValueFault::new("duplicate", message::project::is_its_focus_area()));
            }
            Ok(other)
        });
        let sub_area = f.parse_optional("/sub_area", self.sub_area.as_deref(), |raw| {
            find_sub_area(v, focus_area.as_ref(), raw)
        });
        let mut terms =
            |pointer: &str, known: &[VocabularyTerm], thing: fn() -> Message, raw: &[String]| {
                parse_list(f, pointer, raw, |r| Vocabulary::find_term(known, thing(), r))
            };
        // Tags of a national scheme are only for cities of that country.
        let own = |t: &&VocabularyTerm| {
            context.country.is_none_or(|country| t.parent.as_deref() == Some(country.as_str()))
        };
        let tags: Vec<VocabularyTerm> = v.tags.iter().filter(own).cloned().collect();
        ProjectThemes {
            other_focus_areas: others,
            sub_area,
            outcomes: terms("/outcomes", &v.outcomes, message::thing::outcome, &self.outcomes),
            enablers: terms("/enablers", &v.enablers, message::thing::enabler, &self.enablers),
            sectors: terms("/sectors", &v.sectors, message::thing::sector, &self.sectors),
            tags: terms("/tags", &tags, message::thing::tag_of_this_country, &self.tags),
            focus_area,
        }
    }

    fn parse_dates(&self, context: &DetailsContext<'_>, f: &mut FaultList) -> ProjectDates {
        let may_lack = context.may_lack(|d| d.starts_on.is_none());
        let starts_on =
            parse_required(f, "/starts_on", self.starts_on.as_deref(), may_lack, parse_day);
        let may_lack = context.may_lack(|d| d.ends_on.is_none());
        let ends_on = parse_required(f, "/ends_on", self.ends_on.as_deref(), may_lack, parse_day);
        if starts_on.zip(ends_on).is_some_and(|(start, end)| end < start) {
            f.add("/ends_on", ValueFault::new("order", message::project::end_before_start()));
        }
        if let Some(cycle) = context.plan_cycle {
            let years = cycle.starts_year..=cycle.ends_year;
            let outside = |d: Option<NaiveDate>| d.is_some_and(|d| !years.contains(&d.year()));
            if self.dates_reason.is_none() && (outside(starts_on) || outside(ends_on)) {
                let needed =
                    message::project::dates_need_reason(cycle.starts_year, cycle.ends_year);
                f.add("/dates_reason", ValueFault::new("required", needed));
            }
        }
        let reason = f.parse_optional("/dates_reason", self.dates_reason.as_deref(), Prose::parse);
        ProjectDates { starts_on, ends_on, reason }
    }
}

/// Finds a sub-area of the focus area. If the focus area is unknown, any sub-area is accepted.
fn find_sub_area(v: &Vocabulary, area: Option<&Slug>, raw: &str) -> Result<Slug, ValueFault> {
    let Some(area) = area else {
        return Vocabulary::find_term(&v.sub_areas, message::thing::sub_area(), raw);
    };
    let own = |t: &&VocabularyTerm| t.parent.as_deref() == Some(area.as_str());
    let own: Vec<VocabularyTerm> = v.sub_areas.iter().filter(own).cloned().collect();
    Vocabulary::find_term(&own, message::thing::sub_area_of_its_focus_area(), raw)
}

/// Parses the number of a Sustainable Development Goal.
fn parse_goal(raw: i64) -> Result<i64, ValueFault> {
    if super::GOALS.contains(&raw) {
        Ok(raw)
    } else {
        Err(ValueFault::new("range", message::project::goal()))
    }
}
