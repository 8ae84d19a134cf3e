//! A proof is made by the policy alone.

use std::{marker::PhantomData, sync::Arc};

use ascn_tracker::domain::{
    policy::{Actor, Authorized, PermissionBasis, SubmitReport},
    subject::ReportSubject,
};

fn forged(on: ReportSubject, actor: Arc<Actor>) -> Authorized<SubmitReport> {
    let basis = PermissionBasis { acting_for: None };
    Authorized { subject: on, actor, basis, _action: PhantomData }
}

fn main() {}
