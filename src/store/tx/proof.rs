//! Loading with the policy's word: nothing is read out of a record before the policy was asked about it.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    domain::{
        id::Id,
        policy::{Action, Actor, Authorized, Denied, Resource, Unproved},
        user::User,
    },
    store::{Conn, StoreResult, load::Load},
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
/// What the policy says; [`Denied::Hidden`] when there is none.
pub fn prove<A>(
    conn: &mut Conn,
    key: &<A::On as Resource>::Key,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>>
where
    A: Action,
    A::On: Load,
{
    decided(A::On::load_for(conn, key, A::ACT, actor)?, actor)
}

/// Loads of a resource what the policy looks at, and asks it whether a write may be tried. What is allowed is proved again
/// in the write's transaction.
///
/// # Errors
/// As of [`prove`].
pub fn admit<A>(
    conn: &mut Conn,
    key: &<A::On as Resource>::Key,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>>
where
    A: Action,
    A::On: Load,
{
    decided(A::On::load_to_admit(conn, key, A::ACT, actor)?, actor)
}

/// Asks the policy about what was found; a missing resource is as hidden as one that may not be seen.
pub(super) fn decided<A: Action>(
    found: Option<A::On>,
    actor: &Arc<Actor>,
) -> StoreResult<Authorized<A>> {
    Ok(Unproved::seal(found.ok_or(Denied::Hidden)?).authorize::<A>(actor)?)
}

/// Returns a resource, sealed, where no database needs to be asked for it.
#[must_use]
pub fn at_hand<R: Load>(key: &R::Key) -> Option<Unproved<R>> {
    R::at_hand(key).map(Unproved::seal)
}
