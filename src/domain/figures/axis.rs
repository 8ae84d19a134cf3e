//! The rows or columns of a table: their keys, names and order.

use std::collections::HashMap;

use super::{Dimension, Fact, Filter, Ground, Question};
use crate::domain::{language::Language, reference::Term, report::Status, words};

/// The key of reports that do not tell.
pub const UNKNOWN: &str = "unknown";

/// A row or column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
}

impl Label {
    fn new(key: impl Into<String>, name: impl Into<String>) -> Self {
        Self { key: key.into(), name: name.into() }
    }
}

/// The rows or columns of a table.
pub(super) struct Axis {
    dimension: Option<Dimension>,
    labels: Vec<Label>,
    places: HashMap<String, usize>,
}

impl Axis {
    /// An axis with one place for everything.
    pub(super) fn single() -> Self {
        Self { dimension: None, labels: vec![Label::new("", "")], places: HashMap::new() }
    }

    /// Makes the axis of a dimension: everything that could have been reported, so that a zero is a zero; nothing that
    /// the filter rules out, because a zero there would say something that was not asked. `unknown` only where it counts.
    /// Of several grounds that are compared the last one names everything but the cycles.
    pub(super) fn new(
        dimension: Dimension,
        grounds: &[&Ground],
        question: &Question,
        facts: &[&Fact],
    ) -> Self {
        let mut labels = labels(dimension, grounds, question, facts);
        labels.retain(|label| question.filter.wants(dimension, &label.key));
        if facts.iter().any(|fact| fact.keys(dimension).is_empty()) {
            labels.push(Label::new(UNKNOWN, words::label(question.language, "figure", UNKNOWN)));
        }
        let places =
            labels.iter().enumerate().map(|(place, label)| (label.key.clone(), place)).collect();
        Self { dimension: Some(dimension), labels, places }
    }

    pub(super) const fn len(&self) -> usize {
        self.labels.len()
    }
    pub(super) fn labels(&self) -> &[Label] {
        &self.labels
    }
    pub(super) fn into_labels(self) -> Vec<Label> {
        self.labels
    }

    /// Returns where a report counts: in several places where the dimension has several values.
    pub(super) fn places(&self, fact: &Fact) -> Vec<usize> {
        let Some(dimension) = self.dimension else { return vec![0] };
        let mut keys = fact.keys(dimension);
        if keys.is_empty() {
            keys.push(UNKNOWN);
        }
        keys.into_iter().filter_map(|key| self.places.get(key).copied()).collect()
    }
}

fn labels(
    dimension: Dimension,
    grounds: &[&Ground],
    Question { filter, language, .. }: &Question,
    facts: &[&Fact],
) -> Vec<Label> {
    let Some(ground) = grounds.last() else { return Vec::new() };
    match dimension {
        Dimension::FocusArea
        | Dimension::SubArea
        | Dimension::Outcome
        | Dimension::Enabler
        | Dimension::Sector => terms((dimension, *language), ground, filter, facts),
        Dimension::Status => Status::ALL
            .iter()
            .map(|s| Label::new(s.as_str(), words::label(*language, "status", s.as_str())))
            .collect(),
        Dimension::Cycle => cycles(grounds),
        Dimension::Country => countries(*language, ground, filter),
        Dimension::City => cities(*language, ground, filter, facts),
    }
}

/// The cycles of all grounds, in the order of their cut-offs.
fn cycles(grounds: &[&Ground]) -> Vec<Label> {
    let mut cycles: Vec<_> = grounds.iter().flat_map(|ground| &ground.basis.cycles).collect();
    cycles.sort_by(|a, b| (a.as_of, &a.slug).cmp(&(b.as_of, &b.slug)));
    cycles.dedup_by(|a, b| a.slug == b.slug);
    cycles.into_iter().map(|c| Label::new(c.slug.as_str(), c.name.as_str())).collect()
}

/// The framework's words in its order. A word that was dropped from it since stays where reports use it.
fn terms(
    (dimension, language): (Dimension, Language),
    ground: &Ground,
    filter: &Filter,
    facts: &[&Fact],
) -> Vec<Label> {
    let name = |t: &Term| words::term(language, dimension.as_str(), &t.names, &t.slug);
    let parent_wanted = |term: &&Term| {
        dimension != Dimension::SubArea
            || term.parent.as_deref().is_none_or(|p| filter.wants(Dimension::FocusArea, p))
    };
    let mut labels: Vec<Label> = ground
        .terms(dimension)
        .iter()
        .filter(parent_wanted)
        .map(|t| Label::new(&t.slug, name(t)))
        .collect();
    for key in facts.iter().flat_map(|fact| fact.keys(dimension)) {
        if !labels.iter().any(|l| l.key == key) {
            labels.push(Label::new(key, key));
        }
    }
    labels
}

fn countries(language: Language, ground: &Ground, filter: &Filter) -> Vec<Label> {
    let asked = |code| {
        // A country without cities yet belongs to the whole network; else one of its cities must be asked about.
        let mut cities = ground.cities.iter().filter(|c| c.country == code).peekable();
        match cities.peek() {
            None => ground.reach.everything && !filter.wanted.contains_key(&Dimension::City),
            Some(_) => {
                cities.any(|c| ground.sees(c) && filter.wants(Dimension::City, c.slug.as_str()))
            }
        }
    };
    ground
        .countries
        .iter()
        .filter(|c| asked(c.code))
        .map(|c| (c.code.as_str(), &c.names))
        .map(|(key, names)| Label::new(key, words::term(language, "country", names, key)))
        .collect()
}

fn cities(language: Language, ground: &Ground, filter: &Filter, facts: &[&Fact]) -> Vec<Label> {
    ground
        .cities
        .iter()
        .filter(|c| ground.sees(c) && filter.admits_city(c))
        .filter(|c| {
            c.pilot
                || ground.with_project.contains(&c.slug)
                || facts.iter().any(|f| f.city == c.slug)
        })
        .map(|c| (c.slug.as_str(), &c.names))
        .map(|(key, names)| Label::new(key, words::name(language, names, key)))
        .collect()
}
