//! The history of a record, read from the journal: who changed what, when and why.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    answer::Answer,
    error::ApiResult,
    page::{PageRequest, list_type},
    state::State,
    views::PersonView,
};
use crate::{
    domain::{id::Id, user::User},
    store::{
        Conn, StoreError, StoreResult,
        history::{self, HistoryFilter},
        journal::JournalRow,
        users,
    },
};

/// Page of a history.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HistoryParams {
    /// Cursor of the page: `next` of the previous page.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A change of a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    /// Kind of the record that changed.
    #[schema(example = "milestone")]
    pub entity: String,
    /// Key of the record that changed.
    #[schema(example = "da-nang-4/019346a0-0000-7000-8000-000000000000")]
    pub key: String,
    /// Version of the record after the change.
    pub version: i64,
    /// Time of the change.
    pub at: DateTime<Utc>,
    /// Person who made the change; null if the service itself made it.
    #[schema(required)]
    pub actor: Option<PersonView>,
    /// Person on whose behalf `actor` acted; null if none.
    #[schema(required)]
    pub acting_for: Option<PersonView>,
    /// Name of the action.
    #[schema(example = "edit")]
    pub action: String,
    /// Reason of the change; null if none was given.
    #[schema(required)]
    pub reason: Option<String>,
    /// The record after the change; null if it was deleted.
    #[schema(required, value_type = Option<Object>)]
    pub record: Option<Value>,
}
list_type!(
    /// A page of changes, the newest first.
    HistoryList of HistoryItem
);

pub(crate) async fn answer_page(
    state: &State,
    path: &str,
    filter: HistoryFilter,
    params: HistoryParams,
) -> ApiResult<Answer> {
    let request = PageRequest::from_parameters(path, &(), params.cursor.as_deref(), params.limit)?;
    let (after, limit) = (request.after, request.limit);
    let (rows, total) = state
        .db
        .read(move |c| load_page(c, &filter, after, limit))
        .await
        .map_err(|e: StoreError| e)?;
    let page = request.build_page(rows, total, |(number, _)| *number, |(_, item)| item)?;
    let list = HistoryList::from(page);
    request.answer_list(&list, list.next.as_deref())
}

/// Loads the changes after a cursor. The cursor is the number of a change in this history, counted from the oldest. A
/// history only grows, so that the number keeps its meaning, and it tells nothing about other changes in the network.
fn load_page(
    conn: &mut Conn,
    filter: &HistoryFilter,
    after: Option<i64>,
    limit: i64,
) -> StoreResult<(Vec<(i64, HistoryItem)>, i64)> {
    let total = history::count(conn, filter)?;
    let skip = after.map_or(0, |number| total.saturating_sub(number).saturating_add(1).max(0));
    let rows = history::list_newest(conn, filter, skip, limit + 1)?;
    let numbers = (1..=total.saturating_sub(skip)).rev();
    Ok((numbers.zip(load_items(conn, rows)?).collect(), total))
}

/// Converts rows of the journal into items with the names of the persons.
pub(crate) fn load_items(conn: &mut Conn, rows: Vec<JournalRow>) -> StoreResult<Vec<HistoryItem>> {
    let people = rows.iter().flat_map(|row| [row.actor, row.acting_for]).flatten();
    let names = users::load_names(conn, people.map(Id::from))?;
    let person = |id: Option<Id<User>>| PersonView::from_names(&names, id?);
    rows.into_iter()
        .map(|row| {
            let record = row.record.as_deref().map(serde_json::from_str).transpose();
            Ok(HistoryItem {
                entity: row.entity,
                key: row.key,
                version: row.version,
                at: row.at.0,
                actor: person(row.actor.map(Id::from)),
                acting_for: person(row.acting_for.map(Id::from)),
                action: row.action,
                reason: row.reason,
                record: record.map_err(StoreError::from_json)?,
            })
        })
        .collect()
}
