//! The state that all handlers share.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{
    cache::AnswerCache, changes::WaitingRequests, memory_budget::MemoryBudgets,
    metrics::RequestMetrics, reading_queue::ReadingQueue, shares::ShareUseCounter,
    verification_queue::VerificationQueue,
};
use crate::{
    auth::{password::PasswordPool, token::AccessTokens},
    clock::Clock,
    domain::reference::Vocabulary,
    store::{Db, directory::AccountDirectory, watch::JournalHeads},
};

/// The state that all handlers share. Clones refer to the same state.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// The accounts and grants, in memory.
    pub directory: Arc<AccountDirectory>,
    /// The last numbers of the journal and of the feed. Cached answers are stored under them.
    pub heads: Arc<JournalHeads>,
    /// The cached answers.
    pub cache: Arc<AnswerCache>,
    /// `true` if releases can be read without signing in (`ASCN_PUBLIC_RELEASES`).
    pub public_releases: bool,
    /// The public address of the service without a slash at its end; empty if `ASCN_BASE_URL` is not set.
    pub base_url: Arc<str>,
    /// The licence of the data of releases, as an SPDX identifier (`ASCN_DATA_LICENCE`).
    pub data_licence: Arc<str>,
    /// Makes and verifies access tokens.
    pub tokens: Arc<AccessTokens>,
    /// Hashes passwords on its own threads.
    pub passwords: Arc<PasswordPool>,
    /// The source of the current time.
    pub clock: Clock,
    /// Limits verifications to one at a time.
    pub verifying: Arc<VerificationQueue>,
    /// Limits the uploaded files that are read at a time.
    pub readings: Arc<ReadingQueue>,
    /// The requests that wait for the feed.
    pub waiting: Arc<WaitingRequests>,
    /// The uses of shares that are not stored in the database yet.
    pub uses: Arc<ShareUseCounter>,
    /// The memory for the bodies of requests, and for answers that are being sent.
    pub memory: MemoryBudgets,
    /// The request metrics.
    pub requests: Arc<RequestMetrics>,
    /// Returns the number of log lines that were dropped since the start.
    pub dropped_log_lines: fn() -> u64,
    /// The terms of the framework, in memory.
    pub vocabulary: Arc<ArcSwap<Vocabulary>>,
}
