//! The progress of a project in numbers: the weights of its milestones, and the time that has passed.

use chrono::NaiveDate;

use super::{PercentMethod, ReportContent};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    id::Id,
    message,
    project_parts::Milestone,
    value::Percent,
};

/// The percentage that follows from the milestones of a project, with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MilestoneWeighting {
    /// The sum of the weights of the reached milestones.
    pub reached: i64,
    /// The sum of the weights of all milestones.
    pub total: i64,
    /// The reached milestones.
    pub milestones: Vec<Id<Milestone>>,
}

impl MilestoneWeighting {
    /// Adds up the milestones of a project. A milestone is reached if the report or the project's own record states a
    /// day that is not after the cut-off. Without a cut-off every day counts: this is for copies that were frozen by
    /// the older rule. Returns `None` without milestones.
    #[must_use]
    pub(crate) fn from_milestones(
        milestones: &[Milestone],
        content: &ReportContent,
        cut_off: Option<NaiveDate>,
    ) -> Option<Self> {
        let counts = |day: NaiveDate| cut_off.is_none_or(|last| day <= last);
        let reached = |m: &&Milestone| {
            let stated = content.milestones.iter().filter(|done| done.milestone_id == m.id);
            m.completed_on.into_iter().chain(stated.map(|done| done.completed_on)).any(counts)
        };
        let total = milestones.iter().map(|m| m.weight).sum();
        (total > 0).then(|| Self {
            reached: milestones.iter().filter(reached).map(|m| m.weight).sum(),
            total,
            milestones: milestones.iter().filter(reached).map(|m| m.id).collect(),
        })
    }

    /// Returns the percentage, rounded to hundredths.
    #[must_use]
    pub(crate) fn percent(&self) -> Option<Percent> {
        // Rounds half up: computes twice the hundredths, adds one, and halves the result.
        let doubled = self.reached.checked_mul(20_000)?.checked_add(self.total)?;
        Percent::from_hundredths(doubled.checked_div(self.total.checked_mul(2)?)?)
    }
}

/// Sets the percentage of a report whose percentage comes from the milestones that were reached by the cut-off.
///
/// # Errors
/// The project has no milestones, or the report states a different percentage than they give.
pub(crate) fn settle_percent(
    content: &ReportContent,
    milestones: &[Milestone],
    cut_off: NaiveDate,
) -> Result<ReportContent, Vec<FieldFault>> {
    let faults = find_disagreements(content, milestones, cut_off);
    let mut content = content.clone();
    if content.percent_method == Some(PercentMethod::Milestones) {
        content.percent_complete =
            MilestoneWeighting::from_milestones(milestones, &content, Some(cut_off))
                .and_then(|w| w.percent());
    }
    if faults.is_empty() { Ok(content) } else { Err(faults) }
}

/// Lists contradictions to the statement that the percentage comes from the milestones. A missing percentage is no
/// contradiction.
#[must_use]
pub(crate) fn find_disagreements(
    content: &ReportContent,
    milestones: &[Milestone],
    cut_off: NaiveDate,
) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    if content.percent_method != Some(PercentMethod::Milestones) {
        return faults.into_vec();
    }
    let weighed = MilestoneWeighting::from_milestones(milestones, content, Some(cut_off));
    let Some(weighed) = weighed else {
        let fault = ValueFault::new("no_milestones", message::report::no_milestones());
        faults.add("/percent_method", fault);
        return faults.into_vec();
    };
    let given = weighed.percent();
    if content.percent_complete.is_some() && content.percent_complete != given {
        let percent = given.map(Percent::value).unwrap_or_default();
        let differ = message::report::milestones_differ(percent, weighed.reached, weighed.total);
        faults.add("/percent_complete", ValueFault::new("milestones_differ", differ));
    }
    faults.into_vec()
}

/// Returns the share of a project's time that has passed at the end of a day, 0 to 100; `None` if one of its dates is
/// not known. Both days count, so a project of one day is complete at the end of that day.
#[must_use]
pub(crate) fn compute_elapsed(
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    by: NaiveDate,
) -> Option<Percent> {
    let (starts, ends) = (starts_on?, ends_on?);
    let total = (ends - starts).num_days() + 1;
    let passed = ((by - starts).num_days() + 1).clamp(0, total);
    Percent::from_hundredths((passed * 20_000 + total).checked_div(total * 2)?)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        report::MilestoneDone,
        testing::{day, project, ready},
        value::Title,
    };

    fn milestones(weights: &[i64]) -> Vec<Milestone> {
        let one = |(n, weight): (u128, &i64)| Milestone {
            id: Id::new(Uuid::from_u128(n)),
            project: project().id,
            code: project().code,
            title: Title::parse("A step").unwrap(),
            due_on: day("2026-01-01"),
            weight: *weight,
            completed_on: None,
            version: 1,
        };
        (1..).zip(weights).map(one).collect()
    }

    fn content(reached: &[u128]) -> ReportContent {
        let done = |n: &u128| MilestoneDone {
            milestone_id: Id::new(Uuid::from_u128(*n)),
            completed_on: day("2026-02-01"),
        };
        ReportContent {
            percent_method: Some(PercentMethod::Milestones),
            percent_complete: None,
            milestones: reached.iter().map(done).collect(),
            ..ready()
        }
    }

    fn cut_off() -> NaiveDate {
        day("2026-12-31")
    }

    fn percent(weights: &[i64], reached: &[u128]) -> Option<f64> {
        let settled = settle_percent(&content(reached), &milestones(weights), cut_off()).ok()?;
        settled.percent_complete.map(Percent::value)
    }

    #[test]
    fn the_percentage_is_the_weight_of_what_is_reached() {
        assert_eq!(percent(&[1, 1, 1], &[1]), Some(33.33));
        assert_eq!(percent(&[1, 1, 1], &[1, 3]), Some(66.67));
        assert_eq!(percent(&[1, 3], &[2]), Some(75.0));
        assert_eq!(percent(&[1000, 1], &[]), Some(0.0));
        assert_eq!(percent(&[2, 5], &[1, 2]), Some(100.0));
        let mut all = milestones(&[1, 1]);
        for m in &mut all {
            m.completed_on = Some(day("2026-03-01"));
        }
        let settled = settle_percent(&content(&[]), &all, cut_off()).unwrap();
        assert_eq!(settled.percent_complete.map(Percent::value), Some(100.0));
    }

    #[test]
    fn milestone_reached_after_the_cut_off_does_not_count() {
        let mut own = milestones(&[1, 2, 5]);
        own[1].completed_on = Some(day("2026-02-02"));
        let reached = |cut_off: Option<&str>| {
            MilestoneWeighting::from_milestones(&own, &content(&[1]), cut_off.map(day))
                .map(|weighed| weighed.reached)
        };
        assert_eq!(reached(Some("2026-01-31")), Some(0));
        assert_eq!(reached(Some("2026-02-01")), Some(1));
        assert_eq!(reached(Some("2026-02-02")), Some(3));
        assert_eq!(reached(None), Some(3));
    }

    #[test]
    fn another_percentage_than_the_milestones_give_is_refused() {
        let stated =
            ReportContent { percent_complete: Percent::from_hundredths(5000), ..content(&[1]) };
        let faults = settle_percent(&stated, &milestones(&[1, 3]), cut_off()).unwrap_err();
        assert_eq!(faults.first().map(|f| f.pointer.as_str()), Some("/percent_complete"));
        assert!(
            faults.iter().any(|f| f.message == message::report::milestones_differ(25.0, 1, 4)),
            "{faults:?}"
        );
        let none = settle_percent(&stated, &[], cut_off()).unwrap_err();
        assert_eq!(none.first().map(|f| f.code.as_str()), Some("no_milestones"));
    }

    #[test]
    fn time_passes_from_the_first_day_to_the_last() {
        let share = |by: &str| {
            compute_elapsed(Some(day("2019-01-01")), Some(day("2019-01-10")), day(by))
                .map(Percent::value)
        };
        assert_eq!(share("2018-12-31"), Some(0.0));
        assert_eq!(share("2019-01-01"), Some(10.0));
        assert_eq!(share("2019-01-10"), Some(100.0));
        assert_eq!(share("2030-01-01"), Some(100.0));
        assert_eq!(compute_elapsed(None, Some(day("2019-01-01")), day("2019-01-01")), None);
        let one = Some(day("2019-01-01"));
        assert_eq!(compute_elapsed(one, one, day("2019-01-01")).map(Percent::value), Some(100.0));
    }
}
