//! The parameters and the file of an import.

use actix_web::{HttpMessage as _, HttpRequest, dev::Payload, web::Bytes};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;

use crate::{
    api::{
        body::{FromBody, Query, read_bytes},
        error::{ApiError, ApiResult, RequestFault},
        may::{SignedInCaller, find_state, load_proof, sign_in},
        message::parameter,
        workbook::{CSV, XLSX},
    },
    app::imports::ImportJob,
    domain::{
        fault::ValueFault,
        journal::to_hex,
        message::thing,
        policy::CreateProjectIn,
        value::{Slug, Title},
    },
    sheets::{
        UploadedFile, WorkbookSheet, csv,
        grid::UnreadableFile,
        message::import,
        workbook_reader::{self, MetadataField},
    },
};

use super::form::{FORM_OVERHEAD_MAX, extract_file};

/// Largest file, in bytes.
pub(super) const FILE_MAX: usize = 20 * 1024 * 1024;

/// Parameters of an import.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportParams {
    /// `true` writes nothing and previews what would become of each row. `true` when absent.
    #[param(example = true)]
    pub dry_run: Option<bool>,
    /// Slug of the city. Required for a CSV file. A workbook names its city; a different value here is a fault.
    #[param(example = "da-nang")]
    pub city: Option<String>,
    /// Slug of the reporting cycle. Required for a CSV file. A workbook names its cycle; a different value here is a
    /// fault.
    #[param(example = "me-2026")]
    pub cycle: Option<String>,
    /// Name of the sheet that a CSV file holds: `projects`, `reports`, `milestones`, `completions`, `indicators`,
    /// `values`, `evidence` or `partnerships`. Required for a CSV file, and refused for a workbook.
    #[param(value_type = Option<WorkbookSheet>, inline)]
    pub sheet: Option<String>,
    /// Digest of a preview. Needs `dry_run=false`. If the file or the records have changed since the preview, nothing
    /// is written and the answer is 409.
    pub digest: Option<String>,
    /// Reason that the journal keeps with each change, one line of at most 300 characters.
    #[param(example = "figures of the second quarter")]
    pub reason: Option<String>,
}

/// The media types by which programs send workbooks and text files. They say little: the bytes decide what a file is.
const MEDIA_TYPES: [&str; 8] = [
    XLSX,
    CSV,
    "application/csv",
    "application/vnd.ms-excel",
    "application/octet-stream",
    "text/plain",
    "text/tab-separated-values",
    FORM,
];
/// The media type of a form with a file.
const FORM: &str = "multipart/form-data";
/// The first bytes of an archive, which an XLSX workbook is.
const ARCHIVE_START: &[u8] = b"PK";
/// The first bytes of the older format of workbooks, and of workbooks with a password.
const OLD_WORKBOOK_START: &[u8] = b"\xd0\xcf\x11\xe0";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImportMedia {
    Workbook,
    Csv,
}

impl ImportMedia {
    /// Recognises a file by its first bytes. A file that is announced as a workbook, without the sheet of a text file,
    /// is one that cannot be read.
    fn detect(bytes: &[u8], media_type: &str, params: &ImportParams) -> Self {
        let is_announced = media_type == XLSX && params.sheet.is_none();
        let is_workbook = bytes.starts_with(ARCHIVE_START) || bytes.starts_with(OLD_WORKBOOK_START);
        if is_workbook || is_announced { Self::Workbook } else { Self::Csv }
    }
}

pub(super) struct ImportFile {
    params: ImportParams,
    media: ImportMedia,
    bytes: Bytes,
}

impl FromBody for ImportFile {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let Query(params) = Query::<ImportParams>::read_request(req, payload).await?;
        if let Some(city) = &params.city {
            may_import_into(req, city).await?;
        }
        // A digest ties a real import to its preview. Sent with a preview it would write nothing, and the caller would
        // not notice.
        if params.digest.is_some() && params.dry_run.is_none() {
            let fault = ValueFault::new("required", parameter::digest_needs_writing());
            return Err(ApiError::invalid_parameter("dry_run", fault));
        }
        let media_type = req.content_type().to_lowercase();
        let bytes = match media_type.as_str() {
            FORM => read_form(req, payload).await?,
            _ => read_bytes(req, payload, FILE_MAX).await?.freeze(),
        };
        check_media_type(&media_type)?;
        let media = ImportMedia::detect(&bytes, &media_type, &params);
        Ok(Self { params, media, bytes })
    }
}

fn check_media_type(media_type: &str) -> ApiResult<()> {
    if MEDIA_TYPES.contains(&media_type) {
        return Ok(());
    }
    let expected = if media_type.contains("macroenabled") {
        import::workbook_without_macros_or_csv()
    } else {
        import::workbook_or_csv()
    };
    Err(ApiError::OtherMediaType(expected.into()))
}

/// Reads the file of a form.
async fn read_form(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Bytes> {
    let malformed = |fault| ApiError::malformed(RequestFault::at_pointer("", fault));
    let media_type = req.mime_type().ok().flatten();
    let boundary = media_type.and_then(|m| m.get_param("boundary").map(|b| b.as_str().to_owned()));
    let boundary =
        boundary.ok_or_else(|| malformed(ValueFault::new("form", import::broken_form())))?;
    let body = read_bytes(req, payload, FILE_MAX + FORM_OVERHEAD_MAX).await?.freeze();
    let file = extract_file(&body, &boundary).map_err(malformed)?;
    if file.len() > FILE_MAX {
        return Err(ApiError::BodyTooLarge(FILE_MAX));
    }
    Ok(file)
}

/// Checks the right to the named city before anything about the file is answered. An import can create projects, so
/// that it needs the right to create one there. If only the file names the city, the right is checked after the file is
/// read.
async fn may_import_into(req: &HttpRequest, city: &str) -> ApiResult<()> {
    let key = Slug::parse(city).map_err(|fault| ApiError::invalid_parameter("city", fault))?;
    let SignedInCaller { actor, .. } = sign_in(req)?.ok_or(ApiError::Unauthenticated)?;
    match load_proof::<CreateProjectIn>(find_state(req)?, &key, &actor, false).await {
        Ok(_proof) => Ok(()),
        Err(ApiError::NotFound) => {
            let fault = ValueFault::unknown(thing::city(), None::<String>);
            Err(ApiError::invalid_parameter("city", fault))
        }
        Err(other) => Err(other),
    }
}

impl From<UnreadableFile> for ApiError {
    fn from(u: UnreadableFile) -> Self {
        Self::invalid_value("", ValueFault::new(u.code, u.message))
    }
}

impl ImportFile {
    /// Reads the file. This is slow: do not call it on the workers that serve requests.
    pub(super) fn into_job(self) -> ApiResult<ImportJob> {
        let Self { params, media, bytes } = self;
        let (upload, described) = match media {
            ImportMedia::Workbook => {
                if params.sheet.is_some() {
                    let fault = ValueFault::new("format", parameter::sheet_of_a_workbook());
                    return Err(ApiError::invalid_parameter("sheet", fault));
                }
                (workbook_reader::read_workbook(&bytes)?, "a workbook".to_owned())
            }
            ImportMedia::Csv => {
                let raw = params.sheet.as_deref().ok_or_else(ValueFault::required);
                let sheet = raw.and_then(WorkbookSheet::parse);
                let sheet = sheet.map_err(|fault| ApiError::invalid_parameter("sheet", fault))?;
                (csv::read_csv(&bytes, sheet)?, format!("a CSV file of {sheet}"))
            }
        };
        let key = (
            resolve_key_part(MetadataField::City, params.city.as_deref(), &upload)?,
            resolve_key_part(MetadataField::Cycle, params.cycle.as_deref(), &upload)?,
        );
        let typed = params.reason.as_deref().map(Title::parse).transpose();
        let typed = typed.map_err(|fault| ApiError::invalid_parameter("reason", fault))?;
        let reason = typed.map_or_else(|| format!("imported from {described}"), |t| t.to_string());
        Ok(ImportJob {
            dry_run: params.dry_run.unwrap_or(true),
            key,
            digest: params.digest,
            reason,
            file_digest: to_hex(&Sha256::digest(&bytes)),
            is_workbook: media == ImportMedia::Workbook,
            upload,
        })
    }
}

/// Returns the city or the cycle of a file: that of the parameter, else that of the file.
fn resolve_key_part(
    field: MetadataField,
    parameter: Option<&str>,
    upload: &UploadedFile,
) -> ApiResult<Slug> {
    let name = field.as_str();
    if let Some(raw) = parameter {
        return Slug::parse(raw).map_err(|fault| ApiError::invalid_parameter(name, fault));
    }
    let Some((_, value, cell)) = upload.metadata.iter().find(|(n, ..)| n == name) else {
        let fault = ValueFault::new("required", import::key_required(field.describe()));
        return Err(ApiError::invalid_parameter(name, fault));
    };
    Slug::parse(value).map_err(|fault| {
        let message = import::key_invalid(cell, field.describe(), fault.message);
        ApiError::invalid_value("", ValueFault::new("unknown", message))
    })
}
