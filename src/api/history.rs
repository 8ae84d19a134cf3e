//! The history of a record, as those who work on it read it: who changed what, when and why. It comes from the journal.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    answer::Answer,
    error::ApiResult,
    page::{PageRequest, list_type},
    state::State,
    views::PersonView,
};
use crate::store::{
    Conn, StoreError, StoreResult,
    history::{self, HistoryFilter},
    journal::JournalRow,
    users,
};

/// Which page of a history.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HistoryParams {
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A change of a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    /// The kind of record that changed.
    #[schema(example = "milestone")]
    pub entity: String,
    /// Its key.
    #[schema(example = "da-nang-4/019346a0-0000-7000-8000-000000000000")]
    pub key: String,
    /// Its version after the change.
    pub version: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; null for the service itself.
    #[schema(required)]
    pub actor: Option<PersonView>,
    /// On whose behalf.
    #[schema(required)]
    pub acting_for: Option<PersonView>,
    /// What was done.
    #[schema(example = "edit")]
    pub action: String,
    /// Why, where a reason was given.
    #[schema(required)]
    pub reason: Option<String>,
    /// The record after the change; null when it was deleted.
    #[schema(required, value_type = Option<Object>)]
    pub record: Option<Value>,
}
list_type!(
    /// Changes, newest first.
    HistoryList of HistoryItem
);

/// Answers a page of a history.
///
/// # Errors
/// A cursor of another list, or failures of the database.
pub(crate) async fn answer_page(
    state: &State,
    path: &str,
    trail: HistoryFilter,
    params: HistoryParams,
) -> ApiResult<Answer> {
    let request = PageRequest::from_parameters(path, &(), params.cursor.as_deref(), params.limit)?;
    let (after, limit) = (request.after, request.limit);
    let (rows, total) = state
        .db
        .read(move |c| load_page(c, &trail, after, limit))
        .await
        .map_err(|e: StoreError| e)?;
    let page = request.build_page(rows, total, |(place, _)| *place, |(_, item)| item)?;
    let list = HistoryList::from(page);
    request.answer_list(&list, list.next.as_deref())
}

/// Reads the changes after a place. A place is the number of a change among those of its trail, from the oldest: history
/// only grows, so it keeps its meaning, and it tells nothing of what else happened in the network.
fn load_page(
    conn: &mut Conn,
    trail: &HistoryFilter,
    after: Option<i64>,
    limit: i64,
) -> StoreResult<(Vec<(i64, HistoryItem)>, i64)> {
    let total = history::count(conn, trail)?;
    let skip = after.map_or(0, |place| total.saturating_sub(place).saturating_add(1).max(0));
    let rows = history::list_newest(conn, trail, skip, limit + 1)?;
    let places = (1..=total.saturating_sub(skip)).rev();
    Ok((places.zip(load_items(conn, rows)?).collect(), total))
}

/// Makes items of journal rows, with the names of the people in them.
///
/// # Errors
/// Failures of the database.
pub(crate) fn load_items(conn: &mut Conn, rows: Vec<JournalRow>) -> StoreResult<Vec<HistoryItem>> {
    let mut ids: Vec<Uuid> =
        rows.iter().flat_map(|r| [r.actor, r.acting_for]).flatten().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: HashMap<Uuid, String> = users::list_names(conn, &ids)?.into_iter().collect();
    let person = |id: Uuid| names.get(&id).map(|name| PersonView { id, name: name.clone() });
    rows.into_iter()
        .map(|row| {
            let record = row.record.as_deref().map(serde_json::from_str).transpose();
            Ok(HistoryItem {
                entity: row.entity,
                key: row.key,
                version: row.version,
                at: row.at.0,
                actor: row.actor.and_then(|id| person(id.0)),
                acting_for: row.acting_for.and_then(|id| person(id.0)),
                action: row.action,
                reason: row.reason,
                record: record.map_err(StoreError::from_json)?,
            })
        })
        .collect()
}
