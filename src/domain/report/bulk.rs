//! One action on many reports: which reports, on which conditions, and the digest of a dry run.

use super::ReportState;
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    message::{self, Message},
    project::ProjectCode,
    reference::CountryCode,
    value::{Prose, Slug, text_enum},
};

mod digest;

pub(crate) use digest::{BulkDigestItem, digest_bulk};

/// Maximum number of reports in one request.
pub(crate) const ITEMS_MAX: usize = 500;
/// Maximum number of values for one field of a filter.
const VALUES_MAX: usize = 200;
text_enum! {
    /// An action on many reports at once.
    pub(crate) BulkAction(action) {
        /// Carry the last approved report forward, and state that nothing changed.
        Unchanged = "unchanged",
        /// Submit the reports.
        Submit = "submit",
        /// Withdraw the submissions.
        Withdraw = "withdraw",
        /// Approve the reports.
        Approve = "approve",
        /// Return the reports to the city.
        Return = "return",
    }
}
text_enum! {
    /// The result of the action for one report.
    pub(crate) BulkOutcome(bulk_outcome) {
        /// The action was done, or would be done in a dry run.
        Done = "done",
        /// The action is not possible.
        Refused = "refused",
        /// The report has a different version than the request states.
        Stale = "stale",
    }
}

/// A report that the request lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BulkItem {
    pub key: (ProjectCode, Slug),
    /// The version that the client read; none if a digest is sent instead, or if the report does not exist yet.
    pub version: Option<i64>,
}

/// A search for reports. An empty list accepts every value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BulkFilter {
    pub states: Vec<ReportState>,
    pub cities: Vec<Slug>,
    pub countries: Vec<CountryCode>,
    pub cycles: Vec<Slug>,
    /// `true` for late reports only, `false` for all others.
    pub late: Option<bool>,
}

/// The reports of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BulkSelection {
    /// Listed reports.
    Items(Vec<BulkItem>),
    /// The reports that a search finds.
    Filter(BulkFilter),
}

/// A request for one action on many reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BulkRequest {
    pub action: BulkAction,
    pub which: BulkSelection,
    /// A comment on each of the reports; the reason if they are returned.
    pub comment: Option<Prose>,
    /// Whether the action is only tried, without effect.
    pub dry_run: bool,
    /// Whether nothing is done unless the action succeeds for every report.
    pub all_or_nothing: bool,
    /// The digest from the answer to a dry run.
    pub digest: Option<String>,
}

/// A listed report as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawBulkItem {
    pub project: Option<String>,
    pub cycle: Option<String>,
    pub version: Option<i64>,
}

/// A search as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawBulkFilter {
    pub state: Vec<String>,
    pub city: Vec<String>,
    pub country: Vec<String>,
    pub cycle: Vec<String>,
    pub late: Option<bool>,
}

/// A request as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawBulkRequest {
    pub action: Option<String>,
    pub items: Option<Vec<RawBulkItem>>,
    pub filter: Option<RawBulkFilter>,
    pub comment: Option<String>,
    pub dry_run: bool,
    pub all_or_nothing: bool,
    pub digest: Option<String>,
}

impl RawBulkRequest {
    /// Parses every value.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(self) -> Result<BulkRequest, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let action = faults.parse_required("/action", self.action, BulkAction::parse);
        // Without a dry run the client must state what it read: by versions, or by the digest of an earlier dry run.
        let untied = !self.dry_run && self.digest.is_none();
        let which = match (self.items, self.filter) {
            (Some(raw), None) => {
                let versioned = untied && action != Some(BulkAction::Unchanged);
                Some(BulkSelection::Items(parse_items(&mut faults, raw, versioned)))
            }
            (None, Some(raw)) => {
                if untied {
                    let needed = message::report::bulk_digest_required();
                    faults.add("/digest", ValueFault::new("required", needed));
                }
                Some(BulkSelection::Filter(parse_filter(&mut faults, raw, action)))
            }
            (Some(_), Some(_)) => {
                let fault = ValueFault::new("exclusive", message::report::bulk_items_and_filter());
                faults.add("/filter", fault);
                None
            }
            (None, None) => {
                let fault = ValueFault::new("required", message::report::bulk_items_or_filter());
                faults.add("/items", fault);
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
        faults.add("/items", too_many_fault(ITEMS_MAX, message::thing::reports()));
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
                let fault = ValueFault::new("range", message::report::bulk_version());
                faults.add(format!("{at}/version"), fault);
            }
            Some(_) | None => {}
        }
        if let Some(key) = project.zip(cycle) {
            if seen.insert(key.clone()) {
                out.push(BulkItem { key, version: raw.version });
            } else {
                let fault = ValueFault::new("duplicate", message::report::bulk_listed_already());
                faults.add(at, fault);
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
            let needed = message::report::bulk_unchanged_needs_cycle();
            faults.add("/filter/cycle", ValueFault::new("required", needed));
        }
        for (name, given) in [("state", !raw.state.is_empty()), ("late", raw.late.is_some())] {
            if given {
                let message = message::report::bulk_unchanged_has_no_state();
                faults.add(format!("/filter/{name}"), ValueFault::new("not_applicable", message));
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
        faults.add(at, too_many_fault(VALUES_MAX, message::thing::values()));
        return Vec::new();
    }
    faults.parse_each(&at, raw, parse)
}

fn too_many_fault(limit: usize, items: Message) -> ValueFault {
    ValueFault::new("too_many", message::report::bulk_limit(limit, items))
}

/// Returns the fault for a filter that finds more reports than one request may change.
#[must_use]
pub(crate) fn filter_finds_too_many() -> FieldFault {
    let fault = too_many_fault(ITEMS_MAX, message::thing::reports());
    FieldFault {
        pointer: "/filter".to_owned(),
        code: fault.code.to_owned(),
        message: message::report::bulk_filter_limit(fault.message),
        allowed: Vec::new(),
        existing: None,
    }
}

#[cfg(test)]
mod tests;
