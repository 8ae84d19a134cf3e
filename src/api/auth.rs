//! Signing in and out, and accepting invitations.

use actix_web::{HttpRequest, dev::Payload, post, web::Data};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::{FromBody, Json, WithClient},
    error::{ApiError, ApiResult},
    may::{CredentialRequest, OwnRequest, decode_path, find_state},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    auth::{
        Secret,
        password::{NewPassword, PasswordFault},
        secret::{digest_token, generate_token},
    },
    clock::generate_uuid,
    domain::{
        fault::{FaultList, FieldFault, ValueFault},
        session::LoginSession,
        user::EmailAddress,
    },
    store::{
        Change, Conn, StoreError, StoreResult, Tx,
        unguarded::{self, PasswordCredentials, SecretDigest},
        users,
    },
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(sign_in).service(refresh_session).service(sign_out).service(accept_invitation);
}

/// An address and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Login)]
pub(crate) struct LoginRequest {
    /// The address of the account; case and outer space do not matter.
    #[schema(required, nullable = false, example = "officer.da-nang@demo.example")]
    pub email: Option<String>,
    /// The password.
    #[schema(required, nullable = false, format = Password, example = "four words and a horse")]
    pub password: Option<String>,
}

impl LoginRequest {
    /// Returns the address and the password.
    fn parse(self) -> Result<(String, String), Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let email = faults.parse_required("/email", self.email, Ok);
        let password = faults.parse_required("/password", self.password, Ok);
        email.zip(password).ok_or_else(|| faults.into_vec())
    }
}

/// A token that prolongs a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refresh)]
pub(crate) struct RefreshRequest {
    /// The refresh token of the last answer.
    #[schema(
        required,
        nullable = false,
        example = "Zt5nM1l0c2g1bXBsZS10b2tlbi1vbmx5LWFzLWFuLWV4YQ"
    )]
    pub refresh_token: Option<String>,
}

/// What an invited person brings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Acceptance)]
pub(crate) struct InvitationAcceptance {
    /// The password to be set: 12 to 128 characters, not among the most common ones.
    #[schema(format = Password, min_length = 12, max_length = 128, example = "four words and a horse", required, nullable = false)]
    pub password: Option<String>,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokensView {
    /// Sent as `Authorization: Bearer …` with every request.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds until the access token ends.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Exchanged for new tokens at `/auth/refresh`, once.
    pub refresh_token: String,
    /// Seconds until the session ends if it is not prolonged.
    #[schema(example = 604_800)]
    pub refresh_expires_in: i64,
}

/// Nothing more to say.
#[derive(Serialize, ToSchema)]
#[schema(as = Done)]
pub(crate) struct EmptyAnswer {}

/// Sign in
///
/// Exchanges an address and a password for the tokens of a new session. An unknown address, a disabled account and a wrong
/// password are refused in the same words and take the same time.
#[utoipa::path(tag = "auth", request_body = LoginRequest, responses((status = 200, body = TokensView)), security(()))]
#[post("/auth/login")]
async fn sign_in(
    entry: CredentialRequest<WithClient<Json<LoginRequest>>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let WithClient { client, body: Json(login) } = entry.body;
    let (email, password) = login.parse()?;
    let checked = check_credentials(&state, &email, password).await?;
    let session =
        LoginSession::start_session(generate_uuid(), checked.user, client, state.clock.now());
    let (token, digest) = generate_token();
    let kept = session.clone();
    let begin = move |c: &mut _| unguarded::start_verified_session(c, &checked, &kept, &digest);
    if !state.db.write_unjournaled(begin).await.map_err(|e: StoreError| e)? {
        return Err(ApiError::WrongPassword);
    }
    answer_tokens(&state, &session, token)
}

/// Finds whose the password is. Whoever has no account is worked for just as long.
async fn check_credentials(
    state: &State,
    email: &str,
    password: String,
) -> ApiResult<PasswordCredentials> {
    let known = match EmailAddress::parse(email) {
        Ok(email) => state
            .db
            .read_point(move |c| unguarded::find_credentials(c, &email))
            .await
            .map_err(|e: StoreError| e)?,
        Err(_no_address) => None,
    };
    let phc = known.as_ref().map(|k| k.phc.clone());
    let right = state.passwords.verify(Secret::from(password), phc).await?;
    known.filter(|_| right).ok_or(ApiError::WrongPassword)
}

/// Answers with the tokens of a session.
fn answer_tokens(
    state: &State,
    session: &LoginSession,
    refresh_token: String,
) -> ApiResult<Answer> {
    let now = session.last_used_at;
    let (user, ends) = (session.user.as_uuid(), session.open_until());
    let (access_token, expires_in) = state.tokens.issue_until(user, session.id, now, ends)?;
    let tokens = TokensView {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in,
        refresh_token,
        refresh_expires_in: (ends - now).num_seconds(),
    };
    Ok(Answer::from_value(&tokens)?.mark_secret())
}

/// Prolong a session
///
/// Exchanges a refresh token for new tokens. It works until its successor is first used, 60 seconds at most, so that a lost
/// answer signs nobody out. An older one is refused and ends the session. A session ends when it is not prolonged for 7
/// days, and after 30 days at all.
#[utoipa::path(tag = "auth", request_body = RefreshRequest, responses((status = 200, body = TokensView)), security(()))]
#[post("/auth/refresh")]
async fn refresh_session(
    entry: CredentialRequest<Json<RefreshRequest>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let mut faults = FaultList::new();
    let shown = faults.parse_required("/refresh_token", entry.body.0.refresh_token, Ok);
    let Some(shown) = shown else { return Err(faults.into_vec().into()) };
    let shown = digest_token(&shown);
    let (token, successor) = generate_token();
    let now = state.clock.now();
    let session = state
        .db
        .write_unjournaled(move |c| unguarded::exchange_refresh_token(c, &shown, &successor, now))
        .await
        .map_err(|e: StoreError| e)?
        .ok_or(ApiError::Unauthenticated)?;
    answer_tokens(&state, &session, token)
}

/// Sign out
///
/// Ends the session of the token. Its access and refresh tokens are refused from now on.
#[utoipa::path(tag = "auth", responses((status = 200, body = EmptyAnswer)))]
#[post("/auth/logout")]
async fn sign_out(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let now = state.clock.now();
    state
        .db
        .write_unjournaled(move |c| unguarded::end_session(c, own.caller.session, now))
        .await
        .map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&EmptyAnswer {})?.mark_secret())
}

/// An invitation that can be accepted, with what its holder brings. Whoever holds none is told so before the body is read.
struct InvitationRequest {
    digest: SecretDigest,
    address: EmailAddress,
    client: Option<String>,
    acceptance: InvitationAcceptance,
}

impl FromBody for InvitationRequest {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let state = find_state(req)?;
        let path = decode_path(req)?;
        let digest = digest_token(path.first().map_or("", String::as_str));
        let now = state.clock.now();
        let invited = move |c: &mut Conn| -> StoreResult<_> {
            match unguarded::find_invited_user(c, &digest, now)? {
                Some(id) => users::find(c, id),
                None => Ok(None),
            }
        };
        let user = state.db.read_point(invited).await.map_err(|e: StoreError| e)?;
        let address = user.ok_or(ApiError::NotFound)?.email;
        let WithClient { client, body: Json(acceptance) } =
            WithClient::<Json<InvitationAcceptance>>::read_request(req, payload).await?;
        Ok(Self { digest, address, client, acceptance })
    }
}

/// Accept an invitation
///
/// Sets the password of an invited account and signs in. An invitation is good once and for 7 days.
#[utoipa::path(tag = "auth", request_body = InvitationAcceptance, responses((status = 200, body = TokensView)), security(()))]
#[post("/auth/invitations/{token}/accept")]
async fn accept_invitation(
    entry: CredentialRequest<InvitationRequest>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let InvitationRequest { digest, address, client, acceptance } = entry.body;
    let mut faults = FaultList::new();
    let password = faults
        .parse_required("/password", acceptance.password, |raw| parse_new_password(&raw, &address));
    let Some(password) = password else { return Err(faults.into_vec().into()) };
    let phc = state.passwords.hash(password).await?;
    let (token, refresh_digest) = generate_token();
    let accept =
        move |tx: &mut Tx<'_>| activate_account(tx, &digest, &phc, &refresh_digest, client);
    let session = state.db.write(accept).await?;
    answer_tokens(&state, &session, token)
}

/// Parses a password to be set by whoever signs in with an address.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn parse_new_password(raw: &str, own: &EmailAddress) -> Result<NewPassword, ValueFault> {
    NewPassword::parse_for(raw, own.as_str()).map_err(|fault| {
        let code = match fault {
            PasswordFault::TooShort => "too_short",
            PasswordFault::TooLong => "too_long",
            PasswordFault::ControlCharacter => "control_character",
            PasswordFault::TooCommon => "too_common",
            PasswordFault::OwnAddress => "own_address",
        };
        ValueFault::new(code, fault.to_string())
    })
}

fn activate_account(
    tx: &mut Tx<'_>,
    digest: &SecretDigest,
    phc: &str,
    refresh: &SecretDigest,
    client: Option<String>,
) -> ApiResult<LoginSession> {
    let now: DateTime<Utc> = tx.at();
    let id = unguarded::find_invited_user(tx.conn(), digest, now)?.ok_or(ApiError::NotFound)?;
    let user = users::find(tx.conn(), id)?.ok_or(ApiError::NotFound)?;
    tx.act_as(id);
    tx.save(&user.accept_invitation(), Change::without_reason("accept_invitation"))?;
    unguarded::spend_invitation(tx.conn(), digest, now)?;
    unguarded::set_password(tx.conn(), id, phc)?;
    let session = LoginSession::start_session(generate_uuid(), id, client, now);
    unguarded::insert_session(tx.conn(), &session, refresh)?;
    Ok(session)
}
