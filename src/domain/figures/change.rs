//! What happened to projects between two grounds.

use std::collections::BTreeMap;

use super::{Dimension, FactTexts, FigureDataset, ReportFact};
use crate::domain::{
    project::ProjectCode,
    report::Status,
    value::{Money, Percent, Prose, Slug, Title, words},
};

words! {
    /// What became of a project between two sets of reports.
    pub Movement("movement") {
        /// It is there, and was not before.
        Entered = "entered",
        /// It was there before, and is no more.
        Left = "left",
        /// It is there as before, and something about it changed.
        Changed = "changed",
    }
}

/// What something was before, and what it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange<T> {
    /// Before.
    pub from: T,
    /// Now.
    pub to: T,
}

/// What happened to a project. A step is none where nothing changed, or where it is not known on one of the sides.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectChange {
    /// The project.
    pub code: ProjectCode,
    /// Its title, the later one; none where the texts were not read.
    pub title: Option<Title>,
    /// What became of it among what is asked about.
    pub movement: Movement,
    /// Where it stands.
    pub status: Option<ValueChange<Status>>,
    /// What it is called.
    pub retitled: Option<ValueChange<Title>>,
    /// In which focus area it is counted.
    pub focus_area: Option<ValueChange<Option<Slug>>>,
    /// How much is done.
    pub percent: Option<ValueChange<Option<Percent>>>,
    /// Money spent to date.
    pub spent: Option<ValueChange<Option<Money>>>,
    /// Why the status changed, as the later report says.
    pub status_reason: Option<Prose>,
}

impl<T: PartialEq> ValueChange<T> {
    fn new_if_different(from: T, to: T) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

impl ProjectChange {
    /// Compares what is there of a project on both sides, whether or not it is asked about there.
    pub(super) fn from_facts(
        code: &ProjectCode,
        movement: Movement,
        (then, now): (Option<&ReportFact>, Option<&ReportFact>),
    ) -> Self {
        let both = then.zip(now);
        let title = find_texts(now).or_else(|| find_texts(then)).map(|t| t.title.clone());
        let titles = find_texts(then).zip(find_texts(now));
        Self {
            code: code.clone(),
            title,
            movement,
            status: both.and_then(|(a, b)| ValueChange::new_if_different(a.status, b.status)),
            retitled: titles
                .and_then(|(a, b)| ValueChange::new_if_different(a.title.clone(), b.title.clone())),
            focus_area: both.and_then(|(a, b)| {
                ValueChange::new_if_different(a.focus_area.clone(), b.focus_area.clone())
            }),
            percent: both.and_then(|(a, b)| ValueChange::new_if_different(a.percent, b.percent)),
            spent: both.and_then(|(a, b)| ValueChange::new_if_different(a.spent, b.spent)),
            status_reason: find_texts(now).and_then(|t| t.status_reason.clone()),
        }
    }

    /// Says whether the list of projects reads otherwise than before: which there are, what they are called, where they
    /// stand and where they are counted.
    pub(super) fn is_list_change(&self) -> bool {
        let stays = match self.movement {
            Movement::Entered | Movement::Left => false,
            Movement::Changed => true,
        };
        !stays || self.status.is_some() || self.retitled.is_some() || self.focus_area.is_some()
    }
}

/// The report of each project. Of several the last one counts: they are in the order of their cycles.
pub(super) fn index_by_code<'f>(
    facts: impl IntoIterator<Item = &'f ReportFact>,
) -> BTreeMap<&'f ProjectCode, &'f ReportFact> {
    facts.into_iter().map(|fact| (&fact.code, fact)).collect()
}

fn find_texts(fact: Option<&ReportFact>) -> Option<&FactTexts> {
    fact?.texts.as_deref()
}

/// Says what happened to each project that is asked about on one of the sides, also where nothing did, by code.
pub(super) fn compare_projects(
    (earlier, before): (&FigureDataset, &[&ReportFact]),
    (ground, after): (&FigureDataset, &[&ReportFact]),
) -> Vec<ProjectChange> {
    let (asked_then, asked_now) =
        (index_by_code(before.iter().copied()), index_by_code(after.iter().copied()));
    let (all_then, all_now) = (index_by_code(&earlier.facts), index_by_code(&ground.facts));
    let mut codes: Vec<&ProjectCode> = asked_then.keys().chain(asked_now.keys()).copied().collect();
    codes.sort();
    codes.dedup();
    let change = |code: &&ProjectCode| {
        let movement = match (asked_then.contains_key(code), asked_now.contains_key(code)) {
            (false, _) => Movement::Entered,
            (true, false) => Movement::Left,
            (true, true) => Movement::Changed,
        };
        let sides = (all_then.get(code).copied(), all_now.get(code).copied());
        ProjectChange::from_facts(code, movement, sides)
    };
    codes.iter().map(change).collect()
}

/// Where a report counts in a dimension, if it moved; none in what has no such dimension.
pub(super) fn compare_positions(
    dimension: Option<Dimension>,
    (then, now): (Option<&ReportFact>, Option<&ReportFact>),
) -> Option<ValueChange<Vec<String>>> {
    let keys = |fact: Option<&ReportFact>| -> Vec<String> {
        let keys = fact.zip(dimension).map(|(fact, d)| fact.list_keys(d)).unwrap_or_default();
        keys.into_iter().map(ToOwned::to_owned).collect()
    };
    ValueChange::new_if_different(keys(then), keys(now))
}
