//! A proof is made by the policy alone.

use std::{marker::PhantomData, sync::Arc};

use ascn_tracker::domain::{
    policy::{Actor, Authorized, Basis, SubmitReport},
    subject::ReportSubject,
};

fn forged(on: ReportSubject, actor: Arc<Actor>) -> Authorized<SubmitReport> {
    let basis = Basis { acting_for: None };
    Authorized { on, actor, basis, _action: PhantomData }
}

fn main() {}
