//! In which language a request is answered: `lang` wins over `Accept-Language`, and who asks for neither is answered in
//! the default. Not here: what the languages and their words are.

use actix_web::{HttpRequest, http::header};

use super::error::{ApiError, ApiResult, Fault};
use crate::domain::{fault::ValueFault, language::Language};

/// The parameter that every operation takes.
pub const PARAMETER: &str = "lang";

/// Returns the language in which a request is answered. A `lang` that is none does not count: whoever reads the query
/// refuses it, and that refusal has a language too.
#[must_use]
pub fn of(req: &HttpRequest) -> Language {
    asked(req).unwrap_or_else(|| {
        let fields = req.headers().get_all(header::ACCEPT_LANGUAGE);
        Language::negotiate(&fields.filter_map(|v| v.to_str().ok()))
    })
}

/// Returns the language that the query asks for.
#[must_use]
pub fn asked(req: &HttpRequest) -> Option<Language> {
    asked_in(req.query_string())
}

/// Returns the language that a query asks for.
#[must_use]
pub fn asked_in(query: &str) -> Option<Language> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == PARAMETER)
        .and_then(|(_, value)| Language::lookup(&value))
}

/// Checks a value of the parameter.
///
/// # Errors
/// One that names no language in which the words are there: 400 with those that do.
pub(super) fn check(value: &str) -> ApiResult<()> {
    if Language::lookup(value).is_some() {
        return Ok(());
    }
    let spoken = Language::SPOKEN.iter().map(|l| l.as_str());
    Err(ApiError::parameter(PARAMETER, ValueFault::unknown("language", spoken)))
}

/// Refuses the parameter where it stands twice.
pub(super) fn twice() -> ApiError {
    ApiError::malformed(Fault::parameter(PARAMETER, "duplicate", "one value is expected"))
}
