//! What a project continues: another project that the caller may see.

use diesel::prelude::*;

use crate::{
    domain::{
        fault::{Faults, ValueFault},
        policy::{Actor, Resource as _, Sight},
        project::{Project, ProjectCode},
        subject::ProjectSubject,
    },
    store::{Conn, StoreResult, conn::on, load::Load as _, schema::projects},
};

/// Longest line of projects that is followed; a real one has two or three.
const LINE_MAX: usize = 1000;

/// Parses what a project continues and looks it up, noting faults at `/continues`. A project that the caller may not see
/// is as unknown as one that is not there; what stood there before is kept without asking again.
///
/// # Errors
/// Failures of the database.
pub fn continued(
    conn: &mut Conn,
    actor: &Actor,
    before: Option<&Project>,
    raw: Option<&str>,
    faults: &mut Faults,
) -> StoreResult<Option<ProjectCode>> {
    let Some(code) = faults.opt("/continues", raw, ProjectCode::parse) else { return Ok(None) };
    if before.is_some_and(|p| p.details.continues.as_ref() == Some(&code)) {
        return Ok(Some(code));
    }
    let seen =
        ProjectSubject::load(conn, &code)?.is_some_and(|found| found.sight(actor) != Sight::Hidden);
    if !seen {
        faults.add("/continues", ValueFault::unknown("project", Vec::<String>::new()));
    } else if let Some(own) = before.map(|p| &p.code) {
        if code == *own {
            faults.add("/continues", ValueFault::new("itself", "another project is expected"));
        } else if leads_to(conn, &code, own)? {
            let detail = "a project that does not itself grow out of this one is expected";
            faults.add("/continues", ValueFault::new("circle", detail));
        }
    }
    Ok(Some(code))
}

/// Says whether a project grew out of another, over however many steps.
fn leads_to(conn: &mut Conn, from: &ProjectCode, to: &ProjectCode) -> StoreResult<bool> {
    let mut at = from.clone();
    for _ in 0..LINE_MAX {
        let next: Option<Option<String>> = on!(conn, |c, DB| projects::table
            .filter(projects::city.eq(at.city().as_str()))
            .filter(projects::number.eq(at.number()))
            .select(projects::continues)
            .get_result(c)
            .optional())?;
        let Some(next) = next.flatten() else { return Ok(false) };
        at = ProjectCode::parse(next)?;
        if at == *to {
            return Ok(true);
        }
    }
    Ok(false)
}
