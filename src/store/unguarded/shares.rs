//! The secret addresses of shares. Anybody who knows an address reads the shared data, and nothing else. The use
//! counts are stored beside the digests. They are not part of the record and are not journaled.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::SecretDigest;
use crate::{
    domain::{id::Id, share::Share},
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{share_secrets, shares},
        shares::ShareRow,
        types::StoredUuid,
    },
};

/// Stores the secret of a new share.
///
/// # Errors
/// Returns an error if the database fails.
pub fn insert_share_secret(
    conn: &mut Conn,
    share: Id<Share>,
    digest: &SecretDigest,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::insert_into(share_secrets::table)
        .values((
            share_secrets::share_id.eq(StoredUuid::from(share)),
            share_secrets::digest.eq(digest.as_slice()),
            share_secrets::uses.eq(0_i64),
        ))
        .execute(c))?;
    Ok(())
}

/// Finds the share of a secret. The caller must check whether the share is open.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_share_by_secret(conn: &mut Conn, digest: &SecretDigest) -> StoreResult<Option<Share>> {
    let row: Option<ShareRow> = on!(conn, |c, DB| share_secrets::table
        .inner_join(shares::table.on(shares::id.eq(share_secrets::share_id)))
        .filter(share_secrets::digest.eq(digest.as_slice()))
        .select(ShareRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Share::try_from).transpose()
}

/// How often a share was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareUse {
    /// The share.
    pub share: Id<Share>,
    /// How often it was answered.
    pub uses: i64,
    /// The last day of use, in UTC.
    pub last_used_on: Option<NaiveDate>,
}

/// Adds uses to the stored counts.
///
/// # Errors
/// Returns an error if the database fails.
pub fn add_share_uses(conn: &mut Conn, more: &[ShareUse]) -> StoreResult<()> {
    for ShareUse { share, uses, last_used_on } in more {
        let of = StoredUuid::from(*share);
        on!(conn, |c, DB| diesel::update(share_secrets::table.find(of))
            .set(share_secrets::uses.eq(share_secrets::uses + *uses))
            .execute(c))?;
        // A different instance may already have written a later day.
        let later =
            share_secrets::last_used_on.is_null().or(share_secrets::last_used_on.lt(*last_used_on));
        on!(conn, |c, DB| diesel::update(share_secrets::table.find(of).filter(later))
            .set(share_secrets::last_used_on.eq(*last_used_on))
            .execute(c))?;
    }
    Ok(())
}

/// Returns how often shares were used, in no particular order. Unknown shares are left out.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_share_uses(conn: &mut Conn, some: &[Id<Share>]) -> StoreResult<Vec<ShareUse>> {
    let mut found = Vec::with_capacity(some.len());
    for batch in some.chunks(500) {
        let ids: Vec<StoredUuid> = batch.iter().copied().map(StoredUuid::from).collect();
        let rows: Vec<(StoredUuid, i64, Option<NaiveDate>)> =
            on!(conn, |c, DB| share_secrets::table
                .filter(share_secrets::share_id.eq_any(&ids))
                .select((share_secrets::share_id, share_secrets::uses, share_secrets::last_used_on))
                .load(c))?;
        found.extend(rows.into_iter().map(|(share, uses, last_used_on)| ShareUse {
            share: share.into(),
            uses,
            last_used_on,
        }));
    }
    Ok(found)
}
