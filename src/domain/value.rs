//! Values with rules. Each type has one constructor, `parse`; a value that exists is valid and is not checked again.
//!
//! The parsers refuse what the two databases would treat differently (NUL, other control characters, numbers that are
//! not finite) and what deceives a reader (bidirectional overrides, hidden tags). Texts are stored as typed, without
//! normalisation.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{fault::ValueFault, message};

mod money;
mod number;
mod search_text;
#[cfg(test)]
mod tests;

pub(crate) use money::parse_minor_units;
pub use money::{CurrencyCode, Money};
pub use number::{Percent, parse_degrees, parse_measured};
pub(crate) use search_text::{SEARCH_MAX, find_nearest, fold_marks, rank_by_likeness};

/// The largest integer that every JSON client reads exactly, 2^53 − 1.
pub const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// Maximum length of a title or a name, in characters.
pub const TITLE_MAX: usize = 300;
/// Maximum length of a text of several lines, in characters.
pub const PROSE_MAX: usize = 10_000;

/// Characters that reorder or hide the text around them: bidirectional embeddings, overrides and isolates, and
/// invisible tag characters.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E0000}'..='\u{E007F}')
}

/// Characters without a visible shape: spaces, and characters that only change their neighbours. Scripts of the region
/// need some of them (a zero-width space ends a word in Khmer), so they are allowed; a text of nothing else is empty.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}')
}

/// Line separators, and two code points that are no characters and are not allowed in XML.
fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{FFFE}' | '\u{FFFF}')
}

fn check_text(raw: &str, max: usize, lines: bool) -> Result<String, ValueFault> {
    if raw.chars().any(|c| {
        (c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t')))
            || is_deceptive(c)
            || is_line_break(c)
    }) {
        return Err(ValueFault::new("control_character", message::value::control_character()));
    }
    if raw.chars().count() > max {
        return Err(ValueFault::new("too_long", message::value::too_long(max)));
    }
    if raw.chars().all(is_blank) {
        return Err(ValueFault::new("empty", message::value::empty()));
    }
    Ok(raw.to_owned())
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $max:expr, $lines:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);
        impl $name {
            /// Parses a text and keeps it as typed.
            ///
            /// # Errors
            /// The text is empty, too long, or has control or bidirectional-override characters.
            pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
                check_text(raw.as_ref(), $max, $lines).map(Self)
            }
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
text_type!(
    /// One line of at most 300 characters: a title or a name.
    Title, TITLE_MAX, false
);
text_type!(
    /// Text of several lines, at most 10,000 characters.
    Prose, PROSE_MAX, true
);

/// Folds a text for searching. It is converted to Unicode lower case, because SQLite's `lower` knows only ASCII, and to
/// NFC, because a letter with marks can be typed as one character or as several. Stored texts stay as typed.
#[must_use]
pub fn fold_for_search(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// A short lower-case key for addresses: letters a–z, digits and single hyphens, at most 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Parses a slug.
    ///
    /// # Errors
    /// The text has other characters, a hyphen at an end or two in a row, or more than 80 characters.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let raw = raw.as_ref();
        let part = |p: &str| {
            !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if raw.len() <= 80 && raw.split('-').all(part) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(ValueFault::new("slug", message::value::slug()))
        }
    }
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl FromStr for Slug {
    type Err = ValueFault;
    fn from_str(s: &str) -> Result<Self, ValueFault> {
        Self::parse(s)
    }
}

/// An `https` address without user info and control characters, at most 2,000 characters. The service never opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// Parses an address.
    ///
    /// # Errors
    /// The scheme is not `https`, or there is no host. Also user info, control characters, characters that addresses
    /// write as `%…`, and more than 2,000 characters.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let raw = raw.as_ref();
        let fault = || ValueFault::new("https_url", message::value::https_url());
        if raw.chars().count() > 2000
            || raw.chars().any(|c| c.is_control() || c.is_whitespace() || is_deceptive(c))
        {
            return Err(fault());
        }
        // Every program that reads the address must see the same host, so nothing that some parsers repair is accepted.
        let after = raw.get(..8).filter(|s| s.eq_ignore_ascii_case("https://")).and(raw.get(8..));
        let host = after.and_then(|rest| rest.split(['/', '?', '#']).next());
        let plain = host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
            && !raw.contains(['\\', '"', '<', '>', '`', '{', '}', '|', '^']);
        match url::Url::parse(raw) {
            Ok(u) if plain && u.host().is_some() => Ok(Self(raw.to_owned())),
            Ok(_) | Err(_) => Err(fault()),
        }
    }
    /// Returns the address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Parses a calendar day between the years 1900 and 2200, `YYYY-MM-DD`.
///
/// # Errors
/// The text has a different form, or is an impossible day such as 30 February.
pub fn parse_day(raw: impl AsRef<str>) -> Result<NaiveDate, ValueFault> {
    let raw = raw.as_ref();
    let fault = || ValueFault::new("day", message::value::day());
    if raw.len() != 10 {
        return Err(fault());
    }
    NaiveDate::parse_from_str(raw, "%Y-%m-%d")
        .ok()
        .filter(|d| (1900..=2200).contains(&d.year()))
        .ok_or_else(fault)
}

/// Converts a number of items to the integer type of the API.
pub(crate) fn to_count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Defines a closed list of values: an enum with the texts for the API and the database, in order.
// The texts are captured as `tt`: utoipa cannot read a string that a macro captured as `literal`, and would write the
// names of the variants into the contract.
macro_rules! text_enum {
    ($(#[$doc:meta])* $vis:vis $name:ident ($thing:ident) { $($(#[$vdoc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $(#[$doc])*
        $vis enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every value, in order.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Returns the text of the value in the API and the database.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// Parses the text of a value.
            ///
            /// # Errors
            /// The text is not in the list; the fault contains the list.
            $vis fn parse(raw: impl AsRef<str>) -> Result<Self, $crate::domain::fault::ValueFault> {
                Self::ALL.iter().copied().find(|v| v.as_str() == raw.as_ref())
                    .ok_or_else(|| {
                        let thing = $crate::domain::message::thing::$thing();
                        $crate::domain::fault::ValueFault::unknown(thing, Self::ALL.iter().map(|v| v.as_str()))
                    })
            }
        }
        // Uses both items, so that a list that needs only one of them causes no dead-code warning.
        const _: (fn(&'static str) -> Result<$name, $crate::domain::fault::ValueFault>, &[$name]) =
            ($name::parse, $name::ALL);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}
pub(crate) use text_enum;
