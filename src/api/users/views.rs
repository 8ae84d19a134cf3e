//! How accounts and grants are answered and asked for.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    api::{
        error::{ApiError, ApiResult, RequestFault},
        page::list_type,
        views::{patch, require_value},
    },
    domain::{
        account::{RawGrant, UserEdit},
        fault::{FaultList, FieldFault, ValueFault},
        id::Id,
        policy::visibility::ReadScope,
        subject::UserSubject,
        user::{Grant, Role, ScopeKind, UserState},
        value::Title,
    },
    store::users::UserFilter,
};

/// Where a grant holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ScopeView {
    /// How wide it reaches.
    pub kind: ScopeKind,
    /// The country's code or the city's slug; null for the network.
    #[schema(required, example = "da-nang")]
    pub key: Option<String>,
}

/// A role on a scope, given to a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct GrantView {
    /// Its identifier.
    pub id: Uuid,
    /// As what the person may act.
    pub role: Role,
    /// Where.
    pub scope: ScopeView,
    /// The first day, in the time zone of the scope; null for always before.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The last day, inclusive; null for no end.
    #[schema(required)]
    pub until: Option<NaiveDate>,
    /// The user on whose behalf the person acts; null for in their own name.
    #[schema(required)]
    pub acting_for: Option<Uuid>,
    /// The user who gave it; null for the service itself.
    #[schema(required)]
    pub granted_by: Option<Uuid>,
    /// When it was given.
    pub granted_at: DateTime<Utc>,
}

impl From<Grant> for GrantView {
    fn from(g: Grant) -> Self {
        Self {
            id: g.id.as_uuid(),
            role: g.role,
            scope: ScopeView { kind: g.scope.kind(), key: g.scope.key().map(str::to_owned) },
            from: g.from,
            until: g.until,
            acting_for: g.acting_for.map(Id::as_uuid),
            granted_by: g.granted_by.map(Id::as_uuid),
            granted_at: g.granted_at,
        }
    }
}

/// A person's account with its grants, whether they are in force today or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct UserView {
    /// Its identifier.
    pub id: Uuid,
    /// The address for signing in.
    #[schema(example = "officer.da-nang@demo.example")]
    pub email: String,
    /// What others call the person.
    #[schema(example = "Da Nang officer")]
    pub name: String,
    /// Whether it can be used.
    pub state: UserState,
    /// What the person may act as.
    pub grants: Vec<GrantView>,
    /// Counts the changes of the account, from 1.
    pub version: i64,
}
list_type!(
    /// People.
    UserList of UserView
);

impl From<UserSubject> for UserView {
    fn from(s: UserSubject) -> Self {
        Self {
            id: s.user.id.as_uuid(),
            email: s.user.email.as_str().to_owned(),
            name: s.user.name.to_string(),
            state: s.user.state,
            grants: s.grants.into_iter().map(GrantView::from).collect(),
            version: s.user.version,
        }
    }
}

/// A way in for somebody without a password.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// To be handed to the person: accepted at `/auth/invitations/{token}/accept`. It is not shown again.
    pub token: String,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// An account as it is made, with its invitation.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedUserView {
    /// Its identifier.
    pub id: Uuid,
    /// The address for signing in.
    pub email: String,
    /// What others call the person.
    pub name: String,
    /// Whether it can be used.
    pub state: UserState,
    /// What the person may act as.
    pub grants: Vec<GrantView>,
    /// Counts the changes of the account, from 1.
    pub version: i64,
    /// The way in.
    pub invitation: InvitationView,
}

impl InvitedUserView {
    /// Joins an account and its invitation.
    pub(super) fn new(user: UserView, invitation: InvitationView) -> Self {
        let UserView { id, email, name, state, grants, version } = user;
        Self { id, email, name, state, grants, version, invitation }
    }
}

/// Where a grant is to hold.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewScope {
    /// `network`, `country` or `city`.
    #[schema(required, nullable = false, example = "city")]
    pub kind: Option<String>,
    /// The country's code or the city's slug; null for the network.
    #[schema(example = "da-nang")]
    pub key: Option<String>,
}

/// A grant to be given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGrant {
    /// `city_officer`, `national_representative`, `secretariat`, `administrator` or `reader`.
    #[schema(required, nullable = false, example = "city_officer")]
    pub role: Option<String>,
    /// Where.
    #[schema(required, nullable = false)]
    pub scope: Option<NewScope>,
    /// The first day, in the time zone of the scope.
    #[schema(format = Date)]
    pub from: Option<String>,
    /// The last day, inclusive.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// The user on whose behalf: active, and holder of the same role and scope.
    #[schema(format = Uuid)]
    pub acting_for: Option<String>,
}

impl From<NewGrant> for RawGrant {
    fn from(g: NewGrant) -> Self {
        let (scope_kind, scope_key) = g.scope.map_or((None, None), |s| (s.kind, s.key));
        Self {
            role: g.role,
            scope_kind,
            scope_key,
            from: g.from,
            until: g.until,
            acting_for: g.acting_for,
        }
    }
}

/// Somebody to be invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// The address for signing in; nobody else may have it.
    #[schema(required, nullable = false, example = "officer.da-nang@city.example")]
    pub email: Option<String>,
    /// What others call the person.
    #[schema(required, nullable = false, example = "Tran Thi Mai")]
    pub name: Option<String>,
    /// What the person is to act as.
    #[serde(default)]
    #[schema(example = json!([{"role": "city_officer", "scope": {"kind": "city", "key": "da-nang"}}]))]
    pub grants: Vec<NewGrant>,
}

/// What is to change about an account; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    /// What others call the person.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = String, example = "Tran Thi Mai")]
    pub name: Option<Option<String>>,
    /// Whether the account is shut out: its sessions end at once.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = bool, example = false)]
    pub disabled: Option<Option<bool>>,
}

impl UserPatch {
    /// Parses the patch.
    ///
    /// # Errors
    /// Every fault, by its pointer.
    pub(super) fn parse(self) -> Result<UserEdit, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let name = faults.parse_optional("/name", self.name, |raw| {
            Title::parse(raw.ok_or_else(ValueFault::required)?)
        });
        let disabled = faults.parse_optional("/disabled", self.disabled, require_value);
        faults.finish_with(UserEdit { name, disabled })
    }
}

/// Which people are listed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserParams {
    /// Holders of any of these roles. Together with `country` and `city`: of one grant that fits all.
    pub role: Vec<String>,
    /// Holders of a grant on any of these countries (`VN`) or on a city of theirs.
    pub country: Vec<String>,
    /// Holders of a grant on any of these cities.
    pub city: Vec<String>,
    /// Accounts in any of these states: `invited`, `active`, `disabled`.
    pub state: Vec<String>,
    /// Text in the name or the address, without case.
    pub q: Option<String>,
    /// The number of items on a page, 1 to 1000; 50 when absent.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl UserParams {
    /// Makes the filter, for whoever sees these people.
    ///
    /// # Errors
    /// An unknown role or state: 400.
    pub(super) fn to_filter(&self, seen: ReadScope) -> ApiResult<UserFilter> {
        let words = |name: &str, fault: ValueFault| {
            let mut shown = RequestFault::at_parameter(name, fault.code, fault.detail);
            shown.allowed = fault.allowed;
            ApiError::malformed(shown)
        };
        let roles: Result<Vec<Role>, ValueFault> = self.role.iter().map(Role::parse).collect();
        let states: Result<Vec<UserState>, ValueFault> =
            self.state.iter().map(UserState::parse).collect();
        Ok(UserFilter {
            seen,
            roles: roles.map_err(|f| words("role", f))?,
            countries: self.country.clone(),
            cities: self.city.clone(),
            states: states.map_err(|f| words("state", f))?,
            q: self.q.clone(),
        })
    }
}
