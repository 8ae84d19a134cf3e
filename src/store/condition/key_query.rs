//! Reads the keys of a table, whatever table it is.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    expression::Expression,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_source::Column,
    sql_types::{BigInt, Text},
};

use super::{BindValue, Condition, IntoBind, SideRows};
use crate::store::{Conn, StoreResult, conn::on};

/// Selects the values of a text column, each once, in order.
#[derive(Debug, Clone)]
pub(crate) struct KeyQuery {
    rows: SideRows,
    limit: i64,
}

impl KeyQuery {
    /// Selects every value of a column. `table` is the name of the column's table.
    pub(crate) fn new<C: Column>(table: &'static str, column: C) -> Self
    where
        String: IntoBind<<C as Expression>::SqlType>,
    {
        Self { rows: SideRows::new(table, column, Condition::everything()), limit: i64::MAX }
    }

    /// Selects only the values of rows that meet a condition.
    #[must_use]
    pub(crate) fn with_condition(mut self, condition: Condition) -> Self {
        self.rows.condition = Condition::all([self.rows.condition, condition]);
        self
    }

    /// Selects only the given values.
    #[must_use]
    pub(crate) fn with_values(self, values: &[String]) -> Self {
        let values = values.iter().cloned().map(BindValue::Text).collect();
        let condition = Condition(super::Node::OneOf(self.rows.column, values));
        self.with_condition(condition)
    }

    /// Selects only the first values.
    #[must_use]
    pub(crate) const fn with_limit(mut self, limit: i64) -> Self {
        self.limit = limit;
        self
    }

    /// Reads the values.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub(crate) fn load(self, conn: &mut Conn) -> StoreResult<Vec<String>> {
        Ok(on!(conn, |c, DB| RunQueryDsl::load::<String>(self, c))?)
    }
}

impl Query for KeyQuery {
    type SqlType = Text;
}
impl QueryId for KeyQuery {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<C> RunQueryDsl<C> for KeyQuery {}

impl<DB: Backend> QueryFragment<DB> for KeyQuery
where
    BindValue: QueryFragment<DB>,
    i64: diesel::serialize::ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT DISTINCT ");
        out.push_identifier(self.rows.column)?;
        super::fragment::walk_side_rows(&self.rows, out.reborrow())?;
        out.push_sql(" AND ");
        out.push_identifier(self.rows.column)?;
        out.push_sql(" IS NOT NULL ORDER BY 1 LIMIT ");
        out.push_bind_param::<BigInt, i64>(&self.limit)
    }
}
