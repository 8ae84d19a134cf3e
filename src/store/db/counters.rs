//! Counters of the database threads: waiting jobs, waiting times, and the sizes of write groups. The threads update
//! them, and the metrics read them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::write_history::WriteHistory;
use crate::store::StoreError;

/// The upper bounds of the group sizes that the metrics distinguish, in jobs. No group is larger than the last bound.
pub(crate) const GROUP_SIZES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

#[derive(Debug, Default)]
pub(super) struct QueueCounters {
    begun: AtomicU64,
    waited_us: AtomicU64,
    refused: AtomicU64,
}

#[derive(Debug)]
pub(super) struct QueueTicket {
    of: Arc<QueueCounters>,
    since: Instant,
}

impl QueueTicket {
    /// Counts the job as started, and adds its waiting time.
    pub(super) fn count_start(self) {
        let us = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.of.waited_us.fetch_add(us, Ordering::Relaxed);
        self.of.begun.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub(super) struct DatabaseCounters {
    pub(super) reads: QueueHandle,
    pub(super) writes: QueueHandle,
    places: usize,
    groups: [AtomicU64; GROUP_SIZES.len()],
    jobs: AtomicU64,
    failed: AtomicU64,
    pub(super) history: WriteHistory,
}

/// The counters of one queue, shared with the jobs in it.
#[derive(Debug, Clone, Default)]
pub(super) struct QueueHandle(Arc<QueueCounters>);

impl QueueHandle {
    pub(super) fn start_waiting(&self) -> QueueTicket {
        QueueTicket { of: Arc::clone(&self.0), since: Instant::now() }
    }
    /// Counts a job that found the queue full, and returns the error for its caller.
    pub(super) fn count_refusal(&self) -> StoreError {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
        StoreError::Busy
    }
    fn read_counters(&self, waiting: usize) -> QueueLoad {
        QueueLoad {
            waiting,
            begun: self.0.begun.load(Ordering::Relaxed),
            waited_us: self.0.waited_us.load(Ordering::Relaxed),
            refused: self.0.refused.load(Ordering::Relaxed),
        }
    }
}

impl DatabaseCounters {
    /// `places` is the number of jobs that each queue can hold.
    pub(super) fn new(places: usize) -> Self {
        Self {
            reads: QueueHandle::default(),
            writes: QueueHandle::default(),
            places,
            groups: Default::default(),
            jobs: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            history: WriteHistory::default(),
        }
    }

    /// Counts a group of write jobs that shared a commit.
    pub(super) fn count_group(&self, jobs: usize, durable: bool) {
        if !durable {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        let place =
            GROUP_SIZES.iter().position(|most| jobs <= *most).unwrap_or(GROUP_SIZES.len() - 1);
        if let Some(count) = self.groups.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.jobs.fetch_add(u64::try_from(jobs).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn to_db_load(&self, reads: usize, writes: usize) -> DbLoad {
        DbLoad {
            reads: self.reads.read_counters(reads),
            writes: self.writes.read_counters(writes),
            places: self.places,
            groups: self.groups.each_ref().map(|n| n.load(Ordering::Relaxed)),
            jobs: self.jobs.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

/// The load of one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLoad {
    /// Jobs that wait now.
    pub waiting: usize,
    /// Jobs that were started.
    pub begun: u64,
    /// The waiting times of all started jobs, in microseconds.
    pub waited_us: u64,
    /// Jobs that found the queue full.
    pub refused: u64,
}

/// The load of the database threads since start-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DbLoad {
    pub reads: QueueLoad,
    pub writes: QueueLoad,
    /// The number of jobs that each queue can hold.
    pub places: usize,
    /// The number of write groups by size. Each size is at most the bound at the same position of [`GROUP_SIZES`].
    pub groups: [u64; GROUP_SIZES.len()],
    /// The number of write jobs in all groups.
    pub jobs: u64,
    /// The number of groups whose commit failed.
    pub failed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_and_what_shares_a_commit_is_counted() {
        let load = DatabaseCounters::new(8);
        load.writes.start_waiting().count_start();
        assert!(matches!(load.writes.count_refusal(), StoreError::Busy));
        for (jobs, durable) in [(1, true), (3, true), (4, false), (64, true)] {
            load.count_group(jobs, durable);
        }
        let seen = load.to_db_load(0, 5);
        assert_eq!((seen.writes.waiting, seen.writes.begun, seen.writes.refused), (5, 1, 1));
        assert_eq!((seen.reads.begun, seen.places), (0, 8));
        assert_eq!((seen.groups, seen.jobs, seen.failed), ([1, 0, 2, 0, 0, 0, 1], 72, 1));
    }
}
