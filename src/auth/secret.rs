//! Digests of secrets that are random: refresh tokens, invitations, and the addresses of calendars and shares.
//! Passwords are not random; `password` hashes them slowly.

use sha2::{Digest, Sha256};

/// Returns the SHA-256 of a random token. Only this digest is stored.
///
/// It needs no salt and no slow hash, because nobody can guess 160 random bits or more.
#[must_use]
pub fn digest_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Makes a secret of 256 random bits. Returns it for the user, with the digest to store.
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
