//! What is done to projects inside a write transaction.

use super::{NewProject, ProjectPatch};
use crate::{
    api::{
        error::{ApiError, ApiResult},
        merge::{Merge as _, keep},
    },
    domain::{
        fault::{Faults, ValueFault},
        id::Id,
        parts::{Indicator, Milestone, Partnership},
        policy::{Authorized, CreateProjectIn, CreateProjects, DeleteProject, EditProject},
        project::{
            Project, ProjectCode, ProjectDetails,
            parse::{Context, RawDetails},
        },
        reference::{City, PlanCycle, Vocabulary},
        subject::ProjectSubject,
        value::Slug,
    },
    store::{
        Caller, Change, Conn, Record as _, StoreResult, Tx, parts::StoredPart, projects, reference,
    },
};

/// Finds the city that a new project names, or notes that there is none.
fn city(conn: &mut Conn, raw: Option<&str>, faults: &mut Faults) -> StoreResult<Option<City>> {
    let Some(slug) = faults.need("/city", raw, Slug::parse) else { return Ok(None) };
    let city = reference::city(conn, &slug)?;
    if city.is_none() {
        faults.add("/city", ValueFault::unknown("city", Vec::<String>::new()));
    }
    Ok(city)
}

/// Finds the plan cycle that a new project names, or notes that there is none.
fn plan_cycle(
    conn: &mut Conn,
    raw: Option<&str>,
    faults: &mut Faults,
) -> StoreResult<Option<PlanCycle>> {
    let cycles = reference::plan_cycles(conn)?;
    Ok(faults.need("/plan_cycle", raw, |raw| {
        let found = cycles.iter().find(|c| c.slug.as_str() == raw).cloned();
        found.ok_or_else(|| {
            ValueFault::unknown("plan cycle", cycles.iter().map(|c| c.slug.to_string()))
        })
    }))
}

/// Makes a project of what was typed, in the caller's own city, with the city's next number.
pub(in crate::api) fn create(
    tx: &mut Tx<'_>,
    caller: Caller,
    body: NewProject,
    words: &Vocabulary,
    id: Id<Project>,
) -> ApiResult<(Authorized<CreateProjects>, Project)> {
    let proof = tx.prove::<CreateProjects>(caller, &())?;
    let mut faults = Faults::new();
    let city = city(tx.conn(), body.city.as_deref(), &mut faults)?;
    if let Some(city) = &city {
        tx.prove::<CreateProjectIn>(caller, &city.slug)?;
    }
    let cycle = plan_cycle(tx.conn(), body.plan_cycle.as_deref(), &mut faults)?;
    let mut raw = RawDetails::default();
    body.merge(&mut raw);
    let continues = raw.continues.as_deref();
    let continues = projects::continued(tx.conn(), proof.actor(), None, continues, &mut faults)?;
    let context = Context {
        vocabulary: words,
        country: city.as_ref().map(|c| c.country),
        plan_cycle: cycle.as_ref(),
        before: None,
        continues,
    };
    let details = raw.parse(&context, &mut faults);
    let ((city, cycle), details) = faults.build(city.zip(cycle).zip(details))?;
    let number = projects::next_number(tx.conn(), &city.slug)?;
    let project = Project {
        id,
        code: ProjectCode::new(city.slug.clone(), number),
        city: city.slug,
        country: city.country,
        plan_cycle: cycle.slug,
        details,
        imported: None,
        import_key: None,
        created_at: tx.at(),
        updated_at: tx.at(),
        version: 1,
    };
    Ok((proof, project))
}

/// Edits a project. A patch that changes nothing writes nothing: no version, and no hand in the project's reports.
pub(in crate::api) fn edit(
    tx: &mut Tx<'_>,
    proof: &Authorized<EditProject>,
    patch: ProjectPatch,
    words: &Vocabulary,
) -> ApiResult<ProjectSubject> {
    let on = proof.on();
    let details = patched(tx.conn(), proof, patch, words)?;
    if details == on.project.details {
        return Ok(on.clone());
    }
    let project = Project {
        details,
        updated_at: tx.at(),
        version: on.project.version + 1,
        ..on.project.clone()
    };
    tx.save(&project, Change::plain("edit"))?;
    Ok(ProjectSubject { project, approved: on.approved.clone() })
}

fn patched(
    conn: &mut Conn,
    proof: &Authorized<EditProject>,
    mut patch: ProjectPatch,
    words: &Vocabulary,
) -> ApiResult<ProjectDetails> {
    let before = &proof.on().project;
    let mut faults = Faults::new();
    keep(&mut faults, "/city", patch.city.take(), before.city.as_str());
    keep(&mut faults, "/plan_cycle", patch.plan_cycle.take(), before.plan_cycle.as_str());
    let mut raw = RawDetails::from(&before.details);
    patch.merge(&mut raw);
    let cycle = reference::plan_cycle(conn, &before.plan_cycle)?;
    let continues = raw.continues.as_deref();
    let continues = projects::continued(conn, proof.actor(), Some(before), continues, &mut faults)?;
    let context = Context {
        vocabulary: words,
        country: Some(before.country),
        plan_cycle: cycle.as_ref(),
        before: Some(before),
        continues,
    };
    let details = raw.parse(&context, &mut faults);
    Ok(faults.build(details)?)
}

/// Deletes a project with what hangs on it.
pub(super) fn delete(tx: &mut Tx<'_>, proof: &Authorized<DeleteProject>) -> ApiResult<()> {
    let project = &proof.on().project;
    if let Some(reason) = projects::bound(tx.conn(), project)? {
        return Err(ApiError::Conflict(format!("{} cannot be deleted: {reason}", project.key())));
    }
    delete_parts::<Milestone>(tx, project)?;
    delete_parts::<Indicator>(tx, project)?;
    delete_parts::<Partnership>(tx, project)?;
    Ok(tx.remove(project, Change::plain("delete"))?)
}

fn delete_parts<P: StoredPart>(tx: &mut Tx<'_>, project: &Project) -> StoreResult<()> {
    for part in P::of(tx.conn(), project.id)? {
        tx.remove(&part, Change::plain("delete"))?;
    }
    Ok(())
}
