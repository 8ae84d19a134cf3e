//! Finds the reports of a request on many reports.

use crate::{
    app::refusal::AppResult,
    domain::{
        fault::FaultList,
        policy::{Actor, VisibleRows, visibility::ReadScope},
        report::bulk::{
            BulkAction, BulkFilter, BulkItem, BulkRequest, BulkSelection, ITEMS_MAX,
            filter_finds_too_many,
        },
    },
    store::{
        Tx,
        keys::{self, KeyKind},
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
    if let BulkSelection::Filter(filter) = &order.which {
        check_filter(tx, filter)?;
    }
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

fn to_strings<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Refuses a filter for something that does not exist, as the list of reports does.
fn check_filter(tx: &mut Tx<'_>, filter: &BulkFilter) -> AppResult<()> {
    let mut faults = FaultList::new();
    for (name, kind, values) in [
        ("city", KeyKind::City, to_strings(&filter.cities)),
        ("country", KeyKind::Country, to_strings(&filter.countries)),
        ("cycle", KeyKind::Cycle, to_strings(&filter.cycles)),
    ] {
        if let Some((position, fault)) = keys::find_fault(tx.conn(), kind, &values)? {
            faults.add(format!("/filter/{name}/{position}"), fault);
        }
    }
    Ok(faults.finish_with(())?)
}

/// Builds the query of the caller's queue, restricted to working copies: no action applies to an approved copy.
fn build_queue_query(actor: &Actor, filter: &BulkFilter, tx: &Tx<'_>) -> QueueQuery {
    QueueQuery {
        visible: VisibleRows { approved: ReadScope::default(), ..actor.visible_rows() },
        filter: QueueFilter {
            states: filter.states.clone(),
            cities: to_strings(&filter.cities),
            countries: to_strings(&filter.countries),
            cycles: to_strings(&filter.cycles),
            late: filter.late,
            ..QueueFilter::default()
        },
        sort: QueueSort::default(),
        after: None,
        limit: i64::try_from(ITEMS_MAX + 1).unwrap_or(i64::MAX),
        now: tx.at(),
    }
}
