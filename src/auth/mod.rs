//! Who someone is: passwords, access tokens, and the digests by which other secrets are kept.
//! What a person may do is decided in `domain::policy`; sessions and accounts are in `store`.

mod hs256;
pub mod password;
pub mod secret;
pub(crate) mod token;

pub use crate::config::Secret;
