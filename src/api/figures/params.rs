//! The query parameters of the operations on figures, of approved data and of releases. Each shared parameter is
//! written once, and each operation lists the ones that it takes.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    api::format::{MapFormats, TableFormats},
    domain::{
        figures::{Dimension, FigureFilter, Measure, ProgressGrouping},
        report::ProjectStatus,
    },
};

/// Defines the parameters of an operation. A word names a parameter that operations share; braces hold parameters of
/// this operation alone. The filters that all figures take follow at the end; after them follow the parameters in the
/// braces after `last`, which an operation gained later.
///
/// A struct with a flattened struct of the shared parameters would need no macro. But `IntoParams` of utoipa 6 reads
/// `#[serde(flatten)]` as one parameter with the name of that field. An implementation by hand would put the parts one
/// after the other, and generated clients pass parameters by their order.
macro_rules! figures_params {
    ($(#[$doc:meta])* $name:ident: $($words:tt)*) => {
        figures_params!(@ { $(#[$doc])* $name } [] $($words)*);
    };
    (@ $head:tt [$($done:tt)*] rows $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The dimension of the rows.
            #[param(value_type = Dimension, required = true, inline, example = "focus_area")]
            pub rows: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] by $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The kind of record that each row is about.
            #[param(value_type = ProgressGrouping, required = true, inline, example = "city")]
            pub by: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] columns $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The dimension of the columns. It must differ from `rows`. Without it the table is a list of rows.
            #[param(value_type = Dimension, required = false, inline, example = "status")]
            pub columns: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] measure $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The number to measure. Default: `projects`.
            #[param(value_type = Measure, required = false, inline)]
            pub measure: Option<String>,
        ] $($rest)*);
    };
    // The basis of figures of approved data. The example is a cycle in which the operation has something to show:
    // tables do in the first cycle, progress does in the last.
    (@ $head:tt [$($done:tt)*] base($example:literal) $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The key of the cycle whose reports are counted. Exactly one of `cycle` and `as_of` is required.
            #[param(example = $example)]
            pub cycle: Option<String>,
            /// A day, instead of `cycle`. It counts the latest approved report of each project, in the cycles whose
            /// cut-off is on or before this day.
            #[param(value_type = Option<String>, format = Date)]
            pub as_of: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] receipts $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// If `true`, each cell also lists the projects that are counted in it. Default: `false`.
            pub receipts: Option<bool>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] format($formats:ident) $($rest:tt)*) => {
        figures_params!(@ $head [$($done)*
            /// The format of the answer. It takes precedence over the header `Accept`.
            #[param(value_type = Option<$formats>, inline)]
            pub format: Option<String>,
        ] $($rest)*);
    };
    (@ $head:tt [$($done:tt)*] { $($own:tt)* } $($rest:tt)*) => {
        figures_params!(@ $head [$($done)* $($own)*] $($rest)*);
    };
    (@ { $(#[$doc:meta])* $name:ident } [$($fields:tt)*] $(last { $($last:tt)* })?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $($fields)*
            /// Only reports in these focus areas, by key. `unknown` selects reports without a focus area.
            pub focus_area: Vec<String>,
            /// Only reports in these sub-areas, by key. `unknown` selects reports without a sub-area.
            pub sub_area: Vec<String>,
            /// Only reports with one of these statuses.
            #[param(value_type = Vec<ProjectStatus>, inline)]
            pub status: Vec<String>,
            /// Only reports of these countries, by ISO 3166-1 alpha-2 code.
            pub country: Vec<String>,
            /// Only reports of these cities, by key.
            pub city: Vec<String>,
            /// Only reports with at least one of these outcomes, by key. `unknown` selects reports without any outcome.
            pub outcome: Vec<String>,
            /// Only reports with at least one of these enablers, by key. `unknown` selects reports without any enabler.
            pub enabler: Vec<String>,
            /// Only reports with at least one of these sectors, by key. `unknown` selects reports without any sector.
            pub sector: Vec<String>,
            /// If `true`, only reports of the pilot cities; if `false`, only reports of the other cities.
            pub pilot: Option<bool>,
            /// If `true`, only reports of the priority projects of the plans; if `false`, only reports of the other
            /// projects.
            pub priority: Option<bool>,
            /// Only reports with at least one of these tags of national schemes, by key. `unknown` selects reports
            /// without any tag.
            pub tag: Vec<String>,
            /// Only reports with at least one of these Sustainable Development Goals, by number. `unknown` selects
            /// reports without any goal.
            pub sdg: Vec<String>,
            /// Only reports with a partner of one of these types. `unknown` selects reports without a partner whose type
            /// is known.
            pub partner_type: Vec<String>,
            $($($last)*)?
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
                    (Dimension::Tag, &self.tag),
                    (Dimension::Sdg, &self.sdg),
                    (Dimension::PartnerType, &self.partner_type),
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
    /// The parameters of a table.
    TableParams: rows columns measure base("me-2022") receipts {
        /// The key of an earlier cycle or of a release to compare with. Each cell then also has its earlier number, and
        /// `changes` lists the projects that entered, left or changed.
        pub compare: Option<String>,
    } format(TableFormats)
}
figures_params! {
    /// The parameters of a table of a release.
    ReleasedTableParams: rows columns measure receipts {
        /// The key of a different release to compare with. Each cell then also has its earlier number, and `changes`
        /// lists the projects that entered, left or changed.
        pub compare: Option<String>,
    } format(TableFormats)
}
figures_params! {
    /// The parameters of progress.
    ProgressParams: by base("me-2025") format(TableFormats)
}
figures_params! {
    /// The parameters of the progress of a release.
    ReleasedProgressParams: by format(TableFormats)
}
figures_params! {
    /// The parameters of a trend, of approved data or of releases.
    TrendParams: {
        /// The dimension of the columns. It must differ from `cycle`, the dimension of the rows. Without it the trend
        /// has one number for each cycle.
        #[param(value_type = Dimension, required = false, inline, example = "status")]
        pub columns: Option<String>,
    } measure receipts format(TableFormats)
}
figures_params! {
    /// The parameters of a map.
    MapParams: base("me-2025") format(MapFormats)
}
figures_params! {
    /// The parameters of a map of a release.
    ReleasedMapParams: format(MapFormats)
}
figures_params! {
    /// The parameters of a comparison.
    CompareParams: {
        /// The earlier side: the key of a cycle or of a release.
        #[param(value_type = String, required = true, example = "me-2022")]
        pub a: Option<String>,
        /// The later side: the key of a cycle or of a release.
        #[param(value_type = String, required = true, example = "me-2023")]
        pub b: Option<String>,
        /// The dimension of the rows. Default: `focus_area`.
        #[param(value_type = Dimension, required = false, inline)]
        pub rows: Option<String>,
        /// The dimension of the columns. It must differ from `rows`. Without `rows` and `columns` the columns are
        /// `status`; with `rows` alone there is one number for each row.
        #[param(value_type = Dimension, required = false, inline)]
        pub columns: Option<String>,
    } measure last {
        /// The format of the answer. It takes precedence over the header `Accept`.
        #[param(value_type = Option<TableFormats>, inline)]
        pub format: Option<String>,
    }
}

/// The parameters of the coverage of a cycle. There are no filters, because a whole city is expected to report.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CoverageParams {
    /// The key of the cycle.
    #[param(value_type = String, required = true, example = "me-2026")]
    pub cycle: Option<String>,
    /// The format of the answer. It takes precedence over the header `Accept`.
    #[param(value_type = Option<TableFormats>, inline)]
    pub format: Option<String>,
}

/// The parameters of the coverage of a release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReleasedCoverageParams {
    /// The format of the answer. It takes precedence over the header `Accept`.
    #[param(value_type = Option<TableFormats>, inline)]
    pub format: Option<String>,
}
