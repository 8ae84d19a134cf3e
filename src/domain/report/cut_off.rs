//! Days after the cut-off of a cycle. A report describes its project on the cut-off day, so what came later belongs in
//! a later report.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{RawReport, ReportContent};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    message,
    value::parse_day,
};

fn day_fault(cut_off: NaiveDate) -> ValueFault {
    ValueFault::new("after_cut_off", message::report::after_cut_off(cut_off))
}

/// Iterates over the days on which milestones were reached and values were measured, each with its JSON pointer.
pub(crate) fn iter_days(content: &ReportContent) -> impl Iterator<Item = (String, NaiveDate)> {
    let reached = content.milestones.iter().enumerate();
    let reached = reached.map(|(i, done)| (reached_pointer(i), done.completed_on));
    let measured = content.indicator_values.iter().enumerate();
    reached.chain(measured.map(|(i, value)| (measured_pointer(i), value.measured_on)))
}

fn reached_pointer(index: usize) -> String {
    format!("/milestones/{index}/completed_on")
}

fn measured_pointer(index: usize) -> String {
    format!("/indicator_values/{index}/measured_on")
}

/// Lists the days of a report that are after the cut-off.
#[must_use]
pub(crate) fn find_days_after(content: &ReportContent, cut_off: NaiveDate) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    for (pointer, _) in iter_days(content).filter(|(_, day)| *day > cut_off) {
        faults.add(pointer, day_fault(cut_off));
    }
    faults.into_vec()
}

/// Lists the days after the cut-off that a body adds to the present content of a report. Days that cannot be read have
/// faults of their own.
#[must_use]
pub(crate) fn find_added_days_after(
    raw: &RawReport,
    present: Option<&ReportContent>,
    cut_off: NaiveDate,
) -> Vec<FieldFault> {
    let known = present.map(collect_dated_ids).unwrap_or_default();
    let reached = raw.milestones.iter().enumerate();
    let reached = reached.map(|(i, m)| (reached_pointer(i), &m.milestone_id, &m.completed_on));
    let measured = raw.indicator_values.iter().enumerate();
    let measured = measured.map(|(i, v)| (measured_pointer(i), &v.indicator_id, &v.measured_on));
    let mut faults = FaultList::new();
    for (pointer, id, day) in reached.chain(measured) {
        let is_late = day.as_ref().is_some_and(|day| parse_day(day).is_ok_and(|on| on > cut_off));
        let dated_id = id.clone().zip(day.clone());
        if is_late && !dated_id.is_some_and(|dated_id| known.contains(&dated_id)) {
            faults.add(pointer, day_fault(cut_off));
        }
    }
    faults.into_vec()
}

/// Returns each milestone and indicator of the content with its day.
fn collect_dated_ids(content: &ReportContent) -> BTreeSet<(String, String)> {
    let reached = content.milestones.iter();
    let reached = reached.map(|m| (m.milestone_id.to_string(), m.completed_on.to_string()));
    let measured = content.indicator_values.iter();
    let measured = measured.map(|v| (v.indicator_id.to_string(), v.measured_on.to_string()));
    reached.chain(measured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        id::Id,
        report::{IndicatorValue, MilestoneDone},
        testing::{day, ready},
    };

    fn content(reached: &str, measured: &str) -> ReportContent {
        ReportContent {
            milestones: vec![MilestoneDone {
                milestone_id: Id::new(uuid::Uuid::from_u128(1)),
                completed_on: day(reached),
            }],
            indicator_values: vec![IndicatorValue {
                indicator_id: Id::new(uuid::Uuid::from_u128(2)),
                value: 1.0,
                measured_on: day(measured),
            }],
            ..ready()
        }
    }

    fn pointers(faults: Vec<FieldFault>) -> Vec<String> {
        faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
    }

    #[test]
    fn day_of_the_cut_off_still_counts_and_the_next_day_is_a_fault() {
        let cut_off = day("2026-06-30");
        let on_the_day = content("2026-06-30", "2026-06-30");
        assert_eq!(pointers(find_days_after(&on_the_day, cut_off)), [""; 0]);
        assert_eq!(on_the_day.clone().before_cut_off(cut_off), on_the_day);
        let next_day = content("2026-07-01", "2026-07-01");
        assert_eq!(
            pointers(find_days_after(&next_day, cut_off)),
            [
                "/milestones/0/completed_on after_cut_off",
                "/indicator_values/0/measured_on after_cut_off"
            ]
        );
        assert_eq!(next_day.before_cut_off(cut_off), ready());
    }

    #[test]
    fn days_that_the_report_holds_already_are_not_added() {
        let cut_off = day("2026-06-30");
        let present = content("2026-07-01", "2026-07-01");
        let added = |raw: &RawReport| pointers(find_added_days_after(raw, Some(&present), cut_off));
        let mut raw = RawReport::from(&present);
        assert_eq!(added(&raw), [""; 0]);
        assert_eq!(pointers(find_added_days_after(&raw, None, cut_off)).len(), 2);
        raw.milestones[0].completed_on = Some("2026-07-02".to_owned());
        raw.indicator_values[0].measured_on = Some("2026-06-29".to_owned());
        assert_eq!(added(&raw), ["/milestones/0/completed_on after_cut_off"]);
        raw.milestones[0].completed_on = Some("2026-07-32".to_owned());
        assert_eq!(added(&raw), [""; 0]);
    }
}
