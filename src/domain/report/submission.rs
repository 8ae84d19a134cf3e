//! The first submission of a report in its cycle, which decides whether the report is late.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ApprovedReport, Report, ReportState};
use crate::domain::{journal::micros, value::to_count};

/// The first submission of a report in its cycle. Later submissions, returns, reopenings and extensions do not change
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSubmission {
    /// When the report was submitted.
    #[serde(with = "micros")]
    pub at: DateTime<Utc>,
    /// Whether that was after the due day then in force; none if nothing was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<bool>,
    /// Whether a return, an approval or a reopening followed. Until then a withdrawal takes the submission back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decided: bool,
}

impl FirstSubmission {
    /// Creates the first submission. `ends` is the first instant after the due day, if something is due.
    pub(crate) fn new(at: DateTime<Utc>, ends: Option<DateTime<Utc>>) -> Self {
        Self { at, late: ends.map(|ends| at >= ends), decided: false }
    }
}

/// What a copy of a report states about its first submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubmissionTiming {
    /// The copy states whether the report is late.
    Stated(bool),
    /// The copy is older than these statements. The time of its submission is compared with the due day.
    SubmittedAt(DateTime<Utc>),
    /// The report was not submitted yet.
    Waiting,
    /// The report is from the published history, which states no times.
    Unknown,
}

impl SubmissionTiming {
    /// Reads the columns of a copy: its state, whether it is late if it states that, and the time of the submission that
    /// counts.
    #[must_use]
    pub(crate) const fn from_columns(
        state: ReportState,
        late: Option<bool>,
        submitted_at: Option<DateTime<Utc>>,
    ) -> Self {
        match (late, submitted_at, state) {
            (Some(late), _, _) => Self::Stated(late),
            (None, Some(at), _) => Self::SubmittedAt(at),
            (None, None, ReportState::Draft | ReportState::Returned) => Self::Waiting,
            (None, None, ReportState::Submitted | ReportState::Approved) => Self::Unknown,
        }
    }

    /// Returns `true` if the report is late: first submitted after its due day, or not submitted by now although the
    /// due day is over. `ends` is the first instant after the due day, if something is due.
    #[must_use]
    pub(crate) fn is_late(self, ends: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        match self {
            Self::Waiting => ends.is_some_and(|ends| now >= ends),
            Self::Stated(_) | Self::SubmittedAt(_) | Self::Unknown => {
                self.settled_answer(ends).unwrap_or_default()
            }
        }
    }

    /// Returns the answer that does not change as time passes. `None` before the first submission, if the time of the
    /// submission is unknown, and if nothing is due.
    fn settled_answer(self, ends: Option<DateTime<Utc>>) -> Option<bool> {
        match self {
            Self::Stated(late) => Some(late),
            Self::SubmittedAt(at) => ends.map(|ends| at >= ends),
            Self::Waiting | Self::Unknown => None,
        }
    }

    /// Counts the late reports among approved copies. `None` if the answer of one of them is unknown, or if nothing is
    /// due and no copy states an answer.
    #[must_use]
    pub(crate) fn count_late(
        copies: impl IntoIterator<Item = Self>,
        ends: Option<DateTime<Utc>>,
    ) -> Option<i64> {
        let answers: Vec<Option<bool>> =
            copies.into_iter().map(|copy| copy.settled_answer(ends)).collect();
        if ends.is_none() && answers.iter().all(Option::is_none) {
            return None;
        }
        let late: Option<Vec<bool>> = answers.into_iter().collect();
        Some(to_count(late?.into_iter().filter(|late| *late).count()))
    }
}

impl Report {
    /// Returns when the report was first submitted in its cycle. Reports from before first submissions were recorded
    /// have none: their present submission stands for it.
    #[must_use]
    pub fn first_submitted_at(&self) -> Option<DateTime<Utc>> {
        self.first_submission.map(|first| first.at).or(self.submitted.map(|stamp| stamp.at))
    }

    /// Returns what the working copy states about its first submission.
    #[must_use]
    pub(crate) fn submission_timing(&self) -> SubmissionTiming {
        let late = self.first_submission.map(|first| first.late.unwrap_or_default());
        SubmissionTiming::from_columns(self.state, late, self.first_submitted_at())
    }
}

impl ApprovedReport {
    /// Returns what the approved copy states about the first submission of its report.
    #[must_use]
    pub(crate) const fn submission_timing(&self) -> SubmissionTiming {
        SubmissionTiming::from_columns(ReportState::Approved, self.late, self.submitted_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        journal::to_canonical_json,
        testing::{approved, now, report},
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn report_is_late_from_the_first_instant_after_its_due_day() {
        let ends = Some(at("2026-12-31T17:00:00Z"));
        let (before, after) = (at("2026-12-31T16:59:59.999999Z"), at("2026-12-31T17:00:00Z"));
        assert!(!SubmissionTiming::Waiting.is_late(ends, before));
        assert!(SubmissionTiming::Waiting.is_late(ends, after));
        assert!(!SubmissionTiming::Waiting.is_late(None, after));
        assert_eq!(FirstSubmission::new(before, ends).late, Some(false));
        assert_eq!(FirstSubmission::new(after, ends).late, Some(true));
        assert_eq!(FirstSubmission::new(after, None).late, None);
    }

    #[test]
    fn stated_answer_does_not_depend_on_the_due_day_or_on_now() {
        let mut report = report(ReportState::Returned);
        for late in [None, Some(false), Some(true)] {
            report.first_submission = Some(FirstSubmission { at: now(), late, decided: true });
            for ends in [None, Some(at("2020-01-01T00:00:00Z")), Some(at("2100-01-01T00:00:00Z"))] {
                let answer = report.submission_timing().is_late(ends, at("2050-01-01T00:00:00Z"));
                assert_eq!(answer, late == Some(true));
            }
        }
    }

    #[test]
    fn present_submission_stands_for_the_first_one_in_older_records() {
        let older = report(ReportState::Returned);
        assert_eq!(older.first_submission, None);
        assert_eq!(older.first_submitted_at(), Some(now()));
        let is_late =
            |ends| older.submission_timing().is_late(Some(ends), at("2050-01-01T00:00:00Z"));
        assert!(!is_late(at("2026-12-31T17:00:00Z")));
        assert!(is_late(now()));
    }

    #[test]
    fn members_are_left_out_of_older_records() {
        let text = to_canonical_json(&report(ReportState::Approved)).unwrap();
        assert!(!text.contains("first_submission"), "{text}");
        let text = to_canonical_json(&approved()).unwrap();
        assert!(!text.contains("late\":"), "{text}");
        let first = FirstSubmission { at: now(), late: None, decided: false };
        assert_eq!(to_canonical_json(&first).unwrap(), r#"{"at":"2026-11-20T03:00:00.000000Z"}"#);
    }

    #[test]
    fn late_copies_are_counted_if_the_answer_of_each_is_known() {
        use SubmissionTiming::{Stated, SubmittedAt, Unknown};
        let ends = Some(at("2026-12-31T17:00:00Z"));
        let (early, late) = (at("2026-12-31T16:59:59Z"), at("2026-12-31T17:00:00Z"));
        let count = |copies: &[SubmissionTiming], ends| {
            SubmissionTiming::count_late(copies.iter().copied(), ends)
        };
        assert_eq!(count(&[Stated(true), SubmittedAt(late), SubmittedAt(early)], ends), Some(2));
        assert_eq!(count(&[Stated(true), Unknown], ends), None);
        assert_eq!(count(&[], ends), Some(0));
        assert_eq!(count(&[Stated(true), Stated(false)], None), Some(1));
        assert_eq!(count(&[SubmittedAt(late)], None), None);
        assert_eq!(count(&[], None), None);
    }
}
