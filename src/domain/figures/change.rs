//! Changes of projects between two datasets.

use std::collections::BTreeMap;

use super::{Dimension, FactTexts, FigureDataset, ReportFact};
use crate::domain::{
    project::ProjectCode,
    report::ProjectStatus,
    value::{Money, Percent, Prose, Slug, Title, text_enum},
};

text_enum! {
    /// How a project changed between two sets of reports.
    #[schema(as = Movement)]
    pub ProjectMovement(movement) {
        /// The project is only in the later set.
        Entered = "entered",
        /// The project is only in the earlier set.
        Left = "left",
        /// The project is in both sets, and something about it changed.
        Changed = "changed",
    }
}

/// An earlier and a later value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange<T> {
    /// The earlier value.
    pub from: T,
    /// The later value.
    pub to: T,
}

/// The changes of one project. A change is none if the values are equal, or if one of them is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectChange {
    /// The project.
    pub code: ProjectCode,
    /// The later title; none if the texts were not read.
    pub title: Option<Title>,
    /// Whether the project entered or left the selection.
    pub movement: ProjectMovement,
    /// The status.
    pub status: Option<ValueChange<ProjectStatus>>,
    /// The title.
    pub retitled: Option<ValueChange<Title>>,
    /// The focus area in which the project is counted.
    pub focus_area: Option<ValueChange<Option<Slug>>>,
    /// The completed percentage.
    pub percent: Option<ValueChange<Option<Percent>>>,
    /// Money spent to date.
    pub spent: Option<ValueChange<Option<Money>>>,
    /// The planned money.
    pub budget: Option<ValueChange<Option<Money>>>,
    /// The reason for the status, from the later report.
    pub status_reason: Option<Prose>,
}

impl<T: PartialEq> ValueChange<T> {
    fn new_if_different(from: T, to: T) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

/// The reports of one project in two datasets, including reports outside the selection.
#[derive(Clone, Copy)]
pub(super) struct ReportSides<'f> {
    pub(super) then: Option<&'f ReportFact>,
    pub(super) now: Option<&'f ReportFact>,
}

/// The selected reports of a dataset.
#[derive(Clone, Copy)]
pub(super) struct FactSelection<'f> {
    pub(super) dataset: &'f FigureDataset,
    pub(super) facts: &'f [&'f ReportFact],
}

impl ProjectChange {
    /// Compares the reports of a project on both sides.
    pub(super) fn from_facts(
        code: &ProjectCode,
        movement: ProjectMovement,
        reports: ReportSides<'_>,
    ) -> Self {
        let ReportSides { then, now } = reports;
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
            budget: both.and_then(|(a, b)| ValueChange::new_if_different(a.budget, b.budget)),
            status_reason: find_texts(now).and_then(|t| t.status_reason.clone()),
        }
    }

    /// Returns `true` if the change is visible in the list of projects: which projects there are, their titles,
    /// statuses and focus areas.
    pub(super) fn is_list_change(&self) -> bool {
        let stays = match self.movement {
            ProjectMovement::Entered | ProjectMovement::Left => false,
            ProjectMovement::Changed => true,
        };
        !stays || self.status.is_some() || self.retitled.is_some() || self.focus_area.is_some()
    }
}

/// Indexes reports by project. The last report of a project counts: the reports are ordered by cycle.
pub(super) fn index_by_code<'f>(
    facts: impl IntoIterator<Item = &'f ReportFact>,
) -> BTreeMap<&'f ProjectCode, &'f ReportFact> {
    facts.into_iter().map(|fact| (&fact.code, fact)).collect()
}

fn find_texts(fact: Option<&ReportFact>) -> Option<&FactTexts> {
    fact?.texts.as_deref()
}

/// Compares every project that is selected on at least one side, by code. Projects without a change are included.
pub(super) fn compare_projects(
    earlier: FactSelection<'_>,
    later: FactSelection<'_>,
) -> Vec<ProjectChange> {
    let selected_then = index_by_code(earlier.facts.iter().copied());
    let selected_now = index_by_code(later.facts.iter().copied());
    let all_then = index_by_code(&earlier.dataset.facts);
    let all_now = index_by_code(&later.dataset.facts);
    let mut codes: Vec<&ProjectCode> =
        selected_then.keys().chain(selected_now.keys()).copied().collect();
    codes.sort();
    codes.dedup();
    let change = |code: &&ProjectCode| {
        let movement = match (selected_then.contains_key(code), selected_now.contains_key(code)) {
            (false, _) => ProjectMovement::Entered,
            (true, false) => ProjectMovement::Left,
            (true, true) => ProjectMovement::Changed,
        };
        let reports =
            ReportSides { then: all_then.get(code).copied(), now: all_now.get(code).copied() };
        ProjectChange::from_facts(code, movement, reports)
    };
    codes.iter().map(change).collect()
}

/// Returns the positions of a report in a dimension on both sides, if they differ. `None` without a dimension.
pub(super) fn compare_positions(
    dimension: Option<Dimension>,
    reports: ReportSides<'_>,
) -> Option<ValueChange<Vec<String>>> {
    let keys = |fact: Option<&ReportFact>| -> Vec<String> {
        let keys = fact.zip(dimension).map(|(fact, d)| fact.list_keys(d)).unwrap_or_default();
        keys.into_iter().map(ToOwned::to_owned).collect()
    };
    ValueChange::new_if_different(keys(reports.then), keys(reports.now))
}
