//! Parses the content of a report, and collects all faults.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    EvidenceLink, IndicatorValue, MilestoneDone, PercentMethod, ProjectStatus, ReportContent,
    carry_forward, progress,
};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    id::Id,
    message::{self, Message},
    project_parts::{Indicator, Milestone},
    raw_values::RawMoney,
    value::{HttpsUrl, Percent, Prose, Title, parse_day, parse_measured},
};

/// Maximum number of links in a report.
const EVIDENCE_MAX: usize = 50;
/// Maximum number of milestones in a report.
const MILESTONES_MAX: usize = 500;
/// Maximum number of values in a report: enough for several indicators that are measured every day of a year.
const VALUES_MAX: usize = 2000;

/// The content of a report as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub struct RawReport {
    /// The status of the project.
    pub status: Option<String>,
    /// The reason for the status, if the change from the previous status needs one.
    pub status_reason: Option<String>,
    /// The completed percentage, 0 to 100.
    pub percent_complete: Option<f64>,
    /// How the percentage was determined.
    pub percent_method: Option<String>,
    /// What was achieved.
    pub achievements: Option<String>,
    /// The obstacles.
    pub challenges: Option<String>,
    /// The next steps.
    pub next_steps: Option<String>,
    /// The support that the city asks for.
    pub support_needed: Option<String>,
    /// The money spent to date.
    pub spent: Option<RawMoney>,
    /// The reached milestones.
    pub milestones: Vec<RawMilestoneDone>,
    /// The measured values of indicators.
    pub indicator_values: Vec<RawIndicatorValue>,
    /// Links to evidence.
    pub evidence: Vec<RawEvidence>,
    /// Whether the city states that nothing changed.
    pub unchanged: bool,
}

/// A reached milestone, before validation.
#[derive(Debug, Clone, Default)]
pub struct RawMilestoneDone {
    /// The milestone.
    pub milestone_id: Option<String>,
    /// The day on which it was reached.
    pub completed_on: Option<String>,
}

/// A measured value of an indicator, before validation.
#[derive(Debug, Clone, Default)]
pub struct RawIndicatorValue {
    /// The indicator.
    pub indicator_id: Option<String>,
    /// The value, in the unit of the indicator.
    pub value: Option<f64>,
    /// The day of the measurement.
    pub measured_on: Option<String>,
}

/// A link to evidence, before validation.
#[derive(Debug, Clone, Default)]
pub struct RawEvidence {
    /// What the evidence shows.
    pub title: Option<String>,
    /// The web address.
    pub url: Option<String>,
}

impl From<&ReportContent> for RawReport {
    /// Returns the content as a client would send it.
    fn from(c: &ReportContent) -> Self {
        let text = |prose: &Option<Prose>| prose.as_ref().map(Prose::to_string);
        Self {
            status: c.status.map(|status| status.to_string()),
            status_reason: text(&c.status_reason),
            percent_complete: c.percent_complete.map(Percent::value),
            percent_method: c.percent_method.map(|method| method.to_string()),
            achievements: text(&c.achievements),
            challenges: text(&c.challenges),
            next_steps: text(&c.next_steps),
            support_needed: text(&c.support_needed),
            spent: c.spent.map(RawMoney::from),
            milestones: c.milestones.iter().map(RawMilestoneDone::from).collect(),
            indicator_values: c.indicator_values.iter().map(RawIndicatorValue::from).collect(),
            evidence: c.evidence.iter().map(RawEvidence::from).collect(),
            unchanged: c.unchanged,
        }
    }
}

impl From<&MilestoneDone> for RawMilestoneDone {
    fn from(m: &MilestoneDone) -> Self {
        Self {
            milestone_id: Some(m.milestone_id.to_string()),
            completed_on: Some(m.completed_on.to_string()),
        }
    }
}

impl From<&IndicatorValue> for RawIndicatorValue {
    fn from(v: &IndicatorValue) -> Self {
        Self {
            indicator_id: Some(v.indicator_id.to_string()),
            value: Some(v.value),
            measured_on: Some(v.measured_on.to_string()),
        }
    }
}

impl From<&EvidenceLink> for RawEvidence {
    fn from(e: &EvidenceLink) -> Self {
        Self { title: Some(e.title.to_string()), url: Some(e.url.as_str().to_owned()) }
    }
}

/// The records that a report may refer to.
#[derive(Debug, Clone, Copy)]
pub struct ReportContext<'a> {
    /// The project's milestones.
    pub milestones: &'a [Milestone],
    /// The project's indicators.
    pub indicators: &'a [Indicator],
    /// The cut-off day of the cycle. What was reached later does not count.
    pub cut_off: NaiveDate,
    /// The content of the project's last approved report of an earlier cycle, if there is one.
    pub earlier: Option<&'a ReportContent>,
}

impl RawReport {
    /// Parses every value.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn parse(self, known: ReportContext<'_>) -> Result<ReportContent, Vec<FieldFault>> {
        let mut f = FaultList::new();
        let content = ReportContent {
            status: f.parse_optional("/status", self.status, |raw| parse_status(&raw)),
            status_reason: f.parse_optional("/status_reason", self.status_reason, Prose::parse),
            percent_complete: f.parse_optional(
                "/percent_complete",
                self.percent_complete,
                Percent::parse,
            ),
            percent_method: f.parse_optional(
                "/percent_method",
                self.percent_method,
                PercentMethod::parse,
            ),
            achievements: f.parse_optional("/achievements", self.achievements, Prose::parse),
            challenges: f.parse_optional("/challenges", self.challenges, Prose::parse),
            next_steps: f.parse_optional("/next_steps", self.next_steps, Prose::parse),
            support_needed: f.parse_optional("/support_needed", self.support_needed, Prose::parse),
            spent: self.spent.and_then(|money| money.parse("/spent", &mut f)),
            milestones: parse_milestones(&mut f, self.milestones, known),
            indicator_values: parse_values(&mut f, self.indicator_values, known),
            evidence: parse_evidence(&mut f, self.evidence),
            unchanged: self.unchanged,
        };
        let mut faults = f.into_vec();
        let settled = progress::settle_percent(&content, known.milestones, known.cut_off);
        let mut together = settled.as_ref().err().cloned().unwrap_or_default();
        let whole = settled.as_ref().unwrap_or(&content);
        together.extend(carry_forward::find_contradictions(whole, known.earlier));
        // Rules over several fields are applied only if these fields are valid. A duplicate does not make its list
        // invalid.
        together.retain(|f| f.code == carry_forward::CHANGED || !has_fault_in(&faults, &PROGRESS));
        together.retain(|f| !has_fault_in(&faults, &[f.pointer.as_str()]));
        faults.extend(together);
        if faults.is_empty() { settled } else { Err(faults) }
    }
}

/// The fields that the percentage by milestones depends on.
const PROGRESS: [&str; 3] = ["/percent_complete", "/percent_method", "/milestones"];

/// Returns `true` if one of the faults makes a field, or an item in it, unusable.
fn has_fault_in(faults: &[FieldFault], fields: &[&str]) -> bool {
    let within = |f: &FieldFault, field: &&str| {
        f.pointer.strip_prefix(*field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let lacks = |f: &&FieldFault| f.code != DUPLICATE;
    faults.iter().filter(lacks).any(|f| fields.iter().any(|field| within(f, field)))
}

/// Parses a status. `not_stated` is refused: it is only for imported history.
fn parse_status(raw: &str) -> Result<ProjectStatus, ValueFault> {
    reportable_statuses().find(|s| s.as_str() == raw).ok_or_else(|| {
        let texts = reportable_statuses().map(ProjectStatus::as_str);
        ValueFault::unknown(message::thing::status(), texts)
    })
}

/// Lists the statuses that a report can state: all except `not_stated`.
pub(crate) fn reportable_statuses() -> impl Iterator<Item = ProjectStatus> {
    ProjectStatus::ALL.iter().copied().filter(|s| *s != ProjectStatus::NotStated)
}

/// The code of [`ValueFault::in_list_already`].
const DUPLICATE: &str = "duplicate";

/// Refuses a list that is too long, before its items are parsed.
fn limit_list<T>(faults: &mut FaultList, pointer: &str, list: Vec<T>, max: usize) -> Vec<T> {
    if list.len() <= max {
        return list;
    }
    faults.add(pointer, ValueFault::too_many(max));
    Vec::new()
}

/// Parses an id that must be one of the project's own. `unknown` is the message for any other id.
fn find_known_id<T>(
    raw: &str,
    mut known: impl Iterator<Item = Id<T>>,
    unknown: fn() -> Message,
) -> Result<Id<T>, ValueFault> {
    let id: Option<Id<T>> = raw.parse().ok();
    id.filter(|id| known.any(|k| k == *id)).ok_or_else(|| ValueFault::new("unknown", unknown()))
}

fn parse_milestones(
    f: &mut FaultList,
    raw: Vec<RawMilestoneDone>,
    known: ReportContext<'_>,
) -> Vec<MilestoneDone> {
    let raw = limit_list(f, "/milestones", raw, MILESTONES_MAX);
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let id =
            f.parse_required(&format!("/milestones/{i}/milestone_id"), raw.milestone_id, |raw| {
                let own = known.milestones.iter().map(|m| m.id);
                let id = find_known_id(&raw, own, message::report::unknown_milestone)?;
                if seen.insert(id) { Ok(id) } else { Err(ValueFault::in_list_already()) }
            });
        let on =
            f.parse_required(&format!("/milestones/{i}/completed_on"), raw.completed_on, parse_day);
        if let (Some(milestone_id), Some(completed_on)) = (id, on) {
            out.push(MilestoneDone { milestone_id, completed_on });
        }
    }
    out
}

fn parse_values(
    f: &mut FaultList,
    raw: Vec<RawIndicatorValue>,
    known: ReportContext<'_>,
) -> Vec<IndicatorValue> {
    let raw = limit_list(f, "/indicator_values", raw, VALUES_MAX);
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let at = |field: &str| format!("/indicator_values/{i}/{field}");
        let id = f.parse_required(&at("indicator_id"), raw.indicator_id, |raw| {
            let own = known.indicators.iter().map(|i| i.id);
            find_known_id(&raw, own, message::report::unknown_indicator)
        });
        let value = f.parse_required(&at("value"), raw.value, parse_measured);
        let on = f.parse_required(&at("measured_on"), raw.measured_on, parse_day);
        let (Some(indicator_id), Some(measured_on)) = (id, on) else { continue };
        if !seen.insert((indicator_id, measured_on)) {
            f.add(at("measured_on"), ValueFault::in_list_already());
        } else if let Some(value) = value {
            out.push(IndicatorValue { indicator_id, value, measured_on });
        }
    }
    out
}

fn parse_evidence(f: &mut FaultList, raw: Vec<RawEvidence>) -> Vec<EvidenceLink> {
    let raw = limit_list(f, "/evidence", raw, EVIDENCE_MAX);
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let title = f.parse_required(&format!("/evidence/{i}/title"), raw.title, Title::parse);
        let url = f.parse_required(&format!("/evidence/{i}/url"), raw.url, HttpsUrl::parse);
        if let (Some(title), Some(url)) = (title, url) {
            out.push(EvidenceLink { title, url });
        }
    }
    out
}
