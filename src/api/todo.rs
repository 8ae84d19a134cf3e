//! The open tasks of the caller.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::web::Data;
use chrono::{DateTime, Utc};

use super::{
    answer::Answer,
    cache::{AnswerKey, CacheAudience},
    error::ApiResult,
    may::OwnRequest,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        language::Language,
        policy::Actor,
        user::{Role, Scope},
    },
    store::{Conn, StoreResult, cycles},
};

mod decisions;
mod needs_extension;
mod network;
mod officer;
mod views;

use views::TodoCounts;
pub(crate) use views::TodoView;

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_todo));
}

/// Read the caller's open tasks
///
/// Lists the open tasks of each role that the caller holds. Officers get the reports to write, the returned reports,
/// what blocks a submission, and the days that are left. National representatives get the reports to decide on, the
/// oldest submission first, and the expected cities that submitted nothing. The secretariat gets the progress of each
/// country, overdue decisions, and the cycles that are ready to be released. Callers who can give the role get the
/// expected cities and their countries in which nobody holds it.
///
/// A city is expected to report if it joined in a year before the year of the cycle's cut-off, or if it submitted a
/// report in the cycle. For vacant roles the year is the present one.
///
/// A report that was reopened or returned in a closed cycle is listed in `needs_extension` for its city's officers and
/// its representative, because the city cannot correct it without an extension. Clients may poll this operation often:
/// with `If-None-Match` an unchanged answer is 304.
#[utoipa::path(get, path = "/me/todo", tag = "me", responses((status = 200, body = TodoView)))]
async fn get_todo(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let (actor, at, language) = (own.actor, state.clock.now(), own.language);
    let key = AnswerKey::new("me/todo", CacheAudience::for_caller(&actor), &())?
        .with_working_copies(at)
        .in_language(language);
    let directory = Arc::clone(&state.directory);
    // The directory may be newer than the snapshot of the database. The change that made it newer also moves the number
    // of the journal, so that the next request computes the answer again.
    let read = move |c: &mut Conn, _| {
        Answer::from_value(
            &TodoReader { actor: &actor, at, language }
                .load_todo(c, &directory.list_held_roles(at))?,
        )
    };
    state.cache.answer(key, read).await
}

#[derive(Clone, Copy)]
struct TodoReader<'a> {
    actor: &'a Actor,
    at: DateTime<Utc>,
    /// The language of the titles and texts of faults.
    language: Language,
}

impl TodoReader<'_> {
    fn load_todo(self, conn: &mut Conn, held: &BTreeSet<(Role, Scope)>) -> StoreResult<TodoView> {
        let cycles = cycles::list(conn)?;
        let mut todo = TodoView {
            counts: TodoCounts::default(),
            officer: self.load_officer(conn, &cycles)?,
            needs_extension: self.list_needing_extension_for_officer(conn, &cycles)?,
            representative: self.load_representative(conn, &cycles)?,
            secretariat: self.load_secretariat(conn, &cycles)?,
            vacancies: self.list_vacancies(conn, &cycles, held)?,
        };
        todo.counts = TodoCounts::from_todo(&todo);
        Ok(todo)
    }
}
