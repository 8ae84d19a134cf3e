//! Authentication: passwords, access tokens, and digests of other secrets. Permissions are in `domain::policy`;
//! sessions and accounts are in `store`.

mod hs256;
pub mod password;
pub mod secret;
pub(crate) mod token;

pub use crate::config::Secret;
