//! Updates with a constant SQL text, which are prepared once per connection.

use std::marker::PhantomData;

use diesel::{
    QueryResult, QuerySource, RunQueryDsl,
    backend::Backend,
    query_builder::{AsChangeset, AstPass, IntoUpdateTarget, QueryFragment, QueryId},
};

/// An update by a whole row. Its SQL text is always the same, whatever values it sets. diesel cannot know this of its
/// own updates and prepares them for each execution, which takes longer than the execution. `S` stands for the place
/// in the source code and identifies the prepared statement. `static_update!` makes one type for each place.
pub(crate) struct StaticUpdate<F, C, W, S> {
    table: F,
    changes: C,
    which: W,
    place: PhantomData<S>,
}

impl<F, C, W, S> StaticUpdate<F, C, W, S> {
    /// Sets the values of `to` in the rows of `target`.
    pub(crate) fn new<T, V>(target: T, to: V) -> Self
    where
        T: IntoUpdateTarget<WhereClause = W>,
        T::Table: QuerySource<FromClause = F>,
        V: AsChangeset<Target = T::Table, Changeset = C>,
    {
        let target = target.into_update_target();
        Self {
            table: target.table.from_clause(),
            changes: to.as_changeset(),
            which: target.where_clause,
            place: PhantomData,
        }
    }
}
impl<DB, F, C, W, S> QueryFragment<DB> for StaticUpdate<F, C, W, S>
where
    DB: Backend,
    F: QueryFragment<DB>,
    C: QueryFragment<DB>,
    W: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.changes.walk_ast(out.reborrow())?;
        self.which.walk_ast(out)
    }
}
impl<F, C, W, S: 'static> QueryId for StaticUpdate<F, C, W, S> {
    type QueryId = StaticUpdate<(), (), (), S>;
    const HAS_STATIC_QUERY_ID: bool = true;
}
impl<Conn, F, C, W, S> RunQueryDsl<Conn> for StaticUpdate<F, C, W, S> {}

/// Updates rows with a statement whose text is the same for each execution. See [`StaticUpdate`].
macro_rules! static_update {
    ($target:expr, $to:expr) => {{
        /// Identifies this place in the source code.
        struct UpdateSite;
        $crate::store::static_update::StaticUpdate::<_, _, _, UpdateSite>::new($target, $to)
    }};
}
pub(crate) use static_update;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use diesel::{
        Connection as _, SqliteConnection,
        connection::{InstrumentationEvent, SimpleConnection as _},
        prelude::*,
    };

    diesel::table! {
        words (id) {
            id -> Integer,
            word -> Nullable<Text>,
            version -> BigInt,
        }
    }

    #[test]
    fn an_update_is_prepared_once_whatever_it_sets() {
        let mut c = SqliteConnection::establish(":memory:").unwrap();
        c.batch_execute(
            "create table words (id integer primary key, word text, version integer not null); \
             insert into words values (1, 'a', 1), (2, 'b', 1)",
        )
        .unwrap();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&kept);
        c.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                noted.lock().unwrap().push(sql.to_owned());
            }
        });
        let mut set = |id: i32, before: i64, word: Option<&str>| {
            let target = words::table.find(id).filter(words::version.eq(before));
            let update =
                static_update!(target, (words::word.eq(word), words::version.eq(before + 1)));
            update.execute(&mut c).unwrap()
        };
        assert_eq!([set(1, 1, Some("c")), set(2, 1, None), set(2, 1, Some("stale"))], [1, 1, 0]);
        assert_eq!(kept.lock().unwrap().len(), 1, "diesel keeps one prepared statement");
        let rows: Vec<(i32, Option<String>, i64)> =
            words::table.order(words::id).load(&mut c).unwrap();
        assert_eq!(rows, [(1, Some("c".to_owned()), 2), (2, None, 2)]);
    }
}
