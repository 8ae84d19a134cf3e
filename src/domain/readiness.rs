//! What a report lacks before it can be submitted. The same rules answer the question in advance and guard the
//! submission.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    comment::Comment,
    cycle::calendar_day,
    fault::{FaultList, FieldFault, ValueFault},
    id::Id,
    message::{self, Message},
    project::ProjectDetails,
    project_parts::{Indicator, Milestone},
    report::{ProjectStatus, ReportContent, carry_forward, cut_off, progress},
    subject::{PartNotLoaded, ReportSubject},
};

#[cfg(test)]
mod tests;

/// Lists everything that blocks the submission of this content at an instant.
///
/// # Errors
/// Returns an error if a part that decides was not loaded.
pub(crate) fn list_blockers(
    subject: &ReportSubject,
    content: &ReportContent,
    at: DateTime<Utc>,
) -> Result<Vec<FieldFault>, PartNotLoaded> {
    let milestones = subject.milestones.get()?;
    let today = calendar_day(at, subject.calendar.get()?.zone);
    let previous = *subject.previous_status.get()?;
    let mut found = find_missing_fields(content, &subject.project.details, previous);
    found.extend(check_completed_percent(content));
    found.extend(find_removed_milestones(content, milestones));
    if !content.indicator_values.is_empty() {
        found.extend(find_removed_indicators(content, subject.indicators.get()?));
    }
    found.extend(cut_off::find_days_after(content, subject.cycle.as_of));
    found.extend(find_future_days(subject, content, today)?);
    if content.unchanged {
        let earlier = subject.earlier_content.get()?.as_ref();
        found.extend(carry_forward::find_contradictions(content, earlier));
        found.extend(carry_forward::check_earlier_report(content, earlier));
    }
    found.extend(progress::find_disagreements(content, milestones, subject.cycle.as_of));
    found.extend(find_unanswered_comments(subject.unanswered_comments.get()?));
    Ok(found)
}

/// Returns a fault if a completed project states less than 100 percent. A percentage that is not stated is no fault
/// here: only [`find_missing_fields`] reports it.
fn check_completed_percent(content: &ReportContent) -> Option<FieldFault> {
    let mut faults = FaultList::new();
    let below = content.percent_complete.is_some_and(|p| p.hundredths() < 10_000);
    if content.status == Some(ProjectStatus::Completed) && below {
        let fault = ValueFault::new("incomplete", message::report::complete_needs_all());
        faults.add("/percent_complete", fault);
    }
    faults.into_vec().pop()
}

/// Lists events that are dated after today, in the city's time zone. A milestone of the project that is dated after the
/// cut-off is left out, because the submission freezes it without that day.
fn find_future_days(
    subject: &ReportSubject,
    content: &ReportContent,
    today: NaiveDate,
) -> Result<Vec<FieldFault>, PartNotLoaded> {
    let own = subject.milestones.get()?.iter().filter_map(|milestone| {
        let day = milestone.completed_on.filter(|day| *day <= subject.cycle.as_of)?;
        Some((format!("/project/milestones/{}/completed_on", milestone.id), day))
    });
    let mut faults = FaultList::new();
    for (pointer, _) in cut_off::iter_days(content).chain(own).filter(|(_, day)| *day > today) {
        faults.add(pointer, ValueFault::new("future", message::report::future_day()));
    }
    Ok(faults.into_vec())
}

/// Lists the open comments that the city has to answer. Each must have a reply before the report is submitted.
fn find_unanswered_comments(unanswered: &[Id<Comment>]) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    for id in unanswered {
        let fault = ValueFault::new("unanswered", message::report::question_open());
        faults.add(format!("/comments/{id}"), fault);
    }
    faults.into_vec()
}

/// Returns the fault of a part in the report that was removed from the project.
fn part_gone_fault(part: Message) -> ValueFault {
    ValueFault::new("unknown", message::report::part_gone(part))
}

/// Lists the milestones in the report that were removed from the project.
fn find_removed_milestones(content: &ReportContent, milestones: &[Milestone]) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    for (i, done) in content.milestones.iter().enumerate() {
        if !milestones.iter().any(|m| m.id == done.milestone_id) {
            let fault = part_gone_fault(message::thing::milestone());
            faults.add(format!("/milestones/{i}/milestone_id"), fault);
        }
    }
    faults.into_vec()
}

/// Lists the indicators in the report that were removed from the project.
fn find_removed_indicators(content: &ReportContent, indicators: &[Indicator]) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    for (i, value) in content.indicator_values.iter().enumerate() {
        if !indicators.iter().any(|k| k.id == value.indicator_id) {
            let fault = part_gone_fault(message::thing::indicator());
            faults.add(format!("/indicator_values/{i}/indicator_id"), fault);
        }
    }
    faults.into_vec()
}

/// Lists the missing fields, each with its JSON pointer in the report. Fields of the project's own record are below
/// `/project`.
///
/// `previous` is the status from the project's latest approved report of an earlier cycle that states one.
#[must_use]
pub(crate) fn find_missing_fields(
    content: &ReportContent,
    project: &ProjectDetails,
    previous: Option<ProjectStatus>,
) -> Vec<FieldFault> {
    let mut faults = FaultList::new();
    let mut require = |pointer: &str, given: bool| {
        if !given {
            faults.add(pointer, ValueFault::required());
        }
    };
    require("/status", content.status.is_some_and(|s| s != ProjectStatus::NotStated));
    require("/achievements", content.achievements.is_some());
    require("/challenges", content.challenges.is_some());
    require("/next_steps", content.next_steps.is_some());
    if !content.status.is_some_and(ProjectStatus::has_no_percent) {
        require("/percent_complete", content.percent_complete.is_some());
    }
    // The method and the number are only useful together, so a stated number needs its method as well.
    if content.percent_complete.is_some()
        || !content.status.is_some_and(ProjectStatus::has_no_percent)
    {
        require("/percent_method", content.percent_method.is_some());
    }
    if content.status.is_some_and(|s| s.needs_reason(previous)) {
        require("/status_reason", content.status_reason.is_some());
    }
    require("/project/focus_area", project.focus_area.is_some());
    require("/project/starts_on", project.starts_on.is_some());
    require("/project/ends_on", project.ends_on.is_some());
    faults.into_vec()
}
