//! How much of a record somebody sees: nothing, that it exists, its approved copy, or its working copy.

use super::{Actor, Role};
use crate::domain::{
    reference::CountryCode,
    user::{RecordPlace, Scope},
    value::Slug,
};

/// Which of the two copies of a project or report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordCopy {
    /// What was last approved: for strangers.
    Approved,
    /// What stands there now: for the city, its representative and the secretariat.
    Working,
}

impl RecordCopy {
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
pub enum Visibility {
    /// Nothing; it might as well not exist.
    Hidden,
    /// That it exists.
    ExistenceOnly,
    /// One of its copies.
    Readable(RecordCopy),
}

/// The roles that see working copies of what their scope covers.
pub(crate) const INSIDERS: &[Role] =
    &[Role::CityOfficer, Role::NationalRepresentative, Role::Secretariat];

impl Actor {
    /// Says whether the actor works on what lies there, rather than being a stranger to it.
    #[must_use]
    pub fn is_insider_at(&self, place: &RecordPlace) -> bool {
        self.has_role_at(INSIDERS, place)
    }

    /// Says whether the actor may read what was approved there: everybody, a reader within their scope.
    #[must_use]
    pub fn may_read_approved(&self, place: &RecordPlace) -> bool {
        self.grants.iter().any(|g| g.role != Role::Reader || g.scope.covers_place(place))
    }

    /// Says whether the actor reads reasons and records in the journal, rather than who, when and which record alone.
    #[must_use]
    pub fn may_read_journal_contents(&self) -> bool {
        self.has_role_at(&[Role::Secretariat], &RecordPlace::Network)
    }

    /// Returns the rows of a list that the actor sees.
    #[must_use]
    pub fn visible_rows(&self) -> VisibleRows {
        let mut v = VisibleRows::default();
        for grant in &self.grants {
            match grant.role {
                Role::CityOfficer | Role::NationalRepresentative | Role::Secretariat => {
                    v.working.add_scope(&grant.scope);
                    if grant.role == Role::CityOfficer {
                        v.drafts.add_scope(&grant.scope);
                    }
                    v.approved.everything = true;
                }
                Role::Administrator => v.approved.everything = true,
                Role::Reader => v.approved.add_scope(&grant.scope),
            }
        }
        v
    }
}

/// Rows by where they lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadScope {
    /// All rows.
    pub everything: bool,
    /// The rows of these countries.
    pub countries: Vec<CountryCode>,
    /// The rows of these cities.
    pub cities: Vec<Slug>,
}

impl ReadScope {
    pub(super) fn add_scope(&mut self, scope: &Scope) {
        match scope {
            Scope::Network => self.everything = true,
            Scope::Country(c) => self.countries.push(*c),
            Scope::City(s, _) => self.cities.push(s.clone()),
        }
    }
    /// Says whether the rows of a city are meant.
    #[must_use]
    pub fn covers_city(&self, country: CountryCode, city: &Slug) -> bool {
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
pub struct VisibleRows {
    /// Rows of which the working copy is seen; of all others the approved one.
    pub working: ReadScope,
    /// Rows of which reports that were never submitted are seen too.
    pub drafts: ReadScope,
    /// Rows of which the approved copy is seen.
    pub approved: ReadScope,
}
