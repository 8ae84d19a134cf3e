//! People, and the grants that let them act.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    cycle::calendar_day,
    fault::ValueFault,
    id::Id,
    journal::micros,
    reference::CountryCode,
    value::{Slug, Title, words},
};

words! {
    /// What a person is in the network.
    pub Role("role") {
        /// Records a city's projects and files its reports.
        CityOfficer = "city_officer",
        /// Reviews the reports of a country's cities.
        NationalRepresentative = "national_representative",
        /// Runs the cycles and publishes.
        Secretariat = "secretariat",
        /// Manages accounts and touches no data.
        Administrator = "administrator",
        /// Reads what was approved.
        Reader = "reader",
    }
}
words! {
    /// How wide a grant reaches.
    pub ScopeKind("scope kind") {
        /// Everything.
        Network = "network",
        /// One country and its cities.
        Country = "country",
        /// One city.
        City = "city",
    }
}
words! {
    /// Whether an account can be used.
    pub UserState("user state") {
        /// Invited, without a password yet.
        Invited = "invited",
        /// In use.
        Active = "active",
        /// Shut out.
        Disabled = "disabled",
    }
}

/// Where a grant holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Everything.
    Network,
    /// One country and its cities.
    Country(CountryCode),
    /// One city, with its country.
    City(Slug, CountryCode),
}

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordPlace {
    /// It belongs to the network as a whole.
    Network,
    /// It belongs to a country.
    Country(CountryCode),
    /// It belongs to a city.
    City(Slug, CountryCode),
}

impl Scope {
    /// Says whether a record that lies there is within this scope.
    #[must_use]
    pub fn covers_place(&self, place: &RecordPlace) -> bool {
        match (self, place) {
            (Self::Network, _) => true,
            (Self::Country(c), RecordPlace::Country(p) | RecordPlace::City(_, p)) => c == p,
            (Self::City(s, _), RecordPlace::City(p, _)) => s == p,
            (Self::Country(_), RecordPlace::Network)
            | (Self::City(..), RecordPlace::Network | RecordPlace::Country(_)) => false,
        }
    }
    /// Returns its kind.
    #[must_use]
    pub const fn kind(&self) -> ScopeKind {
        match self {
            Self::Network => ScopeKind::Network,
            Self::Country(_) => ScopeKind::Country,
            Self::City(..) => ScopeKind::City,
        }
    }
    /// Returns the country's code or the city's slug; none for the network.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Network => None,
            Self::Country(c) => Some(c.as_str()),
            Self::City(s, _) => Some(s.as_str()),
        }
    }
    /// Returns the place as wide as this scope.
    #[must_use]
    pub fn as_place(&self) -> RecordPlace {
        match self {
            Self::Network => RecordPlace::Network,
            Self::Country(c) => RecordPlace::Country(*c),
            Self::City(s, c) => RecordPlace::City(s.clone(), *c),
        }
    }
}

impl Role {
    /// Says whether the role can be granted on a scope of that kind.
    ///
    /// # Errors
    /// The kinds of scope that the role takes.
    pub fn check_scope_kind(self, kind: ScopeKind) -> Result<(), ValueFault> {
        let allowed: &[ScopeKind] = match self {
            Self::CityOfficer => &[ScopeKind::City],
            Self::NationalRepresentative => &[ScopeKind::Country],
            Self::Secretariat | Self::Administrator => &[ScopeKind::Network],
            Self::Reader => ScopeKind::ALL,
        };
        if allowed.contains(&kind) {
            return Ok(());
        }
        Err(ValueFault {
            code: "scope",
            detail: format!("the role {self} is not granted on a {kind}"),
            allowed: allowed.iter().map(ToString::to_string).collect(),
        })
    }
}

/// A person's account. The name and the address live here and never in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its identifier.
    pub id: Id<User>,
    /// The address for signing in, in lower case and without outer space.
    pub email: EmailAddress,
    /// What others call the person.
    pub name: Title,
    /// Whether it can be used.
    pub state: UserState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// An e-mail address, compared without case and outer space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address: one `@` with something around it, no spaces, at most 254 characters.
    ///
    /// # Errors
    /// Anything else. Whether it can be delivered to, nobody knows from its form.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        let text = raw.as_ref().trim().to_lowercase();
        let well_formed = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        });
        if well_formed
            && text.chars().count() <= 254
            && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            Ok(Self(text))
        } else {
            Err(ValueFault::new("email", "an e-mail address is expected"))
        }
    }
    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A role on a scope, given to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its identifier.
    pub id: Id<Grant>,
    /// Who may act.
    pub user: Id<User>,
    /// As what.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day, inclusive.
    pub until: Option<NaiveDate>,
    /// On whose behalf.
    pub acting_for: Option<Id<User>>,
    /// Who gave it; none for the first administrator and the demo.
    pub granted_by: Option<Id<User>>,
    /// When it was given.
    #[serde(with = "micros")]
    pub granted_at: DateTime<Utc>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

impl Grant {
    /// Says whether it is in force at an instant; days begin and end in the zone of its scope.
    #[must_use]
    pub fn is_in_force(&self, at: DateTime<Utc>, zone: Tz) -> bool {
        let day = calendar_day(at, zone);
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
