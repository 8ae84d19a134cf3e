//! Users, and the grants that let them act.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    cycle::calendar_day,
    fault::ValueFault,
    id::Id,
    journal::micros,
    message,
    reference::CountryCode,
    value::{Slug, Title, text_enum},
};

text_enum! {
    /// The role of a user in the network.
    pub Role(role) {
        /// Edits a city's projects and submits its reports.
        CityOfficer = "city_officer",
        /// Reviews the reports of the cities of a country.
        NationalRepresentative = "national_representative",
        /// Manages the reporting cycles and publishes releases.
        Secretariat = "secretariat",
        /// Manages accounts, and cannot change data.
        Administrator = "administrator",
        /// Reads approved data.
        Reader = "reader",
    }
}
text_enum! {
    /// The kind of scope that a grant covers.
    pub ScopeKind(scope_kind) {
        /// The whole network.
        Network = "network",
        /// One country and its cities.
        Country = "country",
        /// One city.
        City = "city",
    }
}
text_enum! {
    /// The state of an account.
    pub UserState(user_state) {
        /// The user is invited and has no password yet.
        Invited = "invited",
        /// The account is in use.
        Active = "active",
        /// The account is blocked.
        Disabled = "disabled",
    }
}

/// The scope of a grant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// The whole network.
    Network,
    /// One country and its cities.
    Country(CountryCode),
    /// One city, with its country.
    City(Slug, CountryCode),
}

/// The place to which a record belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordPlace {
    /// The network as a whole.
    Network,
    /// A country.
    Country(CountryCode),
    /// A city, with its country.
    City(Slug, CountryCode),
}

impl Scope {
    /// Returns `true` if a record of the place is within this scope.
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
    /// Returns the kind of scope.
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
    /// Returns the place that covers the same as this scope.
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
    /// Checks if the role can be granted on a scope of this kind.
    ///
    /// # Errors
    /// The fault contains the kinds of scope that the role accepts.
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
        let message = message::account::role_not_for_scope(self.as_str(), kind.as_str());
        Err(ValueFault::new("scope", message).with_allowed(allowed.iter().map(ToString::to_string)))
    }
}

/// A user's account. The name and the e-mail address are stored only here, and never in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The identifier.
    pub id: Id<User>,
    /// The e-mail address for signing in, in lower case and without surrounding spaces.
    pub email: EmailAddress,
    /// The name that other users see.
    pub name: Title,
    /// The state of the account.
    pub state: UserState,
    /// When the account was created.
    pub created_at: DateTime<Utc>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// An e-mail address. Case and surrounding spaces do not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address: one `@` with something around it, no spaces, at most 254 characters.
    ///
    /// # Errors
    /// The text has a different form. A valid form does not mean that the address receives e-mail.
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
            Err(ValueFault::new("email", message::value::email()))
        }
    }
    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A role on a scope, given to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The identifier.
    pub id: Id<Grant>,
    /// The user who may act.
    pub user: Id<User>,
    /// The role.
    pub role: Role,
    /// The scope.
    pub scope: Scope,
    /// First day; none if the grant has no start.
    pub from: Option<NaiveDate>,
    /// Last day, inclusive; none if the grant has no end.
    pub until: Option<NaiveDate>,
    /// The user on whose behalf the holder acts.
    pub acting_for: Option<Id<User>>,
    /// The user who gave the grant; none for the first administrator and the demo.
    pub granted_by: Option<Id<User>>,
    /// When the grant was given.
    #[serde(with = "micros")]
    pub granted_at: DateTime<Utc>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

impl Grant {
    /// Returns `true` if the grant is in force at an instant. Its days begin and end in the time zone of its scope.
    #[must_use]
    pub fn is_in_force(&self, at: DateTime<Utc>, zone: Tz) -> bool {
        let day = calendar_day(at, zone);
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
