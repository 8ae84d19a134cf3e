//! Request and response shapes of accounts and grants.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    api::{
        error::ApiResult,
        filter_values::{parse_search, parse_values},
        page::list_type,
        views::patch,
    },
    app::users::{Invitation, InvitedUser},
    domain::{
        account::{RawGrant, RawInvitation, RawUserEdit},
        id::Id,
        policy::visibility::ReadScope,
        subject::UserSubject,
        user::{Grant, Role, ScopeKind, UserState},
    },
    store::users::UserFilter,
};

/// Scope of a grant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ScopeView {
    /// Kind of the scope: the whole network, one country with its cities, or one city.
    pub kind: ScopeKind,
    /// Code of the country, or slug of the city; null for the network.
    #[schema(required, example = "da-nang")]
    pub key: Option<String>,
}

/// A role on a scope, given to a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct GrantView {
    /// Identifier of the grant.
    pub id: Uuid,
    /// Role that the grant gives.
    pub role: Role,
    /// Scope on which the role holds.
    pub scope: ScopeView,
    /// First day in force, in the time zone of the scope; null if there is none.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// Last day in force, in the time zone of the scope; null if there is none.
    #[schema(required)]
    pub until: Option<NaiveDate>,
    /// Identifier of the user on whose behalf the person acts; null if the person acts in their own name.
    #[schema(required)]
    pub acting_for: Option<Uuid>,
    /// Identifier of the user who gave the grant; null for the service itself.
    #[schema(required)]
    pub granted_by: Option<Uuid>,
    /// Time at which the grant was given.
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

/// A person's account with all its grants, whether they are in force today or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct UserView {
    /// Identifier of the user.
    pub id: Uuid,
    /// E-mail address for signing in.
    #[schema(example = "officer.da-nang@demo.example")]
    pub email: String,
    /// Name of the person, as others see it.
    #[schema(example = "Da Nang officer")]
    pub name: String,
    /// State of the account.
    pub state: UserState,
    /// Grants of the person.
    pub grants: Vec<GrantView>,
    /// Version of the account, from 1.
    pub version: i64,
}
list_type!(
    /// A page of accounts.
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

/// An invitation, with which a person without a password signs in for the first time.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// Token of the invitation, to be handed to the person, who accepts it at `/auth/invitations/{token}/accept`. It is
    /// in this answer only.
    pub token: String,
    /// Time until which the invitation can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// A new account with its invitation.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedUserView {
    /// Identifier of the user.
    pub id: Uuid,
    /// E-mail address for signing in.
    pub email: String,
    /// Name of the person, as others see it.
    pub name: String,
    /// State of the account.
    pub state: UserState,
    /// Grants of the person.
    pub grants: Vec<GrantView>,
    /// Version of the account, from 1.
    pub version: i64,
    /// The invitation of the person.
    pub invitation: InvitationView,
}

impl From<InvitedUser> for InvitedUserView {
    fn from(invited: InvitedUser) -> Self {
        let UserView { id, email, name, state, grants, version } = invited.account.into();
        let Invitation { token, expires_at } = invited.invitation;
        let invitation = InvitationView { token, expires_at };
        Self { id, email, name, state, grants, version, invitation }
    }
}

/// Scope of a new grant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewScope {
    /// Kind of the scope: `network`, `country` or `city`.
    #[schema(value_type = Option<ScopeKind>, required, nullable = false, example = "city")]
    pub kind: Option<String>,
    /// Code of the country, or slug of the city; absent or null for the network.
    #[schema(example = "da-nang")]
    pub key: Option<String>,
}

/// A new grant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "city_officer", "scope": {"kind": "city", "key": "da-nang"}}))]
pub(crate) struct NewGrant {
    /// Role: `city_officer`, `national_representative`, `secretariat`, `administrator` or `reader`.
    #[schema(value_type = Option<Role>, required, nullable = false, example = "city_officer")]
    pub role: Option<String>,
    /// Scope on which the role holds. Officers take a city, representatives a country, the secretariat and
    /// administrators the network, readers any scope.
    #[schema(required, nullable = false)]
    pub scope: Option<NewScope>,
    /// First day in force, in the time zone of the scope. In force at once when absent.
    #[schema(format = Date)]
    pub from: Option<String>,
    /// Last day in force, in the time zone of the scope. No end when absent.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// Identifier of the user on whose behalf the person acts: somebody else, who is active and holds the same role and
    /// scope.
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

/// A person to be invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// E-mail address for signing in. Each account has its own.
    #[schema(required, nullable = false, example = "officer.da-nang@city.example")]
    pub email: Option<String>,
    /// Name of the person, as others see it; one line of at most 300 characters.
    #[schema(max_length = 300, required, nullable = false, example = "Tran Thi Mai")]
    pub name: Option<String>,
    /// Grants of the person, at most 100.
    #[serde(default)]
    #[schema(max_items = 100, example = json!([{"role": "city_officer", "scope": {"kind": "city", "key": "da-nang"}}]))]
    pub grants: Vec<NewGrant>,
}

impl From<NewUser> for RawInvitation {
    fn from(body: NewUser) -> Self {
        let grants = body.grants.into_iter().map(RawGrant::from).collect();
        Self { email: body.email, name: body.name, grants }
    }
}

/// A patch of an account: an absent member stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    /// Name of the person, as others see it; one line of at most 300 characters.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(max_length = 300, value_type = String, example = "Tran Thi Mai")]
    pub name: Option<Option<String>>,
    /// `true` disables the account and ends its sessions at once, `false` enables it again.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = bool, example = false)]
    pub disabled: Option<Option<bool>>,
}

impl From<UserPatch> for RawUserEdit {
    fn from(patch: UserPatch) -> Self {
        Self { name: patch.name, disabled: patch.disabled }
    }
}

/// Filters and page of the list of people. A repeated parameter matches any of its values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserParams {
    /// Roles of the people. Together with `country` and `city`, one grant must match all of them.
    #[param(value_type = Vec<Role>, inline)]
    pub role: Vec<String>,
    /// Codes of countries (such as `VN`): people with a grant on the country or on one of its cities.
    pub country: Vec<String>,
    /// Slugs of cities: people with a grant on the city.
    pub city: Vec<String>,
    /// States of the account: `invited`, `active` or `disabled`.
    #[param(value_type = Vec<UserState>, inline)]
    pub state: Vec<String>,
    /// Words that must all occur in the name or the e-mail address; at most 200 characters. Case and the marks on letters
    /// do not matter.
    pub q: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
    /// Cursor of the page: `next` of the previous page. It carries the filters; different ones beside it are refused.
    pub cursor: Option<String>,
}

impl UserParams {
    /// Builds the filter. `seen` are the people that the caller may see.
    pub(super) fn to_filter(&self, seen: ReadScope) -> ApiResult<UserFilter> {
        Ok(UserFilter {
            seen,
            roles: parse_values("role", &self.role, Role::parse)?,
            countries: self.country.clone(),
            cities: self.city.clone(),
            states: parse_values("state", &self.state, UserState::parse)?,
            q: parse_search(self.q.as_ref())?,
        })
    }
}
