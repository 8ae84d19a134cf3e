//! Giving and revoking grants.

use actix_web::web::Data;

use super::{GrantView, NewGrant, PATH};
use crate::{
    api::{answer::Answer, body::Json, error::ApiResult, may::May, state::State},
    app::grants,
    domain::{account::RawGrant, id::Id, policy::EditUser, user::Grant},
};

/// Give a grant
///
/// Gives a person a role on a scope, in force from the next request on. Administrators may give every grant, national
/// representatives those of city officers and readers in their own country. Nobody may give a grant to themselves: the
/// answer is 403. It is 409 if the person holds the same grant already.
#[utoipa::path(post, path = "/users/{id}/grants", tag = "users", request_body = NewGrant,
    responses((status = 201, body = GrantView)))]
pub(super) async fn create_grant(
    may: May<EditUser, Json<NewGrant>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, user, raw) = (may.caller, may.key, RawGrant::from(may.body.0));
    let grant = state.db.write(move |tx| grants::create_grant(tx, caller, user, &raw)).await?;
    let view = GrantView::from(grant);
    let location = format!("{PATH}/{user}/grants/{}", view.id);
    Ok(Answer::from_value(&view)?.mark_created(location).forbid_storing())
}

/// Revoke a grant
///
/// Ends what the grant allowed, from the next request on. For those who may change the account of the person. The
/// answer is the grant as it was.
#[utoipa::path(delete, path = "/users/{id}/grants/{grant_id}", tag = "users",
    responses((status = 200, body = GrantView)))]
pub(super) async fn delete_grant(may: May<EditUser>, state: Data<State>) -> ApiResult<Answer> {
    let id: Id<Grant> = may.part_id()?;
    let (caller, user) = (may.caller, may.key);
    let grant = state.db.write(move |tx| grants::revoke_grant(tx, caller, user, id)).await?;
    Ok(Answer::from_value(&GrantView::from(grant))?.forbid_storing())
}
