//! Writes of projects inside a write transaction.

use super::{NewProject, ProjectPatch};
use crate::{
    api::{
        error::{ApiError, ApiResult},
        merge::{MergeMembers as _, check_immutable},
    },
    domain::{
        fault::{FaultList, ValueFault},
        id::Id,
        policy::{Authorized, CreateProjectIn, CreateProjects, DeleteProject, EditProject, Saves},
        project::{
            Project, ProjectCode, ProjectDetails,
            parse::{DetailsContext, RawProjectDetails},
        },
        project_parts::{Indicator, Milestone, Partnership},
        reference::{City, PlanCycle, Vocabulary},
        subject::ProjectSubject,
        value::Slug,
    },
    store::{
        Caller, Change, Conn, Record as _, RecordWriter as _, StoreResult, Tx, WriteProof,
        parts::StoredPart, projects, reference,
    },
};

/// Finds the city of a new project, or adds a fault.
fn find_city(
    conn: &mut Conn,
    raw: Option<&str>,
    faults: &mut FaultList,
) -> StoreResult<Option<City>> {
    let Some(slug) = faults.parse_required("/city", raw, Slug::parse) else { return Ok(None) };
    let city = reference::find_city(conn, &slug)?;
    if city.is_none() {
        faults.add("/city", ValueFault::unknown("city", Vec::<String>::new()));
    }
    Ok(city)
}

/// Finds the plan cycle of a new project, or adds a fault.
fn find_plan_cycle(
    conn: &mut Conn,
    raw: Option<&str>,
    faults: &mut FaultList,
) -> StoreResult<Option<PlanCycle>> {
    let cycles = reference::list_plan_cycles(conn)?;
    Ok(faults.parse_required("/plan_cycle", raw, |raw| {
        let found = cycles.iter().find(|c| c.slug.as_str() == raw).cloned();
        found.ok_or_else(|| {
            ValueFault::unknown("plan cycle", cycles.iter().map(|c| c.slug.to_string()))
        })
    }))
}

/// Builds a new project in the caller's city, with the next number of the city.
pub(in crate::api) fn build_project(
    tx: &mut Tx<'_>,
    caller: Caller,
    body: NewProject,
    words: &Vocabulary,
    id: Id<Project>,
) -> ApiResult<(WriteProof<CreateProjectIn>, Project)> {
    let proof = tx.prove::<CreateProjects>(caller, &())?;
    let mut faults = FaultList::new();
    let city = find_city(tx.conn(), body.city.as_deref(), &mut faults)?;
    let in_city = match &city {
        Some(city) => Some(tx.prove::<CreateProjectIn>(caller, &city.slug)?),
        None => None,
    };
    let cycle = find_plan_cycle(tx.conn(), body.plan_cycle.as_deref(), &mut faults)?;
    let mut raw = RawProjectDetails::default();
    body.merge(&mut raw);
    let continues = raw.continues.as_deref();
    let continues =
        projects::parse_continued_project(tx.conn(), proof.actor(), None, continues, &mut faults)?;
    let context = DetailsContext {
        vocabulary: words,
        country: city.as_ref().map(|c| c.country),
        plan_cycle: cycle.as_ref(),
        before: None,
        continues,
    };
    let details = raw.parse(&context, &mut faults);
    let place = city.zip(in_city).zip(cycle);
    let (((city, proof), cycle), details) = faults.finish_built(place.zip(details))?;
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

/// Edits a project. A patch that changes nothing saves nothing, so that it adds neither a version nor a contributor to
/// the project's reports.
pub(in crate::api) fn patch_project(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditProject>,
    patch: ProjectPatch,
    words: &Vocabulary,
) -> ApiResult<ProjectSubject> {
    let subject = proof.subject();
    let details = parse_patched_details(tx.conn(), proof, patch, words)?;
    if details == subject.project.details {
        return Ok(subject.clone());
    }
    let project = Project {
        details,
        updated_at: tx.at(),
        version: subject.project.version + 1,
        ..subject.project.clone()
    };
    proof.save(tx, &project, Change::without_reason("edit"))?;
    Ok(ProjectSubject { project, approved: subject.approved.clone() })
}

fn parse_patched_details(
    conn: &mut Conn,
    proof: &Authorized<EditProject>,
    mut patch: ProjectPatch,
    words: &Vocabulary,
) -> ApiResult<ProjectDetails> {
    let before = &proof.subject().project;
    let mut faults = FaultList::new();
    check_immutable(&mut faults, "/city", patch.city.take(), before.city.as_str());
    check_immutable(
        &mut faults,
        "/plan_cycle",
        patch.plan_cycle.take(),
        before.plan_cycle.as_str(),
    );
    let mut raw = RawProjectDetails::from(&before.details);
    patch.merge(&mut raw);
    let cycle = reference::find_plan_cycle(conn, &before.plan_cycle)?;
    let continues = raw.continues.as_deref();
    let continues = projects::parse_continued_project(
        conn,
        proof.actor(),
        Some(before),
        continues,
        &mut faults,
    )?;
    let context = DetailsContext {
        vocabulary: words,
        country: Some(before.country),
        plan_cycle: cycle.as_ref(),
        before: Some(before),
        continues,
    };
    let details = raw.parse(&context, &mut faults);
    Ok(faults.finish_built(details)?)
}

/// Deletes a project with its milestones, indicators and partnerships.
pub(super) fn remove_project(tx: &mut Tx<'_>, proof: &WriteProof<DeleteProject>) -> ApiResult<()> {
    let project = &proof.subject().project;
    if let Some(reason) = projects::find_deletion_blocker(tx.conn(), project)? {
        return Err(ApiError::Conflict(format!("{} cannot be deleted: {reason}", project.key())));
    }
    delete_parts::<Milestone>(tx, proof)?;
    delete_parts::<Indicator>(tx, proof)?;
    delete_parts::<Partnership>(tx, proof)?;
    Ok(proof.remove(tx, project, Change::without_reason("delete"))?)
}

fn delete_parts<P: StoredPart>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<DeleteProject>,
) -> StoreResult<()>
where
    DeleteProject: Saves<P>,
{
    for part in P::list_for_project(tx.conn(), proof.subject().project.id)? {
        proof.remove(tx, &part, Change::without_reason("delete"))?;
    }
    Ok(())
}
