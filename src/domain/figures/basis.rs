//! The basis of figures: which cycles are counted, and up to which day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::ReportFact;
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    value::Slug,
};

/// The reports that figures are requested for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasisRequest {
    /// The approved reports of one cycle.
    Cycle(Slug),
    /// The reports that a release froze.
    Release(Slug),
    /// The reports that a release froze, and for each earlier cycle those of its last release by then. Each report
    /// counts in its own cycle, which shows the development up to the release.
    ReleaseSeries(Slug),
    /// The latest approved report of each project, from cycles whose cut-off is not after a day.
    AsOf(NaiveDate),
    /// Every approved report of every opened cycle. Each report counts in its own cycle, which shows the development.
    Everything,
}

/// The cycles, the day and the releases that figures are counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureBasis {
    /// The only cycle that is counted; none if reports of several cycles are counted.
    pub cycle: Option<Slug>,
    /// The cut-off day.
    pub as_of: NaiveDate,
    /// The release whose frozen reports are counted, or the last one of a series; none for the reports approved now.
    pub release: Option<Slug>,
    /// The counted release of each cycle; empty for the reports approved now.
    pub releases: BTreeMap<Slug, Slug>,
    /// The counted cycles, ordered by cut-off, then by key.
    pub cycles: Vec<ReportingCycle>,
}

impl FigureBasis {
    /// Creates the basis of one cycle's approved reports.
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

    /// Creates the basis of the reports that one release froze.
    #[must_use]
    pub fn from_release(release: &Slug, cycle: ReportingCycle) -> Self {
        Self {
            release: Some(release.clone()),
            releases: [(cycle.slug.clone(), release.clone())].into(),
            ..Self::from_cycle(cycle)
        }
    }

    /// Creates the basis of a series of releases, each of its own cycle. The last one is the requested release.
    #[must_use]
    pub fn from_release_series(line: Vec<(Slug, ReportingCycle)>) -> Self {
        let release = line.last().map(|(release, _)| release.clone());
        let releases = line.iter().map(|(release, cycle)| (cycle.slug.clone(), release.clone()));
        let releases = releases.collect();
        let cycles = line.into_iter().map(|(_, cycle)| cycle).collect();
        Self { release, releases, ..Self::from_cycles(cycles) }
    }

    /// Creates the basis of those given cycles whose cut-off is not after a day.
    #[must_use]
    pub fn from_cycles_until(day: NaiveDate, mut cycles: Vec<ReportingCycle>) -> Self {
        cycles.retain(|c| c.as_of <= day);
        sort_cycles(&mut cycles);
        Self { cycle: None, as_of: day, release: None, releases: BTreeMap::new(), cycles }
    }

    /// Creates the basis of all given cycles. Its day is the cut-off of the last one.
    #[must_use]
    pub fn from_cycles(mut cycles: Vec<ReportingCycle>) -> Self {
        sort_cycles(&mut cycles);
        let as_of = cycles.last().map_or(NaiveDate::MIN, |c| c.as_of);
        Self { cycle: None, as_of, release: None, releases: BTreeMap::new(), cycles }
    }

    /// Returns `true` if the basis is neither one cycle nor a release.
    #[must_use]
    pub const fn is_dated(&self) -> bool {
        self.cycle.is_none() && self.release.is_none()
    }

    /// Returns `true` if there is no cycle, so that nothing can be counted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cycles.is_empty()
    }

    /// Returns `true` if the report is stale: a later cycle of the same plan is closed, and has no report of the
    /// project. Open cycles are ignored, because a report can still arrive.
    #[must_use]
    pub fn is_stale(&self, fact: &ReportFact) -> bool {
        let plan = self.cycles.iter().find(|c| c.slug == fact.cycle).map(|c| &c.plan_cycle);
        let mut later = self.cycles.iter().skip_while(|c| c.slug != fact.cycle).skip(1);
        later.any(|c| Some(&c.plan_cycle) == plan && c.state == CycleState::Closed)
    }

    /// Returns the age of a report in days, from the cut-off of its cycle to the cut-off of the figures.
    #[must_use]
    pub fn age_days(&self, fact: &ReportFact) -> i64 {
        (self.as_of - fact.as_of).num_days()
    }
}

fn sort_cycles(cycles: &mut [ReportingCycle]) {
    cycles.sort_by(|a, b| (a.as_of, &a.slug).cmp(&(b.as_of, &b.slug)));
}
