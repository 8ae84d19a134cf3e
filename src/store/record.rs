//! The traits of a record for its table and for the journal, and the macros that implement them.

use super::{Conn, StoreResult};

/// A record whose changes are journaled.
pub trait Record {
    /// The kind of record in the journal.
    const ENTITY: &'static str;
    /// Whether its changes are public. Public changes get a number in the feed.
    const PUBLIC: bool;
    /// Returns the public key.
    fn key(&self) -> String;
    /// Returns the version.
    fn version(&self) -> i64;
    /// Returns the content for the journal, as canonical JSON. It holds no secret and no person's name.
    ///
    /// # Errors
    /// Returns an error if a value has no JSON form.
    fn journal_content(&self) -> Result<String, serde_json::Error>;
    /// Returns `true` if this record has the same content as the record before. They differ then at most in the stamps
    /// of a write: the version, and the time and author of the last edit.
    fn has_content_of(&self, before: &Self) -> bool;
}

/// Changes the rows of a record. Only [`super::tx`] calls this: other modules save a record through a proof, which also
/// journals the change.
pub trait StoredRows {
    /// Inserts the rows.
    fn insert(&self, conn: &mut Conn) -> StoreResult<()>;
    /// Replaces the rows if they have the version `before`. Returns `true` if they had.
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool>;
    /// Deletes the rows if they have the record's version. Returns `true` if they had.
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool>;
}

/// A record that has a table.
pub trait JournaledRecord: Record + StoredRows + Clone + Sized {
    /// Loads all records of this kind.
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>>;
    /// Loads all records, and checks each against its own rows. For the verification of the journal. Most
    /// implementations use `audit_rows`.
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>>;
}

/// A record that was loaded from its table, and the result of its check.
#[derive(Debug, Clone)]
pub struct AuditedRecord<K> {
    pub record: K,
    /// `true` if the denormalised columns match the record. Lists and figures read those columns.
    pub sound: bool,
}

/// Parses rows into records, and checks that each record gives its row again. A row that cannot be parsed is left
/// out. The journal then shows which record is missing.
pub(crate) fn audit_rows<R: Clone + PartialEq, K: TryFrom<R>>(
    rows: Vec<R>,
    to_row: impl Fn(&K) -> StoreResult<R>,
) -> Vec<AuditedRecord<K>> {
    rows.into_iter()
        .filter_map(|row| {
            let record = K::try_from(row.clone()).ok()?;
            let sound = to_row(&record).is_ok_and(|again| again == row);
            Some(AuditedRecord { record, sound })
        })
        .collect()
}

/// Implements [`StoredRows`] and [`JournaledRecord`] for a record that is one row of a table with the columns `id` (here `$id`) and
/// `version`. The row type derives `Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset` (with
/// `treat_none_as_null`). It converts from the record and into the record, both with
/// `TryFrom<_, Error = StoreError>`.
macro_rules! impl_journaled_record {
    ($record:ty, $row:ty, $table:ident, |$r:ident| $id:expr) => {
        impl $crate::store::record::StoredRows for $record {
            fn insert(&self, conn: &mut $crate::store::Conn) -> $crate::store::StoreResult<()> {
                let row = <$row>::try_from(self)?;
                $crate::store::conn::on!(conn, |c, DB| diesel::insert_into($table::table)
                    .values(&row)
                    .execute(c))?;
                Ok(())
            }
            fn replace(
                &self,
                conn: &mut $crate::store::Conn,
                before: i64,
            ) -> $crate::store::StoreResult<bool> {
                let row = <$row>::try_from(self)?;
                let $r = self;
                let n = $crate::store::conn::on!(conn, |c, DB| {
                    $crate::store::static_update::static_update!(
                        $table::table.find($id).filter($table::version.eq(before)),
                        &row
                    )
                    .execute(c)
                })?;
                Ok(n == 1)
            }
            fn delete(&self, conn: &mut $crate::store::Conn) -> $crate::store::StoreResult<bool> {
                let $r = self;
                let n = $crate::store::conn::on!(conn, |c, DB| diesel::delete(
                    $table::table.find($id)
                )
                .filter($table::version.eq(self.version))
                .execute(c))?;
                Ok(n == 1)
            }
        }
        impl $crate::store::record::JournaledRecord for $record {
            fn load_all(conn: &mut $crate::store::Conn) -> $crate::store::StoreResult<Vec<Self>> {
                let rows: Vec<$row> = $crate::store::conn::on!(conn, |c, DB| $table::table
                    .select(<$row>::as_select())
                    .load(c))?;
                rows.into_iter().map(Self::try_from).collect()
            }
            fn load_audited(
                conn: &mut $crate::store::Conn,
            ) -> $crate::store::StoreResult<Vec<$crate::store::record::AuditedRecord<Self>>> {
                let rows: Vec<$row> = $crate::store::conn::on!(conn, |c, DB| $table::table
                    .select(<$row>::as_select())
                    .load(c))?;
                Ok($crate::store::record::audit_rows(rows, |record| <$row>::try_from(record)))
            }
        }
    };
}
pub(crate) use impl_journaled_record;

/// Implements [`Record`] for a record that the journal holds as a whole: `public` if its changes are public, else
/// `private`. `stamps` lists the fields that each write sets, beside the version. They are no content.
macro_rules! impl_record {
    ($record:ty, $entity:literal, public, |$r:ident| $key:expr $(, stamps [$($stamp:ident),+])?) => {
        $crate::store::record::impl_record!(@ $record, $entity, true, $r, $key, [$($($stamp),+)?]);
    };
    ($record:ty, $entity:literal, private, |$r:ident| $key:expr $(, stamps [$($stamp:ident),+])?) => {
        $crate::store::record::impl_record!(@ $record, $entity, false, $r, $key, [$($($stamp),+)?]);
    };
    (@ $record:ty, $entity:literal, $public:literal, $r:ident, $key:expr, [$($stamp:ident),*]) => {
        impl $crate::store::record::Record for $record {
            const ENTITY: &'static str = $entity;
            const PUBLIC: bool = $public;
            fn key(&self) -> String {
                let $r = self;
                $key
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn journal_content(&self) -> Result<String, serde_json::Error> {
                $crate::domain::journal::to_canonical_json(self)
            }
            fn has_content_of(&self, before: &Self) -> bool {
                let stamped = Self {
                    version: before.version,
                    $($stamp: before.$stamp,)*
                    ..self.clone()
                };
                stamped == *before
            }
        }
    };
}
pub(crate) use impl_record;

/// What is done to a record, for the journal.
#[derive(Debug, Clone)]
pub struct Change {
    /// The action.
    pub action: &'static str,
    /// The reason, if one was given.
    pub reason: Option<String>,
    /// `true` if the action also changes something beside the record, such as a password. It is then journaled even if
    /// the record has the same content as before.
    pub(in crate::store) beside_record: bool,
}

impl Change {
    /// Describes a change that has no reason of its own.
    #[must_use]
    pub const fn without_reason(action: &'static str) -> Self {
        Self { action, reason: None, beside_record: false }
    }
    /// Describes a change with its reason, if there is one.
    #[must_use]
    pub const fn with_reason(action: &'static str, reason: Option<String>) -> Self {
        Self { action, reason, beside_record: false }
    }
    /// Describes an action that changes something beside the record, such as a password, and has no reason of its own.
    #[must_use]
    pub const fn beside_record(action: &'static str) -> Self {
        Self { action, reason: None, beside_record: true }
    }
}
