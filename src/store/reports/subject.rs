//! Loads a report with everything that the policy and the rules need.

use std::{collections::HashMap, hash::Hash};

use chrono::NaiveDate;
use chrono_tz::Tz;
use diesel::prelude::*;

use super::{
    contributors::load_contributors, find, find_approved, find_content_before, find_status_before,
};
use crate::{
    domain::{
        comment::{Comment, thread::CommentThread},
        cycle::{CycleState, ReportingCycle},
        id::Id,
        policy::{Act, Actor},
        project::{Project, ProjectCode},
        reference::parse_time_zone,
        report::{ProjectStatus, Report, ReportContent, ReportState},
        subject::{CityCalendar, Loaded, ReportSubject},
        user::RecordPlace,
        value::Slug,
    },
    store::{
        Conn, StoreResult, comments, conn::on, cycles, extensions, load::LoadByKey, parts,
        projects, releases, schema::cities,
    },
};

/// The data that is loaded in addition to the report, its project and its cycle. Reads and edits are frequent and
/// need little of it.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each part is loaded or left out by itself")]
struct ReportLoadPlan {
    /// Whether the actor works on the report. Outsiders see the approved copy only.
    inside: bool,
    /// Milestones, which readiness reads.
    milestones: bool,
    /// Indicators, to which a report may refer.
    indicators: bool,
    /// Partnerships, which a submission freezes.
    partnerships: bool,
    /// The approved copy, which outsiders see and an approval replaces.
    approved: bool,
    /// The previous status, which readiness needs and outsiders do not see.
    previous_status: bool,
    /// The contributors. They matter only for actors who could decide.
    contributors: bool,
    /// The content of the latest approved report of an earlier cycle. It is compared with and carried forward.
    earlier: bool,
    /// Whether the city asks something. This decides if reviewers read comments on a draft.
    questions: bool,
    /// The comments that wait for the city. They block a submission.
    waiting: bool,
    /// The release that holds the report. It is shown with an approved report.
    released: bool,
    /// The city's time zone and its extension. They decide whether the cycle accepts reports, and what is late.
    calendar: bool,
}

impl ReportLoadPlan {
    const ALL: Self = Self {
        inside: true,
        milestones: true,
        indicators: true,
        partnerships: true,
        approved: true,
        previous_status: true,
        contributors: true,
        earlier: true,
        questions: true,
        waiting: true,
        released: true,
        calendar: true,
    };

    fn for_act(act: Act, actor: &Actor, place: &RecordPlace, report: Option<&Report>) -> Self {
        let inside = actor.is_insider_at(place);
        let could_decide = |act: &Act| {
            act.needs_two_keys()
                && actor.grants().iter().any(|g| act.permits_role(g.role, &g.scope, place))
        };
        let states_values = report.is_some_and(|r| !r.content.indicator_values.is_empty());
        let freezes = act == Act::SubmitReport;
        Self {
            inside,
            milestones: inside,
            indicators: inside && (states_values || freezes || act == Act::EditReport),
            partnerships: freezes,
            approved: !inside || act == Act::ApproveReport,
            previous_status: inside,
            contributors: Act::ALL.iter().any(could_decide),
            earlier: inside
                && (act == Act::EditReport || report.is_some_and(|r| r.content.unchanged)),
            questions: inside && act == Act::ListComments,
            waiting: inside,
            released: true,
            calendar: true,
        }
    }
}

impl ReportLoadPlan {
    /// Leaves out everything that the policy does not need.
    const fn restrict_to_admission(self, act: Act) -> Self {
        Self {
            milestones: false,
            indicators: false,
            partnerships: false,
            previous_status: false,
            contributors: self.contributors && act.needs_two_keys(),
            earlier: false,
            waiting: false,
            released: false,
            calendar: false,
            ..self
        }
    }

    /// Leaves out data that is only shown after the act, such as what the report lacks and what may be done next.
    const fn restrict_to_rules(self, act: Act) -> Self {
        let files = matches!(act, Act::SubmitReport | Act::EditReport);
        Self {
            milestones: self.milestones && files,
            indicators: self.indicators && files,
            previous_status: self.previous_status && files,
            earlier: self.earlier && files,
            waiting: self.waiting && files,
            contributors: self.contributors && act.needs_two_keys(),
            released: false,
            ..self
        }
    }
}

fn load_city_zone(conn: &mut Conn, city: &Slug) -> StoreResult<Tz> {
    let name: String = on!(conn, |c, DB| cities::table
        .find(city.as_str())
        .select(cities::time_zone)
        .get_result(c))?;
    Ok(parse_time_zone(name)?)
}

/// Returns the previous status. The earlier content, if it was loaded, usually states it.
fn find_previous_status(
    conn: &mut Conn,
    project: Id<Project>,
    cycle: &ReportingCycle,
    earlier: Option<&Option<ReportContent>>,
) -> StoreResult<Option<ProjectStatus>> {
    let stated = match earlier {
        Some(None) => return Ok(None),
        Some(Some(content)) => content.status.filter(|s| *s != ProjectStatus::NotStated),
        None => None,
    };
    if stated.is_some() { Ok(stated) } else { find_status_before(conn, project, cycle.as_of) }
}

/// Returns the open comments that wait for an answer of the city.
fn find_waiting_comments(
    conn: &mut Conn,
    report: Option<&Report>,
) -> StoreResult<Vec<Id<Comment>>> {
    // Only the city comments on a report that was never submitted, and it does not wait for itself.
    let Some(report) = report.filter(|r| r.ever_submitted) else { return Ok(Vec::new()) };
    let threads = comments::load_threads(conn, report.id)?;
    Ok(threads.into_iter().filter(CommentThread::blocks_submission).map(|t| t.id).collect())
}

/// Returns `true` if the city asks something on a report that was never submitted.
fn has_question(conn: &mut Conn, report: Option<&Report>) -> StoreResult<bool> {
    match report {
        Some(report) if !report.ever_submitted => comments::has_question(conn, report.id),
        Some(_) | None => Ok(false),
    }
}

/// Data that many reports share. It is read once per transaction, which must not change any of it.
#[derive(Debug, Default)]
pub(crate) struct SharedLookups {
    cycles: HashMap<Slug, Option<ReportingCycle>>,
    zones: HashMap<Slug, Tz>,
    extensions: HashMap<(Slug, Slug), Option<NaiveDate>>,
    released: HashMap<Slug, bool>,
}

/// Returns the cached value, or loads it.
fn load_once<K: Clone + Eq + Hash, V: Clone>(
    known: &mut HashMap<K, V>,
    key: &K,
    read: impl FnOnce() -> StoreResult<V>,
) -> StoreResult<V> {
    if let Some(value) = known.get(key) {
        return Ok(value.clone());
    }
    let value = read()?;
    known.insert(key.clone(), value.clone());
    Ok(value)
}

impl SharedLookups {
    /// Loads a report for one act on many reports. Data that is only shown afterwards is left out.
    pub(crate) fn load_report_subject(
        &mut self,
        conn: &mut Conn,
        key: &(ProjectCode, Slug),
        act: Act,
        actor: &Actor,
    ) -> StoreResult<Option<ReportSubject>> {
        assemble_subject(conn, self, key, |project, report| {
            let place = RecordPlace::City(project.city.clone(), project.country);
            ReportLoadPlan::for_act(act, actor, &place, report).restrict_to_rules(act)
        })
    }

    /// Returns `true` if a report is too late for a release of its cycle, so that nobody may file or decide it any
    /// more. A report that was approved before can still be amended. A cycle that was opened again accepts every
    /// report.
    fn has_missed_release(
        &mut self,
        conn: &mut Conn,
        cycle: &ReportingCycle,
        project: Id<Project>,
        report: Option<&Report>,
    ) -> StoreResult<bool> {
        let waits = report.is_none_or(|report| report.state != ReportState::Approved);
        Ok(waits
            && cycle.state == CycleState::Closed
            && load_once(&mut self.released, &cycle.slug, || {
                Ok(releases::find_latest(conn, &cycle.slug)?.is_some())
            })?
            && find_approved(conn, project, &cycle.slug)?.is_none())
    }
}

fn assemble_subject(
    conn: &mut Conn,
    common: &mut SharedLookups,
    (code, cycle): &(ProjectCode, Slug),
    needs: impl FnOnce(&Project, Option<&Report>) -> ReportLoadPlan,
) -> StoreResult<Option<ReportSubject>> {
    let Some(project) = projects::find(conn, code)? else { return Ok(None) };
    let cycle = load_once(&mut common.cycles, cycle, || cycles::find(conn, cycle))?;
    let Some(cycle) = cycle else { return Ok(None) };
    let report = find(conn, project.id, &cycle.slug)?;
    let needs = needs(&project, report.as_ref());
    let id = project.id;
    let earlier = Loaded::load_if(needs.earlier, "the earlier report", || {
        find_content_before(conn, id, cycle.as_of)
    })?;
    Ok(Some(ReportSubject {
        milestones: Loaded::load_if(needs.milestones, "the milestones", || {
            parts::list_milestones(conn, id)
        })?,
        indicators: Loaded::load_if(needs.indicators, "the indicators", || {
            parts::list_indicators(conn, id)
        })?,
        partnerships: Loaded::load_if(needs.partnerships, "the partnerships", || {
            parts::list_partnerships(conn, id)
        })?,
        calendar: Loaded::load_if(needs.calendar, "the calendar of the city", || {
            load_calendar(conn, common, &project.city, &cycle.slug)
        })?,
        previous_status: Loaded::load_if(needs.previous_status, "the previous status", || {
            find_previous_status(conn, id, &cycle, earlier.get().ok())
        })?,
        earlier_content: earlier,
        has_question: Loaded::load_if(needs.questions, "the questions", || {
            has_question(conn, report.as_ref())
        })?,
        unanswered_comments: Loaded::load_if(needs.waiting, "the unanswered comments", || {
            find_waiting_comments(conn, report.as_ref())
        })?,
        approved: Loaded::load_if(needs.approved, "the approved copy", || {
            find_approved(conn, id, &cycle.slug)
        })?,
        contributors: Loaded::load_if(needs.contributors, "the contributors", || {
            load_contributors(conn, code, &cycle.slug)
        })?,
        missed_release: common.has_missed_release(conn, &cycle, id, report.as_ref())?,
        released_in: Loaded::load_if(needs.released, "the release", || match &report {
            // Inside, a report that is not approved is shown without its release.
            Some(report) if !needs.inside || report.state == ReportState::Approved => {
                releases::find_release_holding(conn, report.id)
            }
            Some(_) | None => Ok(None),
        })?,
        project,
        cycle,
        report,
    }))
}

/// Loads the days of a city in a cycle.
fn load_calendar(
    conn: &mut Conn,
    common: &mut SharedLookups,
    city: &Slug,
    cycle: &Slug,
) -> StoreResult<CityCalendar> {
    let zone = load_once(&mut common.zones, city, || load_city_zone(conn, city))?;
    let key = (cycle.clone(), city.clone());
    let extension =
        load_once(&mut common.extensions, &key, || extensions::find_due_day(conn, cycle, city))?;
    Ok(CityCalendar { zone, extension })
}

impl LoadByKey for ReportSubject {
    fn load_by_key(conn: &mut Conn, key: &Self::Key) -> StoreResult<Option<Self>> {
        assemble_subject(conn, &mut SharedLookups::default(), key, |_, _| ReportLoadPlan::ALL)
    }

    fn load_for_act(
        conn: &mut Conn,
        key: &Self::Key,
        act: Act,
        actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        assemble_subject(conn, &mut SharedLookups::default(), key, |project, report| {
            let place = RecordPlace::City(project.city.clone(), project.country);
            ReportLoadPlan::for_act(act, actor, &place, report)
        })
    }

    fn load_for_admission(
        conn: &mut Conn,
        key: &Self::Key,
        act: Act,
        actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        assemble_subject(conn, &mut SharedLookups::default(), key, |project, report| {
            let place = RecordPlace::City(project.city.clone(), project.country);
            ReportLoadPlan::for_act(act, actor, &place, report).restrict_to_admission(act)
        })
    }
}

#[cfg(test)]
mod tests;
