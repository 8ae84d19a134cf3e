//! Writes tables to a SQLite file that anybody can open. Releases are offered in this format. The service's own
//! database is not involved.

use std::path::Path;

use diesel::{
    connection::SimpleConnection as _,
    prelude::*,
    sql_types::{BigInt, Double, Nullable, Text},
};

use super::{StoreError, StoreResult};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// Text, dates and instants.
    Text,
    /// Whole numbers. 0 and 1 stand for no and yes.
    Integer,
    Real,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SqliteValue {
    Null,
    Text(String),
    Integer(i64),
    Real(f64),
}

/// The definition of a table. Names come from the program and never from users, because they are not escaped.
#[derive(Debug, Clone)]
pub(crate) struct NewTable<'a> {
    pub name: &'a str,
    pub columns: Vec<(&'a str, ColumnType)>,
    /// The primary key. Empty if there is none.
    pub key: &'a [&'a str],
    /// The foreign keys: columns of this table, the other table, and columns of the other table.
    pub refers: Vec<(&'a [&'a str], &'a str, &'a [&'a str])>,
}

pub(crate) struct SqliteFile {
    conn: SqliteConnection,
}

impl SqliteFile {
    /// Creates a file. Everything is written in one transaction.
    ///
    /// # Errors
    /// Returns an error if no file can be created at the path.
    pub(crate) fn create(path: &Path) -> StoreResult<Self> {
        let name = path.to_str().ok_or_else(|| StoreError::Corrupt("a path".into()))?;
        let mut conn =
            SqliteConnection::establish(name).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        conn.batch_execute(
            "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = on; begin",
        )?;
        Ok(Self { conn })
    }

    pub(crate) fn create_table(&mut self, table: &NewTable<'_>) -> StoreResult<()> {
        let quoted = |names: &[&str]| -> String {
            names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ")
        };
        let mut parts: Vec<String> = table
            .columns
            .iter()
            .map(|(name, kind)| format!("\"{name}\" {}", kind.sql_type()))
            .collect();
        if !table.key.is_empty() {
            parts.push(format!("primary key ({})", quoted(table.key)));
        }
        for (here, other, there) in &table.refers {
            parts.push(format!(
                "foreign key ({}) references \"{other}\" ({})",
                quoted(here),
                quoted(there)
            ));
        }
        let text = format!("create table \"{}\" ({}) strict", table.name, parts.join(", "));
        Ok(self.conn.batch_execute(&text)?)
    }

    /// Inserts a row.
    ///
    /// # Errors
    /// Returns an error if the row does not fit the table.
    pub(crate) fn insert_row(&mut self, table: &str, row: Vec<SqliteValue>) -> StoreResult<()> {
        let places = vec!["?"; row.len()].join(", ");
        let text = format!("insert into \"{table}\" values ({places})");
        let mut query = diesel::sql_query(text).into_boxed::<diesel::sqlite::Sqlite>();
        for value in row {
            query = match value {
                SqliteValue::Null => query.bind::<Nullable<Text>, _>(None::<String>),
                SqliteValue::Text(text) => query.bind::<Text, _>(text),
                SqliteValue::Integer(n) => query.bind::<BigInt, _>(n),
                SqliteValue::Real(n) => query.bind::<Double, _>(n),
            };
        }
        query.execute(&mut self.conn)?;
        Ok(())
    }

    /// Commits and compacts the file.
    pub(crate) fn finish(mut self) -> StoreResult<()> {
        Ok(self.conn.batch_execute("commit; vacuum")?)
    }
}

impl ColumnType {
    const fn sql_type(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Real => "real",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }

    #[test]
    fn a_file_holds_its_tables_and_refuses_rows_that_do_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let mut file = SqliteFile::create(&path).unwrap();
        let cities = NewTable {
            name: "cities",
            columns: vec![("city", ColumnType::Text), ("pilot", ColumnType::Integer)],
            key: &["city"],
            refers: Vec::new(),
        };
        let reports = NewTable {
            name: "reports",
            columns: vec![("city", ColumnType::Text), ("of", ColumnType::Real)],
            key: &[],
            refers: vec![(&["city"], "cities", &["city"])],
        };
        file.create_table(&cities).unwrap();
        file.create_table(&reports).unwrap();
        let text = |t: &str| SqliteValue::Text(t.to_owned());
        file.insert_row("cities", vec![text("da-nang"), SqliteValue::Integer(1)]).unwrap();
        assert!(file.insert_row("cities", vec![text("da-nang"), SqliteValue::Integer(1)]).is_err());
        assert!(file.insert_row("reports", vec![text("atlantis"), SqliteValue::Null]).is_err());
        assert!(file.insert_row("reports", vec![text("da-nang"), text("many")]).is_err());
        file.insert_row("reports", vec![text("da-nang"), SqliteValue::Real(0.5)]).unwrap();
        file.finish().unwrap();
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let lines: Vec<Line> = diesel::sql_query(
            "select c.city || ' ' || pilot || ' ' || \"of\" as line from cities c join reports using (city)",
        )
        .load(&mut conn)
        .unwrap();
        assert_eq!(lines.into_iter().map(|l| l.line).collect::<Vec<_>>(), ["da-nang 1 0.5"]);
    }
}
