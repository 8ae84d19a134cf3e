//! The databases themselves: migrations go there and back, tables are the ones that the queries are written for, and
//! SQLite is built as it has to be. On SQLite, or on PostgreSQL with `TEST_DATABASE_URL`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test is told by the environment where its database is"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use ascn_tracker::store::{Conn, DatabaseTarget};
use diesel::{prelude::*, sql_types::Text};

/// A database for one test, gone with it.
enum ScratchDatabase {
    Sqlite(tempfile::TempDir),
    Postgres { admin: String, name: String },
}

impl ScratchDatabase {
    fn new() -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(admin) => {
                let name = format!("ascn_s{}", ascn_tracker::clock::generate_uuid().simple());
                run_sql(&mut connect_postgres(&admin), &format!("create database {name}"));
                Self::Postgres { admin, name }
            }
            Err(_) => Self::Sqlite(tempfile::TempDir::new().unwrap()),
        }
    }

    fn open_connection(&self) -> Conn {
        match self {
            Self::Sqlite(folder) => {
                DatabaseTarget::Sqlite { path: folder.path().join("test.db") }.open(false).unwrap()
            }
            Self::Postgres { admin, name } => {
                let mut url = url::Url::parse(admin).unwrap();
                url.set_path(name);
                connect_postgres(url.as_str())
            }
        }
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        if let Self::Postgres { admin, name } = self {
            run_sql(
                &mut connect_postgres(admin),
                &format!("drop database if exists {name} with (force)"),
            );
        }
    }
}

fn connect_postgres(url: &str) -> Conn {
    DatabaseTarget::Postgres { config: Box::new(url.parse().unwrap()), tls: None }
        .open(false)
        .unwrap()
}

fn run_sql(conn: &mut Conn, statement: &str) {
    match conn {
        Conn::Pg(c) => diesel::sql_query(statement).execute(c).unwrap(),
        Conn::Sqlite(c) => diesel::sql_query(statement).execute(c).unwrap(),
    };
}

#[derive(QueryableByName)]
struct TextLine {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Asks each database in its own words for one column of text called `line`.
fn query_lines(conn: &mut Conn, sqlite: &str, postgres: &str) -> Vec<String> {
    let lines: Vec<TextLine> = match conn {
        Conn::Pg(c) => diesel::sql_query(postgres).load(c).unwrap(),
        Conn::Sqlite(c) => diesel::sql_query(sqlite).load(c).unwrap(),
    };
    lines.into_iter().map(|l| l.line).collect()
}

/// Everything that the migrations made, in words.
fn dump_schema(conn: &mut Conn) -> Vec<String> {
    query_lines(
        conn,
        "select type || ' ' || name || ' ' || coalesce(sql, '') as line from sqlite_master \
         where name not like '\\_\\_diesel%' escape '\\' and tbl_name not like '\\_\\_diesel%' escape '\\' order by line",
        "select line from ( \
           select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' \
                  || coalesce(column_default, '') || ' ' || coalesce(collation_name, '') as line \
           from information_schema.columns where table_schema = 'public' \
           union all select 'index ' || tablename || ' ' || indexdef from pg_indexes where schemaname = 'public' \
           union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) \
             from pg_constraint where connamespace = 'public'::regnamespace \
           union all select 'view ' || viewname || ' ' || definition from pg_views where schemaname = 'public' \
           union all select 'reporting ' || viewname || ' ' || definition from pg_views where schemaname = 'reporting' \
         ) dump where line not like '%\\_\\_diesel%' order by line",
    )
}

#[test]
fn migrations_revert_completely_and_apply_again() {
    let place = ScratchDatabase::new();
    let mut conn = place.open_connection();
    let applied = conn.run_migrations().unwrap();
    let there = dump_schema(&mut conn);
    assert!(there.len() > 40, "{there:#?}");
    assert_eq!(conn.run_migrations().unwrap(), 0);
    assert_eq!(conn.revert_migrations().unwrap(), applied);
    assert_eq!(dump_schema(&mut conn), Vec::<String>::new());
    assert_eq!(conn.run_migrations().unwrap(), applied);
    assert_eq!(dump_schema(&mut conn), there);
}

/// Columns by table: name, and type with whether it may be null.
type SchemaTables = BTreeMap<String, BTreeMap<String, (String, bool)>>;

/// Reads the tables that the queries are written for out of the source.
fn tables_in_schema_file() -> SchemaTables {
    let mut tables = SchemaTables::new();
    let mut table = String::new();
    for line in fs::read_to_string("src/store/schema.rs").unwrap().lines() {
        let line = line.trim();
        if let Some((column, kind)) = line.split_once(" -> ") {
            let kind = kind.trim_end_matches(',');
            let inner = kind.strip_prefix("Nullable<").and_then(|k| k.strip_suffix('>'));
            let column = (column.to_owned(), (inner.unwrap_or(kind).to_owned(), inner.is_some()));
            tables.entry(table.clone()).or_default().extend([column]);
        } else if let Some((name, rest)) = line.split_once(" (")
            && rest.ends_with(") {")
        {
            name.clone_into(&mut table);
        }
    }
    tables
}

/// The names that a type has in the databases.
fn database_type_names(kind: &str) -> [&'static str; 2] {
    match kind {
        "Text" => ["TEXT", "text"],
        "BigInt" => ["INTEGER", "bigint"],
        "Integer" => ["INTEGER", "integer"],
        "Double" => ["REAL", "double precision"],
        "Bool" => ["INTEGER", "boolean"],
        "Date" => ["TEXT", "date"],
        "DbTs" => ["INTEGER", "timestamp with time zone"],
        "DbUuid" => ["BLOB", "uuid"],
        "Binary" => ["BLOB", "bytea"],
        other => panic!("{other} is not a type of ours"),
    }
}

/// Reads the tables that are there; of views the names of their columns alone are known on both databases.
fn tables_in_database(conn: &mut Conn) -> (SchemaTables, BTreeSet<String>) {
    let lines = query_lines(
        conn,
        "select m.type || '|' || m.name || '|' || p.name || '|' || p.type || '|' \
                || case when p.\"notnull\" = 1 or (p.pk > 0 and p.type = 'INTEGER') then 'no' else 'yes' end as line \
         from sqlite_master m join pragma_table_info(m.name) p \
         where m.type in ('table', 'view') and m.name not like '\\_\\_diesel%' escape '\\'",
        "select case t.table_type when 'VIEW' then 'view' else 'table' end || '|' || c.table_name || '|' || c.column_name \
                || '|' || c.data_type || '|' || lower(c.is_nullable) as line \
         from information_schema.columns c join information_schema.tables t using (table_schema, table_name) \
         where c.table_schema = 'public' and c.table_name not like '\\_\\_diesel%'",
    );
    let (mut tables, mut views) = (SchemaTables::new(), BTreeSet::new());
    for line in lines {
        let parts: Vec<&str> = line.split('|').collect();
        let [kind, table, column, data_type, null] = parts.try_into().unwrap();
        if kind == "view" {
            views.insert(table.to_owned());
        }
        let column = (column.to_owned(), (data_type.to_owned(), null == "yes"));
        tables.entry(table.to_owned()).or_default().extend([column]);
    }
    (tables, views)
}

#[test]
fn database_tables_match_schema_rs() {
    let place = ScratchDatabase::new();
    let mut conn = place.open_connection();
    conn.run_migrations().unwrap();
    let which = usize::from(matches!(conn, Conn::Pg(_)));
    let (kept, views) = tables_in_database(&mut conn);
    let written = tables_in_schema_file();
    assert!(written.len() > 25, "{written:?}");
    let mut faults = Vec::new();
    for (table, columns) in &written {
        let Some(there) = kept.get(table) else {
            faults.push(format!("{table} is missing"));
            continue;
        };
        let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) =
            (columns.keys().collect(), there.keys().collect());
        if ours != theirs {
            let differ: Vec<_> = ours.symmetric_difference(&theirs).collect();
            faults.push(format!("{table}: {differ:?} on one side only"));
            continue;
        }
        for (column, (kind, nullable)) in columns.iter().filter(|_| !views.contains(table)) {
            let (found, found_nullable) = there.get(column).unwrap();
            // SQLite lets a key of text be null unless told; the queries never ask for one.
            let keys = which == 0 && *found_nullable && !nullable && is_key(table, column);
            if *found != database_type_names(kind).get(which).copied().unwrap()
                || (found_nullable != nullable && !keys)
            {
                faults.push(format!(
                    "{table}.{column}: {kind} {nullable}, not {found} {found_nullable}"
                ));
            }
        }
    }
    for table in kept.keys().filter(|t| !written.contains_key(*t)) {
        faults.push(format!("{table} is not in schema.rs"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Says whether a column is part of its table's key, as the source has it.
fn is_key(table: &str, column: &str) -> bool {
    let source = fs::read_to_string("src/store/schema.rs").unwrap();
    source
        .lines()
        .filter_map(|l| l.trim().strip_prefix(&format!("{table} ("))?.strip_suffix(") {"))
        .any(|keys| keys.split(", ").any(|k| k == column))
}

#[test]
fn sqlite_has_stable_plans_wal_and_full_sync() {
    let place = ScratchDatabase::new();
    let mut conn = place.open_connection();
    if let Conn::Sqlite(_) = conn {
        // Without it every statement with a bound limit is prepared anew: six times slower.
        let options = query_lines(
            &mut conn,
            "select compile_options as line from pragma_compile_options",
            "",
        );
        assert!(options.iter().any(|o| o == "ENABLE_QPSG"), "{options:?}");
        let mode =
            query_lines(&mut conn, "select journal_mode as line from pragma_journal_mode", "");
        assert_eq!(mode, ["wal"]);
        let full = query_lines(
            &mut conn,
            "select cast(synchronous as text) as line from pragma_synchronous",
            "",
        );
        assert_eq!(full, ["2"]);
    }
}
