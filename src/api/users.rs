//! Accounts and their grants.

use actix_web::{get, patch, post, web::Data};

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::PageRequest,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    auth::secret::generate_token,
    clock::generate_uuid,
    domain::{
        fault::{FaultList, ValueFault},
        id::Id,
        policy::{EditUser, InviteUsers, ListUsers, ReadUser},
        session::INVITATION,
        subject::UserSubject,
        user::{EmailAddress, User, UserState},
        value::Title,
    },
    store::{
        Caller, Change, RecordWriter as _, StoreError, Tx, unguarded,
        users::{self, UserCursor},
    },
};

mod grants;
mod views;

pub(crate) use views::{
    GrantView, InvitationView, InvitedUserView, NewGrant, NewUser, ScopeView, UserList, UserParams,
    UserPatch, UserView,
};

const PATH: &str = "/api/v1/users";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_users)
        .service(create_user)
        .service(get_user)
        .service(patch_user)
        .service(grants::create_grant)
        .service(grants::delete_grant);
}

/// List people
///
/// Lists the accounts that the caller may see, by name. National representatives see the people who hold a grant in
/// their country; the secretariat and administrators see everybody. Other roles get 403.
#[utoipa::path(tag = "users", params(UserParams), responses((status = 200, body = UserList)))]
#[get("/users")]
async fn list_users(
    may: May<ListUsers, Query<UserParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let params = may.body.0;
    let page = PageRequest::<UserCursor>::from_parameters(
        PATH,
        &params,
        params.cursor.as_deref(),
        params.limit,
    )?;
    let filter = params.to_filter(may.actor.visible_people())?;
    let (after, limit) = (page.after.clone(), page.limit + 1);
    let load = move |c: &mut _| users::list_page(c, &filter, after, limit);
    let (rows, total) = state.db.read(load).await.map_err(|e: StoreError| e)?;
    let list: UserList =
        page.build_page(rows, total, |r| r.0.clone(), |r| UserView::from(r.1))?.into();
    Ok(page.answer_list(&list, list.next.as_deref())?.forbid_storing())
}

/// Read a person's account
///
/// Returns the account with all its grants, whether they are in force today or not. National representatives see the
/// people who hold a grant in their country; the secretariat and administrators see everybody.
#[utoipa::path(tag = "users", responses((status = 200, body = UserView)))]
#[get("/users/{id}")]
async fn get_user(may: May<ReadUser>) -> ApiResult<Answer> {
    let view = UserView::from(may.proof.into_subject());
    Ok(Answer::from_record(view.version, &view)?.forbid_storing())
}

/// Invite a person
///
/// Creates an account with its grants, and an invitation that can be accepted for 7 days. The token of the invitation
/// is in this answer only. Administrators may invite anybody. National representatives may invite city officers and
/// readers in their own country, with at least one grant. A grant that the caller may not give is refused with 403.
///
/// The answer is 409 if an account has this e-mail address already. If its invitation expired before it was accepted,
/// and the caller may manage the account, it is invited again: it keeps its grants and gets those that it lacks.
#[utoipa::path(tag = "users", request_body = NewUser, responses((status = 201, body = InvitedUserView)))]
#[post("/users")]
async fn create_user(
    may: May<InviteUsers, Json<NewUser>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, wanted) = (may.caller, may.body.0);
    let view = state.db.write(move |tx| invite_user(tx, caller, wanted)).await?;
    let place = format!("{PATH}/{}", view.id);
    Ok(Answer::from_record(view.version, &view)?.mark_created(place).forbid_storing())
}

fn invite_user(tx: &mut Tx<'_>, caller: Caller, wanted: NewUser) -> ApiResult<InvitedUserView> {
    let proof = tx.prove::<InviteUsers>(caller, &())?;
    let mut faults = FaultList::new();
    let email = faults.parse_required("/email", wanted.email, EmailAddress::parse);
    let name = faults.parse_required("/name", wanted.name, Title::parse);
    if wanted.grants.is_empty() && !proof.actor().may_manage_everybody() {
        faults.add("/grants", ValueFault::required());
    }
    let known = match &email {
        Some(email) => users::find_by_email(tx.conn(), email)?.map(|user| user.id),
        None => None,
    };
    let id = known.unwrap_or_else(|| Id::new(generate_uuid()));
    let offers = grants::check_grant_offers(tx, caller, id, wanted.grants, &mut faults)?;
    let expired = known.map(|id| find_expired_invitee(tx, caller, id)).transpose()?;
    let faults = faults.into_vec();
    let (Some(email), Some(name), true) = (email, name, faults.is_empty()) else {
        return Err(faults.into());
    };
    let (user, mut grants) = match expired {
        Some(before) => (before.user.invite_again(name), before.grants),
        None => (User::new_invited(id, email, name, tx.at()), Vec::new()),
    };
    proof.save(tx, &user, Change::without_reason("invite"))?;
    let new: Vec<_> = offers.into_iter().filter(|o| !o.is_among(&grants)).collect();
    for offer in new {
        grants.push(offer.give_grant(tx, caller, id)?);
    }
    let invitation = issue_invitation(tx, id)?;
    Ok(InvitedUserView::new(UserSubject { user, grants }.into(), invitation))
}

/// Returns the account of an address whose invitation expired, to be invited again. Only a caller who may manage the
/// account may do this: whoever gets the invitation gets all grants of the account.
fn find_expired_invitee(tx: &mut Tx<'_>, caller: Caller, id: Id<User>) -> ApiResult<UserSubject> {
    let taken = || ApiError::Conflict("somebody has this address already".into());
    let subject = match tx.prove::<EditUser>(caller, &id) {
        Ok(proof) => proof.subject().clone(),
        // The caller may not manage this person, and must learn no more than that the address is in use.
        Err(StoreError::Denied(_)) => return Err(taken()),
        Err(e) => return Err(e.into()),
    };
    let now = tx.at();
    if subject.user.state != UserState::Invited || unguarded::is_invited(tx.conn(), id, now)? {
        return Err(taken());
    }
    Ok(subject)
}

/// Creates the invitation of an account. Earlier invitations stop working.
fn issue_invitation(tx: &mut Tx<'_>, user: Id<User>) -> ApiResult<InvitationView> {
    let (token, digest) = generate_token();
    let (now, expires_at) = (tx.at(), tx.at() + INVITATION);
    unguarded::create_invitation(tx.conn(), user, &digest, now, expires_at)?;
    Ok(InvitationView { token, expires_at })
}

/// Change a person's account
///
/// Renames, disables or enables an account. Disabling it ends all its sessions at once. Administrators may do this for
/// everybody else, national representatives for people whose grants are all ones that they may give themselves. Nobody
/// may change their own account here: the answer is 403.
#[utoipa::path(tag = "users", request_body = UserPatch, responses((status = 200, body = UserView)))]
#[patch("/users/{id}")]
async fn patch_user(may: May<EditUser, Json<UserPatch>>, state: Data<State>) -> ApiResult<Answer> {
    let write = move |tx: &mut Tx<'_>| edit_user(tx, may);
    let view = state.db.write(write).await?;
    Ok(Answer::from_record(view.version, &view)?.forbid_storing())
}

fn edit_user(tx: &mut Tx<'_>, may: May<EditUser, Json<UserPatch>>) -> ApiResult<UserView> {
    let proof = tx.prove::<EditUser>(may.caller, &may.key)?;
    let mut subject = proof.subject().clone();
    may.precondition.check_required(tx, &subject.user)?;
    let edit = may.body.0.parse()?;
    let id = subject.user.id;
    let has_password = unguarded::find_password_hash(tx.conn(), id)?.is_some();
    if let Some((user, action)) = subject.user.apply_edit(edit, has_password) {
        proof.save(tx, &user, Change::without_reason(action))?;
        if user.state == UserState::Disabled {
            let now = tx.at();
            unguarded::end_sessions(tx.conn(), id, None, now)?;
        }
        subject.user = user;
    }
    Ok(subject.into())
}
