//! What waits for the caller.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::{get, web::Data};
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

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_todo);
}

/// Read what waits for me
///
/// For officers what to write, what was returned, what blocks a submission and how many days are left; for representatives
/// what to decide, the oldest first, and silent cities; for the secretariat how far each country is, overdue decisions and
/// what is ready to be released; offices that nobody holds for those who can fill them. What was taken up again in a closed
/// cycle waits for an extension: its city and its representative are told. Cheap to ask often: an unchanged
/// answer is 304 by its tag.
#[utoipa::path(tag = "me", responses((status = 200, body = TodoView)))]
#[get("/me/todo")]
async fn get_todo(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let (actor, at) = (own.actor, state.clock.now());
    let key =
        AnswerKey::new("me/todo", CacheAudience::for_caller(&actor), &())?.with_working_copies(at);
    let directory = Arc::clone(&state.directory);
    // Asked within the snapshot: what is newer than that is asked for again under the next number.
    let read = move |c: &mut Conn, _| {
        Answer::from_value(
            &TodoReader { actor: &actor, at }.load_todo(c, &directory.list_held_roles(at))?,
        )
    };
    state.answer_cached(key, read).await
}

/// Who reads, and when.
#[derive(Clone, Copy)]
struct TodoReader<'a> {
    actor: &'a Actor,
    at: DateTime<Utc>,
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
            vacancies: self.list_vacancies(conn, held)?,
        };
        todo.counts = TodoCounts::from_todo(&todo);
        Ok(todo)
    }
}
