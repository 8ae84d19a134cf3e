//! Strict JSON: one object, and nothing after it.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{
    api::{
        error::{ApiError, ApiResult, RequestFault},
        message::body,
    },
    domain::fault::ValueFault,
};

/// Parses a JSON object. The error points to the first fault by a JSON pointer.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut de = serde_json::Deserializer::from_slice(bytes);
    let JsonObject(value) = serde_path_to_error::deserialize(&mut de).map_err(|e| {
        let pointer = format_pointer(e.path());
        let inner = e.inner();
        let code = match inner.classify() {
            serde_json::error::Category::Data if inner.to_string().starts_with("unknown field") => {
                "unknown_field"
            }
            serde_json::error::Category::Data => "type",
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => "json",
        };
        let fault = ValueFault::new(code, body::unreadable(&inner.to_string()));
        ApiError::malformed(RequestFault::at_pointer(pointer, fault))
    })?;
    de.end().map_err(|e| {
        let fault = ValueFault::new("json", body::broken_json(&e.to_string()));
        ApiError::malformed(RequestFault::at_pointer("", fault))
    })?;
    Ok(value)
}

/// A value that is read from a JSON object only. Structs that derive `Deserialize` also accept an array with their
/// members in order, which the contract does not allow.
pub(crate) struct JsonObject<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JsonObject<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct FromMap<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for FromMap<T> {
            type Value = JsonObject<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JsonObject<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(JsonObject)
            }
        }
        d.deserialize_map(FromMap(PhantomData))
    }
}

fn format_pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/".to_owned(),
        })
        .collect()
}
