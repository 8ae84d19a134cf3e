//! Who may read a report may not approve it for that.

use ascn_tracker::domain::{
    policy::{Authorized, ReadReport},
    workflow,
};
use chrono::{DateTime, Utc};

fn reading_is_not_approving(proof: &Authorized<ReadReport>, at: DateTime<Utc>) {
    let _ = workflow::approve_report(proof, at);
}

fn main() {}
