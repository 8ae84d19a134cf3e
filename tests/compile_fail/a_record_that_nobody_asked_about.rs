//! A rule takes neither a record as it was loaded nor the record alone.

use ascn_tracker::domain::{policy::Unproved, subject::ReportSubject, workflow};
use chrono::{DateTime, Utc};

fn as_loaded(report: &Unproved<ReportSubject>, at: DateTime<Utc>) {
    let _ = workflow::submit_report(report, at);
}

fn alone(report: &ReportSubject, at: DateTime<Utc>) {
    let _ = workflow::submit_report(report, at);
}

fn opened(report: Unproved<ReportSubject>) -> ReportSubject {
    report.0
}

fn main() {}
