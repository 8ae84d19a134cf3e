//! The rules for passwords, and hashing them on dedicated threads.
//!
//! One Argon2id hash takes 17 ms of CPU time and 19 MiB. On the threads that serve requests, many sign-ins at once
//! would block every reader: 50,000 reads a second dropped to 46 in a measurement. For that reason a few threads do it
//! behind a short queue. If the queue is full, the caller gets 503.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, available_parallelism};

use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use crate::config::Secret;

mod fault;

pub use fault::PasswordFault;

/// The minimum length of a password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The maximum length of a password, in characters.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// The first recommendation of the OWASP Password Storage Cheat Sheet: memory in KiB, passes and lanes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The number of jobs that may wait. At 17 ms each, the last one waits for about half a second divided by the number of
/// threads.
const QUEUE: usize = 32;

/// The most frequent leaked passwords of 12 characters or more, in lower case, and passwords that the name of this
/// service suggests.
const COMMON: &[&str] = &[
    "000111222333",
    "0123456789012",
    "0987654321098",
    "111222333444",
    "112233445566",
    "121212121212",
    "123123123123",
    "123412341234",
    "123456123456",
    "1234567890123",
    "1234567890ab",
    "123456789012",
    "1234567891011",
    "123456789abc",
    "123456qwerty",
    "123qwe123qwe",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc",
    "1qazxsw23edc",
    "abc123abc123",
    "abcdefghijkl",
    "abcdefghijklmnopqrstuvwxyz",
    "administrator",
    "administrator1",
    "adminadminadmin",
    "asdfghjkl123",
    "asdfghjkl;'\\",
    "asdfasdfasdf",
    "ascn-tracker",
    "ascntracker1",
    "aseansmartcities",
    "asean smart cities",
    "changeme1234",
    "changemechangeme",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "iloveyou1234",
    "iloveyouforever",
    "letmeinletmein",
    "motdepasse123",
    "p@ssw0rd1234",
    "password1234",
    "password12345",
    "password123456",
    "password@123",
    "password!234",
    "passwordpassword",
    "passw0rd1234",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyqwerty",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyuiopasdfghjkl",
    "secretsecret",
    "smartcities1",
    "smartcities2025",
    "smartcities2026",
    "superman1234",
    "welcome12345",
    "welcomewelcome",
    "zaq12wsxcde3",
    "zxcvbnm12345",
    "zxcvbnmasdfghjkl",
];

/// A password that satisfies the rules. It is kept as typed, without Unicode normalisation.
#[derive(Clone, Debug)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Checks a new password for the account with this e-mail address. The address and the part before `@` are refused,
    /// because an attacker who knows the address tries them first.
    ///
    /// # Errors
    /// The first rule that the password breaks.
    pub fn parse_for(text: &str, address: &str) -> Result<Self, PasswordFault> {
        let (lowered, address) = (text.trim().to_lowercase(), address.trim().to_lowercase());
        if lowered == address
            || address.split_once('@').is_some_and(|(name, _host)| lowered == name)
        {
            return Err(PasswordFault::OwnAddress);
        }
        Self::parse(text)
    }

    /// Checks a new password.
    ///
    /// The rules demand a length and no kinds of characters, as NIST SP 800-63B recommends.
    ///
    /// # Errors
    /// The first rule that the password breaks.
    pub fn parse(text: &str) -> Result<Self, PasswordFault> {
        let count = text.chars().count();
        if count < MIN_PASSWORD_CHARS {
            return Err(PasswordFault::TooShort);
        }
        if count > MAX_PASSWORD_CHARS {
            return Err(PasswordFault::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(PasswordFault::ControlCharacter);
        }
        let repeated = text.chars().zip(text.chars().skip(1)).all(|(a, b)| a == b);
        if repeated || COMMON.contains(&text.to_lowercase().as_str()) {
            return Err(PasswordFault::TooCommon);
        }
        Ok(Self(Secret::from(text)))
    }
}

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The queue is full. The caller may try again after a second.
    #[error("too many passwords are waiting to be checked")]
    Busy,
    /// The stored hash is broken, or the system failed.
    #[error("the password could not be processed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

type PasswordJob = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords on its own threads. The threads end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct PasswordPool {
    queue: Sender<PasswordJob>,
    dummy_hash: Arc<str>,
}

impl PasswordPool {
    /// Starts the threads: one less than there are cores, but at least one.
    ///
    /// # Errors
    /// A thread cannot be started, or the first hash fails.
    pub fn start() -> Result<Self, PasswordError> {
        let cores = available_parallelism().map_or(1, usize::from);
        Self::with_threads(cores.saturating_sub(1).max(1), QUEUE)
    }

    /// Hashes a password with a random salt. Returns a PHC string.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] if too many jobs wait.
    pub async fn hash(&self, password: NewPassword) -> Result<String, PasswordError> {
        self.run_job(move || hash_to_phc(password.0.expose())).await
    }

    /// Returns `true` if `phc` is a hash of `password`.
    ///
    /// Without a hash (an unknown account, or an account without a password) it returns `false` after the same work, so
    /// that the response time does not reveal which accounts exist.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] if too many jobs wait.
    pub async fn verify(
        &self,
        password: Secret,
        phc: Option<String>,
    ) -> Result<bool, PasswordError> {
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.dummy_hash.to_string());
        let same = self.run_job(move || matches_hash(password.expose(), &phc)).await?;
        Ok(same && known)
    }

    fn with_threads(threads: usize, queue: usize) -> Result<Self, PasswordError> {
        let (sender, jobs) = bounded::<PasswordJob>(queue);
        for number in 0..threads {
            let jobs: Receiver<PasswordJob> = jobs.clone();
            thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || jobs.into_iter().for_each(|job| job()))
                .map_err(internal_error)?;
        }
        // The hash of 256 random bits that are not kept, so no password matches it.
        let dummy_hash = hash_to_phc(&crate::clock::random_token())?.into();
        Ok(Self { queue: sender, dummy_hash })
    }

    async fn run_job<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let (reply, answer) = oneshot::channel();
        let job: PasswordJob = Box::new(move || {
            // The caller disconnected while the job waited, so the work is skipped.
            if reply.is_closed() {
                return;
            }
            // A panic becomes an error, so that the thread survives it.
            let result = catch_unwind(AssertUnwindSafe(work))
                .unwrap_or_else(|_| Err(internal_error("a panic while a password was processed")));
            drop(reply.send(result));
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => PasswordError::Busy,
            TrySendError::Disconnected(_) => internal_error("the password threads are gone"),
        })?;
        answer.await.map_err(internal_error)?
    }
}

fn internal_error(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PasswordError {
    PasswordError::Internal(error.into())
}

fn configure_argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal_error)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password on the calling thread; for use before the service accepts requests. The password need not satisfy
/// the rules: the demo's password is printed anyway.
///
/// # Errors
/// The system cannot provide randomness or memory.
pub fn hash_blocking(password: &str) -> Result<String, PasswordError> {
    hash_to_phc(password)
}

/// Returns `true` if `phc` is a hash of `password`. It works on the calling thread; for use before the service accepts
/// requests.
///
/// # Errors
/// `phc` is not a valid hash.
pub fn verify_blocking(password: &str, phc: &str) -> Result<bool, PasswordError> {
    matches_hash(password, phc)
}

fn hash_to_phc(password: &str) -> Result<String, PasswordError> {
    let hash = configure_argon2()?.hash_password(password.as_bytes()).map_err(internal_error)?;
    Ok(hash.to_string())
}

fn matches_hash(password: &str, phc: &str) -> Result<bool, PasswordError> {
    match configure_argon2()?.verify_password(password.as_bytes(), phc) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(internal_error(error)),
    }
}

#[cfg(test)]
mod tests;
