//! Checks of the values of filters. A filter for a value that does not exist would give an empty list, which looks like
//! a correct answer, so it is refused.

use super::error::{ApiError, ApiResult};
use crate::{
    domain::{
        fault::ValueFault,
        message::{self, Message, thing},
        policy::VisibleRows,
        reference::VocabularyTerm,
        value::SEARCH_MAX,
    },
    store::{
        Conn,
        keys::{self, KeyKind},
        projects,
    },
};

/// What a filter does with a value that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum UnknownValues {
    /// The request is refused.
    Refuse,
    /// No row has the value. For a share, whose address stays valid when a later release lacks the value.
    MatchNothing,
}

/// A parameter with keys: its name, the kind of the keys, and the values.
pub(crate) type KeyParameter<'p> = (&'static str, KeyKind, &'p [String]);

/// Refuses a key that does not exist. It reads the database, so it belongs where the list is read: the values of a
/// cached answer were checked before.
///
/// # Errors
/// The first unknown key: 400, with the nearest keys. Failures of the database.
pub(crate) fn check_keys(conn: &mut Conn, parameters: &[KeyParameter<'_>]) -> ApiResult<()> {
    for (name, kind, values) in parameters {
        if let Some((_position, fault)) = keys::find_fault(conn, *kind, values)? {
            return Err(ApiError::invalid_parameter(name, fault));
        }
    }
    Ok(())
}

/// Refuses the code of a project that is not on the caller's list of projects: what the caller may not see is as unknown
/// as what does not exist. The same holds for where it is called as for [`check_keys`].
///
/// # Errors
/// The first unknown code: 400, with the nearest codes. Failures of the database.
pub(crate) fn check_projects(
    conn: &mut Conn,
    visible: &VisibleRows,
    name: &str,
    codes: &[String],
) -> ApiResult<()> {
    match projects::find_unlisted_code(conn, visible, codes)? {
        None => Ok(()),
        Some((unknown, known)) => {
            let fault = ValueFault::unknown(thing::project(), known).with_nearest(unknown);
            Err(ApiError::invalid_parameter(name, fault))
        }
    }
}

/// Refuses a value that is not one of the known ones.
///
/// # Errors
/// The first unknown value: 400, with the nearest values.
pub(crate) fn check_values<K: AsRef<str>>(
    name: &str,
    thing: Message,
    given: &[String],
    known: &[K],
) -> ApiResult<()> {
    let is_unknown = |value: &&String| !known.iter().any(|known| known.as_ref() == value.as_str());
    match given.iter().find(is_unknown) {
        None => Ok(()),
        Some(unknown) => {
            let fault = ValueFault::unknown(thing, known.iter().map(<K as AsRef<str>>::as_ref));
            Err(ApiError::invalid_parameter(name, fault.with_nearest(unknown)))
        }
    }
}

/// Refuses a value that is not the key of one of the terms.
///
/// # Errors
/// The first unknown value: 400, with the nearest values.
pub(crate) fn check_terms(
    name: &str,
    thing: Message,
    terms: &[VocabularyTerm],
    given: &[String],
) -> ApiResult<()> {
    let known: Vec<&str> = terms.iter().map(|term| term.slug.as_str()).collect();
    check_values(name, thing, given, &known)
}

/// Parses the values of a filter with a closed list of values.
///
/// # Errors
/// The first value that does not parse: 400, with the nearest values.
pub(crate) fn parse_values<'g, T>(
    name: &str,
    given: &'g [String],
    parse: impl Fn(&'g str) -> Result<T, ValueFault>,
) -> ApiResult<Vec<T>> {
    let parse_one = |raw: &'g String| {
        parse(raw).map_err(|fault| ApiError::invalid_parameter(name, fault.with_nearest(raw)))
    };
    given.iter().map(parse_one).collect()
}

/// Returns the words of the parameter `q`.
///
/// # Errors
/// The text is too long: 400.
pub(crate) fn parse_search(q: Option<&String>) -> ApiResult<Option<String>> {
    match q {
        Some(text) if text.chars().count() > SEARCH_MAX => {
            let fault = ValueFault::new("too_long", message::value::too_long(SEARCH_MAX));
            Err(ApiError::invalid_parameter("q", fault))
        }
        other => Ok(other.cloned()),
    }
}
