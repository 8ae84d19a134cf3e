//! What is one's own: account, password, sessions.

use actix_web::{delete, get, put, web::Data};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    answer::Answer,
    auth::{EmptyAnswer, parse_new_password},
    body::Json,
    error::{ApiError, ApiResult},
    may::OwnRequest,
    page::{ListPage, list_type},
    service_config::ServiceConfig,
    state::State,
    users::UserView,
};
use crate::{
    auth::{Secret, password::NewPassword},
    domain::{
        fault::{FaultList, ValueFault},
        session::LoginSession,
    },
    store::{Caller, Change, Conn, StoreError, StoreResult, Tx, unguarded, users},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_me).service(put_password).service(list_sessions).service(delete_sessions);
}

/// Get one's own account
///
/// The account of the token with its grants, whether they are in force today or not.
#[utoipa::path(tag = "me", responses((status = 200, body = UserView)))]
#[get("/me")]
async fn get_me(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let account = state.db.read_point(move |c| users::find_with_grants(c, own.caller.user)).await;
    let account = account.map_err(|e: StoreError| e)?.ok_or(ApiError::Unauthenticated)?;
    let view = UserView::from(account);
    Ok(Answer::from_record(view.version, &view)?.forbid_storing())
}

/// A change of password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password as it is.
    #[schema(format = Password, example = "four words and a horse", required, nullable = false)]
    pub current_password: Option<String>,
    /// The password as it shall be: 12 to 128 characters, not among the most common ones.
    #[schema(format = Password, min_length = 12, max_length = 128, example = "another horse and four words", required, nullable = false)]
    pub new_password: Option<String>,
}

/// Change one's own password
///
/// Needs the current one. Every other session of the account ends; this one goes on.
#[utoipa::path(tag = "me", request_body = PasswordChange, responses((status = 200, body = EmptyAnswer)))]
#[put("/me/password")]
async fn put_password(
    own: OwnRequest<Json<PasswordChange>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let caller = own.caller;
    let (checked, new) = check_password_change(&state, caller, own.body.0).await?;
    let phc = state.passwords.hash(new).await?;
    state.db.write(move |tx| set_password(tx, caller, &checked, &phc)).await?;
    Ok(Answer::from_value(&EmptyAnswer {})?.mark_secret())
}

/// Checks the current password and parses the new one; returns the hash of the former.
async fn check_password_change(
    state: &State,
    caller: Caller,
    change: PasswordChange,
) -> ApiResult<(String, NewPassword)> {
    let kept = move |c: &mut Conn| -> StoreResult<_> {
        Ok((unguarded::find_password_hash(c, caller.user)?, users::find(c, caller.user)?))
    };
    let (phc, user) = state.db.read_point(kept).await.map_err(|e: StoreError| e)?;
    let address = user.ok_or(ApiError::Unauthenticated)?.email;
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

fn wrong_password_fault() -> ValueFault {
    ValueFault::new("wrong", "the current password is expected")
}

fn set_password(tx: &mut Tx<'_>, caller: Caller, checked: &str, phc: &str) -> ApiResult<()> {
    tx.act_for_self(caller)?;
    // Whoever was quicker has set another one meanwhile.
    if unguarded::find_password_hash(tx.conn(), caller.user)?.as_deref() != Some(checked) {
        return Err(ApiError::invalid_value(
            "/current_password",
            "wrong",
            wrong_password_fault().detail,
        ));
    }
    let user = users::find(tx.conn(), caller.user)?.ok_or(ApiError::Unauthenticated)?;
    tx.save(&user.with_next_version(), Change::without_reason("set_password"))?;
    unguarded::set_password(tx.conn(), caller.user, phc)?;
    let now = tx.at();
    unguarded::end_sessions(tx.conn(), caller.user, Some(caller.session), now)?;
    Ok(())
}

/// A time of being signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Its identifier.
    pub id: Uuid,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last prolonged.
    pub last_used_at: DateTime<Utc>,
    /// When it ends if it is not prolonged.
    pub expires_at: DateTime<Utc>,
    /// What the program that signed in calls itself.
    #[schema(required)]
    pub client: Option<String>,
    /// Whether it is the one of this request.
    pub current: bool,
}
list_type!(
    /// Sessions.
    SessionList of SessionView
);

impl SessionList {
    fn new(sessions: Vec<LoginSession>, caller: Caller) -> Self {
        let view = |s: LoginSession| SessionView {
            id: s.id,
            created_at: s.created_at,
            last_used_at: s.last_used_at,
            expires_at: s.open_until(),
            current: s.id == caller.session,
            client: s.client,
        };
        let items: Vec<SessionView> = sessions.into_iter().map(view).collect();
        let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
        ListPage { items, next: None, total }.into()
    }
}

/// List one's own sessions
///
/// Where the account is signed in now, the newest first.
#[utoipa::path(tag = "me", responses((status = 200, body = SessionList)))]
#[get("/me/sessions")]
async fn list_sessions(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let (caller, now) = (own.caller, state.clock.now());
    let open = state.db.read(move |c| unguarded::list_open_sessions(c, caller.user, now)).await;
    let open = open.map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&SessionList::new(open, caller))?.forbid_storing())
}

/// End one's other sessions
///
/// Signs the account out everywhere but here, at once. Answers the sessions that ended, as they were.
#[utoipa::path(tag = "me", responses((status = 200, body = SessionList)))]
#[delete("/me/sessions")]
async fn delete_sessions(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let (caller, now) = (own.caller, state.clock.now());
    let end = move |c: &mut _| unguarded::end_sessions(c, caller.user, Some(caller.session), now);
    let ended = state.db.write_unjournaled(end).await.map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&SessionList::new(ended, caller))?.forbid_storing())
}
