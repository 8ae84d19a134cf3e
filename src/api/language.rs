//! The language of an answer. The parameter `lang` has priority over `Accept-Language`; English is the default. The
//! languages and their texts are in `domain`.

use actix_web::{HttpRequest, http::header};

use super::{
    error::{ApiError, ApiResult},
    message::parameter,
};
use crate::domain::{fault::ValueFault, language::Language, message::thing};

/// The query parameter that every operation accepts.
pub(crate) const PARAMETER: &str = "lang";

/// Returns the language of the answer to a request. An invalid `lang` is ignored here: the parser of the query refuses
/// it, and the text of that refusal needs a language as well.
#[must_use]
pub(crate) fn negotiate_language(req: &HttpRequest) -> Language {
    find_requested_language(req).unwrap_or_else(|| {
        let fields = req.headers().get_all(header::ACCEPT_LANGUAGE);
        Language::from_accept_language(&fields.filter_map(|v| v.to_str().ok()))
    })
}

/// Returns the language that the query of a request names.
#[must_use]
pub(crate) fn find_requested_language(req: &HttpRequest) -> Option<Language> {
    find_language_in_query(req.query_string())
}

/// Returns the language that a query names; `None` if it names none or an unknown one.
#[must_use]
pub(crate) fn find_language_in_query(query: &str) -> Option<Language> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == PARAMETER)
        .and_then(|(_, value)| Language::find_by_range(&value))
}

/// Checks a value of the parameter.
///
/// # Errors
/// The value names no language for which the texts are complete: 400, with the languages for which they are.
pub(super) fn check_language(value: &str) -> ApiResult<()> {
    if Language::find_by_range(value).is_some() {
        return Ok(());
    }
    let spoken = Language::SPOKEN.iter().map(|l| l.as_str());
    Err(ApiError::invalid_parameter(PARAMETER, ValueFault::unknown(thing::language(), spoken)))
}

/// Refuses a second `lang` parameter.
pub(super) fn refuse_duplicate() -> ApiError {
    ApiError::invalid_parameter(PARAMETER, ValueFault::new("duplicate", parameter::one_value()))
}
