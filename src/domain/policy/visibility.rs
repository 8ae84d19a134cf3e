//! How much of a record a caller may see: nothing, that it exists, its approved copy, or its working copy.

use super::{Actor, Role};
use crate::domain::{
    reference::CountryCode,
    user::{RecordPlace, Scope},
    value::Slug,
};

/// One of the two copies of a project or report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordCopy {
    /// The last approved state, for the public.
    Approved,
    /// The current state, for the city, its representative and the secretariat.
    Working,
}

impl RecordCopy {
    /// Returns the name of the copy in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Approved => "approved",
        }
    }
}

/// How much of a record a caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Nothing: for the caller the record does not exist.
    Hidden,
    /// That the record exists, but not its content.
    ExistenceOnly,
    /// One copy of the record.
    Readable(RecordCopy),
}

/// The roles that may read working copies within their scope.
pub(crate) const INSIDERS: &[Role] =
    &[Role::CityOfficer, Role::NationalRepresentative, Role::Secretariat];

impl Actor {
    /// Returns `true` if the actor works on the records of the place.
    #[must_use]
    pub fn is_insider_at(&self, place: &RecordPlace) -> bool {
        self.has_role_at(INSIDERS, place)
    }

    /// Returns `true` if the actor may read approved data of the place. Only readers are limited to their scope.
    #[must_use]
    pub fn may_read_approved(&self, place: &RecordPlace) -> bool {
        self.grants.iter().any(|g| g.role != Role::Reader || g.scope.covers_place(place))
    }

    /// Returns `true` if the actor may read reasons and records in the journal, and not only who changed which record
    /// when.
    #[must_use]
    pub fn may_read_journal_contents(&self) -> bool {
        self.has_role_at(&[Role::Secretariat], &RecordPlace::Network)
    }

    /// Returns the rows that the actor may see in lists.
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

/// Rows selected by place.
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
    /// Returns `true` if the rows of a city are selected.
    #[must_use]
    pub fn covers_city(&self, country: CountryCode, city: &Slug) -> bool {
        self.everything || self.countries.contains(&country) || self.cities.contains(city)
    }
    /// Returns `true` if no row is selected.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.everything && self.countries.is_empty() && self.cities.is_empty()
    }
}

/// The rows that an actor may see, and in which copy. Every list query takes one, so that none is answered without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisibleRows {
    /// Rows whose working copy is visible. All other rows are visible in their approved copy.
    pub working: ReadScope,
    /// Rows whose never submitted reports are visible too.
    pub drafts: ReadScope,
    /// Rows whose approved copy is visible.
    pub approved: ReadScope,
}
