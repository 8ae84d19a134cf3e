//! Counts the uses of shares in memory and writes them to the database once a minute. A dashboard may read a share all
//! day, and each read must not cause a write. If the process is killed, uses that were not written are lost.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    clock::Clock,
    domain::{id::Id, share::Share},
    store::{Db, StoreError, unguarded, unguarded::ShareUse},
};

/// How long uses wait in memory.
const WAIT: TimeDelta = TimeDelta::minutes(1);

/// Counts uses and writes them to the database.
pub struct ShareUseCounter {
    db: Db,
    clock: Clock,
    pending: PendingShareUses,
}

impl ShareUseCounter {
    /// Makes a counter without waiting uses.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, pending: PendingShareUses::default() }
    }

    /// Counts a use. The request does not wait for the write.
    pub(super) fn count_use(self: &Arc<Self>, share: Id<Share>) {
        if self.pending.count_use(share, self.clock.now()) {
            let counter = Arc::clone(self);
            actix_web::rt::spawn(async move { counter.write_uses().await });
        }
    }

    /// Writes the waiting uses. A failure is only logged, because the caller did nothing wrong; the uses wait for the
    /// next write.
    pub(crate) async fn write_uses(&self) {
        let taken = self.pending.take_pending();
        if taken.is_empty() {
            return;
        }
        let more = taken.clone();
        let written = self.db.write_unjournaled(move |c| unguarded::add_share_uses(c, &more)).await;
        if let Err(e) = written.map_err(|e: StoreError| e) {
            tracing::warn!(error = %e, "uses of shares could not be written down");
            self.pending.restore_pending(taken, self.clock.now());
        }
    }
}

/// Uses that are not written to the database yet.
#[derive(Debug, Default)]
struct PendingShareUses(Mutex<PendingUses>);

#[derive(Debug, Default)]
struct PendingUses {
    counted: BTreeMap<Id<Share>, (i64, NaiveDate)>,
    /// The time of the first use that waits.
    first_used_at: Option<DateTime<Utc>>,
}

impl PendingShareUses {
    fn lock_pending(&self) -> MutexGuard<'_, PendingUses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a use. Returns `true` if it is time to write the waiting uses.
    fn count_use(&self, share: Id<Share>, now: DateTime<Utc>) -> bool {
        let mut pending = self.lock_pending();
        let (uses, on) = pending.counted.entry(share).or_insert((0, now.date_naive()));
        *uses += 1;
        *on = now.date_naive().max(*on);
        now - *pending.first_used_at.get_or_insert(now) >= WAIT
    }

    fn take_pending(&self) -> Vec<ShareUse> {
        let PendingUses { counted, .. } = std::mem::take(&mut *self.lock_pending());
        let used = |(share, (uses, on))| ShareUse { share, uses, last_used_on: Some(on) };
        counted.into_iter().map(used).collect()
    }

    /// Adds uses again that could not be written.
    fn restore_pending(&self, taken: Vec<ShareUse>, now: DateTime<Utc>) {
        let mut pending = self.lock_pending();
        for ShareUse { share, uses, last_used_on } in taken {
            let today = last_used_on.unwrap_or_else(|| now.date_naive());
            let (counted, on) = pending.counted.entry(share).or_insert((0, today));
            *counted += uses;
            *on = today.max(*on);
        }
        pending.first_used_at.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_wait_for_a_minute_and_none_is_lost_by_a_failure() {
        let uses = PendingShareUses::default();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let share = Id::new(uuid::Uuid::nil());
        let first = at("2026-11-20T23:59:30Z");
        assert!(!uses.count_use(share, first) && !uses.count_use(share, first + WAIT / 2));
        assert!(uses.count_use(share, first + WAIT));
        let taken = uses.take_pending();
        let on = "2026-11-21".parse().ok();
        assert_eq!(taken, [ShareUse { share, uses: 3, last_used_on: on }]);
        assert_eq!(uses.take_pending(), []);
        assert!(!uses.count_use(share, first));
        uses.restore_pending(taken, first);
        assert_eq!(uses.take_pending(), [ShareUse { share, uses: 4, last_used_on: on }]);
    }
}
