//! What became another between two releases of a cycle: which project, which field, from what, to what, and why.

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

/// A report that became another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Erratum {
    /// The project.
    pub project: ProjectCode,
    /// Whether the report came, went or changed.
    pub change: ItemOp,
    /// Why, as those said who reopened it, in the order in which they did.
    pub reasons: Vec<String>,
    /// The fields that say something else; empty where the report came or went.
    pub fields: Vec<FieldChange>,
}

/// A field that says something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field of the report as a JSON pointer; under `/header` for one of the project's record.
    pub pointer: String,
    /// What it said.
    pub from: Value,
    /// What it says.
    pub to: Value,
}

/// Compares the reports of two releases, by project. A report that was approved again and says the same is there too,
/// without fields: it is another copy, with another day of its decision.
#[must_use]
pub fn between(before: &[ApprovedReport], after: &[ApprovedReport]) -> Vec<Erratum> {
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
            erratum(code, old, new)
        })
        .collect()
}

fn erratum(
    code: &ProjectCode,
    before: Option<&ApprovedReport>,
    after: Option<&ApprovedReport>,
) -> Option<Erratum> {
    let (change, fields) = match (before, after) {
        (Some(before), Some(after)) if before == after => return None,
        (Some(before), Some(after)) => (ItemOp::Changed, fields(before, after)),
        (None, Some(_)) => (ItemOp::Added, Vec::new()),
        (Some(_), None) => (ItemOp::Removed, Vec::new()),
        (None, None) => return None,
    };
    Some(Erratum { project: code.clone(), change, reasons: Vec::new(), fields })
}

fn fields(before: &ApprovedReport, after: &ApprovedReport) -> Vec<FieldChange> {
    // What cannot be written as JSON was never kept.
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let content = |r: &ApprovedReport| json(serde_json::to_value(&r.content));
    let header = |r: &ApprovedReport| {
        let mut header = json(serde_json::to_value(&r.header));
        without_part_versions(&mut header);
        header
    };
    let mut found = diff::compare("", diff::REPORT, &content(before), &content(after));
    found.extend(diff::compare("/header", diff::HEADER, &header(before), &header(after)));
    found.into_iter().map(|f| FieldChange { pointer: f.pointer, from: f.from, to: f.to }).collect()
}

/// The lists of a header's parts.
const PARTS: [&str; 3] = ["milestones", "indicators", "partnerships"];

/// Leaves out the versions of parts: they count what was typed between two approvals, which is no correction.
fn without_part_versions(header: &mut Value) {
    for list in PARTS {
        let parts = header.get_mut(list).and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
            part.remove("version");
        }
    }
}
