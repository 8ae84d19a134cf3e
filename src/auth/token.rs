//! Access tokens: JSON Web Tokens signed with HMAC-SHA-256. Only this service makes and reads them.
//!
//! A token contains the user and the session, but no permissions, because grants can change while a token is valid.
//! `store::directory` knows which sessions were revoked.

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

/// The lifetime of an access token, in seconds.
pub(crate) const ACCESS_TTL_SECS: i64 = 15 * 60;
/// The largest difference between the clocks of two instances, in seconds.
pub(crate) const LEEWAY_SECS: i64 = 30;
/// The longest text that is read as a token, in bytes. The tokens of this service have about 420 bytes.
pub(crate) const MAX_TOKEN_BYTES: usize = 2_048;

const TYPE: &str = "at+jwt";
const ISSUER: &str = "ascn-tracker";
const AUDIENCE: &str = "ascn-tracker-api";
/// The number of verified tokens in the cache, which then takes about 6 MB.
const REMEMBERED: u64 = 10_000;

/// Makes and verifies access tokens.
pub struct AccessTokens {
    signing: Header,
    signing_key: EncodingKey,
    keys: Vec<(String, DecodingKey)>,
    validation: Validation,
    /// Tokens whose signature and claims are valid. Invalid tokens are not cached, so nobody can fill the cache with
    /// garbage. The times are checked again on each hit.
    verified: Cache<String, AccessClaims>,
}

/// The claims of a verified token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// The user of the token.
    pub user: Uuid,
    /// The session that the token was made in.
    pub session: Uuid,
    /// The time of issue, in whole seconds.
    pub issued_at: DateTime<Utc>,
    /// The time of expiry, in whole seconds.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is not accepted. For logs and tests only: callers get the same 401 for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Longer than [`MAX_TOKEN_BYTES`].
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of base64url, not JSON, or a claim that is missing or has a wrong type.
    #[error("the token is malformed")]
    Malformed,
    /// Members other than `typ`, `alg` and `kid`, or a different type or algorithm.
    #[error("the token's header is not one of ours")]
    Header,
    /// Signed with a secret that is not in use, or not in use any more.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// Not signed with the secret that it names.
    #[error("the token's signature is wrong")]
    Signature,
    /// A different issuer or audience.
    #[error("the token's issuer or audience is not ours")]
    Purpose,
    /// It expires before it was issued, or lives longer than [`ACCESS_TTL_SECS`].
    #[error("the token's lifetime is not one of ours")]
    Lifetime,
    /// Issued in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
}

/// Why tokens cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is no secret to sign with.
    #[error("a token secret is required")]
    NoSecret,
    /// A secret is so short that it could be guessed.
    #[error("a token secret has at least 32 bytes")]
    ShortSecret,
    /// Two secrets have the same key id, so a token could not name the right one.
    #[error("each token secret is given once")]
    DoubledSecret,
    /// The JWT library failed.
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
    /// Takes the secrets: the first one signs, and all of them verify, so that secrets can be rotated.
    ///
    /// # Errors
    /// There is no secret, a secret is too short, or a secret is given twice.
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

    /// Makes a token for a user's session. Returns it with its lifetime in seconds.
    ///
    /// # Errors
    /// The library cannot sign, which is not expected.
    pub fn issue(
        &self,
        user: Uuid,
        session: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(String, i64), TokenError> {
        self.issue_until(user, session, now, now + TimeDelta::seconds(ACCESS_TTL_SECS))
    }

    /// Like [`AccessTokens::issue`], but the token ends with its session if that ends earlier.
    ///
    /// # Errors
    /// The library cannot sign, which is not expected.
    pub fn issue_until(
        &self,
        user: Uuid,
        session: Uuid,
        now: DateTime<Utc>,
        session_ends: DateTime<Utc>,
    ) -> Result<(String, i64), TokenError> {
        let iat = now.timestamp();
        // At least one second, because `verify` refuses a token without a lifetime.
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

    /// Returns the claims of a token if this service made it and it is valid at `now`.
    ///
    /// # Errors
    /// The first fault of the token.
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

    /// Checks everything except the time.
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

/// Prints neither the keys nor the cached tokens.
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

/// Returns the first 8 hexadecimal digits of a secret's SHA-256, the `kid` of its tokens.
fn derive_key_id(secret: &[u8]) -> String {
    Sha256::digest(secret).iter().take(4).fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
}

/// The library checks only the signature and the algorithm. This file checks claims and times, because the library uses
/// the system clock, does not check `sid` and `iat`, and accepts lists as `aud`.
fn build_validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

/// Parses the header strictly: any member other than `typ`, `alg` and `kid` is refused. `jwk`, `jku`, `x5u` or `crit`
/// could otherwise tell a verifier how to verify.
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
