//! The rules for new passwords.

use super::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};
use crate::domain::message::{self, Message};

/// The first rule that a new password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum PasswordFault {
    /// Shorter than [`MIN_PASSWORD_CHARS`].
    TooShort,
    /// Longer than [`MAX_PASSWORD_CHARS`].
    TooLong,
    /// It contains NUL, a line break or a different control character.
    ControlCharacter,
    /// It is one of the most frequent passwords, or one character repeated.
    TooCommon,
    /// It is the user's own e-mail address, or the part before `@`.
    OwnAddress,
}

impl PasswordFault {
    /// Returns the message that tells the caller which rule the password breaks.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::TooShort => message::account::password_too_short(MIN_PASSWORD_CHARS),
            Self::TooLong => message::account::password_too_long(MAX_PASSWORD_CHARS),
            Self::ControlCharacter => message::account::password_control_character(),
            Self::TooCommon => message::account::password_too_common(),
            Self::OwnAddress => message::account::password_own_address(),
        }
    }
}
