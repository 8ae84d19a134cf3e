//! What happened to projects between two grounds.

use std::collections::BTreeMap;

use super::{Dimension, Fact, Ground, Told};
use crate::domain::{
    project::ProjectCode,
    report::Status,
    value::{Money, Percent, Prose, Slug, Title, words},
};

words! {
    /// What became of a project between two sets of reports.
    Movement("movement") {
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
pub struct Step<T> {
    /// Before.
    pub from: T,
    /// Now.
    pub to: T,
}

/// What happened to a project. A step is none where nothing changed, or where it is not known on one of the sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The project.
    pub code: ProjectCode,
    /// Its title, the later one; none where the texts were not read.
    pub title: Option<Title>,
    /// What became of it among what is asked about.
    pub movement: Movement,
    /// Where it stands.
    pub status: Option<Step<Status>>,
    /// What it is called.
    pub retitled: Option<Step<Title>>,
    /// In which focus area it is counted.
    pub focus_area: Option<Step<Option<Slug>>>,
    /// How much is done.
    pub percent: Option<Step<Option<Percent>>>,
    /// Money spent to date.
    pub spent: Option<Step<Option<Money>>>,
    /// Why the status changed, as the later report says.
    pub status_reason: Option<Prose>,
}

impl<T: PartialEq> Step<T> {
    fn between(from: T, to: T) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

impl Change {
    /// Compares what is there of a project on both sides, whether or not it is asked about there.
    pub(super) fn of(
        code: &ProjectCode,
        movement: Movement,
        (then, now): (Option<&Fact>, Option<&Fact>),
    ) -> Self {
        let both = then.zip(now);
        let title = told(now).or_else(|| told(then)).map(|t| t.title.clone());
        let titles = told(then).zip(told(now));
        Self {
            code: code.clone(),
            title,
            movement,
            status: both.and_then(|(a, b)| Step::between(a.status, b.status)),
            retitled: titles.and_then(|(a, b)| Step::between(a.title.clone(), b.title.clone())),
            focus_area: both
                .and_then(|(a, b)| Step::between(a.focus_area.clone(), b.focus_area.clone())),
            percent: both.and_then(|(a, b)| Step::between(a.percent, b.percent)),
            spent: both.and_then(|(a, b)| Step::between(a.spent, b.spent)),
            status_reason: told(now).and_then(|t| t.status_reason.clone()),
        }
    }

    /// Says whether the list of projects reads otherwise than before: which there are, what they are called, where they
    /// stand and where they are counted.
    pub(super) fn is_of_the_list(&self) -> bool {
        let stays = match self.movement {
            Movement::Entered | Movement::Left => false,
            Movement::Changed => true,
        };
        !stays || self.status.is_some() || self.retitled.is_some() || self.focus_area.is_some()
    }
}

/// The report of each project. Of several the last one counts: they are in the order of their cycles.
pub(super) fn by_code<'f>(
    facts: impl IntoIterator<Item = &'f Fact>,
) -> BTreeMap<&'f ProjectCode, &'f Fact> {
    facts.into_iter().map(|fact| (&fact.code, fact)).collect()
}

fn told(fact: Option<&Fact>) -> Option<&Told> {
    fact?.told.as_deref()
}

/// Says what happened to each project that is asked about on one of the sides, also where nothing did, by code.
pub(super) fn between(
    (earlier, before): (&Ground, &[&Fact]),
    (ground, after): (&Ground, &[&Fact]),
) -> Vec<Change> {
    let (asked_then, asked_now) = (by_code(before.iter().copied()), by_code(after.iter().copied()));
    let (all_then, all_now) = (by_code(&earlier.facts), by_code(&ground.facts));
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
        Change::of(code, movement, sides)
    };
    codes.iter().map(change).collect()
}

/// Where a report counts in a dimension, if it moved; none in what has no such dimension.
pub(super) fn moved(
    dimension: Option<Dimension>,
    (then, now): (Option<&Fact>, Option<&Fact>),
) -> Option<Step<Vec<String>>> {
    let keys = |fact: Option<&Fact>| -> Vec<String> {
        let keys = fact.zip(dimension).map(|(fact, d)| fact.keys(d)).unwrap_or_default();
        keys.into_iter().map(ToOwned::to_owned).collect()
    };
    Step::between(keys(then), keys(now))
}
