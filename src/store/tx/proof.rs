//! Loading with the policy's word: nothing is read out of a record before the policy was asked about it.

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

/// Who asks: a user by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user: Id<User>,
    /// The session that signed the request's token.
    pub session: Uuid,
}

/// Loads a resource for an act and asks the policy.
///
/// # Errors
/// What the policy says; [`AccessDenied::Hidden`] when there is none.
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

/// Loads of a resource what the policy looks at, and asks it whether a write may be tried. What is allowed is proved again
/// in the write's transaction.
///
/// # Errors
/// As of [`load_proved`].
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

/// Asks the policy about what was found; a missing resource is as hidden as one that may not be seen.
pub(super) fn authorize_found<A: PolicyAction>(
    found: Option<A::Subject>,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>> {
    Ok(Unproved::seal_resource(found.ok_or(AccessDenied::Hidden)?).authorize::<A>(actor)?)
}

/// Returns a resource, sealed, where no database needs to be asked for it.
#[must_use]
pub(crate) fn build_unproved<R: LoadByKey>(key: &R::Key) -> Option<Unproved<R>> {
    R::build_without_database(key).map(Unproved::seal_resource)
}
