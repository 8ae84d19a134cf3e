//! Releases: publishing them, and the data that their answers show.

use super::{AppResult, Refusal};
use crate::{
    domain::{
        id::Id,
        policy::{Actor, PublishRelease},
        release::{self, PublishError, Release, ReleaseMetadata, raw_release::RawRelease},
        report::AuditStamp,
        user::User,
        value::Slug,
    },
    store::{
        Caller, Conn, StoreResult, Tx, cycles,
        releases::{self, assembly},
        users::{self, PersonNames},
    },
};

/// A release with the data that answers show beside it.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseDetail {
    pub(crate) release: Release,
    /// The person who published it; none if nobody did, or if the caller may not know it.
    pub(crate) publisher: Option<Id<User>>,
    /// The name of the publisher.
    pub(crate) names: PersonNames,
}

/// Publishes the approved reports of a closed cycle under the next release number.
///
/// # Errors
/// Refuses a caller who may not do this, values that are not acceptable, and a cycle that cannot be published now (see
/// [`PublishError`]).
pub(crate) fn publish_release(
    tx: &mut Tx<'_>,
    caller: Caller,
    raw: RawRelease,
) -> AppResult<ReleaseDetail> {
    let proof = tx.prove::<PublishRelease>(caller, &())?;
    let stamp = AuditStamp { by: caller.user, acting_for: proof.basis().acting_for, at: tx.at() };
    let known: Vec<Slug> = cycles::list(tx.conn())?.into_iter().map(|c| c.slug).collect();
    let order = raw.parse(&known)?;
    let cycle = cycles::find(tx.conn(), &order.cycle)?.ok_or(Refusal::NotFound)?;
    let metadata = ReleaseMetadata {
        note: order.note,
        published: Some(stamp),
        at: tx.at(),
        recorded: assembly::load_journal_position(tx.conn())?,
    };
    let reports = assembly::list_reports(tx.conn(), &cycle.slug)?;
    let before = assembly::load_previous_release(tx.conn(), &cycle.slug, &reports)?;
    let reference = assembly::build_reference(tx.conn(), cycle)?;
    let full = release::publish_release(metadata, reference, reports, before)?;
    releases::insert_full_release(tx, &proof, &full, "publish")?;
    Ok(load_release_detail(tx.conn(), full.release, Some(proof.actor()))?)
}

/// Lists all releases, ordered by the key of the cycle and by number.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn list_releases(
    conn: &mut Conn,
    actor: Option<&Actor>,
) -> StoreResult<Vec<ReleaseDetail>> {
    let all = releases::list(conn)?;
    all.into_iter().map(|release| load_release_detail(conn, release, actor)).collect()
}

/// Loads the data that answers show beside a release. Only the secretariat and administrators see who published it.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn load_release_detail(
    conn: &mut Conn,
    release: Release,
    actor: Option<&Actor>,
) -> StoreResult<ReleaseDetail> {
    let insider = actor.is_some_and(Actor::may_run_network);
    let publisher = release.published.map(|stamp| stamp.by).filter(|_| insider);
    let names = users::load_names(conn, publisher)?;
    Ok(ReleaseDetail { release, publisher, names })
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        match &error {
            PublishError::Json => Self::Internal(Box::new(error)),
            PublishError::Cycle(_)
            | PublishError::Empty
            | PublishError::Unchanged(_)
            | PublishError::Key(_) => Self::Conflict(error.message()),
        }
    }
}
