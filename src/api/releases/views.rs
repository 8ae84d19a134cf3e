//! Releases as they are answered.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Number as JsonNumber, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{page::list_type, views::PersonView},
    domain::{
        figures::{Dimension, Measure},
        project::ProjectCode,
        release::{
            Release, ReleaseCounts,
            errata::{Erratum, FieldChange},
            published::CellChange,
        },
        report::{Status, diff::ItemOp},
        value::Prose,
    },
    store::releases::assembly::ReleaseCheck,
};

/// A numbered, frozen copy of the approved reports of a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseView {
    /// The public key.
    #[schema(example = "me-2025-r1")]
    pub release: String,
    /// The cycle.
    #[schema(example = "me-2025")]
    pub cycle: String,
    /// Its number within the cycle, from 1.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What readers should know about it.
    #[schema(required)]
    pub note: Option<String>,
    /// When it was published here.
    pub published_at: DateTime<Utc>,
    /// Who published it; null for strangers, and for the published history.
    #[schema(required)]
    pub published_by: Option<PersonView>,
    /// The last row of the journal before it.
    pub seq: i64,
    /// The hash of that row, lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub journal_hash: String,
    /// SHA-256 of the canonical content (RFC 8785), which `data?format=json` gives byte by byte; lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub sha256: String,
    /// What is in it, counted.
    pub counts: CountsView,
    /// What became another since the release before it; empty in the first of a cycle.
    pub errata: Vec<ErratumView>,
    /// The published figures that became others with it.
    pub figures_changed: Vec<CellChangeView>,
}
list_type!(
    /// Releases, by cycle and number.
    ReleaseList of ReleaseView
);

/// What is in a release, counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountsView {
    /// Approved reports, one to a project.
    pub reports: i64,
    /// Cities with a report.
    pub cities: i64,
    /// Countries with a report.
    pub countries: i64,
    /// Reports by the status that they state.
    pub statuses: BTreeMap<Status, i64>,
}

impl From<ReleaseCounts> for CountsView {
    fn from(c: ReleaseCounts) -> Self {
        let ReleaseCounts { reports, cities, countries, statuses } = c;
        Self { reports, cities, countries, statuses }
    }
}

/// A report that became another since the release before.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ErratumView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Whether the report came, went or changed.
    pub change: ItemOp,
    /// Why it was taken up again, in the words of those who did.
    pub reasons: Vec<String>,
    /// The fields that say something else; none where the report came or went.
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

/// A field that says something else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldChangeView {
    /// The field as a JSON pointer; under `/header` for one of the project's record.
    #[schema(example = "/percent_complete")]
    pub pointer: String,
    /// What it said.
    #[schema(required, value_type = Option<Object>, example = json!(40.0))]
    pub from: Value,
    /// What it says.
    #[schema(required, value_type = Option<Object>, example = json!(45.0))]
    pub to: Value,
}

impl From<FieldChange> for FieldChangeView {
    fn from(f: FieldChange) -> Self {
        let FieldChange { pointer, from, to } = f;
        Self { pointer, from, to }
    }
}

/// A published figure that became another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CellChangeView {
    /// What is measured.
    pub measure: Measure,
    /// What the rows of its table are.
    pub rows: Dimension,
    /// What the columns of its table are.
    pub columns: Dimension,
    /// The row.
    #[schema(example = "quality-environment")]
    pub row: String,
    /// The column.
    #[schema(example = "ongoing")]
    pub column: String,
    /// What it was; null where there was nothing to measure.
    #[schema(required, value_type = Option<f64>, example = 8)]
    pub from: Option<JsonNumber>,
    /// What it is.
    #[schema(required, value_type = Option<f64>, example = 9)]
    pub to: Option<JsonNumber>,
}

/// Writes a published figure as the figures themselves are written: counts whole, means with a fraction.
fn to_json_number(measure: Measure, n: f64) -> Option<JsonNumber> {
    match measure {
        Measure::Projects => format!("{n:.0}").parse::<i64>().ok().map(JsonNumber::from),
        Measure::PercentComplete | Measure::Spent => JsonNumber::from_f64(n),
    }
}

impl From<CellChange> for CellChangeView {
    fn from(c: CellChange) -> Self {
        let CellChange { measure, rows, columns, row, column, from, to } = c;
        let number = |n: Option<f64>| n.and_then(|n| to_json_number(measure, n));
        Self { measure, rows, columns, row, column, from: number(from), to: number(to) }
    }
}

impl ReleaseView {
    pub(in crate::api) fn new(release: Release, by: Option<(Uuid, String)>) -> Self {
        Self {
            release: release.release.to_string(),
            cycle: release.cycle.to_string(),
            number: release.number,
            note: release.note.as_ref().map(Prose::to_string),
            published_at: release.published_at,
            published_by: by.map(|(id, name)| PersonView { id, name }),
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
        }
    }
}

/// What a verification of a release found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseVerification {
    /// The release.
    #[schema(example = "me-2025-r1")]
    pub release: String,
    /// Whether everything is as it was published.
    pub valid: bool,
    /// What was looked at, and whether it holds.
    pub checked: CheckedView,
    /// The SHA-256 of what it holds now; the published one is in the release.
    pub sha256: String,
    /// The projects whose frozen reports are not what the journal says; at most a hundred.
    pub differing: Vec<String>,
}

/// What a verification looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CheckedView {
    /// How many frozen reports were recomputed.
    pub reports: i64,
    /// Whether they have the published hash and number.
    pub content: bool,
    /// Whether the published figures follow from them.
    pub figures: bool,
    /// Whether the journal says of each that it was approved so by then, and still holds the recorded row.
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
