//! Writes conditions as SQL, and makes them expressions of diesel.

use diesel::{
    QueryResult,
    backend::Backend,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::Bool,
};

use super::{BindValue, Comparison, Condition, Node, RowLink, SideRows};

impl Comparison {
    const fn as_sql(self) -> &'static str {
        match self {
            Self::Equal => " = ",
            Self::Less => " < ",
            Self::AtMost => " <= ",
            Self::More => " > ",
            Self::AtLeast => " >= ",
        }
    }
}

impl Expression for Condition {
    type SqlType = Bool;
}
// A condition names columns without their table, so the compiler cannot check the table. Each list has a test that uses
// every filter.
impl<QS: ?Sized> AppearsOnTable<QS> for Condition {}
impl<QS: ?Sized> SelectableExpression<QS> for Condition {}
impl<GB> ValidGrouping<GB> for Condition {
    type IsAggregate = is_aggregate::Never;
}
impl QueryId for Condition {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Condition
where
    BindValue: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match &self.0 {
            Node::All(list) => walk_list(list, " AND ", "1 = 1", out),
            Node::Any(list) => walk_list(list, " OR ", "1 = 0", out),
            Node::Not(condition) => {
                out.push_sql("NOT (");
                condition.walk_ast(out.reborrow())?;
                out.push_sql(")");
                Ok(())
            }
            Node::IsNull(column) => {
                out.push_identifier(column)?;
                out.push_sql(" IS NULL");
                Ok(())
            }
            Node::Compare(column, comparison, value) => {
                out.push_identifier(column)?;
                out.push_sql(comparison.as_sql());
                value.walk_ast(out)
            }
            Node::OneOf(column, values) => walk_values(column, values, out),
            Node::Like(column, pattern) => {
                // The number of words in a search is not limited to a few, so the statement is not worth keeping.
                out.unsafe_to_cache_prepared();
                out.push_identifier(column)?;
                out.push_sql(" LIKE ");
                pattern.walk_ast(out.reborrow())?;
                out.push_sql(" ESCAPE '\\'");
                Ok(())
            }
            Node::InRows(column, rows) => {
                out.push_identifier(column)?;
                out.push_sql(" IN (SELECT ");
                out.push_identifier(rows.column)?;
                walk_side_rows(rows, out.reborrow())?;
                out.push_sql(")");
                Ok(())
            }
            Node::Exists(rows, link) => {
                out.push_sql("EXISTS (SELECT 1");
                walk_side_rows(rows, out.reborrow())?;
                walk_link(rows, link, out.reborrow())?;
                out.push_sql(")");
                Ok(())
            }
        }
    }
}

/// Writes conditions with a word between them, or `empty` if there are none.
fn walk_list<'b, DB: Backend>(
    list: &'b [Condition],
    between: &str,
    empty: &str,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    BindValue: QueryFragment<DB>,
{
    if list.is_empty() {
        out.push_sql(empty);
        return Ok(());
    }
    out.push_sql("(");
    for (i, condition) in list.iter().enumerate() {
        if i > 0 {
            out.push_sql(between);
        }
        condition.walk_ast(out.reborrow())?;
    }
    out.push_sql(")");
    Ok(())
}

fn walk_values<'b, DB: Backend>(
    column: &str,
    values: &'b [BindValue],
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    BindValue: QueryFragment<DB>,
{
    // A different number of values is a different statement. A cache of them would grow without a limit.
    out.unsafe_to_cache_prepared();
    if values.is_empty() {
        out.push_sql("1 = 0");
        return Ok(());
    }
    out.push_identifier(column)?;
    out.push_sql(" IN (");
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push_sql(", ");
        }
        value.walk_ast(out.reborrow())?;
    }
    out.push_sql(")");
    Ok(())
}

pub(super) fn walk_side_rows<'b, DB: Backend>(
    rows: &'b SideRows,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    BindValue: QueryFragment<DB>,
{
    out.push_sql(" FROM ");
    out.push_identifier(rows.table)?;
    out.push_sql(" WHERE ");
    rows.condition.walk_ast(out)
}

fn walk_link<DB: Backend>(
    rows: &SideRows,
    link: &RowLink,
    mut out: AstPass<'_, '_, DB>,
) -> QueryResult<()> {
    for (side, queried) in &link.columns {
        out.push_sql(" AND ");
        out.push_identifier(rows.table)?;
        out.push_sql(".");
        out.push_identifier(side)?;
        out.push_sql(" = ");
        out.push_identifier(link.table)?;
        out.push_sql(".");
        out.push_identifier(queried)?;
    }
    Ok(())
}
