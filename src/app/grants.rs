//! Giving and revoking grants.

use super::{AppResult, Refusal};
use crate::{
    clock::generate_uuid,
    domain::{
        account::{
            GRANTS_MAX, GrantTerms, RawGrant, WantedScope, give_grant, unfit_principal_fault,
            unknown_scope_fault,
        },
        fault::{FaultList, ValueFault},
        id::Id,
        message,
        policy::{EditUser, GiveGrant},
        user::{Grant, Role, Scope, ScopeKind, User},
    },
    store::{Caller, Change, Conn, RecordWriter as _, StoreResult, Tx, reference, users},
};

/// A well-formed grant that the caller may give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GrantOffer {
    role: Role,
    scope: Scope,
    terms: GrantTerms,
}

impl GrantOffer {
    /// Returns `true` if one of these grants has the same role, scope and terms.
    pub(super) fn is_among(&self, held: &[Grant]) -> bool {
        held.iter().any(|g| {
            let terms = GrantTerms { from: g.from, until: g.until, acting_for: g.acting_for };
            (g.role, &g.scope, terms) == (self.role, &self.scope, self.terms)
        })
    }

    /// Gives the grant to a user.
    pub(super) fn give_grant(
        self,
        tx: &mut Tx<'_>,
        caller: Caller,
        to: Id<User>,
    ) -> AppResult<Grant> {
        let proof = tx.prove::<GiveGrant>(caller, &(self.role, self.scope))?;
        let grant = give_grant(&proof, to, self.terms, Id::new(generate_uuid()), tx.at());
        proof.save(tx, &grant, Change::without_reason("grant"))?;
        Ok(grant)
    }
}

/// The check of grants that a caller wants to give to a user. It adds every fault to the list.
pub(super) struct GrantCheck<'f> {
    pub(super) giver: Caller,
    pub(super) recipient: Id<User>,
    pub(super) faults: &'f mut FaultList,
}

impl GrantCheck<'_> {
    /// Checks the grants for a new account. A grant that the giver may not give is refused at once.
    pub(super) fn check_all(
        &mut self,
        tx: &mut Tx<'_>,
        wanted: &[RawGrant],
    ) -> AppResult<Vec<GrantOffer>> {
        if wanted.len() > GRANTS_MAX {
            let message = message::account::too_many_grants(GRANTS_MAX);
            self.faults.add("/grants", ValueFault::new("too_many", message));
        }
        let mut offers: Vec<GrantOffer> = Vec::new();
        for (i, raw) in wanted.iter().take(GRANTS_MAX).enumerate() {
            let at = format!("/grants/{i}");
            let Some(offer) = self.check_one(tx, &at, raw)? else { continue };
            if offers.contains(&offer) {
                self.faults.add(at, ValueFault::in_list_already());
            }
            offers.push(offer);
        }
        Ok(offers)
    }

    /// Checks a grant whose fields have the pointer `at`. A grant that the giver may not give is refused at once.
    fn check_one(
        &mut self,
        tx: &mut Tx<'_>,
        at: &str,
        raw: &RawGrant,
    ) -> AppResult<Option<GrantOffer>> {
        let Some(wanted) = raw.parse(at, self.faults) else { return Ok(None) };
        let Some(scope) = find_scope(tx.conn(), &wanted.scope)? else {
            let kind = match wanted.scope {
                WantedScope::Network => ScopeKind::Network,
                WantedScope::Country(_) => ScopeKind::Country,
                WantedScope::City(_) => ScopeKind::City,
            };
            self.faults.add(format!("{at}/scope/key"), unknown_scope_fault(kind));
            return Ok(None);
        };
        let (role, terms) = (wanted.role, wanted.terms);
        tx.prove::<GiveGrant>(self.giver, &(role, scope.clone()))?;
        if let Some(principal) = terms.acting_for {
            let now = tx.at();
            if principal == self.recipient
                || !users::has_role(tx.conn(), principal, role, &scope, now)?
            {
                self.faults.add(format!("{at}/acting_for"), unfit_principal_fault());
            }
        }
        Ok(Some(GrantOffer { role, scope, terms }))
    }
}

fn find_scope(conn: &mut Conn, wanted: &WantedScope) -> StoreResult<Option<Scope>> {
    Ok(match wanted {
        WantedScope::Network => Some(Scope::Network),
        WantedScope::Country(code) => {
            reference::find_country(conn, *code)?.map(|c| Scope::Country(c.code))
        }
        WantedScope::City(slug) => {
            reference::find_city(conn, slug)?.map(|c| Scope::City(c.slug, c.country))
        }
    })
}

/// Gives a grant to a user.
///
/// # Errors
/// Refuses a caller who may not change the account or not give the grant, a grant that the user holds already, and
/// values that are not acceptable.
pub(crate) fn create_grant(
    tx: &mut Tx<'_>,
    caller: Caller,
    to: Id<User>,
    raw: &RawGrant,
) -> AppResult<Grant> {
    let proof = tx.prove::<EditUser>(caller, &to)?;
    let mut faults = FaultList::new();
    let mut check = GrantCheck { giver: caller, recipient: to, faults: &mut faults };
    let offer = check.check_one(tx, "", raw)?;
    if offer.as_ref().is_some_and(|o| o.is_among(&proof.subject().grants)) {
        return Err(Refusal::Conflict(message::account::grant_held()));
    }
    let faults = faults.into_vec();
    let (Some(offer), true) = (offer, faults.is_empty()) else { return Err(faults.into()) };
    offer.give_grant(tx, caller, to)
}

/// Revokes a grant of a user, and returns it as it was.
///
/// # Errors
/// Refuses a caller who may not change the account, and a grant that the user does not hold.
pub(crate) fn revoke_grant(
    tx: &mut Tx<'_>,
    caller: Caller,
    from: Id<User>,
    id: Id<Grant>,
) -> AppResult<Grant> {
    let proof = tx.prove::<EditUser>(caller, &from)?;
    let grant = proof.subject().grants.iter().find(|g| g.id == id);
    let grant = grant.cloned().ok_or(Refusal::NotFound)?;
    proof.remove(tx, &grant, Change::without_reason("revoke"))?;
    Ok(grant)
}
