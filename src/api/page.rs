//! Lists in pages, with keyset pagination. A cursor is bound to the filters and the order of its list.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{
    answer::Answer,
    closed_list::define_closed_list,
    error::{ApiError, ApiResult},
    message::parameter,
};
use crate::domain::{fault::ValueFault, journal::to_hex, message::thing};

pub(crate) mod cursor;
mod whole_list;

use cursor::PageCursor;
pub(crate) use whole_list::WholeListParams;

/// The default number of items on a page.
pub(crate) const LIMIT_DEFAULT: i64 = 50;
/// The largest number of items on a page.
pub(crate) const LIMIT_MAX: i64 = 1000;

/// Declares the list type of a resource, so that generated clients get a named type instead of an inlined generic.
macro_rules! list_type {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
        pub(crate) struct $name {
            /// The items of this page.
            pub items: Vec<$item>,
            /// The cursor of the next page; null on the last page.
            #[schema(required)]
            pub next: Option<String>,
            /// The number of items on all pages.
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

/// A page of any type, before it is converted to the list type of its resource.
#[derive(Debug, Clone)]
pub(crate) struct ListPage<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
    /// The number of items on all pages.
    pub total: i64,
}

/// A request for a page of a list.
#[derive(Debug, Clone)]
pub(crate) struct PageRequest<K> {
    list: String,
    /// The filters and the order, as a query string.
    filters: String,
    path: String,
    /// The sort key after which the page starts; `None` for the first page.
    pub after: Option<K>,
    /// The number of items, 1 to [`LIMIT_MAX`].
    pub limit: i64,
}

impl<K: Serialize + DeserializeOwned> PageRequest<K> {
    /// Reads `cursor` and `limit`. `path` is the path of the list, and `filters` are its other parameters. A cursor is
    /// valid only for the path and the filters that it was made with. A cursor that was sent alone brought its filters with
    /// it (`cursor::restore_filters`).
    ///
    /// # Errors
    /// The cursor belongs to a different list, filter or order, or the limit is out of range: 400.
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
            let fault = ValueFault::new("range", parameter::number_between(1, LIMIT_MAX));
            return Err(ApiError::invalid_parameter("limit", fault));
        }
        let after = match cursor {
            None => None,
            Some(text) => {
                let cursor = PageCursor::<K>::decode(text).ok_or_else(cursor::refuse_cursor)?;
                if cursor.l != list {
                    return Err(cursor::refuse_cursor());
                }
                Some(cursor.k)
            }
        };
        let path = if filters.is_empty() { path.to_owned() } else { format!("{path}?{filters}") };
        Ok(Self { list, filters, path, after, limit })
    }

    /// Makes a page from up to `limit + 1` loaded rows. If the extra row is present, there is a next page.
    ///
    /// # Errors
    /// A sort key cannot be serialised as JSON.
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
                let f = self.filters.clone();
                Some(PageCursor { l: self.list.clone(), k: key(last), f }.encode()?)
            }
            Some(_) | None => None,
        };
        Ok(ListPage { items: rows.into_iter().map(view).collect(), next, total })
    }

    /// Cuts the page out of a short list that is completely in memory and sorted by its keys.
    ///
    /// # Errors
    /// A sort key cannot be serialised as JSON.
    pub(crate) fn cut_page<T>(&self, all: Vec<T>, key: impl Fn(&T) -> K) -> ApiResult<ListPage<T>>
    where
        K: PartialOrd,
    {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let seen = |item: &T| self.after.as_ref().is_some_and(|after| key(item) <= *after);
        let rest = all.into_iter().skip_while(seen).collect();
        self.build_page(rest, total, &key, |item| item)
    }

    /// Answers with a list. The address of the next page is in the `Link` header.
    ///
    /// # Errors
    /// The list cannot be serialised as JSON.
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

/// The orders of records with a slug and a name, as `(by name, descending)`.
pub(crate) const BY_SLUG_OR_NAME: [(&str, (bool, bool)); 4] = [
    ("slug", (false, false)),
    ("-slug", (false, true)),
    ("name", (true, false)),
    ("-name", (true, true)),
];
define_closed_list!(
    /// The names of [`BY_SLUG_OR_NAME`].
    SlugOrNameSort: BY_SLUG_OR_NAME.iter().map(|(name, _)| *name)
);

/// Returns the order that `sort` names. The first order is the default.
///
/// # Errors
/// The name is not one of the orders: 400.
pub(crate) fn choose_order<O: Copy>(asked: Option<&str>, orders: &[(&str, O)]) -> ApiResult<O> {
    let found = match asked {
        None => orders.first(),
        Some(asked) => orders.iter().find(|(name, _)| *name == asked),
    };
    let unknown = || ValueFault::unknown(thing::sort(), orders.iter().map(|(name, _)| *name));
    found.map(|(_, order)| *order).ok_or_else(|| ApiError::invalid_parameter("sort", unknown()))
}

/// Returns the order that `sort` names, and whether it is descending: with `-` before the name. The first order is the
/// default.
///
/// # Errors
/// The name is not one of the orders: 400.
pub(crate) fn parse_order<O: Copy>(
    asked: Option<&str>,
    orders: &[(&str, O)],
) -> ApiResult<(O, bool)> {
    let asked = asked.or(orders.first().map(|(name, _)| *name)).unwrap_or_default();
    let (descending, name) = asked.strip_prefix('-').map_or((false, asked), |name| (true, name));
    let found = orders.iter().find(|(known, _)| *known == name);
    found.map(|(_, order)| (*order, descending)).ok_or_else(|| {
        let fault =
            ValueFault::unknown(thing::sort(), list_order_names(orders)).with_nearest(asked);
        ApiError::invalid_parameter("sort", fault)
    })
}

/// Lists the values of `sort`: each name, and the name with `-` before it.
pub(crate) fn list_order_names<O>(orders: &[(&str, O)]) -> Vec<String> {
    orders.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect()
}

/// The parameters of a list without filters.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListParams {
    /// The cursor of the page: `next` of the page before. Leave it out for the first page.
    pub cursor: Option<String>,
    /// The number of items on the page, 1 to 1000; the default is 50.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

fn hash_list(text: &str) -> String {
    to_hex(&Sha256::digest(text.as_bytes())).chars().take(16).collect()
}

/// Writes filters as a query string, sorted by name. Lists become repeated parameters, and absent filters are left out.
fn write_query_string<F: Serialize>(filters: &F) -> ApiResult<String> {
    let value = serde_json::to_value(filters).map_err(|e| ApiError::Internal(Box::new(e)))?;
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in
        value.as_object().into_iter().flatten().filter(|(n, _)| *n != "cursor" && *n != "limit")
    {
        match value {
            serde_json::Value::Null => {}
            // Sorted and without duplicates: the order of the values does not change the result. A cached answer for
            // one order contains a cursor that must be valid for the other orders too.
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
