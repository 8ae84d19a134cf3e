//! Projects of action plans, and the header that a report freezes of its project.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    fault::ValueFault,
    id::Id,
    journal::micros,
    message::{self, Message},
    project_parts::{Indicator, Milestone, Partnership},
    reference::CountryCode,
    report::ProjectStatus,
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
    /// Creates the code of a city's project.
    #[must_use]
    pub const fn new(city: Slug, number: i64) -> Self {
        Self { city, number }
    }
    /// Parses a code.
    ///
    /// # Errors
    /// The text is not a city's slug, a hyphen and a number without leading zeros.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let raw = raw.as_ref();
        raw.rsplit_once('-')
            .filter(|(_, n)| {
                !n.starts_with('0') && n.len() <= 9 && n.bytes().all(|b| b.is_ascii_digit())
            })
            .and_then(|(city, n)| {
                Some(Self { city: Slug::parse(city).ok()?, number: n.parse().ok()? })
            })
            .ok_or_else(|| ValueFault::new("project", message::project::project_code()))
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
        Self::parse(&raw).map_err(|f| f.message.to_string())
    }
}
impl From<ProjectCode> for String {
    fn from(c: ProjectCode) -> Self {
        c.to_string()
    }
}

/// The numbers of the Sustainable Development Goals.
pub(crate) const GOALS: std::ops::RangeInclusive<i64> = 1..=17;

/// The reason why a project cannot be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionBlocker {
    /// The project has a report.
    Report,
    /// A different project continues it.
    Successor,
}

impl DeletionBlocker {
    /// Returns the reason for the caller.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Report => message::project::has_report(),
            Self::Successor => message::project::has_successor(),
        }
    }
}

/// The place of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectLocation {
    /// Degrees north, in WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, in WGS 84.
    pub longitude: Option<f64>,
    /// A description of the place.
    pub text: Option<Title>,
}

/// The details of a project that an officer edits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectDetails {
    /// The title in English.
    pub title: Title,
    /// The title in the local language and script.
    pub title_local: Option<Title>,
    /// A summary; unknown for some imported projects.
    pub summary: Option<Prose>,
    /// The one focus area in which official tables count the project; unknown for some imported projects.
    pub focus_area: Option<Slug>,
    /// Further focus areas.
    pub other_focus_areas: Vec<Slug>,
    /// A sub-area of the focus area.
    pub sub_area: Option<Slug>,
    /// Strategic outcomes of the framework.
    pub outcomes: Vec<Slug>,
    /// Enablers of the framework.
    pub enablers: Vec<Slug>,
    /// Sectors of the framework.
    pub sectors: Vec<Slug>,
    /// Tags from the country's own scheme.
    pub tags: Vec<Slug>,
    /// Whether it is one of the plan's priority projects.
    pub priority: bool,
    /// First day; unknown for some imported projects.
    pub starts_on: Option<NaiveDate>,
    /// Last day; unknown for some imported projects.
    pub ends_on: Option<NaiveDate>,
    /// The reason for dates outside the plan cycle, or the basis of the dates.
    pub dates_reason: Option<Prose>,
    /// The planned money.
    pub budget: Option<Money>,
    /// Support that the city looks for.
    pub support_required: Option<Prose>,
    /// The place of the project.
    pub location: Option<ProjectLocation>,
    /// Sustainable Development Goals, 1 to 17.
    pub sdgs: Vec<i64>,
    /// Rights and inclusion: who benefits, and who might be left out.
    pub inclusion_note: Option<Prose>,
    /// The project that this one continues.
    pub continues: Option<ProjectCode>,
    /// Whether the project is no longer pursued or listed.
    pub archived: bool,
}

/// The working copy of a project of a city's action plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// The identifier.
    pub id: Id<Project>,
    /// The public code.
    pub code: ProjectCode,
    /// The slug of the city.
    pub city: Slug,
    /// The country of the city.
    pub country: CountryCode,
    /// The plan cycle that the project belongs to.
    pub plan_cycle: Slug,
    /// The details that an officer edits.
    #[serde(flatten)]
    pub details: ProjectDetails,
    /// Imported data for which there is no field.
    pub imported: Option<Value>,
    /// The key of the imported record. It makes a repeated import change nothing.
    pub import_key: Option<String>,
    /// When the project was created here.
    #[serde(with = "micros")]
    pub created_at: DateTime<Utc>,
    /// When the project last changed.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A project as a report freezes it at submission, with milestones, indicators and partnerships.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The project's public code.
    pub code: ProjectCode,
    /// The slug of the city.
    pub city: Slug,
    /// The country of the city.
    pub country: CountryCode,
    /// The plan cycle that the project belongs to.
    pub plan_cycle: Slug,
    /// The details that an officer edits.
    #[serde(flatten)]
    pub details: ProjectDetails,
    /// Imported data for which there is no field.
    pub imported: Option<Value>,
    /// The milestones, ordered by due day.
    pub milestones: Vec<Milestone>,
    /// The indicators, in the order of their creation.
    pub indicators: Vec<Indicator>,
    /// The partnerships, in the order of their creation.
    pub partnerships: Vec<Partnership>,
    /// The version of the frozen project. In an approved copy it is the version of the copy.
    pub project_version: i64,
}

impl Header {
    /// Returns the header for an approved copy: the project and its parts get the version of the copy. Their own
    /// versions count unpublished edits, and would reveal how many there were.
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
    /// Freezes the project with its milestones, indicators and partnerships.
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

/// A summary of a project's latest approved report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestReport {
    /// The cycle of the report.
    pub cycle: Slug,
    /// The status that the report states.
    pub status: ProjectStatus,
    /// The percentage that the report states.
    pub percent_complete: Option<Percent>,
}

/// The public copy of a project: the header of its approved report in the cycle with the latest cut-off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovedProject {
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project as approved.
    pub header: Header,
    /// A summary of the report that the copy comes from.
    pub latest: LatestReport,
    /// When the project was first approved.
    #[serde(with = "micros")]
    pub created_at: DateTime<Utc>,
    /// When this copy was written.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
    /// Counts the writes of this copy, from 1.
    pub version: i64,
}
