//! Loading a report with everything that rights and rules ask for.

use chrono_tz::Tz;
use diesel::prelude::*;

use super::{content_before, find, find_approved, hands::hands, status_before};
use crate::{
    domain::{
        comment::{Comment, thread::Thread},
        id::Id,
        policy::{Act, Actor},
        project::{Project, ProjectCode},
        reference::time_zone,
        report::{PercentMethod, Report},
        subject::ReportSubject,
        user::Place,
        value::Slug,
    },
    store::{
        Conn, StoreResult, comments, conn::on, cycles, extensions, load::Load, parts, projects,
        schema::cities,
    },
};

/// What is loaded beside the report, its project and its cycle. Reading and editing are frequent, and most of it is not
/// needed for them.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each part is loaded or left out by itself")]
struct Needs {
    /// Milestones and indicators: a report refers to them.
    mentioned: bool,
    /// Partnerships: a submission freezes them.
    partnerships: bool,
    /// The approved copy: strangers see it, an approval replaces it.
    approved: bool,
    /// The status before: readiness asks for it, which strangers do not see.
    previous: bool,
    /// Who had a hand in it: only asked about those who could decide.
    hands: bool,
    /// What the latest approved report of an earlier cycle says: compared with, and carried forward.
    earlier: bool,
    /// The comments that wait for the city: they block a submission.
    waiting: bool,
}

impl Needs {
    const ALL: Self = Self {
        mentioned: true,
        partnerships: true,
        approved: true,
        previous: true,
        hands: true,
        earlier: true,
        waiting: true,
    };

    fn of(act: Act, actor: &Actor, place: &Place, report: Option<&Report>) -> Self {
        let inside = actor.is_inside(place);
        let could_decide = |act: &Act| {
            act.two_keys() && actor.grants().iter().any(|g| act.permits(g.role, &g.scope, place))
        };
        let mentions = report.is_some_and(|r| {
            !r.content.milestones.is_empty()
                || !r.content.indicator_values.is_empty()
                || r.content.percent_method == Some(PercentMethod::Milestones)
        });
        let freezes = act == Act::SubmitReport;
        Self {
            mentioned: inside && (mentions || freezes || act == Act::EditReport),
            partnerships: freezes,
            approved: !inside || act == Act::ApproveReport,
            previous: inside,
            hands: Act::ALL.iter().any(could_decide),
            earlier: inside
                && (act == Act::EditReport || report.is_some_and(|r| r.content.unchanged)),
            waiting: inside && report.is_some_and(|r| r.ever_submitted),
        }
    }
}

fn zone(conn: &mut Conn, city: &Slug) -> StoreResult<Tz> {
    let name: String = on!(conn, |c, DB| cities::table
        .find(city.as_str())
        .select(cities::time_zone)
        .get_result(c))?;
    Ok(time_zone(name)?)
}

/// Names the open comments that wait for a word of the city.
fn waiting(conn: &mut Conn, report: Id<Report>) -> StoreResult<Vec<Id<Comment>>> {
    let threads = comments::threads(conn, report)?;
    Ok(threads.into_iter().filter(Thread::blocks).map(|t| t.id).collect())
}

fn assemble(
    conn: &mut Conn,
    (code, cycle): &(ProjectCode, Slug),
    needs: impl FnOnce(&Project, Option<&Report>) -> Needs,
) -> StoreResult<Option<ReportSubject>> {
    let Some(project) = projects::find(conn, code)? else { return Ok(None) };
    let Some(cycle) = cycles::find(conn, cycle)? else { return Ok(None) };
    let report = find(conn, project.id, &cycle.slug)?;
    let needs = needs(&project, report.as_ref());
    let id = project.id;
    Ok(Some(ReportSubject {
        milestones: if needs.mentioned { parts::milestones(conn, id)? } else { Vec::new() },
        indicators: if needs.mentioned { parts::indicators(conn, id)? } else { Vec::new() },
        partnerships: if needs.partnerships { parts::partnerships(conn, id)? } else { Vec::new() },
        zone: zone(conn, &project.city)?,
        extension: extensions::day(conn, &cycle.slug, &project.city)?,
        earlier: if needs.earlier { content_before(conn, id, cycle.as_of)? } else { None },
        waiting: match &report {
            Some(report) if needs.waiting => waiting(conn, report.id)?,
            Some(_) | None => Vec::new(),
        },
        approved: if needs.approved { find_approved(conn, id, &cycle.slug)? } else { None },
        previous_status: if needs.previous { status_before(conn, id, cycle.as_of)? } else { None },
        hands: if needs.hands { hands(conn, code, &cycle.slug)? } else { Vec::new() },
        project,
        cycle,
        report,
    }))
}

impl Load for ReportSubject {
    fn load(conn: &mut Conn, key: &Self::Key) -> StoreResult<Option<Self>> {
        assemble(conn, key, |_, _| Needs::ALL)
    }

    fn load_for(
        conn: &mut Conn,
        key: &Self::Key,
        act: Act,
        actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        assemble(conn, key, |project, report| {
            let place = Place::City(project.city.clone(), project.country);
            Needs::of(act, actor, &place, report)
        })
    }
}
