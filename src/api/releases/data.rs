//! What a release holds, to take away: the canonical content, and one archive with everything in it.

use std::{
    io::{self, Write},
    path::Path,
};

use actix_web::{get, web::Data};
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::{ApiError, ApiResult},
        format::{Form, FormatParams, failed},
        released::Released,
        spool::{Made, Spool},
        state::State,
    },
    domain::{
        journal::hex,
        release::{Frame, Release, seal},
        value::Slug,
    },
    sheets::{
        flat::{Csv, Datum, Sink, Type},
        released::{Context, Row, Rows, TABLES, Table},
    },
    store::{
        Conn, StoreError,
        portable::{self, NewTable, Portable},
        releases::{self, frozen},
    },
};

mod package;

/// The formats, the archive first.
pub(in crate::api) const FORMS: &[Form] = &[Form::Zip, Form::Json];

/// Take the data of a release
///
/// Without a format, one archive: each table as CSV, `datapackage.json` that describes them (Frictionless), `release.sqlite`
/// with the same tables, the canonical content, checksums, and a README. With `format=json` the canonical content alone (RFC
/// 8785): its SHA-256 is that of the release.
#[utoipa::path(tag = "releases", params(FormatParams), responses((status = 200, content(
    (Vec<u8> = "application/zip"), (serde_json::Value = "application/json")
))))]
#[get("/releases/{release}/data")]
pub(super) async fn get_release_data(
    released: Released<Query<FormatParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer(
    released: Released<Query<FormatParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.form(|Query(params)| params.format.as_deref(), FORMS);
    let form = released.said(state, form).await?;
    released
        .answer_in(state, ("releases/data", form), move |conn, release, _params, _language| {
            if form == Form::Json { content(conn, release) } else { archive(conn, release) }
        })
        .await
}

fn zipped(e: zip::result::ZipError) -> ApiError {
    ApiError::Internal(Box::new(e))
}

/// Writes the canonical content.
fn content(conn: &mut Conn, release: &Slug) -> ApiResult<Answer> {
    let mut spool = Spool::default();
    write_content(conn, release, &mut spool)?;
    let made = spool.finish().map_err(failed)?;
    let name = format!("ascn-{release}.json");
    Ok(Answer::made(made, "application/json", Some(&name)))
}

fn write_content(conn: &mut Conn, release: &Slug, to: &mut impl Write) -> ApiResult<()> {
    let frame = frozen::frame_text(conn, release)?;
    let opening = seal::opening(release, &frame).map_err(StoreError::json)?;
    to.write_all(opening.as_bytes()).map_err(failed)?;
    let mut before = "";
    frozen::each(conn, release, |row| -> ApiResult<()> {
        write!(to, "{before}{}", row.record).map_err(failed)?;
        before = ",";
        Ok(())
    })?;
    to.write_all(seal::CLOSING.as_bytes()).map_err(failed)
}

/// An archive while it is written, with the hashes of what is in it.
struct Archive {
    zip: ZipWriter<Spool>,
    files: Vec<Entry>,
}

/// A file of the archive.
struct Entry {
    path: String,
    bytes: u64,
    sha256: String,
}

/// What is written goes into the archive and into the hash.
struct Hashing<'a> {
    to: &'a mut ZipWriter<Spool>,
    sha: Sha256,
    bytes: u64,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.sha.update(bytes.get(..n).unwrap_or_default());
        self.bytes += u64::try_from(n).unwrap_or_default();
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Archive {
    /// Adds a file. Its time is that of no making: the same release gives the same archive.
    fn file(
        &mut self,
        path: &str,
        write: impl FnOnce(&mut Hashing<'_>) -> ApiResult<()>,
    ) -> ApiResult<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .large_file(true);
        self.zip.start_file(path, options).map_err(zipped)?;
        let mut to = Hashing { to: &mut self.zip, sha: Sha256::new(), bytes: 0 };
        write(&mut to)?;
        let (bytes, sha256) = (to.bytes, hex(&to.sha.finalize()));
        self.files.push(Entry { path: path.to_owned(), bytes, sha256 });
        Ok(())
    }

    fn text(&mut self, path: &str, text: &str) -> ApiResult<()> {
        self.file(path, |to| to.write_all(text.as_bytes()).map_err(failed))
    }
}

fn archive(conn: &mut Conn, key: &Slug) -> ApiResult<Answer> {
    let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
    let frame = frozen::frame(conn, key)?;
    let context = Context::new(&release, &frame);
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("release.sqlite");
    let tables = write_tables(conn, &context, &path)?;
    let mut archive = Archive { zip: ZipWriter::new(Spool::default()), files: Vec::new() };
    for (table, made) in TABLES.iter().zip(tables) {
        archive.file(&package::path(table), |to| made.copy_to(to).map_err(failed))?;
    }
    archive.text("datapackage.json", &package::descriptor(&release, &frame, &archive.files)?)?;
    archive.file("release.json", |to| write_content(conn, key, to))?;
    let mut database = std::fs::File::open(&path).map_err(failed)?;
    archive.file("release.sqlite", |to| io::copy(&mut database, to).map(drop).map_err(failed))?;
    archive.text("README.md", &package::readme(&release, &frame))?;
    let sums: Vec<String> =
        archive.files.iter().map(|f| format!("{}  {}", f.sha256, f.path)).collect();
    archive.text("SHA256SUMS", &format!("{}\n", sums.join("\n")))?;
    let made = archive.zip.finish().map_err(zipped)?.finish().map_err(failed)?;
    Ok(Answer::made(made, "application/zip", Some(&format!("ascn-{key}.zip"))))
}

/// A table while it is written, as CSV and in the database.
struct Writing<'a> {
    table: &'static Table,
    csv: Csv<&'a mut Spool>,
}

impl Writing<'_> {
    fn rows(&mut self, rows: Vec<Row>, database: &mut Portable) -> ApiResult<()> {
        for row in rows {
            self.csv.row(&row).map_err(failed)?;
            database.row(self.table.name, row.into_iter().map(value).collect())?;
        }
        Ok(())
    }
}

/// Writes the tables whose rows are of the release and of no report.
fn whole(
    tables: &mut [Writing<'_>],
    context: &Context<'_>,
    database: &mut Portable,
) -> ApiResult<()> {
    for writing in tables {
        if let Rows::Whole(rows) = writing.table.rows {
            writing.rows(rows(context), database)?;
        }
    }
    Ok(())
}

/// Writes every table as CSV, and all of them into a SQLite database at the path. Each report is read once.
fn write_tables(conn: &mut Conn, context: &Context<'_>, path: &Path) -> ApiResult<Vec<Made>> {
    let mut spools: Vec<Spool> = TABLES.iter().map(|_| Spool::default()).collect();
    let mut database = Portable::create(path)?;
    let mut tables = Vec::new();
    for (table, spool) in TABLES.iter().zip(&mut spools) {
        database.table(&new_table(table))?;
        let csv = Csv::begin(table.columns, spool).map_err(failed)?;
        tables.push(Writing { table, csv });
    }
    // Those that others refer to stand first, and SQLite looks at each row: what is of the release comes before and after.
    let of_reports = TABLES.iter().position(|t| matches!(t.rows, Rows::Report(_)));
    let (first, then) = tables.split_at_mut(of_reports.unwrap_or(TABLES.len()));
    whole(first, context, &mut database)?;
    frozen::each(conn, &context.release.release, |row| -> ApiResult<()> {
        let report = row.report()?;
        for writing in &mut *then {
            if let Rows::Report(rows) = writing.table.rows {
                writing.rows(rows(context, &report), &mut database)?;
            }
        }
        Ok(())
    })?;
    whole(then, context, &mut database)?;
    for writing in tables {
        Box::new(writing.csv).finish().map_err(failed)?;
    }
    database.finish()?;
    spools.into_iter().map(|spool| spool.finish().map_err(failed)).collect()
}

fn new_table(table: &Table) -> NewTable<'static> {
    let kind = |kind: Type| match kind {
        Type::Text | Type::Day | Type::Instant => portable::ColumnType::Text,
        Type::Integer | Type::Bool => portable::ColumnType::Integer,
        Type::Number => portable::ColumnType::Real,
    };
    NewTable {
        name: table.name,
        columns: table.columns.iter().map(|c| (c.name, kind(c.kind))).collect(),
        key: table.key,
        refers: table.refers.iter().map(|r| (r.columns, r.table, r.to)).collect(),
    }
}

fn value(datum: Datum) -> portable::Value {
    match datum {
        Datum::Empty => portable::Value::Null,
        Datum::Integer(n) => portable::Value::Integer(n),
        Datum::Number(n) => portable::Value::Real(n),
        Datum::Bool(yes) => portable::Value::Integer(i64::from(yes)),
        // No spreadsheet runs what stands in a database: texts are as they were typed.
        Datum::Text(text) => portable::Value::Text(text),
        day @ (Datum::Day(_) | Datum::Instant(_)) => portable::Value::Text(day.to_cell()),
    }
}
