//! The questions that parameters ask, and of which reports they are asked.

use super::{
    coverage::FiguresCoverage,
    kind::{Asks, AsksNow, AsksRelease, Figures},
    map::CityCollection,
    params::{
        CompareParams, MapParams, ProgressParams, ReleasedCoverageParams, ReleasedMapParams,
        ReleasedProgressParams, ReleasedTableParams, TableParams, TrendParams,
    },
    progress::{FiguresProgress, ProgressQuestion},
    table::{FiguresTable, TableQuestion},
    trend::FiguresTrend,
};
use crate::{
    api::error::{ApiError, ApiResult},
    domain::{
        fault::ValueFault,
        figures::{Base, Dimension, Filter, Grouping, Measure, Question},
        language::Language,
        value::{Slug, day},
    },
};

/// Says which figures parameters ask for, and reads the question out of them.
macro_rules! asks {
    ($($params:ty),+ => $figures:ty: |$p:ident, $language:ident| $question:expr) => {
        $(impl Asks for $params {
            type Of = $figures;
            fn question(&self, $language: Language) -> ApiResult<<$figures as Figures>::Question> {
                let $p = self;
                $question
            }
            fn format(&self) -> Option<&str> {
                self.format.as_deref()
            }
        })+
    };
}

/// Takes how a table is cut out of parameters that have these names.
macro_rules! cut {
    ($p:expr, $language:expr) => {
        Cut {
            columns: $p.columns.as_deref(),
            measure: $p.measure.as_deref(),
            receipts: $p.receipts.unwrap_or_default(),
            filter: $p.filter(),
            language: $language,
        }
    };
}

asks!(TableParams => FiguresTable: |p, language| Ok(TableQuestion {
    question: cut!(p, language).of_rows(p.rows.as_deref())?,
    earlier: p.compare.as_deref().map(|raw| cycle("compare", Some(raw))).transpose()?,
}));
// A release alone: what a cycle holds beyond its releases is not for everybody who reads this.
asks!(ReleasedTableParams => FiguresTable: |p, language| Ok(TableQuestion {
    question: cut!(p, language).of_rows(p.rows.as_deref())?,
    earlier: parse("compare", p.compare.as_deref(), Slug::parse)?.map(Base::Release),
}));
asks!(TrendParams => FiguresTrend: |p, language| cut!(p, language).by(Dimension::Cycle));
asks!(ProgressParams, ReleasedProgressParams => FiguresProgress: |p, language| Ok(ProgressQuestion {
    by: need("by", p.by.as_deref(), Grouping::parse, Grouping::ALL)?,
    filter: p.filter(),
    language,
}));
asks!(MapParams, ReleasedMapParams => CityCollection: |p, language| Ok(Question {
    rows: Dimension::City,
    columns: None,
    measure: Measure::Projects,
    filter: p.filter(),
    language,
    receipts: false,
}));
asks!(ReleasedCoverageParams => FiguresCoverage: |_p, language| Ok(language));

impl AsksNow for TableParams {
    const ROUTE: &'static str = "figures/table";
    fn base(&self) -> ApiResult<Base> {
        base(self.cycle.as_deref(), self.as_of.as_deref())
    }
}
impl AsksNow for ProgressParams {
    const ROUTE: &'static str = "figures/progress";
    fn base(&self) -> ApiResult<Base> {
        base(self.cycle.as_deref(), self.as_of.as_deref())
    }
}
impl AsksNow for TrendParams {
    const ROUTE: &'static str = "figures/trend";
    fn base(&self) -> ApiResult<Base> {
        Ok(Base::Everything)
    }
}
impl AsksNow for MapParams {
    const ROUTE: &'static str = "figures/map";
    fn base(&self) -> ApiResult<Base> {
        base(self.cycle.as_deref(), self.as_of.as_deref())
    }
}

impl AsksRelease for ReleasedTableParams {
    const ROUTE: &'static str = "releases/table";
}
impl AsksRelease for ReleasedProgressParams {
    const ROUTE: &'static str = "releases/progress";
}
impl AsksRelease for TrendParams {
    const ROUTE: &'static str = "releases/trend";
}
impl AsksRelease for ReleasedCoverageParams {
    const ROUTE: &'static str = "releases/coverage";
}
impl AsksRelease for ReleasedMapParams {
    const ROUTE: &'static str = "releases/map";
}

/// How a table is cut, as parameters say it.
struct Cut<'p> {
    columns: Option<&'p str>,
    measure: Option<&'p str>,
    receipts: bool,
    filter: Filter,
    language: Language,
}

impl Cut<'_> {
    fn of_rows(self, rows: Option<&str>) -> ApiResult<Question> {
        let rows = need("rows", rows, Dimension::parse, Dimension::ALL)?;
        self.by(rows)
    }

    fn by(self, rows: Dimension) -> ApiResult<Question> {
        let Self { columns, measure, receipts, filter, language } = self;
        let columns = parse("columns", columns, Dimension::parse)?;
        if columns == Some(rows) {
            let detail = "another dimension than that of the rows is expected";
            return Err(ApiError::parameter("columns", ValueFault::new("same", detail)));
        }
        let measure = parse("measure", measure, Measure::parse)?.unwrap_or(Measure::Projects);
        Ok(Question { rows, columns, measure, filter, language, receipts })
    }
}

impl CompareParams {
    pub(super) fn question(&self, language: Language) -> ApiResult<Question> {
        let rows = parse("rows", self.rows.as_deref(), Dimension::parse)?;
        let columns = match (rows, self.columns.as_deref()) {
            (None, None) => Some(Dimension::Status.as_str()),
            (_, columns) => columns,
        };
        let (measure, filter) = (self.measure.as_deref(), self.filter());
        let cut = Cut { columns, measure, receipts: false, filter, language };
        cut.by(rows.unwrap_or(Dimension::FocusArea))
    }
}

/// Reads what figures rest on: exactly one of a cycle and a day.
fn base(cycle: Option<&str>, as_of: Option<&str>) -> ApiResult<Base> {
    let either = "either cycle or as_of is expected";
    let cycle = parse("cycle", cycle, Slug::parse)?;
    match (cycle, parse("as_of", as_of, day)?) {
        (Some(cycle), None) => Ok(Base::Cycle(cycle)),
        (None, Some(day)) => Ok(Base::AsOf(day)),
        (None, None) => Err(ApiError::parameter("cycle", ValueFault::new("required", either))),
        (Some(_), Some(_)) => Err(ApiError::parameter("as_of", ValueFault::new("both", either))),
    }
}

/// Reads a parameter that names a cycle, or a release: which of them is found where the reports are read.
///
/// # Errors
/// A parameter that is missing, or no slug.
pub(super) fn cycle(name: &str, raw: Option<&str>) -> ApiResult<Base> {
    parse(name, raw, Slug::parse)?
        .map(Base::Cycle)
        .ok_or_else(|| ApiError::parameter(name, ValueFault::required()))
}

/// Reads a parameter.
///
/// # Errors
/// A value that is none.
pub(super) fn parse<T>(
    name: &str,
    raw: Option<&str>,
    parse: impl FnOnce(String) -> Result<T, ValueFault>,
) -> ApiResult<Option<T>> {
    raw.map(|raw| parse(raw.to_owned()))
        .transpose()
        .map_err(|fault| ApiError::parameter(name, fault))
}

/// Reads a parameter that has to be there; without it says what it may be.
fn need<T: ToString>(
    name: &str,
    raw: Option<&str>,
    known: impl FnOnce(String) -> Result<T, ValueFault>,
    allowed: &[T],
) -> ApiResult<T> {
    parse(name, raw, known)?.ok_or_else(|| {
        let mut fault = ValueFault::required();
        fault.allowed = allowed.iter().map(ToString::to_string).collect();
        ApiError::parameter(name, fault)
    })
}
