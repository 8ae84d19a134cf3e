//! Downloads of a release: the canonical content, and one archive with everything in it.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    api::{
        answer::Answer,
        body::Query,
        closed_list::define_closed_list,
        error::{ApiError, ApiResult},
        format::{AnswerFormat, to_write_error},
        release_request::ReleaseRequest,
        spool_buffer::{HashedBody, SpoolBuffer},
        state::State,
    },
    domain::{
        journal::to_hex,
        release::{Release, ReleaseReference, content_hash},
        value::Slug,
    },
    sheets::{
        flat::{CsvTableWriter, Datum, DatumType, TableWriter},
        release_tables::{ReleaseTable, ReleaseTableRow, RowContext, RowSource, TABLES},
    },
    store::{
        Conn, StoreError,
        releases::{self, frozen},
        sqlite_file::{self, NewTable, SqliteFile},
    },
};

mod data_origin;
mod data_package;

use data_origin::DataOrigin;

/// The formats of the operation; the archive is the default.
pub(in crate::api) const FORMS: &[AnswerFormat] = &[AnswerFormat::Zip, AnswerFormat::Json];

define_closed_list!(
    /// The names of [`FORMS`].
    ArchiveFormats: FORMS.iter().map(|form| form.as_str())
);

/// The parameters of the data of a release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(in crate::api) struct ReleaseDataParams {
    /// The format of the answer. It has priority over the `Accept` header; without both, the answer is the archive.
    #[param(value_type = Option<ArchiveFormats>, inline)]
    pub format: Option<String>,
}

/// Download the data of a release
///
/// By default (`zip`) the answer is one archive with everything in it: each table as CSV, `datapackage.json` that
/// describes the tables (Frictionless Data Package), `release.sqlite` with the same tables, the canonical content,
/// checksums and a README. With `format=json` the answer is the canonical content alone (RFC 8785). Its SHA-256 is
/// `sha256` of the release.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in.
#[utoipa::path(get, path = "/releases/{release}/data", tag = "releases", params(ReleaseDataParams), responses((status = 200, content(
    (Vec<u8> = "application/zip"), (serde_json::Value = "application/json")
))))]
pub(super) async fn get_release_data(
    released: ReleaseRequest<Query<ReleaseDataParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_data(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer_release_data(
    released: ReleaseRequest<Query<ReleaseDataParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.choose_format(|Query(params)| params.format.as_deref(), FORMS);
    let form = released.check_release_before_fault(state, form).await?;
    let licence = Arc::clone(&state.data_licence);
    released
        .answer_cached_in(state, "releases/data", form, move |conn, release, _params, _language| {
            if form == AnswerFormat::Json {
                build_content_answer(conn, release)
            } else {
                build_archive_answer(conn, release, &licence)
            }
        })
        .await
}

fn to_zip_error(e: ZipError) -> ApiError {
    match e {
        ZipError::Io(e) => to_write_error(e),
        other => ApiError::Internal(Box::new(other)),
    }
}

/// Answers the canonical content.
fn build_content_answer(conn: &mut Conn, release: &Slug) -> ApiResult<Answer> {
    let mut spool = SpoolBuffer::default();
    write_content(conn, release, &mut spool)?;
    let made = spool.finish_hashed().map_err(to_write_error)?;
    let name = format!("ascn-{release}.json");
    Ok(Answer::from_hashed_body(made, "application/json", Some(&name)))
}

fn write_content(conn: &mut Conn, release: &Slug, to: &mut impl Write) -> ApiResult<()> {
    let reference = frozen::load_reference_text(conn, release)?;
    let opening =
        content_hash::write_opening(release, &reference).map_err(StoreError::from_json)?;
    to.write_all(opening.as_bytes()).map_err(to_write_error)?;
    let mut before = "";
    frozen::for_each_report(conn, release, |row| -> ApiResult<()> {
        write!(to, "{before}{}", row.record).map_err(to_write_error)?;
        before = ",";
        Ok(())
    })?;
    to.write_all(content_hash::CLOSING.as_bytes()).map_err(to_write_error)
}

/// An archive that is being written, and the hashes of the files that are in it already.
struct DataArchive {
    zip: ZipWriter<SpoolBuffer>,
    files: Vec<ArchiveEntry>,
}

/// A file of the archive, as `SHA256SUMS` and the data package list it.
struct ArchiveEntry {
    path: String,
    bytes: u64,
    sha256: String,
}

/// Writes into the archive, and hashes and counts the same bytes.
struct HashingWriter<'a> {
    to: &'a mut ZipWriter<SpoolBuffer>,
    sha: Sha256,
    bytes: u64,
}

impl Write for HashingWriter<'_> {
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

impl DataArchive {
    /// Adds a file. All files have the same fixed time, so that the same release always gives the same archive.
    fn add_file(
        &mut self,
        path: &str,
        write: impl FnOnce(&mut HashingWriter<'_>) -> ApiResult<()>,
    ) -> ApiResult<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .large_file(true);
        self.zip.start_file(path, options).map_err(to_zip_error)?;
        let mut to = HashingWriter { to: &mut self.zip, sha: Sha256::new(), bytes: 0 };
        write(&mut to)?;
        let (bytes, sha256) = (to.bytes, to_hex(&to.sha.finalize()));
        self.files.push(ArchiveEntry { path: path.to_owned(), bytes, sha256 });
        Ok(())
    }

    fn add_text(&mut self, path: &str, text: &str) -> ApiResult<()> {
        self.add_file(path, |to| to.write_all(text.as_bytes()).map_err(to_write_error))
    }
}

fn build_archive_answer(conn: &mut Conn, key: &Slug, licence: &str) -> ApiResult<Answer> {
    let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
    let reference = frozen::load_reference(conn, key)?;
    let context = RowContext::new(&release, &reference);
    let folder = tempfile::tempdir().map_err(to_write_error)?;
    let path = folder.path().join("release.sqlite");
    let mut origin = DataOrigin::new(licence);
    let tables = write_tables(conn, &context, &path, &mut origin)?;
    let mut archive =
        DataArchive { zip: ZipWriter::new(SpoolBuffer::default()), files: Vec::new() };
    for (table, made) in TABLES.iter().zip(tables) {
        archive.add_file(&data_package::table_path(table), |to| {
            made.copy_to(to).map_err(to_write_error)
        })?;
    }
    archive.add_text(
        "datapackage.json",
        &data_package::write_descriptor(&release, &reference, &origin, &archive.files)?,
    )?;
    archive.add_file("release.json", |to| write_content(conn, key, to))?;
    let mut database = std::fs::File::open(&path).map_err(to_write_error)?;
    archive.add_file("release.sqlite", |to| {
        io::copy(&mut database, to).map(drop).map_err(to_write_error)
    })?;
    archive.add_text("README.md", &data_package::write_readme(&release, &reference, &origin))?;
    let sums: Vec<String> =
        archive.files.iter().map(|f| format!("{}  {}", f.sha256, f.path)).collect();
    archive.add_text("SHA256SUMS", &format!("{}\n", sums.join("\n")))?;
    let made =
        archive.zip.finish().map_err(to_zip_error)?.finish_hashed().map_err(to_write_error)?;
    Ok(Answer::from_hashed_body(made, "application/zip", Some(&format!("ascn-{key}.zip"))))
}

/// A table that is being written, as CSV and into the database.
struct ReleaseTableWriter<'a> {
    table: &'static ReleaseTable,
    csv: CsvTableWriter<&'a mut SpoolBuffer>,
}

impl ReleaseTableWriter<'_> {
    fn write_rows(
        &mut self,
        rows: Vec<ReleaseTableRow>,
        database: &mut SqliteFile,
    ) -> ApiResult<()> {
        for row in rows {
            self.csv.write_row(&row).map_err(to_write_error)?;
            database
                .insert_row(self.table.name, row.into_iter().map(to_portable_value).collect())?;
        }
        Ok(())
    }
}

/// Writes the tables whose rows do not belong to a single report.
fn write_release_tables(
    tables: &mut [ReleaseTableWriter<'_>],
    context: &RowContext<'_>,
    database: &mut SqliteFile,
) -> ApiResult<()> {
    for writing in tables {
        if let RowSource::PerRelease(rows) = writing.table.rows {
            writing.write_rows(rows(context), database)?;
        }
    }
    Ok(())
}

/// Writes every table as CSV, and all tables into a SQLite database at the path. Each report is read only once, and
/// added to `origin`.
fn write_tables(
    conn: &mut Conn,
    context: &RowContext<'_>,
    path: &Path,
    origin: &mut DataOrigin,
) -> ApiResult<Vec<HashedBody>> {
    let mut spools: Vec<SpoolBuffer> = TABLES.iter().map(|_| SpoolBuffer::default()).collect();
    let mut database = SqliteFile::create(path)?;
    let mut tables = Vec::new();
    for (table, spool) in TABLES.iter().zip(&mut spools) {
        database.create_table(&describe_table(table))?;
        let csv = CsvTableWriter::begin_table(table.columns, spool).map_err(to_write_error)?;
        tables.push(ReleaseTableWriter { table, csv });
    }
    // Foreign keys are checked for each row, so parent tables must be filled first. `TABLES` is in that order: some
    // tables of the release come before those of reports, and some after.
    let of_reports = TABLES.iter().position(|t| matches!(t.rows, RowSource::PerReport(_)));
    let (first, then) = tables.split_at_mut(of_reports.unwrap_or(TABLES.len()));
    write_release_tables(first, context, &mut database)?;
    frozen::for_each_report(conn, &context.release.release, |row| -> ApiResult<()> {
        let report = row.parse_report()?;
        origin.add_report(&report);
        for writing in &mut *then {
            if let RowSource::PerReport(rows) = writing.table.rows {
                writing.write_rows(rows(context, &report), &mut database)?;
            }
        }
        Ok(())
    })?;
    write_release_tables(then, context, &mut database)?;
    for writing in tables {
        Box::new(writing.csv).finish().map_err(to_write_error)?;
    }
    database.finish()?;
    spools.into_iter().map(|spool| spool.finish_hashed().map_err(to_write_error)).collect()
}

fn describe_table(table: &ReleaseTable) -> NewTable<'static> {
    let kind = |kind: DatumType| match kind {
        DatumType::Text | DatumType::Day | DatumType::Instant => sqlite_file::ColumnType::Text,
        DatumType::Integer | DatumType::Bool => sqlite_file::ColumnType::Integer,
        DatumType::Number => sqlite_file::ColumnType::Real,
    };
    NewTable {
        name: table.name,
        columns: table.columns.iter().map(|c| (c.name, kind(c.kind))).collect(),
        key: table.key,
        refers: table.foreign_keys.iter().map(|r| (r.columns, r.table, r.to)).collect(),
    }
}

fn to_portable_value(datum: Datum) -> sqlite_file::SqliteValue {
    match datum {
        Datum::Empty => sqlite_file::SqliteValue::Null,
        Datum::Integer(n) => sqlite_file::SqliteValue::Integer(n),
        Datum::Number(n) => sqlite_file::SqliteValue::Real(n),
        Datum::Bool(yes) => sqlite_file::SqliteValue::Integer(i64::from(yes)),
        // Texts are stored as they were typed: unlike a CSV file, a database is not opened as formulas.
        Datum::Text(text) => sqlite_file::SqliteValue::Text(text),
        day @ (Datum::Day(_) | Datum::Instant(_)) => sqlite_file::SqliteValue::Text(day.to_cell()),
    }
}
