//! Extensions: a later due day of one city in one cycle, with its reason.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    cycle::ReportingCycle,
    fault::{FaultList, FieldFault, ValueFault},
    reference::CountryCode,
    value::{Prose, Slug, parse_day},
};

/// A later due day of one city in one cycle. It lets the city file after the cycle was closed, and moves what is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineExtension {
    /// The cycle.
    pub cycle: Slug,
    /// The city.
    pub city: Slug,
    /// The city's country.
    pub country: CountryCode,
    /// The last day, in the city's time zone.
    pub due_on: NaiveDate,
    /// Why.
    pub reason: Prose,
    /// Whether it was taken back. The record stays, so that the version of an earlier extension never fits a later one.
    pub withdrawn: bool,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// An extension as somebody sent it, before its values are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawExtension {
    /// The last day.
    pub due_on: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl RawExtension {
    /// Looks at both values.
    ///
    /// # Errors
    /// Every fault: what is missing, and a day that is not after the cycle's own due day.
    pub(crate) fn parse(
        self,
        cycle: &ReportingCycle,
    ) -> Result<(NaiveDate, Prose), Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let later = |raw: String| {
            let on = parse_day(raw)?;
            match cycle.due_on {
                Some(due) if on <= due => Err(ValueFault::new(
                    "order",
                    format!("a day after the cycle's own due day, {due}, is expected"),
                )),
                Some(_) | None => Ok(on),
            }
        };
        let due_on = faults.parse_required("/due_on", self.due_on, later);
        let reason = faults.parse_required("/reason", self.reason, Prose::parse);
        faults.finish_built(due_on.zip(reason))
    }
}

impl DeadlineExtension {
    /// Grants an extension, or another day in place of the one before.
    #[must_use]
    pub fn grant_or_replace(
        before: Option<Self>,
        (cycle, city, country): (&Slug, &Slug, CountryCode),
        (due_on, reason): (NaiveDate, Prose),
    ) -> Self {
        Self {
            cycle: cycle.clone(),
            city: city.clone(),
            country,
            due_on,
            reason,
            withdrawn: false,
            version: before.map_or(1, |b| b.version + 1),
        }
    }

    /// Takes it back.
    #[must_use]
    pub fn withdraw(self) -> Self {
        Self { withdrawn: true, version: self.version + 1, ..self }
    }

    /// Returns the public key: cycle and city.
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
        testing::{country, cycle, day, slug},
    };

    fn parse(due_on: &str, reason: &str) -> Result<(NaiveDate, Prose), Vec<String>> {
        let raw = RawExtension { due_on: Some(due_on.into()), reason: Some(reason.into()) };
        raw.parse(&cycle(CycleState::Open))
            .map_err(|f| f.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect())
    }

    #[test]
    fn an_extension_is_later_than_the_due_day_and_has_a_reason() {
        assert_eq!(parse("2027-01-15", "Flood.").unwrap().0, day("2027-01-15"));
        assert_eq!(parse("2026-12-31", " ").unwrap_err(), ["/due_on order", "/reason empty"]);
        assert_eq!(parse("2027-02-30", "Flood.").unwrap_err(), ["/due_on day"]);
        let none = RawExtension::default().parse(&cycle(CycleState::Open)).unwrap_err();
        assert_eq!(none.len(), 2);
    }

    #[test]
    fn versions_go_on_over_a_withdrawal() {
        let (me, city, vn) = (slug("me-2026"), slug("da-nang"), country("VN"));
        let said = || parse("2027-01-15", "Flood.").unwrap();
        let first = DeadlineExtension::grant_or_replace(None, (&me, &city, vn), said());
        let gone = first.clone().withdraw();
        let again =
            DeadlineExtension::grant_or_replace(Some(gone.clone()), (&me, &city, vn), said());
        assert_eq!((first.version, gone.version, again.version), (1, 2, 3));
        assert!(gone.withdrawn && !again.withdrawn);
    }
}
