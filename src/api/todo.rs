//! What waits for the caller.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::{get, web::Data};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    cache::{Key, View},
    error::ApiResult,
    may::Own,
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
mod network;
mod officer;
mod shut;
mod views;

use views::TodoCounts;
pub use views::TodoView;

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
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
async fn get_todo(own: Own, state: Data<State>) -> ApiResult<Answer> {
    let (actor, at) = (own.actor, state.clock.now());
    let key = Key::new("me/todo", View::own(&actor), &())?.of_everything(at);
    let directory = Arc::clone(&state.directory);
    // Asked within the snapshot: what is newer than that is asked for again under the next number.
    let read = move |c: &mut Conn, _| {
        Answer::of(&Reading { actor: &actor, at }.todo(c, &directory.held(at))?)
    };
    state.kept(key, read).await
}

/// Who reads, and when.
#[derive(Clone, Copy)]
struct Reading<'a> {
    actor: &'a Actor,
    at: DateTime<Utc>,
}

impl Reading<'_> {
    fn todo(self, conn: &mut Conn, held: &BTreeSet<(Role, Scope)>) -> StoreResult<TodoView> {
        let cycles = cycles::list(conn)?;
        let mut todo = TodoView {
            counts: TodoCounts::default(),
            officer: self.officer(conn, &cycles)?,
            needs_extension: self.shut_for_cities(conn, &cycles)?,
            representative: self.representative(conn, &cycles)?,
            secretariat: self.secretariat(conn, &cycles)?,
            vacancies: self.vacancies(conn, held)?,
        };
        todo.counts = TodoCounts::of(&todo);
        Ok(todo)
    }
}
