//! The first administrator: an account that is invited at start-up while no administrator is active.

use diesel::prelude::*;

use super::{
    Change, Conn, StoreError, StoreResult, Tx,
    conn::on,
    schema::{grants, users},
    tx::{RecordWriter as _, ServiceProof},
    types::StoredUuid,
    unguarded::{self, SecretDigest},
    users::{find_by_email, find_with_grants},
};
use crate::{
    clock,
    domain::{
        id::Id,
        session::INVITATION,
        subject::UserSubject,
        user::{EmailAddress, Grant, Role, Scope, User, UserState},
        value::Title,
    },
};

/// The address of the account. It receives no mail, because RFC 2606 reserves `.invalid`. It is for signing in until
/// a person's own account becomes administrator.
pub(crate) const FIRST_ADMINISTRATOR: &str = "administrator@ascn-tracker.invalid";
const NAME: &str = "First administrator";

/// Invites the first administrator, unless an administrator is active. Returns `true` if the invitation was made.
/// Earlier invitations of the account stop working, and so does its password.
///
/// If two instances start at once, one transaction waits for the other. The token that is made last is the valid one.
pub(crate) fn invite_first_administrator(
    tx: &mut Tx<'_>,
    digest: &SecretDigest,
) -> StoreResult<bool> {
    if has_active_administrator(tx)? {
        return Ok(false);
    }
    let now = tx.at();
    let UserSubject { user, grants } = reset_first_account(tx)?;
    if !grants.iter().any(|g| g.role == Role::Administrator && g.is_in_force(now, chrono_tz::UTC)) {
        let grant = Grant {
            id: Id::new(clock::generate_uuid()),
            user: user.id,
            role: Role::Administrator,
            scope: Scope::Network,
            from: None,
            until: None,
            acting_for: None,
            granted_by: None,
            granted_at: now,
            version: 1,
        };
        ServiceProof::new().save(tx, &grant, Change::without_reason("grant"))?;
    }
    unguarded::create_invitation(tx.conn(), user.id, digest, now, now + INVITATION)?;
    Ok(true)
}

/// Creates the account, or resets it to the state in which it can accept an invitation.
fn reset_first_account(tx: &mut Tx<'_>) -> StoreResult<UserSubject> {
    let email = EmailAddress::parse(FIRST_ADMINISTRATOR)?;
    // The invitation is stored beside the account.
    let (now, invited) = (tx.at(), Change::beside_record("invite"));
    let Some(known) = find_by_email(tx.conn(), &email)? else {
        let user =
            User::new_invited(Id::new(clock::generate_uuid()), email, Title::parse(NAME)?, now);
        ServiceProof::new().save(tx, &user, invited)?;
        return Ok(UserSubject { user, grants: Vec::new() });
    };
    let gone = || StoreError::Corrupt("an account without itself".into());
    let mut subject = find_with_grants(tx.conn(), known.id)?.ok_or_else(gone)?;
    let reset = User { state: UserState::Invited, ..subject.user.clone() }.with_next_version();
    subject.user = ServiceProof::new().replace(tx, &subject.user, reset, invited)?;
    unguarded::delete_password(tx.conn(), known.id)?;
    unguarded::end_sessions(tx.conn(), known.id, None, now)?;
    Ok(subject)
}

fn has_active_administrator(tx: &mut Tx<'_>) -> StoreResult<bool> {
    let now = tx.at();
    for id in list_active_administrators(tx.conn())? {
        let held = find_with_grants(tx.conn(), id)?.map(|s| s.grants).unwrap_or_default();
        // The grant is on the whole network, whose days are those of UTC.
        if held.iter().any(|g| g.role == Role::Administrator && g.is_in_force(now, chrono_tz::UTC))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lists the active users with a grant of administrator, whether it is in force or not.
fn list_active_administrators(conn: &mut Conn) -> StoreResult<Vec<Id<User>>> {
    let ids: Vec<StoredUuid> = on!(conn, |c, DB| users::table
        .inner_join(grants::table.on(grants::user_id.eq(users::id)))
        .filter(users::state.eq(UserState::Active.as_str()))
        .filter(grants::role.eq(Role::Administrator.as_str()))
        .order(users::id)
        .select(users::id)
        .load(c))?;
    Ok(ids.into_iter().map(Id::from).collect())
}
