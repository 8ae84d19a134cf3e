//! Conditions of list queries, as plain data.
//!
//! A filter builds a [`Condition`] once, in a function that knows neither the database nor the type of the query. Only
//! this module writes conditions as SQL. A diesel expression instead has a different type for each filter and each
//! database, so that every filter had to be a macro and was compiled several times.

use diesel::{expression::Expression, query_source::Column};

mod bind_value;
mod fragment;
mod key_query;
mod list_order;
#[cfg(test)]
mod tests;

pub(crate) use bind_value::{BindValue, IntoBind};
pub(crate) use key_query::KeyQuery;
pub(crate) use list_order::{ListOrder, SortColumn};

use super::search;
use crate::domain::policy::visibility::ReadScope;

/// How a column is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A condition on the rows of a query. Columns are those of the queried table, or of the side table inside
/// [`Condition::in_rows`] and [`Condition::exists`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition(Node);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    /// All of the conditions. An empty list accepts every row.
    All(Vec<Condition>),
    /// At least one of the conditions. An empty list accepts no row.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    IsNull(&'static str),
    Compare(&'static str, Comparison, BindValue),
    OneOf(&'static str, Vec<BindValue>),
    /// The column matches a pattern of `LIKE`, in which `\` escapes.
    Like(&'static str, BindValue),
    InRows(&'static str, Box<SideRows>),
    Exists(Box<SideRows>, Box<RowLink>),
}

/// Rows of a different table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideRows {
    table: &'static str,
    column: &'static str,
    condition: Condition,
}

/// The queried row that a row of a side table must belong to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowLink {
    /// The queried table.
    pub table: &'static str,
    /// Columns of the side table, and the columns of the queried table that they must be equal to.
    pub columns: Vec<(&'static str, &'static str)>,
}

impl SideRows {
    /// Selects rows of `table`, the name of the table of `column`.
    pub(crate) fn new<C: Column>(table: &'static str, _column: C, condition: Condition) -> Self {
        Self { table, column: C::NAME, condition }
    }
}

impl Condition {
    /// Requires all of the conditions. Without any, every row is accepted.
    #[must_use]
    pub(crate) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut list = Vec::new();
        for condition in conditions {
            match condition.0 {
                Node::All(inner) => list.extend(inner),
                node => list.push(Self(node)),
            }
        }
        match <[Self; 1]>::try_from(list) {
            Ok([only]) => only,
            Err(list) => Self(Node::All(list)),
        }
    }

    /// Requires at least one of the conditions. Without any, no row is accepted.
    #[must_use]
    pub(crate) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut list = Vec::new();
        for condition in conditions {
            match condition.0 {
                Node::Any(inner) => list.extend(inner),
                node => list.push(Self(node)),
            }
        }
        match <[Self; 1]>::try_from(list) {
            Ok([only]) => only,
            Err(list) => Self(Node::Any(list)),
        }
    }

    /// Accepts every row.
    #[must_use]
    pub(crate) const fn everything() -> Self {
        Self(Node::All(Vec::new()))
    }

    /// Accepts no row.
    #[must_use]
    pub(crate) const fn nothing() -> Self {
        Self(Node::Any(Vec::new()))
    }

    #[must_use]
    pub(crate) fn not(self) -> Self {
        Self(Node::Not(Box::new(self)))
    }

    #[must_use]
    pub(crate) fn is_null<C: Column>(_column: C) -> Self {
        Self(Node::IsNull(C::NAME))
    }

    #[must_use]
    pub(crate) fn compare<C: Column>(
        _column: C,
        comparison: Comparison,
        value: impl IntoBind<<C as Expression>::SqlType>,
    ) -> Self {
        Self(Node::Compare(C::NAME, comparison, value.into_bind()))
    }

    #[must_use]
    pub(crate) fn equals<C: Column>(
        column: C,
        value: impl IntoBind<<C as Expression>::SqlType>,
    ) -> Self {
        Self::compare(column, Comparison::Equal, value)
    }

    #[must_use]
    pub(crate) fn at_least<C: Column>(
        column: C,
        value: impl IntoBind<<C as Expression>::SqlType>,
    ) -> Self {
        Self::compare(column, Comparison::AtLeast, value)
    }

    #[must_use]
    pub(crate) fn at_most<C: Column>(
        column: C,
        value: impl IntoBind<<C as Expression>::SqlType>,
    ) -> Self {
        Self::compare(column, Comparison::AtMost, value)
    }

    /// Requires that the column has one of the values. Without values, no row is accepted.
    #[must_use]
    pub(crate) fn one_of<C: Column, V: IntoBind<<C as Expression>::SqlType>>(
        _column: C,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self(Node::OneOf(C::NAME, values.into_iter().map(IntoBind::into_bind).collect()))
    }

    /// Requires that the column matches a pattern of `LIKE`, in which `\` escapes.
    #[must_use]
    pub(crate) fn like<C: Column>(_column: C, pattern: String) -> Self {
        Self(Node::Like(C::NAME, BindValue::Text(pattern)))
    }

    /// Requires that the column has a value of one of the rows.
    #[must_use]
    pub(crate) fn in_rows<C: Column>(_column: C, rows: SideRows) -> Self {
        Self(Node::InRows(C::NAME, Box::new(rows)))
    }

    /// Requires that one of the rows belongs to the queried row.
    #[must_use]
    pub(crate) fn exists(rows: SideRows, link: RowLink) -> Self {
        Self(Node::Exists(Box::new(rows), Box::new(link)))
    }

    /// Requires that the row is within a read scope. The table has the columns `country` and `city`.
    #[must_use]
    pub(crate) fn within_scope(scope: &ReadScope) -> Self {
        let (country, city) = ("country", "city");
        if scope.everything {
            return Self::everything();
        }
        let countries = scope.countries.iter().map(|c| BindValue::Text(c.to_string())).collect();
        let cities = scope.cities.iter().map(|c| BindValue::Text(c.to_string())).collect();
        let lists = [(country, countries), (city, cities)];
        let given = lists.into_iter().filter(|(_, values): &(_, Vec<_>)| !values.is_empty());
        Self::any(given.map(|(column, values)| Self(Node::OneOf(column, values))))
    }

    /// Requires that each word of a search occurs in a folded column.
    #[must_use]
    pub(crate) fn has_words<C: Column + Copy>(column: C, search: Option<&str>) -> Self {
        Self::all(search::to_like_patterns(search).map(|pattern| Self::like(column, pattern)))
    }
}

/// The conditions of a filter whose fields are optional.
#[derive(Debug, Default)]
pub(crate) struct ConditionList(Vec<Condition>);

impl ConditionList {
    pub(crate) fn add(&mut self, condition: impl IntoIterator<Item = Condition>) {
        self.0.extend(condition);
    }

    /// Requires one of the values, unless there are none.
    pub(crate) fn add_list<C: Column>(&mut self, column: C, values: &[String])
    where
        String: IntoBind<<C as Expression>::SqlType>,
    {
        if !values.is_empty() {
            self.0.push(Condition::one_of(column, values.iter().cloned()));
        }
    }

    /// Requires a value between two bounds, each of which may be missing.
    pub(crate) fn add_range<C, V>(&mut self, column: C, first: Option<V>, last: Option<V>)
    where
        C: Column + Copy,
        V: IntoBind<<C as Expression>::SqlType>,
    {
        self.add(first.map(|value| Condition::at_least(column, value)));
        self.add(last.map(|value| Condition::at_most(column, value)));
    }

    pub(crate) fn into_condition(self) -> Condition {
        Condition::all(self.0)
    }

    /// Returns the condition, or `None` if the filter does not restrict.
    pub(crate) fn into_optional(self) -> Option<Condition> {
        (!self.0.is_empty()).then(|| self.into_condition())
    }
}
