//! Projects of action plans, and the header that a report freezes of them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    fault::ValueFault,
    id::Id,
    journal::micros,
    project_parts::{Indicator, Milestone, Partnership},
    reference::CountryCode,
    report::Status,
    value::{Money, Percent, Prose, Slug, Title},
};

pub(crate) mod parse;

/// A project's public code: its city and a number that is never reused, such as `da-nang-4`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectCode {
    city: Slug,
    number: i64,
}

impl ProjectCode {
    /// Makes the code of a city's project.
    #[must_use]
    pub const fn new(city: Slug, number: i64) -> Self {
        Self { city, number }
    }
    /// Parses a code.
    ///
    /// # Errors
    /// Anything but a city's slug, a hyphen and a number without leading zeros.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let raw = raw.as_ref();
        raw.rsplit_once('-')
            .filter(|(_, n)| {
                !n.starts_with('0') && n.len() <= 9 && n.bytes().all(|b| b.is_ascii_digit())
            })
            .and_then(|(city, n)| {
                Some(Self { city: Slug::parse(city).ok()?, number: n.parse().ok()? })
            })
            .ok_or_else(|| {
                ValueFault::new("project", "a project code such as da-nang-4 is expected")
            })
    }
    /// Returns the city.
    #[must_use]
    pub const fn city(&self) -> &Slug {
        &self.city
    }
    /// Returns the number within the city, from 1.
    #[must_use]
    pub const fn number(&self) -> i64 {
        self.number
    }
}
impl fmt::Display for ProjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.city, self.number)
    }
}
impl FromStr for ProjectCode {
    type Err = ValueFault;
    fn from_str(s: &str) -> Result<Self, ValueFault> {
        Self::parse(s)
    }
}
impl TryFrom<String> for ProjectCode {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, String> {
        Self::parse(&raw).map_err(|f| f.detail)
    }
}
impl From<ProjectCode> for String {
    fn from(c: ProjectCode) -> Self {
        c.to_string()
    }
}

/// Where a project takes place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectLocation {
    /// WGS 84, degrees north.
    pub latitude: Option<f64>,
    /// WGS 84, degrees east.
    pub longitude: Option<f64>,
    /// In words.
    pub text: Option<Title>,
}

/// What an officer says of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectDetails {
    /// Title in English.
    pub title: Title,
    /// Title in the local language and script.
    pub title_local: Option<Title>,
    /// What it is about; unknown for some imported projects.
    pub summary: Option<Prose>,
    /// The one focus area that official tables count it in; unknown for some imported projects.
    pub focus_area: Option<Slug>,
    /// Further focus areas.
    pub other_focus_areas: Vec<Slug>,
    /// A sub-area of its focus area.
    pub sub_area: Option<Slug>,
    /// Strategic outcomes of the framework.
    pub outcomes: Vec<Slug>,
    /// Enablers of the framework.
    pub enablers: Vec<Slug>,
    /// Sectors.
    pub sectors: Vec<Slug>,
    /// Tags of the country's own scheme.
    pub tags: Vec<Slug>,
    /// One of the plan's priority projects.
    pub priority: bool,
    /// First day; unknown for some imported projects.
    pub starts_on: Option<NaiveDate>,
    /// Last day; unknown for some imported projects.
    pub ends_on: Option<NaiveDate>,
    /// Why the dates lie outside the plan cycle, or what they are based on.
    pub dates_reason: Option<Prose>,
    /// The money planned for it.
    pub budget: Option<Money>,
    /// Support the city looks for.
    pub support_required: Option<Prose>,
    /// Where it takes place.
    pub location: Option<ProjectLocation>,
    /// Sustainable Development Goals, 1 to 17.
    pub sdgs: Vec<i64>,
    /// Rights and inclusion: who is reached, who might be left out.
    pub inclusion_note: Option<Prose>,
    /// The project it grew out of.
    pub continues: Option<ProjectCode>,
    /// No longer pursued or listed.
    pub archived: bool,
}

/// A project of a city's action plan: the working copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Its identifier.
    pub id: Id<Project>,
    /// Its public code.
    pub code: ProjectCode,
    /// Its city.
    pub city: Slug,
    /// Its country.
    pub country: CountryCode,
    /// The plan cycle it belongs to.
    pub plan_cycle: Slug,
    /// What the officer says of it.
    #[serde(flatten)]
    pub details: ProjectDetails,
    /// What an import brought that has no field of its own.
    pub imported: Option<Value>,
    /// The key of the imported record; makes the import idempotent.
    pub import_key: Option<String>,
    /// When it was recorded.
    #[serde(with = "micros")]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A project's record as frozen at submission, with what hangs on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The project's public code.
    pub code: ProjectCode,
    /// Its city.
    pub city: Slug,
    /// Its country.
    pub country: CountryCode,
    /// The plan cycle it belongs to.
    pub plan_cycle: Slug,
    /// What the officer says of it.
    #[serde(flatten)]
    pub details: ProjectDetails,
    /// What an import brought that has no field of its own.
    pub imported: Option<Value>,
    /// Milestones in the order of their days.
    pub milestones: Vec<Milestone>,
    /// Indicators in the order of their making.
    pub indicators: Vec<Indicator>,
    /// Partnerships in the order of their making.
    pub partnerships: Vec<Partnership>,
    /// The version of the project that was frozen; in an approved copy, that of the copy.
    pub project_version: i64,
}

impl Header {
    /// Returns it as an approved copy of that version holds it: the project and its parts bear the version of the copy. Their
    /// own count what was typed between two approvals, which is nobody else's affair.
    #[must_use]
    pub fn into_approved_copy(mut self, version: i64) -> Self {
        self.project_version = version;
        self.milestones.iter_mut().for_each(|m| m.version = version);
        self.indicators.iter_mut().for_each(|i| i.version = version);
        self.partnerships.iter_mut().for_each(|p| p.version = version);
        self
    }
}

impl Project {
    /// Freezes the project with its parts.
    #[must_use]
    pub fn freeze_header(
        &self,
        milestones: Vec<Milestone>,
        indicators: Vec<Indicator>,
        partnerships: Vec<Partnership>,
    ) -> Header {
        Header {
            code: self.code.clone(),
            city: self.city.clone(),
            country: self.country,
            plan_cycle: self.plan_cycle.clone(),
            details: self.details.clone(),
            imported: self.imported.clone(),
            milestones,
            indicators,
            partnerships,
            project_version: self.version,
        }
    }
}

/// The latest approved report of a project, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestReport {
    /// Its cycle.
    pub cycle: Slug,
    /// The status it states.
    pub status: Status,
    /// The percentage it states.
    pub percent_complete: Option<Percent>,
}

/// What strangers see of a project: the header of its approved report in the cycle with the latest cut-off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovedProject {
    /// The project.
    pub project: Id<Project>,
    /// Its record as approved.
    pub header: Header,
    /// The report it comes from, in short.
    pub latest: LatestReport,
    /// When the project was first approved.
    #[serde(with = "micros")]
    pub created_at: DateTime<Utc>,
    /// When this copy was written.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
    /// Counts the writings of this copy, from 1.
    pub version: i64,
}
