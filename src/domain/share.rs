//! Shares: secret addresses at which programs read one resource of a release without signing in, until a day or until
//! the share is revoked. The secret, of which only a digest is stored, and the answers are not here.

use std::fmt;

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Serialize, Serializer};
use url::form_urlencoded;

use super::{
    fault::{FaultList, ValueFault},
    id::Id,
    journal::micros,
    message::{self, Message},
    user::User,
    value::{Slug, Title, parse_day, text_enum},
};

text_enum! {
    /// The format in which a share is answered.
    pub ShareFormat(file_format) {
        /// CSV (RFC 4180).
        Csv = "csv",
        /// JSON.
        Json = "json",
        /// GeoJSON: points on a map (RFC 7946).
        GeoJson = "geojson",
        /// An Excel workbook.
        Xlsx = "xlsx",
    }
}

/// Maximum time to the last day, in months. For a longer time the user creates a new share.
pub(crate) const MONTHS_MAX: u32 = 24;
/// Maximum length of the path with its query, in bytes.
const PATH_MAX: usize = 2_000;
/// The prefix of every path.
const BASE: &str = "/api/v1/releases/";
/// Parameters that a path must not contain: a share has its own format, and always returns the whole list.
const REFUSED: &[&str] = &["format", "cursor"];

/// The resource of a release that is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedResource {
    /// The release itself, with its counts.
    Release,
    /// The reports.
    Reports,
    /// The canonical content.
    Data,
    /// A table of the figures.
    Table,
    /// The progress of the projects.
    Progress,
    /// The trend of the figures.
    Trend,
    /// The coverage.
    Coverage,
    /// The figures as a map.
    Map,
}

impl SharedResource {
    /// Every resource, in order.
    pub const ALL: &'static [Self] = &[
        Self::Release,
        Self::Reports,
        Self::Data,
        Self::Table,
        Self::Progress,
        Self::Trend,
        Self::Coverage,
        Self::Map,
    ];

    /// Returns the part of the path after the release.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Release => "",
            Self::Reports => "/reports",
            Self::Data => "/data",
            Self::Table => "/figures/table",
            Self::Progress => "/figures/progress",
            Self::Trend => "/figures/trend",
            Self::Coverage => "/figures/coverage",
            Self::Map => "/figures/map",
        }
    }
}

/// A path of the API with its query, about one release or the latest one. Equal paths have equal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPath {
    pub release: Slug,
    pub of: SharedResource,
    /// The percent-encoded parameters, ordered by name and value; empty if there are none.
    pub query: String,
}

impl SharedPath {
    /// Parses a path as a client would request it. It does not check if the release exists or if the parameters are
    /// valid: the operation itself does that.
    ///
    /// # Errors
    /// The path is not about releases, or is not spelled as in the contract.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let raw = raw.as_ref();
        if raw.len() > PATH_MAX || !raw.bytes().all(|b| b.is_ascii_graphic()) || raw.contains('#') {
            return Err(path_fault(message::release::share_path_text()));
        }
        let rest = raw
            .strip_prefix(BASE)
            .ok_or_else(|| path_fault(message::release::share_path_base()))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (release, of) = path.find('/').map_or((path, ""), |at| path.split_at(at));
        let of =
            SharedResource::ALL.iter().copied().find(|s| s.as_str() == of).ok_or_else(|| {
                let known =
                    SharedResource::ALL.iter().map(|s| format!("{BASE}{{release}}{}", s.as_str()));
                path_fault(message::release::share_path_unknown()).with_allowed(known)
            })?;
        // A slug has no percent sign, dot or slash, so the path cannot be read in a second way.
        let unknown = || path_fault(message::value::no_such(message::thing::release()));
        let release = Slug::parse(release).map_err(|_e| unknown())?;
        Ok(Self { release, of, query: normalise_query(query)? })
    }
}

const fn path_fault(message: Message) -> ValueFault {
    ValueFault::new("path", message)
}

/// Orders the parameters and encodes each of them in one way, so that equal queries have equal text.
fn normalise_query(query: &str) -> Result<String, ValueFault> {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if let Some((name, _)) = pairs.iter().find(|(name, _)| REFUSED.contains(&name.as_str())) {
        return Err(path_fault(message::release::share_parameter(name)));
    }
    pairs.sort();
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

impl fmt::Display for SharedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.query.is_empty() { "" } else { "?" };
        write!(f, "{BASE}{}{}{between}{}", self.release, self.of.as_str(), self.query)
    }
}

impl Serialize for SharedPath {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// A share, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    pub id: Id<Share>,
    /// What the share is for. Downloaded files get this name.
    pub name: Title,
    pub path: SharedPath,
    pub format: ShareFormat,
    /// The last day on which the share is answered, in UTC.
    pub expires_on: NaiveDate,
    pub created_by: Id<User>,
    #[serde(with = "micros")]
    pub created_at: DateTime<Utc>,
    pub revoked: bool,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A share as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawShare {
    pub name: Option<String>,
    pub path: Option<String>,
    pub format: Option<String>,
    pub expires_on: Option<String>,
}

/// A share whose values were parsed one by one. A value with a fault is `None`.
#[derive(Debug, Clone)]
pub(crate) struct ParsedShare {
    name: Option<Title>,
    pub path: Option<SharedPath>,
    pub format: Option<ShareFormat>,
    expires_on: Option<NaiveDate>,
}

/// The terms of a new share, after validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareTerms {
    pub name: Title,
    pub path: SharedPath,
    pub format: ShareFormat,
    /// The last day, in UTC.
    pub expires_on: NaiveDate,
}

impl RawShare {
    /// Parses all values, and adds every fault. The last day must not be in the past or more than [`MONTHS_MAX`] months
    /// ahead.
    pub(crate) fn parse(self, today: NaiveDate, faults: &mut FaultList) -> ParsedShare {
        let last = today.checked_add_months(Months::new(MONTHS_MAX)).unwrap_or(today);
        let soon = |raw: String| {
            parse_day(raw).and_then(|on| {
                let fault = || ValueFault::new("range", message::release::share_day(today, last));
                (today..=last).contains(&on).then_some(on).ok_or_else(fault)
            })
        };
        ParsedShare {
            name: faults.parse_required("/name", self.name, Title::parse),
            path: faults.parse_required("/path", self.path, SharedPath::parse),
            format: faults.parse_required("/format", self.format, ShareFormat::parse),
            expires_on: faults.parse_required("/expires_on", self.expires_on, soon),
        }
    }
}

impl ParsedShare {
    /// Returns the terms, or `None` if a value has a fault.
    pub(crate) fn into_terms(self) -> Option<ShareTerms> {
        Some(ShareTerms {
            name: self.name?,
            path: self.path?,
            format: self.format?,
            expires_on: self.expires_on?,
        })
    }
}

impl Share {
    #[must_use]
    pub fn create(id: Id<Self>, terms: ShareTerms, by: Id<User>, at: DateTime<Utc>) -> Self {
        let ShareTerms { name, path, format, expires_on } = terms;
        Self {
            id,
            name,
            path,
            format,
            expires_on,
            created_by: by,
            created_at: at,
            revoked: false,
            version: 1,
        }
    }

    /// Revokes the share. Returns `None` if it is revoked already.
    #[must_use]
    pub fn revoke(self) -> Option<Self> {
        (!self.revoked).then(|| Self { revoked: true, version: self.version + 1, ..self })
    }

    /// Returns `true` if the share is answered on a day.
    #[must_use]
    pub fn is_open(&self, today: NaiveDate) -> bool {
        !self.revoked && today <= self.expires_on
    }
}

#[cfg(test)]
mod tests;
