//! Values with several fields as a client sends them, and how they are parsed.

use super::{
    fault::{FaultList, ValueFault},
    message,
    project::ProjectLocation,
    project_parts::IndicatorReading,
    value::{self, CurrencyCode, Money, Title},
};

/// Maximum number of items in a list that a client sends.
pub(crate) const LIST_MAX: usize = 100;

/// An amount of money as the client sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawMoney {
    /// In minor units, such as cents.
    pub amount_minor: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
}

impl From<Money> for RawMoney {
    fn from(m: Money) -> Self {
        Self { amount_minor: Some(m.amount_minor), currency: Some(m.currency.as_str().to_owned()) }
    }
}

impl RawMoney {
    /// Parses the amount, and adds its faults below a pointer.
    pub fn parse(&self, pointer: &str, faults: &mut FaultList) -> Option<Money> {
        let amount = faults.parse_required(
            &format!("{pointer}/amount_minor"),
            self.amount_minor,
            value::parse_minor_units,
        );
        let currency = faults.parse_required(
            &format!("{pointer}/currency"),
            self.currency.as_deref(),
            CurrencyCode::parse,
        );
        Some(Money { amount_minor: amount?, currency: currency? })
    }
}

/// A place as the client sent it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawLocation {
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    pub text: Option<String>,
}

impl From<&ProjectLocation> for RawLocation {
    fn from(l: &ProjectLocation) -> Self {
        Self {
            latitude: l.latitude,
            longitude: l.longitude,
            text: l.text.as_ref().map(Title::to_string),
        }
    }
}

impl RawLocation {
    /// Parses the place, and adds its faults below a pointer. Returns `None` if nothing is stated.
    pub(crate) fn parse(&self, pointer: &str, faults: &mut FaultList) -> Option<ProjectLocation> {
        let (north, east) = (format!("{pointer}/latitude"), format!("{pointer}/longitude"));
        let together = || ValueFault::new("required", message::value::coordinates_together());
        if self.latitude.is_some() && self.longitude.is_none() {
            faults.add(east.as_str(), together());
        }
        if self.longitude.is_some() && self.latitude.is_none() {
            faults.add(north.as_str(), together());
        }
        let location = ProjectLocation {
            latitude: faults
                .parse_optional(&north, self.latitude, |d| value::parse_degrees(d, 90.0)),
            longitude: faults
                .parse_optional(&east, self.longitude, |d| value::parse_degrees(d, 180.0)),
            text: faults.parse_optional(
                &format!("{pointer}/text"),
                self.text.as_deref(),
                Title::parse,
            ),
        };
        let says = location.latitude.is_some() || location.text.is_some();
        says.then_some(location)
    }
}

/// A value on a day, as the client sent it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RawReading {
    pub value: Option<f64>,
    pub on: Option<String>,
}

impl From<IndicatorReading> for RawReading {
    fn from(r: IndicatorReading) -> Self {
        Self { value: Some(r.value), on: Some(r.on.to_string()) }
    }
}

impl RawReading {
    /// Parses the reading, and adds its faults below a pointer.
    pub(crate) fn parse(&self, pointer: &str, faults: &mut FaultList) -> Option<IndicatorReading> {
        let value =
            faults.parse_required(&format!("{pointer}/value"), self.value, value::parse_measured);
        let on =
            faults.parse_required(&format!("{pointer}/on"), self.on.as_deref(), value::parse_day);
        value.zip(on).map(|(value, on)| IndicatorReading { value, on })
    }
}

/// Parses each item of a list, and adds its faults at `pointer/0`, `pointer/1`, …. A list over [`LIST_MAX`] is a fault.
pub(crate) fn parse_list<R, T: PartialEq>(
    faults: &mut FaultList,
    pointer: &str,
    raw: &[R],
    parse: impl FnMut(&R) -> Result<T, ValueFault>,
) -> Vec<T> {
    if raw.len() > LIST_MAX {
        faults.add(pointer, ValueFault::too_many(LIST_MAX));
        return Vec::new();
    }
    faults.parse_each(pointer, raw, parse)
}
