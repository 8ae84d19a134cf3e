//! What an act on many reports takes.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::merge::objects,
    domain::report::bulk::{RawBulkFilter, RawBulkItem, RawBulkRequest},
};

/// An act on many reports. Either `items` or `filter` is given.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "action": "approve", "items": [{"project": "da-nang-4", "cycle": "me-2026", "version": 3}],
    "comment": "Checked against the city's annual report.", "dry_run": true
}))]
pub(crate) struct NewBulk {
    /// What is done: `unchanged`, `submit`, `withdraw`, `approve` or `return`.
    #[schema(required, nullable = false, example = "approve")]
    pub action: Option<String>,
    /// The reports, each once; at most 500.
    #[schema(max_items = 500)]
    pub items: Option<Vec<NewBulkItem>>,
    /// Which reports are looked for; at most 500 may be found. Acting on them takes the digest of a dry run.
    pub filter: Option<NewBulkFilter>,
    /// The reason of a return, or a remark, on each of them.
    #[schema(example = "Checked against the city's annual report.")]
    pub comment: Option<String>,
    /// Whether to write nothing and answer what would come of it.
    pub dry_run: Option<bool>,
    /// Whether to do nothing unless every item can be done.
    pub all_or_nothing: Option<bool>,
    /// The digest that a dry run answered: nothing is done if anything has become another since.
    pub digest: Option<String>,
}

/// A report that is named.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub(crate) struct NewBulkItem {
    /// The project.
    #[schema(required, nullable = false, example = "da-nang-4")]
    pub project: Option<String>,
    /// The cycle.
    #[schema(required, nullable = false, example = "me-2026")]
    pub cycle: Option<String>,
    /// The version that was read. It may be left out on a dry run, with a digest, and where `unchanged` makes a new report.
    #[schema(minimum = 1, example = 3)]
    pub version: Option<i64>,
}

/// Which reports are looked for, by the names of the queue `/reports`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub(crate) struct NewBulkFilter {
    /// Where they stand: `draft`, `submitted`, `returned`, `approved`.
    pub state: Option<OneOrMany>,
    /// Their cities.
    pub city: Option<OneOrMany>,
    /// Their countries.
    pub country: Option<OneOrMany>,
    /// Their cycles; `unchanged` needs one.
    pub cycle: Option<OneOrMany>,
    /// Late ones (handed in after the due day, or past it and not handed in), or those that are not.
    pub late: Option<bool>,
}

/// A value, or several of which any is meant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// One value.
    One(String),
    /// Several.
    Many(Vec<String>),
}

objects!(NewBulkItem, NewBulkFilter);

fn to_values(values: Option<OneOrMany>) -> Vec<String> {
    match values {
        None => Vec::new(),
        Some(OneOrMany::One(value)) => vec![value],
        Some(OneOrMany::Many(values)) => values,
    }
}

impl From<NewBulkItem> for RawBulkItem {
    fn from(i: NewBulkItem) -> Self {
        Self { project: i.project, cycle: i.cycle, version: i.version }
    }
}
impl From<NewBulkFilter> for RawBulkFilter {
    fn from(f: NewBulkFilter) -> Self {
        Self {
            state: to_values(f.state),
            city: to_values(f.city),
            country: to_values(f.country),
            cycle: to_values(f.cycle),
            late: f.late,
        }
    }
}
impl From<NewBulk> for RawBulkRequest {
    fn from(b: NewBulk) -> Self {
        Self {
            action: b.action,
            items: b.items.map(|items| items.into_iter().map(RawBulkItem::from).collect()),
            filter: b.filter.map(RawBulkFilter::from),
            comment: b.comment,
            dry_run: b.dry_run.unwrap_or_default(),
            all_or_nothing: b.all_or_nothing.unwrap_or_default(),
            digest: b.digest,
        }
    }
}
