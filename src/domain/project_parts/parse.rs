//! Parses milestones, indicators and partnerships as a client sends them, and collects all faults.

use chrono::NaiveDate;

use super::{
    Indicator, IndicatorDirection, IndicatorKind, Milestone, PartnerRole, PartnerStage, Partnership,
};
use crate::domain::{
    fault::{FaultList, ValueFault},
    id::Id,
    message,
    project::Project,
    raw_values::{RawMoney, RawReading},
    value::{Prose, Slug, Title, parse_day},
};

#[cfg(test)]
mod tests;

/// A part of a project that is sent as a whole, or changed by a patch.
pub(crate) trait ParsablePart: Sized {
    /// The part as the client sent it, or as a patch changes it.
    type Raw: for<'a> From<&'a Self>;
    /// Parses the part and adds every fault. The identity comes from `stub`.
    fn parse_part(
        raw: &Self::Raw,
        stub: &PartContext<'_, Self>,
        faults: &mut FaultList,
    ) -> Option<Self>;
}

/// The identity of a part: its id, its project, its version, and the part before the edit.
#[derive(Debug)]
pub(crate) struct PartContext<'a, P> {
    pub id: Id<P>,
    pub project: &'a Project,
    /// The part before the edit; none for a new part.
    pub before: Option<&'a P>,
    /// The version that the parsed part gets.
    pub version: i64,
}

/// A milestone as the client sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RawMilestone {
    pub title: Option<String>,
    pub due_on: Option<String>,
    pub weight: Option<i64>,
    pub completed_on: Option<String>,
}

impl From<&Milestone> for RawMilestone {
    fn from(m: &Milestone) -> Self {
        Self {
            title: Some(m.title.to_string()),
            due_on: Some(m.due_on.to_string()),
            weight: Some(m.weight),
            completed_on: m.completed_on.as_ref().map(NaiveDate::to_string),
        }
    }
}

/// Parses a weight. The default is 1: most milestones have equal weights.
fn parse_weight(raw: Option<i64>) -> Result<i64, ValueFault> {
    match raw {
        None => Ok(1),
        Some(w) if (1..=1000).contains(&w) => Ok(w),
        Some(_) => Err(ValueFault::new("range", message::project::weight())),
    }
}

impl ParsablePart for Milestone {
    type Raw = RawMilestone;
    fn parse_part(
        raw: &RawMilestone,
        stub: &PartContext<'_, Self>,
        f: &mut FaultList,
    ) -> Option<Self> {
        let title = f.parse_required("/title", raw.title.as_deref(), Title::parse);
        let due_on = f.parse_required("/due_on", raw.due_on.as_deref(), parse_day);
        let weight = f.take_parsed("/weight", parse_weight(raw.weight));
        let completed_on =
            f.parse_optional("/completed_on", raw.completed_on.as_deref(), parse_day);
        Some(Self {
            id: stub.id,
            project: stub.project.id,
            code: stub.project.code.clone(),
            title: title?,
            due_on: due_on?,
            weight: weight?,
            completed_on,
            version: stub.version,
        })
    }
}

/// An indicator as the client sent it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawIndicator {
    pub name: Option<String>,
    pub kind: Option<String>,
    pub unit: Option<String>,
    pub better: Option<String>,
    pub baseline: Option<RawReading>,
    pub target: Option<RawReading>,
}

impl From<&Indicator> for RawIndicator {
    fn from(i: &Indicator) -> Self {
        Self {
            name: Some(i.name.to_string()),
            kind: Some(i.kind.to_string()),
            unit: Some(i.unit.to_string()),
            better: Some(i.better.to_string()),
            baseline: i.baseline.map(RawReading::from),
            target: i.target.map(RawReading::from),
        }
    }
}

impl ParsablePart for Indicator {
    type Raw = RawIndicator;
    fn parse_part(
        raw: &RawIndicator,
        stub: &PartContext<'_, Self>,
        f: &mut FaultList,
    ) -> Option<Self> {
        let name = f.parse_required("/name", raw.name.as_deref(), Title::parse);
        let kind = f.parse_required("/kind", raw.kind.as_deref(), IndicatorKind::parse);
        let unit = f.parse_required("/unit", raw.unit.as_deref(), Title::parse);
        let better = f.parse_required("/better", raw.better.as_deref(), IndicatorDirection::parse);
        let baseline = raw.baseline.as_ref().and_then(|r| r.parse("/baseline", f));
        let target = raw.target.as_ref().and_then(|r| r.parse("/target", f));
        Some(Self {
            id: stub.id,
            project: stub.project.id,
            code: stub.project.code.clone(),
            name: name?,
            kind: kind?,
            unit: unit?,
            better: better?,
            baseline,
            target,
            version: stub.version,
        })
    }
}

/// A partnership as the client sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RawPartnership {
    pub partner: Option<String>,
    pub as_stated: Option<String>,
    pub role: Option<String>,
    pub stage: Option<String>,
    pub amount: Option<RawMoney>,
    pub note: Option<String>,
}

impl From<&Partnership> for RawPartnership {
    fn from(p: &Partnership) -> Self {
        Self {
            partner: p.partner.as_ref().map(Slug::to_string),
            as_stated: p.as_stated.as_ref().map(Title::to_string),
            role: p.role.map(|r| r.to_string()),
            stage: p.stage.map(|s| s.to_string()),
            amount: p.amount.map(RawMoney::from),
            note: p.note.as_ref().map(Prose::to_string),
        }
    }
}

impl ParsablePart for Partnership {
    type Raw = RawPartnership;
    /// The caller checks if the partner is known.
    fn parse_part(
        raw: &RawPartnership,
        stub: &PartContext<'_, Self>,
        f: &mut FaultList,
    ) -> Option<Self> {
        if raw.partner.is_none() && raw.as_stated.is_none() {
            let needed = message::project::partner_or_name_required();
            f.add("/partner", ValueFault::new("required", needed));
        }
        // An imported partnership may keep a field empty that its source did not state, but not clear one.
        let lacked = |lacks: fn(&Self) -> bool| stub.before.is_some_and(lacks);
        let role = match raw.role.as_deref() {
            None if lacked(|p| p.role.is_none()) => None,
            role => f.parse_required("/role", role, PartnerRole::parse),
        };
        let stage = match raw.stage.as_deref() {
            None if lacked(|p| p.stage.is_none()) => None,
            stage => f.parse_required("/stage", stage, PartnerStage::parse),
        };
        Some(Self {
            id: stub.id,
            project: stub.project.id,
            code: stub.project.code.clone(),
            partner: f.parse_optional("/partner", raw.partner.as_deref(), Slug::parse),
            as_stated: f.parse_optional("/as_stated", raw.as_stated.as_deref(), Title::parse),
            role,
            stage,
            amount: raw.amount.as_ref().and_then(|a| a.parse("/amount", f)),
            note: f.parse_optional("/note", raw.note.as_deref(), Prose::parse),
            version: stub.version,
        })
    }
}
