//! Counts the changes that the database itself reports.

use diesel::{prelude::*, sql_types::BigInt};

use crate::store::{Conn, StoreResult};

diesel::define_sql_function! {
    /// Counts the rows that the connection has changed so far.
    fn total_changes() -> BigInt;
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Returns a number that a transaction without journal entries must not change. On SQLite it is the number of rows
/// that the connection has changed so far, on PostgreSQL the number of tables that the transaction has opened for
/// writing.
pub(super) fn count_changes(conn: &mut Conn) -> StoreResult<i64> {
    Ok(match conn {
        Conn::Sqlite(c) => diesel::select(total_changes()).get_result(c)?,
        // Not `pg_stat_xact_user_tables`: it still counts what earlier transactions of the connection changed, for up
        // to a second. Every insert, update and delete takes this lock and holds it to the end.
        Conn::Pg(c) => {
            let opened = "select count(*) as n from pg_locks where pid = pg_backend_pid() \
                          and locktype = 'relation' and mode = 'RowExclusiveLock'";
            diesel::sql_query(opened).get_result::<CountRow>(c)?.n
        }
    })
}
