//! The parameters and the file of an import.

use actix_web::{HttpMessage as _, HttpRequest, dev::Payload, web::Bytes};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;

use crate::{
    api::{
        body::{FromBody, Query, read_bytes},
        error::{ApiError, ApiResult},
        may::{SignedIn, find_state, load_proof, sign_in},
        workbook::{CSV, XLSX},
    },
    app::imports::ImportJob,
    domain::{
        fault::ValueFault,
        journal::to_hex,
        policy::CreateProjectIn,
        value::{Slug, Title},
    },
    sheets::{Sheet, UploadedFile, csv, grid::UnreadableFile, workbook_reader},
};

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
    pub sheet: Option<String>,
    /// Digest of a preview. Needs `dry_run=false`. If the file or the records have changed since the preview, nothing
    /// is written and the answer is 409.
    pub digest: Option<String>,
    /// Reason that the journal keeps with each change, one line of at most 300 characters.
    #[param(example = "figures of the second quarter")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImportMedia {
    Workbook,
    Csv,
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
            let detail = "dry_run=false is expected with a digest: without it nothing is written";
            return Err(ApiError::invalid_parameter(
                "dry_run",
                ValueFault::new("required", detail),
            ));
        }
        let bytes = read_bytes(req, payload, FILE_MAX).await?.freeze();
        let media = match req.content_type().to_lowercase().as_str() {
            XLSX => ImportMedia::Workbook,
            CSV => ImportMedia::Csv,
            other if other.contains("macroenabled") => {
                return Err(ApiError::OtherMediaType(
                    "a workbook without macros (XLSX), or text/csv",
                ));
            }
            _ => return Err(ApiError::OtherMediaType("an XLSX workbook or text/csv")),
        };
        Ok(Self { params, media, bytes })
    }
}

/// Checks the right to the named city before anything about the file is answered. An import can create projects, so
/// that it needs the right to create one there. If only the file names the city, the right is checked after the file is
/// read.
async fn may_import_into(req: &HttpRequest, city: &str) -> ApiResult<()> {
    let key = Slug::parse(city).map_err(|fault| ApiError::invalid_parameter("city", fault))?;
    let SignedIn { actor, .. } = sign_in(req)?.ok_or(ApiError::Unauthenticated)?;
    match load_proof::<CreateProjectIn>(find_state(req)?, &key, &actor, false).await {
        Ok(_proof) => Ok(()),
        Err(ApiError::NotFound) => {
            let fault = ValueFault::unknown("city", Vec::<String>::new());
            Err(ApiError::invalid_parameter("city", fault))
        }
        Err(other) => Err(other),
    }
}

impl From<UnreadableFile> for ApiError {
    fn from(u: UnreadableFile) -> Self {
        Self::invalid_value("", u.code, u.detail)
    }
}

impl ImportFile {
    /// Reads the file. This is slow: do not call it on the workers that serve requests.
    pub(super) fn into_job(self) -> ApiResult<ImportJob> {
        let Self { params, media, bytes } = self;
        let (upload, described) = match media {
            ImportMedia::Workbook => {
                if params.sheet.is_some() {
                    let detail = "a workbook has several sheets; sheet goes with a CSV file";
                    return Err(ApiError::invalid_parameter(
                        "sheet",
                        ValueFault::new("format", detail),
                    ));
                }
                (workbook_reader::read_workbook(&bytes)?, "a workbook".to_owned())
            }
            ImportMedia::Csv => {
                let raw = params.sheet.as_deref().ok_or_else(ValueFault::required);
                let sheet = raw.and_then(Sheet::parse);
                let sheet = sheet.map_err(|fault| ApiError::invalid_parameter("sheet", fault))?;
                (csv::read_csv(&bytes, sheet)?, format!("a CSV file of {sheet}"))
            }
        };
        let key = (
            resolve_key_part("city", params.city.as_deref(), &upload)?,
            resolve_key_part("cycle", params.cycle.as_deref(), &upload)?,
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
    name: &'static str,
    parameter: Option<&str>,
    upload: &UploadedFile,
) -> ApiResult<Slug> {
    if let Some(raw) = parameter {
        return Slug::parse(raw).map_err(|fault| ApiError::invalid_parameter(name, fault));
    }
    let Some((_, value, cell)) = upload.metadata.iter().find(|(n, ..)| n == name) else {
        let detail = format!("the {name} is required: the file does not say it itself");
        return Err(ApiError::invalid_parameter(name, ValueFault::new("required", detail)));
    };
    Slug::parse(value).map_err(|fault| {
        let detail = format!("readme!{cell}: the {name} is expected: {}", fault.detail);
        ApiError::invalid_value("", "unknown", detail)
    })
}
