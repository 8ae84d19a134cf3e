//! Digests of secrets that are random already: refresh tokens, invitations, API keys.
//! Passwords are not random and are hashed slowly, in `password`.

use sha2::{Digest, Sha256};

/// Returns the SHA-256 of a random token, the only form in which one is kept.
///
/// No salt and no slow hash: of 160 random bits or more nothing can be tried out.
#[must_use]
pub fn digest_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Makes a secret of 256 random bits for somebody to keep, and the digest that is kept here.
#[must_use]
pub fn generate_token() -> (String, [u8; 32]) {
    let token = crate::clock::random_token();
    let digest = digest_token(&token);
    (token, digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_sha_256() {
        let digest = digest_token("abc");
        assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_ne!(digest, digest_token("abd"));
    }
}
