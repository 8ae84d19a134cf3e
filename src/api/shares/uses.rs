//! How often shares are used, counted in memory and written down once a minute: a share that a dashboard reads all day must
//! not become a write a request. What was not written when the process is killed is not counted.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    api::state::State,
    domain::{id::Id, share::Share},
    store::{StoreError, unguarded, unguarded::ShareUse},
};

/// How long uses wait in memory.
const WAIT: TimeDelta = TimeDelta::minutes(1);

/// Uses that are not written down yet.
#[derive(Debug, Default)]
pub struct Uses(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    counted: BTreeMap<Id<Share>, (i64, NaiveDate)>,
    /// When the first of them happened.
    since: Option<DateTime<Utc>>,
}

impl Uses {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a use; says whether it is time to write them down.
    fn count(&self, share: Id<Share>, now: DateTime<Utc>) -> bool {
        let mut books = self.books();
        let (uses, on) = books.counted.entry(share).or_insert((0, now.date_naive()));
        *uses += 1;
        *on = now.date_naive().max(*on);
        now - *books.since.get_or_insert(now) >= WAIT
    }

    fn take(&self) -> Vec<ShareUse> {
        let Books { counted, .. } = std::mem::take(&mut *self.books());
        let used = |(share, (uses, on))| ShareUse { share, uses, last_used_on: Some(on) };
        counted.into_iter().map(used).collect()
    }

    /// Takes uses back that could not be written.
    fn put_back(&self, taken: Vec<ShareUse>, now: DateTime<Utc>) {
        let mut books = self.books();
        for ShareUse { share, uses, last_used_on } in taken {
            let today = last_used_on.unwrap_or_else(|| now.date_naive());
            let (counted, on) = books.counted.entry(share).or_insert((0, today));
            *counted += uses;
            *on = today.max(*on);
        }
        books.since.get_or_insert(now);
    }
}

/// Counts a use. Nobody waits for it to be written down.
pub(super) fn count(state: &State, share: Id<Share>) {
    if state.uses.count(share, state.clock.now()) {
        let state = state.clone();
        actix_web::rt::spawn(async move { write_uses(&state).await });
    }
}

/// Writes down what was counted. A failure is no failure of whoever asks: it is logged, and the uses are written the next
/// time.
pub async fn write_uses(state: &State) {
    let taken = state.uses.take();
    if taken.is_empty() {
        return;
    }
    let more = taken.clone();
    let written = state.db.keep(move |c| unguarded::count_uses(c, &more)).await;
    if let Err(e) = written.map_err(|e: StoreError| e) {
        tracing::warn!(error = %e, "uses of shares could not be written down");
        state.uses.put_back(taken, state.clock.now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_wait_for_a_minute_and_none_is_lost_by_a_failure() {
        let uses = Uses::default();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let share = Id::new(uuid::Uuid::nil());
        let first = at("2026-11-20T23:59:30Z");
        assert!(!uses.count(share, first) && !uses.count(share, first + WAIT / 2));
        assert!(uses.count(share, first + WAIT));
        let taken = uses.take();
        let on = "2026-11-21".parse().ok();
        assert_eq!(taken, [ShareUse { share, uses: 3, last_used_on: on }]);
        assert_eq!(uses.take(), []);
        assert!(!uses.count(share, first));
        uses.put_back(taken, first);
        assert_eq!(uses.take(), [ShareUse { share, uses: 4, last_used_on: on }]);
    }
}
