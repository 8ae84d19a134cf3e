//! Accounts: what is asked for when somebody is invited or given a grant, and what becomes of an account.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    fault::{FaultList, ValueFault},
    id::Id,
    policy::{Authorized, GiveGrant},
    reference::CountryCode,
    user::{EmailAddress, Grant, Role, ScopeKind, User, UserState},
    value::{Slug, Title, parse_day},
};

/// Most grants that are given at once.
pub(crate) const GRANTS_MAX: usize = 100;

/// A grant as typed; any member may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RawGrant {
    /// The role.
    pub role: Option<String>,
    /// The kind of scope.
    pub scope_kind: Option<String>,
    /// The country's code or the city's slug.
    pub scope_key: Option<String>,
    /// First day.
    pub from: Option<String>,
    /// Last day.
    pub until: Option<String>,
    /// On whose behalf.
    pub acting_for: Option<String>,
}

/// Where a grant is to hold, before anybody looked whether that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WantedScope {
    /// Everything.
    Network,
    /// A country.
    Country(CountryCode),
    /// A city.
    City(Slug),
}

/// From when to when, and on whose behalf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GrantTerms {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day, inclusive.
    pub until: Option<NaiveDate>,
    /// On whose behalf.
    pub acting_for: Option<Id<User>>,
}

/// A grant as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedGrant {
    /// As what.
    pub role: Role,
    /// Where.
    pub scope: WantedScope,
    /// How.
    pub terms: GrantTerms,
}

/// Returns what is said of a key that names no country and no city.
#[must_use]
pub(crate) fn unknown_scope_fault(kind: ScopeKind) -> ValueFault {
    let what = match kind {
        ScopeKind::Network => "scope",
        ScopeKind::Country => "country",
        ScopeKind::City => "city",
    };
    ValueFault::new("unknown", format!("no such {what}"))
}

/// Returns what is said of an `acting_for` that does not hold. In one word for unknown, hidden and unfit people: who has an
/// account is not told here.
#[must_use]
pub(crate) fn unfit_principal_fault() -> ValueFault {
    let detail =
        "an active user who holds the same role and scope now, and is somebody else, is expected";
    ValueFault::new("acting_for", detail)
}

impl RawGrant {
    /// Parses what can be said without looking anything up, noting every fault under a pointer.
    pub(crate) fn parse(&self, at: &str, faults: &mut FaultList) -> Option<WantedGrant> {
        let role = faults.parse_required(&format!("{at}/role"), self.role.as_deref(), Role::parse);
        let scope = self.parse_scope(at, role, faults);
        let from = faults.parse_optional(&format!("{at}/from"), self.from.as_deref(), parse_day);
        let until = faults.parse_optional(&format!("{at}/until"), self.until.as_deref(), parse_day);
        if matches!((from, until), (Some(from), Some(until)) if until < from) {
            let detail = "a day that is not before the first one is expected";
            faults.add(format!("{at}/until"), ValueFault::new("date_order", detail));
        }
        let acting_for =
            faults.parse_optional(&format!("{at}/acting_for"), self.acting_for.as_deref(), |raw| {
                raw.parse::<Id<User>>().map_err(|_no_id| unfit_principal_fault())
            });
        Some(WantedGrant {
            role: role?,
            scope: scope?,
            terms: GrantTerms { from, until, acting_for },
        })
    }

    fn parse_scope(
        &self,
        at: &str,
        role: Option<Role>,
        faults: &mut FaultList,
    ) -> Option<WantedScope> {
        let kind_at = format!("{at}/scope/kind");
        let kind = faults.parse_required(&kind_at, self.scope_kind.as_deref(), ScopeKind::parse)?;
        if let Some(role) = role {
            faults.take_parsed(&kind_at, role.check_scope_kind(kind))?;
        }
        let key_at = format!("{at}/scope/key");
        let key = self.scope_key.as_deref();
        match kind {
            ScopeKind::Network if key.is_some() => {
                let detail = "no key is expected with the network";
                faults.add(key_at, ValueFault::new("not_null", detail));
                None
            }
            ScopeKind::Network => Some(WantedScope::Network),
            ScopeKind::Country => {
                let parse =
                    |raw| CountryCode::parse(raw).map_err(|_none| unknown_scope_fault(kind));
                faults.parse_required(&key_at, key, parse).map(WantedScope::Country)
            }
            ScopeKind::City => {
                let parse = |raw| Slug::parse(raw).map_err(|_none| unknown_scope_fault(kind));
                faults.parse_required(&key_at, key, parse).map(WantedScope::City)
            }
        }
    }
}

/// Gives a grant: whoever holds the proof may.
#[must_use]
pub(crate) fn give_grant(
    by: &Authorized<GiveGrant>,
    to: Id<User>,
    terms: GrantTerms,
    id: Id<Grant>,
    at: DateTime<Utc>,
) -> Grant {
    Grant {
        id,
        user: to,
        role: by.subject().role,
        scope: by.subject().scope.clone(),
        from: terms.from,
        until: terms.until,
        acting_for: terms.acting_for,
        granted_by: Some(by.actor().user()),
        granted_at: at,
        version: 1,
    }
}

impl Grant {
    /// Says whether another grant gives the same.
    #[must_use]
    pub fn is_same_grant(&self, other: &Self) -> bool {
        self.user == other.user
            && self.role == other.role
            && self.scope == other.scope
            && (self.from, self.until) == (other.from, other.until)
            && self.acting_for == other.acting_for
    }
}

/// What is to change about an account; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserEdit {
    /// Its name.
    pub name: Option<Title>,
    /// Whether it is shut out.
    pub disabled: Option<bool>,
}

impl User {
    /// Makes the account of somebody who is invited.
    #[must_use]
    pub const fn new_invited(
        id: Id<Self>,
        email: EmailAddress,
        name: Title,
        at: DateTime<Utc>,
    ) -> Self {
        Self { id, email, name, state: UserState::Invited, created_at: at, version: 1 }
    }

    /// Invites the holder again after the invitation ran out.
    #[must_use]
    pub fn invite_again(self, name: Title) -> Self {
        Self { name, version: self.version + 1, ..self }
    }

    /// Takes the account into use: its holder accepted the invitation.
    #[must_use]
    pub const fn accept_invitation(mut self) -> Self {
        self.state = UserState::Active;
        self.version += 1;
        self
    }

    /// Notes that something changed that is kept beside the record, such as the password.
    #[must_use]
    pub const fn with_next_version(mut self) -> Self {
        self.version += 1;
        self
    }

    /// Changes the account, and names what was done; none when nothing changes. An account that is let in again is active
    /// if it ever had a password, else invited as before.
    #[must_use]
    pub fn apply_edit(&self, edit: UserEdit, has_password: bool) -> Option<(Self, &'static str)> {
        let state = match (edit.disabled, self.state) {
            (Some(true), UserState::Invited | UserState::Active) => UserState::Disabled,
            (Some(false), UserState::Disabled) if has_password => UserState::Active,
            (Some(false), UserState::Disabled) => UserState::Invited,
            (Some(true), UserState::Disabled)
            | (Some(false), UserState::Invited | UserState::Active)
            | (None, _) => self.state,
        };
        let name = edit.name.unwrap_or_else(|| self.name.clone());
        let action = match (state == self.state, state) {
            (true, _) if name == self.name => return None,
            (true, _) => "rename",
            (false, UserState::Disabled) => "disable",
            (false, UserState::Invited | UserState::Active) => "enable",
        };
        let version = self.version + 1;
        Some((Self { name, state, version, ..self.clone() }, action))
    }
}

#[cfg(test)]
mod tests;
