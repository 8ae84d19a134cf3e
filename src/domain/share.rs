//! Shares: secret addresses at which programs read one thing about releases without signing in, until a day or until they
//! are taken back. Not here: the secret, which is kept as a digest, and how an address is answered.

use std::fmt;

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Serialize, Serializer};
use url::form_urlencoded;

use super::{
    fault::{FaultList, FieldFault, ValueFault},
    id::Id,
    journal::micros,
    user::User,
    value::{Slug, Title, parse_day, words},
};

words! {
    /// The format in which a share is answered.
    pub ShareFormat("format") {
        /// RFC 4180.
        Csv = "csv",
        /// JSON.
        Json = "json",
        /// Points on a map (RFC 7946).
        GeoJson = "geojson",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

/// How far ahead the last day may lie, in months: whoever still needs a share by then makes the next one.
pub(crate) const MONTHS_MAX: u32 = 24;
/// Longest path with its query, in bytes.
const PATH_MAX: usize = 2_000;
/// What every path begins with.
const BASE: &str = "/api/v1/releases/";
/// What a share gives itself: its format, and no place in a list that moves.
const REFUSED: &[&str] = &["format", "cursor"];

/// What of a release is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedResource {
    /// The release itself: what it holds, counted.
    Release,
    /// Its reports.
    Reports,
    /// Its canonical content.
    Data,
    /// A table of its figures.
    Table,
    /// How far its projects are.
    Progress,
    /// How its figures developed.
    Trend,
    /// What it holds of each city.
    Coverage,
    /// Its figures as a map.
    Map,
}

impl SharedResource {
    /// Every thing, in order.
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

    /// Returns what follows the release in the path.
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

/// A path of the API with its query, over one release or the latest one, written in one way only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPath {
    /// The release, or `latest`.
    pub release: Slug,
    /// What of it.
    pub of: SharedResource,
    /// The parameters by name and value, percent-encoded; empty without any.
    pub query: String,
}

impl SharedPath {
    /// Parses a path as it would be asked for. Whether there is such a release, and what the parameters mean, is found out
    /// by asking.
    ///
    /// # Errors
    /// Anything but a path over releases, spelled as the contract spells it.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let raw = raw.as_ref();
        if raw.len() > PATH_MAX || !raw.bytes().all(|b| b.is_ascii_graphic()) || raw.contains('#') {
            return Err(path_fault(
                "a path of printable ASCII, of at most 2000 characters, is expected",
            ));
        }
        let rest = raw
            .strip_prefix(BASE)
            .ok_or_else(|| path_fault("a path that begins with /api/v1/releases/ is expected"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (release, of) = path.find('/').map_or((path, ""), |at| path.split_at(at));
        let of =
            SharedResource::ALL.iter().copied().find(|s| s.as_str() == of).ok_or_else(|| {
                let known =
                    SharedResource::ALL.iter().map(|s| format!("{BASE}{{release}}{}", s.as_str()));
                ValueFault { allowed: known.collect(), ..path_fault("this cannot be shared") }
            })?;
        // A slug has no percent sign, no point and no slash: nothing that could be read as another path.
        let release = Slug::parse(release).map_err(|_e| path_fault("no such release"))?;
        Ok(Self { release, of, query: normalise_query(query)? })
    }
}

fn path_fault(detail: &str) -> ValueFault {
    ValueFault::new("path", detail)
}

/// Writes the parameters in order, each in the one way in which it is encoded.
fn normalise_query(query: &str) -> Result<String, ValueFault> {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if let Some((name, _)) = pairs.iter().find(|(name, _)| REFUSED.contains(&name.as_str())) {
        return Err(path_fault(&format!(
            "a share takes no {name}: it has its own format, and is whole"
        )));
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

/// A share. Its secret is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The public key.
    pub id: Id<Share>,
    /// What it is for; files that are saved from it are called so.
    pub name: Title,
    /// What it gives.
    pub path: SharedPath,
    /// In which format.
    pub format: ShareFormat,
    /// The last day on which it is answered, in UTC.
    pub expires_on: NaiveDate,
    /// Who made it.
    pub created_by: Id<User>,
    /// When.
    #[serde(with = "micros")]
    pub created_at: DateTime<Utc>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A share as somebody sent it, before its values are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawShare {
    /// What it is for.
    pub name: Option<String>,
    /// What it gives.
    pub path: Option<String>,
    /// In which format.
    pub format: Option<String>,
    /// The last day.
    pub expires_on: Option<String>,
}

/// What a share is to be, with values that are sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareTerms {
    /// What it is for.
    pub name: Title,
    /// What it gives.
    pub path: SharedPath,
    /// In which format.
    pub format: ShareFormat,
    /// The last day, in UTC.
    pub expires_on: NaiveDate,
}

impl RawShare {
    /// Looks at all values.
    ///
    /// # Errors
    /// Every fault; a last day that is past, or more than [`MONTHS_MAX`] months ahead, is one.
    pub(crate) fn parse(self, today: NaiveDate) -> Result<ShareTerms, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let last = today.checked_add_months(Months::new(MONTHS_MAX)).unwrap_or(today);
        let soon = |raw: String| {
            parse_day(raw).and_then(|on| {
                let detail = format!("a day from {today} to {last} is expected");
                (today..=last).contains(&on).then_some(on).ok_or(ValueFault::new("range", detail))
            })
        };
        let name = faults.parse_required("/name", self.name, Title::parse);
        let path = faults.parse_required("/path", self.path, SharedPath::parse);
        let format = faults.parse_required("/format", self.format, ShareFormat::parse);
        let expires_on = faults.parse_required("/expires_on", self.expires_on, soon);
        let built = name.zip(path).zip(format.zip(expires_on));
        faults.finish_built(built.map(|((name, path), (format, expires_on))| ShareTerms {
            name,
            path,
            format,
            expires_on,
        }))
    }
}

impl Share {
    /// Makes a share.
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

    /// Takes it back; none where that was done before.
    #[must_use]
    pub fn revoke(self) -> Option<Self> {
        (!self.revoked).then(|| Self { revoked: true, version: self.version + 1, ..self })
    }

    /// Says whether it is answered on a day.
    #[must_use]
    pub fn is_open(&self, today: NaiveDate) -> bool {
        !self.revoked && today <= self.expires_on
    }
}

#[cfg(test)]
mod tests;
