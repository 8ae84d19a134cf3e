//! Errata: which fields of which reports changed between two releases of a cycle, and why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{
    project::ProjectCode,
    report::{
        ApprovedReport,
        diff::{self, ItemOp},
    },
};

/// A report that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Erratum {
    pub project: ProjectCode,
    /// Whether the report was added, removed or changed.
    pub change: ItemOp,
    /// The reasons of the reopenings, oldest first.
    pub reasons: Vec<String>,
    /// The changed fields; empty if the report was added or removed.
    pub fields: Vec<FieldChange>,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field of the report, as a JSON pointer. Fields of the project's record are below `/header`.
    pub pointer: String,
    /// The earlier value.
    pub from: Value,
    /// The later value.
    pub to: Value,
}

/// Compares the reports of two releases, by project. A report that was approved again with the same content is listed
/// without fields: it is a new copy with a new decision time.
#[must_use]
pub(crate) fn compare_reports(before: &[ApprovedReport], after: &[ApprovedReport]) -> Vec<Erratum> {
    let by_code = |reports: &'_ [ApprovedReport]| -> BTreeMap<ProjectCode, usize> {
        reports.iter().enumerate().map(|(i, r)| (r.code.clone(), i)).collect()
    };
    let (old, new) = (by_code(before), by_code(after));
    let mut codes: Vec<&ProjectCode> = old.keys().chain(new.keys()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
        .into_iter()
        .filter_map(|code| {
            let old = old.get(code).and_then(|i| before.get(*i));
            let new = new.get(code).and_then(|i| after.get(*i));
            compare_report(code, old, new)
        })
        .collect()
}

fn compare_report(
    code: &ProjectCode,
    before: Option<&ApprovedReport>,
    after: Option<&ApprovedReport>,
) -> Option<Erratum> {
    let (change, fields) = match (before, after) {
        (Some(before), Some(after)) if before == after => return None,
        (Some(before), Some(after)) => (ItemOp::Changed, list_field_changes(before, after)),
        (None, Some(_)) => (ItemOp::Added, Vec::new()),
        (Some(_), None) => (ItemOp::Removed, Vec::new()),
        (None, None) => return None,
    };
    Some(Erratum { project: code.clone(), change, reasons: Vec::new(), fields })
}

fn list_field_changes(before: &ApprovedReport, after: &ApprovedReport) -> Vec<FieldChange> {
    // A value that has no JSON form was never stored.
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let content = |r: &ApprovedReport| json(serde_json::to_value(&r.content));
    // Both headers get the same version: a new version number of an unchanged part is no change.
    let header = |r: &ApprovedReport| {
        json(serde_json::to_value(r.header.clone().into_approved_copy(after.version)))
    };
    let mut found = diff::compare_fields("", diff::REPORT, &content(before), &content(after));
    found.extend(diff::compare_fields("/header", diff::HEADER, &header(before), &header(after)));
    found.into_iter().map(|f| FieldChange { pointer: f.pointer, from: f.from, to: f.to }).collect()
}
