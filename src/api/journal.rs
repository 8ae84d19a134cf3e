//! The journal of every change: reading it, its head, and its verification.

use std::collections::HashMap;

use actix_web::{get, web::Data};
use uuid::Uuid;

use super::{
    answer::Answer,
    body::Query,
    error::{ApiError, ApiResult, RequestFault},
    may::May,
    page::PageRequest,
    service_config::ServiceConfig,
    state::State,
    views::PersonView,
};
use crate::{
    domain::{
        journal::{JournalHash, parse_hex},
        policy::{Actor, ReadJournal},
    },
    store::{
        Conn, StoreError, StoreResult,
        journal::{
            self, JournalRow,
            search::{self, JournalFilter},
        },
        users, verify,
    },
};

mod views;

pub(crate) use views::{
    JournalEntryView, JournalHead, JournalList, JournalParams, JournalVerification, VerifyParams,
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_journal_entries).service(get_journal_head).service(verify_journal);
}

/// List journal entries
///
/// Every change of every record, newest first: for the secretariat with reasons and records, for administrators with who,
/// when and which record alone. A report that its city never handed in, and what is said about it, has no contents here.
#[utoipa::path(tag = "journal", params(JournalParams), responses((status = 200, body = JournalList)))]
#[get("/journal")]
async fn list_journal_entries(
    may: May<ReadJournal, Query<JournalParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let (filter, cursor, limit) = (params.parse_filter()?, params.cursor.clone(), params.limit);
    let page = PageRequest::from_parameters("/api/v1/journal", &params, cursor.as_deref(), limit)?;
    let (before, limit, actor) = (page.after, page.limit, may.actor);
    let (entries, total) = state
        .db
        .read(move |c| load_entries(c, &actor, &filter, before, limit + 1))
        .await
        .map_err(as_store_error)?;
    let list = JournalList::from(page.build_page(entries, total, |e| e.seq, |e| e)?);
    page.answer_list(&list, list.next.as_deref())
}

/// Get the head of the journal
///
/// The last row in short. Whoever keeps it can ask later whether it is still part of the chain.
#[utoipa::path(tag = "journal", responses((status = 200, body = JournalHead)))]
#[get("/journal/head")]
async fn get_journal_head(_may: May<ReadJournal>, state: Data<State>) -> ApiResult<Answer> {
    let head = state.db.read(journal::load_head).await.map_err(as_store_error)?;
    Answer::from_value(&JournalHead::from(head))
}

/// Verify the journal
///
/// Recomputes the whole chain, holds every record against its last row, and says whether the head with this `seq` and
/// `hash` is still part of the chain. One verification runs at a time; a few wait, and whoever comes then is told to try again
/// (503).
#[utoipa::path(tag = "journal", params(VerifyParams), responses((status = 200, body = JournalVerification)))]
#[get("/journal/verify")]
async fn verify_journal(
    may: May<ReadJournal, Query<VerifyParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let kept = parse_known_head(&params)?;
    let check = move |c: &mut Conn| -> StoreResult<_> { verify::verify_journal(c, kept) };
    Answer::from_value(&JournalVerification::from(state.run_verification(check).await?))
}

/// Names the error of a read closure.
const fn as_store_error(e: StoreError) -> StoreError {
    e
}

/// Reads the head that somebody kept: number and hash, or neither.
fn parse_known_head(params: &VerifyParams) -> ApiResult<Option<(i64, JournalHash)>> {
    let fault = |name: &str, code: &str, detail: &str| {
        ApiError::malformed(RequestFault::at_parameter(name, code, detail))
    };
    match (params.seq, &params.hash) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(fault("hash", "required", "it is asked for together with seq")),
        (None, Some(_)) => Err(fault("seq", "required", "it is asked for together with hash")),
        (Some(seq), Some(_)) if seq < 0 => {
            Err(fault("seq", "range", "a number of at least 0 is expected"))
        }
        (Some(seq), Some(hash)) => parse_hex(hash)
            .map(|hash| Some((seq, hash)))
            .ok_or_else(|| fault("hash", "hash", "64 lower-case hexadecimal digits are expected")),
    }
}

/// Reads rows as this caller may see them.
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
    let people = load_people(conn, &rows)?;
    let entries = rows.into_iter().map(|row| {
        let contents = actor.may_read_journal_contents() && !search::is_about_any(&row, &drafts);
        JournalEntryView::new(row, &people, contents)
    });
    Ok((entries.collect::<StoreResult<_>>()?, total))
}

/// Reads the names of the people in rows.
fn load_people(conn: &mut Conn, rows: &[JournalRow]) -> StoreResult<HashMap<Uuid, PersonView>> {
    let mut ids: Vec<Uuid> =
        rows.iter().flat_map(|r| [r.actor, r.acting_for]).flatten().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = users::list_names(conn, &ids)?;
    Ok(names.into_iter().map(|(id, name)| (id, PersonView { id, name })).collect())
}
