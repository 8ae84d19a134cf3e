//! Renders answers as text for inline snapshots. Values that differ from run to run are replaced: ids, hashes, secrets, cursors
//! and journal numbers. Times stay, because the clock of a test stands still.

use serde_json::Value;
use uuid::Uuid;

use crate::helpers::TestResponse;

/// An object or array that fits in this number of characters is written on one line.
const WIDTH: usize = 100;

impl TestResponse {
    /// Renders the status, the media type if it is not `application/json`, the `Location`, and the body.
    pub fn show(&self) -> String {
        let mut lines = vec![self.status.to_string()];
        for name in ["content-type", "location"] {
            if let Some(value) = self.header(name).filter(|v| *v != "application/json") {
                lines.push(format!("{name}: {}", mask_text(value)));
            }
        }
        lines.push(match serde_json::from_str(&self.text) {
            Ok(body) => show_json(&body),
            Err(_) => mask_text(&self.text),
        });
        lines.join("\n")
    }

    /// Renders the status and these members of the body, each on its own line. `header/title` is a member of a member.
    pub fn show_members(&self, names: &[&str]) -> String {
        format!("{}\n{}", self.status, show_members(&self.json(), names))
    }

    /// Renders these headers, each on its own line.
    pub fn show_headers(&self, names: &[&str]) -> String {
        let line = |name: &&str| format!("{name}: {}", self.header(name).unwrap_or("(absent)"));
        names.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Renders these members of a JSON value, each on its own line. `header/title` is a member of a member.
pub fn show_members(value: &Value, names: &[&str]) -> String {
    let line = |name: &&str| match find_member(value, name) {
        Some(member) => {
            let member = mask_value(name.rsplit('/').next().unwrap(), member);
            format!("{name}: {}", render(&member, 0))
        }
        None => format!("{name}: (absent)"),
    };
    names.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Finds a member of a member. All members of null are null.
fn find_member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('/').try_fold(value, |value, step| match value {
        Value::Null => Some(value),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => value.get(step),
    })
}

/// Renders a JSON value: an object or array that is too long for one line has one member or item a line.
pub fn show_json(value: &Value) -> String {
    render(&mask_value("", value), 0)
}

/// Renders each item of a list as a line: these members of it, separated by spaces.
pub fn show_items(list: &Value, names: &[&str]) -> String {
    let member = |item: &Value, name: &str| match find_member(item, name) {
        Some(Value::String(text)) => mask_text(text),
        Some(other) => render_on_one_line(&mask_value("", other)),
        None => "(absent)".to_owned(),
    };
    let line =
        |item: &Value| names.iter().map(|name| member(item, name)).collect::<Vec<_>>().join(" ");
    list.as_array().unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Replaces what differs from run to run in the member `name` of an object.
fn mask_value(name: &str, value: &Value) -> Value {
    match value {
        Value::String(_) if name == "next" => Value::from("[cursor]"),
        Value::Number(_) if name == "seq" => Value::from("[seq]"),
        Value::String(text) => Value::from(mask_text(text)),
        Value::Array(items) => items.iter().map(|item| mask_value("", item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), mask_value(name, member))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Replaces ids, hashes and secrets, wherever they stand in a text.
fn mask_text(text: &str) -> String {
    let separates = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
    let mask_piece = |piece: &str| {
        let word = piece.trim_end_matches(separates);
        format!("{}{}", mask_word(word), &piece[word.len()..])
    };
    text.split_inclusive(separates).map(mask_piece).collect()
}

fn mask_word(word: &str) -> &str {
    match word.len() {
        36 if Uuid::parse_str(word).is_ok() => "[id]",
        43 => "[secret]",
        64 => "[hash]",
        _ => word,
    }
}

/// Renders a value that begins at the column `indent`.
fn render(value: &Value, indent: usize) -> String {
    let short = render_on_one_line(value);
    if indent + short.chars().count() <= WIDTH {
        return short;
    }
    let (open, close, lines) = match value {
        Value::Array(items) => ('[', ']', items.iter().map(|v| render(v, indent + 2)).collect()),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("\"{name}\": {}", render(value, indent + name.len() + 6))
            };
            ('{', '}', members.iter().map(member).collect::<Vec<_>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return short,
    };
    let lines: Vec<String> =
        lines.iter().map(|line| format!("  {}", line.replace('\n', "\n  "))).collect();
    format!("{open}\n{}\n{close}", lines.join(",\n"))
}

fn render_on_one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(render_on_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("\"{name}\": {}", render_on_one_line(value))
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[test]
fn snapshot_replaces_ids_hashes_and_secrets_in_texts() {
    let id = Uuid::nil();
    let (hash, token) = ("0".repeat(64), "A".repeat(43));
    let text = format!("da-nang-1/{id} {hash} /s/{token}.json");
    assert_eq!(mask_text(&text), "da-nang-1/[id] [hash] /s/[secret].json");
    let named = "The first statement about quality, 2026-11-20T03:00:00Z";
    assert_eq!(mask_text(named), named);
}
