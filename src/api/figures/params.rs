//! The parameters of the operations over figures, live and of releases. Each is written down once, under a word, and each
//! operation lists its words.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    api::format::Form,
    domain::{
        figures::{Dimension, FigureFilter, Grouping, Measure},
        report::Status,
    },
};

/// Defines the parameters of an operation: words for those that operations share, in braces those that are its own, and
/// after them the filters that all figures take.
///
/// Structs that hold the shared ones flattened would say the same without a macro, but `IntoParams` of utoipa 6 cannot be
/// derived for them: it reads `#[serde(flatten)]` and documents such a field as a parameter of its name. Written by hand it
/// would put the parts one after another, and the order of parameters is what generated clients call by.
macro_rules! figures_params {
    ($(#[$doc:meta])* $name:ident: $($words:tt)*) => {
        figures_params!(@ { $(#[$doc])* $name } [] $($words)*);
    };
    (@ $head:tt [$($done:tt)*] rows $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// What the rows are.
            #[param(value_type = Dimension, required = true, inline, example = "focus_area")]
            pub rows: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] by $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// What the rows are.
            #[param(value_type = Grouping, required = true, inline, example = "city")]
            pub by: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] columns $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// What the columns are, another dimension than the rows; without it the table is a list of rows.
            #[param(value_type = Dimension, required = false, inline, example = "status")]
            pub columns: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] measure $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// What is measured; `projects` without it.
            #[param(value_type = Measure, required = false, inline)]
            pub measure: Option<String>,
        ] $($rest)*);
    };
    // What live figures rest on. The example differs: a table has something to show in the first year, progress in the last.
    (@ $head:tt [$($done:tt)*] base($example:literal) $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The cycle that was reported in. Either this or `as_of` is required.
            #[param(example = $example)]
            pub cycle: Option<String>,
            /// Instead of `cycle` a day: the latest approved report of each project in the cycles whose cut-off is not after it.
            pub as_of: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] receipts $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// Names the projects behind each cell.
            pub receipts: Option<bool>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] format $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The format, if not that of `Accept`.
            #[param(value_type = Form, required = false, inline)]
            pub format: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] { $($own:tt)* } $($rest:tt)*) => {
        figures_params!(@ $head [$($done)* $($own)*] $($rest)*);
    };
    (@ { $(#[$doc:meta])* $name:ident } [$($fields:tt)*]) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $($fields)*
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
            pub(super) fn filter(&self) -> FigureFilter {
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
                FigureFilter {
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
    TableParams: rows columns measure base("me-2022") receipts {
        /// An earlier cycle, or a release: each cell says what it was then, and the answer which projects entered, left or changed.
        pub compare: Option<String>,
    } format
}
figures_params! {
    /// What a table of a release is asked for.
    ReleasedTableParams: rows columns measure receipts {
        /// Another release: each cell says what it was then, and the answer which projects entered, left or changed.
        pub compare: Option<String>,
    } format
}
figures_params! {
    /// What progress is asked for.
    ProgressParams: by base("me-2025") format
}
figures_params! {
    /// What progress of a release is asked for.
    ReleasedProgressParams: by format
}
figures_params! {
    /// What a trend is asked for, also that until a release.
    TrendParams: {
        /// What the columns are, another dimension than the cycle; without it the trend has one number for each cycle.
        #[param(value_type = Dimension, required = false, inline, example = "status")]
        pub columns: Option<String>,
    } measure receipts format
}
figures_params! {
    /// What a map is asked for.
    MapParams: base("me-2025") format
}
figures_params! {
    /// What a map of a release is asked for.
    ReleasedMapParams: format
}
figures_params! {
    /// What is compared.
    CompareParams: {
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
    } measure
}

/// Of which cycle the coverage is asked for. It takes no filters: what is expected is expected of whole cities.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CoverageParams {
    /// The cycle.
    #[param(value_type = String, required = true, example = "me-2026")]
    pub cycle: Option<String>,
    /// The format, if not that of `Accept`.
    #[param(value_type = Form, required = false, inline)]
    pub format: Option<String>,
}

/// How the coverage of a release is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReleasedCoverageParams {
    /// The format, if not that of `Accept`.
    #[param(value_type = Form, required = false, inline)]
    pub format: Option<String>,
}
