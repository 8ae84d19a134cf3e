//! Passwords: what may be one, and hashing on threads of its own.
//!
//! One Argon2id takes 17 ms of a core and 19 MiB. Done where requests are served, a burst of
//! sign-ins would hold up every reader (measured: 50,000 reads a second fall to 46), so that few
//! threads do it behind a short queue, and whoever finds the queue full is told so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, available_parallelism};

use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use crate::config::Secret;

/// The fewest characters of a password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The most characters of a password.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// Memory in KiB, passes and lanes: the first choice of the OWASP Password Storage Cheat Sheet.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Jobs that may wait. At 17 ms each the last one waits for half a second per thread.
const QUEUE: usize = 32;

/// Passwords of 12 characters or more that lead the lists of leaked ones, in lower case.
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

/// A password that may be set. Kept as typed, without normalisation.
#[derive(Clone, Debug)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Takes what is acceptable as the new password of whoever signs in with an address: whoever knows the address tries it
    /// first, with its host and without.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse_for(text: &str, address: &str) -> Result<Self, PasswordFault> {
        let (said, address) = (text.trim().to_lowercase(), address.trim().to_lowercase());
        if said == address || address.split_once('@').is_some_and(|(name, _host)| said == name) {
            return Err(PasswordFault::OwnAddress);
        }
        Self::parse(text)
    }

    /// Takes what is acceptable as a new password.
    ///
    /// Asks for length and not for kinds of characters, as NIST SP 800-63B does.
    ///
    /// # Errors
    /// The first rule that it breaks.
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

/// Why a text cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`MIN_PASSWORD_CHARS`].
    #[error("a password has at least 12 characters")]
    TooShort,
    /// More than [`MAX_PASSWORD_CHARS`].
    #[error("a password has at most 128 characters")]
    TooLong,
    /// NUL, a line break or another character that cannot be seen.
    #[error("a password has no control characters")]
    ControlCharacter,
    /// Among those tried first, or one character repeated.
    #[error("this password is too easy to guess")]
    TooCommon,
    /// The address that is signed in with.
    #[error("a password is not one's own address")]
    OwnAddress,
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The queue is full; to be tried again in a second.
    #[error("too many passwords are waiting to be checked")]
    Busy,
    /// The hash kept is broken, or the machine failed.
    #[error("the password could not be processed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

type PasswordJob = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords on its own threads, which end with the last clone.
#[derive(Clone, Debug)]
pub struct PasswordPool {
    queue: Sender<PasswordJob>,
    dummy_hash: Arc<str>,
}

impl PasswordPool {
    /// Starts the threads: one less than there are cores, one at least.
    ///
    /// # Errors
    /// When a thread cannot be started or the first hash fails.
    pub fn start() -> Result<Self, PasswordError> {
        let cores = available_parallelism().map_or(1, usize::from);
        Self::with_threads(cores.saturating_sub(1).max(1), QUEUE)
    }

    /// Hashes a password with a salt of its own, into PHC form.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn hash(&self, password: NewPassword) -> Result<String, PasswordError> {
        self.run_job(move || hash_to_phc(password.0.expose())).await
    }

    /// Tells whether `password` is the one hashed in `phc`.
    ///
    /// Without one (an unknown account, or one without a password) the answer is no, after the
    /// same work: the time it takes does not tell who has an account.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
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
        // Nobody's password: 256 random bits that are forgotten here.
        let nobody = hash_to_phc(&crate::clock::random_token())?.into();
        Ok(Self { queue: sender, dummy_hash: nobody })
    }

    async fn run_job<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let (reply, answer) = oneshot::channel();
        let job: PasswordJob = Box::new(move || {
            // Whoever hung up while waiting is not worked for.
            if reply.is_closed() {
                return;
            }
            // A panic is answered as an error and does not cost the thread.
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

/// Hashes a password on the calling thread, before anything is served. The demo's password keeps no rules: it is printed.
///
/// # Errors
/// When the machine has no randomness or memory to give.
pub fn hash_blocking(password: &str) -> Result<String, PasswordError> {
    hash_to_phc(password)
}

/// Tells whether `password` is the one hashed in `phc`, on the calling thread, before anything is served.
///
/// # Errors
/// A hash that is none.
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
