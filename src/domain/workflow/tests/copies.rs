//! The public copies that an approval creates.

use super::prove;
use crate::domain::{
    project::Header,
    project_parts::Milestone,
    report::{ProjectStatus, ReportState},
    subject::Loaded,
    testing::{approved, milestone, now, report, representative, subject},
    workflow::{approve_report, build_approved_project},
};

#[test]
fn an_approval_replaces_the_copy_that_strangers_see() {
    let mut on = subject(Some(report(ReportState::Submitted)));
    on.approved = Loaded::Value(Some(approved()));
    let (report, copy) = approve_report(&prove(&on, &representative(2)).unwrap(), now()).unwrap();
    assert_eq!((report.state, copy.version), (ReportState::Approved, 2));
    assert_eq!(copy.submitted_at, report.submitted.map(|d| d.at));
    let face = build_approved_project(&copy, None);
    assert_eq!((face.version, face.latest.status), (1, ProjectStatus::Ongoing));
    let next = build_approved_project(&copy, Some(&face));
    assert_eq!((next.version, next.created_at), (2, face.created_at));
}

#[test]
fn an_approved_copy_counts_approvals_and_not_what_was_typed_between_them() {
    let mut sent = report(ReportState::Submitted);
    let header = sent.header.as_mut().unwrap();
    header.project_version = 41;
    header.milestones = vec![Milestone { version: 42, ..milestone(1) }];
    let mut on = subject(Some(sent));
    on.approved = Loaded::Value(Some(approved()));
    let (report, copy) = approve_report(&prove(&on, &representative(2)).unwrap(), now()).unwrap();
    let versions = |h: &Header| (h.project_version, h.milestones[0].version);
    assert_eq!(versions(&copy.header), (2, 2));
    assert_eq!(versions(&build_approved_project(&copy, None).header), (1, 1));
    // The working copy keeps the versions that were frozen.
    assert_eq!(versions(report.header.as_ref().unwrap()), (41, 42));
}
