//! The journal of every change: its entries, its head and its verification.

use actix_web::web::Data;

use super::{
    answer::Answer,
    body::Query,
    error::{ApiError, ApiResult},
    may::May,
    message::parameter,
    page::PageRequest,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        fault::ValueFault,
        id::Id,
        journal::{JournalHash, parse_hex},
        message::Message,
        policy::{Actor, ReadJournal},
    },
    store::{
        Conn, StoreError, StoreResult,
        journal::{
            self,
            search::{self, JournalFilter},
        },
        users, verify,
    },
};

mod views;

use views::check_keys_in_journal;
pub(crate) use views::{
    JournalEntryView, JournalHead, JournalList, JournalParams, JournalVerification, VerifyParams,
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_journal_entries))
        .get(operation!(get_journal_head))
        .get(operation!(verify_journal));
}

/// List journal entries
///
/// Lists every change of every record, newest first. The secretariat sees entries with their reasons and records.
/// Administrators see who changed which record and when, without reasons and records. Other callers are refused (403).
/// Entries on a report that its city never submitted, and on comments on such a report, have no reason and no record
/// for anybody, because that report is still a private draft.
#[utoipa::path(get, path = "/journal", tag = "journal", params(JournalParams),
    responses((status = 200, body = JournalList)))]
async fn list_journal_entries(
    may: May<ReadJournal, Query<JournalParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let (filter, cursor, limit) = (params.parse_filter()?, params.cursor.clone(), params.limit);
    let page = PageRequest::from_parameters("/api/v1/journal", &params, cursor.as_deref(), limit)?;
    let (before, limit, actor) = (page.after, page.limit, may.actor);
    let load = move |c: &mut Conn| -> ApiResult<_> {
        check_keys_in_journal(c, &filter)?;
        Ok(load_entries(c, &actor, &filter, before, limit + 1)?)
    };
    let (entries, total) = state.db.read(load).await?;
    let list = JournalList::from(page.build_page(entries, total, |e| e.seq, |e| e)?);
    page.answer_list(&list, list.next.as_deref())
}

/// Read the head of the journal
///
/// Returns the last entry in short. Store its `seq` and `hash`: `GET /journal/verify` can later check that this entry
/// is still part of the chain. The secretariat and administrators may call this.
#[utoipa::path(get, path = "/journal/head", tag = "journal",
    responses((status = 200, body = JournalHead)))]
async fn get_journal_head(_may: May<ReadJournal>, state: Data<State>) -> ApiResult<Answer> {
    let head = state.db.read(journal::load_head).await.map_err(as_store_error)?;
    Answer::from_value(&JournalHead::from(head))
}

/// Verify the journal
///
/// Recomputes the whole chain of hashes and compares every record with its last entry. If `seq` and `hash` of an
/// earlier head are given, it also checks that this head is still part of the chain. The secretariat and administrators
/// may call this. One verification runs at a time and a few can wait. If too many wait, the request is refused with
/// 503; try again later.
#[utoipa::path(get, path = "/journal/verify", tag = "journal", params(VerifyParams),
    responses((status = 200, body = JournalVerification)))]
async fn verify_journal(
    may: May<ReadJournal, Query<VerifyParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let known_head = parse_known_head(&params)?;
    let check = move |c: &mut Conn| -> StoreResult<_> { verify::verify_journal(c, known_head) };
    Answer::from_value(&JournalVerification::from(state.verifying.run_verification(check).await?))
}

/// Fixes the error type of a read closure, because type inference cannot find it.
const fn as_store_error(e: StoreError) -> StoreError {
    e
}

/// Parses the earlier head: number and hash together, or neither.
fn parse_known_head(params: &VerifyParams) -> ApiResult<Option<(i64, JournalHash)>> {
    let fault = |name: &str, code: &'static str, message: Message| {
        ApiError::invalid_parameter(name, ValueFault::new(code, message))
    };
    match (params.seq, &params.hash) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(fault("hash", "required", parameter::needed_with_seq())),
        (None, Some(_)) => Err(fault("seq", "required", parameter::needed_with_hash())),
        (Some(seq), Some(_)) if seq < 0 => Err(fault("seq", "range", parameter::number_from(0))),
        (Some(seq), Some(hash)) => parse_hex(hash)
            .map(|hash| Some((seq, hash)))
            .ok_or_else(|| fault("hash", "hash", parameter::hash())),
    }
}

/// Loads a page of entries as the caller may see them, and the number of all matching entries.
fn load_entries(
    conn: &mut Conn,
    actor: &Actor,
    filter: &JournalFilter,
    before: Option<i64>,
    limit: i64,
) -> StoreResult<(Vec<JournalEntryView>, i64)> {
    let rows = search::list_newest(conn, filter, before, limit)?;
    let total = search::count(conn, filter)?;
    let drafts = search::find_draft_keys(conn, &rows)?;
    let people = rows.iter().flat_map(|row| [row.actor, row.acting_for]).flatten();
    let names = users::load_names(conn, people.map(Id::from))?;
    let entries = rows.into_iter().map(|row| {
        let contents = actor.may_read_journal_contents() && !search::is_about_any(&row, &drafts);
        JournalEntryView::new(row, &names, contents)
    });
    Ok((entries.collect::<StoreResult<_>>()?, total))
}
