//! Giving and revoking grants.

use actix_web::{delete, post, web::Data};

use super::{GrantView, NewGrant, PATH};
use crate::{
    api::{
        answer::Answer,
        body::Json,
        error::{ApiError, ApiResult},
        may::May,
        state::State,
    },
    clock::generate_uuid,
    domain::{
        account::{
            GRANTS_MAX, GrantTerms, RawGrant, WantedScope, give_grant, unfit_principal_fault,
            unknown_scope_fault,
        },
        fault::{FaultList, ValueFault},
        id::Id,
        policy::{EditUser, GiveGrant},
        user::{Grant, Role, Scope, ScopeKind, User},
    },
    store::{Caller, Change, RecordWriter as _, StoreError, Tx, reference, users},
};

/// A well-formed grant that the caller may give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GrantOffer {
    role: Role,
    scope: Scope,
    terms: GrantTerms,
}

/// Checks a grant for a user, and adds every fault. A grant that the caller may not give is refused at once.
fn check_grant_offer(
    tx: &mut Tx<'_>,
    caller: Caller,
    to: Id<User>,
    at: &str,
    raw: NewGrant,
    faults: &mut FaultList,
) -> ApiResult<Option<GrantOffer>> {
    let Some(wanted) = RawGrant::from(raw).parse(at, faults) else { return Ok(None) };
    let Some(scope) = find_scope(tx, &wanted.scope)? else {
        let kind = match wanted.scope {
            WantedScope::Network => ScopeKind::Network,
            WantedScope::Country(_) => ScopeKind::Country,
            WantedScope::City(_) => ScopeKind::City,
        };
        faults.add(format!("{at}/scope/key"), unknown_scope_fault(kind));
        return Ok(None);
    };
    let (role, terms) = (wanted.role, wanted.terms);
    tx.prove::<GiveGrant>(caller, &(role, scope.clone()))?;
    if let Some(principal) = terms.acting_for {
        let now = tx.at();
        if principal == to || !users::has_role(tx.conn(), principal, role, &scope, now)? {
            faults.add(format!("{at}/acting_for"), unfit_principal_fault());
        }
    }
    Ok(Some(GrantOffer { role, scope, terms }))
}

fn find_scope(tx: &mut Tx<'_>, wanted: &WantedScope) -> Result<Option<Scope>, StoreError> {
    Ok(match wanted {
        WantedScope::Network => Some(Scope::Network),
        WantedScope::Country(code) => {
            reference::find_country(tx.conn(), *code)?.map(|c| Scope::Country(c.code))
        }
        WantedScope::City(slug) => {
            reference::find_city(tx.conn(), slug)?.map(|c| Scope::City(c.slug, c.country))
        }
    })
}

impl GrantOffer {
    /// Returns `true` if one of these grants has the same role, scope and terms.
    pub(super) fn is_among(&self, held: &[Grant]) -> bool {
        held.iter().any(|g| {
            let terms = GrantTerms { from: g.from, until: g.until, acting_for: g.acting_for };
            (g.role, &g.scope, terms) == (self.role, &self.scope, self.terms)
        })
    }

    pub(super) fn give_grant(
        self,
        tx: &mut Tx<'_>,
        caller: Caller,
        to: Id<User>,
    ) -> ApiResult<Grant> {
        let proof = tx.prove::<GiveGrant>(caller, &(self.role, self.scope))?;
        let grant = give_grant(&proof, to, self.terms, Id::new(generate_uuid()), tx.at());
        proof.save(tx, &grant, Change::without_reason("grant"))?;
        Ok(grant)
    }
}

/// Checks the grants for a new account.
pub(super) fn check_grant_offers(
    tx: &mut Tx<'_>,
    caller: Caller,
    to: Id<User>,
    wanted: Vec<NewGrant>,
    faults: &mut FaultList,
) -> ApiResult<Vec<GrantOffer>> {
    if wanted.len() > GRANTS_MAX {
        let detail = format!("at most {GRANTS_MAX} grants are expected");
        faults.add("/grants", ValueFault::new("too_many", detail));
    }
    let mut offers: Vec<GrantOffer> = Vec::new();
    for (i, raw) in wanted.into_iter().take(GRANTS_MAX).enumerate() {
        let at = format!("/grants/{i}");
        let Some(offer) = check_grant_offer(tx, caller, to, &at, raw, faults)? else { continue };
        if offers.contains(&offer) {
            faults.add(at, ValueFault::new("duplicate", "this is in the list already"));
        }
        offers.push(offer);
    }
    Ok(offers)
}

/// Give a grant
///
/// Gives a person a role on a scope, in force from the next request on. Administrators may give every grant, national
/// representatives those of city officers and readers in their own country. Nobody may give a grant to themselves: the
/// answer is 403. It is 409 if the person holds the same grant already.
#[utoipa::path(tag = "users", request_body = NewGrant, responses((status = 201, body = GrantView)))]
#[post("/users/{id}/grants")]
pub(super) async fn create_grant(
    may: May<EditUser, Json<NewGrant>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let place = format!("{PATH}/{}/grants", may.key);
    let write = move |tx: &mut Tx<'_>| add_grant(tx, may);
    let view = state.db.write(write).await?;
    let place = format!("{place}/{}", view.id);
    Ok(Answer::from_value(&view)?.mark_created(place).forbid_storing())
}

fn add_grant(tx: &mut Tx<'_>, may: May<EditUser, Json<NewGrant>>) -> ApiResult<GrantView> {
    let proof = tx.prove::<EditUser>(may.caller, &may.key)?;
    let mut faults = FaultList::new();
    let offer = check_grant_offer(tx, may.caller, may.key, "", may.body.0, &mut faults)?;
    if offer.as_ref().is_some_and(|o| o.is_among(&proof.subject().grants)) {
        return Err(ApiError::Conflict("this person holds this grant already".into()));
    }
    let faults = faults.into_vec();
    let (Some(offer), true) = (offer, faults.is_empty()) else { return Err(faults.into()) };
    Ok(offer.give_grant(tx, may.caller, may.key)?.into())
}

/// Revoke a grant
///
/// Ends what the grant allowed, from the next request on. For those who may change the account of the person. The
/// answer is the grant as it was.
#[utoipa::path(tag = "users", responses((status = 200, body = GrantView)))]
#[delete("/users/{id}/grants/{grant_id}")]
pub(super) async fn delete_grant(may: May<EditUser>, state: Data<State>) -> ApiResult<Answer> {
    let id: Id<Grant> = may.part_id()?;
    let revoke = move |tx: &mut Tx<'_>| -> ApiResult<GrantView> {
        let proof = tx.prove::<EditUser>(may.caller, &may.key)?;
        let grant = proof.subject().grants.iter().find(|g| g.id == id);
        let grant = grant.cloned().ok_or(ApiError::NotFound)?;
        proof.remove(tx, &grant, Change::without_reason("revoke"))?;
        Ok(grant.into())
    };
    let view = state.db.write(revoke).await?;
    Ok(Answer::from_value(&view)?.forbid_storing())
}
