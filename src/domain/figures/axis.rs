//! The rows or columns of a table: their keys, names and order.

use std::collections::HashMap;

use super::{
    Dimension, FigureDataset, FigureFilter, FigureQuery, ReportFact, dataset::collect_cities,
};
use crate::domain::{
    language::Language, project::GOALS, reference::VocabularyTerm, report::ProjectStatus, wording,
};

/// The key of reports that state no value.
pub const UNKNOWN: &str = "unknown";

/// A row or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisLabel {
    /// The key of the value, such as a slug.
    pub key: String,
    /// The name in the requested language.
    pub name: String,
}

impl AxisLabel {
    fn new(key: impl Into<String>, name: impl Into<String>) -> Self {
        Self { key: key.into(), name: name.into() }
    }
}

/// All rows or all columns of a table.
pub(super) struct TableAxis {
    dimension: Option<Dimension>,
    labels: Vec<AxisLabel>,
    places: HashMap<String, usize>,
}

/// The rows and the columns of a table.
pub(super) struct TableAxes {
    pub(super) rows: TableAxis,
    /// One column if the table is a list of rows.
    pub(super) columns: TableAxis,
}

impl TableAxes {
    /// Creates the axes of a question. See [`TableAxis::new`].
    pub(super) fn new(
        datasets: &[&FigureDataset],
        question: &FigureQuery,
        facts: &[&ReportFact],
    ) -> Self {
        let axis = |dimension| TableAxis::new(dimension, datasets, question, facts);
        let columns = question.columns.map_or_else(TableAxis::single_place, axis);
        Self { rows: axis(question.rows), columns }
    }
}

impl TableAxis {
    /// Creates an axis with one position for all reports.
    fn single_place() -> Self {
        Self { dimension: None, labels: vec![AxisLabel::new("", "")], places: HashMap::new() }
    }

    /// Creates the axis of a dimension. It has every value that could have been reported, so that a zero means none.
    /// Values that the filter excludes are left out: the reports behind them were not counted, and a zero would be
    /// wrong. `unknown` is added only if a report has no value. If several datasets are compared, the last one gives
    /// the names, except for cycles, which come from all of them.
    pub(super) fn new(
        dimension: Dimension,
        datasets: &[&FigureDataset],
        question: &FigureQuery,
        facts: &[&ReportFact],
    ) -> Self {
        let mut labels = build_labels(dimension, datasets, question, facts);
        labels.retain(|label| question.filter.includes_value(dimension, &label.key));
        if facts.iter().any(|fact| fact.list_keys(dimension).is_empty()) {
            labels.push(AxisLabel::new(
                UNKNOWN,
                wording::value_label(question.language, "figure", UNKNOWN),
            ));
        }
        let places =
            labels.iter().enumerate().map(|(place, label)| (label.key.clone(), place)).collect();
        Self { dimension: Some(dimension), labels, places }
    }

    pub(super) const fn len(&self) -> usize {
        self.labels.len()
    }
    pub(super) fn labels(&self) -> &[AxisLabel] {
        &self.labels
    }
    pub(super) fn into_labels(self) -> Vec<AxisLabel> {
        self.labels
    }

    /// Returns the positions in which a report counts: several if the dimension has several values.
    pub(super) fn find_positions(&self, fact: &ReportFact) -> Vec<usize> {
        let Some(dimension) = self.dimension else { return vec![0] };
        let mut keys = fact.list_keys(dimension);
        if keys.is_empty() {
            keys.push(UNKNOWN);
        }
        keys.into_iter().filter_map(|key| self.places.get(key).copied()).collect()
    }
}

fn build_labels(
    dimension: Dimension,
    datasets: &[&FigureDataset],
    question: &FigureQuery,
    facts: &[&ReportFact],
) -> Vec<AxisLabel> {
    let FigureQuery { filter, language, .. } = question;
    let Some(dataset) = datasets.last() else { return Vec::new() };
    match dimension {
        Dimension::FocusArea
        | Dimension::SubArea
        | Dimension::Outcome
        | Dimension::Enabler
        | Dimension::Sector
        | Dimension::Tag => label_terms(dimension, dataset, question, facts),
        Dimension::Sdg => label_values(*language, dimension, GOALS.map(|goal| goal.to_string())),
        Dimension::PartnerType => {
            let known = dataset.vocabulary.partner_types.iter().cloned();
            let dropped = list_dropped_keys(dimension, &dataset.vocabulary.partner_types, facts);
            label_values(*language, dimension, known.chain(dropped))
        }
        Dimension::Status => ProjectStatus::ALL
            .iter()
            .map(|s| {
                AxisLabel::new(s.as_str(), wording::value_label(*language, "status", s.as_str()))
            })
            .collect(),
        Dimension::Cycle => label_cycles(datasets),
        Dimension::Country => label_countries(*language, dataset, filter),
        Dimension::City => label_cities(*language, dataset, filter, facts),
    }
}

/// Lists the cycles of all datasets, ordered by cut-off.
fn label_cycles(datasets: &[&FigureDataset]) -> Vec<AxisLabel> {
    let mut cycles: Vec<_> = datasets.iter().flat_map(|dataset| &dataset.basis.cycles).collect();
    cycles.sort_by(|a, b| (a.as_of, &a.slug).cmp(&(b.as_of, &b.slug)));
    cycles.dedup_by(|a, b| a.slug == b.slug);
    cycles.into_iter().map(|c| AxisLabel::new(c.slug.as_str(), c.name.as_str())).collect()
}

/// Labels values that have a text in the list of allowed values with the name of the dimension.
fn label_values(
    language: Language,
    dimension: Dimension,
    keys: impl Iterator<Item = String>,
) -> Vec<AxisLabel> {
    let name = |key: &str| wording::value_label(language, dimension.as_str(), key).to_owned();
    keys.map(|key| AxisLabel { name: name(&key), key }).collect()
}

/// Lists the keys that reports have and that are not among the known ones, each once, in the order of the reports.
fn list_dropped_keys(dimension: Dimension, known: &[String], facts: &[&ReportFact]) -> Vec<String> {
    let mut dropped: Vec<String> = Vec::new();
    for key in facts.iter().flat_map(|fact| fact.list_keys(dimension)) {
        if !known.iter().chain(&dropped).any(|other| other == key) {
            dropped.push(key.to_owned());
        }
    }
    dropped
}

/// Returns the dimension that the parents of a dimension's terms belong to.
const fn find_parent_dimension(dimension: Dimension) -> Option<Dimension> {
    match dimension {
        Dimension::SubArea => Some(Dimension::FocusArea),
        Dimension::Tag => Some(Dimension::Country),
        Dimension::FocusArea
        | Dimension::Status
        | Dimension::Country
        | Dimension::City
        | Dimension::Cycle
        | Dimension::Outcome
        | Dimension::Enabler
        | Dimension::Sector
        | Dimension::Sdg
        | Dimension::PartnerType => None,
    }
}

/// Lists the terms of the framework, in its order. A term that was dropped from the framework stays if reports use it.
fn label_terms(
    dimension: Dimension,
    dataset: &FigureDataset,
    question: &FigureQuery,
    facts: &[&ReportFact],
) -> Vec<AxisLabel> {
    let FigureQuery { filter, language, .. } = question;
    let name = |t: &VocabularyTerm| {
        wording::reference_label(*language, dimension.as_str(), &t.names, &t.slug)
    };
    let parents = find_parent_dimension(dimension);
    let parent_wanted = |term: &&VocabularyTerm| {
        let parent = parents.zip(term.parent.as_deref());
        parent.is_none_or(|(dimension, parent)| filter.includes_value(dimension, parent))
    };
    let terms = dataset.list_terms(dimension).iter().filter(parent_wanted);
    let mut labels: Vec<AxisLabel> = terms.map(|t| AxisLabel::new(&t.slug, name(t))).collect();
    let known: Vec<String> = labels.iter().map(|label| label.key.clone()).collect();
    let dropped = list_dropped_keys(dimension, &known, facts);
    labels.extend(dropped.into_iter().map(|key| AxisLabel::new(key.clone(), key)));
    labels
}

fn label_countries(
    language: Language,
    dataset: &FigureDataset,
    filter: &FigureFilter,
) -> Vec<AxisLabel> {
    let asked = |code| {
        // A country without cities belongs to the whole network. Any other country needs a city that is selected and
        // readable.
        let mut cities = dataset.cities.iter().filter(|c| c.country == code).peekable();
        match cities.peek() {
            None => dataset.reach.everything && !filter.wanted.contains_key(&Dimension::City),
            Some(_) => cities.any(|c| {
                dataset.can_read_city(c) && filter.includes_value(Dimension::City, c.slug.as_str())
            }),
        }
    };
    dataset
        .countries
        .iter()
        .filter(|c| asked(c.code))
        .map(|c| (c.code.as_str(), &c.names))
        .map(|(key, names)| {
            AxisLabel::new(key, wording::reference_label(language, "country", names, key))
        })
        .collect()
}

fn label_cities(
    language: Language,
    dataset: &FigureDataset,
    filter: &FigureFilter,
    facts: &[&ReportFact],
) -> Vec<AxisLabel> {
    let counted = collect_cities(facts.iter().copied());
    let rows = dataset.list_city_rows();
    dataset
        .cities
        .iter()
        .filter(|c| dataset.can_read_city(c) && filter.matches_city(c))
        .filter(|c| counted.contains(&c.slug) || rows.contains(&c.slug))
        .map(|c| (c.slug.as_str(), &c.names))
        .map(|(key, names)| AxisLabel::new(key, wording::choose_name(language, names, key)))
        .collect()
}
