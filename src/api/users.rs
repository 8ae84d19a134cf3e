//! People and their grants.

use actix_web::{get, patch, post, web::Data};
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
        fault::{Faults, ValueFault},
        id::Id,
        policy::{EditUser, InviteUsers, ListUsers, ReadUser},
        session::INVITATION,
        subject::UserSubject,
        user::{Email, User, UserState},
        value::Title,
    },
    store::{
        Caller, Change, StoreError, Tx, unguarded,
        users::{self, UserKey},
    },
};

mod grants;
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
        .service(grants::create_grant)
        .service(grants::delete_grant);
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
/// representative invites city officers and readers of the own country; nobody else's address may be used again, but
/// an account whose invitation ran out unused is invited anew: it keeps its grants and gets those that it lacks.
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
    let known = match &email {
        Some(email) => users::find_by_email(tx.conn(), email)?.map(|user| user.id),
        None => None,
    };
    let id = known.unwrap_or_else(|| Id::new(fresh_uuid()));
    let offers = grants::offers(tx, caller, id, wanted.grants, &mut faults)?;
    let stranded = known.map(|id| stranded(tx, caller, id)).transpose()?;
    let faults = faults.into_vec();
    let (Some(email), Some(name), true) = (email, name, faults.is_empty()) else {
        return Err(faults.into());
    };
    // Proved again because each grant was proved by itself: the account is made by virtue of this.
    tx.prove::<InviteUsers>(caller, &())?;
    let (user, mut grants) = match stranded {
        Some(before) => (before.user.invite_again(name), before.grants),
        None => (User::invite(id, email, name, tx.at()), Vec::new()),
    };
    tx.save(&user, Change::plain("invite"))?;
    let new: Vec<_> = offers.into_iter().filter(|o| !o.is_among(&grants)).collect();
    for offer in new {
        grants.push(offer.give(tx, caller, id)?);
    }
    let invitation = invitation(tx, id)?;
    Ok(InvitedUserView::new(UserSubject { user, grants }.into(), invitation))
}

/// Returns the account of an address whose invitation ran out, to be invited again. Only by who may manage it: whoever is
/// handed the invitation gets all that the account holds.
fn stranded(tx: &mut Tx<'_>, caller: Caller, id: Id<User>) -> ApiResult<UserSubject> {
    let taken = || ApiError::Conflict("somebody has this address already".into());
    let subject = match tx.prove::<EditUser>(caller, &id) {
        Ok(proof) => proof.into_on(),
        // Of whom the caller may not manage no more is said than that the address is known.
        Err(StoreError::Denied(_)) => return Err(taken()),
        Err(e) => return Err(e.into()),
    };
    let now = tx.at();
    if subject.user.state != UserState::Invited || unguarded::is_invited(tx.conn(), id, now)? {
        return Err(taken());
    }
    Ok(subject)
}

/// Makes the invitation of an account; earlier ones no longer work.
fn invitation(tx: &mut Tx<'_>, user: Id<User>) -> ApiResult<InvitationView> {
    let (token, digest) = fresh();
    let (now, expires_at) = (tx.at(), tx.at() + INVITATION);
    unguarded::invite(tx.conn(), user, &digest, now, expires_at)?;
    Ok(InvitationView { token, expires_at })
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
