//! The threads of previews. A preview can take seconds, so that it runs neither on the writer nor on a reader. It has a
//! connection of its own, which is closed after it: the temporary tables of a preview must not meet prepared statements.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender, bounded};
use diesel::connection::SimpleConnection as _;
use tokio::sync::oneshot;
use tracing::Span;

use super::{Db, lost_work_error, spawn_thread};
use crate::store::{
    Conn, DatabaseTarget, StoreError, StoreResult,
    error::format_error_chain,
    tx::{Tx, run_preview},
};

/// The number of previews that run at the same time. Each holds copies of the rows of a city.
const THREADS: usize = 2;

pub(super) type PreviewJob = Box<dyn FnOnce(&mut Conn) + Send>;

impl Db {
    /// Runs a use case as a preview and undoes everything that it writes. It waits for no writer, and no writer waits for
    /// it. Before its first write the use case must call [`Tx::copy_for_preview`].
    ///
    /// # Errors
    /// Returns the errors of the closure, or an error if too many previews wait or the database is unavailable.
    pub async fn preview<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let (span, env) = (Span::current(), self.env.clone());
        let job: PreviewJob = Box::new(move |conn| {
            let _in = span.enter();
            // The send fails if the caller went away. Nobody needs the answer then.
            let _ = answer.send(run_preview(conn, &env, f));
        });
        self.previews.try_send(job).map_err(|_full| E::from(self.load.reads.count_refusal()))?;
        result.await.map_err(|_gone| E::from(lost_work_error()))?
    }
}

/// Starts the threads. At most `queue` previews wait for them.
pub(super) fn start_preview_threads(
    target: &DatabaseTarget,
    queue: usize,
) -> StoreResult<Sender<PreviewJob>> {
    let (previews, waiting) = bounded::<PreviewJob>(queue);
    for i in 0..THREADS {
        let (waiting, target) = (waiting.clone(), target.clone());
        spawn_thread(format!("db-preview-{i}"), move || run_previews(&waiting, &target))?;
    }
    Ok(previews)
}

fn run_previews(waiting: &Receiver<PreviewJob>, target: &DatabaseTarget) {
    while let Ok(job) = waiting.recv() {
        // A job that cannot run is dropped. Its caller gets the error that the database is unavailable.
        let mut conn = match open_connection(target) {
            Ok(conn) => conn,
            Err(e) => {
                tracing::error!(error = %format_error_chain(&e), "cannot connect to the database");
                continue;
            }
        };
        if catch_unwind(AssertUnwindSafe(|| job(&mut conn))).is_err() {
            tracing::error!("a preview panicked; its connection is closed");
        }
        // Closing a connection after a panic may cause a second one.
        let _ = catch_unwind(AssertUnwindSafe(|| conn.rollback_and_drop()));
    }
}

/// Opens a connection that can write temporary tables. The copies of a preview have no foreign keys to check.
fn open_connection(target: &DatabaseTarget) -> StoreResult<Conn> {
    let mut conn = target.open(false)?;
    if let Conn::Sqlite(c) = &mut conn {
        c.batch_execute("pragma foreign_keys=off")?;
    }
    Ok(conn)
}
