//! Response shapes that all kinds of figures share: the basis, the coverage, and the form of numbers.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use crate::{
    api::views::MoneyView,
    domain::{
        figures::{AxisLabel, Figure, FigureBasis, FigureValue, ReportingCoverage},
        language::Language,
        message,
    },
};

/// The data that figures are counted from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BasisView {
    /// The key of the cycle whose reports are counted. Null if the latest report of each project up to a day is
    /// counted.
    #[schema(required, example = "me-2022")]
    pub cycle: Option<String>,
    /// The cut-off day of the cycle, or the day that `as_of` gave.
    #[schema(example = "2022-09-21")]
    pub as_of: NaiveDate,
    /// The key of the release whose frozen reports are counted. Null if the reports that are approved now are counted.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number in the feed of changes (`feed`) of the last public change that is included.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The cycles whose reports may count, in the order of their cut-off days. Present only if `as_of` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles: Option<Vec<String>>,
}

/// How complete the figures are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CoverageView {
    /// Cities that match the filters on cities and have an approved report in the basis.
    #[schema(example = 26)]
    pub cities_reporting: i64,
    /// Cities that match the filters on cities and were expected to report. These are the cities that joined in a year
    /// before the year of the cut-off. A city that joined later counts only if it reports. A table by city has a row for
    /// each of them.
    #[schema(example = 26)]
    pub cities_expected: i64,
    /// Matching reports whose source states no status. The filter `status` does not change this number, because such a
    /// report could have any status.
    #[schema(example = 2)]
    pub not_stated: i64,
    /// Counted reports that are stale: a later cycle of the same plan is closed and has no report of the project.
    /// Present only if `as_of` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<i64>,
}

/// Serializes key-value pairs as a JSON object that keeps their order: the order of the rows or columns.
pub(super) fn in_order<V: Serialize, S: Serializer>(
    pairs: &[(String, V)],
    s: S,
) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

pub(super) fn to_json_number(value: FigureValue) -> Option<JsonNumber> {
    match value {
        FigureValue::None => None,
        FigureValue::Count(n) => Some(n.into()),
        FigureValue::Mean(mean) => JsonNumber::from_f64(mean),
    }
}

pub(super) fn list_money_sums(figure: &Figure) -> Vec<MoneyView> {
    figure.by_currency.iter().copied().map(MoneyView::from).collect()
}

impl BasisView {
    pub(super) fn new(basis: &FigureBasis, version: i64) -> Self {
        let cycles = || basis.cycles.iter().map(|c| c.slug.to_string()).collect();
        Self {
            cycle: basis.cycle.as_ref().map(ToString::to_string),
            as_of: basis.as_of,
            release: basis.release.as_ref().map(ToString::to_string),
            seq: version,
            cycles: basis.is_dated().then(cycles),
        }
    }
}

/// Returns the note for an answer that has nothing to count.
pub(super) fn explain_empty_basis(basis: &FigureBasis, language: Language) -> Option<String> {
    basis.is_empty().then(|| message::figure::no_cut_off_yet().to_text(language))
}

impl CoverageView {
    /// `dated` is true if reports of several cycles are counted together. Only then can a report be stale.
    pub(super) fn new(c: ReportingCoverage, dated: bool) -> Self {
        Self {
            cities_reporting: c.cities_reporting,
            cities_expected: c.cities_expected,
            not_stated: c.not_stated,
            stale: dated.then_some(c.stale),
        }
    }
}

pub(super) fn list_json_totals(
    totals: &[(AxisLabel, Figure)],
) -> Vec<(String, Option<JsonNumber>)> {
    totals.iter().map(|(l, f)| (l.key.clone(), to_json_number(f.value))).collect()
}
