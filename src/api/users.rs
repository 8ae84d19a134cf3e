//! Accounts and their grants.

use actix_web::web::Data;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::ApiResult,
    filter_values::check_keys,
    may::May,
    page::PageRequest,
    precondition::VersionRequired,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{ChangeRequest, users},
    domain::{
        account::{RawInvitation, RawUserEdit},
        policy::{EditUser, InviteUsers, ListUsers, ReadUser},
    },
    store::{self, Conn, keys::KeyKind, users::UserCursor},
};

mod grants;
mod views;

pub(crate) use views::{
    GrantView, InvitedUserView, NewGrant, NewUser, ScopeView, UserList, UserParams, UserPatch,
    UserView,
};

const PATH: &str = "/api/v1/users";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_users))
        .post(operation!(create_user))
        .get(operation!(get_user))
        .patch(operation!(patch_user))
        .post(operation!(grants::create_grant))
        .delete(operation!(grants::delete_grant));
}

/// List people
///
/// Lists the accounts that the caller may see, by name. National representatives see the people who hold a grant in
/// their country; the secretariat and administrators see everybody. Other roles get 403.
#[utoipa::path(get, path = "/users", tag = "users", params(UserParams),
    responses((status = 200, body = UserList)))]
async fn list_users(
    may: May<ListUsers, Query<UserParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let params = may.body.0;
    let page: PageRequest<UserCursor> =
        PageRequest::from_parameters(PATH, &params, params.cursor.as_deref(), params.limit)?;
    let filter = params.to_filter(may.actor.visible_people())?;
    let (after, limit) = (page.after.clone(), page.limit + 1);
    let load = move |c: &mut Conn| -> ApiResult<_> {
        let (countries, cities) = (&params.country, &params.city);
        check_keys(
            c,
            &[("country", KeyKind::Country, countries), ("city", KeyKind::City, cities)],
        )?;
        Ok(store::users::list_page(c, &filter, after, limit)?)
    };
    let (rows, total) = state.db.read(load).await?;
    let list: UserList =
        page.build_page(rows, total, |r| r.0.clone(), |r| UserView::from(r.1))?.into();
    Ok(page.answer_list(&list, list.next.as_deref())?.forbid_storing())
}

/// Read a person's account
///
/// Returns the account with all its grants, whether they are in force today or not. National representatives see the
/// people who hold a grant in their country; the secretariat and administrators see everybody.
#[utoipa::path(get, path = "/users/{id}", tag = "users",
    responses((status = 200, body = UserView)))]
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
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = InvitedUserView)))]
async fn create_user(
    may: May<InviteUsers, Json<NewUser>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, raw) = (may.caller, RawInvitation::from(may.body.0));
    let invited = state.db.write(move |tx| users::invite_user(tx, caller, raw)).await?;
    let view = InvitedUserView::from(invited);
    let location = format!("{PATH}/{}", view.id);
    Ok(Answer::from_record(view.version, &view)?.mark_created(location).forbid_storing())
}

/// Change a person's account
///
/// Renames, disables or enables an account. Disabling it ends all its sessions at once. Administrators may do this for
/// everybody else, national representatives for people whose grants are all ones that they may give themselves. Nobody
/// may change their own account here: the answer is 403. A patch that changes nothing adds no version.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", request_body = UserPatch,
    responses((status = 200, body = UserView)))]
async fn patch_user(
    may: May<EditUser, Json<UserPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ChangeRequest { caller, key, precondition };
    let raw = RawUserEdit::from(may.body.0);
    let account = state.db.write(move |tx| users::edit_user(tx, &request, raw)).await?;
    let view = UserView::from(account);
    Ok(Answer::from_record(view.version, &view)?.forbid_storing())
}
