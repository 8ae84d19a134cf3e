//! Parts of a subject that are loaded only if an act needs them.

use serde::Serialize;

/// A part of a subject. A rule that reads a part that was not loaded gets an error, never an empty list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded<T> {
    /// The part as it is in the database.
    Value(T),
    /// The part was left out; with its name.
    NotLoaded(&'static str),
}

/// A rule read a part that was not loaded: a fault of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("a rule read {0}, which was not loaded for the act")]
pub struct PartNotLoaded(pub &'static str);

impl<T> Loaded<T> {
    /// Returns the part.
    ///
    /// # Errors
    /// Returns [`PartNotLoaded`] if the part was left out.
    pub const fn get(&self) -> Result<&T, PartNotLoaded> {
        match self {
            Self::Value(value) => Ok(value),
            Self::NotLoaded(part) => Err(PartNotLoaded(part)),
        }
    }

    /// Returns the part, and drops the rest.
    ///
    /// # Errors
    /// Returns [`PartNotLoaded`] if the part was left out.
    pub fn take(self) -> Result<T, PartNotLoaded> {
        match self {
            Self::Value(value) => Ok(value),
            Self::NotLoaded(part) => Err(PartNotLoaded(part)),
        }
    }

    /// Loads the part if it is needed.
    ///
    /// # Errors
    /// Returns the error of loading.
    pub fn load_if<E>(
        needed: bool,
        part: &'static str,
        load: impl FnOnce() -> Result<T, E>,
    ) -> Result<Self, E> {
        if needed { load().map(Self::Value) } else { Ok(Self::NotLoaded(part)) }
    }

    /// Changes the part if it was loaded.
    pub fn change(&mut self, change: impl FnOnce(&mut T)) {
        if let Self::Value(value) = self {
            change(value);
        }
    }
}
