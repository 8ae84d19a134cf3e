//! The door of a report's content: every fault at once, each with its pointer.

use std::collections::BTreeSet;

use super::{
    Content, Evidence, IndicatorValue, MilestoneDone, PercentMethod, Status, carry, progress,
};
use crate::domain::{
    fault::{Faults, FieldFault, ValueFault},
    id::Id,
    parts::{Indicator, Milestone},
    raw::RawMoney,
    value::{HttpsUrl, Percent, Prose, Title, day, measured},
};

/// Most links of a report.
const EVIDENCE_MAX: usize = 50;
/// Most milestones of a report.
const MILESTONES_MAX: usize = 500;
/// Most values of a report: room for several indicators that are measured each day of a year.
const VALUES_MAX: usize = 2000;

/// What a city wants to say in a report, before its values are looked at.
#[derive(Debug, Clone, Default)]
pub struct RawReport {
    /// Where the project stands.
    pub status: Option<String>,
    /// Why, where the step from the previous status has to be explained.
    pub status_reason: Option<String>,
    /// How much is done, 0 to 100.
    pub percent_complete: Option<f64>,
    /// How that was found.
    pub percent_method: Option<String>,
    /// What was reached.
    pub achievements: Option<String>,
    /// What stood in the way.
    pub challenges: Option<String>,
    /// What comes next.
    pub next_steps: Option<String>,
    /// What the city asks for.
    pub support_needed: Option<String>,
    /// Money spent to date.
    pub spent: Option<RawMoney>,
    /// Milestones reached.
    pub milestones: Vec<RawMilestone>,
    /// Values measured.
    pub indicator_values: Vec<RawValue>,
    /// Where it can be looked up.
    pub evidence: Vec<RawEvidence>,
    /// An explicit statement that nothing changed.
    pub unchanged: bool,
}

/// A milestone that was reached.
#[derive(Debug, Clone, Default)]
pub struct RawMilestone {
    /// The milestone.
    pub milestone_id: Option<String>,
    /// When it was reached.
    pub completed_on: Option<String>,
}

/// A value that was measured.
#[derive(Debug, Clone, Default)]
pub struct RawValue {
    /// The indicator.
    pub indicator_id: Option<String>,
    /// What was measured.
    pub value: Option<f64>,
    /// When.
    pub measured_on: Option<String>,
}

/// Where a claim can be looked up.
#[derive(Debug, Clone, Default)]
pub struct RawEvidence {
    /// What it shows.
    pub title: Option<String>,
    /// Where it is.
    pub url: Option<String>,
}

/// What a report may refer to.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The project's milestones.
    pub milestones: &'a [Milestone],
    /// The project's indicators.
    pub indicators: &'a [Indicator],
    /// What the project's last approved report of an earlier cycle says; none without one.
    pub earlier: Option<&'a Content>,
}

impl RawReport {
    /// Looks at every value.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn parse(self, known: Known<'_>) -> Result<Content, Vec<FieldFault>> {
        let mut f = Faults::new();
        let content = Content {
            status: f.opt("/status", self.status, |raw| status(&raw)),
            status_reason: f.opt("/status_reason", self.status_reason, Prose::parse),
            percent_complete: f.opt("/percent_complete", self.percent_complete, Percent::parse),
            percent_method: f.opt("/percent_method", self.percent_method, PercentMethod::parse),
            achievements: f.opt("/achievements", self.achievements, Prose::parse),
            challenges: f.opt("/challenges", self.challenges, Prose::parse),
            next_steps: f.opt("/next_steps", self.next_steps, Prose::parse),
            support_needed: f.opt("/support_needed", self.support_needed, Prose::parse),
            spent: self.spent.and_then(|money| money.parse("/spent", &mut f)),
            milestones: milestones(&mut f, self.milestones, known),
            indicator_values: values(&mut f, self.indicator_values, known),
            evidence: evidence(&mut f, self.evidence),
            unchanged: self.unchanged,
        };
        let mut faults = f.into_vec();
        let settled = progress::settle(&content, known.milestones);
        let mut together = settled.as_ref().err().cloned().unwrap_or_default();
        let whole = settled.as_ref().unwrap_or(&content);
        together.extend(carry::contradictions(whole, known.earlier));
        // What fields say together is judged as far as each of them holds a value; a double takes nothing away from a list.
        together.retain(|f| f.code == carry::CHANGED || !about(&faults, &PROGRESS));
        together.retain(|f| !about(&faults, &[f.pointer.as_str()]));
        faults.extend(together);
        if faults.is_empty() { settled } else { Err(faults) }
    }
}

/// The fields that a percentage by milestones depends on.
const PROGRESS: [&str; 3] = ["/percent_complete", "/percent_method", "/milestones"];

/// Says whether some of the faults leave a field, or an item of it, without a value.
fn about(faults: &[FieldFault], fields: &[&str]) -> bool {
    let within = |f: &FieldFault, field: &&str| {
        f.pointer.strip_prefix(*field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let lacks = |f: &&FieldFault| f.code != DUPLICATE;
    faults.iter().filter(lacks).any(|f| fields.iter().any(|field| within(f, field)))
}

/// `not_stated` is a word of imported history; nobody says it.
fn status(raw: &str) -> Result<Status, ValueFault> {
    let sayable = || Status::ALL.iter().copied().filter(|s| *s != Status::NotStated);
    sayable()
        .find(|s| s.as_str() == raw)
        .ok_or_else(|| ValueFault::unknown("status", sayable().map(Status::as_str)))
}

/// The code of an item that stands in its list already.
const DUPLICATE: &str = "duplicate";

fn duplicate() -> ValueFault {
    ValueFault::new(DUPLICATE, "this is in the list already")
}

/// Refuses a list that is too long before anything in it is looked at.
fn short<T>(faults: &mut Faults, pointer: &str, list: Vec<T>, max: usize) -> Vec<T> {
    if list.len() <= max {
        return list;
    }
    faults.add(pointer, ValueFault::new("too_many", format!("at most {max} are expected")));
    Vec::new()
}

/// Finds what an id of the body names among the project's own.
fn find<T>(
    what: &str,
    raw: &str,
    mut known: impl Iterator<Item = Id<T>>,
) -> Result<Id<T>, ValueFault> {
    let id: Option<Id<T>> = raw.parse().ok();
    id.filter(|id| known.any(|k| k == *id)).ok_or_else(|| {
        ValueFault::new("unknown", format!("the id of {what} of this project is expected"))
    })
}

fn milestones(f: &mut Faults, raw: Vec<RawMilestone>, known: Known<'_>) -> Vec<MilestoneDone> {
    let raw = short(f, "/milestones", raw, MILESTONES_MAX);
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let id = f.need(&format!("/milestones/{i}/milestone_id"), raw.milestone_id, |raw| {
            let id = find("a milestone", &raw, known.milestones.iter().map(|m| m.id))?;
            if seen.insert(id) { Ok(id) } else { Err(duplicate()) }
        });
        let on = f.need(&format!("/milestones/{i}/completed_on"), raw.completed_on, day);
        if let (Some(milestone_id), Some(completed_on)) = (id, on) {
            out.push(MilestoneDone { milestone_id, completed_on });
        }
    }
    out
}

fn values(f: &mut Faults, raw: Vec<RawValue>, known: Known<'_>) -> Vec<IndicatorValue> {
    let raw = short(f, "/indicator_values", raw, VALUES_MAX);
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let at = |field: &str| format!("/indicator_values/{i}/{field}");
        let id = f.need(&at("indicator_id"), raw.indicator_id, |raw| {
            find("an indicator", &raw, known.indicators.iter().map(|i| i.id))
        });
        let value = f.need(&at("value"), raw.value, measured);
        let on = f.need(&at("measured_on"), raw.measured_on, day);
        let (Some(indicator_id), Some(measured_on)) = (id, on) else { continue };
        if !seen.insert((indicator_id, measured_on)) {
            f.add(at("measured_on"), duplicate());
        } else if let Some(value) = value {
            out.push(IndicatorValue { indicator_id, value, measured_on });
        }
    }
    out
}

fn evidence(f: &mut Faults, raw: Vec<RawEvidence>) -> Vec<Evidence> {
    let raw = short(f, "/evidence", raw, EVIDENCE_MAX);
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let title = f.need(&format!("/evidence/{i}/title"), raw.title, Title::parse);
        let url = f.need(&format!("/evidence/{i}/url"), raw.url, HttpsUrl::parse);
        if let (Some(title), Some(url)) = (title, url) {
            out.push(Evidence { title, url });
        }
    }
    out
}
