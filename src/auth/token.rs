//! Access tokens: JSON Web Tokens signed with HMAC-SHA-256, made and read by this service alone.
//!
//! A token says who and in which session, never what that person may do: grants change within
//! its life. Whether the session was revoked is asked elsewhere, of memory.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::hs256;
use crate::config::{MIN_TOKEN_SECRET_BYTES, Secret};

/// How long an access token lasts.
pub(crate) const ACCESS_TTL_SECS: i64 = 15 * 60;
/// How far the clocks of two instances may be apart.
pub(crate) const LEEWAY_SECS: i64 = 30;
/// The longest text that is looked at as a token; ours have about 420 bytes.
pub(crate) const MAX_TOKEN_BYTES: usize = 2_048;

const TYPE: &str = "at+jwt";
const ISSUER: &str = "ascn-tracker";
const AUDIENCE: &str = "ascn-tracker-api";
/// Verified tokens that are remembered, about 6 MB.
const REMEMBERED: u64 = 10_000;

/// Makes and verifies access tokens.
pub struct AccessTokens {
    signing: Header,
    signing_key: EncodingKey,
    keys: Vec<(String, DecodingKey)>,
    validation: Validation,
    /// Tokens whose signature and claims are known to be good. Only those get in, so nobody can
    /// fill it with garbage. Times are checked again on each hit.
    verified: Cache<String, AccessClaims>,
}

/// What a verified token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whose it is.
    pub user: Uuid,
    /// The session it was made in.
    pub session: Uuid,
    /// When it was made, in whole seconds.
    pub issued_at: DateTime<Utc>,
    /// When it ends, in whole seconds.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is not accepted. For logs and tests: callers learn no more than 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Longer than [`MAX_TOKEN_BYTES`].
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of base64url, not JSON, a claim missing or of another type.
    #[error("the token is malformed")]
    Malformed,
    /// Not exactly `typ`, `alg` and `kid`, or another type or algorithm than ours.
    #[error("the token's header is not one of ours")]
    Header,
    /// Signed with a secret that is not in use (any more).
    #[error("the token's key is unknown")]
    UnknownKey,
    /// Not signed with the secret that it names.
    #[error("the token's signature is wrong")]
    Signature,
    /// Made by or for another service.
    #[error("the token's issuer or audience is not ours")]
    Purpose,
    /// Expiry before issue, or longer than [`ACCESS_TTL_SECS`].
    #[error("the token's lifetime is not one of ours")]
    Lifetime,
    /// Issued in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Past its end.
    #[error("the token has expired")]
    Expired,
}

/// Why tokens cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No secret to sign with.
    #[error("a token secret is required")]
    NoSecret,
    /// A secret that could be guessed.
    #[error("a token secret has at least 32 bytes")]
    ShortSecret,
    /// Two secrets with the same key id: a token could not name the one it means.
    #[error("each token secret is given once")]
    DoubledSecret,
    /// The library failed.
    #[error("the token could not be signed")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExactHeader {
    typ: String,
    alg: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
struct TokenClaims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

impl AccessTokens {
    /// Takes the secrets: the first signs, all verify.
    ///
    /// # Errors
    /// When there is none, one is short, or one is there twice.
    pub fn new(secrets: &[Secret]) -> Result<Self, TokenError> {
        hs256::install_provider();
        let first = secrets.first().ok_or(TokenError::NoSecret)?;
        let mut keys: Vec<(String, DecodingKey)> = Vec::with_capacity(secrets.len());
        for secret in secrets.iter().map(|secret| secret.expose().as_bytes()) {
            let kid = derive_key_id(secret);
            if secret.len() < MIN_TOKEN_SECRET_BYTES {
                return Err(TokenError::ShortSecret);
            }
            if keys.iter().any(|(known, _)| *known == kid) {
                return Err(TokenError::DoubledSecret);
            }
            keys.push((kid, DecodingKey::from_secret(secret)?));
        }
        let first = first.expose().as_bytes();
        let signing = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(derive_key_id(first)),
            ..Header::new(Algorithm::HS256)
        };
        let signing_key = EncodingKey::from_secret(first)?;
        let verified = Cache::new(REMEMBERED);
        Ok(Self { signing, signing_key, keys, validation: build_validation(), verified })
    }

    /// Makes a token for a user's session; returns it and the seconds that it lasts.
    ///
    /// # Errors
    /// When the library cannot sign, which is not expected.
    pub fn issue(
        &self,
        user: Uuid,
        session: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(String, i64), TokenError> {
        self.issue_until(user, session, now, now + TimeDelta::seconds(ACCESS_TTL_SECS))
    }

    /// Makes a token as [`AccessTokens::insert_refresh_token`] that does not outlive its session.
    ///
    /// # Errors
    /// When the library cannot sign, which is not expected.
    pub fn issue_until(
        &self,
        user: Uuid,
        session: Uuid,
        now: DateTime<Utc>,
        session_ends: DateTime<Utc>,
    ) -> Result<(String, i64), TokenError> {
        let iat = now.timestamp();
        // At least a second: a token that ends when it begins is none of ours.
        let ttl_secs = (session_ends.timestamp() - iat).clamp(1, ACCESS_TTL_SECS);
        let claims = TokenClaims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            iat,
            exp: iat + ttl_secs,
        };
        Ok((encode(&self.signing, &claims, &self.signing_key)?, ttl_secs))
    }

    /// Returns what a token says if it is ours and in force at `now`.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenFault> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::TooLong);
        }
        if let Some(claims) = self.verified.get(token) {
            return claims.check_validity(now).inspect_err(|_| self.verified.invalidate(token));
        }
        let claims = self.decode_claims(token)?.check_validity(now)?;
        self.verified.insert(token.to_owned(), claims);
        Ok(claims)
    }

    /// Checks everything about a token but the time.
    fn decode_claims(&self, token: &str) -> Result<AccessClaims, TokenFault> {
        let header = parse_header(token)?;
        let known = self.keys.iter().find(|(kid, _)| *kid == header.kid);
        let (_, key) = known.ok_or(TokenFault::UnknownKey)?;
        let claims =
            decode::<TokenClaims>(token, key, &self.validation).map_err(to_token_fault)?.claims;
        if claims.iss != ISSUER || claims.aud != AUDIENCE {
            return Err(TokenFault::Purpose);
        }
        let lifetime = claims.exp.checked_sub(claims.iat);
        if !lifetime.is_some_and(|secs| (1..=ACCESS_TTL_SECS).contains(&secs)) {
            return Err(TokenFault::Lifetime);
        }
        let at = |secs| DateTime::from_timestamp(secs, 0).ok_or(TokenFault::Malformed);
        Ok(AccessClaims {
            user: claims.sub,
            session: claims.sid,
            issued_at: at(claims.iat)?,
            expires_at: at(claims.exp)?,
        })
    }
}

/// Shows neither keys nor the tokens that are remembered.
impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl AccessClaims {
    fn check_validity(self, now: DateTime<Utc>) -> Result<Self, TokenFault> {
        let leeway = TimeDelta::seconds(LEEWAY_SECS);
        if self.issued_at.signed_duration_since(now) > leeway {
            return Err(TokenFault::NotYetValid);
        }
        if now.signed_duration_since(self.expires_at) >= leeway {
            return Err(TokenFault::Expired);
        }
        Ok(self)
    }
}

/// Returns the first 8 hex digits of a secret's SHA-256: the name by which tokens call it.
fn derive_key_id(secret: &[u8]) -> String {
    Sha256::digest(secret).iter().take(4).fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
}

/// The library checks the signature and the algorithm. Claims and times are checked here: it
/// asks the clock of the machine, knows neither `sid` nor `iat`, and takes lists for `aud`.
fn build_validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

/// Reads the header strictly: `jwk`, `jku`, `x5u`, `crit` and whatever else could tell a verifier
/// how to verify is refused by being there.
fn parse_header(token: &str) -> Result<ExactHeader, TokenFault> {
    let (header, _) = token.split_once('.').ok_or(TokenFault::Malformed)?;
    let json = URL_SAFE_NO_PAD.decode(header).ok().ok_or(TokenFault::Malformed)?;
    match serde_json::from_slice::<ExactHeader>(&json) {
        Ok(header) if header.typ == TYPE && header.alg == "HS256" => Ok(header),
        Ok(_) | Err(_) => Err(TokenFault::Header),
    }
}

fn to_token_fault(error: jsonwebtoken::errors::Error) -> TokenFault {
    match error.into_kind() {
        ErrorKind::InvalidSignature => TokenFault::Signature,
        _ => TokenFault::Malformed,
    }
}

#[cfg(test)]
mod tests;
