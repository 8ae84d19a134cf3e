//! Carries a report forward into the next cycle, and checks the statement "nothing changed".

use chrono::NaiveDate;

use super::{PercentMethod, ProjectStatus, ReportContent, progress::MilestoneWeighting};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    message::{self, Message},
    project_parts::{Indicator, Milestone},
    refusal::TransitionRefused,
    subject::ReportSubject,
};

/// The fault code for a report that states "nothing changed" although something did.
pub(crate) const CHANGED: &str = "changed";

impl ReportContent {
    /// Returns the content that the project's next report starts with. It leaves out milestones and indicators that no
    /// longer exist, and the status `not_stated`, which a city cannot report. `cut_off` is that of the next report.
    #[must_use]
    pub fn carry_forward(
        &self,
        milestones: &[Milestone],
        indicators: &[Indicator],
        cut_off: NaiveDate,
    ) -> Self {
        let mut next = self.clone();
        next.status = self.status.filter(|s| *s != ProjectStatus::NotStated);
        next.status_reason = None;
        next.milestones.retain(|done| milestones.iter().any(|m| m.id == done.milestone_id));
        next.indicator_values.retain(|v| indicators.iter().any(|i| i.id == v.indicator_id));
        next.unchanged = false;
        if next.percent_method == Some(PercentMethod::Milestones) {
            next.percent_complete =
                MilestoneWeighting::from_milestones(milestones, &next, Some(cut_off))
                    .and_then(|w| w.percent());
            next.percent_method = next.percent_complete.map(|_percent| PercentMethod::Milestones);
        }
        next
    }
}

/// Lists the fields that contradict the statement "nothing changed since the last approved report of an earlier cycle".
/// Milestones and indicator values must be equal, and so must status, percentage and money spent if they were stated.
/// Texts may differ.
#[must_use]
pub(crate) fn find_contradictions(
    content: &ReportContent,
    earlier: Option<&ReportContent>,
) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    let Some(earlier) = earlier.filter(|_| content.unchanged) else { return faults.into_vec() };
    let mut differs = |pointer: &str, same: bool, message: Message| {
        if !same {
            faults.add(pointer, ValueFault::new(CHANGED, message));
        }
    };
    let changed_from = message::report::changed_from;
    // A value that is stated for the first time is no change: imported history states little.
    if let Some(before) = earlier.status.filter(|s| *s != ProjectStatus::NotStated) {
        differs("/status", content.status == Some(before), changed_from(before.as_str()));
    }
    if let Some(before) = earlier.percent_complete {
        let same = content.percent_complete == Some(before);
        differs("/percent_complete", same, changed_from(&before.value().to_string()));
    }
    if let Some(before) = earlier.spent {
        let words = format!("{} {}", before.amount_minor, before.currency.as_str());
        differs("/spent", content.spent == Some(before), changed_from(&words));
    }
    let count = message::report::changed_from_list;
    let same = has_same_items(&content.milestones, &earlier.milestones);
    differs("/milestones", same, count(earlier.milestones.len()));
    let same = has_same_items(&content.indicator_values, &earlier.indicator_values);
    differs("/indicator_values", same, count(earlier.indicator_values.len()));
    faults.into_vec()
}

/// Returns a fault if the report states "nothing changed" and there is no earlier approved report. A draft may still
/// state it, because the earlier report may still be under review.
#[must_use]
pub(crate) fn check_earlier_report(
    content: &ReportContent,
    earlier: Option<&ReportContent>,
) -> Option<FieldFault> {
    let mut faults = FaultList::new();
    if content.unchanged && earlier.is_none() {
        let fault = ValueFault::new("no_earlier_report", message::report::no_earlier_report());
        faults.add("/unchanged", fault);
    }
    faults.into_vec().pop()
}

/// Returns the content of the next report with the statement "nothing changed".
///
/// # Errors
/// There is no earlier approved report.
pub(crate) fn carry_unchanged(subject: &ReportSubject) -> Result<ReportContent, TransitionRefused> {
    let earlier = subject.earlier_content.get()?.as_ref();
    let carried = earlier.cloned().unwrap_or_default().carry_forward(
        subject.milestones.get()?,
        subject.indicators.get()?,
        subject.cycle.as_of,
    );
    let content = ReportContent { unchanged: true, ..carried };
    match check_earlier_report(&content, earlier) {
        Some(fault) => Err(TransitionRefused::NotReady(vec![fault])),
        None => Ok(content),
    }
}

/// Returns `true` if two lists have the same items in any order.
fn has_same_items<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && a.iter().all(|item| b.contains(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        testing::{day, ready},
        value::Percent,
    };

    fn pointers(content: &ReportContent, earlier: Option<&ReportContent>) -> Vec<String> {
        find_contradictions(content, earlier)
            .into_iter()
            .chain(check_earlier_report(content, earlier))
            .map(|f| format!("{} {}", f.pointer, f.code))
            .collect()
    }

    #[test]
    fn what_is_called_unchanged_is_the_same_in_everything_but_words() {
        let earlier = ready();
        let mut content = ReportContent { unchanged: true, ..ready() };
        content.achievements = None;
        assert!(pointers(&content, Some(&earlier)).is_empty());
        content.status = Some(ProjectStatus::Completed);
        content.percent_complete = Percent::from_hundredths(10_000);
        assert_eq!(
            pointers(&content, Some(&earlier)),
            ["/status changed", "/percent_complete changed"]
        );
        assert_eq!(pointers(&content, None), ["/unchanged no_earlier_report"]);
        content.unchanged = false;
        assert!(pointers(&content, None).is_empty());
    }

    #[test]
    fn what_was_never_stated_may_be_stated_for_the_first_time() {
        let earlier = ReportContent {
            status: Some(ProjectStatus::NotStated),
            percent_complete: None,
            ..ready()
        };
        let content = ReportContent { unchanged: true, ..ready() };
        assert!(pointers(&content, Some(&earlier)).is_empty());
        assert_eq!(earlier.carry_forward(&[], &[], day("2026-12-31")).status, None);
    }
}
