//! Partners: adding and correcting them.

use super::{
    AppResult, ChangeRequest, Refusal,
    merge::{MergeMembers, PatchMember, check_immutable},
};
use crate::{
    domain::{
        fault::FaultList,
        message,
        policy::{AddReference, EditPartner},
        reference::Partner,
        reference_input::PartnerFields,
        value::Slug,
    },
    store::{Caller, Change, Conn, RecordWriter as _, Tx, reference},
};

/// A patch of a partner.
#[derive(Debug, Clone)]
pub(crate) struct PartnerChange<P> {
    /// The slug. It never changes: only the present value is accepted.
    pub(crate) slug: PatchMember<String>,
    /// The other fields.
    pub(crate) fields: P,
}

/// Adds a partner of one of these types.
///
/// # Errors
/// Refuses a caller who may not do this, a slug that a partner has already, and values that are not acceptable.
pub(crate) fn create_partner(
    tx: &mut Tx<'_>,
    caller: Caller,
    fields: PartnerFields,
    types: &[String],
) -> AppResult<Partner> {
    let proof = tx.prove::<AddReference>(caller, &())?;
    let partner = parse_new_partner(tx.conn(), fields, types)?;
    proof.save(tx, &partner, Change::without_reason("create"))?;
    Ok(partner)
}

/// Corrects a partner. A patch that changes nothing saves nothing.
///
/// # Errors
/// Refuses a caller who may not do this, a stale precondition, and values that are not acceptable.
pub(crate) fn edit_partner<P: MergeMembers<Into = PartnerFields>>(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Slug>,
    change: PartnerChange<P>,
    types: &[String],
) -> AppResult<Partner> {
    let proof = tx.prove::<EditPartner>(request.caller, &request.key)?;
    let before = &proof.subject().partner;
    request.precondition.check_required(tx, before)?;
    let partner = apply_change(before, change, types)?;
    Ok(proof.replace(tx, before, partner, Change::without_reason("edit"))?)
}

fn parse_new_partner(
    conn: &mut Conn,
    fields: PartnerFields,
    types: &[String],
) -> AppResult<Partner> {
    if let Some(slug) = fields.slug.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && reference::find_partner(conn, &slug)?.is_some()
    {
        return Err(Refusal::Conflict(message::reference::partner_exists(slug.as_str())));
    }
    let mut faults = FaultList::new();
    let partner = fields.parse(types, 1, &mut faults);
    Ok(faults.finish_built(partner)?)
}

/// Applies a patch to a partner.
fn apply_change<P: MergeMembers<Into = PartnerFields>>(
    before: &Partner,
    change: PartnerChange<P>,
    types: &[String],
) -> AppResult<Partner> {
    let mut faults = FaultList::new();
    check_immutable(&mut faults, "/slug", change.slug, before.slug.as_str());
    let mut fields = PartnerFields::from(before);
    change.fields.merge(&mut fields);
    let partner = fields.parse(types, before.version + 1, &mut faults);
    Ok(faults.finish_built(partner)?)
}
