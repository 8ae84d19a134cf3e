//! What figures rest on: which cycles, and up to which day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::ReportFact;
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    value::Slug,
};

/// What somebody wants figures of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasisRequest {
    /// What was reported in one cycle.
    Cycle(Slug),
    /// What a release froze.
    Release(Slug),
    /// What a release froze, and beside it what the last release of each earlier cycle by then did, each report counted in its
    /// own cycle: how figures developed until that release.
    ReleaseSeries(Slug),
    /// The latest approved report of each project in the cycles whose cut-off is not after a day.
    AsOf(NaiveDate),
    /// Every approved report of every cycle that was opened, each counted in its own: how figures developed.
    Everything,
}

/// What figures rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureBasis {
    /// The one cycle that was reported in; none where reports of several are counted.
    pub cycle: Option<Slug>,
    /// The cut-off day.
    pub as_of: NaiveDate,
    /// The release whose frozen reports are counted, and of several the last one; none for what is approved now.
    pub release: Option<Slug>,
    /// By cycle the release whose frozen reports are counted; empty for what is approved now.
    pub releases: BTreeMap<Slug, Slug>,
    /// The cycles that are looked at, in the order of their cut-offs, those of one day by key.
    pub cycles: Vec<ReportingCycle>,
}

impl FigureBasis {
    /// Rests on the reports of one cycle.
    #[must_use]
    pub fn from_cycle(cycle: ReportingCycle) -> Self {
        Self {
            cycle: Some(cycle.slug.clone()),
            as_of: cycle.as_of,
            release: None,
            releases: BTreeMap::new(),
            cycles: vec![cycle],
        }
    }

    /// Rests on what one release froze of its cycle.
    #[must_use]
    pub fn from_release(release: &Slug, cycle: ReportingCycle) -> Self {
        Self {
            release: Some(release.clone()),
            releases: [(cycle.slug.clone(), release.clone())].into(),
            ..Self::from_cycle(cycle)
        }
    }

    /// Rests on what several releases froze, each of a cycle of its own; the last of them is the one that is asked for.
    #[must_use]
    pub fn from_release_series(line: Vec<(Slug, ReportingCycle)>) -> Self {
        let release = line.last().map(|(release, _)| release.clone());
        let releases = line.iter().map(|(release, cycle)| (cycle.slug.clone(), release.clone()));
        let releases = releases.collect();
        let cycles = line.into_iter().map(|(_, cycle)| cycle).collect();
        Self { release, releases, ..Self::from_cycles(cycles) }
    }

    /// Rests on the cycles, among those given, whose cut-off is not after a day.
    #[must_use]
    pub fn from_cycles_until(day: NaiveDate, mut cycles: Vec<ReportingCycle>) -> Self {
        cycles.retain(|c| c.as_of <= day);
        sort_cycles(&mut cycles);
        Self { cycle: None, as_of: day, release: None, releases: BTreeMap::new(), cycles }
    }

    /// Rests on all the cycles given, whenever they were cut off; the day is that of the last one.
    #[must_use]
    pub fn from_cycles(mut cycles: Vec<ReportingCycle>) -> Self {
        sort_cycles(&mut cycles);
        let as_of = cycles.last().map_or(NaiveDate::MIN, |c| c.as_of);
        Self { cycle: None, as_of, release: None, releases: BTreeMap::new(), cycles }
    }

    /// Says whether the latest reports up to a day are meant, rather than those of one cycle or release.
    #[must_use]
    pub const fn is_dated(&self) -> bool {
        self.cycle.is_none() && self.release.is_none()
    }

    /// Says whether no cycle is looked at, so that there is nothing that could be counted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cycles.is_empty()
    }

    /// Says whether a project fell out of the list: a later cycle in which projects of its plan were reported is over, and has
    /// none of it. While a cycle is open nobody knows yet who will be missing.
    #[must_use]
    pub fn is_stale(&self, fact: &ReportFact) -> bool {
        let plan = self.cycles.iter().find(|c| c.slug == fact.cycle).map(|c| &c.plan_cycle);
        let mut later = self.cycles.iter().skip_while(|c| c.slug != fact.cycle).skip(1);
        later.any(|c| Some(&c.plan_cycle) == plan && c.state == CycleState::Closed)
    }

    /// Returns how many days old a report is: from the cut-off of its cycle to that of the figures.
    #[must_use]
    pub fn age_days(&self, fact: &ReportFact) -> i64 {
        (self.as_of - fact.as_of).num_days()
    }
}

fn sort_cycles(cycles: &mut [ReportingCycle]) {
    cycles.sort_by(|a, b| (a.as_of, &a.slug).cmp(&(b.as_of, &b.slug)));
}
