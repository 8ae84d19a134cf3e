//! Deadline extensions: a later due day for one city in one cycle, with a reason.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    cycle::ReportingCycle,
    fault::{FaultList, FieldFault, ValueFault},
    message,
    reference::{City, CountryCode},
    value::{Prose, Slug, parse_day},
};

/// A later due day for one city in one cycle. The city may file until then even if the cycle is closed, and its reports
/// are late only after that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineExtension {
    pub cycle: Slug,
    pub city: Slug,
    pub country: CountryCode,
    /// The last day, in the city's time zone.
    pub due_on: NaiveDate,
    pub reason: Prose,
    /// Whether the extension was withdrawn. The record stays, and a later extension continues its version numbers, so
    /// that an old version never matches a new extension.
    pub withdrawn: bool,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// An extension as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawExtension {
    pub due_on: Option<String>,
    pub reason: Option<String>,
}

/// The day and the reason of an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionTerms {
    /// The last day on which a report of the city is on time.
    pub due_on: NaiveDate,
    /// Why the city gets more time.
    pub reason: Prose,
}

impl RawExtension {
    /// Parses both values.
    ///
    /// # Errors
    /// Every fault: a missing value, or a day that is not after the cycle's own due day.
    pub(crate) fn parse(self, cycle: &ReportingCycle) -> Result<ExtensionTerms, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let later = |raw: String| {
            let on = parse_day(raw)?;
            match cycle.due_on {
                Some(due) if on <= due => {
                    Err(ValueFault::new("order", message::reference::extension_not_later(due)))
                }
                Some(_) | None => Ok(on),
            }
        };
        let due_on = faults.parse_required("/due_on", self.due_on, later);
        let reason = faults.parse_required("/reason", self.reason, Prose::parse);
        let terms = due_on.zip(reason).map(|(due_on, reason)| ExtensionTerms { due_on, reason });
        faults.finish_built(terms)
    }
}

impl DeadlineExtension {
    /// Creates an extension, or replaces the day and the reason of an earlier one.
    #[must_use]
    pub fn grant_or_replace(
        before: Option<Self>,
        cycle: &Slug,
        city: &City,
        terms: ExtensionTerms,
    ) -> Self {
        Self {
            cycle: cycle.clone(),
            city: city.slug.clone(),
            country: city.country,
            due_on: terms.due_on,
            reason: terms.reason,
            withdrawn: false,
            version: before.map_or(1, |b| b.version + 1),
        }
    }

    #[must_use]
    pub fn withdraw(self) -> Self {
        Self { withdrawn: true, version: self.version + 1, ..self }
    }

    /// Returns the public key, `cycle/city`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.cycle, self.city)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        cycle::CycleState,
        testing::{cycle, day, slug, town},
    };

    fn parse(due_on: &str, reason: &str) -> Result<ExtensionTerms, Vec<String>> {
        let raw = RawExtension { due_on: Some(due_on.into()), reason: Some(reason.into()) };
        raw.parse(&cycle(CycleState::Open))
            .map_err(|f| f.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect())
    }

    #[test]
    fn an_extension_is_later_than_the_due_day_and_has_a_reason() {
        assert_eq!(parse("2027-01-15", "Flood.").unwrap().due_on, day("2027-01-15"));
        assert_eq!(parse("2026-12-31", " ").unwrap_err(), ["/due_on order", "/reason empty"]);
        assert_eq!(parse("2027-02-30", "Flood.").unwrap_err(), ["/due_on day"]);
        let none = RawExtension::default().parse(&cycle(CycleState::Open)).unwrap_err();
        assert_eq!(none.len(), 2);
    }

    #[test]
    fn versions_go_on_over_a_withdrawal() {
        let (cycle, city) = (slug("me-2026"), town("da-nang", "VN"));
        let grant = |before| {
            let terms = parse("2027-01-15", "Flood.").unwrap();
            DeadlineExtension::grant_or_replace(before, &cycle, &city, terms)
        };
        let first = grant(None);
        let gone = first.clone().withdraw();
        let again = grant(Some(gone.clone()));
        assert_eq!((first.version, gone.version, again.version), (1, 2, 3));
        assert!(gone.withdrawn && !again.withdrawn);
    }
}
