//! The checked-in contract. Its text is part of the program, and the parts that the service needs are read once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// The document as it is checked in: indented JSON with a line break at the end.
pub const CHECKED_IN: &str = include_str!("../../../openapi/v1.json");

/// The parts of the contract that requests need.
#[derive(Default)]
pub(crate) struct CheckedInContract {
    pub paths: Vec<PathTemplate>,
    /// The names of the members of each schema.
    members: HashMap<String, Vec<String>>,
}

/// A path of the contract with its methods.
pub(crate) struct PathTemplate {
    segments: Vec<String>,
    pub methods: Vec<&'static str>,
}

impl PathTemplate {
    fn from_document(path: &str, item: &PathItemParts) -> Self {
        // HEAD is answered wherever GET is.
        let known = [
            ("GET", &item.get),
            ("HEAD", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        Self {
            segments: path.split('/').map(str::to_owned).collect(),
            methods: known
                .into_iter()
                .filter_map(|(name, operation)| operation.as_ref().map(|_| name))
                .collect(),
        }
    }

    pub(crate) fn matches_path(&self, path: &str) -> bool {
        let mut given = path.split('/');
        let known = self.segments.iter().all(|segment| {
            given.next().is_some_and(|g| {
                if segment.starts_with('{') { !g.is_empty() } else { segment == g }
            })
        });
        known && given.next().is_none()
    }
}

/// The parts of the document that are read.
#[derive(Deserialize)]
struct DocumentParts {
    paths: BTreeMap<String, PathItemParts>,
    components: ComponentParts,
}

/// The operations of a path. Only their presence is read.
#[derive(Default, Deserialize)]
struct PathItemParts {
    get: Option<IgnoredAny>,
    post: Option<IgnoredAny>,
    put: Option<IgnoredAny>,
    patch: Option<IgnoredAny>,
    delete: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ComponentParts {
    schemas: HashMap<String, SchemaParts>,
}

#[derive(Deserialize)]
struct SchemaParts {
    #[serde(default)]
    properties: BTreeMap<String, Value>,
}

/// Returns the parts of the contract that requests need.
pub(crate) fn checked_in_contract() -> &'static CheckedInContract {
    static CONTRACT: OnceLock<CheckedInContract> = OnceLock::new();
    // A test compares the text with the operations, so it is always a document. It is empty only in the build that runs
    // while the file is regenerated.
    CONTRACT.get_or_init(|| read_contract(CHECKED_IN).unwrap_or_default())
}

fn read_contract(text: &str) -> serde_json::Result<CheckedInContract> {
    let document: DocumentParts = serde_json::from_str(text)?;
    let paths = &document.paths;
    let schemas = document.components.schemas;
    Ok(CheckedInContract {
        paths: paths.iter().map(|(path, of)| PathTemplate::from_document(path, of)).collect(),
        members: schemas
            .into_iter()
            .map(|(name, schema)| (name, schema.properties.into_keys().collect()))
            .collect(),
    })
}

/// Lists the members of a schema. The list is empty if the schema is not an object.
pub(crate) fn list_schema_members(schema: &str) -> Vec<String> {
    checked_in_contract().members.get(schema).cloned().unwrap_or_default()
}

/// Removes the white space between the tokens of JSON.
pub(super) fn minify_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if !quoted && c.is_ascii_whitespace() {
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_matches_segment_by_segment() {
        let template = PathTemplate::from_document(
            "/api/v1/projects/{project}/reports",
            &PathItemParts { get: Some(IgnoredAny), ..PathItemParts::default() },
        );
        assert_eq!(template.methods, ["GET", "HEAD"]);
        assert!(template.matches_path("/api/v1/projects/da-nang-4/reports"));
        for other in [
            "/api/v1/projects//reports",
            "/api/v1/projects/da-nang-4/reports/",
            "/api/v1/projects/da-nang-4",
            "/api/v1/projects/da-nang-4/reports/me-2026",
            "/",
            "",
        ] {
            assert!(!template.matches_path(other), "{other}");
        }
    }

    #[test]
    fn minified_json_keeps_white_space_in_texts() {
        let value = serde_json::json!({
            "a \"b\" ": [1, 2.5, " \\", "\\\"  \n"], "empty": {}, "none": [], "text": "two  words"
        });
        let pretty = serde_json::to_string_pretty(&value).unwrap_or_default();
        assert_eq!(minify_json(&pretty), value.to_string());
    }

    #[test]
    fn the_checked_in_contract_can_be_read() {
        let contract = read_contract(CHECKED_IN).unwrap_or_default();
        assert!(contract.paths.len() > 50 && contract.members.len() > 100);
    }
}
