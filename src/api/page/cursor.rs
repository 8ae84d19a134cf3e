//! Cursors. A cursor is bound to the path, the filters and the order of its list, and carries them, so that it can be sent
//! alone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    api::{
        error::{ApiError, ApiResult},
        language,
        message::parameter,
    },
    domain::fault::ValueFault,
};

/// The parameter with the cursor.
pub(crate) const PARAMETER: &str = "cursor";

/// The content of a cursor. The names of its members are short, because callers send it in the query.
#[derive(Serialize, Deserialize)]
pub(super) struct PageCursor<K> {
    /// A digest of the list's path, filters and order.
    pub l: String,
    /// The sort key of the last item of the page before.
    pub k: K,
    /// The filters and the order, as a query string.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub f: String,
}

/// The part of a cursor that does not depend on its list.
#[derive(Deserialize)]
struct CursorFilters {
    #[serde(default)]
    f: String,
}

impl<K: Serialize> PageCursor<K> {
    /// Writes the cursor for a query string.
    ///
    /// # Errors
    /// The sort key cannot be serialised as JSON.
    pub(super) fn encode(&self) -> ApiResult<String> {
        let json = serde_json::to_vec(self).map_err(|e| ApiError::Internal(Box::new(e)))?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }
}

impl<K: DeserializeOwned> PageCursor<K> {
    /// Parses a cursor. `None` if it is no cursor of such a list.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let value: serde_json::Value = serde_json::from_slice(&json).ok()?;
        has_no_control_characters(&value).then(|| serde_json::from_value(value).ok())?
    }
}

/// Returns the error for a cursor that does not belong to the list.
pub(crate) fn refuse_cursor() -> ApiError {
    let fault = ValueFault::new("cursor", parameter::cursor_with_filters());
    ApiError::invalid_parameter(PARAMETER, fault)
}

/// Adds the filters that a cursor carries to a query that has the cursor alone, or with `limit` and `lang`. `None` if the
/// query has no cursor, has filters of its own, or needs none.
pub(crate) fn restore_filters(query: &str) -> Option<String> {
    let own = |name: &str| name == PARAMETER || name == "limit" || name == language::PARAMETER;
    let mut cursors = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if !own(&name) {
            return None;
        }
        if name == PARAMETER {
            cursors.push(value);
        }
    }
    let [cursor] = cursors.as_slice() else { return None };
    let json = URL_SAFE_NO_PAD.decode(cursor.as_bytes()).ok()?;
    let CursorFilters { f } = serde_json::from_slice(&json).ok()?;
    (!f.is_empty()).then(|| format!("{f}&{query}"))
}

/// Returns `true` if no text in a cursor contains a control character. A forged cursor may contain NUL, which
/// PostgreSQL cannot store in a text.
fn has_no_control_characters(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => !text.chars().any(char::is_control),
        serde_json::Value::Array(items) => items.iter().all(has_no_control_characters),
        serde_json::Value::Object(members) => members.values().all(has_no_control_characters),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_alone_restores_its_filters() {
        let f = "city=hue&sort=-title".to_owned();
        let cursor = PageCursor { l: "0".to_owned(), k: 1, f }.encode().unwrap();
        let alone = format!("limit=2&cursor={cursor}&lang=vi");
        assert_eq!(restore_filters(&alone).unwrap(), format!("city=hue&sort=-title&{alone}"));
        for query in [
            String::new(),
            "limit=2".to_owned(),
            "cursor=".to_owned(),
            "cursor=%00".to_owned(),
            format!("cursor={cursor}&city=hue"),
            format!("cursor={cursor}&cursor={cursor}"),
        ] {
            assert_eq!(restore_filters(&query), None, "{query}");
        }
    }
}
