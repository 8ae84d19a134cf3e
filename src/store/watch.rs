//! What an instance keeps in memory of the database, and how it stays true: told of its own commits before their writers
//! are answered, and by a poll of those of other instances on PostgreSQL.

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

/// How often other instances' commits are looked for. They are promised to show within 250 ms.
const POLL: Duration = Duration::from_millis(150);
/// How long the poll rests after a failure.
const REST: Duration = Duration::from_secs(1);
/// The kinds of record that decide who may act: accounts, grants, and the time zones in which a grant's days end.
const FOLLOWED: [&str; 4] = ["user", "grant", "city", "country"];

/// The last numbers of the journal that this instance knows of. They never go back.
#[derive(Debug, Default)]
pub struct JournalHeads {
    seq: AtomicI64,
    feed: AtomicI64,
    /// The same number for those who wait for the next: drafts wake nobody.
    moved: watch::Sender<i64>,
}

impl JournalHeads {
    /// Returns the last number of the journal: own commits at once, others' within 250 ms.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq.load(Ordering::Acquire)
    }
    /// Returns the last number of the feed, which is the data version: own commits at once, others' within 250 ms. What is
    /// read from the database after this was asked is at least as new.
    #[must_use]
    pub fn feed(&self) -> i64 {
        self.feed.load(Ordering::Acquire)
    }
    /// Returns what tells of each move of the feed's number.
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

/// Keeps what is in memory true. [`super::Db::start`] takes one, so no database is written to without it.
#[derive(Debug)]
pub struct CommitWatch {
    /// The last numbers of the journal.
    pub heads: Arc<JournalHeads>,
    /// Who may act.
    pub directory: Arc<AccountDirectory>,
    clock: Clock,
}

impl CommitWatch {
    /// Reads everything for the first time.
    ///
    /// # Errors
    /// Failures of the database.
    pub fn load_watch(conn: &mut Conn, clock: Clock) -> StoreResult<Arc<Self>> {
        let watch = Self { heads: Arc::default(), directory: Arc::default(), clock };
        // The head first: whatever is committed meanwhile is then read now and again by the poll.
        let head = journal::load_head(conn)?;
        watch.heads.advance_to(head.seq, head.feed);
        watch.directory.reload_all(conn, watch.clock.now())?;
        Ok(Arc::new(watch))
    }

    /// Takes in what was committed here. Called between a commit and the answers to its writers.
    ///
    /// # Errors
    /// Failures of the database: what is in memory is not true then, until [`CommitWatch::catch_up`] succeeds.
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

    /// Takes in what was committed anywhere since the row of the journal that was seen last, and returns the last row now.
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

/// Follows other instances until the database handle is gone. A file of SQLite has one process: there only a failed
/// reading is made up for.
pub(super) fn follow_instances(watch: &CommitWatch, target: &DatabaseTarget, alive: &Receiver<()>) {
    let mut conn: Option<Conn> = None;
    let mut seen = watch.heads.seq();
    let mut pause = POLL;
    // Nothing is ever sent: the channel closes with the last handle on the database.
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
                    let error = super::db::format_error_chain(&e);
                    tracing::error!(error, "cannot follow what other instances write");
                }
                pause = REST;
            }
        }
    }
}

#[cfg(test)]
mod tests;
