//! Use cases of a person's own account: accept an invitation, and change the password. The policy is not asked, because
//! every person may do this with their own account.

use super::{
    AppResult, Refusal,
    sessions::{IssuedSession, start_first_session},
};
use crate::{
    domain::{fault::ValueFault, message},
    store::{
        Caller, Change, RecordWriter as _, StoreError, Tx,
        unguarded::{self, SecretDigest},
        users,
    },
};

/// Returns the fault of a wrong current password.
pub(crate) fn wrong_password_fault() -> ValueFault {
    ValueFault::new("wrong", message::account::current_password())
}

/// A new password. The current password was checked before the transaction.
pub(crate) struct PasswordReplacement {
    /// The stored hash with which the current password was compared, in PHC format.
    pub(crate) checked_hash: String,
    /// The hash of the new password, in PHC format.
    pub(crate) new_hash: String,
}

/// Sets a new password, and ends all sessions of the account except the caller's.
///
/// # Errors
/// Refuses a caller who is signed out by now. Refuses the change if a concurrent request has changed the password.
pub(crate) fn set_password(
    tx: &mut Tx<'_>,
    caller: Caller,
    change: &PasswordReplacement,
) -> AppResult<()> {
    let proof = tx.prove_own_account(caller)?;
    // A concurrent request may have changed the password after it was checked.
    let current = unguarded::find_password_hash(tx.conn(), caller.user)?;
    if current.as_ref() != Some(&change.checked_hash) {
        return Err(Refusal::invalid_value("/current_password", wrong_password_fault()));
    }
    let user = users::find(tx.conn(), caller.user)?.ok_or(StoreError::SignedOut)?;
    // The record of a user has no password. It is saved with a new version, so that the journal has an entry.
    let next = user.clone().with_next_version();
    proof.replace(tx, &user, next, Change::beside_record("set_password"))?;
    unguarded::set_password(tx.conn(), caller.user, &change.new_hash)?;
    let now = tx.at();
    unguarded::end_sessions(tx.conn(), caller.user, Some(caller.session), now)?;
    Ok(())
}

/// An invitation that a person accepts, with their new password.
pub(crate) struct AcceptedInvitation {
    /// The digest of the secret of the invitation.
    pub(crate) digest: SecretDigest,
    /// The hash of the new password, in PHC format.
    pub(crate) password_hash: String,
    /// The name of the client program, as the program states it.
    pub(crate) client: Option<String>,
}

/// Activates an invited account, sets its password, and starts its first session.
///
/// # Errors
/// Refuses an invitation that does not exist, was used or has expired.
pub(crate) fn accept_invitation(
    tx: &mut Tx<'_>,
    accepted: AcceptedInvitation,
) -> AppResult<IssuedSession> {
    let AcceptedInvitation { digest, password_hash, client } = accepted;
    let now = tx.at();
    let proof = tx.prove_invitation(&digest)?.ok_or(Refusal::NotFound)?;
    let id = proof.user();
    let user = users::find(tx.conn(), id)?.ok_or(Refusal::NotFound)?;
    let active = user.clone().accept_invitation();
    proof.replace(tx, &user, active, Change::without_reason("accept_invitation"))?;
    unguarded::spend_invitation(tx.conn(), &digest, now)?;
    unguarded::set_password(tx.conn(), id, &password_hash)?;
    Ok(start_first_session(tx.conn(), id, client, now)?)
}
