//! Strict JSON: one value of the expected shape, and nothing after it.

use serde::de::DeserializeOwned;

use super::shape::{Position, ShapeFaults, ShapeReader};
use crate::{
    api::{
        error::{ApiError, ApiResult, RequestFault},
        message::body,
    },
    domain::fault::ValueFault,
};

/// Parses a JSON body.
///
/// # Errors
/// One fault if the text is not JSON. Else every fault of the shape, in the order of the document, up to
/// [`FAULTS_MAX`](super::shape::FAULTS_MAX).
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let faults = ShapeFaults::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = T::deserialize(ShapeReader::new(&mut json, Position::root(&faults)));
    let read = read.and_then(|value| json.end().map(|()| value));
    let (mut found, stopped_at) = faults.into_parts();
    match read {
        Ok(value) if found.is_empty() => return Ok(value),
        Ok(_incomplete) => {}
        Err(error) => {
            let text = error.to_string();
            let fault = if error.is_data() {
                ValueFault::new("type", body::unreadable(&text))
            } else {
                // Nothing that was read before is worth telling: a forgotten quote turns everything around.
                found.clear();
                ValueFault::new("json", body::broken_json(&text))
            };
            found.push(RequestFault::at_pointer(stopped_at, fault));
        }
    }
    Err(ApiError::Malformed(found))
}

#[cfg(test)]
mod tests;
