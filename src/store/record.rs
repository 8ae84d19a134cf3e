//! What a record is: how it is kept in its table, and what the journal keeps of it.

use super::{Conn, StoreResult};

/// A record that the journal follows.
pub trait Record {
    /// The kind of record in the journal.
    const ENTITY: &'static str;
    /// Whether strangers may know of its changes, so that they get a number of the feed.
    const PUBLIC: bool;
    /// Returns the public key.
    fn key(&self) -> String;
    /// Returns the version.
    fn version(&self) -> i64;
    /// Returns what the journal keeps of it, in its canonical form: no secret and no person's name.
    ///
    /// # Errors
    /// A value without a JSON form.
    fn journal_content(&self) -> Result<String, serde_json::Error>;
}

/// A record that has a table.
pub trait JournaledRecord: Record + Sized {
    /// Adds its rows.
    fn insert(&self, conn: &mut Conn) -> StoreResult<()>;
    /// Replaces its rows if they have the version before, and returns whether they had.
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool>;
    /// Deletes its rows if they have its version, and returns whether they had.
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool>;
    /// Reads all of them.
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>>;
    /// Reads all of them and says of each whether its rows are those that the record gives, for the verification of the
    /// journal. Usually through `audited`.
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>>;
}

/// A record as it was found in its table.
#[derive(Debug, Clone)]
pub struct AuditedRecord<K> {
    /// The record.
    pub record: K,
    /// Whether every column is what the record gives: lists and figures read columns that the record repeats elsewhere.
    pub sound: bool,
}

/// Makes records of rows and rows of those records again. A row that cannot be understood is left out: the journal knows
/// which record is missing then.
pub(crate) fn audit_rows<R: Clone + PartialEq, K: TryFrom<R>>(
    rows: Vec<R>,
    again: impl Fn(&K) -> StoreResult<R>,
) -> Vec<AuditedRecord<K>> {
    rows.into_iter()
        .filter_map(|row| {
            let record = K::try_from(row.clone()).ok()?;
            let sound = again(&record).is_ok_and(|again| again == row);
            Some(AuditedRecord { record, sound })
        })
        .collect()
}

/// Implements [`JournaledRecord`] for a record that is one row of a table with the columns `id` (here `$id`) and `version`. The row
/// type derives `Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset` (with `treat_none_as_null`), and converts: row from
/// record and record from row, both with `TryFrom<_, Error = StoreError>`.
macro_rules! kept {
    ($record:ty, $row:ty, $table:ident, |$r:ident| $id:expr) => {
        impl $crate::store::record::JournaledRecord for $record {
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
                let n =
                    $crate::store::conn::on!(conn, |c, DB| $crate::store::static_update::same!(
                        $table::table.find($id).filter($table::version.eq(before)),
                        &row
                    )
                    .execute(c))?;
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
pub(crate) use kept;

/// Implements [`Record`] for a record that stands in the journal whole, under its key: `public` where strangers may know of
/// its changes, else `private`.
macro_rules! recorded {
    ($record:ty, $entity:literal, public, |$r:ident| $key:expr) => {
        $crate::store::record::recorded!(@ $record, $entity, true, $r, $key);
    };
    ($record:ty, $entity:literal, private, |$r:ident| $key:expr) => {
        $crate::store::record::recorded!(@ $record, $entity, false, $r, $key);
    };
    (@ $record:ty, $entity:literal, $public:literal, $r:ident, $key:expr) => {
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
        }
    };
}
pub(crate) use recorded;

/// What is done to a record, for the journal.
#[derive(Debug, Clone)]
pub struct Change {
    /// What was done.
    pub action: &'static str,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

impl Change {
    /// A change that needs no reason.
    #[must_use]
    pub const fn without_reason(action: &'static str) -> Self {
        Self { action, reason: None }
    }
    /// A change with its reason.
    #[must_use]
    pub const fn with_reason(action: &'static str, reason: Option<String>) -> Self {
        Self { action, reason }
    }
}
