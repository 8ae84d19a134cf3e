//! Differences between two versions of a report: field by field, texts by words, lists by items. It compares the JSON
//! that the API returns, so that a difference has the form that clients know.

use serde_json::Value;

use crate::domain::value::text_enum;

pub(crate) mod word_diff;

use word_diff::TextRun;

text_enum! {
    /// How a field is compared.
    pub(crate) FieldKind(field_kind) {
        /// Word by word.
        Text = "text",
        /// As a whole.
        Value = "value",
        /// Item by item.
        List = "list",
    }
}
text_enum! {
    /// What happened to an item of a list.
    pub ItemOp(operation) {
        /// The item was added.
        Added = "added",
        /// The item was removed.
        Removed = "removed",
        /// The item changed.
        Changed = "changed",
    }
}

/// The name of a field, and how it is compared.
pub(crate) type ComparedField = (&'static str, FieldKind);

/// The fields of a report, in the order of the form.
pub(crate) const REPORT: &[ComparedField] = &[
    ("status", FieldKind::Value),
    ("status_reason", FieldKind::Text),
    ("percent_complete", FieldKind::Value),
    ("percent_method", FieldKind::Value),
    ("achievements", FieldKind::Text),
    ("challenges", FieldKind::Text),
    ("next_steps", FieldKind::Text),
    ("support_needed", FieldKind::Text),
    ("spent", FieldKind::Value),
    ("milestones", FieldKind::List),
    ("indicator_values", FieldKind::List),
    ("evidence", FieldKind::List),
    ("unchanged", FieldKind::Value),
];

/// The fields of the project's record that a report freezes.
pub(crate) const HEADER: &[ComparedField] = &[
    ("code", FieldKind::Value),
    ("city", FieldKind::Value),
    ("country", FieldKind::Value),
    ("plan_cycle", FieldKind::Value),
    ("title", FieldKind::Text),
    ("title_local", FieldKind::Text),
    ("summary", FieldKind::Text),
    ("focus_area", FieldKind::Value),
    ("other_focus_areas", FieldKind::List),
    ("sub_area", FieldKind::Value),
    ("outcomes", FieldKind::List),
    ("enablers", FieldKind::List),
    ("sectors", FieldKind::List),
    ("tags", FieldKind::List),
    ("priority", FieldKind::Value),
    ("starts_on", FieldKind::Value),
    ("ends_on", FieldKind::Value),
    ("dates_reason", FieldKind::Text),
    ("budget", FieldKind::Value),
    ("support_required", FieldKind::Text),
    ("location", FieldKind::Value),
    ("sdgs", FieldKind::List),
    ("inclusion_note", FieldKind::Text),
    ("continues", FieldKind::Value),
    ("archived", FieldKind::Value),
    ("imported", FieldKind::Value),
    ("milestones", FieldKind::List),
    ("indicators", FieldKind::List),
    ("partnerships", FieldKind::List),
];

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldDiff {
    /// The field, as a JSON pointer.
    pub pointer: String,
    /// How the field was compared.
    pub kind: FieldKind,
    /// The earlier value.
    pub from: Value,
    /// The later value.
    pub to: Value,
    /// The changed words of a text; empty for other fields.
    pub words: Vec<TextRun>,
    /// The changed items of a list; empty for other fields.
    pub items: Vec<ItemDiff>,
}

/// An item of a list that differs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ItemDiff {
    pub op: ItemOp,
    /// The key that identifies the item in its list.
    pub key: String,
    /// The earlier value; null if the item was added.
    pub from: Value,
    /// The later value; null if the item was removed.
    pub to: Value,
}

/// Compares the fields of two objects; a missing object counts as empty. `below` is the JSON pointer of the objects.
#[must_use]
pub(crate) fn compare_fields(
    below: &str,
    fields: &[ComparedField],
    from: &Value,
    to: &Value,
) -> Vec<FieldDiff> {
    let at = |object: &Value, name: &str| object.get(name).cloned().unwrap_or_default();
    fields
        .iter()
        .filter_map(|(name, kind)| {
            let pointer = format!("{below}/{name}");
            compare_field(pointer, *kind, at(from, name), at(to, name))
        })
        .collect()
}

fn compare_field(pointer: String, kind: FieldKind, from: Value, to: Value) -> Option<FieldDiff> {
    if from == to {
        return None;
    }
    let (words, items) = match kind {
        FieldKind::Text => {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (word_diff::compare_texts(&text(&from), &text(&to)), Vec::new())
        }
        FieldKind::Value => (Vec::new(), Vec::new()),
        FieldKind::List => {
            let items = compare_lists(list_items(&from), list_items(&to));
            // The same items in a different order are no change.
            if items.is_empty() {
                return None;
            }
            (Vec::new(), items)
        }
    };
    Some(FieldDiff { pointer, kind, from, to, words, items })
}

fn list_items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Pairs items by their keys. The result has the present items first, in their order, then the removed ones.
fn compare_lists(from: &[Value], to: &[Value]) -> Vec<ItemDiff> {
    let mut left: Vec<(String, &Value)> = from.iter().map(|item| (item_key(item), item)).collect();
    let mut out = Vec::new();
    for item in to {
        let key = item_key(item);
        match left.iter().position(|(k, _)| *k == key) {
            Some(place) => {
                let (_, before) = left.remove(place);
                if before != item {
                    let (from, to) = (before.clone(), item.clone());
                    out.push(ItemDiff { op: ItemOp::Changed, key, from, to });
                }
            }
            None => {
                out.push(ItemDiff { op: ItemOp::Added, key, from: Value::Null, to: item.clone() });
            }
        }
    }
    out.extend(left.into_iter().map(|(key, item)| ItemDiff {
        op: ItemOp::Removed,
        key,
        from: item.clone(),
        to: Value::Null,
    }));
    out
}

/// Returns the key of an item: the milestone of a reached milestone, the indicator and day of a value, the address of a
/// link, the id of a record, or the value itself.
fn item_key(item: &Value) -> String {
    let of = |name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let measured = || Some(format!("{}/{}", of("indicator_id")?, of("measured_on")?));
    of("milestone_id")
        .or_else(measured)
        .or_else(|| of("url"))
        .or_else(|| of("id"))
        .or_else(|| item.as_str().map(str::to_owned))
        .unwrap_or_else(|| item.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(from: &Value, to: &Value) -> Vec<String> {
        let items = |diff: &FieldDiff| -> String {
            diff.items.iter().map(|i| format!(" {} {}", i.op, i.key)).collect::<Vec<_>>().concat()
        };
        compare_fields("", REPORT, from, to)
            .iter()
            .map(|diff| format!("{} {}{}", diff.pointer, diff.kind, items(diff)))
            .collect()
    }

    #[test]
    fn fields_that_say_the_same_are_left_out() {
        let from = json!({ "status": "ongoing", "achievements": "One.", "unchanged": false });
        let to = json!({ "status": "completed", "achievements": "One. Two.", "unchanged": false });
        assert_eq!(told(&from, &to), ["/status value", "/achievements text"]);
        assert!(told(&to, &to).is_empty());
        let diff =
            compare_fields("/header", HEADER, &json!({ "title": "A" }), &json!({ "title": "B" }));
        assert_eq!(diff.len(), 1);
        assert_eq!(diff[0].pointer, "/header/title");
        assert_eq!(diff[0].words.len(), 2);
    }

    #[test]
    fn what_was_not_there_before_is_compared_with_nothing() {
        let to = json!({ "status": "ongoing", "achievements": "One.", "milestones": [], "evidence": [{ "title": "T", "url": "https://a.example/" }] });
        assert_eq!(
            told(&Value::Null, &to),
            ["/status value", "/achievements text", "/evidence list added https://a.example/"]
        );
    }

    #[test]
    fn items_are_paired_by_what_they_are_known_by() {
        let value = |day: &str, value: f64| json!({ "indicator_id": "i", "value": value, "measured_on": day });
        let done = |id: &str, day: &str| json!({ "milestone_id": id, "completed_on": day });
        let from = json!({
            "milestones": [done("a", "2026-01-01"), done("b", "2026-02-01")],
            "indicator_values": [value("2026-01-01", 1.0), value("2026-06-01", 2.0)]
        });
        let to = json!({
            "milestones": [done("b", "2026-03-01"), done("c", "2026-01-01")],
            "indicator_values": [value("2026-06-01", 2.0), value("2026-01-01", 1.0)]
        });
        // The values are in a different order, which is no change.
        assert_eq!(told(&from, &to), ["/milestones list changed b added c removed a"]);
        let twice =
            json!({ "evidence": [{ "url": "u", "title": "A" }, { "url": "u", "title": "B" }] });
        let once = json!({ "evidence": [{ "url": "u", "title": "A" }] });
        assert_eq!(told(&twice, &once), ["/evidence list removed u"]);
        let words =
            compare_fields("", HEADER, &json!({ "sdgs": [1, 11] }), &json!({ "sdgs": [11, 13] }));
        let keys: Vec<&str> = words[0].items.iter().map(|i| i.key.as_str()).collect();
        assert_eq!(keys, ["13", "1"]);
    }
}
