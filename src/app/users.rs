//! Accounts: inviting persons, and changing their accounts.

use chrono::{DateTime, Utc};

use super::{AppResult, ChangeRequest, Refusal, grants::GrantCheck};
use crate::{
    auth::secret::generate_token,
    clock::generate_uuid,
    domain::{
        account::{RawInvitation, RawUserEdit},
        fault::{FaultList, ValueFault},
        id::Id,
        message,
        policy::{EditUser, InviteUsers},
        session::INVITATION,
        subject::UserSubject,
        user::{EmailAddress, User, UserState},
        value::Title,
    },
    store::{Caller, Change, RecordWriter as _, StoreError, Tx, unguarded, users},
};

/// An invitation, with which a person without a password signs in for the first time.
pub(crate) struct Invitation {
    /// The secret of the invitation. Only its digest is stored.
    pub(crate) token: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// An invited person.
pub(crate) struct InvitedUser {
    /// The account with its grants.
    pub(crate) account: UserSubject,
    pub(crate) invitation: Invitation,
}

/// Invites a person: creates the account with its grants, or invites somebody again whose invitation expired.
///
/// # Errors
/// Refuses a caller who may not invite, a grant that the caller may not give, an address that is in use, and values that
/// are not acceptable.
pub(crate) fn invite_user(
    tx: &mut Tx<'_>,
    caller: Caller,
    raw: RawInvitation,
) -> AppResult<InvitedUser> {
    let proof = tx.prove::<InviteUsers>(caller, &())?;
    let mut faults = FaultList::new();
    let email = faults.parse_required("/email", raw.email, EmailAddress::parse);
    let name = faults.parse_required("/name", raw.name, Title::parse);
    if raw.grants.is_empty() && !proof.actor().may_manage_everybody() {
        faults.add("/grants", ValueFault::required());
    }
    let known = match &email {
        Some(email) => users::find_by_email(tx.conn(), email)?.map(|user| user.id),
        None => None,
    };
    let id = known.unwrap_or_else(|| Id::new(generate_uuid()));
    let mut check = GrantCheck { giver: caller, recipient: id, faults: &mut faults };
    let offers = check.check_all(tx, &raw.grants)?;
    let expired = known.map(|id| find_expired_invitee(tx, caller, id)).transpose()?;
    let faults = faults.into_vec();
    let (Some(email), Some(name), true) = (email, name, faults.is_empty()) else {
        return Err(faults.into());
    };
    let user = match &expired {
        Some(before) => before.user.clone().invite_again(name),
        None => User::new_invited(id, email, name, tx.at()),
    };
    let before = expired.as_ref().map(|account| &account.user);
    // The invitation is stored beside the account.
    let user = proof.save_or_replace(tx, before, user, Change::beside_record("invite"))?;
    let mut grants = expired.map(|account| account.grants).unwrap_or_default();
    let new: Vec<_> = offers.into_iter().filter(|o| !o.is_among(&grants)).collect();
    for offer in new {
        grants.push(offer.give_grant(tx, caller, id)?);
    }
    let invitation = issue_invitation(tx, id)?;
    Ok(InvitedUser { account: UserSubject { user, grants }, invitation })
}

/// Returns the account of an address whose invitation expired, to be invited again. Only a caller who may manage the
/// account may do this: whoever gets the invitation gets all grants of the account.
fn find_expired_invitee(tx: &mut Tx<'_>, caller: Caller, id: Id<User>) -> AppResult<UserSubject> {
    let taken = || Refusal::Conflict(message::account::email_taken());
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
fn issue_invitation(tx: &mut Tx<'_>, user: Id<User>) -> AppResult<Invitation> {
    let (token, digest) = generate_token();
    let (now, expires_at) = (tx.at(), tx.at() + INVITATION);
    unguarded::create_invitation(tx.conn(), user, &digest, now, expires_at)?;
    Ok(Invitation { token, expires_at })
}

/// Renames, disables or enables an account. Disabling it ends all its sessions. An edit that changes nothing saves
/// nothing.
///
/// # Errors
/// Refuses a caller who may not do this, a stale precondition, and values that are not acceptable.
pub(crate) fn edit_user(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Id<User>>,
    raw: RawUserEdit,
) -> AppResult<UserSubject> {
    let proof = tx.prove::<EditUser>(request.caller, &request.key)?;
    let mut subject = proof.subject().clone();
    request.precondition.check_required(tx, &subject.user)?;
    let edit = raw.parse()?;
    let id = subject.user.id;
    let has_password = unguarded::find_password_hash(tx.conn(), id)?.is_some();
    if let Some((user, action)) = subject.user.apply_edit(edit, has_password) {
        let user = proof.replace(tx, &subject.user, user, Change::without_reason(action))?;
        if user.state == UserState::Disabled {
            let now = tx.at();
            unguarded::end_sessions(tx.conn(), id, None, now)?;
        }
        subject.user = user;
    }
    Ok(subject)
}
