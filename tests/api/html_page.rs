//! Pages as browsers and screen readers need them: read strictly, and looked at for what would be in somebody's way.

use std::collections::{BTreeMap, BTreeSet};

/// An element of a page.
#[derive(Debug, Clone, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// The text in it, that of the elements in it included.
    pub text: String,
    /// The names of the elements that it is in, the outermost first.
    pub within: Vec<String>,
}

impl Element {
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name
    }
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// Elements that have no end.
const VOID: &[&str] = &["meta", "br"];

fn unescape_entities(text: &str) -> String {
    for entity in text.split('&').skip(1) {
        let name = entity.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot"].contains(&name), "&{entity}");
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Reads a page strictly: every element is closed in its order, every attribute is quoted and stands once, and no `<` is
/// anything but a tag.
pub fn parse_page(html: &str) -> Vec<Element> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").unwrap();
    let (mut elements, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>') || text.contains('{'), "{text}");
        for i in &open {
            elements[*i].text.push_str(&unescape_entities(text));
        }
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().unwrap();
            assert_eq!(elements[last].name, name, "{}", elements[last].text);
            continue;
        }
        let element = parse_element(tag, open.iter().map(|i| elements[*i].name.clone()).collect());
        if !VOID.contains(&element.name.as_str()) {
            open.push(elements.len());
        }
        elements.push(element);
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{rest}");
    elements
}

fn parse_element(tag: &str, within: Vec<String>) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "{tag}");
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("{tag}"));
        let (value, after) = after.split_once('"').unwrap();
        assert!(
            attributes.insert(name.trim().to_owned(), unescape_entities(value)).is_none(),
            "{tag}"
        );
        rest = after;
    }
    Element { name: name.to_owned(), attributes, text: String::new(), within }
}

/// Says what about a page would be in somebody's way.
pub fn find_accessibility_faults(page: &[Element]) -> Vec<String> {
    let mut found = Vec::new();
    let (mut rank, mut ids) = (0, BTreeSet::new());
    for e in page {
        if let Some(n) = e.name.strip_prefix('h').and_then(|n| n.parse::<usize>().ok()) {
            if n > rank + 1 || e.text.trim().is_empty() {
                found.push(format!("a heading of rank {n} after {rank}: {}", e.text));
            }
            rank = n;
        }
        if let Some(id) = e.attributes.get("id")
            && !ids.insert(id.as_str())
        {
            found.push(format!("{id} stands twice"));
        }
        let is_unsafe = |name: &String| {
            name.starts_with("on") || ["style", "src", "srcset"].contains(&name.as_str())
        };
        if ["script", "link", "img", "iframe"].contains(&e.name.as_str())
            || e.attributes.keys().any(is_unsafe)
        {
            found.push(format!("{e:?}"));
        }
        if e.is_named("th") && e.attribute("scope").is_empty() {
            found.push(format!("a head without scope: {}", e.text));
        }
        if e.is_named("svg") && e.attribute("aria-hidden") != "true" {
            found.push("a drawing that is read out".to_owned());
        }
    }
    for e in page {
        let targets = [e.attribute("href").trim_start_matches('#'), e.attribute("aria-labelledby")];
        for target in targets.into_iter().filter(|t| !t.is_empty()) {
            if !ids.contains(target) {
                found.push(format!("nothing is called {target}"));
            }
        }
    }
    let count = |name: &str| page.iter().filter(|e| e.is_named(name)).count();
    if (count("h1"), count("main"), count("caption")) != (1, 1, count("table")) {
        found.push("one h1, one main, and a caption to each table are expected".to_owned());
    }
    found
}
