//! Parses a request to publish a release, and collects all faults.

use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    message,
    value::{Prose, Slug},
};

/// A request to publish a release as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawRelease {
    pub cycle: Option<String>,
    pub note: Option<String>,
}

/// A request to publish a release after parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReleaseOrder {
    /// The cycle whose approved reports are published.
    pub cycle: Slug,
    pub note: Option<Prose>,
}

impl RawRelease {
    /// Parses all values. `cycles` are the keys of the existing cycles.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(self, cycles: &[Slug]) -> Result<ReleaseOrder, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let cycle = faults.parse_required("/cycle", self.cycle, |raw| {
            let known = cycles.iter().find(|slug| slug.as_str() == raw).cloned();
            known.ok_or_else(|| {
                ValueFault::unknown(message::thing::cycle(), cycles.iter().map(Slug::as_str))
            })
        });
        let note = faults.parse_optional("/note", self.note, Prose::parse);
        faults.finish_built(cycle.map(|cycle| ReleaseOrder { cycle, note }))
    }
}
