//! People and their grants.

use actix_web::{delete, get, patch, post, web::Data};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::PageRequest,
    state::State,
};
use crate::{
    auth::secret::fresh,
    clock::fresh_uuid,
    domain::{
        account::{GRANTS_MAX, RawGrant, Terms, WantedScope, give, unfit_principal, unknown_scope},
        fault::{Faults, ValueFault},
        id::Id,
        policy::{EditUser, GiveGrant, InviteUsers, ListUsers, ReadUser},
        session::INVITATION,
        subject::UserSubject,
        user::{Email, Grant, Role, Scope, ScopeKind, User, UserState},
        value::Title,
    },
    store::{
        Caller, Change, StoreError, Tx, reference, unguarded,
        users::{self, UserKey},
    },
};

mod views;

pub use views::{
    GrantView, InvitationView, InvitedUserView, NewGrant, NewScope, NewUser, ScopeView, UserList,
    UserParams, UserPatch, UserView,
};

/// Where these operations are.
const PATH: &str = "/api/v1/users";

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_users)
        .service(create_user)
        .service(get_user)
        .service(patch_user)
        .service(create_grant)
        .service(delete_grant);
}

/// List people
///
/// The accounts that the caller may see, by name: representatives see the people who hold a grant in their own country,
/// the secretariat and administrators see everybody.
#[utoipa::path(tag = "users", params(UserParams), responses((status = 200, body = UserList)))]
#[get("/users")]
async fn list_users(
    may: May<ListUsers, Query<UserParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let params = may.body.0;
    let page = PageRequest::<UserKey>::read(PATH, &params, params.cursor.as_deref(), params.limit)?;
    let filter = params.filter(may.actor.acquaintances())?;
    let (after, limit) = (page.after.clone(), page.limit + 1);
    let load = move |c: &mut _| users::list(c, &filter, after, limit);
    let (rows, total) = state.db.read(load).await.map_err(|e: StoreError| e)?;
    let list: UserList = page.page(rows, total, |r| r.0.clone(), |r| UserView::from(r.1))?.into();
    Ok(page.answer(&list, list.next.as_deref())?.unstored())
}

/// Get a person
///
/// The account with its grants, whether they are in force today or not.
#[utoipa::path(tag = "users", responses((status = 200, body = UserView)))]
#[get("/users/{id}")]
async fn get_user(may: May<ReadUser>) -> ApiResult<Answer> {
    let view = UserView::from(may.proof.into_on());
    Ok(Answer::record(view.version, &view)?.unstored())
}

/// Invite a person
///
/// Makes an account with grants and an invitation, which is shown in this answer alone and is good for 7 days. A
/// representative invites city officers and readers of the own country; nobody else's address may be used again.
#[utoipa::path(tag = "users", request_body = NewUser, responses((status = 201, body = InvitedUserView)))]
#[post("/users")]
async fn create_user(
    may: May<InviteUsers, Json<NewUser>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, wanted) = (may.caller, may.body.0);
    let view = state.db.write(move |tx| invite(tx, caller, wanted)).await?;
    let place = format!("{PATH}/{}", view.id);
    Ok(Answer::record(view.version, &view)?.created(place).unstored())
}

fn invite(tx: &mut Tx<'_>, caller: Caller, wanted: NewUser) -> ApiResult<InvitedUserView> {
    let alone = tx.prove::<InviteUsers>(caller, &())?.actor().manages_everybody();
    let mut faults = Faults::new();
    let email = faults.need("/email", wanted.email, Email::parse);
    let name = faults.need("/name", wanted.name, Title::parse);
    if wanted.grants.is_empty() && !alone {
        faults.add("/grants", ValueFault::required());
    }
    if wanted.grants.len() > GRANTS_MAX {
        let detail = format!("at most {GRANTS_MAX} grants are expected");
        faults.add("/grants", ValueFault::new("too_many", detail));
    }
    let id = Id::new(fresh_uuid());
    let mut grants: Vec<Offer> = Vec::new();
    for (i, raw) in wanted.grants.into_iter().take(GRANTS_MAX).enumerate() {
        let at = format!("/grants/{i}");
        let Some(offer) = offer(tx, caller, id, &at, raw, &mut faults)? else { continue };
        if grants.contains(&offer) {
            faults.add(at, ValueFault::new("duplicate", "this is in the list already"));
        }
        grants.push(offer);
    }
    if let Some(email) = &email {
        if users::find_by_email(tx.conn(), email)?.is_some() {
            return Err(ApiError::Conflict("somebody has this address already".into()));
        }
    }
    let faults = faults.into_vec();
    let (Some(email), Some(name), true) = (email, name, faults.is_empty()) else {
        return Err(faults.into());
    };
    tx.prove::<InviteUsers>(caller, &())?;
    let user = User::invite(id, email, name, tx.at());
    tx.save(&user, Change::plain("invite"))?;
    let grants: Vec<Grant> =
        grants.into_iter().map(|o| o.give(tx, caller, id)).collect::<ApiResult<_>>()?;
    let invitation = invitation(tx, id)?;
    Ok(InvitedUserView::new(UserSubject { user, grants }.into(), invitation))
}

/// Makes the invitation of an account; earlier ones no longer work.
fn invitation(tx: &mut Tx<'_>, user: Id<User>) -> ApiResult<InvitationView> {
    let (token, digest) = fresh();
    let (now, expires_at) = (tx.at(), tx.at() + INVITATION);
    unguarded::invite(tx.conn(), user, &digest, now, expires_at)?;
    Ok(InvitationView { token, expires_at })
}

/// A grant that the caller may give, and that is well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    role: Role,
    scope: Scope,
    terms: Terms,
}

/// Checks a grant that is wanted for a user; notes every fault. A grant that the caller may not give is refused at once.
fn offer(
    tx: &mut Tx<'_>,
    caller: Caller,
    to: Id<User>,
    at: &str,
    raw: NewGrant,
    faults: &mut Faults,
) -> ApiResult<Option<Offer>> {
    let Some(wanted) = RawGrant::from(raw).parse(at, faults) else { return Ok(None) };
    let Some(scope) = find_scope(tx, &wanted.scope)? else {
        let kind = match wanted.scope {
            WantedScope::Network => ScopeKind::Network,
            WantedScope::Country(_) => ScopeKind::Country,
            WantedScope::City(_) => ScopeKind::City,
        };
        faults.add(format!("{at}/scope/key"), unknown_scope(kind));
        return Ok(None);
    };
    let (role, terms) = (wanted.role, wanted.terms);
    tx.prove::<GiveGrant>(caller, &(role, scope.clone()))?;
    if let Some(principal) = terms.acting_for {
        let now = tx.at();
        if principal == to || !users::holds(tx.conn(), principal, role, &scope, now)? {
            faults.add(format!("{at}/acting_for"), unfit_principal());
        }
    }
    Ok(Some(Offer { role, scope, terms }))
}

fn find_scope(tx: &mut Tx<'_>, wanted: &WantedScope) -> Result<Option<Scope>, StoreError> {
    Ok(match wanted {
        WantedScope::Network => Some(Scope::Network),
        WantedScope::Country(code) => {
            reference::country(tx.conn(), *code)?.map(|c| Scope::Country(c.code))
        }
        WantedScope::City(slug) => {
            reference::city(tx.conn(), slug)?.map(|c| Scope::City(c.slug, c.country))
        }
    })
}

impl Offer {
    /// Gives the grant.
    fn give(self, tx: &mut Tx<'_>, caller: Caller, to: Id<User>) -> ApiResult<Grant> {
        let proof = tx.prove::<GiveGrant>(caller, &(self.role, self.scope))?;
        let grant = give(&proof, to, self.terms, Id::new(fresh_uuid()), tx.at());
        tx.save(&grant, Change::plain("grant"))?;
        Ok(grant)
    }
}

/// Change a person's account
///
/// Renames it, shuts it out or lets it in again. A disabled account is signed out at once, everywhere. Nobody changes their
/// own account, and a representative only those of people whose every grant is one they could have given.
#[utoipa::path(tag = "users", request_body = UserPatch, responses((status = 200, body = UserView)))]
#[patch("/users/{id}")]
async fn patch_user(may: May<EditUser, Json<UserPatch>>, state: Data<State>) -> ApiResult<Answer> {
    let write = move |tx: &mut Tx<'_>| edit(tx, may);
    let view = state.db.write(write).await?;
    Ok(Answer::record(view.version, &view)?.unstored())
}

fn edit(tx: &mut Tx<'_>, may: May<EditUser, Json<UserPatch>>) -> ApiResult<UserView> {
    let mut subject = tx.prove::<EditUser>(may.caller, &may.key)?.into_on();
    may.precondition.required(tx, &subject.user)?;
    let edit = may.body.0.parse()?;
    let id = subject.user.id;
    let has_password = unguarded::password(tx.conn(), id)?.is_some();
    if let Some((user, action)) = subject.user.edit(edit, has_password) {
        tx.save(&user, Change::plain(action))?;
        if user.state == UserState::Disabled {
            let now = tx.at();
            unguarded::end_sessions(tx.conn(), id, None, now)?;
        }
        subject.user = user;
    }
    Ok(subject.into())
}

/// Give a grant
///
/// Lets a person act in a role on a scope, from the next request on. Nobody gives themselves anything.
#[utoipa::path(tag = "users", request_body = NewGrant, responses((status = 201, body = GrantView)))]
#[post("/users/{id}/grants")]
async fn create_grant(may: May<EditUser, Json<NewGrant>>, state: Data<State>) -> ApiResult<Answer> {
    let place = format!("{PATH}/{}/grants", may.key);
    let write = move |tx: &mut Tx<'_>| add_grant(tx, may);
    let view = state.db.write(write).await?;
    let place = format!("{place}/{}", view.id);
    Ok(Answer::of(&view)?.created(place).unstored())
}

fn add_grant(tx: &mut Tx<'_>, may: May<EditUser, Json<NewGrant>>) -> ApiResult<GrantView> {
    let subject = tx.prove::<EditUser>(may.caller, &may.key)?.into_on();
    let mut faults = Faults::new();
    let offer = offer(tx, may.caller, may.key, "", may.body.0, &mut faults)?;
    let held = |o: &Offer| {
        subject.grants.iter().any(|g| {
            let terms = Terms { from: g.from, until: g.until, acting_for: g.acting_for };
            (g.role, &g.scope, terms) == (o.role, &o.scope, o.terms)
        })
    };
    if offer.as_ref().is_some_and(held) {
        return Err(ApiError::Conflict("this person holds this grant already".into()));
    }
    let faults = faults.into_vec();
    let (Some(offer), true) = (offer, faults.is_empty()) else { return Err(faults.into()) };
    Ok(offer.give(tx, may.caller, may.key)?.into())
}

/// Take a grant back
///
/// Ends what it allowed, from the next request on. Answers the grant as it was.
#[utoipa::path(tag = "users", responses((status = 200, body = GrantView)))]
#[delete("/users/{id}/grants/{grant_id}")]
async fn delete_grant(may: May<EditUser>, state: Data<State>) -> ApiResult<Answer> {
    let id: Id<Grant> = may.part_id()?;
    let revoke = move |tx: &mut Tx<'_>| -> ApiResult<GrantView> {
        let held = tx.prove::<EditUser>(may.caller, &may.key)?.into_on().grants;
        let grant = held.into_iter().find(|g| g.id == id).ok_or(ApiError::NotFound)?;
        tx.remove(&grant, Change::plain("revoke"))?;
        Ok(grant.into())
    };
    let view = state.db.write(revoke).await?;
    Ok(Answer::of(&view)?.unstored())
}
