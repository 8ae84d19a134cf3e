//! The annual report: a release as a page for reading and printing. The page is one document with its own style. It
//! loads no other file and runs no script.

use content::AnnualReport;

use crate::domain::{language::Language, release::FullRelease, value::Slug};

mod changes;
mod content;
mod exhibits;
mod field_corrections;
mod page;
mod place_names;
mod places;
mod wording;

/// The style sheet of every report. It is not the stylesheet of the other pages: a reader saves and prints this
/// document, and its bytes are part of the `ETag` of a release, which never changes.
const STYLE: &str = include_str!("annual_report/style.css");

/// An annual report as HTML.
pub(crate) struct AnnualReportPage {
    pub(crate) html: String,
    /// The text of the `style` element, for a Content-Security-Policy that permits it by its hash.
    pub(crate) style: String,
}

/// Renders the report of a release. `predecessor` is the last release of the previous cycle.
pub(crate) fn render_annual_report(
    release: &FullRelease,
    predecessor: Option<&FullRelease>,
    language: Language,
) -> AnnualReportPage {
    let content = AnnualReport::from_edition(release, predecessor, language);
    let style = render_style(&release.release.release);
    AnnualReportPage { html: page::render_document(&content, &style), style }
}

/// Returns the style sheet of a report. Printed pages show the key of the release. The key is a slug, so it has no
/// character with a meaning in CSS.
fn render_style(release: &Slug) -> String {
    format!(
        "{STYLE}@page{{@bottom-left{{content:\"ASCN · {release}\";font:8pt sans-serif;color:#444}}}}\n"
    )
}
