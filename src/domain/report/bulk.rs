//! One act on many reports: which, on what condition, and the digest that ties what is done to what was rehearsed.

use super::ReportState;
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    project::ProjectCode,
    reference::CountryCode,
    value::{Prose, Slug, words},
};

mod digest;

pub(crate) use digest::{BulkDigestItem, digest_bulk};

/// Most reports of one act.
pub(crate) const ITEMS_MAX: usize = 500;
/// Most values of one member of a filter.
const VALUES_MAX: usize = 200;
words! {
    /// What can be done to many reports at once.
    pub BulkAction("action") {
        /// Carry the last approved report forward and say that nothing changed.
        Unchanged = "unchanged",
        /// Hand them in.
        Submit = "submit",
        /// Take them back.
        Withdraw = "withdraw",
        /// Accept them.
        Approve = "approve",
        /// Send them back.
        Return = "return",
    }
}
words! {
    /// What became of a report.
    pub BulkOutcome("outcome") {
        /// It was done, or would be.
        Done = "done",
        /// It is not possible.
        Refused = "refused",
        /// The report is of another version than was named.
        Stale = "stale",
    }
}

/// A report that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BulkItem {
    /// The project and the cycle.
    pub key: (ProjectCode, Slug),
    /// The version that was read; none where a digest stands for it, or where there is no report yet.
    pub version: Option<i64>,
}

/// Which reports are looked for; an empty list means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BulkFilter {
    /// In these states.
    pub states: Vec<ReportState>,
    /// Of these cities.
    pub cities: Vec<Slug>,
    /// Of these countries.
    pub countries: Vec<CountryCode>,
    /// In these cycles.
    pub cycles: Vec<Slug>,
    /// Late, or not late.
    pub late: Option<bool>,
}

/// Which reports are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BulkSelection {
    /// These.
    Items(Vec<BulkItem>),
    /// Those that are found.
    Filter(BulkFilter),
}

/// An act on many reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BulkRequest {
    /// What is done.
    pub action: BulkAction,
    /// To which reports.
    pub which: BulkSelection,
    /// The reason, or a remark, on each of them.
    pub comment: Option<Prose>,
    /// Whether it is only rehearsed.
    pub dry_run: bool,
    /// Whether nothing is done unless everything can be.
    pub all_or_nothing: bool,
    /// What a rehearsal answered.
    pub digest: Option<String>,
}

/// A report as somebody named it, before the values are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawBulkItem {
    /// The project.
    pub project: Option<String>,
    /// The cycle.
    pub cycle: Option<String>,
    /// The version that was read.
    pub version: Option<i64>,
}

/// A filter as somebody sent it, before its values are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawBulkFilter {
    /// States.
    pub state: Vec<String>,
    /// Cities.
    pub city: Vec<String>,
    /// Countries.
    pub country: Vec<String>,
    /// Cycles.
    pub cycle: Vec<String>,
    /// Late, or not late.
    pub late: Option<bool>,
}

/// An act as somebody sent it, before its values are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawBulkRequest {
    /// What is done.
    pub action: Option<String>,
    /// The reports that are named.
    pub items: Option<Vec<RawBulkItem>>,
    /// The reports that are looked for.
    pub filter: Option<RawBulkFilter>,
    /// The reason or remark.
    pub comment: Option<String>,
    /// Whether it is only rehearsed.
    pub dry_run: bool,
    /// Whether nothing is done unless everything can be.
    pub all_or_nothing: bool,
    /// What a rehearsal answered.
    pub digest: Option<String>,
}

impl RawBulkRequest {
    /// Looks at every value.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(self) -> Result<BulkRequest, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let action = faults.parse_required("/action", self.action, BulkAction::parse);
        // Whoever acts on what is there by now names what was read: by its version, or by the digest of a rehearsal.
        let untied = !self.dry_run && self.digest.is_none();
        let which = match (self.items, self.filter) {
            (Some(raw), None) => {
                let versioned = untied && action != Some(BulkAction::Unchanged);
                Some(BulkSelection::Items(parse_items(&mut faults, raw, versioned)))
            }
            (None, Some(raw)) => {
                if untied {
                    let detail = "what a filter finds is tied by the digest of a dry run";
                    faults.add("/digest", ValueFault::new("required", detail));
                }
                Some(BulkSelection::Filter(parse_filter(&mut faults, raw, action)))
            }
            (Some(_), Some(_)) => {
                let detail = "either items or a filter is expected, not both";
                faults.add("/filter", ValueFault::new("exclusive", detail));
                None
            }
            (None, None) => {
                let detail = "items or a filter is required";
                faults.add("/items", ValueFault::new("required", detail));
                None
            }
        };
        let comment = match action {
            Some(BulkAction::Return) => {
                faults.parse_required("/comment", self.comment, Prose::parse)
            }
            Some(_) | None => faults.parse_optional("/comment", self.comment, Prose::parse),
        };
        let (dry_run, all_or_nothing, digest) = (self.dry_run, self.all_or_nothing, self.digest);
        let order = action.zip(which).map(|(action, which)| BulkRequest {
            action,
            which,
            comment,
            dry_run,
            all_or_nothing,
            digest,
        });
        faults.finish_built(order)
    }
}

fn parse_items(faults: &mut FaultList, raw: Vec<RawBulkItem>, versioned: bool) -> Vec<BulkItem> {
    if raw.len() > ITEMS_MAX {
        faults.add("/items", too_many_fault(ITEMS_MAX, "reports"));
        return Vec::new();
    }
    let mut seen = std::collections::HashSet::new();
    let mut out = Vec::with_capacity(raw.len());
    for (i, raw) in raw.into_iter().enumerate() {
        let at = format!("/items/{i}");
        let project =
            faults.parse_required(&format!("{at}/project"), raw.project, ProjectCode::parse);
        let cycle = faults.parse_required(&format!("{at}/cycle"), raw.cycle, Slug::parse);
        match raw.version {
            None if versioned => faults.add(format!("{at}/version"), ValueFault::required()),
            Some(v) if v < 1 => {
                let detail = "a version is at least 1";
                faults.add(format!("{at}/version"), ValueFault::new("range", detail));
            }
            Some(_) | None => {}
        }
        if let Some(key) = project.zip(cycle) {
            if seen.insert(key.clone()) {
                out.push(BulkItem { key, version: raw.version });
            } else {
                let detail = "this report is in the list already";
                faults.add(at, ValueFault::new("duplicate", detail));
            }
        }
    }
    out
}

fn parse_filter(
    faults: &mut FaultList,
    raw: RawBulkFilter,
    action: Option<BulkAction>,
) -> BulkFilter {
    if action == Some(BulkAction::Unchanged) {
        if raw.cycle.is_empty() {
            let detail = "what has no report yet is looked for in a cycle";
            faults.add("/filter/cycle", ValueFault::new("required", detail));
        }
        let detail = "what has no report yet has no state and is not late";
        for (name, given) in [("state", !raw.state.is_empty()), ("late", raw.late.is_some())] {
            if given {
                let fault = ValueFault::new("not_applicable", detail);
                faults.add(format!("/filter/{name}"), fault);
            }
        }
    }
    BulkFilter {
        states: parse_values(faults, "state", raw.state, ReportState::parse),
        cities: parse_values(faults, "city", raw.city, Slug::parse),
        countries: parse_values(faults, "country", raw.country, CountryCode::parse),
        cycles: parse_values(faults, "cycle", raw.cycle, Slug::parse),
        late: raw.late,
    }
}

fn parse_values<T: PartialEq>(
    faults: &mut FaultList,
    name: &str,
    raw: Vec<String>,
    parse: impl FnMut(String) -> Result<T, ValueFault>,
) -> Vec<T> {
    let at = format!("/filter/{name}");
    if raw.len() > VALUES_MAX {
        faults.add(at, too_many_fault(VALUES_MAX, "values"));
        return Vec::new();
    }
    faults.parse_each(&at, raw, parse)
}

fn too_many_fault(most: usize, what: &str) -> ValueFault {
    ValueFault::new("too_many", format!("at most {most} {what} are taken at once"))
}

/// Says that a filter finds more than is done at once.
#[must_use]
pub(crate) fn filter_finds_too_many() -> FieldFault {
    let fault = too_many_fault(ITEMS_MAX, "reports");
    FieldFault {
        pointer: "/filter".to_owned(),
        code: fault.code.to_owned(),
        detail: format!("it finds more: {}", fault.detail),
        allowed: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
