//! The address of a request for a release, for the header `Content-Location` of an answer to `latest`.

use actix_web::HttpRequest;
use url::form_urlencoded;

use crate::{
    api::{format::AnswerFormat, language},
    domain::{language::Language, share::SharedPath, value::Slug},
};

const RELEASES: &str = "/api/v1/releases/";

/// The parts of an address besides the key of the release.
pub(super) struct ReleaseAddress {
    /// The path after the key.
    rest: String,
    /// The percent-encoded query.
    query: String,
}

impl ReleaseAddress {
    /// Returns the address of a request; `None` if its path is not below `/releases/`.
    pub(super) fn from_request(req: &HttpRequest) -> Option<Self> {
        let below = req.path().strip_prefix(RELEASES)?;
        let rest = below.find('/').and_then(|slash| below.get(slash..)).unwrap_or_default();
        Some(Self { rest: rest.to_owned(), query: req.query_string().to_owned() })
    }

    pub(super) fn from_share(path: &SharedPath) -> Self {
        Self { rest: path.of.as_str().to_owned(), query: path.query.clone() }
    }

    /// Returns the address with the key of a release. The format and the language are added if only headers of the
    /// request chose them, so that the address leads to the same answer without these headers.
    pub(super) fn name_release(
        self,
        key: &Slug,
        form: Option<AnswerFormat>,
        language: Language,
    ) -> String {
        let Self { rest, mut query } = self;
        let language = Some(language).filter(|language| *language != Language::DEFAULT);
        let chosen = [
            ("format", form.map(AnswerFormat::as_str)),
            (language::PARAMETER, language.map(Language::as_str)),
        ];
        for (name, value) in chosen {
            let is_named = form_urlencoded::parse(query.as_bytes()).any(|(given, _)| given == name);
            if let Some(value) = value.filter(|_| !is_named) {
                let join = if query.is_empty() { "" } else { "&" };
                query = format!("{query}{join}{name}={value}");
            }
        }
        let join = if query.is_empty() { "" } else { "?" };
        format!("{RELEASES}{key}{rest}{join}{query}")
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn address_has_the_format_and_the_language_of_the_answer() {
        let csv = Some(AnswerFormat::Csv);
        for (uri, form, language, expected) in [
            ("latest", None, Language::En, "r1"),
            ("latest/reports", None, Language::En, "r1/reports"),
            ("latest/reports?format=csv", csv, Language::En, "r1/reports?format=csv"),
            ("latest/reports", csv, Language::En, "r1/reports?format=csv"),
            (
                "latest/reports?country=VN",
                csv,
                Language::Vi,
                "r1/reports?country=VN&format=csv&lang=vi",
            ),
            ("latest/figures/map?lang=vi-VN", None, Language::Vi, "r1/figures/map?lang=vi-VN"),
        ] {
            let req = TestRequest::with_uri(&format!("{RELEASES}{uri}")).to_http_request();
            let address = ReleaseAddress::from_request(&req).unwrap();
            let named = address.name_release(&Slug::parse("r1").unwrap(), form, language);
            assert_eq!(named, format!("{RELEASES}{expected}"), "{uri}");
        }
        let other = TestRequest::with_uri("/catalog.jsonld").to_http_request();
        assert!(ReleaseAddress::from_request(&other).is_none());
    }
}
