//! How much of a record somebody sees: nothing, that it exists, its approved copy, or its working copy.

use super::{Actor, Role};
use crate::domain::{
    reference::CountryCode,
    user::{Place, Scope},
    value::Slug,
};

/// Which of the two copies of a project or report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// What was last approved: for strangers.
    Approved,
    /// What stands there now: for the city, its representative and the secretariat.
    Working,
}

impl Face {
    /// Returns the word that tables name it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Approved => "approved",
        }
    }
}

/// How much of a record somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Nothing; it might as well not exist.
    Hidden,
    /// That it exists.
    Known,
    /// One of its copies.
    Seen(Face),
}

/// The roles that see working copies of what their scope covers.
pub(crate) const INSIDERS: &[Role] =
    &[Role::CityOfficer, Role::NationalRepresentative, Role::Secretariat];

impl Actor {
    /// Says whether the actor works on what lies there, rather than being a stranger to it.
    #[must_use]
    pub fn is_inside(&self, place: &Place) -> bool {
        self.is(INSIDERS, place)
    }

    /// Says whether the actor may read what was approved there: everybody, a reader within their scope.
    #[must_use]
    pub fn reads_approved(&self, place: &Place) -> bool {
        self.grants.iter().any(|g| g.role != Role::Reader || g.scope.covers(place))
    }

    /// Says whether the actor reads reasons and records in the journal, rather than who, when and which record alone.
    #[must_use]
    pub fn reads_journal_contents(&self) -> bool {
        self.is(&[Role::Secretariat], &Place::Network)
    }

    /// Returns the rows of a list that the actor sees.
    #[must_use]
    pub fn visible(&self) -> Visible {
        let mut v = Visible::default();
        for grant in &self.grants {
            match grant.role {
                Role::CityOfficer | Role::NationalRepresentative | Role::Secretariat => {
                    v.working.add(&grant.scope);
                    if grant.role == Role::CityOfficer {
                        v.drafts.add(&grant.scope);
                    }
                    v.approved.everything = true;
                }
                Role::Administrator => v.approved.everything = true,
                Role::Reader => v.approved.add(&grant.scope),
            }
        }
        v
    }
}

/// Rows by where they lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reachable {
    /// All rows.
    pub everything: bool,
    /// The rows of these countries.
    pub countries: Vec<CountryCode>,
    /// The rows of these cities.
    pub cities: Vec<Slug>,
}

impl Reachable {
    pub(super) fn add(&mut self, scope: &Scope) {
        match scope {
            Scope::Network => self.everything = true,
            Scope::Country(c) => self.countries.push(*c),
            Scope::City(s, _) => self.cities.push(s.clone()),
        }
    }
    /// Says whether the rows of a city are meant.
    #[must_use]
    pub fn covers(&self, country: CountryCode, city: &Slug) -> bool {
        self.everything || self.countries.contains(&country) || self.cities.contains(city)
    }
    /// Says whether no row is meant.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.everything && self.countries.is_empty() && self.cities.is_empty()
    }
}

/// The filter of every list: which copies of which rows an actor sees. List queries cannot be asked without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visible {
    /// Rows of which the working copy is seen; of all others the approved one.
    pub working: Reachable,
    /// Rows of which reports that were never submitted are seen too.
    pub drafts: Reachable,
    /// Rows of which the approved copy is seen.
    pub approved: Reachable,
}
