//! Parses query parameters into questions about figures, and into the basis that they are counted from.

use super::{
    coverage::FiguresCoverage,
    map::CityCollection,
    params::{
        CompareParams, MapParams, ProgressParams, ReleasedCoverageParams, ReleasedMapParams,
        ReleasedProgressParams, ReleasedTableParams, TableParams, TrendParams,
    },
    progress::{FiguresProgress, ProgressQuestion},
    response::{CurrentFiguresParams, FiguresParams, FiguresResponse, ReleaseFiguresParams},
    table::{FiguresTable, TableQuestion},
    trend::FiguresTrend,
};
use crate::{
    api::{
        error::{ApiError, ApiResult},
        message::parameter,
    },
    domain::{
        fault::ValueFault,
        figures::{BasisRequest, Dimension, FigureFilter, FigureQuery, Measure, ProgressGrouping},
        language::Language,
        value::{Slug, parse_day},
    },
};

/// Implements [`FiguresParams`]: the type of the answer, and the expression that parses the question.
macro_rules! impl_figures_params {
    ($($params:ty),+ => $figures:ty: |$p:ident, $language:ident| $question:expr) => {
        $(impl FiguresParams for $params {
            type Response = $figures;
            fn parse_question(&self, $language: Language) -> ApiResult<<$figures as FiguresResponse>::Question> {
                let $p = self;
                $question
            }
            fn format(&self) -> Option<&str> {
                self.format.as_deref()
            }
        })+
    };
}

/// Collects the parameters of a table into a [`RawQuestion`], from a struct whose fields have these names.
macro_rules! collect_table_question {
    ($p:expr, $language:expr) => {
        RawQuestion {
            columns: $p.columns.as_deref(),
            measure: $p.measure.as_deref(),
            receipts: $p.receipts.unwrap_or_default(),
            filter: $p.filter(),
            language: $language,
        }
    };
}

impl_figures_params!(TableParams => FiguresTable: |p, language| Ok(TableQuestion {
    question: collect_table_question!(p, language).parse_with_rows(p.rows.as_deref())?,
    earlier: p.compare.as_deref().map(|raw| parse_cycle_base("compare", Some(raw))).transpose()?,
}));
// Only a release can be compared with a release. Not everybody who may read releases may read what else a cycle holds.
impl_figures_params!(ReleasedTableParams => FiguresTable: |p, language| Ok(TableQuestion {
    question: collect_table_question!(p, language).parse_with_rows(p.rows.as_deref())?,
    earlier: parse_param("compare", p.compare.as_deref(), Slug::parse)?.map(BasisRequest::Release),
}));
impl_figures_params!(TrendParams => FiguresTrend: |p, language| collect_table_question!(p, language).parse_for_dimension(Dimension::Cycle));
impl_figures_params!(ProgressParams, ReleasedProgressParams => FiguresProgress: |p, language| Ok(ProgressQuestion {
    by: parse_required_param("by", p.by.as_deref(), ProgressGrouping::parse, ProgressGrouping::ALL)?,
    filter: p.filter(),
    language,
}));
impl_figures_params!(MapParams, ReleasedMapParams => CityCollection: |p, language| Ok(FigureQuery {
    rows: Dimension::City,
    columns: None,
    measure: Measure::Projects,
    filter: p.filter(),
    language,
    receipts: false,
}));
impl_figures_params!(ReleasedCoverageParams => FiguresCoverage: |_p, language| Ok(language));

impl CurrentFiguresParams for TableParams {
    const ROUTE: &'static str = "figures/table";
    fn parse_base(&self) -> ApiResult<BasisRequest> {
        parse_base(self.cycle.as_deref(), self.as_of.as_deref())
    }
}
impl CurrentFiguresParams for ProgressParams {
    const ROUTE: &'static str = "figures/progress";
    fn parse_base(&self) -> ApiResult<BasisRequest> {
        parse_base(self.cycle.as_deref(), self.as_of.as_deref())
    }
}
impl CurrentFiguresParams for TrendParams {
    const ROUTE: &'static str = "figures/trend";
    fn parse_base(&self) -> ApiResult<BasisRequest> {
        Ok(BasisRequest::Everything)
    }
}
impl CurrentFiguresParams for MapParams {
    const ROUTE: &'static str = "figures/map";
    fn parse_base(&self) -> ApiResult<BasisRequest> {
        parse_base(self.cycle.as_deref(), self.as_of.as_deref())
    }
}

impl ReleaseFiguresParams for ReleasedTableParams {
    const ROUTE: &'static str = "releases/table";
}
impl ReleaseFiguresParams for ReleasedProgressParams {
    const ROUTE: &'static str = "releases/progress";
}
impl ReleaseFiguresParams for TrendParams {
    const ROUTE: &'static str = "releases/trend";
}
impl ReleaseFiguresParams for ReleasedCoverageParams {
    const ROUTE: &'static str = "releases/coverage";
}
impl ReleaseFiguresParams for ReleasedMapParams {
    const ROUTE: &'static str = "releases/map";
}

/// The parameters of a table before they are parsed.
struct RawQuestion<'p> {
    columns: Option<&'p str>,
    measure: Option<&'p str>,
    receipts: bool,
    filter: FigureFilter,
    language: Language,
}

impl RawQuestion<'_> {
    fn parse_with_rows(self, rows: Option<&str>) -> ApiResult<FigureQuery> {
        let rows = parse_required_param("rows", rows, Dimension::parse, Dimension::ALL)?;
        self.parse_for_dimension(rows)
    }

    fn parse_for_dimension(self, rows: Dimension) -> ApiResult<FigureQuery> {
        let Self { columns, measure, receipts, filter, language } = self;
        let columns = parse_param("columns", columns, Dimension::parse)?;
        if columns == Some(rows) {
            let fault = ValueFault::new("same", parameter::other_dimension());
            return Err(ApiError::invalid_parameter("columns", fault));
        }
        let measure = parse_param("measure", measure, Measure::parse)?.unwrap_or(Measure::Projects);
        Ok(FigureQuery { rows, columns, measure, filter, language, receipts })
    }
}

impl CompareParams {
    pub(super) fn parse_question(&self, language: Language) -> ApiResult<FigureQuery> {
        let rows = parse_param("rows", self.rows.as_deref(), Dimension::parse)?;
        let columns = match (rows, self.columns.as_deref()) {
            (None, None) => Some(Dimension::Status.as_str()),
            (_, columns) => columns,
        };
        let (measure, filter) = (self.measure.as_deref(), self.filter());
        let cut = RawQuestion { columns, measure, receipts: false, filter, language };
        cut.parse_for_dimension(rows.unwrap_or(Dimension::FocusArea))
    }
}

/// Requires exactly one of a cycle and a day.
fn parse_base(cycle: Option<&str>, as_of: Option<&str>) -> ApiResult<BasisRequest> {
    let either = parameter::cycle_or_day;
    let cycle = parse_param("cycle", cycle, Slug::parse)?;
    match (cycle, parse_param("as_of", as_of, parse_day)?) {
        (Some(cycle), None) => Ok(BasisRequest::Cycle(cycle)),
        (None, Some(day)) => Ok(BasisRequest::AsOf(day)),
        (None, None) => {
            Err(ApiError::invalid_parameter("cycle", ValueFault::new("required", either())))
        }
        (Some(_), Some(_)) => {
            Err(ApiError::invalid_parameter("as_of", ValueFault::new("both", either())))
        }
    }
}

/// Parses a required parameter that names a cycle or a release. The key is resolved later, when the reports are read.
pub(super) fn parse_cycle_base(name: &str, raw: Option<&str>) -> ApiResult<BasisRequest> {
    parse_param(name, raw, Slug::parse)?
        .map(BasisRequest::Cycle)
        .ok_or_else(|| ApiError::invalid_parameter(name, ValueFault::required()))
}

/// Parses an optional parameter; a value that does not parse is refused with 400.
pub(super) fn parse_param<T>(
    name: &str,
    raw: Option<&str>,
    parse: impl FnOnce(String) -> Result<T, ValueFault>,
) -> ApiResult<Option<T>> {
    raw.map(|raw| parse(raw.to_owned()))
        .transpose()
        .map_err(|fault| ApiError::invalid_parameter(name, fault))
}

/// Parses a required parameter. If it is missing, the problem lists the allowed values.
fn parse_required_param<T: ToString>(
    name: &str,
    raw: Option<&str>,
    known: impl FnOnce(String) -> Result<T, ValueFault>,
    allowed: &[T],
) -> ApiResult<T> {
    parse_param(name, raw, known)?.ok_or_else(|| {
        let allowed = allowed.iter().map(ToString::to_string);
        ApiError::invalid_parameter(name, ValueFault::required().with_allowed(allowed))
    })
}
