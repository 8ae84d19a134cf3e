//! The parameter `fields`, which selects the members of each item of a list.

use std::{collections::BTreeSet, io::Write as _};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    answer::Answer,
    closed_list::define_closed_list,
    error::{ApiError, ApiResult},
    format::{AnswerFormat, to_write_error},
    message::parameter,
    openapi::list_schema_members,
    page::{ListPage, PageRequest},
    spool_buffer::SpoolBuffer,
};
use crate::domain::fault::ValueFault;
use crate::sheets::flat;

/// The formats of a list.
pub(crate) const LIST: &[AnswerFormat] = &[AnswerFormat::Json, AnswerFormat::Lines];
define_closed_list!(
    /// The names of [`LIST`].
    ListFormats: LIST.iter().map(|form| form.as_str())
);
/// The number of items that are read at once for a whole list.
const CHUNK: i64 = 500;

/// The selected members; an empty set selects all.
#[derive(Debug, Clone)]
pub(crate) struct FieldSelection(BTreeSet<String>);

impl FieldSelection {
    /// Reads the names of members of a schema of the contract. They are given as repeated parameters or separated by
    /// commas.
    ///
    /// # Errors
    /// A name is not a member: 400, with the names of all members.
    pub(crate) fn from_names(schema: &str, raw: &[String]) -> ApiResult<Self> {
        let known = list_schema_members(schema);
        let asked: BTreeSet<String> = raw
            .iter()
            .flat_map(|list| list.split(','))
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        if asked.iter().all(|name| known.contains(name)) {
            return Ok(Self(asked));
        }
        let fault = ValueFault::new("unknown", parameter::member_names()).with_allowed(known);
        Err(ApiError::invalid_parameter("fields", fault))
    }

    /// Answers with a page. Each item has only the selected members.
    ///
    /// # Errors
    /// A value cannot be serialised as JSON.
    pub(crate) fn answer_page<K, V, L>(
        &self,
        request: &PageRequest<K>,
        page: ListPage<V>,
    ) -> ApiResult<Answer>
    where
        K: Serialize + DeserializeOwned,
        V: Serialize,
        L: Serialize + From<ListPage<V>>,
    {
        let next = page.next.clone();
        match self.select_page(&page)? {
            Some(picked) => request.answer_list(&picked, next.as_deref()),
            None => request.answer_list(&L::from(page), next.as_deref()),
        }
    }

    /// Answers with a whole list as JSON lines. Each item has only the selected members. `read` returns up to the given
    /// number of items after a key. It is called several times in one snapshot, so that only that many items are in
    /// memory.
    ///
    /// # Errors
    /// The errors of `read`, or a full disk.
    pub(crate) fn answer_lines<K, V: Serialize>(
        &self,
        name: &str,
        mut read: impl FnMut(Option<&K>, i64) -> ApiResult<Vec<(K, V)>>,
    ) -> ApiResult<Answer> {
        let mut buffer = SpoolBuffer::default();
        let mut after: Option<K> = None;
        loop {
            let items = read(after.as_ref(), CHUNK)?;
            let full = i64::try_from(items.len()).is_ok_and(|n| n >= CHUNK);
            for (key, item) in items {
                writeln!(buffer, "{}", self.select_members(&item)?).map_err(to_write_error)?;
                after = Some(key);
            }
            if !full {
                break;
            }
        }
        let name = format!("ascn-{name}.jsonl");
        let media = flat::TableFormat::Lines.media_type();
        Ok(Answer::from_hashed_body(
            buffer.finish_hashed().map_err(to_write_error)?,
            media,
            Some(&name),
        ))
    }

    /// Serialises the selected members of an item.
    fn select_members<V: Serialize>(&self, item: &V) -> ApiResult<Value> {
        let mut value = serde_json::to_value(item).map_err(|e| ApiError::Internal(Box::new(e)))?;
        if let (Value::Object(members), false) = (&mut value, self.0.is_empty()) {
            members.retain(|name, _| self.0.contains(name));
        }
        Ok(value)
    }

    /// Selects the members of each item. Returns `None` if all members are selected.
    fn select_page<V: Serialize>(&self, page: &ListPage<V>) -> ApiResult<Option<PartialPage>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let items =
            page.items.iter().map(|item| self.select_members(item)).collect::<ApiResult<_>>()?;
        Ok(Some(PartialPage { items, next: page.next.clone(), total: page.total }))
    }
}

/// A page whose items have only some of their members.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PartialPage {
    items: Vec<Value>,
    next: Option<String>,
    total: i64,
}
