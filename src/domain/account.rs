//! User accounts: requested grants, and the changes of an account.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    fault::{FaultList, ValueFault},
    id::Id,
    message,
    policy::{Authorized, GiveGrant},
    reference::CountryCode,
    user::{EmailAddress, Grant, Role, ScopeKind, User, UserState},
    value::{Slug, Title, parse_day},
};

mod raw_account;

pub(crate) use raw_account::{RawInvitation, RawUserEdit};

/// Maximum number of grants in one request.
pub(crate) const GRANTS_MAX: usize = 100;

/// A grant as the client sent it, before validation. Any field may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RawGrant {
    pub role: Option<String>,
    pub scope_kind: Option<String>,
    /// The country's code or the city's slug; none for the network.
    pub scope_key: Option<String>,
    pub from: Option<String>,
    /// Last day, inclusive.
    pub until: Option<String>,
    /// The user on whose behalf the holder acts.
    pub acting_for: Option<String>,
}

/// The scope of a requested grant. Nobody has checked yet if the country or the city exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WantedScope {
    Network,
    Country(CountryCode),
    City(Slug),
}

/// The period of a grant, and the user on whose behalf its holder acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GrantTerms {
    pub from: Option<NaiveDate>,
    /// Last day, inclusive.
    pub until: Option<NaiveDate>,
    pub acting_for: Option<Id<User>>,
}

/// A requested grant after parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedGrant {
    pub role: Role,
    pub scope: WantedScope,
    pub terms: GrantTerms,
}

/// Returns the fault for a key that names no country and no city.
#[must_use]
pub(crate) fn unknown_scope_fault(kind: ScopeKind) -> ValueFault {
    let thing = match kind {
        ScopeKind::Network => message::thing::scope(),
        ScopeKind::Country => message::thing::country(),
        ScopeKind::City => message::thing::city(),
    };
    ValueFault::unknown(thing, None::<String>)
}

/// Returns the fault for an invalid `acting_for`. Unknown, hidden and unsuitable users get the same fault, so that the
/// answer does not reveal who has an account.
#[must_use]
pub(crate) fn unfit_principal_fault() -> ValueFault {
    ValueFault::new("acting_for", message::account::unfit_principal())
}

impl RawGrant {
    /// Parses everything that needs no lookup. Adds every fault with its pointer below `at`.
    pub(crate) fn parse(&self, at: &str, faults: &mut FaultList) -> Option<WantedGrant> {
        let role = faults.parse_required(&format!("{at}/role"), self.role.as_deref(), Role::parse);
        let scope = self.parse_scope(at, role, faults);
        let from = faults.parse_optional(&format!("{at}/from"), self.from.as_deref(), parse_day);
        let until = faults.parse_optional(&format!("{at}/until"), self.until.as_deref(), parse_day);
        if matches!((from, until), (Some(from), Some(until)) if until < from) {
            let fault = ValueFault::new("date_order", message::account::last_before_first());
            faults.add(format!("{at}/until"), fault);
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
                let fault = ValueFault::new("not_null", message::account::no_key_with_network());
                faults.add(key_at, fault);
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

/// Creates a grant. `by` proves that the caller may give it.
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
    /// Returns `true` if both grants give the same user the same role, scope, period and `acting_for`.
    #[must_use]
    pub fn is_same_grant(&self, other: &Self) -> bool {
        self.user == other.user
            && self.role == other.role
            && self.scope == other.scope
            && (self.from, self.until) == (other.from, other.until)
            && self.acting_for == other.acting_for
    }
}

/// A change of an account; `None` keeps the current value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserEdit {
    pub name: Option<Title>,
    pub disabled: Option<bool>,
}

impl User {
    /// Creates the account of an invited user.
    #[must_use]
    pub const fn new_invited(
        id: Id<Self>,
        email: EmailAddress,
        name: Title,
        at: DateTime<Utc>,
    ) -> Self {
        Self { id, email, name, state: UserState::Invited, created_at: at, version: 1 }
    }

    /// Renews an expired invitation, with the name from the new one.
    #[must_use]
    pub fn invite_again(self, name: Title) -> Self {
        Self { name, version: self.version + 1, ..self }
    }

    /// Activates the account after its holder accepted the invitation.
    #[must_use]
    pub const fn accept_invitation(mut self) -> Self {
        self.state = UserState::Active;
        self.version += 1;
        self
    }

    /// Counts a change of data that is stored outside this record, such as the password.
    #[must_use]
    pub const fn with_next_version(mut self) -> Self {
        self.version += 1;
        self
    }

    /// Applies an edit. Returns the changed account and the name of the action, or `None` if nothing changes.
    ///
    /// A disabled account that is enabled again becomes active if it has a password, else invited.
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
