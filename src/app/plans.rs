//! The use case of action plans: write the plan of a city.

use super::{AppResult, Precondition};
use crate::{
    domain::{
        plan::{ActionPlan, PlanFields},
        policy::WritePlan,
        value::Slug,
    },
    store::{Caller, Change, RecordWriter as _, Tx, WriteProof},
};

/// A request about the plan of one city.
#[derive(Debug, Clone)]
pub(crate) struct PlanRequest {
    pub(crate) caller: Caller,
    /// The slugs of the city and of the plan cycle.
    pub(crate) key: (Slug, Slug),
    pub(crate) precondition: Precondition,
}

/// A plan after a write.
#[derive(Debug)]
pub(crate) struct WrittenPlan {
    pub(crate) plan: ActionPlan,
    /// `true` if the plan did not exist before.
    pub(crate) is_new: bool,
}

/// Creates a plan, or replaces its content.
///
/// # Errors
/// The refusals of the policy and of the precondition, and every fault of the values.
pub(crate) fn write_plan(
    tx: &mut Tx<'_>,
    request: &PlanRequest,
    fields: PlanFields,
) -> AppResult<WrittenPlan> {
    let proof = tx.prove::<WritePlan>(request.caller, &request.key)?;
    match &proof.subject().plan {
        Some(plan) => request.precondition.check_required(tx, plan)?,
        None => request.precondition.check_absent()?,
    }
    let is_new = proof.subject().plan.is_none();
    Ok(WrittenPlan { plan: save_plan(tx, &proof, fields)?, is_new })
}

/// Saves the plan. A plan with the same content as before saves nothing.
fn save_plan(
    tx: &mut Tx<'_>,
    proof: &WriteProof<WritePlan>,
    fields: PlanFields,
) -> AppResult<ActionPlan> {
    let subject = proof.subject();
    let version = subject.plan.as_ref().map_or(1, |p| p.version + 1);
    let plan = fields.parse(&subject.city, subject.plan_cycle.slug.clone(), version)?;
    let (plan, action) = match &subject.plan {
        Some(before) => (plan.keep_source_of(before), "edit"),
        None => (plan, "create"),
    };
    Ok(proof.save_or_replace(tx, subject.plan.as_ref(), plan, Change::without_reason(action))?)
}
