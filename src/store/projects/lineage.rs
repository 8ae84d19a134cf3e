//! Checks the project that a project continues.

use diesel::prelude::*;

use crate::{
    domain::{
        fault::{FaultList, ValueFault},
        message,
        policy::{Actor, PolicyResource as _, Visibility},
        project::{Project, ProjectCode},
        subject::ProjectSubject,
    },
    store::{Conn, StoreResult, conn::on, load::LoadByKey as _, schema::projects},
};

/// The longest chain of continued projects that is followed. A real chain has two or three.
const LINE_MAX: usize = 1000;

/// Parses the code of the continued project and looks it up. Faults are added at `/continues`. A project that the
/// caller may not see gives the same fault as one that does not exist. A value that did not change is kept without a
/// lookup.
///
/// # Errors
/// Returns an error if the database fails.
pub fn parse_continued_project(
    conn: &mut Conn,
    actor: &Actor,
    before: Option<&Project>,
    raw: Option<&str>,
    faults: &mut FaultList,
) -> StoreResult<Option<ProjectCode>> {
    let Some(code) = faults.parse_optional("/continues", raw, ProjectCode::parse) else {
        return Ok(None);
    };
    if before.is_some_and(|p| p.details.continues.as_ref() == Some(&code)) {
        return Ok(Some(code));
    }
    let seen = ProjectSubject::load_by_key(conn, &code)?
        .is_some_and(|found| found.visibility_for(actor) != Visibility::Hidden);
    if !seen {
        let fault = ValueFault::unknown(message::thing::project(), None::<String>);
        faults.add("/continues", fault);
    } else if let Some(own) = before.map(|p| &p.code) {
        if code == *own {
            let fault = ValueFault::new("itself", message::project::another_project());
            faults.add("/continues", fault);
        } else if is_successor_of(conn, &code, own)? {
            let fault = ValueFault::new("circle", message::project::no_successor());
            faults.add("/continues", fault);
        }
    }
    Ok(Some(code))
}

/// Returns `true` if the project `from` continues the project `to`, directly or over several steps.
fn is_successor_of(conn: &mut Conn, from: &ProjectCode, to: &ProjectCode) -> StoreResult<bool> {
    let mut at = from.clone();
    for _ in 0..LINE_MAX {
        let Some(next) = find_continued(conn, &at)? else { return Ok(false) };
        at = next;
        if at == *to {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lists a project and the projects that it continues, directly or over several steps. The project itself is the first.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn list_lineage(conn: &mut Conn, latest: &ProjectCode) -> StoreResult<Vec<ProjectCode>> {
    let mut line = vec![latest.clone()];
    let mut at = latest.clone();
    while line.len() < LINE_MAX {
        let Some(next) = find_continued(conn, &at)? else { break };
        line.push(next.clone());
        at = next;
    }
    Ok(line)
}

/// Returns the project that a project continues, if it continues one.
fn find_continued(conn: &mut Conn, code: &ProjectCode) -> StoreResult<Option<ProjectCode>> {
    let next: Option<Option<String>> = on!(conn, |c, DB| projects::table
        .filter(projects::city.eq(code.city().as_str()))
        .filter(projects::number.eq(code.number()))
        .select(projects::continues)
        .get_result(c)
        .optional())?;
    Ok(next.flatten().map(ProjectCode::parse).transpose()?)
}
