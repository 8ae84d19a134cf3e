//! The input of a request: a JSON body or a query, read strictly.

use actix_web::{HttpMessage, HttpRequest, dev::Payload, http::Method};
use serde::de::DeserializeOwned;

use super::error::{ApiError, ApiResult};

mod json;
mod number;
mod parameters;
mod query;
mod reading;
mod shape;

pub(crate) use json::parse_json;
pub(crate) use parameters::QueryParameters;
pub(crate) use query::Query;
use query::{read_parameters, read_query};
pub(crate) use reading::read_bytes;
pub(crate) use shape::TEXT_OR_LIST;

/// The media type of a patch (RFC 7396), accepted in addition to plain JSON.
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";
/// The largest JSON body, in bytes.
pub(crate) const BODY_MAX: usize = 1024 * 1024;

/// Input that is read from a request after authentication and authorization.
pub(crate) trait FromBody: Sized {
    fn read_request(
        req: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = ApiResult<Self>>;
}

impl FromBody for () {
    async fn read_request(req: &HttpRequest, _: &mut Payload) -> ApiResult<Self> {
        // An operation without parameters refuses every parameter, so that a typing error is reported and not ignored.
        read_query(req, &[]).map(|_none| ())
    }
}

/// Input that is read from a query string alone. The query may also be stored with a share, without a request.
pub(crate) trait FromQuery: Sized {
    /// Parses a query string.
    ///
    /// # Errors
    /// The same as [`FromBody::read_request`] for a request with this query.
    fn from_query(query: &str) -> ApiResult<Self>;
}

impl FromQuery for () {
    fn from_query(query: &str) -> ApiResult<Self> {
        read_parameters(query, &[]).map(|_none| ())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromBody for Json<T> {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        read_query(req, &[])?;
        let bytes = read_bytes(req, payload, BODY_MAX).await?;
        // A body of a different type is refused even if it would parse.
        let merges = req.method() == Method::PATCH && req.content_type() == MERGE_PATCH;
        if !merges && req.content_type() != "application/json" {
            return Err(ApiError::UnsupportedMediaType);
        }
        parse_json(&bytes).map(Self)
    }
}

/// The input of a request, with the name of the client program that sent it.
pub(crate) struct WithClient<B> {
    /// The `User-Agent` without control characters, at most 200 characters; `None` if it is absent or not printable
    /// ASCII.
    pub client: Option<String>,
    pub body: B,
}

impl<B: FromBody> FromBody for WithClient<B> {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let client = req
            .headers()
            .get("user-agent")
            .and_then(|v| v.to_str().ok())
            .map(|v| v.chars().filter(|c| !c.is_control()).take(200).collect());
        Ok(Self { client, body: B::read_request(req, payload).await? })
    }
}

/// A JSON body that may be left out, or be null. `T::default()` replaces it.
#[derive(Debug, Clone)]
pub(crate) struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default> FromBody for OptionalJson<T> {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        read_query(req, &[])?;
        let bytes = read_bytes(req, payload, BODY_MAX).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        if req.content_type() != "application/json" {
            return Err(ApiError::UnsupportedMediaType);
        }
        let read: Option<T> = parse_json(&bytes)?;
        Ok(Self(read.unwrap_or_default()))
    }
}
