//! Extensions: a later due day for one city in one cycle.

use super::{
    precondition::Precondition,
    refusal::{AppResult, Refusal},
};
use crate::{
    domain::{
        extension::{DeadlineExtension, RawExtension},
        message,
        policy::ExtendDeadline,
        value::Slug,
    },
    store::{Caller, Change, RecordWriter as _, Tx},
};

/// A request to change the extension of a city in a cycle.
#[derive(Debug, Clone)]
pub(crate) struct ExtensionRequest {
    pub(crate) caller: Caller,
    /// The slugs of the cycle and of the city.
    pub(crate) key: (Slug, Slug),
    pub(crate) precondition: Precondition,
}

/// An extension that was granted or replaced.
#[derive(Debug, Clone)]
pub(crate) struct GrantedExtension {
    pub(crate) extension: DeadlineExtension,
    /// `true` if the city had no extension before.
    pub(crate) created: bool,
}

/// Gives a city a later due day, or replaces the day that it was given before. The same day with the same reason saves
/// nothing.
pub(crate) fn grant_extension(
    tx: &mut Tx<'_>,
    request: &ExtensionRequest,
    raw: RawExtension,
) -> AppResult<GrantedExtension> {
    let proof = tx.prove::<ExtendDeadline>(request.caller, &request.key)?;
    let subject = proof.subject();
    match subject.extension_in_force() {
        Some(before) => request.precondition.check_required(tx, before)?,
        None => request.precondition.check_absent()?,
    }
    if subject.cycle.due_on.is_none() {
        return Err(Refusal::Conflict(message::reference::no_due_day()));
    }
    let created = subject.extension_in_force().is_none();
    let terms = raw.parse(&subject.cycle)?;
    let extension = DeadlineExtension::grant_or_replace(
        subject.extension.clone(),
        &subject.cycle.slug,
        &subject.city,
        terms,
    );
    let reason = Some(extension.reason.to_string());
    let action = if created { "grant" } else { "edit" };
    let change = Change::with_reason(action, reason);
    let extension = proof.save_or_replace(tx, subject.extension.as_ref(), extension, change)?;
    Ok(GrantedExtension { extension, created })
}

/// Withdraws an extension. Returns its last state.
pub(crate) fn withdraw_extension(
    tx: &mut Tx<'_>,
    request: &ExtensionRequest,
) -> AppResult<DeadlineExtension> {
    let proof = tx.prove::<ExtendDeadline>(request.caller, &request.key)?;
    let before = proof.subject().extension_in_force().cloned().ok_or(Refusal::NotFound)?;
    request.precondition.check_required(tx, &before)?;
    let after = before.clone().withdraw();
    Ok(proof.replace(tx, &before, after, Change::without_reason("withdraw"))?)
}
