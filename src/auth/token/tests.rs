use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha512;

use super::*;

const FIRST: &str = "the first secret, of 32 bytes or more";
const SECOND: &str = "the second secret, of 32 bytes or more";
const START: i64 = 1_767_225_600;

fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START + secs, 0).unwrap()
}

fn new(secrets: &[&str]) -> Result<AccessTokens, TokenError> {
    AccessTokens::new(&secrets.iter().map(|secret| Secret::from(*secret)).collect::<Vec<_>>())
}

fn tokens(secrets: &[&str]) -> AccessTokens {
    new(secrets).unwrap()
}

fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "HS256", "kid": derive_key_id(FIRST.as_bytes())})
}

fn claims() -> Value {
    json!({
        "iss": "ascn-tracker", "aud": "ascn-tracker-api", "sub": Uuid::from_u128(1),
        "sid": Uuid::from_u128(2), "iat": START, "exp": START + 900,
    })
}

/// Signs any header and claims, valid or not.
fn forge(header: &Value, claims: &Value, secret: &str, algorithm: Algorithm) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    // Not signed by the library: it refuses every algorithm but HS256.
    let (secret, bytes) = (secret.as_bytes(), message.as_bytes());
    let signature = if algorithm == Algorithm::HS512 {
        let mac = Hmac::<Sha512>::new_from_slice(secret).unwrap().chain_update(bytes);
        mac.finalize().into_bytes().to_vec()
    } else {
        let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(bytes);
        mac.finalize().into_bytes().to_vec()
    };
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn good() -> String {
    forge(&header(), &claims(), FIRST, Algorithm::HS256)
}

fn verdict(header: &Value, claims: &Value) -> Result<AccessClaims, TokenFault> {
    tokens(&[FIRST]).verify(&forge(header, claims, FIRST, Algorithm::HS256), at(0))
}

fn with(mut base: Value, name: &str, value: Value) -> Value {
    base[name] = value;
    base
}

fn without(mut base: Value, name: &str) -> Value {
    base.as_object_mut().unwrap().remove(name).unwrap();
    base
}

#[test]
fn a_token_says_what_was_issued() {
    let tokens = tokens(&[FIRST]);
    let (user, session) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let (token, expires_in) = tokens.issue(user, session, at(0)).unwrap();
    assert_eq!(expires_in, 900);
    assert!(token.len() < 500, "{}", token.len());
    let expected = AccessClaims { user, session, issued_at: at(0), expires_at: at(900) };
    // The first call verifies the signature, and the second uses the cache.
    assert_eq!(tokens.verify(&token, at(0)), Ok(expected));
    assert_eq!(tokens.verify(&token, at(1)), Ok(expected));
    assert_eq!(verdict(&header(), &claims()), Ok(expected));
}

#[test]
fn time_counts_also_for_what_is_remembered() {
    let tokens = tokens(&[FIRST]);
    let (token, _) = tokens.issue(Uuid::nil(), Uuid::nil(), at(0)).unwrap();
    assert_eq!(tokens.verify(&token, at(-31)), Err(TokenFault::NotYetValid));
    assert!(tokens.verify(&token, at(-30)).is_ok());
    assert!(tokens.verified.contains_key(&token));
    assert!(tokens.verify(&token, at(929)).is_ok());
    assert_eq!(tokens.verify(&token, at(930)), Err(TokenFault::Expired));
    assert!(!tokens.verified.contains_key(&token));
    assert_eq!(tokens.verify(&token, at(930)), Err(TokenFault::Expired));
    assert!(!tokens.verified.contains_key(&token));
}

#[test]
fn every_claim_is_required_and_of_its_type() {
    for name in ["iss", "aud", "sub", "sid", "iat", "exp"] {
        for broken in [without(claims(), name), with(claims(), name, Value::Null)] {
            assert_eq!(verdict(&header(), &broken), Err(TokenFault::Malformed), "{name}");
        }
        let list = with(claims(), name, json!([claims()[name]]));
        assert_eq!(verdict(&header(), &list), Err(TokenFault::Malformed), "{name}");
    }
    for (name, value) in [("sub", json!("root")), ("exp", json!(1.5)), ("iat", json!("0"))] {
        let broken = with(claims(), name, value);
        assert_eq!(verdict(&header(), &broken), Err(TokenFault::Malformed), "{name}");
    }
}

#[test]
fn another_issuer_or_audience_is_refused() {
    for name in ["iss", "aud"] {
        let other = with(claims(), name, json!("someone-else"));
        assert_eq!(verdict(&header(), &other), Err(TokenFault::Purpose));
    }
}

#[test]
fn a_lifetime_is_15_minutes_at_most() {
    for exp in [START + 901, START, START - 1, i64::MAX] {
        let other = with(claims(), "exp", json!(exp));
        assert_eq!(verdict(&header(), &other), Err(TokenFault::Lifetime), "{exp}");
    }
    let overflow = with(with(claims(), "iat", json!(i64::MIN)), "exp", json!(i64::MAX));
    assert_eq!(verdict(&header(), &overflow), Err(TokenFault::Lifetime));
    let far = with(with(claims(), "iat", json!(i64::MAX - 900)), "exp", json!(i64::MAX));
    assert_eq!(verdict(&header(), &far), Err(TokenFault::Malformed));
}

#[test]
fn the_header_is_exactly_ours() {
    for name in ["typ", "alg", "kid"] {
        assert_eq!(verdict(&without(header(), name), &claims()), Err(TokenFault::Header));
    }
    for typ in ["JWT", "AT+JWT", "application/at+jwt"] {
        assert_eq!(verdict(&with(header(), "typ", json!(typ)), &claims()), Err(TokenFault::Header));
    }
    for name in ["jwk", "jku", "x5u", "x5c", "crit", "b64", "cty", "zip", "nonce", "note"] {
        for value in [Value::Null, json!([]), json!({"kty": "oct", "k": "AA"}), json!("x")] {
            assert_eq!(verdict(&with(header(), name, value), &claims()), Err(TokenFault::Header));
        }
    }
    // If a name is given twice, two readers could read it differently.
    let doubled = header().to_string().replacen('{', "{\"alg\":\"none\",", 1);
    let token = good();
    let (_, rest) = token.split_once('.').unwrap();
    let token = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(doubled));
    assert_eq!(tokens(&[FIRST]).verify(&token, at(0)), Err(TokenFault::Header));
}

#[test]
fn another_algorithm_is_refused() {
    let tokens = tokens(&[FIRST]);
    for name in ["none", "None", "hs256", "RS256", "HS384", "HS512"] {
        let other = with(header(), "alg", json!(name));
        let token = forge(&other, &claims(), FIRST, Algorithm::HS512);
        assert_eq!(tokens.verify(&token, at(0)), Err(TokenFault::Header), "{name}");
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        assert_eq!(tokens.verify(&format!("{unsigned}."), at(0)), Err(TokenFault::Header));
    }
    // Signed with HMAC-SHA-512, although the header names HMAC-SHA-256.
    let token = forge(&header(), &claims(), FIRST, Algorithm::HS512);
    assert_eq!(tokens.verify(&token, at(0)), Err(TokenFault::Signature));
}

#[test]
fn a_forged_or_missing_signature_is_refused() {
    let tokens = tokens(&[FIRST]);
    let token = forge(&header(), &claims(), SECOND, Algorithm::HS256);
    assert_eq!(tokens.verify(&token, at(0)), Err(TokenFault::Signature));
    let good = good();
    let other =
        forge(&header(), &with(claims(), "sub", json!(Uuid::nil())), FIRST, Algorithm::HS256);
    let (message, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = good.rsplit_once('.').unwrap();
    assert_eq!(tokens.verify(&format!("{message}.{signature}"), at(0)), Err(TokenFault::Signature));
    assert_eq!(tokens.verify(&format!("{message}."), at(0)), Err(TokenFault::Signature));
    assert!(tokens.verify(message, at(0)).is_err());
}

#[test]
fn the_first_secret_signs_and_all_verify() {
    let (old, new) = (tokens(&[SECOND]), tokens(&[FIRST, SECOND]));
    let (by_old, _) = old.issue(Uuid::nil(), Uuid::nil(), at(0)).unwrap();
    let (by_new, _) = new.issue(Uuid::nil(), Uuid::nil(), at(0)).unwrap();
    assert!(new.verify(&by_old, at(0)).is_ok());
    assert!(tokens(&[FIRST]).verify(&by_new, at(0)).is_ok());
    assert_eq!(old.verify(&by_new, at(0)), Err(TokenFault::UnknownKey));
    assert_eq!(derive_key_id(b"abc"), "ba7816bf");
}

#[test]
fn garbage_is_refused_and_a_huge_token_is_not_even_read() {
    let tokens = tokens(&[FIRST]);
    for garbage in ["", ".", "..", "...", "a.b.c", "e30.e30.", "\u{fffd}.\u{0}.x", "Bearer x"] {
        assert!(tokens.verify(garbage, at(0)).is_err(), "{garbage}");
    }
    let good = good();
    for broken in [format!("{good}."), format!(".{good}"), format!(" {good}"), format!("{good}=")] {
        assert!(tokens.verify(&broken, at(0)).is_err(), "{broken}");
    }
    let long = with(claims(), "note", json!("x".repeat(2_000)));
    let long = forge(&header(), &long, FIRST, Algorithm::HS256);
    assert_eq!(tokens.verify(&long, at(0)), Err(TokenFault::TooLong));
    assert_eq!(tokens.verified.iter().count(), 0);
}

#[test]
fn secrets_are_long_and_given_once() {
    assert!(matches!(new(&[]), Err(TokenError::NoSecret)));
    assert!(matches!(new(&[FIRST, "short"]), Err(TokenError::ShortSecret)));
    assert!(matches!(new(&[FIRST, FIRST]), Err(TokenError::DoubledSecret)));
}

#[test]
fn what_debugging_shows_is_no_secret() {
    let tokens = tokens(&[FIRST, SECOND]);
    let (token, _) = tokens.issue(Uuid::nil(), Uuid::nil(), at(0)).unwrap();
    tokens.verify(&token, at(0)).unwrap();
    assert_eq!(format!("{tokens:?}"), "Tokens { keys: 2, .. }");
}
