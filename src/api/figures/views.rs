//! The shapes that figures of all kinds share: what they rest on, how complete they are, and how a number is written.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use crate::{
    api::views::MoneyView,
    domain::{
        figures::{AxisLabel, Figure, FigureBasis, FigureValue, ReportingCoverage},
        language::Language,
        wording,
    },
};

/// What is said where the day lies before the cut-off of every cycle.
const NOTHING: &str = "no cycle had its cut-off by this day";

/// What figures rest on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BasisView {
    /// The cycle that was reported in; null for the latest reports up to a day.
    #[schema(required, example = "me-2022")]
    pub cycle: Option<String>,
    /// The cut-off day.
    #[schema(example = "2022-09-21")]
    pub as_of: NaiveDate,
    /// The release, for figures of one.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number of the last public change that is counted in.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The cycles whose reports may count, in the order of their cut-offs; only where a day was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles: Option<Vec<String>>,
}

/// How much of what could have been reported was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CoverageView {
    /// Cities asked about with an approved report in the cycle.
    #[schema(example = 26)]
    pub cities_reporting: i64,
    /// Cities asked about that joined in a year before that of the cut-off, or report all the same.
    #[schema(example = 26)]
    pub cities_expected: i64,
    /// Reports asked about whose status the source does not tell, whatever status is asked for.
    #[schema(example = 2)]
    pub not_stated: i64,
    /// Reports counted whose project fell out of the list: they are older than the last list of its plan. Only where a day
    /// was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<i64>,
}

/// Writes pairs as an object, in the order of the rows or columns.
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

/// Says why there is nothing to count, where there is nothing.
pub(super) fn explain_empty_basis(basis: &FigureBasis, language: Language) -> Option<String> {
    basis.is_empty().then(|| wording::translate_sentence(language, NOTHING).into_owned())
}

impl CoverageView {
    /// `dated` says whether reports of several cycles stand beside each other, so that some may be stale.
    pub(super) fn new(c: ReportingCoverage, dated: bool) -> Self {
        Self {
            cities_reporting: c.cities_reporting,
            cities_expected: c.cities_expected,
            not_stated: c.not_stated,
            stale: dated.then_some(c.stale),
        }
    }
}

/// Writes totals by key.
pub(super) fn list_json_totals(
    totals: &[(AxisLabel, Figure)],
) -> Vec<(String, Option<JsonNumber>)> {
    totals.iter().map(|(l, f)| (l.key.clone(), to_json_number(f.value))).collect()
}
