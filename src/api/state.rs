//! What every handler can reach.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{
    cache::Cache, changes::WaitingRequests, metrics::RequestMetrics, shares::ShareUseCounter,
    verification_queue::VerificationQueue,
};
use crate::{
    auth::{password::PasswordPool, token::AccessTokens},
    clock::Clock,
    domain::reference::Vocabulary,
    store::{Db, directory::AccountDirectory, watch::JournalHeads},
};

/// What every handler can reach; clones share it.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// Who may act, in memory.
    pub directory: Arc<AccountDirectory>,
    /// The last numbers of the journal and of the feed; the latter is the data version.
    pub heads: Arc<JournalHeads>,
    /// Answers kept as bytes.
    pub cache: Arc<Cache>,
    /// Whether releases are read without signing in.
    pub public_releases: bool,
    /// The address of the service as others reach it, without a slash at its end; empty where nobody said.
    pub base_url: Arc<str>,
    /// Access tokens.
    pub tokens: Arc<AccessTokens>,
    /// Password hashing on its own threads.
    pub passwords: Arc<PasswordPool>,
    /// The time.
    pub clock: Clock,
    /// Lets one verification run at a time.
    pub verifying: Arc<VerificationQueue>,
    /// Who waits for the feed to move.
    pub waiting: Arc<WaitingRequests>,
    /// How often shares were used since that was last written down.
    pub uses: Arc<ShareUseCounter>,
    /// What was answered, for the metrics.
    pub requests: Arc<RequestMetrics>,
    /// The framework's words, in memory.
    pub vocabulary: Arc<ArcSwap<Vocabulary>>,
}
