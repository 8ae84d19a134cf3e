//! `fields=`: less of each item of a list.

use std::{collections::BTreeSet, io::Write as _};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult, RequestFault},
    format::{Form, to_write_error},
    openapi::list_schema_members,
    page::{ListPage, PageRequest},
    spool_buffer::SpoolBuffer,
};
use crate::sheets::flat;

/// The formats of a list.
pub(crate) const LIST: &[Form] = &[Form::Json, Form::Lines];
/// Items of a whole list that are read at once.
const CHUNK: i64 = 500;

/// The members that are asked for; all when none is named.
#[derive(Debug, Clone)]
pub(crate) struct FieldSelection(BTreeSet<String>);

impl FieldSelection {
    /// Reads names of members of a schema of the contract, repeated or separated by commas.
    ///
    /// # Errors
    /// A name that is no member: 400 with those that are.
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
        let mut fault =
            RequestFault::at_parameter("fields", "unknown", "names of members are expected");
        fault.allowed = known;
        Err(ApiError::malformed(fault))
    }

    /// Answers a page with what was asked for of each item.
    ///
    /// # Errors
    /// A value without a JSON form.
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

    /// Answers a whole list as JSON lines, each item with what was asked for of it. `read` gives the items after a key, as many
    /// as it is told, in the one snapshot that the connection is in; memory holds those at once, whatever the length of the list.
    ///
    /// # Errors
    /// Those of `read`, or a full disk.
    pub(crate) fn answer_lines<K, V: Serialize>(
        &self,
        name: &str,
        mut read: impl FnMut(Option<&K>, i64) -> ApiResult<Vec<(K, V)>>,
    ) -> ApiResult<Answer> {
        let mut spool = SpoolBuffer::default();
        let mut after: Option<K> = None;
        loop {
            let items = read(after.as_ref(), CHUNK)?;
            let full = i64::try_from(items.len()).is_ok_and(|n| n >= CHUNK);
            for (key, item) in items {
                writeln!(spool, "{}", self.select_members(&item)?).map_err(to_write_error)?;
                after = Some(key);
            }
            if !full {
                break;
            }
        }
        let name = format!("ascn-{name}.jsonl");
        let media = flat::TableFormat::Lines.media_type();
        Ok(Answer::from_hashed_body(
            spool.finish_hashed().map_err(to_write_error)?,
            media,
            Some(&name),
        ))
    }

    /// Writes an item with what was asked for of it.
    fn select_members<V: Serialize>(&self, item: &V) -> ApiResult<Value> {
        let mut value = serde_json::to_value(item).map_err(|e| ApiError::Internal(Box::new(e)))?;
        if let (Value::Object(members), false) = (&mut value, self.0.is_empty()) {
            members.retain(|name, _| self.0.contains(name));
        }
        Ok(value)
    }

    /// Leaves out of each item what was not asked for; none when everything was.
    fn select_page<V: Serialize>(&self, page: &ListPage<V>) -> ApiResult<Option<PartialPage>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let items =
            page.items.iter().map(|item| self.select_members(item)).collect::<ApiResult<_>>()?;
        Ok(Some(PartialPage { items, next: page.next.clone(), total: page.total }))
    }
}

/// A list whose items hold less.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PartialPage {
    items: Vec<Value>,
    next: Option<String>,
    total: i64,
}
