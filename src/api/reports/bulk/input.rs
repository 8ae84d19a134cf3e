//! Request body of an action on many reports.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, SeqAccess, Visitor},
};
use utoipa::ToSchema;

use crate::{
    api::body::TEXT_OR_LIST,
    domain::report::bulk::{BulkAction, RawBulkFilter, RawBulkItem, RawBulkRequest},
};

/// An action on many reports. Exactly one of `items` and `filter` is required.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "action": "approve", "items": [{"project": "da-nang-4", "cycle": "me-2026", "version": 3}],
    "comment": "Checked against the city's annual report.", "dry_run": true
}))]
pub(crate) struct NewBulk {
    /// Action: `unchanged`, `submit`, `withdraw`, `approve` or `return`.
    #[schema(value_type = Option<BulkAction>, required, nullable = false, example = "approve")]
    pub action: Option<String>,
    /// The reports, each at most once; at most 500.
    #[schema(max_items = 500)]
    pub items: Option<Vec<NewBulkItem>>,
    /// Selects the reports by their properties. It may find at most 500. Unless `dry_run` is `true`, the `digest` of a
    /// dry run is required.
    pub filter: Option<NewBulkFilter>,
    /// Comment that is added to each report: the reason of a return, which is required, or an optional remark. At most
    /// 10,000 characters.
    #[schema(max_length = 10_000, example = "Checked against the city's annual report.")]
    pub comment: Option<String>,
    /// `true` changes nothing and answers what the result would be. `false` when absent.
    pub dry_run: Option<bool>,
    /// `true` changes nothing unless the action is possible for every report. `false` when absent.
    pub all_or_nothing: Option<bool>,
    /// Digest from the answer of a dry run. If the result would now differ from that answer, nothing is changed and the
    /// answer is 409.
    pub digest: Option<String>,
}

/// A report by its key.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBulkItem {
    /// Code of the project.
    #[schema(required, nullable = false, example = "da-nang-4")]
    pub project: Option<String>,
    /// Slug of the cycle.
    #[schema(required, nullable = false, example = "me-2026")]
    pub cycle: Option<String>,
    /// Version that the caller read. Required unless this is a dry run, a `digest` is sent, or `unchanged` creates the
    /// report.
    #[schema(minimum = 1, example = 3)]
    pub version: Option<i64>,
}

/// Selects reports by the same properties as the parameters of `GET /reports`. Each takes one value, or a list of
/// values of which any may match.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBulkFilter {
    /// States: `draft`, `submitted`, `returned` or `approved`. Not accepted with the action `unchanged`.
    pub state: Option<OneOrMany>,
    /// Slugs of cities.
    pub city: Option<OneOrMany>,
    /// Codes of countries.
    pub country: Option<OneOrMany>,
    /// Slugs of cycles. Required with the action `unchanged`.
    pub cycle: Option<OneOrMany>,
    /// `true` selects reports that were submitted after the due day, or are not submitted although it has passed;
    /// `false` selects all others. Not accepted with the action `unchanged`.
    pub late: Option<bool>,
}

/// One value, or a list of values of which any may match.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// One value.
    One(String),
    /// Several values.
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    /// A derived `Deserialize` would hide what it expects from the reader of bodies, which then could not go on after a
    /// value of a different type.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;
        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a list of texts")
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = items.next_element()? {
                    values.push(value);
                }
                Ok(OneOrMany::Many(values))
            }
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                inner: D,
            ) -> Result<OneOrMany, D::Error> {
                inner.deserialize_any(self)
            }
        }
        d.deserialize_newtype_struct(TEXT_OR_LIST, OneOrManyVisitor)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{body::parse_json, error::ApiError};

    #[test]
    fn filter_takes_one_value_or_several_and_refuses_others_among_other_faults() {
        let body = br#"{"filter": {"state": "draft", "city": ["hue", "vinh"]}}"#;
        let bulk = RawBulkRequest::from(parse_json::<NewBulk>(body).unwrap());
        let filter = bulk.filter.unwrap();
        assert_eq!((filter.state.len(), filter.city.len(), filter.cycle.len()), (1, 2, 0));
        let body = br#"{"action": 1, "filter": {"state": 5, "city": ["hue", 6], "late": 0}}"#;
        let Err(ApiError::Malformed(faults)) = parse_json::<NewBulk>(body) else { panic!() };
        let found: Vec<String> = faults
            .into_iter()
            .map(|f| format!("{}: {}", f.pointer.unwrap_or_default(), f.message))
            .collect();
        insta::assert_snapshot!(found.join("\n"), @r"
        /action: text is expected
        /filter/state: text or a list of texts is expected
        /filter/city/1: text is expected
        /filter/late: true or false is expected
        ");
    }
}
