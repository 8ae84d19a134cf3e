//! The caller's own account, password and sessions.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    answer::{Answer, SecretAnswer},
    auth::{EmptyAnswer, parse_new_password},
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::OwnRequest,
    page::{ListPage, WholeListParams, list_type},
    service_config::ServiceConfig,
    state::State,
    users::UserView,
};
use crate::{
    app::account::{self, wrong_password_fault},
    auth::{Secret, password::NewPassword},
    domain::{fault::FaultList, session::LoginSession},
    store::{Caller, Conn, StoreError, StoreResult, unguarded, users},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_me))
        .put(operation!(put_password))
        .get(operation!(list_sessions))
        .delete(operation!(delete_sessions));
}

/// Read the caller's account
///
/// Returns the account of the access token with all its grants, whether they are in force today or not.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = UserView)))]
async fn get_me(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let account = state.db.read_point(move |c| users::find_with_grants(c, own.caller.user)).await;
    let account = account.map_err(|e: StoreError| e)?.ok_or(ApiError::InvalidToken)?;
    let view = UserView::from(account);
    Ok(Answer::from_record(view.version, &view)?.forbid_storing())
}

/// A change of the caller's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// Present password.
    #[schema(format = Password, example = "four words and a horse", required, nullable = false)]
    pub current_password: Option<String>,
    /// New password, 12 to 128 characters. The most common passwords and the caller's own e-mail address are refused.
    #[schema(format = Password, min_length = 12, max_length = 128, example = "another horse and four words", required, nullable = false)]
    pub new_password: Option<String>,
}

/// Change the caller's password
///
/// Sets a new password. The present password is required; a wrong one is refused with 422. Every other session of the
/// account ends, because somebody else may have opened it; the session of this request continues.
#[utoipa::path(put, path = "/me/password", tag = "me", request_body = PasswordChange,
    responses((status = 200, body = EmptyAnswer)))]
async fn put_password(
    own: OwnRequest<Json<PasswordChange>>,
    state: Data<State>,
) -> ApiResult<SecretAnswer> {
    let caller = own.caller;
    let (checked, new) = check_password_change(&state, caller, own.body.0).await?;
    let change = account::PasswordReplacement {
        checked_hash: checked,
        new_hash: state.passwords.hash(new).await?,
    };
    state.db.write(move |tx| account::set_password(tx, caller, &change)).await?;
    Ok(Answer::from_value(&EmptyAnswer {})?.mark_secret())
}

/// Checks the present password and parses the new one. Returns the hash of the present password.
async fn check_password_change(
    state: &State,
    caller: Caller,
    change: PasswordChange,
) -> ApiResult<(String, NewPassword)> {
    let load = move |c: &mut Conn| -> StoreResult<_> {
        Ok((unguarded::find_password_hash(c, caller.user)?, users::find(c, caller.user)?))
    };
    let (phc, user) = state.db.read_point(load).await.map_err(|e: StoreError| e)?;
    let address = user.ok_or(ApiError::InvalidToken)?.email;
    let mut faults = FaultList::new();
    let checked = match faults.parse_required("/current_password", change.current_password, Ok) {
        Some(current) => {
            let right = state.passwords.verify(Secret::from(current), phc.clone()).await?;
            faults.take_parsed(
                "/current_password",
                phc.filter(|_| right).ok_or_else(wrong_password_fault),
            )
        }
        None => None,
    };
    let new = faults.parse_required("/new_password", change.new_password, |raw| {
        parse_new_password(&raw, &address)
    });
    checked.zip(new).ok_or_else(|| faults.into_vec().into())
}

/// A session of an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Identifier of the session.
    pub id: Uuid,
    /// Time at which the session began.
    pub created_at: DateTime<Utc>,
    /// Time at which the session was last refreshed.
    pub last_used_at: DateTime<Utc>,
    /// Time at which the session ends unless it is refreshed.
    pub expires_at: DateTime<Utc>,
    /// `User-Agent` of the program that signed in; null if there was none.
    #[schema(required)]
    pub client: Option<String>,
    /// `true` if this is the session of the request.
    pub current: bool,
}
list_type!(
    /// The sessions of an account.
    SessionList of SessionView
);

impl SessionView {
    fn new(s: LoginSession, caller: Caller) -> Self {
        Self {
            id: s.id,
            created_at: s.created_at,
            last_used_at: s.last_used_at,
            expires_at: s.open_until(),
            current: s.id == caller.session,
            client: s.client,
        }
    }
}

impl SessionList {
    fn new(sessions: Vec<LoginSession>, caller: Caller) -> Self {
        let items: Vec<SessionView> =
            sessions.into_iter().map(|s| SessionView::new(s, caller)).collect();
        let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
        ListPage { items, next: None, total }.into()
    }
}

/// List the caller's sessions
///
/// Lists the open sessions of the caller's account, the newest first; with `limit` in pages.
#[utoipa::path(get, path = "/me/sessions", tag = "me", params(WholeListParams),
    responses((status = 200, body = SessionList)))]
async fn list_sessions(
    own: OwnRequest<Query<WholeListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, now) = (own.caller, state.clock.now());
    let open = state.db.read(move |c| unguarded::list_open_sessions(c, caller.user, now)).await;
    let open = open.map_err(|e: StoreError| e)?;
    // A page starts after a key, so the keys of the newest sessions are the least.
    let key =
        |s: &LoginSession| (-s.created_at.timestamp_micros(), format!("{:032x}", !s.id.as_u128()));
    let items = open.into_iter().map(|s| (key(&s), SessionView::new(s, caller))).collect();
    let answer = own.body.0.answer_items::<SessionList, _, _>("/api/v1/me/sessions", items)?;
    Ok(answer.forbid_storing())
}

/// End the caller's other sessions
///
/// Ends all sessions of the caller's account at once, except that of this request. The answer lists the sessions that
/// ended, as they were.
#[utoipa::path(delete, path = "/me/sessions", tag = "me",
    responses((status = 200, body = SessionList)))]
async fn delete_sessions(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let (caller, now) = (own.caller, state.clock.now());
    let end = move |c: &mut _| unguarded::end_sessions(c, caller.user, Some(caller.session), now);
    let ended = state.db.write_unjournaled(end).await.map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&SessionList::new(ended, caller))?.forbid_storing())
}
