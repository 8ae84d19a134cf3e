//! Everything that a city has to report in a cycle, read at once.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rows::ReportRow;
use crate::{
    domain::{
        comment::{
            Comment, CommentKind,
            thread::{Entry, Thread, gather},
        },
        cycle::{CycleState, ReportingCycle},
        id::Id,
        parts::{Indicator, Milestone},
        project::Project,
        reference::City,
        report::{Report, ReportState, Status},
        sitting::Seat,
        subject::ReportSubject,
    },
    store::{
        Conn, StoreResult, comments,
        conn::on,
        extensions, json, parts, projects, releases,
        schema::{approved_reports, reports},
        types::DbUuid,
    },
};

/// What the approved reports of earlier cycles tell of a project.
#[derive(Default)]
struct Earlier {
    /// The status of the latest one that states one.
    status: Option<Status>,
    /// What the latest one says, as JSON.
    content: Option<String>,
}

/// Reads every project of the city in the cycle's plan, archived ones aside unless they have a report, with its report and
/// all that readiness asks for, by number. Partnerships and hands are left out: nobody submits or decides from here.
///
/// # Errors
/// Failures of the database.
pub fn seats(conn: &mut Conn, city: &City, cycle: &ReportingCycle) -> StoreResult<Vec<Seat>> {
    let mut reports = working(conn, city, cycle)?;
    let mut earlier = earlier(conn, city, cycle.as_of)?;
    let mut milestones: HashMap<_, Vec<Milestone>> = HashMap::new();
    for m in parts::milestones_of_city(conn, &city.slug)? {
        milestones.entry(m.project).or_default().push(m);
    }
    let mut indicators: HashMap<_, Vec<Indicator>> = HashMap::new();
    for i in parts::indicators_of_city(conn, &city.slug)? {
        indicators.entry(i.project).or_default().push(i);
    }
    let mut said = said(conn, city, cycle)?;
    let extension = extensions::day(conn, &cycle.slug, &city.slug)?;
    let released =
        cycle.state == CycleState::Closed && releases::last_of(conn, &cycle.slug)?.is_some();
    let approved = if released { approved(conn, city, cycle)? } else { HashSet::new() };
    let mut seats = Vec::new();
    for project in projects::of_city(conn, &city.slug, &cycle.plan_cycle)? {
        let report = reports.remove(&project.id);
        if project.details.archived && report.is_none() {
            continue;
        }
        let before = earlier.remove(&project.id).unwrap_or_default();
        let said = report.as_ref().and_then(|r| said.remove(&r.id)).unwrap_or_default();
        let returned = report.as_ref().and_then(|r| last_return(r, &said));
        let on = ReportSubject {
            milestones: milestones.remove(&project.id).unwrap_or_default(),
            indicators: indicators.remove(&project.id).unwrap_or_default(),
            partnerships: Vec::new(),
            cycle: cycle.clone(),
            zone: city.time_zone,
            extension,
            earlier: before.content.as_deref().map(json::read).transpose()?,
            waiting: waiting(&said),
            approved: None,
            previous_status: before.status,
            hands: Vec::new(),
            missed: released && !approved.contains(&project.id),
            released_in: None,
            project,
            report,
        };
        seats.push(Seat { on, returned });
    }
    Ok(seats)
}

/// Names the projects of the city with an approved report in the cycle.
fn approved(
    conn: &mut Conn,
    city: &City,
    cycle: &ReportingCycle,
) -> StoreResult<HashSet<Id<Project>>> {
    let ids: Vec<DbUuid> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::cycle.eq(cycle.slug.as_str()))
        .filter(approved_reports::city.eq(city.slug.as_str()))
        .select(approved_reports::project_id)
        .load(c))?;
    Ok(ids.into_iter().map(Id::from).collect())
}

fn working(
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

/// Reads what earlier cycles tell, the latest first. The content of a report is kept as text: few seats look into it.
fn earlier(
    conn: &mut Conn,
    city: &City,
    as_of: NaiveDate,
) -> StoreResult<HashMap<Id<Project>, Earlier>> {
    let rows: Vec<(DbUuid, String, String)> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::city.eq(city.slug.as_str()))
        .filter(approved_reports::as_of.lt(as_of))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .select(
            (approved_reports::project_id, approved_reports::status, approved_reports::content,)
        )
        .load(c))?;
    let mut out: HashMap<Id<Project>, Earlier> = HashMap::new();
    for (project, status, content) in rows {
        let of = out.entry(project.into()).or_default();
        let status = Status::parse(status)?;
        of.content.get_or_insert(content);
        if status != Status::NotStated {
            of.status.get_or_insert(status);
        }
    }
    Ok(out)
}

fn said(
    conn: &mut Conn,
    city: &City,
    cycle: &ReportingCycle,
) -> StoreResult<HashMap<Id<Report>, Vec<Comment>>> {
    let mut out: HashMap<Id<Report>, Vec<Comment>> = HashMap::new();
    for comment in comments::of_city(conn, &city.slug, &cycle.slug)? {
        out.entry(comment.report).or_default().push(comment);
    }
    Ok(out)
}

/// Names the open comments that wait for a word of the city.
fn waiting(said: &[Comment]) -> Vec<Id<Comment>> {
    let entries = said.iter().map(Entry::from).collect();
    gather(entries).iter().filter(|t: &&Thread| t.blocks()).map(|t| t.id).collect()
}

/// Finds the words with which the report was sent back, while it is returned.
fn last_return(report: &Report, said: &[Comment]) -> Option<Comment> {
    let sent_back = |c: &&Comment| match c.kind {
        CommentKind::Return | CommentKind::Reopen => true,
        CommentKind::Note => false,
    };
    match report.state {
        ReportState::Returned => said.iter().rfind(sent_back).cloned(),
        ReportState::Draft | ReportState::Submitted | ReportState::Approved => None,
    }
}
