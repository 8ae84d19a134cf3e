//! The order of a list, and the condition that finds the rows after a cursor.

use diesel::{
    QueryResult,
    backend::Backend,
    expression::{
        AppearsOnTable, Expression, SelectableExpression, ValidGrouping,
        expression_types::NotSelectable, is_aggregate,
    },
    query_builder::{AstPass, QueryFragment, QueryId},
    query_source::Column,
};

use super::{BindValue, Comparison, Condition, Node};

/// A column that a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SortColumn {
    name: &'static str,
    nullable: bool,
}

impl SortColumn {
    /// Orders by a column that is never null.
    pub(crate) fn new<C: Column>(_column: C) -> Self {
        Self { name: C::NAME, nullable: false }
    }
    /// Orders by a column that may be null. Rows without a value come last, whatever the direction is.
    pub(crate) fn nulls_last<C: Column>(_column: C) -> Self {
        Self { name: C::NAME, nullable: true }
    }
}

/// The order of a list: by several columns, all in one direction. Together their values identify a row. One direction
/// lets an index be read forwards or backwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListOrder {
    columns: Vec<SortColumn>,
    descending: bool,
}

impl ListOrder {
    pub(crate) fn new(columns: Vec<SortColumn>, descending: bool) -> Self {
        Self { columns, descending }
    }

    /// Accepts the rows after a position, which has a value for each column.
    #[must_use]
    pub(crate) fn after(&self, position: &[Option<BindValue>]) -> Condition {
        let beyond = if self.descending { Comparison::Less } else { Comparison::More };
        let rest = rows_after(&self.columns, position, beyond);
        // A database finds the position in an index by the first comparison. It does not see it inside `OR`.
        let reach = if self.descending { Comparison::AtMost } else { Comparison::AtLeast };
        match (self.columns.as_slice(), position) {
            ([first, _, ..], [Some(value), ..]) if !first.nullable => {
                Condition::all([compare(*first, reach, value), rest])
            }
            _ => rest,
        }
    }
}

fn compare(column: SortColumn, comparison: Comparison, value: &BindValue) -> Condition {
    Condition(Node::Compare(column.name, comparison, value.clone()))
}

fn rows_after(
    columns: &[SortColumn],
    position: &[Option<BindValue>],
    beyond: Comparison,
) -> Condition {
    let (Some((column, columns)), Some((value, position))) =
        (columns.split_first(), position.split_first())
    else {
        return Condition::nothing();
    };
    let is_null = Condition(Node::IsNull(column.name));
    let last = columns.is_empty();
    match value {
        Some(value) => {
            let mut any = vec![compare(*column, beyond, value)];
            if !last {
                let same = compare(*column, Comparison::Equal, value);
                any.push(Condition::all([same, rows_after(columns, position, beyond)]));
            }
            if column.nullable {
                any.push(is_null);
            }
            Condition::any(any)
        }
        None if last => Condition::nothing(),
        None => Condition::all([is_null, rows_after(columns, position, beyond)]),
    }
}

impl Expression for ListOrder {
    type SqlType = NotSelectable;
}
impl<QS: ?Sized> AppearsOnTable<QS> for ListOrder {}
impl<QS: ?Sized> SelectableExpression<QS> for ListOrder {}
impl<GB> ValidGrouping<GB> for ListOrder {
    type IsAggregate = is_aggregate::Never;
}
impl QueryId for ListOrder {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for ListOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (i, column) in self.columns.iter().enumerate() {
            if i > 0 {
                out.push_sql(", ");
            }
            if column.nullable {
                out.push_identifier(column.name)?;
                out.push_sql(" IS NULL, ");
            }
            out.push_identifier(column.name)?;
            if self.descending {
                out.push_sql(" DESC");
            }
        }
        Ok(())
    }
}
