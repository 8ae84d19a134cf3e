//! Parses a new cycle or a change of a cycle, and collects all faults.

use chrono::NaiveDate;

use super::{CycleState, ReportingCycle};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    message,
    value::{Slug, Title, parse_day},
};

/// A new cycle as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawCycle {
    pub cycle: Option<String>,
    pub name: Option<String>,
    pub plan_cycle: Option<String>,
    pub opens_on: Option<String>,
    pub due_on: Option<String>,
    pub review_due_on: Option<String>,
    pub as_of: Option<String>,
}

/// A change of a cycle as the client sent it. An absent field keeps its value. Only `review_due_on` can be cleared;
/// `null` for `opens_on` or `due_on` is accepted if an imported cycle has no such day.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawCyclePatch {
    pub name: Option<Option<String>>,
    pub opens_on: Option<Option<String>>,
    pub due_on: Option<Option<String>>,
    pub review_due_on: Option<Option<String>>,
    pub as_of: Option<Option<String>>,
}

impl RawCycle {
    /// Creates a scheduled cycle. `cycles` are the existing ones. `opens_on` and `due_on` are required here: only
    /// imported cycles have no such days.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(
        self,
        plan_cycles: &[Slug],
        cycles: &[ReportingCycle],
    ) -> Result<ReportingCycle, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let slug = faults.parse_required("/cycle", self.cycle, Slug::parse);
        let name = faults.parse_required("/name", self.name, Title::parse);
        let plan_cycle = faults.parse_required("/plan_cycle", self.plan_cycle, |raw| {
            plan_cycles.iter().find(|p| p.as_str() == raw).cloned().ok_or_else(|| {
                let known = plan_cycles.iter().map(Slug::as_str);
                ValueFault::unknown(message::thing::plan_cycle(), known)
            })
        });
        let opens_on = faults.parse_required("/opens_on", self.opens_on, parse_day);
        let due_on = faults.parse_required("/due_on", self.due_on, parse_day);
        let review_due_on = faults.parse_optional("/review_due_on", self.review_due_on, parse_day);
        let as_of = faults.parse_required("/as_of", self.as_of, parse_day);
        check_day_order(&mut faults, opens_on, due_on, review_due_on);
        if let (Some(plan), Some(as_of)) = (&plan_cycle, as_of) {
            check_unique_cut_off(
                &mut faults,
                as_of,
                cycles.iter().filter(|c| c.plan_cycle == *plan),
            );
        }
        match (slug, name, plan_cycle, as_of) {
            (Some(slug), Some(name), Some(plan_cycle), Some(as_of)) => {
                faults.finish_with(ReportingCycle {
                    slug,
                    name,
                    plan_cycle,
                    opens_on,
                    due_on,
                    review_due_on,
                    as_of,
                    state: CycleState::Scheduled,
                    imported: None,
                    version: 1,
                })
            }
            // A missing value has added a fault already.
            (_, _, _, _) => Err(faults.into_vec()),
        }
    }
}

impl RawCyclePatch {
    /// Returns `true` if the patch would move the cut-off of a cycle that was opened: reports may be approved under it.
    #[must_use]
    pub(crate) fn moves_cut_off(&self, cycle: &ReportingCycle) -> bool {
        let same = |raw: &String| parse_day(raw).is_ok_and(|d| d == cycle.as_of);
        match (&self.as_of, cycle.state) {
            (None, _) | (_, CycleState::Scheduled) => false,
            (Some(raw), CycleState::Open | CycleState::Closed) => !raw.as_ref().is_some_and(same),
        }
    }

    /// Applies the patch to a cycle. `cycles` are the existing ones.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn apply_to(
        self,
        cycle: ReportingCycle,
        cycles: &[ReportingCycle],
    ) -> Result<ReportingCycle, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let f = &mut faults;
        let name = match self.name {
            Some(raw) => f.parse_required("/name", raw, Title::parse),
            None => Some(cycle.name),
        };
        let as_of = match self.as_of {
            Some(raw) => f.parse_required("/as_of", raw, parse_day),
            None => Some(cycle.as_of),
        };
        let review_due_on = match self.review_due_on {
            Some(raw) => f.parse_optional("/review_due_on", raw, parse_day),
            None => cycle.review_due_on,
        };
        let opens_on = parse_patched_day(f, "/opens_on", self.opens_on, cycle.opens_on);
        let due_on = parse_patched_day(f, "/due_on", self.due_on, cycle.due_on);
        check_day_order(f, opens_on, due_on, review_due_on);
        // An unchanged cut-off is not checked: a cycle from before this rule may share its day, and can still be
        // renamed.
        if let Some(moved) = as_of.filter(|day| *day != cycle.as_of) {
            let others =
                |c: &&ReportingCycle| c.plan_cycle == cycle.plan_cycle && c.slug != cycle.slug;
            check_unique_cut_off(f, moved, cycles.iter().filter(others));
        }
        match (name, as_of) {
            (Some(name), Some(as_of)) => faults.finish_with(ReportingCycle {
                name,
                opens_on,
                due_on,
                review_due_on,
                as_of,
                version: cycle.version + 1,
                ..cycle
            }),
            // A missing value has added a fault already.
            (_, _) => Err(faults.into_vec()),
        }
    }
}

/// Parses a day that can be replaced but not cleared.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three different things in RFC 7396"
)]
fn parse_patched_day(
    faults: &mut FaultList,
    pointer: &str,
    raw: Option<Option<String>>,
    before: Option<NaiveDate>,
) -> Option<NaiveDate> {
    match raw {
        None => before,
        Some(None) if before.is_none() => None,
        Some(raw) => faults.parse_required(pointer, raw, parse_day),
    }
}

/// Adds a fault if a different cycle of the plan has the same cut-off: the order of a project's reports would be
/// undefined.
fn check_unique_cut_off<'c>(
    faults: &mut FaultList,
    as_of: NaiveDate,
    mut others: impl Iterator<Item = &'c ReportingCycle>,
) {
    if let Some(other) = others.find(|c| c.as_of == as_of) {
        let taken = message::reference::cut_off_taken(other.slug.as_str());
        faults.add("/as_of", ValueFault::new("duplicate", taken));
    }
}

/// Adds a fault for each day that is out of order.
fn check_day_order(
    faults: &mut FaultList,
    opens_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    review_due_on: Option<NaiveDate>,
) {
    let reversed =
        |a: Option<NaiveDate>, b: Option<NaiveDate>| a.zip(b).is_some_and(|(a, b)| b < a);
    if reversed(opens_on, due_on) {
        let fault = ValueFault::new("order", message::reference::due_before_opening());
        faults.add("/due_on", fault);
    }
    if reversed(due_on, review_due_on) {
        let fault = ValueFault::new("order", message::reference::review_before_due());
        faults.add("/review_due_on", fault);
    }
}
