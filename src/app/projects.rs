//! The use cases of projects: create, edit and delete.

use super::{
    AppResult, Precondition, Refusal,
    merge::{MergeMembers, check_immutable},
};
use crate::{
    clock,
    domain::{
        fault::{FaultList, ValueFault},
        id::Id,
        message,
        policy::{
            Actor, Authorized, CreateProjectIn, CreateProjects, DeleteProject, EditProject,
            PolicyAction as _, Saves,
        },
        project::{DeletionBlocker, Project, ProjectCode, ProjectDetails, parse::DetailsContext},
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

mod duplicates;
mod raw_project;

pub(super) use duplicates::find_duplicate;
pub(crate) use raw_project::{ProjectChanges, RawProject};

/// A request to change one project, without the new values.
#[derive(Debug, Clone)]
pub(crate) struct ProjectRequest {
    pub(crate) caller: Caller,
    pub(crate) key: ProjectCode,
    pub(crate) precondition: Precondition,
}

/// A project after a write, with the data that its view needs.
#[derive(Debug)]
pub(crate) struct ProjectDetail {
    pub(crate) subject: ProjectSubject,
    /// The caller with the grants in force.
    pub(crate) actor: Actor,
    /// The reason why the project cannot be deleted; see [`find_deletion_blocker`].
    pub(crate) deletion_blocker: Option<DeletionBlocker>,
    /// The first project of the city that has the title of a project that was just created.
    pub(crate) duplicate_of: Option<ProjectCode>,
}

impl ProjectDetail {
    fn load(conn: &mut Conn, subject: ProjectSubject, actor: &Actor) -> StoreResult<Self> {
        let deletion_blocker = find_deletion_blocker(conn, &subject, actor)?;
        Ok(Self { subject, actor: actor.clone(), deletion_blocker, duplicate_of: None })
    }
}

/// Returns the reason why the project cannot be deleted. It is looked up only if the rights of the actor allow the
/// deletion.
pub(crate) fn find_deletion_blocker(
    conn: &mut Conn,
    subject: &ProjectSubject,
    actor: &Actor,
) -> StoreResult<Option<DeletionBlocker>> {
    if DeleteProject::decide_access(actor, subject).is_ok() {
        projects::find_deletion_blocker(conn, &subject.project)
    } else {
        Ok(None)
    }
}

/// Creates a project in a city of the caller. A duplicate is created too, and named in the result.
///
/// # Errors
/// The refusals of the policy, and every fault of the values.
pub(crate) fn create_project(
    tx: &mut Tx<'_>,
    caller: Caller,
    raw: &RawProject,
    words: &Vocabulary,
) -> AppResult<ProjectDetail> {
    let (proof, project) = build_project(tx, caller, raw, words)?;
    let details = &project.details;
    let (title, continues) = (details.title.as_str(), details.continues.as_ref());
    let duplicate_of = find_duplicate(tx.conn(), &project.city, title, continues)?;
    proof.save(tx, &project, Change::without_reason("create"))?;
    let subject = ProjectSubject { project, approved: None };
    let detail = ProjectDetail::load(tx.conn(), subject, proof.actor())?;
    Ok(ProjectDetail { duplicate_of, ..detail })
}

/// Edits a project.
///
/// # Errors
/// The refusals of the policy and of the precondition, and every fault of the values.
pub(crate) fn edit_project(
    tx: &mut Tx<'_>,
    request: &ProjectRequest,
    patch: impl MergeMembers<Into = RawProject>,
    words: &Vocabulary,
) -> AppResult<ProjectDetail> {
    let proof = tx.prove::<EditProject>(request.caller, &request.key)?;
    request.precondition.check_required(tx, &proof.subject().project)?;
    let subject = patch_project(tx, &proof, patch, words)?;
    Ok(ProjectDetail::load(tx.conn(), subject, proof.actor())?)
}

/// Deletes a project with its milestones, indicators and partnerships, and returns its last state.
///
/// # Errors
/// The refusals of the policy and of the precondition, and [`Refusal::Conflict`] if the project has a report or is
/// continued by a different project.
pub(crate) fn delete_project(
    tx: &mut Tx<'_>,
    request: &ProjectRequest,
) -> AppResult<ProjectDetail> {
    let proof = tx.prove::<DeleteProject>(request.caller, &request.key)?;
    let project = &proof.subject().project;
    request.precondition.check_required(tx, project)?;
    let detail = ProjectDetail::load(tx.conn(), proof.subject().clone(), proof.actor())?;
    if let Some(blocker) = projects::find_deletion_blocker(tx.conn(), project)? {
        let message = message::project::undeletable(&project.key(), blocker.message());
        return Err(Refusal::Conflict(message));
    }
    delete_parts::<Milestone>(tx, &proof)?;
    delete_parts::<Indicator>(tx, &proof)?;
    delete_parts::<Partnership>(tx, &proof)?;
    proof.remove(tx, project, Change::without_reason("delete"))?;
    Ok(detail)
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

/// Builds a new project in a city of the caller, with the next number of the city. The caller of this function saves it
/// with the returned proof.
pub(super) fn build_project(
    tx: &mut Tx<'_>,
    caller: Caller,
    raw: &RawProject,
    words: &Vocabulary,
) -> AppResult<(WriteProof<CreateProjectIn>, Project)> {
    // Checks first that the caller may create projects in some city. Otherwise a caller without this right would get
    // the faults of the body.
    let somewhere = tx.prove::<CreateProjects>(caller, &())?;
    let mut faults = FaultList::new();
    let proof = match find_city(tx.conn(), raw.city.as_deref(), &mut faults)? {
        Some(city) => Some(tx.prove::<CreateProjectIn>(caller, &city.slug)?),
        None => None,
    };
    let plan_cycle = find_plan_cycle(tx.conn(), raw.plan_cycle.as_deref(), &mut faults)?;
    let continues = projects::parse_continued_project(
        tx.conn(),
        somewhere.actor(),
        None,
        raw.details.continues.as_deref(),
        &mut faults,
    )?;
    let context = DetailsContext {
        vocabulary: words,
        country: proof.as_ref().map(|proof| proof.subject().city.country),
        plan_cycle: plan_cycle.as_ref(),
        before: None,
        continues,
    };
    let details = raw.details.parse(&context, &mut faults);
    let ((proof, plan_cycle), details) = faults.finish_built(proof.zip(plan_cycle).zip(details))?;
    let project = number_project(tx, &proof.subject().city, plan_cycle.slug, details)?;
    Ok((proof, project))
}

/// Creates the project value, with the next number of its city. It is not saved yet.
fn number_project(
    tx: &mut Tx<'_>,
    city: &City,
    plan_cycle: Slug,
    details: ProjectDetails,
) -> StoreResult<Project> {
    let number = projects::next_number(tx.conn(), &city.slug)?;
    Ok(Project {
        id: Id::new(clock::generate_uuid()),
        code: ProjectCode::new(city.slug.clone(), number),
        city: city.slug.clone(),
        country: city.country,
        plan_cycle,
        details,
        imported: None,
        import_key: None,
        created_at: tx.at(),
        updated_at: tx.at(),
        version: 1,
    })
}

/// Finds the city of a new project, or adds a fault.
fn find_city(
    conn: &mut Conn,
    raw: Option<&str>,
    faults: &mut FaultList,
) -> StoreResult<Option<City>> {
    let Some(slug) = faults.parse_required("/city", raw, Slug::parse) else { return Ok(None) };
    let city = reference::find_city(conn, &slug)?;
    if city.is_none() {
        faults.add("/city", ValueFault::unknown(message::thing::city(), None::<String>));
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
            let known = cycles.iter().map(|c| c.slug.to_string());
            ValueFault::unknown(message::thing::plan_cycle(), known)
        })
    }))
}

/// Edits a project. A patch that changes nothing saves nothing, so that it adds neither a version nor a contributor to
/// the project's reports.
pub(super) fn patch_project(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditProject>,
    patch: impl MergeMembers<Into = RawProject>,
    words: &Vocabulary,
) -> AppResult<ProjectSubject> {
    let mut raw = RawProject::from(&proof.subject().project);
    patch.merge(&mut raw);
    save_edited_project(tx, proof, raw, words)
}

fn save_edited_project(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditProject>,
    raw: RawProject,
    words: &Vocabulary,
) -> AppResult<ProjectSubject> {
    let subject = proof.subject();
    let details = parse_edited_details(tx.conn(), proof, raw, words)?;
    let project = Project {
        details,
        updated_at: tx.at(),
        version: subject.project.version + 1,
        ..subject.project.clone()
    };
    let project = proof.replace(tx, &subject.project, project, Change::without_reason("edit"))?;
    Ok(ProjectSubject { project, approved: subject.approved.clone() })
}

fn parse_edited_details(
    conn: &mut Conn,
    proof: &Authorized<EditProject>,
    raw: RawProject,
    words: &Vocabulary,
) -> AppResult<ProjectDetails> {
    let before = &proof.subject().project;
    let mut faults = FaultList::new();
    check_immutable(&mut faults, "/city", Some(raw.city), before.city.as_str());
    check_immutable(&mut faults, "/plan_cycle", Some(raw.plan_cycle), before.plan_cycle.as_str());
    let cycle = reference::find_plan_cycle(conn, &before.plan_cycle)?;
    let continues = projects::parse_continued_project(
        conn,
        proof.actor(),
        Some(before),
        raw.details.continues.as_deref(),
        &mut faults,
    )?;
    let context = DetailsContext {
        vocabulary: words,
        country: Some(before.country),
        plan_cycle: cycle.as_ref(),
        before: Some(before),
        continues,
    };
    let details = raw.details.parse(&context, &mut faults);
    Ok(faults.finish_built(details)?)
}
