use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    DecodingKey, EncodingKey, Header, Validation,
    crypto::{sign, verify},
    decode,
};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// The key, the signed part and the signature of RFC 7515, appendix A.1.
const RFC_KEY: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const RFC_MESSAGE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RFC_SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// HMAC-SHA-384 and HMAC-SHA-512 of the same message with the same key, by Python's `hmac`.
const HS384_SIGNATURE: &str = "azVX8-2q_DEdR5zRuXcG0qXAudGzchZHmWo-uKNQi_S5q9lpGrlH7hnDyIKEhZmX";
const HS512_SIGNATURE: &str = "MNHB8V8aB0FknfHyFENJHJkpilOknuKGNCH5xJc_m1eUHtYzi0zNjSqbQ5IK9BYQ\
    b9_dyIzws4Zjt3AcsuKZAg";

const OTHER_ALGORITHMS: [Algorithm; 10] = [
    Algorithm::HS384,
    Algorithm::HS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS512,
    Algorithm::EdDSA,
];

fn signing_key(secret: &[u8]) -> EncodingKey {
    install_provider();
    EncodingKey::from_secret(secret).unwrap()
}

fn verifying_key(secret: &[u8]) -> DecodingKey {
    install_provider();
    DecodingKey::from_secret(secret).unwrap()
}

fn rfc_secret() -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(RFC_KEY).unwrap()
}

fn verify_rfc_message(signature: &str) -> Result<bool> {
    verify(signature, RFC_MESSAGE.as_bytes(), &verifying_key(&rfc_secret()), Algorithm::HS256)
}

/// Takes any claims and no time, as the access tokens of this service are read.
fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation
}

fn decode_error(token: &str, algorithm: Algorithm) -> ErrorKind {
    let key = verifying_key(&rfc_secret());
    decode::<Value>(token, &key, &validation(algorithm)).unwrap_err().into_kind()
}

#[test]
fn the_example_of_rfc_7515_is_signed_and_verified() {
    let key = signing_key(&rfc_secret());
    let signature = sign(RFC_MESSAGE.as_bytes(), &key, Algorithm::HS256).unwrap();
    assert_eq!(signature, RFC_SIGNATURE);
    assert_eq!(verify_rfc_message(RFC_SIGNATURE), Ok(true));
    let token = format!("{RFC_MESSAGE}.{RFC_SIGNATURE}");
    let decoded =
        decode::<Value>(&token, &verifying_key(&rfc_secret()), &validation(Algorithm::HS256));
    assert_eq!(decoded.unwrap().claims["iss"], "joe");
}

#[test]
fn a_signature_with_a_different_key_is_refused() {
    let key = signing_key(b"a different key");
    let signature = sign(RFC_MESSAGE.as_bytes(), &key, Algorithm::HS256).unwrap();
    assert_eq!(verify_rfc_message(&signature), Ok(false));
    let token = format!("{RFC_MESSAGE}.{signature}");
    assert_eq!(decode_error(&token, Algorithm::HS256), ErrorKind::InvalidSignature);
}

#[test]
fn an_empty_short_or_long_signature_is_refused() {
    let whole = URL_SAFE_NO_PAD.decode(RFC_SIGNATURE).unwrap();
    for length in 0..whole.len() {
        let signature = URL_SAFE_NO_PAD.encode(&whole[..length]);
        assert_eq!(verify_rfc_message(&signature), Ok(false), "{length} bytes");
    }
    let longer = URL_SAFE_NO_PAD.encode([whole.as_slice(), &[0]].concat());
    assert_eq!(verify_rfc_message(&longer), Ok(false));
    let token = format!("{RFC_MESSAGE}.");
    assert_eq!(decode_error(&token, Algorithm::HS256), ErrorKind::InvalidSignature);
}

#[test]
fn hmac_with_a_longer_hash_is_refused() {
    for signature in [HS384_SIGNATURE, HS512_SIGNATURE] {
        assert_eq!(verify_rfc_message(signature), Ok(false));
    }
}

#[test]
fn every_algorithm_but_hs256_is_refused() {
    let secret = rfc_secret();
    for algorithm in OTHER_ALGORITHMS {
        let message = RFC_MESSAGE.as_bytes();
        let signed = sign(message, &signing_key(&secret), algorithm);
        assert_eq!(signed.unwrap_err().into_kind(), ErrorKind::InvalidAlgorithm, "{algorithm:?}");
        let verified = verify(RFC_SIGNATURE, message, &verifying_key(&secret), algorithm);
        assert_eq!(verified.unwrap_err().into_kind(), ErrorKind::InvalidAlgorithm, "{algorithm:?}");
        // A header that names the algorithm, even if the caller would take it.
        let header = serde_json::to_vec(&Header::new(algorithm)).unwrap();
        let token = format!("{}.e30.{RFC_SIGNATURE}", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(decode_error(&token, algorithm), ErrorKind::InvalidAlgorithm, "{algorithm:?}");
        assert_eq!(decode_error(&token, Algorithm::HS256), ErrorKind::InvalidAlgorithm);
    }
}

#[test]
fn a_token_without_an_algorithm_is_refused() {
    for name in ["none", "None", "NONE", ""] {
        let header = URL_SAFE_NO_PAD.encode(format!("{{\"typ\":\"JWT\",\"alg\":\"{name}\"}}"));
        for signature in ["", RFC_SIGNATURE] {
            let error = decode_error(&format!("{header}.e30.{signature}"), Algorithm::HS256);
            assert!(matches!(error, ErrorKind::Json(_)), "{name}: {error:?}");
        }
    }
}

#[test]
fn a_key_of_a_different_family_is_refused() {
    install_provider();
    let message = RFC_MESSAGE.as_bytes();
    let signed = sign(message, &EncodingKey::from_rsa_der(&rfc_secret()), Algorithm::HS256);
    assert_eq!(signed.unwrap_err().into_kind(), ErrorKind::InvalidKeyFormat);
    let key = DecodingKey::from_rsa_der(&rfc_secret());
    let verified = verify(RFC_SIGNATURE, message, &key, Algorithm::HS256);
    assert_eq!(verified.unwrap_err().into_kind(), ErrorKind::InvalidKeyFormat);
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_and_a_changed_bit_is_refused(
        secret in proptest::collection::vec(any::<u8>(), 1..200),
        message in proptest::collection::vec(any::<u8>(), 0..200),
        bit in 0_usize..256,
    ) {
        let signature = sign(&message, &signing_key(&secret), Algorithm::HS256).unwrap();
        let key = verifying_key(&secret);
        prop_assert_eq!(verify(&signature, &message, &key, Algorithm::HS256), Ok(true));
        let mut bytes = URL_SAFE_NO_PAD.decode(&signature).unwrap();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = URL_SAFE_NO_PAD.encode(bytes);
        prop_assert_eq!(verify(&changed, &message, &key, Algorithm::HS256), Ok(false));
    }
}
