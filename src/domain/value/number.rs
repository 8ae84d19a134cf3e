//! Numbers with a range: percentages, measured values, degrees.

use serde::{Deserialize, Serialize};

use crate::domain::{fault::ValueFault, message};

/// A percentage in integer hundredths, 0 to 10,000, so that both databases store the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Percent(u16);

impl Percent {
    /// Parses a number from 0 to 100 with at most two decimals.
    ///
    /// The number is outside 0 to 100, is not finite, or has more than two decimals.
    /// Outside 0 to 100, not finite, or more than two decimals.
    pub fn parse(raw: f64) -> Result<Self, ValueFault> {
        let fault = || ValueFault::new("range", message::value::percent());
        let hundredths = (raw * 100.0).round();
        // A binary fraction is only close to a decimal one, so a difference after the twelfth digit is ignored.
        if !raw.is_finite()
            || !(0.0..=100.0).contains(&raw)
            || (raw * 100.0 - hundredths).abs() > hundredths * 1e-12
        {
            return Err(fault());
        }
        // The number is rounded and within 0..=10000, so its text is exact.
        format!("{hundredths:.0}").parse().map(Self).map_err(|_e: std::num::ParseIntError| fault())
    }
    /// Creates a percentage from hundredths of a percent; `None` if they are negative or over 10,000.
    #[must_use]
    pub fn from_hundredths(hundredths: i64) -> Option<Self> {
        u16::try_from(hundredths).ok().filter(|h| *h <= 10_000).map(Self)
    }
    /// Returns the percentage in hundredths of a percent.
    #[must_use]
    pub fn hundredths(self) -> i64 {
        i64::from(self.0)
    }
    /// Returns the percentage as a number from 0 to 100.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}
impl TryFrom<f64> for Percent {
    type Error = String;
    fn try_from(raw: f64) -> Result<Self, String> {
        Self::parse(raw).map_err(|f| f.message.to_string())
    }
}
impl From<Percent> for f64 {
    fn from(p: Percent) -> Self {
        p.value()
    }
}

/// Parses a measured value. It must be finite and at most 10^15 in size, so that its text is exact in both databases.
///
/// # Errors
/// The value is not finite, or is too large.
pub fn parse_measured(raw: f64) -> Result<f64, ValueFault> {
    if raw.is_finite() && raw.abs() <= 1e15 {
        // -0.0 becomes 0.0: a database would store two different zeros that are one number in JSON.
        Ok(if raw == 0.0 { 0.0 } else { raw })
    } else {
        Err(ValueFault::new("range", message::value::measured_number()))
    }
}

/// Parses a degree of latitude (−90 to 90) or longitude (−180 to 180), WGS 84.
///
/// # Errors
/// The value is not finite, or outside the range.
pub fn parse_degrees(raw: f64, limit: f64) -> Result<f64, ValueFault> {
    if raw.is_finite() && raw.abs() <= limit {
        Ok(if raw == 0.0 { 0.0 } else { raw })
    } else {
        Err(ValueFault::new("range", message::value::degrees(limit)))
    }
}
