//! Column types with the same code for both databases. Not here: the tables.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::BigInt,
    sqlite::Sqlite,
};
use uuid::Uuid;

use crate::domain::id::Id;

/// SQL types. Their names must differ from diesel's own, because `table!` derives arithmetic from the name.
pub(crate) mod sql {
    use diesel::{query_builder::QueryId, sql_types::SqlType};

    /// `uuid` on PostgreSQL, a BLOB of 16 bytes on SQLite.
    #[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
    #[diesel(postgres_type(name = "uuid"))]
    #[diesel(sqlite_type(name = "Binary"))]
    pub struct DbUuid;

    /// `timestamptz` on PostgreSQL, an INTEGER of microseconds since 1970 on SQLite.
    #[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
    #[diesel(postgres_type(name = "timestamptz"))]
    #[diesel(sqlite_type(name = "Long"))]
    pub struct DbTs;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::DbUuid)]
pub struct StoredUuid(pub Uuid);

impl<T> From<Id<T>> for StoredUuid {
    fn from(id: Id<T>) -> Self {
        Self(id.as_uuid())
    }
}
impl<T> From<StoredUuid> for Id<T> {
    fn from(id: StoredUuid) -> Self {
        Self::new(id.0)
    }
}
impl ToSql<sql::DbUuid, Pg> for StoredUuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<sql::DbUuid, Pg> for StoredUuid {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(raw.as_bytes())?))
    }
}
impl ToSql<sql::DbUuid, Sqlite> for StoredUuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let bytes: &[u8] = self.0.as_bytes();
        out.set_value(bytes);
        Ok(IsNull::No)
    }
}
impl FromSql<sql::DbUuid, Sqlite> for StoredUuid {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(raw.read_blob())?))
    }
}

/// An instant with microseconds, as a column value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::DbTs)]
pub struct StoredTimestamp(pub DateTime<Utc>);

/// PostgreSQL counts from 2000-01-01T00:00:00Z. This is that instant in microseconds since 1970.
const PG_EPOCH: i64 = 946_684_800_000_000;

impl StoredTimestamp {
    fn from_micros(micros: i64) -> deserialize::Result<Self> {
        DateTime::from_timestamp_micros(micros)
            .map(Self)
            .ok_or_else(|| "instant out of range".into())
    }
}
impl From<DateTime<Utc>> for StoredTimestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at)
    }
}
impl From<StoredTimestamp> for DateTime<Utc> {
    fn from(at: StoredTimestamp) -> Self {
        at.0
    }
}
impl ToSql<sql::DbTs, Pg> for StoredTimestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&(self.0.timestamp_micros() - PG_EPOCH), &mut out.reborrow())
    }
}
impl FromSql<sql::DbTs, Pg> for StoredTimestamp {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::from_micros(<i64 as FromSql<BigInt, Pg>>::from_sql(raw)?.saturating_add(PG_EPOCH))
    }
}
impl ToSql<sql::DbTs, Sqlite> for StoredTimestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}
impl FromSql<sql::DbTs, Sqlite> for StoredTimestamp {
    fn from_sql(raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Self::from_micros(<i64 as FromSql<BigInt, Sqlite>>::from_sql(raw)?)
    }
}
