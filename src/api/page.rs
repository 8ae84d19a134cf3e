//! Lists: keyset pages that carry their filters and sort.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult, RequestFault},
};
use crate::domain::{fault::ValueFault, journal::to_hex};

/// Items on a page when nothing else is asked for.
pub(crate) const LIMIT_DEFAULT: i64 = 50;
/// Most items on a page.
pub(crate) const LIMIT_MAX: i64 = 1000;

/// Declares the named list type of an entity: generated clients get a name instead of an inlined generic.
macro_rules! list_type {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
        pub(crate) struct $name {
            /// The items of this page.
            pub items: Vec<$item>,
            /// The cursor of the next page; null on the last one.
            #[schema(required)]
            pub next: Option<String>,
            /// How many items there are on all pages.
            pub total: i64,
        }
        impl From<$crate::api::page::ListPage<$item>> for $name {
            fn from(p: $crate::api::page::ListPage<$item>) -> Self {
                Self { items: p.items, next: p.next, total: p.total }
            }
        }
    };
}
pub(crate) use list_type;

/// A page before it has its type's name.
#[derive(Debug, Clone)]
pub(crate) struct ListPage<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// How many items there are on all pages.
    pub total: i64,
}

/// Where a page starts, as the caller holds it: the list with its filters and sort, and the key of the last item seen.
#[derive(Serialize, Deserialize)]
struct PageCursor<K> {
    /// A digest of the list's name, filters and sort.
    l: String,
    /// The sort key of the last item seen.
    k: K,
}

/// A request for a page: which list with which filters, from where, how long.
#[derive(Debug, Clone)]
pub(crate) struct PageRequest<K> {
    list: String,
    path: String,
    /// The sort key after which the page starts.
    pub after: Option<K>,
    /// The number of items, 1 to [`LIMIT_MAX`].
    pub limit: i64,
}

impl<K: Serialize + DeserializeOwned> PageRequest<K> {
    /// Reads `cursor` and `limit`. `path` is the list's path and `filters` the query without those two: the cursor is only
    /// good for the same.
    ///
    /// # Errors
    /// A cursor of another list, filter or sort, or a limit out of range: 400.
    pub(crate) fn from_parameters<F: Serialize>(
        path: &str,
        filters: &F,
        cursor: Option<&str>,
        limit: Option<i64>,
    ) -> ApiResult<Self> {
        let filters = write_query_string(filters)?;
        let list = hash_list(&format!("{path}?{filters}"));
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let detail = format!("a number from 1 to {LIMIT_MAX} is expected");
            return Err(ApiError::malformed(RequestFault::at_parameter("limit", "range", detail)));
        }
        let after = match cursor {
            None => None,
            Some(text) => {
                let parsed = URL_SAFE_NO_PAD
                    .decode(text)
                    .ok()
                    .and_then(|b| serde_json::from_slice::<serde_json::Value>(&b).ok())
                    .filter(has_no_control_characters)
                    .and_then(|v| serde_json::from_value::<PageCursor<K>>(v).ok());
                let fault = || {
                    ApiError::malformed(RequestFault::at_parameter(
                        "cursor",
                        "cursor",
                        "the cursor of an earlier page of this list, with the same filters and sort, is expected",
                    ))
                };
                let cursor = parsed.ok_or_else(fault)?;
                if cursor.l != list {
                    return Err(fault());
                }
                Some(cursor.k)
            }
        };
        let path = if filters.is_empty() { path.to_owned() } else { format!("{path}?{filters}") };
        Ok(Self { list, path, after, limit })
    }

    /// Makes the page of up to `limit + 1` loaded rows: one more than asked tells that there is a next page.
    ///
    /// # Errors
    /// A key without a JSON form.
    pub(crate) fn build_page<R, T>(
        &self,
        mut rows: Vec<R>,
        total: i64,
        key: impl Fn(&R) -> K,
        view: impl FnMut(R) -> T,
    ) -> ApiResult<ListPage<T>> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last() {
            Some(last) if more => {
                let cursor = PageCursor { l: self.list.clone(), k: key(last) };
                let json =
                    serde_json::to_vec(&cursor).map_err(|e| ApiError::Internal(Box::new(e)))?;
                Some(URL_SAFE_NO_PAD.encode(json))
            }
            Some(_) | None => None,
        };
        Ok(ListPage { items: rows.into_iter().map(view).collect(), next, total })
    }

    /// Makes the page of a short list that is at hand whole, in the order of its keys.
    ///
    /// # Errors
    /// A key without a JSON form.
    pub(crate) fn cut_page<T>(&self, all: Vec<T>, key: impl Fn(&T) -> K) -> ApiResult<ListPage<T>>
    where
        K: PartialOrd,
    {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let seen = |item: &T| self.after.as_ref().is_some_and(|after| key(item) <= *after);
        let rest = all.into_iter().skip_while(seen).collect();
        self.build_page(rest, total, &key, |item| item)
    }

    /// Answers a list, with the address of its next page as `Link`.
    ///
    /// # Errors
    /// A value without a JSON form.
    pub(crate) fn answer_list<L: Serialize>(
        &self,
        list: &L,
        next: Option<&str>,
    ) -> ApiResult<Answer> {
        let answer = Answer::from_value(list)?;
        Ok(match next {
            Some(cursor) => {
                let join = if self.path.contains('?') { '&' } else { '?' };
                answer.with_next_page(format!(
                    "{}{join}limit={}&cursor={cursor}",
                    self.path, self.limit
                ))
            }
            None => answer,
        })
    }
}

/// The orders of what has a slug and a name: whether it is by name, and whether from the last to the first.
pub(crate) const BY_SLUG_OR_NAME: [(&str, (bool, bool)); 4] = [
    ("slug", (false, false)),
    ("-slug", (false, true)),
    ("name", (true, false)),
    ("-name", (true, true)),
];

/// Finds the order that `sort` names; the first one where it names none.
///
/// # Errors
/// A name that is none of an order's: 400.
pub(crate) fn choose_order<O: Copy>(asked: Option<&str>, orders: &[(&str, O)]) -> ApiResult<O> {
    let found = match asked {
        None => orders.first(),
        Some(asked) => orders.iter().find(|(name, _)| *name == asked),
    };
    let unknown = || ValueFault::unknown("sort", orders.iter().map(|(name, _)| *name));
    found.map(|(_, order)| *order).ok_or_else(|| ApiError::invalid_parameter("sort", unknown()))
}

/// The page of a list without filters.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListParams {
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// Says whether no text in a cursor holds a control character; a forged one may, and PostgreSQL fails at NUL.
fn has_no_control_characters(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => !text.chars().any(char::is_control),
        serde_json::Value::Array(items) => items.iter().all(has_no_control_characters),
        serde_json::Value::Object(members) => members.values().all(has_no_control_characters),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => true,
    }
}

fn hash_list(text: &str) -> String {
    to_hex(&Sha256::digest(text.as_bytes())).chars().take(16).collect()
}

/// Writes filters as a query string by name, lists as repeated parameters, absent ones left out.
fn write_query_string<F: Serialize>(filters: &F) -> ApiResult<String> {
    let value = serde_json::to_value(filters).map_err(|e| ApiError::Internal(Box::new(e)))?;
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in
        value.as_object().into_iter().flatten().filter(|(n, _)| *n != "cursor" && *n != "limit")
    {
        match value {
            serde_json::Value::Null => {}
            // In one order and once: the values mean any of them, so that their order is no other list, and an answer
            // that is kept for one order has cursors that are good for the others.
            serde_json::Value::Array(list) => {
                let mut items: Vec<String> = list.iter().map(to_plain_text).collect();
                items.sort_unstable();
                items.dedup();
                for item in &items {
                    out.append_pair(name, item);
                }
            }
            one => {
                out.append_pair(name, &to_plain_text(one));
            }
        }
    }
    Ok(out.finish())
}

fn to_plain_text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cursor_is_good_for_the_same_filters_in_any_order() {
        let page = |filters: &serde_json::Value, cursor: Option<&str>| {
            PageRequest::<String>::from_parameters("/list", filters, cursor, Some(1))
        };
        let (one, other) =
            (json!({"country": ["VN", "LA"]}), json!({"country": ["LA", "VN", "LA"]}));
        let first = page(&one, None).unwrap();
        let rows = vec!["a".to_owned(), "b".to_owned()];
        let next = first.build_page(rows, 2, String::clone, |r| r).unwrap().next.unwrap();
        assert_eq!(page(&other, Some(&next)).unwrap().after.as_deref(), Some("a"));
        assert!(page(&json!({"country": ["LA"]}), Some(&next)).is_err());
    }
}
