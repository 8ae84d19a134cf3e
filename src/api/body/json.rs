//! Strict JSON: one value of the expected shape, and nothing after it.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

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
    let (read, follows) = match read.map(|value| (value, json.end())) {
        Ok((value, Ok(()))) => (Ok(value), false),
        Ok((_value, Err(more))) => (Err(more), true),
        Err(error) => (Err(error), false),
    };
    let (mut found, stopped_at) = faults.into_parts();
    match read {
        Ok(value) if found.is_empty() => return Ok(value),
        Ok(_incomplete) => {}
        Err(error) => {
            let fault = describe_json_error(&error, follows);
            if !error.is_data() {
                // Nothing that was read before is worth telling: a forgotten quote turns everything around.
                found.clear();
            }
            found.push(RequestFault::at_pointer(stopped_at, fault));
        }
    }
    Err(ApiError::Malformed(found))
}

/// Describes an error of the JSON library in our words. `follows` states that a whole value was read before.
fn describe_json_error(error: &serde_json::Error, follows: bool) -> ValueFault {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => ValueFault::new("type", body::different_type()),
        Category::Eof => ValueFault::new("json", body::json_ends_early()),
        Category::Syntax | Category::Io if follows => {
            ValueFault::new("json", body::json_goes_on(line, column))
        }
        Category::Syntax | Category::Io => ValueFault::new("json", body::broken_json(line, column)),
    }
}

#[cfg(test)]
mod tests;
