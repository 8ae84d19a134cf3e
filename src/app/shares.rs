//! Shares: creating and revoking them, and the data that their answers show.

use super::AppResult;
use crate::{
    auth::secret::generate_token,
    clock,
    domain::{
        id::Id,
        policy::{CreateShare, RevokeShare},
        share::{Share, ShareTerms},
    },
    store::{
        Caller, Change, Conn, RecordWriter as _, StoreError, StoreResult, Tx, shares,
        unguarded::{self, ShareUse},
        users,
    },
};

/// A share with the data that answers show beside it.
#[derive(Debug, Clone)]
pub(crate) struct ShareDetail {
    pub(crate) share: Share,
    pub(crate) counted: ShareUse,
    /// The name of the person who created the share.
    pub(crate) creator_name: String,
}

/// A new share with its secret.
pub(crate) struct CreatedShare {
    pub(crate) detail: ShareDetail,
    /// The secret part of the address. Only its digest is stored.
    pub(crate) token: String,
}

/// Creates a share with a new secret.
///
/// # Errors
/// Refuses a caller who may not do this.
pub(crate) fn create_share(
    tx: &mut Tx<'_>,
    caller: Caller,
    terms: ShareTerms,
) -> AppResult<CreatedShare> {
    let proof = tx.prove::<CreateShare>(caller, &())?;
    let share = Share::create(Id::new(clock::generate_uuid()), terms, caller.user, tx.at());
    let (token, digest) = generate_token();
    proof.save(tx, &share, Change::without_reason("create"))?;
    unguarded::insert_share_secret(tx.conn(), share.id, &digest)?;
    Ok(CreatedShare { detail: load_share_detail(tx.conn(), share)?, token })
}

/// Revokes a share. A share that is revoked already stays as it is.
///
/// # Errors
/// Refuses a caller who may not do this.
pub(crate) fn revoke_share(
    tx: &mut Tx<'_>,
    caller: Caller,
    key: Id<Share>,
) -> AppResult<ShareDetail> {
    let proof = tx.prove::<RevokeShare>(caller, &key)?;
    let before = &proof.subject().share;
    let share = match before.clone().revoke() {
        Some(revoked) => proof.replace(tx, before, revoked, Change::without_reason("revoke"))?,
        None => before.clone(),
    };
    Ok(load_share_detail(tx.conn(), share)?)
}

/// Lists at most `limit` shares after one share, in the order in which they were created, and the number of all shares.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn list_shares(
    conn: &mut Conn,
    after: Option<Id<Share>>,
    limit: i64,
) -> StoreResult<(Vec<ShareDetail>, i64)> {
    let (found, total) = shares::list(conn, after, limit)?;
    Ok((load_share_details(conn, found)?, total))
}

/// Loads the data that answers show beside a share.
///
/// # Errors
/// Returns an error if the database fails, or if the share has no secret.
pub(crate) fn load_share_detail(conn: &mut Conn, share: Share) -> StoreResult<ShareDetail> {
    let lost = || StoreError::Corrupt("a share without its secret".into());
    load_share_details(conn, vec![share])?.pop().ok_or_else(lost)
}

/// Loads the data that answers show beside shares. A share without a secret is left out.
///
/// # Errors
/// Returns an error if the database fails.
fn load_share_details(conn: &mut Conn, shares: Vec<Share>) -> StoreResult<Vec<ShareDetail>> {
    let ids: Vec<Id<Share>> = shares.iter().map(|s| s.id).collect();
    let uses = unguarded::list_share_uses(conn, &ids)?;
    let names = users::load_names(conn, shares.iter().map(|s| s.created_by))?;
    let detail = |share: Share| {
        let counted = *uses.iter().find(|u| u.share == share.id)?;
        let creator_name = names.name_of(share.created_by)?.to_owned();
        Some(ShareDetail { share, counted, creator_name })
    };
    Ok(shares.into_iter().filter_map(detail).collect())
}
