//! Previews: a use case that runs on private copies of the rows that it may write, and is undone at the end. It takes no
//! lock that a writer waits for, so that writes go on however long it takes.
//!
//! The copies are temporary tables with the names of the real ones. Both databases look for a table among the temporary
//! ones first: the same queries read and write the copies, and the real tables for everything else.

use std::collections::BTreeSet;

use diesel::{
    connection::SimpleConnection as _,
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use super::{Tx, TxEnv};
use crate::{
    domain::{project::ProjectCode, value::Slug},
    store::{Conn, StoreError, StoreResult, conn::on, journal},
};

/// The rows that a preview of an import may read or write.
#[derive(Debug, Clone)]
pub struct PreviewRows {
    /// The slug of the city whose projects are written.
    pub city: Slug,
    /// The slug of the cycle whose reports are written.
    pub cycle: Slug,
    /// The projects that written projects may continue. They can be in a different city.
    pub continued: Vec<ProjectCode>,
}

/// The rows of a table that are copied.
#[derive(Clone, Copy)]
enum CopiedRows {
    /// The rows of the city.
    City,
    /// The rows that belong to projects of the city.
    Projects,
    /// The rows of the city in the cycle.
    CityAndCycle,
}

/// The tables that an import writes.
const COPIED_TABLES: [(&str, CopiedRows); 7] = [
    ("projects", CopiedRows::City),
    ("project_numbers", CopiedRows::City),
    ("project_facets", CopiedRows::Projects),
    ("milestones", CopiedRows::Projects),
    ("indicators", CopiedRows::Projects),
    ("partnerships", CopiedRows::Projects),
    ("reports", CopiedRows::CityAndCycle),
];

/// Runs a use case as a preview, on a connection that is used for nothing else. Everything that it writes is undone,
/// whatever it returns. Before its first write it must call [`Tx::copy_for_preview`].
pub(in crate::store) fn run_preview<T, E: From<StoreError>>(
    conn: &mut Conn,
    env: &TxEnv,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    conn.run_undone(|conn| {
        // The head is read without its lock: a preview adds nothing to the journal.
        let at = env.clock.now().max(journal::load_head(conn)?.at);
        f(&mut Tx {
            conn,
            at,
            loaded_actor: None,
            entries: Vec::new(),
            undone: 0,
            is_preview: true,
        })
    })
}

impl Tx<'_> {
    /// In a preview, copies the rows that the use case may write. Does nothing in a transaction that can be committed.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub fn copy_for_preview(&mut self, rows: &PreviewRows) -> StoreResult<()> {
        if !self.is_preview {
            return Ok(());
        }
        for (table, copied) in COPIED_TABLES {
            create_copy(self.conn, table)?;
            fill_copy(self.conn, table, copied, rows)?;
        }
        copy_continued_projects(self.conn, rows)?;
        show_copies(self.conn)
    }
}

/// The names of a table and of its copy, until the copy has the name of the table.
struct TableNames {
    copy: String,
    original: String,
}

impl TableNames {
    fn new(conn: &Conn, table: &str) -> Self {
        match conn {
            Conn::Sqlite(_) => {
                Self { copy: format!("temp.{table}"), original: format!("main.{table}") }
            }
            Conn::Pg(_) => Self { copy: format!("preview_{table}"), original: table.to_owned() },
        }
    }
}

/// A statement of the schema of SQLite.
#[derive(QueryableByName)]
struct SchemaStatement {
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Creates an empty copy of a table, with its constraints and indexes, but without foreign keys and triggers.
fn create_copy(conn: &mut Conn, table: &str) -> StoreResult<()> {
    match conn {
        Conn::Sqlite(c) => {
            // The table comes before its indexes.
            let made = "select sql from main.sqlite_master where tbl_name = $1 and sql is not null \
                        and type in ('table', 'index') order by type desc";
            let statements: Vec<SchemaStatement> =
                diesel::sql_query(made).bind::<Text, _>(table).load(c)?;
            for SchemaStatement { sql } in &statements {
                c.batch_execute(&to_temporary(sql)?)?;
            }
        }
        Conn::Pg(c) => c.batch_execute(&format!(
            "create temporary table preview_{table} (like {table} including all) on commit drop"
        ))?,
    }
    Ok(())
}

/// Changes a statement that made a table or an index of SQLite, so that it makes a temporary one. SQLite stores the first
/// words of each statement in this form.
fn to_temporary(statement: &str) -> StoreResult<String> {
    let forms = [
        ("CREATE TABLE ", "CREATE TEMP TABLE "),
        ("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX temp."),
        ("CREATE INDEX ", "CREATE INDEX temp."),
    ];
    let found = forms.iter().find_map(|(form, temporary)| {
        statement.strip_prefix(form).map(|rest| format!("{temporary}{rest}"))
    });
    found.ok_or_else(|| StoreError::Corrupt("a statement of the schema in a new form".into()))
}

fn fill_copy(
    conn: &mut Conn,
    table: &str,
    copied: CopiedRows,
    rows: &PreviewRows,
) -> StoreResult<()> {
    let TableNames { copy, original } = TableNames::new(conn, table);
    let projects = TableNames::new(conn, "projects").original;
    let condition = match copied {
        CopiedRows::City => "city = $1".to_owned(),
        CopiedRows::Projects => {
            format!("project_id in (select id from {projects} where city = $1)")
        }
        CopiedRows::CityAndCycle => "city = $1 and cycle = $2".to_owned(),
    };
    let fill = format!("insert into {copy} select * from {original} where {condition}");
    on!(conn, |c, DB| {
        let of_city = diesel::sql_query(fill).bind::<Text, _>(rows.city.as_str());
        match copied {
            CopiedRows::City | CopiedRows::Projects => of_city.execute(c),
            CopiedRows::CityAndCycle => of_city.bind::<Text, _>(rows.cycle.as_str()).execute(c),
        }
    })?;
    Ok(())
}

/// The project that a project continues, if it continues one.
#[derive(QueryableByName)]
struct ContinuedRow {
    #[diesel(sql_type = Nullable<Text>)]
    continues: Option<String>,
}

/// Copies the projects of other cities that projects of the city continue, or that a row may continue, with everything
/// that these continue.
fn copy_continued_projects(conn: &mut Conn, rows: &PreviewRows) -> StoreResult<()> {
    let copy = TableNames::new(conn, "projects").copy;
    let query = format!("select distinct continues from {copy} where continues is not null");
    let own: Vec<ContinuedRow> = on!(conn, |c, DB| diesel::sql_query(query).load(c))?;
    let own = own.into_iter().filter_map(|row| row.continues).map(ProjectCode::parse);
    let mut waiting = own.collect::<Result<Vec<ProjectCode>, _>>()?;
    waiting.extend(rows.continued.iter().cloned());
    let mut copied = BTreeSet::new();
    while let Some(code) = waiting.pop() {
        if *code.city() != rows.city && copied.insert(code.to_string()) {
            waiting.extend(copy_project(conn, &code)?);
        }
    }
    Ok(())
}

/// Copies one project, if it exists. Returns the project that it continues.
fn copy_project(conn: &mut Conn, code: &ProjectCode) -> StoreResult<Option<ProjectCode>> {
    let TableNames { copy, original } = TableNames::new(conn, "projects");
    let one = "where city = $1 and number = $2";
    let fill = format!("insert into {copy} select * from {original} {one}");
    let find = format!("select continues from {copy} {one}");
    let (city, number) = (code.city().as_str(), code.number());
    on!(conn, |c, DB| diesel::sql_query(fill)
        .bind::<Text, _>(city)
        .bind::<BigInt, _>(number)
        .execute(c))?;
    let rows: Vec<ContinuedRow> = on!(conn, |c, DB| diesel::sql_query(find)
        .bind::<Text, _>(city)
        .bind::<BigInt, _>(number)
        .load(c))?;
    let continues = rows.into_iter().next().and_then(|row| row.continues);
    Ok(continues.map(ProjectCode::parse).transpose()?)
}

/// Gives the copies the names of their tables. On SQLite they have them already, because they are in a schema of their
/// own.
fn show_copies(conn: &mut Conn) -> StoreResult<()> {
    if let Conn::Pg(c) = conn {
        for (table, _) in COPIED_TABLES {
            c.batch_execute(&format!("alter table preview_{table} rename to {table}"))?;
        }
    }
    Ok(())
}
