//! `fields=`: less of each item of a list.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};

use super::{
    error::{ApiError, ApiResult, Fault},
    page::Page,
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

    /// Leaves out of each item what was not asked for; none when everything was.
    ///
    /// # Errors
    /// A value without a JSON form.
    pub fn pick<V: Serialize>(&self, page: &Page<V>) -> ApiResult<Option<Picked>> {
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
