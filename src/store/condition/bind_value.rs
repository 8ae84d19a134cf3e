//! Values that conditions compare columns with.

use chrono::NaiveDate;
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
    sql_types::{BigInt, Bool, Date, Nullable, Text},
    sqlite::Sqlite,
};

use crate::store::types::{
    StoredTimestamp, StoredUuid,
    sql::{DbTs, DbUuid},
};

/// A value of one of the types that columns have. It is sent to the database as a parameter, never as SQL text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BindValue {
    Text(String),
    Integer(i64),
    Bool(bool),
    Day(NaiveDate),
    Time(StoredTimestamp),
    Id(StoredUuid),
}

/// A value that can be compared with a column of the SQL type `ST`.
pub(crate) trait IntoBind<ST> {
    fn into_bind(self) -> BindValue;
}

impl<ST, V: IntoBind<ST>> IntoBind<Nullable<ST>> for V {
    fn into_bind(self) -> BindValue {
        IntoBind::<ST>::into_bind(self)
    }
}
impl IntoBind<Text> for String {
    fn into_bind(self) -> BindValue {
        BindValue::Text(self)
    }
}
impl IntoBind<Text> for &str {
    fn into_bind(self) -> BindValue {
        BindValue::Text(self.to_owned())
    }
}
impl IntoBind<BigInt> for i64 {
    fn into_bind(self) -> BindValue {
        BindValue::Integer(self)
    }
}
impl IntoBind<Bool> for bool {
    fn into_bind(self) -> BindValue {
        BindValue::Bool(self)
    }
}
impl IntoBind<Date> for NaiveDate {
    fn into_bind(self) -> BindValue {
        BindValue::Day(self)
    }
}
impl IntoBind<DbTs> for StoredTimestamp {
    fn into_bind(self) -> BindValue {
        BindValue::Time(self)
    }
}
impl IntoBind<DbUuid> for StoredUuid {
    fn into_bind(self) -> BindValue {
        BindValue::Id(self)
    }
}

/// Implements the parameter for a database.
macro_rules! impl_bind {
    ($($db:ty),+) => {
        $(impl QueryFragment<$db> for BindValue {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $db>) -> QueryResult<()> {
                match self {
                    Self::Text(value) => out.push_bind_param::<Text, String>(value),
                    Self::Integer(value) => out.push_bind_param::<BigInt, i64>(value),
                    Self::Bool(value) => out.push_bind_param::<Bool, bool>(value),
                    Self::Day(value) => out.push_bind_param::<Date, NaiveDate>(value),
                    Self::Time(value) => out.push_bind_param::<DbTs, StoredTimestamp>(value),
                    Self::Id(value) => out.push_bind_param::<DbUuid, StoredUuid>(value),
                }
            }
        })+
    };
}
impl_bind!(Pg, Sqlite);
