//! Loads everything that a city has to report in a cycle.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rows::ReportRow;
use crate::{
    domain::{
        city_checklist::ChecklistItem,
        comment::{
            Comment, CommentKind,
            thread::{CommentThread, ThreadEntry, group_into_threads},
        },
        cycle::{CycleState, ReportingCycle},
        id::Id,
        project::Project,
        project_parts::{Indicator, Milestone},
        reference::City,
        report::{ProjectStatus, Report, ReportState},
        subject::{CityCalendar, Loaded, ReportSubject},
    },
    store::{
        Conn, StoreResult, comments,
        conn::on,
        extensions, json, parts, projects, releases,
        schema::{approved_reports, reports},
        types::StoredUuid,
    },
};

/// Values from the approved reports of a project in earlier cycles.
#[derive(Default)]
struct EarlierReport {
    /// The status in the latest report that states one.
    status: Option<ProjectStatus>,
    /// The content of the latest report, as JSON.
    content: Option<String>,
}

/// Loads the projects of a city in the cycle's plan, ordered by number, with their reports and the data that
/// readiness needs. An archived project is included only if it has a report. Partnerships and contributors are left
/// out, because nobody submits or decides from the checklist.
pub(crate) fn load_checklist_items(
    conn: &mut Conn,
    city: &City,
    cycle: &ReportingCycle,
) -> StoreResult<Vec<ChecklistItem>> {
    let mut reports = load_working_reports(conn, city, cycle)?;
    let mut earlier = load_earlier_reports(conn, city, cycle.as_of)?;
    let mut milestones: HashMap<_, Vec<Milestone>> = HashMap::new();
    for m in parts::list_city_milestones(conn, &city.slug)? {
        milestones.entry(m.project).or_default().push(m);
    }
    let mut indicators: HashMap<_, Vec<Indicator>> = HashMap::new();
    for i in parts::list_city_indicators(conn, &city.slug)? {
        indicators.entry(i.project).or_default().push(i);
    }
    let mut comments_by_report = load_comments(conn, city, cycle)?;
    let extension = extensions::find_due_day(conn, &cycle.slug, &city.slug)?;
    let released =
        cycle.state == CycleState::Closed && releases::find_latest(conn, &cycle.slug)?.is_some();
    let approved =
        if released { load_approved_projects(conn, city, cycle)? } else { HashSet::new() };
    let mut items = Vec::new();
    for project in projects::list_for_city(conn, &city.slug, &cycle.plan_cycle)? {
        let report = reports.remove(&project.id);
        if project.details.archived && report.is_none() {
            continue;
        }
        let before = earlier.remove(&project.id).unwrap_or_default();
        let own_comments =
            report.as_ref().and_then(|r| comments_by_report.remove(&r.id)).unwrap_or_default();
        let returned = report.as_ref().and_then(|r| find_last_return(r, &own_comments));
        let report_subject = ReportSubject {
            milestones: Loaded::Value(milestones.remove(&project.id).unwrap_or_default()),
            indicators: Loaded::Value(indicators.remove(&project.id).unwrap_or_default()),
            partnerships: Loaded::NotLoaded("the partnerships"),
            cycle: cycle.clone(),
            calendar: Loaded::Value(CityCalendar { zone: city.time_zone, extension }),
            earlier_content: Loaded::Value(before.content.as_deref().map(json::read).transpose()?),
            has_question: Loaded::NotLoaded("the questions"),
            unanswered_comments: Loaded::Value(find_waiting_comments(&own_comments)),
            approved: Loaded::NotLoaded("the approved copy"),
            previous_status: Loaded::Value(before.status),
            contributors: Loaded::NotLoaded("the contributors"),
            missed_release: released && !approved.contains(&project.id),
            released_in: Loaded::NotLoaded("the release"),
            project,
            report,
        };
        items.push(ChecklistItem { report_subject, returned });
    }
    Ok(items)
}

fn load_approved_projects(
    conn: &mut Conn,
    city: &City,
    cycle: &ReportingCycle,
) -> StoreResult<HashSet<Id<Project>>> {
    let ids: Vec<StoredUuid> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::cycle.eq(cycle.slug.as_str()))
        .filter(approved_reports::city.eq(city.slug.as_str()))
        .select(approved_reports::project_id)
        .load(c))?;
    Ok(ids.into_iter().map(Id::from).collect())
}

fn load_working_reports(
    conn: &mut Conn,
    city: &City,
    cycle: &ReportingCycle,
) -> StoreResult<HashMap<Id<Project>, Report>> {
    let rows: Vec<ReportRow> = on!(conn, |c, DB| reports::table
        .filter(reports::cycle.eq(cycle.slug.as_str()))
        .filter(reports::city.eq(city.slug.as_str()))
        .select(ReportRow::as_select())
        .load(c))?;
    let keyed = |row| Report::try_from(row).map(|r| (r.project, r));
    rows.into_iter().map(keyed).collect()
}

/// Loads the values from earlier cycles. The content of a report stays text, because few items need it.
fn load_earlier_reports(
    conn: &mut Conn,
    city: &City,
    as_of: NaiveDate,
) -> StoreResult<HashMap<Id<Project>, EarlierReport>> {
    let rows: Vec<(StoredUuid, String, String)> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::city.eq(city.slug.as_str()))
        .filter(approved_reports::as_of.lt(as_of))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .select(
            (approved_reports::project_id, approved_reports::status, approved_reports::content,)
        )
        .load(c))?;
    let mut out: HashMap<Id<Project>, EarlierReport> = HashMap::new();
    for (project, status, content) in rows {
        let of = out.entry(project.into()).or_default();
        let status = ProjectStatus::parse(status)?;
        of.content.get_or_insert(content);
        if status != ProjectStatus::NotStated {
            of.status.get_or_insert(status);
        }
    }
    Ok(out)
}

fn load_comments(
    conn: &mut Conn,
    city: &City,
    cycle: &ReportingCycle,
) -> StoreResult<HashMap<Id<Report>, Vec<Comment>>> {
    let mut out: HashMap<Id<Report>, Vec<Comment>> = HashMap::new();
    for comment in comments::list_for_city(conn, &city.slug, &cycle.slug)? {
        out.entry(comment.report).or_default().push(comment);
    }
    Ok(out)
}

/// Returns the open comments that wait for an answer of the city.
fn find_waiting_comments(comments: &[Comment]) -> Vec<Id<Comment>> {
    let entries = comments.iter().map(ThreadEntry::from).collect();
    group_into_threads(entries)
        .iter()
        .filter(|t: &&CommentThread| t.blocks_submission())
        .map(|t| t.id)
        .collect()
}

/// Returns the comment with which the report was sent back. `None` if the report is not returned.
fn find_last_return(report: &Report, comments: &[Comment]) -> Option<Comment> {
    let sent_back = |c: &&Comment| match c.kind {
        CommentKind::Return | CommentKind::Reopen => true,
        CommentKind::Note | CommentKind::Approve => false,
    };
    match report.state {
        ReportState::Returned => comments.iter().rfind(sent_back).cloned(),
        ReportState::Draft | ReportState::Submitted | ReportState::Approved => None,
    }
}
