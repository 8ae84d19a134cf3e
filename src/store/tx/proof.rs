//! Loads resources through the policy. Nothing is read from a record before the policy has decided.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    domain::{
        id::Id,
        policy::{AccessDenied, Actor, Authorized, PolicyAction, PolicyResource, Unproved},
        user::User,
    },
    store::{Conn, StoreResult, load::LoadByKey},
};

/// The caller: a user with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user: Id<User>,
    /// The session that the request's token belongs to.
    pub session: Uuid,
}

/// Loads a resource for an act and asks the policy.
///
/// # Errors
/// Returns the refusal of the policy, or [`AccessDenied::Hidden`] if the resource does not exist.
pub(crate) fn load_proved<A>(
    conn: &mut Conn,
    key: &<A::Subject as PolicyResource>::Key,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
{
    authorize_found(A::Subject::load_for_act(conn, key, A::ACT, actor)?, actor)
}

/// Loads only what the policy needs, and asks it whether a write may be tried. The transaction of the write asks
/// again.
///
/// # Errors
/// Returns the errors of [`load_proved`].
pub(crate) fn load_admitted<A>(
    conn: &mut Conn,
    key: &<A::Subject as PolicyResource>::Key,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>>
where
    A: PolicyAction,
    A::Subject: LoadByKey,
{
    authorize_found(A::Subject::load_for_admission(conn, key, A::ACT, actor)?, actor)
}

/// Asks the policy about a loaded resource. A missing resource gets the same refusal as one that the actor may not
/// see.
pub(super) fn authorize_found<A: PolicyAction>(
    found: Option<A::Subject>,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>> {
    Ok(Unproved::seal_resource(found.ok_or(AccessDenied::Hidden)?).authorize::<A>(actor)?)
}

/// Returns the unproved resource if it can be built without the database.
#[must_use]
pub(crate) fn build_unproved<R: LoadByKey>(key: &R::Key) -> Option<Unproved<R>> {
    R::build_without_database(key).map(Unproved::seal_resource)
}
