//! The annual report: answers a release as an HTML page, which `pages` renders.

use std::io::Write as _;

use actix_web::{http::header, web::Data};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
        format::to_write_error,
        release_request::ReleaseRequest,
        spool_buffer::SpoolBuffer,
        state::State,
    },
    domain::{language::Language, value::Slug},
    pages::annual_report::{AnnualReportPage, render_annual_report},
    store::{
        Conn,
        releases::{self, frozen, predecessors},
    },
};

const HTML: &str = "text/html; charset=utf-8";

/// Read the annual report of a release
///
/// Returns an HTML page for reading and printing. It is made from the release and from the last release of the previous
/// cycle. It has a guide for reading, exhibits, a page for each country, the list of projects, the changes with their
/// reasons, and a section on what is unknown. Every number in it can be recomputed from the records of the release. The
/// page loads no other file and runs no script.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in.
#[utoipa::path(
    get, path = "/releases/{release}/report",
    tag = "releases",
    responses((status = 200, body = String, content_type = "text/html", description = "The report as one HTML document."))
)]
pub(super) async fn get_release_report(
    released: ReleaseRequest<()>,
    state: Data<State>,
) -> ApiResult<Answer> {
    released
        .answer_cached(&state, "releases/report", |conn, release, (), language| {
            render_report(conn, release, language)
        })
        .await
}

fn render_report(conn: &mut Conn, release: &Slug, language: Language) -> ApiResult<Answer> {
    let found = releases::find(conn, release)?.ok_or(ApiError::NotFound)?;
    let full = frozen::load_full_release(conn, found)?;
    let predecessor = predecessors::find_predecessor(conn, &full)?;
    build_html_answer(&render_annual_report(&full, predecessor.as_ref(), language), release)
}

fn build_html_answer(page: &AnnualReportPage, release: &Slug) -> ApiResult<Answer> {
    let mut spool = SpoolBuffer::default();
    spool.write_all(page.html.as_bytes()).map_err(to_write_error)?;
    let name = format!("inline; filename=\"ascn-{release}-report.html\"");
    Ok(Answer::from_hashed_body(spool.finish_hashed().map_err(to_write_error)?, HTML, None)
        .with_header(header::CONTENT_DISPOSITION, name)
        .with_header(header::CONTENT_SECURITY_POLICY, build_security_policy(&page.style)))
}

/// Returns a Content-Security-Policy that permits the style sheet of the page, by its hash, and nothing else.
fn build_security_policy(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
