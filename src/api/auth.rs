//! Signing in, refreshing a session, signing out, and accepting an invitation.

use actix_web::{HttpRequest, dev::Payload, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::{Answer, SecretAnswer},
    body::{FromBody, Json, WithClient},
    error::{ApiError, ApiResult},
    may::{CredentialRequest, OwnRequest, decode_path, find_state},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{
        account,
        sessions::{self, IssuedSession},
    },
    auth::{
        Secret,
        password::{NewPassword, PasswordFault},
        secret::digest_token,
    },
    domain::{
        fault::{FaultList, FieldFault, ValueFault},
        user::EmailAddress,
    },
    store::{
        Conn, StoreError, StoreResult,
        unguarded::{self, PasswordCredentials, SecretDigest},
        users,
    },
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.post(operation!(sign_in)).post(operation!(refresh_session)).post(operation!(sign_out));
    cfg.post(operation!(accept_invitation));
}

/// The credentials of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Login)]
pub(crate) struct LoginRequest {
    /// E-mail address of the account. Case and space around it do not matter.
    #[schema(required, nullable = false, example = "officer.da-nang@demo.example")]
    pub email: Option<String>,
    /// Password of the account.
    #[schema(required, nullable = false, format = Password, example = "four words and a horse")]
    pub password: Option<String>,
}

impl LoginRequest {
    fn parse(self) -> Result<(String, String), Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let email = faults.parse_required("/email", self.email, Ok);
        let password = faults.parse_required("/password", self.password, Ok);
        email.zip(password).ok_or_else(|| faults.into_vec())
    }
}

/// A request to refresh a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Refresh)]
pub(crate) struct RefreshRequest {
    /// Refresh token of the last answer.
    #[schema(
        required,
        nullable = false,
        example = "Zt5nM1l0c2g1bXBsZS10b2tlbi1vbmx5LWFzLWFuLWV4YQ"
    )]
    pub refresh_token: Option<String>,
}

/// The acceptance of an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Acceptance)]
pub(crate) struct InvitationAcceptance {
    /// New password, 12 to 128 characters. The most common passwords and the person's own e-mail address are refused.
    #[schema(format = Password, min_length = 12, max_length = 128, example = "four words and a horse", required, nullable = false)]
    pub password: Option<String>,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokensView {
    /// Access token, to be sent with every request as `Authorization: Bearer …`.
    pub access_token: String,
    /// Type of the access token: always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Token that `/auth/refresh` exchanges for new tokens.
    pub refresh_token: String,
    /// Seconds until the session ends unless it is refreshed.
    #[schema(example = 604_800)]
    pub refresh_expires_in: i64,
}

/// An empty answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Done)]
pub(crate) struct EmptyAnswer {}

/// Sign in
///
/// Exchanges an e-mail address and a password for the tokens of a new session. An unknown address, a disabled account
/// and a wrong password get the same answer, 401, after the same time, so that nobody can find out who has an account.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = LoginRequest,
    responses((status = 200, body = TokensView)))]
async fn sign_in(
    entry: CredentialRequest<WithClient<Json<LoginRequest>>>,
    state: Data<State>,
) -> ApiResult<SecretAnswer> {
    let WithClient { client, body: Json(login) } = entry.body;
    let (email, password) = login.parse()?;
    let checked = check_credentials(&state, &email, password).await?;
    let now = state.clock.now();
    let start = move |c: &mut _| sessions::start_session(c, &checked, client, now);
    let issued = state.db.write_unjournaled(start).await?.ok_or(ApiError::WrongPassword)?;
    answer_tokens(&state, issued)
}

/// Finds the account of an address and a password. An unknown address takes as long as a known one, so that the time of
/// the answer does not tell who has an account.
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

fn answer_tokens(state: &State, issued: IssuedSession) -> ApiResult<SecretAnswer> {
    let IssuedSession { session, refresh_token } = issued;
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

/// Refresh a session
///
/// Exchanges a refresh token for new tokens. A refresh token keeps working until its successor is used, for at most 60
/// seconds after its own first use, so that a client that lost an answer is not signed out. An older token is refused
/// with 401 and ends the session, because somebody may have copied it. A session ends 7 days after it was last
/// refreshed, and at the latest 30 days after it began.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = RefreshRequest,
    responses((status = 200, body = TokensView)))]
async fn refresh_session(
    entry: CredentialRequest<Json<RefreshRequest>>,
    state: Data<State>,
) -> ApiResult<SecretAnswer> {
    let mut faults = FaultList::new();
    let presented = faults.parse_required("/refresh_token", entry.body.0.refresh_token, Ok);
    let Some(presented) = presented else { return Err(faults.into_vec().into()) };
    let now = state.clock.now();
    let refresh = move |c: &mut _| sessions::refresh_session(c, &presented, now);
    let issued = state.db.write_unjournaled(refresh).await?.ok_or(ApiError::Unauthenticated)?;
    answer_tokens(&state, issued)
}

/// Sign out
///
/// Ends the session of the access token. The access and refresh tokens of the session are refused from then on.
#[utoipa::path(post, path = "/auth/logout", tag = "auth",
    responses((status = 200, body = EmptyAnswer)))]
async fn sign_out(own: OwnRequest, state: Data<State>) -> ApiResult<SecretAnswer> {
    let now = state.clock.now();
    state
        .db
        .write_unjournaled(move |c| unguarded::end_session(c, own.caller.session, now))
        .await
        .map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&EmptyAnswer {})?.mark_secret())
}

/// A valid invitation and the body of its acceptance. An invalid token is refused before the body is read.
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
/// Sets the password of an invited account, and signs the person in. An invitation can be accepted once, within 7 days;
/// otherwise the answer is 404.
#[utoipa::path(post, path = "/auth/invitations/{token}/accept",
    tag = "auth", request_body = InvitationAcceptance,
    responses((status = 200, body = TokensView)))]
async fn accept_invitation(
    entry: CredentialRequest<InvitationRequest>,
    state: Data<State>,
) -> ApiResult<SecretAnswer> {
    let InvitationRequest { digest, address, client, acceptance } = entry.body;
    let mut faults = FaultList::new();
    let password = faults
        .parse_required("/password", acceptance.password, |raw| parse_new_password(&raw, &address));
    let Some(password) = password else { return Err(faults.into_vec().into()) };
    let password_hash = state.passwords.hash(password).await?;
    let accepted = account::AcceptedInvitation { digest, password_hash, client };
    let issued = state.db.write(move |tx| account::accept_invitation(tx, accepted)).await?;
    answer_tokens(&state, issued)
}

/// Parses a new password for the account with this address.
///
/// # Errors
/// Returns the first rule that the password breaks.
pub(super) fn parse_new_password(raw: &str, own: &EmailAddress) -> Result<NewPassword, ValueFault> {
    NewPassword::parse_for(raw, own.as_str()).map_err(|fault| {
        let code = match fault {
            PasswordFault::TooShort => "too_short",
            PasswordFault::TooLong => "too_long",
            PasswordFault::ControlCharacter => "control_character",
            PasswordFault::TooCommon => "too_common",
            PasswordFault::OwnAddress => "own_address",
        };
        ValueFault::new(code, fault.message())
    })
}
