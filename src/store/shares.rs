//! Shares without their secrets, which are in `unguarded`.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    load::LoadByKey,
    schema::shares,
    tx::{impl_journaled_record, impl_record},
    types::{StoredTimestamp, StoredUuid},
};
use crate::domain::{
    id::Id,
    share::{Share, ShareFormat, SharedPath},
    subject::ShareSubject,
    value::Title,
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = shares, treat_none_as_null = true)]
pub(super) struct ShareRow {
    id: StoredUuid,
    name: String,
    path: String,
    format: String,
    expires_on: NaiveDate,
    created_by: StoredUuid,
    created_at: StoredTimestamp,
    revoked: bool,
    version: i64,
}

impl TryFrom<&Share> for ShareRow {
    type Error = StoreError;
    fn try_from(s: &Share) -> StoreResult<Self> {
        Ok(Self {
            id: s.id.into(),
            name: s.name.to_string(),
            path: s.path.to_string(),
            format: s.format.to_string(),
            expires_on: s.expires_on,
            created_by: s.created_by.into(),
            created_at: StoredTimestamp(s.created_at),
            revoked: s.revoked,
            version: s.version,
        })
    }
}
impl TryFrom<ShareRow> for Share {
    type Error = StoreError;
    fn try_from(r: ShareRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            name: Title::parse(r.name)?,
            path: SharedPath::parse(r.path)?,
            format: ShareFormat::parse(r.format)?,
            expires_on: r.expires_on,
            created_by: r.created_by.into(),
            created_at: r.created_at.0,
            revoked: r.revoked,
            version: r.version,
        })
    }
}
impl_journaled_record!(Share, ShareRow, shares, |s| StoredUuid::from(s.id));
impl_record!(Share, "share", private, |r| r.id.to_string());

pub(crate) fn find(conn: &mut Conn, id: Id<Share>) -> StoreResult<Option<Share>> {
    let row: Option<ShareRow> = on!(conn, |c, DB| shares::table
        .find(StoredUuid::from(id))
        .select(ShareRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Share::try_from).transpose()
}

/// Returns a page of shares after one of them, in the order in which they were created, and the number of all shares.
pub(crate) fn list(
    conn: &mut Conn,
    after: Option<Id<Share>>,
    limit: i64,
) -> StoreResult<(Vec<Share>, i64)> {
    let total = on!(conn, |c, DB| shares::table.count().get_result(c))?;
    let rows: Vec<ShareRow> = on!(conn, |c, DB| {
        let mut query = shares::table.into_boxed::<DB>();
        if let Some(after) = after {
            query = query.filter(shares::id.gt(StoredUuid::from(after)));
        }
        query.order(shares::id).limit(limit).select(ShareRow::as_select()).load(c)
    })?;
    Ok((rows.into_iter().map(Share::try_from).collect::<StoreResult<_>>()?, total))
}

impl LoadByKey for ShareSubject {
    fn load_by_key(conn: &mut Conn, key: &Id<Share>) -> StoreResult<Option<Self>> {
        Ok(find(conn, *key)?.map(|share| Self { share }))
    }
}
