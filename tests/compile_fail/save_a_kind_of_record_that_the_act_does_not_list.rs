//! Who may submit a report may not save its approved copy.

use ascn_tracker::{
    domain::{policy::SubmitReport, report::ApprovedReport},
    store::{Change, RecordWriter as _, StoreResult, Tx, WriteProof},
};

fn publish(
    tx: &mut Tx<'_>,
    proof: &WriteProof<SubmitReport>,
    approved: &ApprovedReport,
) -> StoreResult<()> {
    proof.save(tx, approved, Change::without_reason("approve"))
}

fn main() {}
