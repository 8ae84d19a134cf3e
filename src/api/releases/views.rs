//! Response shapes of releases and of their verification.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Number as JsonNumber, Value};
use utoipa::ToSchema;

use crate::{
    api::{page::list_type, views::PersonView},
    app::releases::ReleaseDetail,
    domain::{
        figures::{Dimension, Measure},
        project::ProjectCode,
        release::{
            Release, ReleaseCounts,
            errata::{Erratum, FieldChange},
            published::CellChange,
        },
        report::{ProjectStatus, diff::ItemOp},
        value::Prose,
    },
    store::releases::assembly::ReleaseCheck,
};

/// A release: a numbered, frozen copy of the approved reports of a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseView {
    /// The key of the release: the key of the cycle with `-r` and the number.
    #[schema(example = "me-2025-r1")]
    pub release: String,
    /// The key of the cycle.
    #[schema(example = "me-2025")]
    pub cycle: String,
    /// The number of the release within its cycle, from 1.
    #[schema(minimum = 1)]
    pub number: i64,
    /// A note for readers of the release. Null if there is none.
    #[schema(required)]
    pub note: Option<String>,
    /// When the release was published in this service. For the published history: when it was imported.
    pub published_at: DateTime<Utc>,
    /// The person who published it. Null for callers other than the secretariat and administrators, and for releases of
    /// the published history.
    #[schema(required)]
    pub published_by: Option<PersonView>,
    /// The number of the last entry in the journal before the release. Everything in the release was recorded by then.
    pub seq: i64,
    /// The hash of that entry, in lower-case hexadecimal digits.
    #[schema(min_length = 64, max_length = 64)]
    pub journal_hash: String,
    /// The SHA-256 of the canonical content (RFC 8785), in lower-case hexadecimal digits.
    /// `GET /releases/{release}/data?format=json` answers exactly the bytes that are hashed.
    #[schema(min_length = 64, max_length = 64)]
    pub sha256: String,
    /// The counts of what the release holds.
    pub counts: CountsView,
    /// The reports that changed since the previous release of the cycle. Empty in the first release of a cycle.
    pub errata: Vec<ErratumView>,
    /// The published figures that changed since the previous release of the cycle. Empty in the first release of a
    /// cycle.
    pub figures_changed: Vec<CellChangeView>,
    /// The rules by which its figures are counted. With 1, rows of cities are the pilot cities, the cities with an
    /// approved project and those with a counted report. With 2, they are the cities that are expected to report and
    /// those with a counted report: a city is expected if it joined in a year before the year of the cut-off, or if it
    /// reports. Releases that were published before there were rules have 1.
    #[schema(minimum = 1, example = 2)]
    pub rules: i64,
}
list_type!(
    /// A page of releases, ordered by the key of the cycle and by number.
    ReleaseList of ReleaseView
);

/// The counts of what a release holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountsView {
    /// The number of approved reports, one for each project.
    pub reports: i64,
    /// The number of cities with a report.
    pub cities: i64,
    /// The number of countries with a report.
    pub countries: i64,
    /// The number of reports for each status that reports state.
    pub statuses: BTreeMap<ProjectStatus, i64>,
}

impl From<ReleaseCounts> for CountsView {
    fn from(c: ReleaseCounts) -> Self {
        let ReleaseCounts { reports, cities, countries, statuses } = c;
        Self { reports, cities, countries, statuses }
    }
}

/// A report that changed since the previous release of the cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ErratumView {
    /// The code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Whether the report was added, removed or changed.
    pub change: ItemOp,
    /// The reasons why the report was reopened, as the people who reopened it wrote them. Empty if nobody reopened it.
    pub reasons: Vec<String>,
    /// The fields that changed. Empty if the report was added or removed, and if it was approved again without a
    /// change.
    pub fields: Vec<FieldChangeView>,
}

impl From<Erratum> for ErratumView {
    fn from(e: Erratum) -> Self {
        Self {
            project: e.project.to_string(),
            change: e.change,
            reasons: e.reasons,
            fields: e.fields.into_iter().map(FieldChangeView::from).collect(),
        }
    }
}

/// A field that changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldChangeView {
    /// The field as a JSON pointer into the report. Pointers under `/header` are fields of the project as the report
    /// froze them.
    #[schema(example = "/percent_complete")]
    pub pointer: String,
    /// The earlier value. Null if the field was empty.
    #[schema(required, value_type = Option<Object>, example = json!(40.0))]
    pub from: Value,
    /// The value in this release. Null if the field is empty.
    #[schema(required, value_type = Option<Object>, example = json!(45.0))]
    pub to: Value,
}

impl From<FieldChange> for FieldChangeView {
    fn from(f: FieldChange) -> Self {
        let FieldChange { pointer, from, to } = f;
        Self { pointer, from, to }
    }
}

/// A published figure that changed since the previous release of the cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CellChangeView {
    /// The number that is measured.
    pub measure: Measure,
    /// The dimension of the rows of its table.
    pub rows: Dimension,
    /// The dimension of the columns of its table.
    pub columns: Dimension,
    /// The key of its row.
    #[schema(example = "quality-environment")]
    pub row: String,
    /// The key of its column.
    #[schema(example = "ongoing")]
    pub column: String,
    /// The earlier number. Null if no report stated it, or if the table had no such cell.
    #[schema(required, value_type = Option<f64>, example = 8)]
    pub from: Option<JsonNumber>,
    /// The number in this release. Null if no report states it, or if the table has no such cell.
    #[schema(required, value_type = Option<f64>, example = 9)]
    pub to: Option<JsonNumber>,
}

/// Converts a published figure to the form that figures have in other answers: counts are integers, means are not.
fn to_json_number(measure: Measure, n: f64) -> Option<JsonNumber> {
    match measure {
        Measure::Projects => format!("{n:.0}").parse::<i64>().ok().map(JsonNumber::from),
        Measure::PercentComplete | Measure::Spent | Measure::Budget => JsonNumber::from_f64(n),
    }
}

impl From<CellChange> for CellChangeView {
    fn from(c: CellChange) -> Self {
        let CellChange { measure, rows, columns, row, column, from, to } = c;
        let number = |n: Option<f64>| n.and_then(|n| to_json_number(measure, n));
        Self { measure, rows, columns, row, column, from: number(from), to: number(to) }
    }
}

impl From<ReleaseDetail> for ReleaseView {
    fn from(detail: ReleaseDetail) -> Self {
        let ReleaseDetail { release, publisher, names } = detail;
        Self::new(release, publisher.and_then(|id| PersonView::from_names(&names, id)))
    }
}

impl ReleaseView {
    /// Builds the view. `published_by` is shown to callers who may know it.
    pub(in crate::api) fn new(release: Release, published_by: Option<PersonView>) -> Self {
        Self {
            release: release.release.to_string(),
            cycle: release.cycle.to_string(),
            number: release.number,
            note: release.note.as_ref().map(Prose::to_string),
            published_at: release.published_at,
            published_by,
            seq: release.seq,
            journal_hash: release.journal_hash,
            sha256: release.sha256,
            counts: release.counts.into(),
            errata: release.errata.into_iter().map(ErratumView::from).collect(),
            figures_changed: release
                .figures_changed
                .into_iter()
                .map(CellChangeView::from)
                .collect(),
            rules: release.rules.number(),
        }
    }
}

/// The result of the verification of a release.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseVerification {
    /// The key of the release.
    #[schema(example = "me-2025-r1")]
    pub release: String,
    /// Whether all checks passed: the release is as it was published.
    pub valid: bool,
    /// The checks, and whether each passed.
    pub checked: CheckedView,
    /// The SHA-256 of what the release holds now. It equals `sha256` of the release if the content is unchanged.
    pub sha256: String,
    /// The codes of the projects whose frozen reports differ from the journal; at most 100.
    pub differing: Vec<String>,
}

/// The checks of the verification of a release.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CheckedView {
    /// The number of frozen reports that were recomputed.
    pub reports: i64,
    /// Whether the frozen reports have the published hash and number.
    pub content: bool,
    /// Whether the published figures follow from the frozen reports.
    pub figures: bool,
    /// Whether the journal shows each report as the approved copy of that time, and still holds the entry that the
    /// release recorded.
    pub journal: bool,
}

impl ReleaseVerification {
    pub(super) fn new(release: &Release, checked: ReleaseCheck) -> Self {
        let ReleaseCheck { reports, sha256, content, figures, journal, differing } = checked;
        Self {
            release: release.release.to_string(),
            valid: content && figures && journal,
            checked: CheckedView { reports, content, figures, journal },
            sha256,
            differing: differing.iter().map(ProjectCode::to_string).collect(),
        }
    }
}
