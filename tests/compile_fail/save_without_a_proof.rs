//! A transaction alone saves no record.

use ascn_tracker::{
    domain::project::Project,
    store::{Change, StoreResult, Tx},
};

fn through_the_transaction(tx: &mut Tx<'_>, project: &Project) -> StoreResult<()> {
    tx.save(project, Change::without_reason("edit"))
}

fn through_the_rows(tx: &mut Tx<'_>, project: &Project) -> StoreResult<()> {
    project.insert(tx.conn())
}

fn main() {}
