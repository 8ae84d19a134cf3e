//! Within `v1` only additions: whoever was served by the last release is served by this code as well.
//!
//! `openapi/v1.baseline.json` is `openapi/v1.json` as it was released last. It is a file and no older commit, because a shallow
//! checkout has none. A release moves it: `cp openapi/v1.json openapi/v1.baseline.json`. What was never released may change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

mod checker_cases;
mod clarifications;

use clarifications::{CLARIFICATIONS, CLOSED_LISTS};

/// A promise of the baseline that the service never kept, and that the contract therefore takes back.
struct Correction {
    /// The faults that the comparison finds because of it.
    faults: &'static [&'static str],
    /// Why the promise was wrong.
    reason: &'static str,
    /// The test that shows what the service does, as `file::function`.
    test: &'static str,
}

/// Every correction since the baseline. A release that moves the baseline empties this list.
const CORRECTIONS: &[Correction] = &[
    Correction {
        faults: &[
            "DELETE /api/v1/me/calendar: 412 is gone",
            "DELETE /api/v1/me/calendar: 428 is gone",
            "DELETE /api/v1/me/calendar: parameter If-Match is gone",
        ],
        reason: "the address of a calendar has no version that a caller could have read: the service \
             never looked at If-Match and never answered 412 or 428",
        test: "calendar::delete_calendar_ignores_if_match",
    },
    Correction {
        faults: &["GET /calendar/{token}.ics: 200 has no header ETag now"],
        reason: "a calendar was always answered without a tag",
        test: "calendar::read_calendar_has_no_etag",
    },
];

/// Patterns of the baseline, each with the pattern that takes its place and matches more texts. They are about `If-Match`: a
/// tag may be weak, and that of a compressed answer ends in `-gzip`.
const WIDER_PATTERNS: &[(&str, &str)] =
    &[(r#"^"v[0-9]+(-[0-9a-f]+)?"$"#, r#"^(W/)?"v[0-9]+(-[0-9a-z-]+)?"$"#)];

/// Which way a value goes: what is sent to the service may only be accepted more widely, what comes back be promised more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    In,
    Out,
}

/// Two documents, and what the second takes away from those who know the first.
struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Pairs of schemas that were compared: each is told of once, and one that contains itself ends.
    seen: BTreeSet<(usize, usize, Way)>,
    faults: Vec<String>,
    /// The lists of values that the second document has at places where the first one took every text.
    closed_lists: BTreeMap<String, &'a Value>,
}

/// Says what a document takes away from those who know the one before.
fn find_breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    compare_documents(old, new).faults
}

fn compare_documents<'a>(old: &'a Value, new: &'a Value) -> Comparison<'a> {
    let (seen, closed_lists) = (BTreeSet::new(), BTreeMap::new());
    let mut all = Comparison { old, new, seen, faults: Vec::new(), closed_lists };
    for (path, item) in object_members(&old["paths"]) {
        for (method, operation) in object_members(item) {
            let at = format!("{} {path}", method.to_uppercase());
            match new["paths"].get(path).and_then(|item| item.get(method)) {
                Some(now) => all.compare_operation(&at, operation, now),
                None => all.add_fault(&at, "is gone"),
            }
        }
    }
    // Generated clients name their types after the components.
    for (kind, components) in object_members(&old["components"]) {
        for (name, _) in object_members(components) {
            if new["components"][kind].get(name).is_none() {
                all.add_fault(&format!("components/{kind}/{name}"), "is gone");
            }
        }
    }
    all
}

fn object_members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn array_items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Follows a reference to where it leads.
fn resolve_reference<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(to) => {
            resolve_reference(document, document.pointer(to.trim_start_matches('#')).unwrap())
        }
        None => value,
    }
}

/// The types that a value may have, each with the schema that says more.
fn schema_alternatives<'a>(document: &'a Value, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let schema = resolve_reference(document, schema);
    if let Some(parts) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return parts.iter().flat_map(|part| schema_alternatives(document, part)).collect();
    }
    match &schema["type"] {
        Value::String(kind) => vec![(kind, schema)],
        Value::Array(kinds) => kinds.iter().map(|k| (k.as_str().unwrap(), schema)).collect(),
        _ => vec![("any", schema)],
    }
}

/// Says whether every value of one type is one of another.
fn type_includes(wide: &str, narrow: &str) -> bool {
    wide == narrow || wide == "any" || (wide, narrow) == ("number", "integer")
}

impl<'a> Comparison<'a> {
    fn add_fault(&mut self, at: &str, what: &str) {
        self.faults.push(format!("{at} {what}"));
    }

    fn compare_operation(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        if old["operationId"] != new["operationId"] {
            self.add_fault(at, "has another operationId");
        }
        if array_items(&old["security"]).next().is_none()
            && array_items(&new["security"]).next().is_some()
        {
            self.add_fault(at, "asks for credentials now");
        }
        self.compare_parameters(at, old, new);
        let (before, now) = (&old["requestBody"], &new["requestBody"]);
        if now["required"] == true && before["required"] != true {
            self.add_fault(at, "asks for a body now");
        }
        self.compare_contents(&format!("{at}: request"), Way::In, before, now);
        for (status, before) in object_members(&old["responses"]) {
            let at = format!("{at}: {status}");
            let Some(now) = new["responses"].get(status) else {
                self.add_fault(&at, "is gone");
                continue;
            };
            let (before, now) =
                (resolve_reference(self.old, before), resolve_reference(self.new, now));
            for (name, _) in object_members(&before["headers"]) {
                if now["headers"].get(name).is_none() {
                    self.add_fault(&at, &format!("has no header {name} now"));
                }
            }
            self.compare_contents(&at, Way::Out, before, now);
        }
    }

    fn compare_parameters(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        let same = |a: &Value, b: &Value| a["name"] == b["name"] && a["in"] == b["in"];
        let before_and_now = [(self.old, old), (self.new, new)];
        let [before, now] = before_and_now.map(|(document, operation)| -> Vec<&'a Value> {
            array_items(&operation["parameters"]).map(|p| resolve_reference(document, p)).collect()
        });
        for before in &before {
            let at = format!("{at}: parameter {}", before["name"].as_str().unwrap());
            match now.iter().find(|now| same(before, now)) {
                Some(now) => self.compare_schema(&at, Way::In, &before["schema"], &now["schema"]),
                None => self.add_fault(&at, "is gone"),
            }
        }
        for now in now.iter().filter(|now| now["required"] == true) {
            let before = before.iter().find(|before| same(before, now));
            if before.is_none_or(|before| before["required"] != true) {
                self.add_fault(at, &format!("asks for the parameter {}", now["name"]));
            }
        }
    }

    fn compare_contents(&mut self, at: &str, way: Way, old: &'a Value, new: &'a Value) {
        for (media, before) in object_members(&old["content"]) {
            match new["content"].get(media) {
                Some(now) => self.compare_schema(at, way, &before["schema"], &now["schema"]),
                None => self.add_fault(at, &format!("is not {media} now")),
            }
        }
    }

    /// Compares type by type; the second object among several is compared with the second one.
    fn compare_schema(&mut self, at: &str, way: Way, old: &'a Value, new: &'a Value) {
        let (olds, news) = (schema_alternatives(self.old, old), schema_alternatives(self.new, new));
        let (narrow, wide) = match way {
            Way::In => (&olds, &news),
            Way::Out => (&news, &olds),
        };
        for (i, (kind, one)) in narrow.iter().enumerate() {
            let nth = narrow[..i].iter().filter(|(k, _)| k == kind).count();
            match (wide.iter().filter(|(k, _)| type_includes(k, kind)).nth(nth), way) {
                (Some((_, other)), Way::In) => self.compare_value(at, way, one, other),
                (Some((_, other)), Way::Out) => self.compare_value(at, way, other, one),
                (None, Way::In) => self.add_fault(at, &format!("is no {kind} now")),
                (None, Way::Out) => self.add_fault(at, &format!("may be {kind} now")),
            }
        }
        for (kind, _) in olds.iter().filter(|(k, _)| way == Way::Out && *k != "null") {
            if !news.iter().any(|(k, _)| type_includes(kind, k)) {
                self.add_fault(at, &format!("is never {kind} now"));
            }
        }
    }

    fn compare_value(&mut self, at: &str, way: Way, old: &'a Value, new: &'a Value) {
        let address = |value: &'a Value| std::ptr::from_ref(value).addr();
        if !self.seen.insert((address(old), address(new), way)) {
            return;
        }
        for unknown in ["not", "const", "prefixItems", "patternProperties"] {
            if new.get(unknown).is_some() {
                self.add_fault(
                    at,
                    &format!("is written with {unknown}, which is not compared yet"),
                );
            }
        }
        match way {
            Way::In => self.compare_request_value(at, old, new),
            Way::Out => self.compare_response_value(at, old, new),
        }
        let (parts, now) = (array_items(&old["allOf"]).count(), array_items(&new["allOf"]).count());
        if parts != now {
            self.add_fault(at, "is put together of other parts");
        }
        for (before, now) in array_items(&old["allOf"]).zip(array_items(&new["allOf"])) {
            self.compare_schema(at, way, before, now);
        }
        for (name, before) in object_members(&old["properties"]) {
            let at = format!("{at}.{name}");
            match new["properties"].get(name) {
                Some(now) => self.compare_schema(&at, way, before, now),
                None => self.add_fault(&at, "is gone"),
            }
        }
        for (inner, mark) in [("items", "[]"), ("additionalProperties", "{}")] {
            if old[inner].is_object() || new[inner].is_object() {
                self.compare_schema(&format!("{at}{mark}"), way, &old[inner], &new[inner]);
            }
        }
    }

    /// What was accepted is accepted still.
    fn compare_request_value(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        for name in array_items(&new["required"])
            .filter(|n| !array_items(&old["required"]).any(|o| o == *n))
        {
            self.add_fault(at, &format!("asks for {name}"));
        }
        if new["additionalProperties"] == false && old["additionalProperties"] != false {
            self.add_fault(at, "refuses unknown members now");
        }
        let given = |key: &str| new.get(key).is_some() && old.get(key) != new.get(key);
        if new.get("enum").is_some() {
            for word in
                array_items(&old["enum"]).filter(|w| !array_items(&new["enum"]).any(|n| n == *w))
            {
                self.add_fault(at, &format!("does not take {word} now"));
            }
        }
        let narrows = |key: &str| match (old[key].as_f64(), new[key].as_f64()) {
            (Some(before), Some(now)) if key.starts_with("min") => now > before,
            (Some(before), Some(now)) => now < before,
            (_, now) => now.is_some(),
        };
        let bounds = [
            "minimum",
            "minLength",
            "minItems",
            "maximum",
            "maxLength",
            "maxItems",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ];
        let mut narrower: Vec<&str> = bounds.into_iter().filter(|key| narrows(key)).collect();
        let wider = WIDER_PATTERNS.contains(&(
            old["pattern"].as_str().unwrap_or_default(),
            new["pattern"].as_str().unwrap_or_default(),
        ));
        let texts = ["format", "pattern", "propertyNames"].into_iter();
        narrower.extend(texts.filter(|k| given(k) && !(wider && *k == "pattern")));
        if given("enum") && old.get("enum").is_none() {
            self.closed_lists.insert(at.to_owned(), &new["enum"]);
            narrower.push("enum");
        }
        for key in narrower {
            self.add_fault(at, &format!("is narrower by its {key}"));
        }
    }

    /// What was answered is answered still; words may be added, as the descriptions of such fields say.
    fn compare_response_value(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        for name in array_items(&old["required"])
            .filter(|n| !array_items(&new["required"]).any(|o| o == *n))
        {
            self.add_fault(at, &format!("may lack {name} now"));
        }
        if old.get("format").is_some() && old["format"] != new["format"] {
            self.add_fault(at, "has another format");
        }
    }
}

fn read_document(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn openapi_has_no_breaking_changes_since_the_baseline_except_listed_ones() {
    let (old, new) = (read_document("openapi/v1.baseline.json"), read_document("openapi/v1.json"));
    let found: BTreeSet<String> = find_breaking_changes(&old, &new).into_iter().collect();
    let corrections = CORRECTIONS.iter().flat_map(|c| c.faults);
    let clarifications = CLARIFICATIONS.iter().flat_map(|c| c.faults);
    let lists = CLOSED_LISTS.iter().flat_map(|list| list.places);
    let lists = lists.map(|place| format!("{place} is narrower by its enum"));
    let listed: BTreeSet<String> =
        corrections.chain(clarifications).map(|fault| (*fault).to_owned()).chain(lists).collect();
    let unlisted: Vec<&String> = found.difference(&listed).collect();
    let needless: Vec<&String> = listed.difference(&found).collect();
    assert!(unlisted.is_empty(), "within v1 only additions: {unlisted:#?}");
    assert!(needless.is_empty(), "corrections of nothing: {needless:#?}");
}

#[test]
fn every_new_closed_list_names_the_values_that_were_taken_before() {
    let (old, new) = (read_document("openapi/v1.baseline.json"), read_document("openapi/v1.json"));
    let found = compare_documents(&old, &new).closed_lists;
    let listed: BTreeMap<&str, &[&str]> = CLOSED_LISTS
        .iter()
        .flat_map(|list| list.places.iter().map(|place| (*place, list.values)))
        .collect();
    for (place, values) in &found {
        let told: Vec<&str> = array_items(values).filter_map(Value::as_str).collect();
        let known = listed.get(place.as_str());
        let Some(before) = known else { panic!("{place:?} takes only {told:?} now") };
        let missing: Vec<_> = before.iter().filter(|value| !told.contains(value)).collect();
        assert!(missing.is_empty(), "{place} does not take {missing:?} now");
    }
    let needless: Vec<_> = listed.keys().filter(|place| !found.contains_key(**place)).collect();
    assert!(needless.is_empty(), "no closed lists: {needless:#?}");
}

#[test]
fn every_correction_gives_its_reason_and_a_test_that_exists() {
    let corrections = CORRECTIONS.iter().map(|c| (c.reason, c.test));
    let clarifications = CLARIFICATIONS.iter().map(|c| (c.reason, c.test));
    let told = "the list names exactly the values that the service took";
    let lists = CLOSED_LISTS.iter().map(|list| (told, list.test));
    for (reason, test) in corrections.chain(clarifications).chain(lists) {
        assert!(reason.len() > 20, "{test}: no reason");
        let (file, function) = test.split_once("::").unwrap();
        let source = fs::read_to_string(format!("tests/api/{file}.rs")).unwrap();
        assert!(source.contains(&format!("async fn {function}(")), "there is no test {test}");
    }
}
