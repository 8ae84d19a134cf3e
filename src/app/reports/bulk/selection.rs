//! Finds the reports of a request on many reports.

use crate::{
    app::refusal::AppResult,
    domain::{
        policy::{Actor, VisibleRows, visibility::ReadScope},
        report::bulk::{
            BulkAction, BulkFilter, BulkItem, BulkRequest, BulkSelection, ITEMS_MAX,
            filter_finds_too_many,
        },
    },
    store::{
        Tx,
        reports::{
            bulk_keys,
            queue::{QueueFilter, QueueQuery, QueueSort},
        },
    },
};

/// Lists the requested reports, as they are found in this transaction.
pub(super) fn select_items(
    tx: &mut Tx<'_>,
    actor: &Actor,
    order: &BulkRequest,
) -> AppResult<Vec<BulkItem>> {
    let keys = match (&order.which, order.action) {
        (BulkSelection::Items(items), _) => return Ok(items.clone()),
        (BulkSelection::Filter(filter), BulkAction::Unchanged) => {
            bulk_keys::list_unreported_projects(tx.conn(), &actor.visible_rows().drafts, filter)?
        }
        (
            BulkSelection::Filter(filter),
            BulkAction::Submit | BulkAction::Withdraw | BulkAction::Approve | BulkAction::Return,
        ) => {
            let query = build_queue_query(actor, filter, tx);
            bulk_keys::list_listed_keys(tx.conn(), &query)?
        }
    };
    if keys.len() > ITEMS_MAX {
        return Err(vec![filter_finds_too_many()].into());
    }
    Ok(keys.into_iter().map(|key| BulkItem { key, version: None }).collect())
}

/// Builds the query of the caller's queue, restricted to working copies: no action applies to an approved copy.
fn build_queue_query(actor: &Actor, filter: &BulkFilter, tx: &Tx<'_>) -> QueueQuery {
    fn to_strings<T: ToString>(values: &[T]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }
    QueueQuery {
        visible: VisibleRows { approved: ReadScope::default(), ..actor.visible_rows() },
        filter: QueueFilter {
            project: None,
            states: filter.states.clone(),
            cities: to_strings(&filter.cities),
            countries: to_strings(&filter.countries),
            cycles: to_strings(&filter.cycles),
            late: filter.late,
        },
        sort: QueueSort::Key,
        after: None,
        limit: i64::try_from(ITEMS_MAX + 1).unwrap_or(i64::MAX),
        now: tx.at(),
    }
}
