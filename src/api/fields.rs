//! `fields=`: less of each item of a list.

use std::collections::BTreeSet;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};

use super::{
    answer::Answer,
    error::{ApiError, ApiResult, Fault},
    page::{Page, PageRequest},
};

/// The members that are asked for; all when none is named.
#[derive(Debug, Clone)]
pub struct Fields(BTreeSet<String>);

impl Fields {
    /// Reads names of members of `V`, repeated or separated by commas.
    ///
    /// # Errors
    /// A name that is no member: 400 with those that are.
    pub fn read<V: PartialSchema>(raw: &[String]) -> ApiResult<Self> {
        let known = members::<V>();
        let asked: BTreeSet<String> = raw
            .iter()
            .flat_map(|list| list.split(','))
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        if asked.iter().all(|name| known.contains(name)) {
            return Ok(Self(asked));
        }
        let mut fault = Fault::parameter("fields", "unknown", "names of members are expected");
        fault.allowed = known;
        Err(ApiError::malformed(fault))
    }

    /// Answers a page with what was asked for of each item.
    ///
    /// # Errors
    /// A value without a JSON form.
    pub fn answer<K, V, L>(&self, request: &PageRequest<K>, page: Page<V>) -> ApiResult<Answer>
    where
        K: Serialize + DeserializeOwned,
        V: Serialize,
        L: Serialize + From<Page<V>>,
    {
        let next = page.next.clone();
        match self.pick(&page)? {
            Some(picked) => request.answer(&picked, next.as_deref()),
            None => request.answer(&L::from(page), next.as_deref()),
        }
    }

    /// Leaves out of each item what was not asked for; none when everything was.
    fn pick<V: Serialize>(&self, page: &Page<V>) -> ApiResult<Option<Picked>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(page.items.len());
        for item in &page.items {
            let mut value =
                serde_json::to_value(item).map_err(|e| ApiError::Internal(Box::new(e)))?;
            if let Value::Object(members) = &mut value {
                members.retain(|name, _| self.0.contains(name));
            }
            items.push(value);
        }
        Ok(Some(Picked { items, next: page.next.clone(), total: page.total }))
    }
}

/// A list whose items hold less.
#[derive(Debug, Clone, Serialize)]
pub struct Picked {
    items: Vec<Value>,
    next: Option<String>,
    total: i64,
}

/// Returns the names of the members of an object type, from its schema.
fn members<V: PartialSchema>() -> Vec<String> {
    match V::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        RefOr::T(_) | RefOr::Ref(_) => Vec::new(),
    }
}
