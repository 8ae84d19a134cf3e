//! HMAC-SHA-256 for `jsonwebtoken`, which is compiled without the crypto backends that it offers.
//!
//! Those backends bring RSA and several elliptic curves. This service signs and verifies its own
//! tokens with one shared secret, so it needs HS256 and must refuse everything else.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
    signature::{self, Signer, Verifier},
};
use sha2::Sha256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| {
        Ok(Box::new(Hs256Key::new(*algorithm, key.family(), key.as_bytes())?))
    },
    verifier_factory: |algorithm, key| {
        Ok(Box::new(Hs256Key::new(*algorithm, key.family(), key.try_get_as_bytes()?)?))
    },
    // Only JSON Web Keys need these functions, and this service neither reads nor publishes any.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes HS256 the only algorithm of `jsonwebtoken` in this process. Without a provider the crate
/// panics when it signs or verifies.
pub(super) fn install_provider() {
    // This fails if a provider is installed already. Nothing but this function installs one.
    let _installed_before = PROVIDER.install_default();
}

/// HMAC-SHA-256 with the key schedule of one secret.
struct Hs256Key(Hmac<Sha256>);

impl Hs256Key {
    fn new(algorithm: Algorithm, family: AlgorithmFamily, secret: &[u8]) -> Result<Self> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        if family != AlgorithmFamily::Hmac {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        let mac = Hmac::new_from_slice(secret).ok().ok_or(ErrorKind::InvalidKeyFormat)?;
        Ok(Self(mac))
    }
}

impl Signer<Vec<u8>> for Hs256Key {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256Key {
    /// Compares in constant time, and refuses a signature that is not exactly 32 bytes long.
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), signature::Error> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).map_err(signature::Error::from_source)
    }
}

impl JwtSigner for Hs256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests;
