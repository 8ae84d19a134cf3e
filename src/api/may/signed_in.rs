//! Authentication by the `Authorization` header.

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

/// The authenticated caller. Finding it needs no database work.
#[derive(Debug, Clone)]
pub(crate) struct SignedInCaller {
    pub caller: Caller,
    /// The caller with the grants in force.
    pub actor: Arc<Actor>,
    /// The end of the access token.
    pub until: DateTime<Utc>,
}

/// Authenticates a request. Returns `None` without credentials. Invalid credentials are refused, and never treated as
/// missing.
///
/// # Errors
/// [`ApiError::InvalidToken`] if the token is not valid, and [`ApiError::Unauthenticated`] if the scheme is not `Bearer`.
pub(crate) fn sign_in(req: &HttpRequest) -> ApiResult<Option<SignedInCaller>> {
    let mut headers = req.headers().get_all(actix_web::http::header::AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(None) };
    // A proxy in between might read a different one of two headers than this service, so two are refused.
    if headers.next().is_some() {
        return Err(ApiError::InvalidToken);
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
    let claims = state.tokens.verify(token, now).map_err(|_reason| ApiError::InvalidToken)?;
    let caller = Caller { user: Id::new(claims.user), session: claims.session };
    if !state.directory.is_current() {
        return Err(ApiError::Unavailable("who may act could not be read back".into()));
    }
    let actor = state.directory.resolve_actor(caller, now).ok_or(ApiError::InvalidToken)?;
    tracing::Span::current().record("user.id", tracing::field::display(claims.user));
    Ok(Some(SignedInCaller { caller, actor, until: claims.expires_at }))
}

pub(crate) fn find_state(req: &HttpRequest) -> ApiResult<&State> {
    req.app_data::<Data<State>>()
        .map(Data::get_ref)
        .ok_or_else(|| ApiError::Internal("the service has no state".into()))
}
