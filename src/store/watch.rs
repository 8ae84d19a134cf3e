//! Keeps the data in memory in step with the database. The instance's own commits are taken over before their writers
//! are answered. On PostgreSQL a poll takes over the commits of other instances.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use tokio::sync::watch;

use super::{
    Conn, DatabaseTarget, StoreResult, directory::AccountDirectory, journal, tx::CommitSummary,
};
use crate::clock::Clock;

/// How often the commits of other instances are polled. The service promises that they show within 250 ms.
const POLL: Duration = Duration::from_millis(150);
/// How long the poll pauses after a failure.
const REST: Duration = Duration::from_secs(1);
/// The kinds of record that decide who may act: accounts, grants, and the places whose time zones end the days of a
/// grant.
const FOLLOWED: [&str; 4] = ["user", "grant", "city", "country"];

/// The last numbers of the journal that this instance knows. They never decrease.
#[derive(Debug, Default)]
pub struct JournalHeads {
    seq: AtomicI64,
    feed: AtomicI64,
    /// The number of the feed again, for callers that wait for the next one. Drafts do not change it and wake nobody.
    moved: watch::Sender<i64>,
}

impl JournalHeads {
    /// Returns the last number of the journal. It includes this instance's commits at once, and those of others
    /// within 250 ms.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq.load(Ordering::Acquire)
    }
    /// Returns the last number of the feed, which is the data version. It includes this instance's commits at once,
    /// and those of others within 250 ms. Data that is read from the database after this call is at least as new.
    #[must_use]
    pub fn feed(&self) -> i64 {
        self.feed.load(Ordering::Acquire)
    }
    /// Returns a receiver that reports each new number of the feed.
    #[must_use]
    pub fn subscribe_feed(&self) -> watch::Receiver<i64> {
        self.moved.subscribe()
    }
    fn advance_to(&self, seq: i64, feed: i64) {
        self.seq.fetch_max(seq, Ordering::AcqRel);
        if self.feed.fetch_max(feed, Ordering::AcqRel) < feed {
            self.moved.send_if_modified(|last| {
                let moves = *last < feed;
                *last = feed.max(*last);
                moves
            });
        }
    }
}

/// Refreshes the data in memory after each commit. [`super::Db::start`] needs one, so no database is written without
/// it.
#[derive(Debug)]
pub struct CommitWatch {
    pub heads: Arc<JournalHeads>,
    pub directory: Arc<AccountDirectory>,
    clock: Clock,
}

impl CommitWatch {
    /// Loads the data in memory for the first time.
    pub fn load_watch(conn: &mut Conn, clock: Clock) -> StoreResult<Arc<Self>> {
        let watch = Self { heads: Arc::default(), directory: Arc::default(), clock };
        // The head is read first. What is committed meanwhile is then read now, and again by the poll.
        let head = journal::load_head(conn)?;
        watch.heads.advance_to(head.seq, head.feed);
        watch.directory.reload_all(conn, watch.clock.now())?;
        Ok(Arc::new(watch))
    }

    /// Takes over commits of this instance. Called between a commit and the answers to its writers.
    ///
    /// # Errors
    /// Returns an error if the database fails. The data in memory is then outdated until [`CommitWatch::catch_up`]
    /// succeeds.
    pub(super) fn observe_commits(
        &self,
        conn: &mut Conn,
        commits: &[CommitSummary],
    ) -> StoreResult<()> {
        let followed = |c: &CommitSummary| c.entities.iter().any(|e| FOLLOWED.contains(e));
        let done = if commits.iter().any(followed) {
            self.directory.reload_all(conn, self.clock.now())
        } else if commits.iter().any(|c| c.unjournaled) {
            self.directory.reload_sessions(conn, self.clock.now())
        } else {
            Ok(())
        };
        for c in commits {
            self.heads.advance_to(c.seq, c.feed);
        }
        done
    }

    /// Takes over all commits since the journal number `seen`, and returns the last number.
    fn catch_up(&self, conn: &mut Conn, seen: i64) -> StoreResult<i64> {
        let head = journal::load_head(conn)?;
        let now = self.clock.now();
        if !self.directory.is_current()
            || (head.seq > seen && journal::has_any_after(conn, seen, &FOLLOWED)?)
        {
            self.directory.reload_all(conn, now)?;
        } else {
            self.directory.reload_sessions(conn, now)?;
        }
        self.heads.advance_to(head.seq, head.feed);
        Ok(head.seq)
    }
}

/// Follows other instances until the last handle to the database is dropped. A SQLite file belongs to one process, so
/// there this only makes up for a failed reading.
pub(super) fn follow_instances(watch: &CommitWatch, target: &DatabaseTarget, alive: &Receiver<()>) {
    let mut conn: Option<Conn> = None;
    let mut seen = watch.heads.seq();
    let mut pause = POLL;
    // Nothing is ever sent. The channel closes with the last handle to the database.
    while alive.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if target.is_sqlite() && watch.directory.is_current() {
            continue;
        }
        let known = conn.take().map_or_else(|| target.open(true), Ok);
        let caught_up = known.and_then(|mut c| {
            seen = watch.catch_up(&mut c, seen)?;
            Ok(c)
        });
        let failed = pause == REST;
        match caught_up {
            Ok(c) => {
                if failed {
                    tracing::info!("following other instances again");
                }
                (conn, pause) = (Some(c), POLL);
            }
            Err(e) => {
                if !failed {
                    let error = super::error::format_error_chain(&e);
                    tracing::error!(error, "cannot follow what other instances write");
                }
                pause = REST;
            }
        }
    }
}

#[cfg(test)]
mod tests;
