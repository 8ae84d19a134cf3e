//! In which language a request is answered: `lang` wins over `Accept-Language`, and who asks for neither is answered in
//! the default. Not here: what the languages and their words are.

use actix_web::{HttpRequest, http::header};

use super::error::{ApiError, ApiResult, RequestFault};
use crate::domain::{fault::ValueFault, language::Language};

/// The parameter that every operation takes.
pub(crate) const PARAMETER: &str = "lang";

/// Returns the language in which a request is answered. A `lang` that is none does not count: whoever reads the query
/// refuses it, and that refusal has a language too.
#[must_use]
pub(crate) fn negotiate_language(req: &HttpRequest) -> Language {
    find_requested_language(req).unwrap_or_else(|| {
        let fields = req.headers().get_all(header::ACCEPT_LANGUAGE);
        Language::from_accept_language(&fields.filter_map(|v| v.to_str().ok()))
    })
}

/// Returns the language that the query asks for.
#[must_use]
pub(crate) fn find_requested_language(req: &HttpRequest) -> Option<Language> {
    find_language_in_query(req.query_string())
}

/// Returns the language that a query asks for.
#[must_use]
pub(crate) fn find_language_in_query(query: &str) -> Option<Language> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == PARAMETER)
        .and_then(|(_, value)| Language::find_by_range(&value))
}

/// Checks a value of the parameter.
///
/// # Errors
/// One that names no language in which the words are there: 400 with those that do.
pub(super) fn check_language(value: &str) -> ApiResult<()> {
    if Language::find_by_range(value).is_some() {
        return Ok(());
    }
    let spoken = Language::SPOKEN.iter().map(|l| l.as_str());
    Err(ApiError::invalid_parameter(PARAMETER, ValueFault::unknown("language", spoken)))
}

/// Refuses the parameter where it stands twice.
pub(super) fn refuse_duplicate() -> ApiError {
    ApiError::malformed(RequestFault::at_parameter(PARAMETER, "duplicate", "one value is expected"))
}
