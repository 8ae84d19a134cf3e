//! Money: an integer of minor units and an ISO 4217 currency.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::MAX_SAFE_INTEGER;
use crate::domain::{fault::ValueFault, message};

/// An amount of money in minor units (cents, or whole units if the currency has no cents), with its ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// In minor units, 0 to 2^53 − 1.
    pub amount_minor: i64,
    /// The ISO 4217 code.
    pub currency: CurrencyCode,
}

/// Parses an amount in minor units.
///
/// # Errors
/// The amount is negative or over 2^53 − 1.
pub(crate) fn parse_minor_units(amount: i64) -> Result<i64, ValueFault> {
    if (0..=MAX_SAFE_INTEGER).contains(&amount) {
        Ok(amount)
    } else {
        Err(ValueFault::new("range", message::value::minor_units()))
    }
}

/// An active ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CurrencyCode([u8; 3]);

/// Codes that ISO 4217 lists but that are no money: one for no currency, one for tests.
const NO_MONEY: [&str; 2] = ["XXX", "XTS"];

impl CurrencyCode {
    /// Parses a code in capital letters.
    ///
    /// # Errors
    /// ISO 4217 does not list the code, or it is no money.
    pub fn parse(raw: &str) -> Result<Self, ValueFault> {
        Self::from_listed_code(raw)
            .filter(|c| !NO_MONEY.contains(&c.as_str()))
            .ok_or_else(|| ValueFault::new("currency", message::value::currency()))
    }
    /// Finds any code that ISO 4217 lists. Used for stored codes, which were checked when they were written.
    #[must_use]
    pub fn from_listed_code(raw: &str) -> Option<Self> {
        let code = iso_currency::Currency::from_code(raw)?;
        code.code().as_bytes().try_into().ok().map(Self)
    }
    /// Returns every currency, ordered by code. The list is built once, by testing every combination of three letters,
    /// because the library offers no list.
    #[must_use]
    pub fn all_active() -> &'static [Self] {
        static ALL: LazyLock<Vec<CurrencyCode>> = LazyLock::new(|| {
            let letters = || 'A'..='Z';
            let codes = letters().flat_map(|a| {
                letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c])))
            });
            codes.filter_map(|code| CurrencyCode::parse(&code).ok()).collect()
        });
        &ALL
    }
    /// Returns the English name from ISO 4217.
    #[must_use]
    pub fn name(&self) -> String {
        let code = self.as_str();
        iso_currency::Currency::from_code(code).map_or(code.to_owned(), |c| c.name().to_owned())
    }
    /// Returns the number of decimals of the main unit: 2 if it has a hundred minor units, 0 if it has none.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        iso_currency::Currency::from_code(self.as_str())
            .and_then(iso_currency::Currency::exponent)
            .map_or(0, u32::from)
    }
    /// Returns the three capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
impl TryFrom<String> for CurrencyCode {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, String> {
        Self::from_listed_code(&raw).ok_or_else(|| format!("no currency of ISO 4217: {raw}"))
    }
}
impl From<CurrencyCode> for String {
    fn from(c: CurrencyCode) -> Self {
        c.as_str().to_owned()
    }
}
