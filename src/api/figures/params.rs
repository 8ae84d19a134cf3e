//! What figures are asked for: what they rest on, the filters that all of them share, and reading the reports.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    api::{
        error::{ApiError, ApiResult},
        format::Form,
    },
    domain::{
        fault::ValueFault,
        figures::{Base, Dimension, Filter, Ground, Grouping, Measure, Question},
        language::Language,
        policy::sight::Reachable,
        report::Status,
        value::{Slug, day},
    },
    store::{
        Conn, cycles,
        figures::{self, Depth},
        releases,
    },
};

/// Defines the parameters of an operation: its own, and the filters that all figures take.
macro_rules! figures_params {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// Only these focus areas; `unknown` for reports without one.
            pub focus_area: Vec<String>,
            /// Only these sub-areas; `unknown` for reports without one.
            pub sub_area: Vec<String>,
            /// Only these statuses.
            #[param(value_type = Vec<Status>, inline)]
            pub status: Vec<String>,
            /// Only these countries, by ISO 3166-1 alpha-2 code.
            pub country: Vec<String>,
            /// Only these cities.
            pub city: Vec<String>,
            /// Only reports with one of these outcomes; `unknown` for reports without any.
            pub outcome: Vec<String>,
            /// Only reports with one of these enablers; `unknown` for reports without any.
            pub enabler: Vec<String>,
            /// Only reports with one of these sectors; `unknown` for reports without any.
            pub sector: Vec<String>,
            /// Only the pilot cities, or only others.
            pub pilot: Option<bool>,
            /// Only the priority projects of the plans, or only others.
            pub priority: Option<bool>,
        }

        impl $name {
            pub(in crate::api) fn filter(&self) -> Filter {
                let lists = [
                    (Dimension::FocusArea, &self.focus_area),
                    (Dimension::SubArea, &self.sub_area),
                    (Dimension::Status, &self.status),
                    (Dimension::Country, &self.country),
                    (Dimension::City, &self.city),
                    (Dimension::Outcome, &self.outcome),
                    (Dimension::Enabler, &self.enabler),
                    (Dimension::Sector, &self.sector),
                ];
                let wanted = lists.into_iter().filter(|(_, list)| !list.is_empty());
                Filter {
                    wanted: wanted.map(|(d, list)| (d, list.clone())).collect(),
                    pilot: self.pilot,
                    priority: self.priority,
                }
            }
        }
    };
}

figures_params! {
    /// What a table is asked for.
    TableParams {
        /// What the rows are.
        #[param(value_type = Dimension, required = true, inline, example = "focus_area")]
        pub rows: Option<String>,
        /// What the columns are, another dimension than the rows; without it the table is a list of rows.
        #[param(value_type = Dimension, required = false, inline, example = "status")]
        pub columns: Option<String>,
        /// What is measured; `projects` without it.
        #[param(value_type = Measure, required = false, inline)]
        pub measure: Option<String>,
        /// The cycle that was reported in. Either this or `as_of` is required.
        #[param(example = "me-2022")]
        pub cycle: Option<String>,
        /// Instead of `cycle` a day: the latest approved report of each project in the cycles whose cut-off is not after it.
        pub as_of: Option<String>,
        /// Names the projects behind each cell.
        pub receipts: Option<bool>,
        /// An earlier cycle, or a release: each cell says what it was then, and the answer which projects entered, left or changed.
        pub compare: Option<String>,
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What progress is asked for.
    ProgressParams {
        /// What the rows are.
        #[param(value_type = Grouping, required = true, inline, example = "city")]
        pub by: Option<String>,
        /// The cycle that was reported in. Either this or `as_of` is required.
        #[param(example = "me-2025")]
        pub cycle: Option<String>,
        /// Instead of `cycle` a day: the latest approved report of each project in the cycles whose cut-off is not after it.
        pub as_of: Option<String>,
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What a trend is asked for.
    TrendParams {
        /// What the columns are, another dimension than the cycle; without it the trend has one number for each cycle.
        #[param(value_type = Dimension, required = false, inline, example = "status")]
        pub columns: Option<String>,
        /// What is measured; `projects` without it.
        #[param(value_type = Measure, required = false, inline)]
        pub measure: Option<String>,
        /// Names the projects behind each cell.
        pub receipts: Option<bool>,
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What a map is asked for.
    MapParams {
        /// The cycle that was reported in. Either this or `as_of` is required.
        #[param(example = "me-2025")]
        pub cycle: Option<String>,
        /// Instead of `cycle` a day: the latest approved report of each project in the cycles whose cut-off is not after it.
        pub as_of: Option<String>,
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What a table of a release is asked for.
    ReleasedTableParams {
        /// What the rows are.
        #[param(value_type = Dimension, required = true, inline, example = "focus_area")]
        pub rows: Option<String>,
        /// What the columns are, another dimension than the rows; without it the table is a list of rows.
        #[param(value_type = Dimension, required = false, inline, example = "status")]
        pub columns: Option<String>,
        /// What is measured; `projects` without it.
        #[param(value_type = Measure, required = false, inline)]
        pub measure: Option<String>,
        /// Names the projects behind each cell.
        pub receipts: Option<bool>,
        /// Another release: each cell says what it was then, and the answer which projects entered, left or changed.
        pub compare: Option<String>,
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What progress of a release is asked for.
    ReleasedProgressParams {
        /// What the rows are.
        #[param(value_type = Grouping, required = true, inline, example = "city")]
        pub by: Option<String>,
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What a map of a release is asked for.
    ReleasedMapParams {
        /// The format, if not that of `Accept`.
        #[param(value_type = Form, required = false, inline)]
        pub format: Option<String>,
    }
}
figures_params! {
    /// What is compared.
    CompareParams {
        /// A cycle or a release: what it was.
        #[param(value_type = String, required = true, example = "me-2022")]
        pub a: Option<String>,
        /// A cycle or a release: what it is.
        #[param(value_type = String, required = true, example = "me-2023")]
        pub b: Option<String>,
        /// What the rows are; without rows and columns, focus areas by status.
        #[param(value_type = Dimension, required = false, inline)]
        pub rows: Option<String>,
        /// What the columns are, another dimension than the rows; with `rows` alone there is one number for each row.
        #[param(value_type = Dimension, required = false, inline)]
        pub columns: Option<String>,
        /// What is measured; `projects` without it.
        #[param(value_type = Measure, required = false, inline)]
        pub measure: Option<String>,
    }
}

/// What a table is asked for, wherever its reports come from.
macro_rules! table_question {
    ($($name:ident),+) => {
        $(impl $name {
            pub(in crate::api) fn question(&self, language: Language) -> ApiResult<Question> {
                let rows = parse("rows", self.rows.as_deref(), Dimension::parse)?
                    .ok_or_else(|| required("rows", Dimension::ALL))?;
                let (columns, measure) =
                    split(rows, self.columns.as_deref(), self.measure.as_deref())?;
                let receipts = self.receipts.unwrap_or_default();
                Ok(Question { rows, columns, measure, filter: self.filter(), language, receipts })
            }
        })+
    };
}
table_question!(TableParams, ReleasedTableParams);

impl TrendParams {
    pub(super) fn question(&self, language: Language) -> ApiResult<Question> {
        let rows = Dimension::Cycle;
        let (columns, measure) = split(rows, self.columns.as_deref(), self.measure.as_deref())?;
        let receipts = self.receipts.unwrap_or_default();
        Ok(Question { rows, columns, measure, filter: self.filter(), language, receipts })
    }
}

/// What a map and progress are asked for, wherever their reports come from.
macro_rules! map_question {
    ($($map:ident),+; $($progress:ident),+) => {
        $(impl $map {
            pub(in crate::api) fn question(&self, language: Language) -> Question {
                Question {
                    rows: Dimension::City,
                    columns: None,
                    measure: Measure::Projects,
                    filter: self.filter(),
                    language,
                    receipts: false,
                }
            }
        })+
        $(impl $progress {
            pub(in crate::api) fn by(&self) -> ApiResult<Grouping> {
                parse("by", self.by.as_deref(), Grouping::parse)?
                    .ok_or_else(|| required("by", Grouping::ALL))
            }
        })+
    };
}
map_question!(MapParams, ReleasedMapParams; ProgressParams, ReleasedProgressParams);

impl CompareParams {
    pub(super) fn question(&self, language: Language) -> ApiResult<Question> {
        let rows = parse("rows", self.rows.as_deref(), Dimension::parse)?;
        let columns = match (rows, self.columns.as_deref()) {
            (None, None) => Some(Dimension::Status.as_str()),
            (_, columns) => columns,
        };
        let rows = rows.unwrap_or(Dimension::FocusArea);
        let (columns, measure) = split(rows, columns, self.measure.as_deref())?;
        Ok(Question { rows, columns, measure, filter: self.filter(), language, receipts: false })
    }
}

/// Reads what the rows are split by, and what is measured.
fn split(
    rows: Dimension,
    columns: Option<&str>,
    measure: Option<&str>,
) -> ApiResult<(Option<Dimension>, Measure)> {
    let columns = parse("columns", columns, Dimension::parse)?;
    if columns == Some(rows) {
        let detail = "another dimension than that of the rows is expected";
        return Err(ApiError::parameter("columns", ValueFault::new("same", detail)));
    }
    let measure = parse("measure", measure, Measure::parse)?;
    Ok((columns, measure.unwrap_or(Measure::Projects)))
}

/// Reads what figures rest on: exactly one of a cycle and a day.
pub(super) fn base(cycle: Option<&str>, as_of: Option<&str>) -> ApiResult<Base> {
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
pub(in crate::api) fn cycle(name: &str, raw: Option<&str>) -> ApiResult<Base> {
    parse(name, raw, Slug::parse)?
        .map(Base::Cycle)
        .ok_or_else(|| ApiError::parameter(name, ValueFault::required()))
}

pub(in crate::api) fn parse<T>(
    name: &str,
    raw: Option<&str>,
    parse: impl FnOnce(String) -> Result<T, ValueFault>,
) -> ApiResult<Option<T>> {
    raw.map(|raw| parse(raw.to_owned()))
        .transpose()
        .map_err(|fault| ApiError::parameter(name, fault))
}

fn required<T: ToString>(name: &str, allowed: &[T]) -> ApiError {
    let mut fault = ValueFault::required();
    fault.allowed = allowed.iter().map(ToString::to_string).collect();
    ApiError::parameter(name, fault)
}

/// Refuses the name of a cycle that does not exist, and names those that do.
pub(super) fn no_such_cycle(conn: &mut Conn, name: &str) -> ApiError {
    match cycles::list(conn) {
        Ok(cycles) => {
            let all = cycles.iter().map(|c| c.slug.as_str());
            ApiError::parameter(name, ValueFault::unknown("cycle", all))
        }
        Err(failure) => failure.into(),
    }
}

/// Refuses what is neither a cycle nor a release, and names those that there are.
fn neither(conn: &mut Conn, name: &str) -> ApiResult<ApiError> {
    let cycles = cycles::list(conn)?.into_iter().map(|c| c.slug);
    let releases = releases::keys(conn)?;
    let all = cycles.chain(releases).map(|slug| slug.to_string());
    Ok(ApiError::parameter(name, ValueFault::unknown("cycle or release", all)))
}

/// Reads the reports that figures rest on, and refuses a filter for something that does not exist. What is compared may be a
/// release as well; what a cycle is asked for alone is what is approved now.
pub(in crate::api) fn ground(
    conn: &mut Conn,
    reach: &Reachable,
    (name, base): (&str, &Base),
    (filter, depth): (&Filter, Depth),
) -> ApiResult<Ground> {
    let found = match (figures::ground(conn, reach, base, depth)?, base) {
        (None, Base::Cycle(slug)) if name != "cycle" => {
            figures::ground(conn, reach, &Base::Release(slug.clone()), depth)?
        }
        (found, _) => found,
    };
    let Some(ground) = found else {
        return Err(if name == "cycle" { no_such_cycle(conn, name) } else { neither(conn, name)? });
    };
    ground
        .check(filter)
        .map_err(|(dimension, fault)| ApiError::parameter(dimension.as_str(), fault))?;
    Ok(ground)
}
