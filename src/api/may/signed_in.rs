//! Who asks, by the credentials of the request.

use std::sync::Arc;

use actix_web::{HttpRequest, web::Data};
use chrono::{DateTime, Utc};

use crate::{
    api::{
        error::{ApiError, ApiResult},
        state::State,
    },
    domain::{id::Id, policy::Actor},
    store::Caller,
};

/// Who asks, found from the credentials alone: no database work.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// The user and session.
    pub caller: Caller,
    /// The grants in force now.
    pub actor: Arc<Actor>,
    /// When the token ends.
    pub until: DateTime<Utc>,
}

/// Authenticates a request. Absent credentials are none; bad ones are refused, never taken for none.
///
/// # Errors
/// [`ApiError::Unauthenticated`] for credentials that do not hold.
pub(crate) fn sign_in(req: &HttpRequest) -> ApiResult<Option<SignedIn>> {
    let mut headers = req.headers().get_all(actix_web::http::header::AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(None) };
    // Two could be read as either by what stands in between.
    if headers.next().is_some() {
        return Err(ApiError::Unauthenticated);
    }
    let state = find_state(req)?;
    let token = header
        .to_str()
        .ok()
        .and_then(|h| h.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(ApiError::Unauthenticated)?;
    let now = state.clock.now();
    let claims = state.tokens.verify(token, now).map_err(|_reason| ApiError::Unauthenticated)?;
    let caller = Caller { user: Id::new(claims.user), session: claims.session };
    if !state.directory.is_current() {
        return Err(ApiError::Unavailable("who may act could not be read back".into()));
    }
    let actor = state.directory.resolve_actor(caller, now).ok_or(ApiError::Unauthenticated)?;
    tracing::Span::current().record("user.id", tracing::field::display(claims.user));
    Ok(Some(SignedIn { caller, actor, until: claims.expires_at }))
}

/// Returns the shared state of the service.
pub(crate) fn find_state(req: &HttpRequest) -> ApiResult<&State> {
    req.app_data::<Data<State>>()
        .map(Data::get_ref)
        .ok_or_else(|| ApiError::Internal("the service has no state".into()))
}
